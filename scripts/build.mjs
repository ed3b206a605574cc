// Bundles the programs: dist/cli.js. Everything but the native DuckDB is inside.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './setup.mjs';

const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

await build({
  absWorkingDir: ROOT,
  entryPoints: ['src/cli.ts'],
  outfile: 'dist/cli.js',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  minifySyntax: true,
  minifyWhitespace: true,
  external: ['@duckdb/node-api'],
  define: { __PHASEGATE_VERSION__: JSON.stringify(version) },
  logLevel: 'warning',
});
