// The door of the suite inside the extension host: what it prints and how it ended goes to files that the runner reads.
import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import { defineSuite } from './editor.suite';

/** Called by the extension host. Rejects where a test has failed, which is how a desktop VS Code is told. */
export async function run(): Promise<void> {
  const results = process.env['PHASEGATE_HOST_RESULTS'];
  if (results !== undefined)
    Mocha.reporters.Base.consoleLog = (...text: unknown[]) =>
      appendFileSync(path.join(results, 'spec.txt'), `${format(...text)}\n`);
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000, color: false, reporter: 'spec' });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  defineSuite();
  let passed = 0;
  const failed = await new Promise<number>(resolve => {
    mocha.run(resolve).on('pass', () => passed++);
  });
  // Written last: that it is there means that the run has ended.
  if (results !== undefined) writeFileSync(path.join(results, 'summary.json'), JSON.stringify({ passed, failed }));
  if (failed > 0) throw new Error(`${failed} tests failed`);
}
