// What was found goes with the manifest that it was found by.
import { expect, test } from 'vitest';
import { Findings } from '../../../src/engine/findings';

const FOLDER = '/w';
const TABLE = { name: 'raw.t', key: [], columns: new Map(), sources: [], checks: [], source: { file: 'f', line: 2 } };
const MANIFEST = {
  path: `${FOLDER}/phasegate.yaml`,
  text: 'a:\n  t\n',
  reading: { ok: true, pipeline: { tables: new Map([['raw.t', TABLE]]), accepted: [] }, warnings: [] },
};
const REPORT = {
  results: [{ id: 'raw.t/readable', table: 'raw.t', check: 'readable', outcome: 'error', message: 'it is not there' }],
};

test('findings are cleared when their manifest is gone', async () => {
  const sent: [string, number][] = [];
  let isThere = true;
  const findings = new Findings(
    {
      sendDiagnostics: ({ uri, diagnostics }: { uri: string; diagnostics: readonly unknown[] }) =>
        sent.push([uri, diagnostics.length]),
    } as never,
    { get: () => undefined } as never,
    { ofFolder: () => (isThere ? MANIFEST : undefined), open: () => undefined } as never,
    { of: () => ({ checks: REPORT }), isKnown: () => true } as never,
  );
  await findings.publish(FOLDER);
  isThere = false;
  await findings.publish(FOLDER);
  expect(sent).toEqual([
    ['file:///w/phasegate.yaml', 1],
    ['file:///w/phasegate.yaml', 0],
  ]);
});
