// Makes the vsix of a platform from an allow-list, and asserts what is in it and how large it is.
// `npm run package` makes this machine's; `-- TARGET…` others; `-- --all` every platform that DuckDB has.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createVSIX, listFiles } from '@vscode/vsce';
import { ROOT, runNpm } from './setup.mjs';

const MOST_BYTES = 30_000_000;
/** The marketplace's page: the README's pictures would need a public address. */
const README = 'media/extension.md';

/** Platforms as VS Code names them, and DuckDB's native part for each. */
const NATIVE = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'alpine-x64': 'linux-x64-musl',
  'alpine-arm64': 'linux-arm64-musl',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
  'win32-x64': 'win32-x64',
  'win32-arm64': 'win32-arm64',
};

/** The processors of Apple's programs, by their numbers in a universal file. */
const APPLE_PROCESSORS = { 'darwin-x64': 0x01000007, 'darwin-arm64': 0x0100000c };
const UNIVERSAL = 0xcafebabe;
const UNIVERSAL_HEADER_BYTES = 8;
const UNIVERSAL_ENTRY_BYTES = 20;

/** What may be in it, and nothing else. */
const ALLOWED = [
  /^(package\.json|LICENSE|CHANGELOG\.md|phasegate\.schema\.json)$/,
  /^bin\/phasegate(\.c(js|md))?$/,
  /^dist\/(cli|cli-late|job-facts|engine|runner|extension|engine-client)\.js$/,
  /^dist\/third-party-licenses\.txt$/,
  /^dist\/webview\/[\w-]+\.(js|css)$/,
  /^media\/(icon\.svg|extension\.md|sample\/.+|walkthrough\/[\w-]+\.md)$/,
  /^node_modules\/(@duckdb|detect-libc)\//,
];
const NATIVE_PACKAGE = /^node_modules\/@duckdb\/node-bindings-/;

const asked = process.argv.slice(2);
const targets = asked.includes('--all')
  ? Object.keys(NATIVE)
  : asked.length > 0
    ? asked
    : [`${process.platform}-${process.arch}`];
const unknown = targets.filter(target => !Object.hasOwn(NATIVE, target));
if (unknown.length > 0) fail(`there is no platform ${unknown.join(', ')}; there are ${Object.keys(NATIVE).join(', ')}`);

const files = (await listFiles({ cwd: ROOT, readmePath: README })).map(name => name.split(path.sep).join('/'));
const strays = files.filter(name => !ALLOWED.some(allowed => allowed.test(name)));
if (strays.length > 0) fail(`these files may not be shipped: ${strays.join(', ')}. Mend .vscodeignore`);
for (const target of targets) await make(target);

async function make(target) {
  const stage = mkdtempSync(path.join(tmpdir(), `phasegate-${target}-`));
  try {
    for (const name of files) if (!NATIVE_PACKAGE.test(name)) cpSync(path.join(ROOT, name), path.join(stage, name));
    cpSync(path.join(ROOT, '.vscodeignore'), path.join(stage, '.vscodeignore'));
    // What only building needs is none of the extension's business.
    const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    delete manifest.devDependencies;
    delete manifest.scripts;
    writeFileSync(path.join(stage, 'package.json'), JSON.stringify(manifest, undefined, 2));
    bringNative(NATIVE[target], stage);
    const processor = APPLE_PROCESSORS[target];
    if (processor !== undefined)
      keepOneProcessor(path.join(stage, 'node_modules/@duckdb', `node-bindings-${target}`), processor);
    const file = path.join(ROOT, 'dist', `phasegate-${target}.vsix`);
    mkdirSync(path.dirname(file), { recursive: true });
    await createVSIX({
      cwd: stage,
      target,
      packagePath: file,
      readmePath: README,
      allowMissingRepository: true,
      rewriteRelativeLinks: false,
    });
    const { size } = statSync(file);
    if (size > MOST_BYTES)
      fail(`${file} has ${(size / 1e6).toFixed(1)} MB; at most ${MOST_BYTES / 1e6} MB are shipped`);
    process.stdout.write(`${file}: ${(size / 1e6).toFixed(1)} MB\n`);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** Puts DuckDB's native part of a platform where it belongs: ours if it is this one's, else as it is published. */
function bringNative(name, stage) {
  const relative = path.join('node_modules/@duckdb', `node-bindings-${name}`);
  const to = path.join(stage, relative);
  if (existsSync(path.join(ROOT, relative))) {
    cpSync(path.join(ROOT, relative), to, { recursive: true });
    return;
  }
  const { version } = JSON.parse(
    readFileSync(path.join(ROOT, 'node_modules/@duckdb/node-bindings/package.json'), 'utf8'),
  );
  const aside = mkdtempSync(path.join(tmpdir(), 'phasegate-native-'));
  try {
    const spec = `@duckdb/node-bindings-${name}@${version}`;
    const packed = runNpm(['pack', spec], aside);
    if (packed.status !== 0) fail(`${spec} could not be brought: ${packed.stderr}`);
    mkdirSync(to, { recursive: true });
    const unpacked = spawnSync('tar', ['-xzf', packed.stdout.trim(), '-C', to, '--strip-components=1'], { cwd: aside });
    if (unpacked.status !== 0) fail(`${spec} could not be unpacked: ${String(unpacked.stderr)}`);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Keeps one processor's part of universal libraries, as `lipo -thin` does: a part is a whole file of its own, signature included. */
function keepOneProcessor(folder, processor) {
  for (const name of readdirSync(folder).filter(each => /\.(dylib|node)$/.test(each))) {
    const file = path.join(folder, name);
    const bytes = readFileSync(file);
    if (bytes.readUInt32BE(0) !== UNIVERSAL) continue;
    const entries = Array.from(
      { length: bytes.readUInt32BE(4) },
      (_, i) => UNIVERSAL_HEADER_BYTES + i * UNIVERSAL_ENTRY_BYTES,
    );
    const entry = entries.find(at => bytes.readUInt32BE(at) === processor);
    if (entry === undefined) fail(`${file} has no part for its processor`);
    const [from, size] = [bytes.readUInt32BE(entry + 8), bytes.readUInt32BE(entry + 12)];
    writeFileSync(file, bytes.subarray(from, from + size), { mode: statSync(file).mode });
  }
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
