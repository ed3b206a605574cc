// Runs test/host inside a real extension host: of a workbench in a browser, or with --desktop of a VS Code that is downloaded.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { launchBrowser } from './host/browser.mjs';
import { loadExtension, serveWorkbench } from './host/server.mjs';
import { ROOT } from './setup.mjs';

const LIMIT_MS = 240_000;
const TESTS = path.join(ROOT, 'dist/test/host.js');
const say = text => process.stderr.write(`[host] ${text}\n`);

const results = mkdtempSync(path.join(tmpdir(), 'phasegate-host-'));
const workspace = path.join(results, 'sample');
const made = spawnSync(process.execPath, [path.join(ROOT, 'bin/phasegate.cjs'), 'sample', workspace, '--dates', '20'], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
if (made.status !== 0) process.exit(1);

let failed = true;
try {
  if (process.argv.includes('--desktop')) await onDesktop();
  else await inBrowser();
  const summary = JSON.parse(readFileSync(path.join(results, 'summary.json'), 'utf8'));
  process.stdout.write(`extension host: ${summary.passed} passed, ${summary.failed} failed\n`);
  failed = summary.failed > 0 || summary.passed === 0;
} catch (error) {
  say(`the suite did not end: ${error instanceof Error ? error.message : String(error)}`);
} finally {
  rmSync(results, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

async function inBrowser() {
  const server = await serveWorkbench({ env: { PHASEGATE_HOST_RESULTS: results }, log: say });
  let browser;
  try {
    [, browser] = await Promise.all([server.start(), launchBrowser(say)]);
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await loadExtension(page, server, { extension: ROOT, tests: TESTS });
    await page.goto(server.address({ folder: workspace }), { waitUntil: 'commit' });
    const deadline = Date.now() + LIMIT_MS;
    while (!existsSync(path.join(results, 'summary.json'))) {
      if (Date.now() > deadline) throw new Error(`no result after ${LIMIT_MS / 1000} s; ${printed()}`);
      await delay(100);
    }
    process.stdout.write(printed());
  } finally {
    await browser?.close();
    await server.stop();
  }
}

/** Where VS Code can be downloaded and has a display. */
async function onDesktop() {
  const { runTests } = await import('@vscode/test-electron');
  await runTests({
    extensionDevelopmentPath: ROOT,
    extensionTestsPath: TESTS,
    launchArgs: [workspace, '--disable-extensions', '--disable-workspace-trust'],
    extensionTestsEnv: { PHASEGATE_HOST_RESULTS: results },
  }).catch(/** @param {unknown} error */ error => say(String(error)));
  process.stdout.write(printed());
}

function printed() {
  const file = path.join(results, 'spec.txt');
  return existsSync(file) ? readFileSync(file, 'utf8') : 'nothing was printed\n';
}
