// Set-up from a bare machine: the project's packages, and Node 24 where the system's Node is older than 22. Does nothing twice.
// Plain JavaScript for Node 20, without dependencies: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The Node that the set-up brings where the system's is older than the package asks for. */
const BROUGHT_NODE = '24.21.0';
const LEAST_NODE_MAJOR = 22;

function say(message) {
  process.stderr.write(`[set-up] ${message}\n`);
}

/** What npm adds to the environment of a script must not reach a nested npm, except where it was told to find things. */
export function cleanEnv(extra = {}) {
  const kept = /^npm_config_(cache|registry|userconfig|globalconfig|cafile|proxy|https_proxy|noproxy|offline|prefer_offline)$/i;
  const env = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^npm_/i.test(name) || kept.test(name)) env[name] = value;
  }
  return { ...env, ...extra };
}

function npm(args, cwd) {
  const cli = process.env.npm_execpath;
  const viaNode = cli !== undefined && /npm-cli\.c?js$/.test(cli);
  const result = spawnSync(viaNode ? process.execPath : 'npm', [...(viaNode ? [cli] : []), ...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    env: cleanEnv(),
    encoding: 'utf8',
  });
  if (result.status !== 0) {
    const why = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error === undefined ? '' : String(result.error)}`;
    process.stderr.write(why);
    say(`"npm ${args.join(' ')}" failed in ${cwd}. Phasegate's set-up needs npm and a package registry; mend what npm says above and run the command again.`);
    process.exit(1);
  }
}

/** Installs the project's packages, unless the lock file they were installed from is this one. */
function installPackages() {
  const lock = createHash('sha256').update(readFileSync(path.join(ROOT, 'package-lock.json'))).digest('hex');
  const stamp = path.join(ROOT, 'node_modules', '.phasegate-setup');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('installing packages (about 20 s)');
  npm(['ci', '--ignore-scripts'], ROOT);
  writeFileSync(stamp, lock);
}

/** A Node that is new enough: the running one, or Node 24 from npm, kept in .tools. */
function ensureNode() {
  if (Number(process.versions.node.split('.')[0]) >= LEAST_NODE_MAJOR) return process.execPath;
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    say(`Phasegate needs Node ${LEAST_NODE_MAJOR} or newer and this is ${process.version}: install one from your system or nodejs.org and run the command again.`);
    process.exit(1);
  }
  const name = `node-linux-${process.arch}`;
  const tools = path.join(ROOT, '.tools');
  const node = path.join(tools, 'node_modules', name, 'bin', 'node');
  if (!existsSync(node)) {
    say(`this is Node ${process.versions.node} and Phasegate needs ${LEAST_NODE_MAJOR}: bringing Node ${BROUGHT_NODE} into .tools (about 10 s, once)`);
    mkdirSync(tools, { recursive: true });
    if (!existsSync(path.join(tools, 'package.json'))) writeFileSync(path.join(tools, 'package.json'), '{ "name": "tools", "private": true }\n');
    npm(['install', '--ignore-scripts', '--no-save', '--no-package-lock', `${name}@${BROUGHT_NODE}`], tools);
  }
  return node;
}

/** Makes everything ready and gives the Node to run with. */
export function setUp() {
  installPackages();
  return ensureNode();
}
