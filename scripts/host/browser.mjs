// A Chromium to drive the workbench with: one that is there, else the npm package @sparticuz/chromium, which needs no root.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { HOST, npm, once } from './install.mjs';

const VERSION = '153.0.0';
const FONTS = '2.37.3';
const FONT_FILES = ['DejaVuSans', 'DejaVuSans-Bold', 'DejaVuSansMono', 'DejaVuSansMono-Bold', 'DejaVuSansMono-Oblique'];
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
];

function starts(program, env = {}) {
  return spawnSync(program, ['--version'], { env: { ...process.env, ...env }, timeout: 20_000 }).status === 0;
}

/** The browser to use and the environment it needs. Throws with what to do where none can be had. */
async function findBrowser(log) {
  const given = process.env.CHROME_PATH;
  if (given !== undefined && given !== '') return { program: given, env: {} };
  for (const name of NAMES) {
    for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
      const program = path.join(folder, name);
      if (existsSync(program) && starts(program)) return { program, env: {} };
    }
  }
  const brought = await bringBrowser(log);
  if (brought !== undefined) return brought;
  throw new Error(
    'no Chromium was found and none could be brought: install one (Debian: apt-get install chromium) or name one in CHROME_PATH',
  );
}

async function bringBrowser(log) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = path.join(HOST, 'chromium');
  await once(folder, `chromium ${VERSION} fonts ${FONTS}`, into => {
    log('no Chromium is on the PATH: bringing one into .vscode-host: about 70 MB, some 10 s, once');
    const wanted = [`@sparticuz/chromium@${VERSION}`, `dejavu-fonts-ttf@${FONTS}`];
    npm(['install', '--ignore-scripts', '--no-save', '--no-package-lock', ...wanted], into);
    const packed = name =>
      brotliDecompressSync(readFileSync(path.join(into, 'node_modules/@sparticuz/chromium/bin', name)));
    writeFileSync(path.join(into, 'chromium'), packed('chromium.br'), { mode: 0o755 });
    for (const name of ['al2023.tar.br', 'fonts.tar.br', 'swiftshader.tar.br']) {
      const { status, stderr } = spawnSync('tar', ['-xf', '-', '-C', into], { input: packed(name) });
      if (status !== 0) throw new Error(`${name} could not be unpacked: ${String(stderr)}`);
    }
    for (const name of FONT_FILES)
      copyFileSync(
        path.join(into, 'node_modules/dejavu-fonts-ttf/ttf', `${name}.ttf`),
        path.join(into, 'fonts', `${name}.ttf`),
      );
  });
  const program = path.join(folder, 'chromium');
  // A bare system has no fonts at all: ours, by a configuration of our own.
  const fonts = path.join(folder, 'fonts.conf');
  const family = (name, use) => `<alias><family>${name}</family><prefer><family>${use}</family></prefer></alias>`;
  writeFileSync(
    fonts,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${folder}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${folder}/fontcache</cachedir>${['sans-serif', 'serif', 'system-ui'].map(name => family(name, 'DejaVu Sans')).join('')}${family('monospace', 'DejaVu Sans Mono')}</fontconfig>\n`,
  );
  const ours = { FONTCONFIG_FILE: fonts };
  const libraries = {
    LD_LIBRARY_PATH: [path.join(folder, 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
  };
  return [ours, { ...ours, ...libraries }].map(env => ({ program, env })).find(({ env }) => starts(program, env));
}

/** Starts a browser without a window. */
export async function launchBrowser(log) {
  const { program, env } = await findBrowser(log);
  return chromium.launch({ executablePath: program, args: ARGS, env: { ...process.env, ...env } });
}
