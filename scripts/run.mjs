// One door to every task: sets the project up where it is not, then runs the task on a Node that is new enough.
// Usage: node scripts/run.mjs demo|test|build|typecheck|lint|format|format:check|schema|bench [arguments]
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ROOT, cleanEnv, setUp } from './setup.mjs';

const [task = '', ...rest] = process.argv.slice(2);
const bin = name => path.join(ROOT, 'node_modules', ...name.split('/'));
const script = name => path.join(ROOT, 'scripts', name);

/** Each task as the commands it runs, all on the same Node. */
const TASKS = {
  build: [[script('build.mjs')]],
  demo: [[script('build.mjs')], [script('demo.mjs')]],
  test: [[script('build.mjs')], [bin('vitest/vitest.mjs'), 'run']],
  typecheck: [[bin('typescript/bin/tsc'), '-p', '.']],
  lint: [[bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings', 'src', 'test', 'bench', 'scripts']],
  format: [[bin('prettier/bin/prettier.cjs'), '--write', '--log-level=warn', '.']],
  'format:check': [[bin('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.']],
  schema: [[script('build.mjs')], [script('write-schema.mjs')]],
  bench: [[script('build.mjs')], [script('bench.mjs')]],
};

const commands = TASKS[task];
if (commands === undefined) {
  process.stderr.write(`there is no task "${task}"; there are ${Object.keys(TASKS).join(', ')}\n`);
  process.exit(64);
}
const node = setUp();
const env = cleanEnv({ PATH: `${path.dirname(node)}${path.delimiter}${path.join(ROOT, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH ?? ''}` });
commands.forEach((command, i) => {
  const last = i === commands.length - 1;
  const { status, signal, error } = spawnSync(node, [...command, ...(last ? rest : [])], { cwd: ROOT, stdio: 'inherit', env });
  if (error !== undefined) process.stderr.write(`${String(error)}\n`);
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
});
