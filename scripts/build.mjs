// Bundles every program into dist/: the command line, the engine, the runner, the extension, its language client, and the webview pages.
// Everything but DuckDB's native part is inside, with the licences of what is.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './setup.mjs';

const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

/** zod brings its messages in fifty languages; ours are our own, so they would only make the programs slower to start. */
const withoutLocales = {
  name: 'without-locales',
  setup(bundler) {
    bundler.onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({ contents: 'export {};' }));
  },
};

/** What is large and rarely needed at once is a bundle of its own, loaded when it is imported: `name` becomes `file`. */
const apart = (name, file) => ({
  name: `${file}-apart`,
  setup(bundler) {
    bundler.onResolve({ filter: new RegExp(`/${name}$`) }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: `./${file}`, external: true } : undefined,
    );
  },
});
/** Larger than the rest of the extension: loaded after activation. */
const clientApart = apart('engine-client', 'engine-client.js');
/** Parsers of Python and shell scripts: no question waits for them. */
const jobFactsApart = apart('services/job-facts', 'job-facts.js');
const lateApart = apart('late', 'cli-late.js');

const common = {
  absWorkingDir: ROOT,
  bundle: true,
  // Names stay, so that the stack in a user's bug report can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  define: { __PHASEGATE_VERSION__: JSON.stringify(version) },
  metafile: true,
  logLevel: 'warning',
};
const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['@duckdb/node-bindings', 'vscode'],
  // Packages that are ES modules ask where they are; in a bundle they are where it is.
  define: { ...common.define, 'import.meta.url': '__bundleUrl' },
  banner: { js: "const __bundleUrl=require('node:url').pathToFileURL(__filename).href;" },
};
const page = { ...common, platform: 'browser', format: 'iife', target: 'es2022' };

const built = await Promise.all([
  build({
    ...node,
    entryPoints: ['src/cli.ts'],
    outfile: 'dist/cli.js',
    plugins: [withoutLocales, jobFactsApart, lateApart],
  }),
  build({ ...node, entryPoints: ['src/cli/late.ts'], outfile: 'dist/cli-late.js', plugins: [withoutLocales] }),
  build({
    ...node,
    entryPoints: ['src/services/job-facts.ts'],
    outfile: 'dist/job-facts.js',
    plugins: [withoutLocales],
  }),
  build({ ...node, entryPoints: ['src/engine.ts'], outfile: 'dist/engine.js', plugins: [withoutLocales] }),
  build({ ...node, entryPoints: ['src/runner.ts'], outfile: 'dist/runner.js', plugins: [withoutLocales] }),
  build({ ...node, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.js', plugins: [clientApart] }),
  build({ ...node, entryPoints: ['src/editor/engine-client.ts'], outfile: 'dist/engine-client.js' }),
  ...['report', 'plan', 'run', 'grid'].flatMap(name =>
    ['ts', 'css'].map(kind =>
      build({
        ...page,
        entryPoints: [`webview/${name}/${name}.${kind}`],
        outfile: `dist/webview/${name}.${kind === 'ts' ? 'js' : 'css'}`,
      }),
    ),
  ),
]);

// The suite that runs inside the extension host; nothing of it is shipped.
await build({
  ...node,
  entryPoints: ['test/host/index.ts'],
  outfile: 'dist/test/host.js',
  external: [...node.external, 'mocha'],
});

/** The folder of each package that a bundle holds a part of. */
function bundledPackages() {
  const inside = built.flatMap(({ metafile }) =>
    Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
    ),
  );
  const folders = inside.map(([file]) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(folders.filter(folder => folder !== undefined))].sort();
}

/** Packages that name the MIT licence and whose authors forgot its text: who holds the copyright. */
const MIT_HOLDERS = { '@microsoft': 'Microsoft Corporation', 'exenv-es6': 'the authors of exenv and exenv-es6' };

/** The text of a package's licence; our own is the MIT licence, whose text is the same for everybody but for the holder. */
function licenceText(folder, name, license) {
  const file = readdirSync(path.join(ROOT, folder)).find(entry => /^(licen[cs]e|copyright)/i.test(entry));
  if (file !== undefined) return readFileSync(path.join(ROOT, folder, file), 'utf8').trim();
  const holder = MIT_HOLDERS[name] ?? MIT_HOLDERS[name.split('/')[0]];
  if (license !== 'MIT' || holder === undefined)
    throw new Error(`${name} is in a bundle and brings no licence text: it may not be shipped so`);
  const own = readFileSync(path.join(ROOT, 'LICENSE'), 'utf8').trim();
  return own.replace(/^Copyright .*$/m, `Copyright (c) ${holder}`);
}

const notices = bundledPackages().map(folder => {
  const { name, version: its, license } = JSON.parse(readFileSync(path.join(ROOT, folder, 'package.json'), 'utf8'));
  return `${name} ${its} (${license})\n\n${licenceText(folder, name, license)}\n`;
});
const dist = path.join(ROOT, 'dist');
if (!existsSync(dist)) mkdirSync(dist, { recursive: true });
const head = 'The programs in dist/ hold parts of the packages below, under their licences.\n';
writeFileSync(path.join(dist, 'third-party-licenses.txt'), [head, ...notices].join(`\n${'-'.repeat(72)}\n\n`));
