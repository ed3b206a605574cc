// Makes a vsix for a platform from an allow-list, and asserts what is in it and how large it is. `npm run package [-- TARGET]`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { createVSIX, listFiles } from '@vscode/vsce';
import { ROOT } from './setup.mjs';

const MOST_BYTES = 30_000_000;
const target = process.argv[2] ?? `${process.platform}-${process.arch}`;
const file = path.join(ROOT, 'dist', `phasegate-${target}.vsix`);

/** What may be in it, and nothing else. */
const ALLOWED = [
  /^(package\.json|LICENSE|CHANGELOG\.md|phasegate\.schema\.json|\.vscodeignore)$/,
  /^bin\/phasegate(\.c(js|md))?$/,
  /^dist\/(cli|engine|extension|engine-client)\.js$/,
  /^dist\/third-party-licenses\.txt$/,
  /^dist\/webview\/[\w-]+\.(js|css)$/,
  /^media\/(icon\.svg|extension\.md|sample\/.+|walkthrough\/[\w-]+\.md)$/,
  /^node_modules\/@duckdb\//,
];

/** The marketplace's page: the README's pictures would need a public address. */
const readmePath = 'media/extension.md';
const files = await listFiles({ cwd: ROOT, readmePath });
const strays = files
  .map(name => name.replaceAll(path.sep, '/'))
  .filter(name => !ALLOWED.some(allowed => allowed.test(name)));
if (strays.length > 0) {
  process.stderr.write(`these files may not be shipped: ${strays.join(', ')}. Mend .vscodeignore\n`);
  process.exit(1);
}
mkdirSync(path.dirname(file), { recursive: true });
await createVSIX({
  cwd: ROOT,
  target,
  packagePath: file,
  readmePath,
  allowMissingRepository: true,
  rewriteRelativeLinks: false,
});
const { size } = statSync(file);
if (size > MOST_BYTES) {
  process.stderr.write(`${file} has ${(size / 1e6).toFixed(1)} MB; at most ${MOST_BYTES / 1e6} MB are shipped\n`);
  process.exit(1);
}
const { status } = spawnSync('python3', ['-c', 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).testzip()', file], {
  stdio: 'inherit',
});
if (status !== 0) process.exit(1);
process.stdout.write(`${file}: ${files.length} files, ${(size / 1e6).toFixed(1)} MB\n`);
