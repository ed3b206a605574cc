// One door to every task: sets the project up where it is not, then runs the task on a Node that is new enough.
// Usage: node scripts/run.mjs TASK [arguments]; the tasks are the keys of TASKS.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT, cleanEnv, nameMissing, setUp } from './setup.mjs';

const [task = '', ...rest] = process.argv.slice(2);
const bin = name => path.join(ROOT, 'node_modules', ...name.split('/'));
const script = name => path.join(ROOT, 'scripts', name);
const folders = ['src', 'webview', 'test', 'bench', 'scripts', 'vitest.config.mts'].filter(name =>
  existsSync(path.join(ROOT, name)),
);

/** Each task as the commands it runs, all on the same Node; what the caller adds goes to the last one. */
const TASKS = {
  demo: [[script('build.mjs')], [script('demo.mjs')]],
  test: [[script('build.mjs')], [script('host-tests.mjs')], [bin('vitest/vitest.mjs'), 'run']],
  'test:host': [[script('build.mjs')], [script('host-tests.mjs')]],
  build: [[script('build.mjs')]],
  prepack: [[script('build.mjs')]],
  typecheck: [
    [bin('typescript/bin/tsc'), '-p', '.'],
    [bin('typescript/bin/tsc'), '-p', 'webview'],
  ],
  lint: [[bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings', ...folders]],
  format: [[bin('prettier/bin/prettier.cjs'), '--write', '--log-level=warn', '.']],
  'format:check': [[bin('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.']],
  schema: [[script('write-schema.mjs')]],
  picture: [[script('build.mjs')], [script('picture.mjs')], [script('workbench-picture.mjs')]],
  package: [[script('build.mjs')], [script('package.mjs')]],
  workbench: [[script('build.mjs')], [script('workbench.mjs')]],
  bench: [[script('build.mjs')], [script('bench.mjs')]],
};

/** What a task uses beside Node and cannot install: named beforehand where it is absent. */
const USES = { demo: ['git'], test: ['git', 'python3'] };

const commands = Object.hasOwn(TASKS, task) ? TASKS[task] : undefined;
if (commands === undefined) {
  process.stderr.write(`there is no task "${task}"; there are ${Object.keys(TASKS).join(', ')}\n`);
  process.exit(64);
}
const node = setUp();
nameMissing(USES[task] ?? []);
const env = cleanEnv({
  PATH: [path.dirname(node), path.join(ROOT, 'node_modules', '.bin'), process.env.PATH ?? ''].join(path.delimiter),
});
commands.forEach((command, i) => {
  const last = i === commands.length - 1;
  const { status, signal, error } = spawnSync(node, [...command, ...(last ? rest : [])], {
    cwd: ROOT,
    stdio: 'inherit',
    env,
  });
  if (error !== undefined) process.stderr.write(`${String(error)}\n`);
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
});
