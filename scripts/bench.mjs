// Bundles bench/*.bench.mts and runs them one after the other, each in a process of its own. `npm run bench -- NAME…` runs some;
// `npm run bench -- --rivals [RUNS]` the one that installs other tools first, which takes a quarter of an hour.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './setup.mjs';

const SUFFIX = '.bench.mts';
const all = readdirSync(path.join(ROOT, 'bench'))
  .filter(file => file.endsWith(SUFFIX))
  .map(file => file.slice(0, -SUFFIX.length));
const RIVALS = 'rivals';
const args = process.argv.slice(2);
const rivals = args[0] === `--${RIVALS}`;
const asked = rivals ? [RIVALS] : args;
const unknown = asked.filter(name => !all.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`there is no benchmark ${unknown.join(', ')}; there are ${all.join(', ')}\n`);
  process.exit(64);
}

await build({
  absWorkingDir: ROOT,
  entryPoints: all.map(name => `bench/${name}${SUFFIX}`),
  outdir: 'dist/bench',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  // Packages written for require() find one.
  banner: {
    js: "import { createRequire as requireHere } from 'node:module'; const require = requireHere(import.meta.url);",
  },
  external: ['@duckdb/node-api'],
  logLevel: 'warning',
});

const failed = (asked.length > 0 ? asked : all.filter(name => name !== RIVALS)).filter(name => {
  process.stderr.write(`== ${name}\n`);
  const file = path.join(ROOT, 'dist/bench', `${name}.bench.mjs`);
  const { status, error } = spawnSync(process.execPath, ['--expose-gc', file, ...(rivals ? args.slice(1) : [])], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  if (error !== undefined) process.stderr.write(`${String(error)}\n`);
  return status !== 0;
});
if (failed.length > 0) {
  process.stderr.write(`failed: ${failed.join(', ')}\n`);
  process.exit(1);
}
