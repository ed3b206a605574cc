// Set-up from a bare machine: the project's packages, and Node 24 where the system's Node is older than 22. Does nothing twice.
// Plain JavaScript for Node 20, without dependencies: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The Node that the set-up brings where the system's is older than the package asks for. */
const BROUGHT_NODE = '24.21.0';
const LEAST_NODE_MAJOR = 22;

/** Set-up speaks on stderr, so that what a task prints can be piped. */
function say(message) {
  process.stderr.write(`[set-up] ${message}\n`);
}

/** What npm adds to the environment of a script must not reach a nested npm, except where it was told to find things. */
export function cleanEnv(extra = {}) {
  const kept =
    /^npm_config_(cache|registry|userconfig|globalconfig|cafile|proxy|https_proxy|noproxy|offline|prefer_offline)$/i;
  const env = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^npm_/i.test(name) || kept.test(name)) env[name] = value;
  }
  return { ...env, ...extra };
}

/** Runs npm without its chatter, by the very npm that runs this if one does. Gives how it ended, and what it said. */
export function runNpm(args, cwd, env = cleanEnv()) {
  const cli = process.env.npm_execpath;
  const viaNode = cli !== undefined && /npm-cli\.c?js$/.test(cli);
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  return spawnSync(viaNode ? process.execPath : 'npm', [...(viaNode ? [cli] : []), ...args, ...quiet], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
}

/** Runs npm in silence; where it fails, shows what it said and what to do, and ends the process. */
function npm(args, cwd) {
  const result = runNpm(args, cwd);
  if (result.status === 0) return;
  const ended = result.error === undefined ? '' : `${String(result.error)}\n`;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}${ended}`);
  say(`"npm ${args.join(' ')}" failed in ${cwd}.`);
  say('The set-up needs npm and a package registry: mend what npm says above and run the command again.');
  process.exit(1);
}

/** Whether a stamp file says that a step was done for this very input. */
const isDone = (stamp, input) => existsSync(stamp) && readFileSync(stamp, 'utf8') === input;

/** Installs the project's packages, unless they were installed from this very lock file. */
function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(ROOT, 'package-lock.json')))
    .digest('hex');
  const stamp = path.join(ROOT, 'node_modules', '.phasegate-setup');
  if (isDone(stamp, lock)) return;
  say('installing packages: about 150 MB, some 20 s, once');
  // No package's own scripts are run: what is native comes ready-made as an optional package.
  npm(['ci', '--ignore-scripts'], ROOT);
  writeFileSync(stamp, lock);
}

/** A Node that is new enough: the running one, or Node 24 from npm, kept in .tools. */
function ensureNode() {
  if (Number(process.versions.node.split('.')[0]) >= LEAST_NODE_MAJOR) return process.execPath;
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    say(`Phasegate needs Node ${LEAST_NODE_MAJOR} or newer, and this is ${process.version} on ${process.platform}.`);
    say('Install a newer one from your system or nodejs.org and run the command again.');
    process.exit(1);
  }
  const name = `node-linux-${process.arch}`;
  const tools = path.join(ROOT, '.tools');
  const node = path.join(tools, 'node_modules', name, 'bin', 'node');
  const stamp = path.join(tools, '.node');
  if (existsSync(node) && isDone(stamp, BROUGHT_NODE)) return node;
  say(`this is Node ${process.versions.node}, and Phasegate needs ${LEAST_NODE_MAJOR}`);
  say(`bringing Node ${BROUGHT_NODE} into .tools: about 50 MB, some 10 s, once`);
  rmSync(tools, { recursive: true, force: true });
  mkdirSync(tools, { recursive: true });
  writeFileSync(path.join(tools, 'package.json'), '{ "name": "tools", "private": true }\n');
  npm(['install', '--ignore-scripts', '--no-save', '--no-package-lock', `${name}@${BROUGHT_NODE}`], tools);
  const works = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (works.status !== 0) {
    say(`the Node brought into .tools does not run here: ${works.stderr ?? ''}${String(works.error ?? '')}`);
    say(`Install Node ${LEAST_NODE_MAJOR} or newer from your system or nodejs.org and run the command again.`);
    process.exit(1);
  }
  writeFileSync(stamp, BROUGHT_NODE);
  return node;
}

/** Makes everything ready and gives the Node to run with. */
export function setUp() {
  installPackages();
  return ensureNode();
}

/** Names the programs that a task uses and this machine has not, so that what follows is no surprise. */
export function nameMissing(programs) {
  for (const program of programs) {
    const found = (process.env.PATH ?? '').split(path.delimiter).some(folder => existsSync(path.join(folder, program)));
    if (!found) say(`${program} is not on the PATH: what needs it is left out or fails. Install it from your system.`);
  }
}
