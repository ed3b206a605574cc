// Brings a real VS Code workbench and extension host into .vscode-host/: the npm package code-server, without what needs a compiler.
// Does nothing twice: a second run looks at a stamp.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, cleanEnv, runNpm } from '../setup.mjs';

export const HOST = path.join(ROOT, '.vscode-host');
const VERSION = '4.139.1';
/** Raised when what is done to the package below changes. */
const RECIPE = 2;
const STAMP = `code-server ${VERSION} recipe ${RECIPE}`;
const CODE_SERVER = path.join(HOST, 'code-server', 'node_modules', 'code-server');

/** Dependencies that only signing in, syncing and the agent host need; most are large or native. */
const LEFT_OUT = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/copilot-api',
  '@vscode/deviceid',
  '@vscode/native-watchdog',
  '@vscode/sandbox-runtime',
  '@vscode/spdlog',
  '@vscode/sqlite3',
  '@vscode/tree-sitter-wasm',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  'kerberos',
  'ssh2',
];
/** Built-in extensions that no test needs. Those that also run in a browser have to stay: the page lists them by itself. */
const EXTENSIONS_LEFT_OUT = ['copilot', 'microsoft-authentication', 'github', 'tunnel-forwarding', 'terminal-suggest'];

/** The two native modules that have to be there in some form, in plain JavaScript. */
const STAND_INS = {
  spdlog: `
const fs = require('node:fs');
const path = require('node:path');
class Logger {
  constructor(kind, name, file) {
    this.level = 2;
    this.bare = false;
    try {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      this.out = fs.openSync(file, 'a');
    } catch {}
  }
  write(level, word, text) {
    if (level < this.level || this.out === undefined) return;
    try {
      fs.writeSync(this.out, this.bare ? text : new Date().toISOString().replace('T', ' ').slice(0, 23) + ' [' + word + '] ' + text + '\\n');
    } catch {}
  }
  trace(text) { this.write(0, 'trace', text); }
  debug(text) { this.write(1, 'debug', text); }
  info(text) { this.write(2, 'info', text); }
  warn(text) { this.write(3, 'warning', text); }
  error(text) { this.write(4, 'error', text); }
  critical(text) { this.write(5, 'critical', text); }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() {}
  clearFormatters() { this.bare = true; }
  flush() {}
  drop() {
    if (this.out !== undefined) fs.closeSync(this.out);
    this.out = undefined;
  }
}
const create = async (name, file) => new Logger('', name, file);
exports.version = 1;
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
`,
  'native-watchdog': `
// Ends an extension host whose server is gone.
exports.start = pid => {
  setInterval(() => {
    try {
      process.kill(pid, 0);
    } catch (error) {
      if (error.code === 'ESRCH') process.exit(87);
    }
  }, 2000).unref();
};
exports.exit = code => process.exit(code || 0);
`,
};

/** What of this process's environment a workbench may see: nothing of npm's, nothing of another VS Code. */
export function hostEnv(extra = {}) {
  const env = cleanEnv();
  for (const name of Object.keys(env)) if (/^(VSCODE_|ELECTRON_)/i.test(name)) delete env[name];
  return { ...env, ...extra };
}

/** Runs npm in a folder; throws with what it said where it fails. */
export function npm(args, cwd) {
  const done = runNpm(args, cwd, hostEnv());
  if (done.status !== 0)
    throw new Error(
      `npm ${args[0]} failed in ${cwd}: ${done.stderr ?? ''}${done.stdout ?? ''}${String(done.error ?? '')}`,
    );
}

/** Makes `folder` anew by `make`, whole or not at all, unless its stamp says that it is there. */
export async function once(folder, stamp, make) {
  const file = path.join(folder, '.stamp');
  if (existsSync(file) && readFileSync(file, 'utf8') === stamp) return;
  const aside = `${folder}.new-${process.pid}`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  try {
    writeFileSync(path.join(aside, 'package.json'), '{ "name": "host", "private": true }\n');
    await make(aside);
    writeFileSync(path.join(aside, '.stamp'), stamp);
    rmSync(folder, { recursive: true, force: true });
    renameSync(aside, folder);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw error;
  }
}

/** The program that serves the workbench, installed where it is not yet. */
export async function ensureHost(log) {
  await once(path.join(HOST, 'code-server'), STAMP, folder => {
    log('bringing the VS Code workbench (code-server) into .vscode-host: about 120 MB, 15 to 60 s, once');
    npm(['install', '--ignore-scripts', '--no-save', '--no-package-lock', `code-server@${VERSION}`], folder);
    const vscode = path.join(folder, 'node_modules/code-server/lib/vscode');
    const change = (name, edit) => {
      const file = path.join(vscode, name);
      const json = JSON.parse(readFileSync(file, 'utf8'));
      edit(json);
      writeFileSync(file, JSON.stringify(json));
    };
    const drop = dependencies => {
      for (const name of LEFT_OUT) delete dependencies[name];
    };
    change('package.json', json => {
      drop(json.dependencies);
      delete json.overrides;
    });
    change('npm-shrinkwrap.json', json => drop(json.packages[''].dependencies));
    for (const name of EXTENSIONS_LEFT_OUT)
      rmSync(path.join(vscode, 'extensions', name), { recursive: true, force: true });
    npm(['install', '--omit=dev', '--ignore-scripts'], vscode);
    for (const [name, text] of Object.entries(STAND_INS)) {
      const at = path.join(vscode, 'node_modules/@vscode', name);
      mkdirSync(at, { recursive: true });
      writeFileSync(
        path.join(at, 'package.json'),
        `{ "name": "@vscode/${name}", "version": "0.0.0", "main": "index.js" }\n`,
      );
      writeFileSync(path.join(at, 'index.js'), text);
    }
    for (const [to, from] of [
      ['bin/remote-cli/code-server', 'code-linux.sh'],
      ['bin/helpers/browser.sh', 'browser-linux.sh'],
    ]) {
      rmSync(path.join(vscode, to), { force: true });
      symlinkSync(from, path.join(vscode, to));
    }
  });
  return path.join(CODE_SERVER, 'out/node/entry.js');
}
