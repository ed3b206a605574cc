// Bundles the command line into dist/cli.js: everything but the native DuckDB is inside, with the licences of what is.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './setup.mjs';

const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

/** zod brings its messages in fifty languages; ours are our own, so they would only make the program slower to start. */
const withoutLocales = {
  name: 'without-locales',
  setup(bundler) {
    bundler.onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({ contents: 'export {};' }));
  },
};

const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: ['src/cli.ts'],
  outfile: 'dist/cli.js',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  // Names stay, so that the stack in a user's bug report can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  external: ['@duckdb/node-api'],
  plugins: [withoutLocales],
  define: { __PHASEGATE_VERSION__: JSON.stringify(version) },
  metafile: true,
  logLevel: 'warning',
});

/** The folder of each package that the bundle holds a part of. */
function bundledPackages() {
  const inside = Object.entries(metafile.outputs['dist/cli.js'].inputs).filter(
    ([, { bytesInOutput }]) => bytesInOutput > 0,
  );
  const folders = inside.map(([file]) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(folders.filter(folder => folder !== undefined))].sort();
}

const notices = bundledPackages().map(folder => {
  const { name, version: its, license } = JSON.parse(readFileSync(path.join(ROOT, folder, 'package.json'), 'utf8'));
  const file = readdirSync(path.join(ROOT, folder)).find(entry => /^licen[cs]e(\.|$)/i.test(entry));
  if (file === undefined)
    throw new Error(`${name} is in the bundle and brings no licence text: it may not be shipped so`);
  return `${name} ${its} (${license})\n\n${readFileSync(path.join(ROOT, folder, file), 'utf8').trim()}\n`;
});
const dist = path.join(ROOT, 'dist');
if (!existsSync(dist)) mkdirSync(dist, { recursive: true });
const head = 'dist/cli.js holds parts of the packages below, under their licences.\n';
writeFileSync(path.join(dist, 'third-party-licenses.txt'), [head, ...notices].join(`\n${'-'.repeat(72)}\n\n`));
