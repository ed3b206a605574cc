// A workbench served on loopback with a profile of its own, for tests, for pictures and for trying things out.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureHost, hostEnv } from './install.mjs';

/** Nothing that asks, updates, or reaches out. */
const SETTINGS = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'remote.autoForwardPorts': false,
  'git.openRepositoryInParentFolders': 'never',
  'json.schemaDownload.enable': false,
  'terminal.integrated.gpuAcceleration': 'off',
  'files.simpleDialog.enable': true,
};
const READY_MS = 60_000;
const POLITE_MS = 5_000;

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Serves a workbench. `trusted: false` opens folders in restricted mode. `env` is seen by the extension host.
 * Gives its address, its extensions folder, `run` for its command line, and `stop`.
 */
export async function serveWorkbench({
  port,
  env = {},
  settings = {},
  trusted = true,
  log = () => {},
  extensions,
} = {}) {
  const program = await ensureHost(log);
  const profile = mkdtempSync(path.join(tmpdir(), 'phasegate-workbench-'));
  const user = path.join(profile, 'data', 'User');
  const installed = extensions ?? path.join(profile, 'extensions');
  mkdirSync(user, { recursive: true });
  mkdirSync(installed, { recursive: true });
  writeFileSync(path.join(profile, 'config.yaml'), 'cert: false\n');
  writeFileSync(
    path.join(user, 'settings.json'),
    JSON.stringify({ ...SETTINGS, 'security.workspace.trust.enabled': !trusted, ...settings }, undefined, 1),
  );
  const base = [
    program,
    ...['--config', path.join(profile, 'config.yaml')],
    ...['--user-data-dir', path.join(profile, 'data')],
    ...['--extensions-dir', installed],
  ];
  const childEnv = hostEnv({ EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...env });
  const at = port ?? (await freePort());
  const logFile = path.join(profile, 'server.log');
  const out = openSync(logFile, 'w');

  /** The workbench's own command line, such as `--install-extension FILE`. Gives what it prints. */
  const run = args =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [...base, ...args], { env: childEnv, stdio: ['ignore', 'pipe', 'pipe'] });
      let text = '';
      child.stdout.on('data', chunk => (text += chunk));
      child.stderr.on('data', chunk => (text += chunk));
      child.once('error', reject);
      child.once('exit', code =>
        code === 0 ? resolve(text) : reject(new Error(`the workbench's command line ended with ${code}: ${text}`)),
      );
    });

  const serve = ['--bind-addr', `127.0.0.1:${at}`, '--auth', 'none', '--disable-telemetry', '--disable-update-check'];
  let child;
  const start = async () => {
    child = spawn(
      process.execPath,
      [
        ...base,
        ...serve,
        ...(trusted ? ['--disable-workspace-trust'] : []),
        '--disable-getting-started-override',
        '--ignore-last-opened',
      ],
      {
        env: childEnv,
        stdio: ['ignore', out, out],
        detached: true,
      },
    );
    const deadline = Date.now() + READY_MS;
    for (;;) {
      const answered = await fetch(`http://127.0.0.1:${at}/healthz`).then(
        answer => answer.ok,
        () => false,
      );
      if (answered) return;
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`the workbench did not start: ${readFileSync(logFile, 'utf8').slice(-2000)}`);
      await delay(50);
    }
  };
  /** Ends it with all that it started. `force`: as a crash would, without a word. */
  const stop = async ({ force: atOnce = false } = {}) => {
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise(resolve => child.once('exit', resolve));
      process.kill(-child.pid, atOnce ? 'SIGKILL' : 'SIGTERM');
      const force = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), POLITE_MS);
      await gone;
      clearTimeout(force);
    }
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  const address = ({ folder, workspace } = {}) => {
    const url = new URL(`http://127.0.0.1:${at}/`);
    if (workspace !== undefined) url.searchParams.set('workspace', workspace);
    else if (folder === undefined) url.searchParams.set('ew', 'true');
    else url.searchParams.set('folder', folder);
    return url.href;
  };
  return { authority: `127.0.0.1:${at}`, extensions: installed, logFile, profile, run, start, stop, address };
}

/**
 * Has a page load the unpacked extension, and tests in its host where there are some. A production workbench takes these options
 * from nowhere but its own configuration, so that is changed before it is read.
 */
export async function loadExtension(page, server, { extension, tests }) {
  const uri = file => ({ $mid: 1, scheme: 'vscode-remote', authority: server.authority, path: file });
  const development = {
    extensions: [uri(extension)],
    ...(tests === undefined ? {} : { extensionTestsPath: uri(tests) }),
  };
  await page.addInitScript(options => {
    if (window.top !== window) return;
    const patch = () => {
      const meta = document.getElementById('vscode-workbench-web-configuration');
      if (meta === null) return false;
      const settings = JSON.parse(meta.getAttribute('data-settings'));
      settings.developmentOptions = { ...settings.developmentOptions, ...options };
      meta.setAttribute('data-settings', JSON.stringify(settings));
      return true;
    };
    const observer = new MutationObserver(() => {
      if (patch()) observer.disconnect();
    });
    observer.observe(document, { childList: true, subtree: true });
  }, development);
}
