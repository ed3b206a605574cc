// The extension as its user has it: the vsix installed into a real workbench, driven in a real browser, on the sample.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Frame, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchBrowser } from '../../scripts/host/browser.mjs';
import { serveWorkbench } from '../../scripts/host/server.mjs';
import {
  LIMIT_MS,
  axeProblems,
  click,
  frameOf,
  inputOf,
  itemOf,
  openSideBar,
  quickRow,
  runCommand,
  scrollToEnd,
} from './driver';

const ROOT = path.resolve(import.meta.dirname, '../..');
const root = mkdtempSync(path.join(tmpdir(), 'phasegate-e2e-'));
const workspace = path.join(root, 'sample');
const manifest = path.join(workspace, 'phasegate.yaml');
vi.setConfig({ testTimeout: 180_000 }); // windows take their time on a busy machine
/** Where pictures are left of what failed, and of every surface. */
const shots = path.join(ROOT, 'shots');

function run(...args: readonly string[]): void {
  const done = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${args.join(' ')}: ${done.stdout}${done.stderr}`);
}

let server: Awaited<ReturnType<typeof serveWorkbench>> | undefined;
let browser: Browser | undefined;
let page: Page;
beforeAll(async () => {
  mkdirSync(shots, { recursive: true });
  run('bin/phasegate.cjs', 'sample', workspace, '--dates', '30');
  run('scripts/package.mjs');
  const vsix = readdirSync(path.join(ROOT, 'dist')).find(name => name.endsWith('.vsix')) ?? '';
  const started = await serveWorkbench();
  server = started;
  await started.run(['--install-extension', path.join(ROOT, 'dist', vsix)]);
  const [, launched] = await Promise.all([started.start(), launchBrowser(() => undefined)]);
  browser = launched;
  const context = await launched.newContext({
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  page = await context.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  await page.goto(started.address({ folder: workspace }), { waitUntil: 'commit' });
  await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(root, { recursive: true, force: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  const pages = browser?.contexts().flatMap(context => context.pages()) ?? [];
  for (const [i, each] of pages.entries()) await each.screenshot({ path: path.join(shots, `failed-${i}.png`) });
});

const input = (on = page): Locator => inputOf(on);
const rowOf = (text: string, on = page): Locator => quickRow(on, text);
const treeItem = (tree: string, text: string): Locator => itemOf(page, tree, text);
const command = (title: string, on = page): Promise<void> => runCommand(on, title);
const frameWith = (selector: string): Promise<Frame> => frameOf(page, selector);

describe('the extension, installed from its vsix', () => {
  it('shows the truth of the sample in both trees, and how many tables are short', async () => {
    await openSideBar(page);
    await treeItem('Phases', 'Phase 3 Analytics: 2 of 3 tables short').waitFor();
    await treeItem('Phases', 'team_offense_game_summary: fail').waitFor();
    const offense = treeItem('Coverage', 'team_offense_game_summary');
    await click(offense);
    await page.keyboard.press('ArrowRight');
    const season = treeItem('Coverage', '2025-26');
    await click(season);
    await page.keyboard.press('ArrowRight');
    await page.getByText('partial: 2 of 16 team_abbr').first().waitFor();
    expect(await page.locator('.activitybar .badge-content', { hasText: /^8$/ }).count()).toBe(1);
    await page.screenshot({ path: path.join(shots, 'trees.png') });
  });

  it('asks a preflight from the palette, and its report names the short upstream and its dates', async () => {
    await command('Phasegate: Preflight…');
    await input().fill('player_game_summary');
    await click(rowOf('player_game_summary'));
    await page.keyboard.press('Enter');
    const frame = await frameWith('h1.outcome-fail');
    expect(await frame.locator('h1').innerText()).toContain('Not ready: player_game_summary');
    await frame.locator('button.row', { hasText: 'team_offense_game_summary' }).click();
    const details = frame.locator('.details').first();
    expect(await details.innerText()).toMatch(/\d+ dates: 2026-01-03/);
    await page.screenshot({ path: path.join(shots, 'report.png') });
    await frame
      .getByRole('button', { name: /^Open phasegate\.yaml:/ })
      .first()
      .click();
    await page.locator('.tab.active', { hasText: 'phasegate.yaml' }).waitFor();
    await page
      .locator('.codelens-decoration a:visible', { hasText: /^fail · / })
      .first()
      .waitFor(); // the lens above a table
  });

  it('asks the same again, and shows the statement that measured it', async () => {
    const frame = await frameWith('h1.outcome-fail');
    await frame.getByRole('button', { name: 'Show SQL' }).first().click();
    await frame.locator('pre.sql', { hasText: 'SELECT' }).waitFor();
    await frame.getByRole('button', { name: 'Measure Again' }).click();
    await frame.locator('h1', { hasText: 'Not ready: player_game_summary' }).waitFor();
    const search = frame.locator('vscode-text-field input');
    await search.fill('nothing is like this');
    await frame.getByText('No finding is like that').waitFor();
    await search.fill('');
    await frame.locator('button.row').first().waitFor();
  });

  it('can be used with the keyboard alone, and breaks no rule of accessibility', async () => {
    const frame = await frameWith('h1.outcome-fail');
    await frame.locator('vscode-text-field input').focus();
    const focused = frame.locator('#findings button.row:focus');
    while ((await focused.count()) === 0) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter'); // it was opened above
    await focused.and(frame.locator('[aria-expanded="false"]')).waitFor();
    await page.keyboard.press('Enter');
    await focused.and(frame.locator('[aria-expanded="true"]')).waitFor();
    await page.keyboard.press('Tab');
    await frame.locator('.details vscode-button:focus-within').waitFor();
    expect(await axeProblems(frame)).toEqual([]);
  });

  it('copies the report as Markdown', async () => {
    const frame = await frameWith('h1');
    await frame.getByRole('button', { name: 'Copy as Markdown' }).click();
    await page.getByText('the report is on the clipboard').first().waitFor();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toContain('# ✘ Not ready: player');
  });

  it('keeps the last state on screen while the manifest is broken, and says where', async () => {
    const good = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, good.replace('calendar: game-days', 'calendar: game-dayz'));
    try {
      await page.getByText('The manifest is broken; what it said last is shown').first().waitFor();
      await treeItem('Phases', 'team_offense_game_summary: fail').waitFor();
    } finally {
      writeFileSync(manifest, good);
    }
    await page.getByText('The manifest is broken').first().waitFor({ state: 'detached' });
  });

  it('shows one table less as short once that is accepted', async () => {
    const good = readFileSync(manifest, 'utf8');
    writeFileSync(
      manifest,
      `${good}  - { table: league_predictions.player_prop_predictions, check: coverage, reason: not built yet }\n`,
    );
    await page.locator('.activitybar .badge-content', { hasText: /^7$/ }).waitFor();
  });
});

describe('every gate', () => {
  /** Picks a table where a command asks for some, whatever was picked before. */
  async function pick(table: string): Promise<void> {
    await input().fill(table);
    const picked = rowOf(table);
    await picked.waitFor();
    const box = picked.locator('input[type=checkbox], .quick-input-list-checkbox, .monaco-checkbox').first();
    if ((await box.getAttribute('aria-checked')) !== 'true') await click(picked);
    await page.keyboard.press('Enter');
  }

  it('validates, and says what changed since the last report', async () => {
    await command('Phasegate: Validate…');
    await pick('team_offense_game_summary');
    await page.locator('.tab', { hasText: 'Phasegate: validate' }).waitFor();
    const frame = await frameWith('h1.outcome-fail');
    await frame.locator('h1', { hasText: '1 table short' }).waitFor();
    await frame.getByRole('button', { name: 'Measure Again' }).click();
    await frame.getByText('nothing changed').waitFor();
    await command('Phasegate: Validate…');
    await pick('player_game_summary');
    const finding = frame.locator('button.row', { hasText: 'not_null usage_rate' }).first();
    await finding.click();
    await frame.getByRole('button', { name: 'Show Rows' }).first().click();
    await frame.locator('pre.rows-shown', { hasText: 'NULL' }).waitFor();
    await page.screenshot({ path: path.join(shots, 'validate.png') });
  });

  it('verifies writes: an old file that was written again is told', async () => {
    const file = path.join(workspace, 'data/analytics/team_offense_game_summary/2026-01-03.csv');
    const before = readFileSync(file, 'utf8');
    await command('Phasegate: Preflight…');
    await pick('team_offense_game_summary');
    await page.locator('.tab', { hasText: 'Phasegate: preflight' }).waitFor();
    writeFileSync(file, before.replaceAll(/,(\d+),/g, ',1$1,'));
    try {
      await command('Phasegate: Verify Writes…');
      await pick('team_offense_game_summary');
      await page.getByText('written since when?').waitFor();
      await page.keyboard.press('Enter'); // since the last preflight
      await page.locator('.tab', { hasText: 'Phasegate: verify' }).waitFor();
      const frame = await frameWith('h1.outcome-fail');
      await frame.getByText('1 of 1 date written is short or wrong: 2 of 16 team_abbr').first().waitFor();
      await page.screenshot({ path: path.join(shots, 'verify.png') });
    } finally {
      writeFileSync(file, before);
    }
  });

  it('checks whether a training may start', async () => {
    await command('Phasegate: Check Readiness…');
    await page.locator('.tab', { hasText: 'Phasegate: ready' }).waitFor();
    const frame = await frameWith('h1');
    await frame.locator('h1', { hasText: 'points_model' }).waitFor(); // the small sample holds none of its seasons
    await page.screenshot({ path: path.join(shots, 'ready.png') });
    await command('Phasegate: Preflight…');
    await pick('player_game_summary');
    await frame.locator('h1', { hasText: 'Not ready: player_game_summary' }).waitFor();
  });
});

describe('around the extension', () => {
  it('its command line is on the PATH of terminals, in the same version', async () => {
    const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    await command('Terminal: Create New Terminal');
    await page.locator('.terminal-wrapper.active .xterm-rows').waitFor();
    await page.locator('.terminal-wrapper.active textarea').focus();
    await page.keyboard.type('echo "version $(phasegate --version)"; phasegate coverage team_boxscore | tail -3\n');
    await page.locator('.terminal-wrapper.active .xterm-rows', { hasText: `version ${version}` }).waitFor();
    await page.locator('.terminal-wrapper.active .xterm-rows', { hasText: 'Everything asked for holds' }).waitFor();
    await command('Terminal: Kill the Active Terminal Instance');
  });

  it('looks right in a light, a dark and a high-contrast theme', async () => {
    for (const [name, theme, mark, pageMark] of [
      ['light', 'Light Modern', 'vs', 'vscode-light'],
      ['high-contrast', 'Dark High Contrast', 'hc-black', 'vscode-high-contrast'],
      ['dark', 'Dark Modern', 'vs-dark', 'vscode-dark'],
    ] as const) {
      await command('Preferences: Color Theme');
      await input().fill(theme);
      await click(rowOf(theme));
      await page.locator(`.monaco-workbench.${mark}`).waitFor();
      const frame = await frameWith('h1');
      await frame.locator(`body.${pageMark} h1`).waitFor();
      await expect.poll(() => axeProblems(frame), { timeout: 5_000 }).toEqual([]); // the colours of the page follow the theme
      await page.screenshot({ path: path.join(shots, `${name}.png`) });
    }
  });

  it('its report survives a reload of the window', async () => {
    const reloaded = page.waitForEvent('domcontentloaded');
    await command('Developer: Reload Window');
    await reloaded;
    const frame = await frameWith('h1.outcome-fail');
    await frame.locator('h1', { hasText: 'Not ready: player_game_summary' }).waitFor();
    await treeItem('Phases', 'team_offense_game_summary: fail').waitFor();
    // Measuring the coverage anew, as every start does, does not take its place.
    expect(await frame.locator('h1').innerText()).toContain('Not ready: player_game_summary');
    await frame.getByRole('button', { name: 'Measure Again' }).click();
    await page.locator('.tab', { hasText: 'Phasegate: preflight' }).waitFor();
  });

  it('a database that is held, and one that is gone, are told as what they are', async () => {
    const database = path.join(workspace, 'warehouse.duckdb');
    const holder = spawn(process.execPath, [path.join(ROOT, 'test/warehouse/holder.mjs'), database, 'write'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    await command('Phasegate: Measure Again');
    await scrollToEnd(page, 'Phases');
    await treeItem('Phases', 'player_prop_predictions: error').waitFor();
    holder.stdin.end();
    await once(holder, 'exit');
    renameSync(database, `${database}.aside`);
    await command('Phasegate: Measure Again');
    await treeItem('Phases', 'player_prop_predictions: error').waitFor();
    renameSync(`${database}.aside`, database);
    await command('Phasegate: Measure Again');
    await treeItem('Phases', 'player_prop_predictions: pass').waitFor(); // it was accepted above
  });
});

describe('other windows', () => {
  /** Opens another page of the same server. */
  async function opened(
    served: Awaited<ReturnType<typeof serveWorkbench>>,
    open: { readonly folder?: string; readonly workspace?: string },
  ): Promise<Page> {
    if (browser === undefined) throw new Error('no browser');
    const other = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    other.setDefaultTimeout(LIMIT_MS);
    await other.goto(served.address(open), { waitUntil: 'commit' });
    await other.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    return other;
  }

  it('of an untrusted folder shows the tables that are declared, and measures nothing', async () => {
    const served = await serveWorkbench({
      trusted: false,
      settings: { 'security.workspace.trust.startupPrompt': 'never' },
      ...(server === undefined ? {} : { extensions: server.extensions }),
    });
    try {
      await served.start();
      const other = await opened(served, { folder: workspace });
      await openSideBar(other);
      const offense = other
        .getByRole('tree', { name: 'Phases' })
        .getByRole('treeitem', { name: 'team_offense_game_summary: not measured' });
      await offense.waitFor();
      await other.getByText('This workspace is not trusted').first().waitFor();
      await other.screenshot({ path: path.join(shots, 'untrusted.png') });
      await other.close();
    } finally {
      await served.stop();
    }
  });

  it('shows each pipeline of several folders by its name', async () => {
    if (server === undefined) throw new Error('no server');
    const second = path.join(root, 'second');
    mkdirSync(second);
    writeFileSync(
      path.join(second, 'phasegate.yaml'),
      'version: 1\nname: second-pipeline\ntargets: { local: { type: duckdb } }\ncalendars: { days: { days: daily, start: 2024-01-01 } }\nphases:\n  - id: 1\n    tables:\n      - { name: t, files: "t/{date}.csv", calendar: days }\n',
    );
    const both = path.join(root, 'both.code-workspace');
    // A folder that is on no disk is left alone.
    const virtual = { uri: 'memfs:/nowhere', name: 'virtual' };
    writeFileSync(both, JSON.stringify({ folders: [{ path: second }, { path: workspace }, virtual] }));
    const other = await opened(server, { workspace: both });
    const item = (name: string): Locator =>
      other.getByRole('tree', { name: 'Phases' }).getByRole('treeitem', { name }).first();
    // The served workbench itself sometimes comes up with no folder of a workspace file at all: then it is asked again.
    for (let times = 1; ; times++) {
      await openSideBar(other);
      const offered = other.getByRole('button', { name: 'Open Folder', exact: true });
      await item('second-pipeline').or(offered).first().waitFor();
      if (times === 5 || !(await offered.isVisible())) break;
      await other.reload({ waitUntil: 'domcontentloaded' });
      await other.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    }
    await item('second-pipeline').waitFor();
    await item('sample-league').waitFor();
    await other.close();
  });

  it('on one workspace do not disturb each other', async () => {
    if (server === undefined) throw new Error('no server');
    const others = await Promise.all([opened(server, { folder: workspace }), opened(server, { folder: workspace })]);
    for (const other of others) {
      await openSideBar(other);
      const offense = other
        .getByRole('tree', { name: 'Phases' })
        .getByRole('treeitem', { name: 'team_offense_game_summary: fail' });
      await offense.waitFor();
    }
    // Both measure everything anew at once: the ledger and the database are shared.
    await Promise.all(others.map(other => command('Phasegate: Measure Again', other)));
    for (const other of others) {
      await other.getByText('Measuring (coverage)').first().waitFor({ state: 'detached' });
      await scrollToEnd(other, 'Phases');
      await other.getByRole('treeitem', { name: 'player_prop_predictions: pass' }).first().waitFor();
      await other.close();
    }
  });

  it('switch to a protected target unmistakably', async () => {
    if (server === undefined) throw new Error('no server');
    const folder = mkdtempSync(path.join(root, 'guarded-'));
    writeFileSync(
      path.join(folder, 'phasegate.yaml'),
      'version: 1\nname: guarded\ntargets: { local: { type: duckdb }, prod: { type: duckdb, protected: true } }\ndefaults: { target: local }\ncalendars: { days: { days: daily, start: 2026-01-01 } }\nphases:\n  - id: 1\n    tables:\n      - { name: t, files: "t/{date}.csv", calendar: days }\n',
    );
    const other = await opened(server, { folder });
    await openSideBar(other);
    const status = other.locator('#phasegate\\.phasegate\\.phasegate\\.status, [id="phasegate.phasegate.status"]');
    await status.filter({ hasText: '1 table short · local' }).waitFor();
    await command('Phasegate: Switch Target…', other);
    await other.locator('.quick-input-list .monaco-list-row', { hasText: 'prod' }).first().click();
    await status.filter({ hasText: '1 table short · prod (protected)' }).waitFor();
    await other.getByRole('treeitem', { name: 'Phase 1 1: not started' }).first().waitFor();
    await other.screenshot({ path: path.join(shots, 'protected.png') });
    await other.close();
  });

  it('show ten thousand tables', async () => {
    if (server === undefined) throw new Error('no server');
    const folder = mkdtempSync(path.join(root, 'large-'));
    const tables = Array.from({ length: 10_000 }, (_, i) => `      - { name: raw.t${i}, files: "t${i}/{date}.csv" }`);
    writeFileSync(
      path.join(folder, 'phasegate.yaml'),
      `version: 1\nname: large\ntargets: { local: { type: duckdb } }\ndefaults: { calendar: days }\ncalendars: { days: { days: daily, start: 2026-01-01 } }\nphases:\n  - id: 1\n    tables:\n${tables.join('\n')}\n`,
    );
    const other = await opened(server, { folder });
    await openSideBar(other);
    await other.getByRole('treeitem', { name: 'Phase 1 1: not started' }).first().waitFor();
    await other.getByRole('treeitem', { name: 't0: fail' }).first().waitFor();
    await other.close();
  });

  it('go on without what cannot be loaded, and say why', async () => {
    if (server === undefined || browser === undefined) throw new Error('no server');
    const extensions = path.join(root, 'broken-extensions');
    cpSync(server.extensions, extensions, { recursive: true });
    const installed = path.join(extensions, readdirSync(extensions).find(name => name.startsWith('phasegate')) ?? '');
    const bindings = path.join(installed, 'node_modules/@duckdb');
    for (const name of readdirSync(bindings).filter(each => each.startsWith('node-bindings-')))
      renameSync(path.join(bindings, name), path.join(root, name));
    const served = await serveWorkbench({ extensions });
    try {
      await served.start();
      const other = await opened(served, { folder: workspace });
      await openSideBar(other);
      await other.getByRole('treeitem', { name: 'schedule: not measured' }).first().waitFor();
      await other.getByText('DuckDB could not be started').first().waitFor();
      await other.screenshot({ path: path.join(shots, 'no-native-part.png') });
      await other.close();
      const engine = path.join(installed, 'dist/engine.js');
      renameSync(engine, `${engine}.aside`);
      const another = await opened(served, { folder: workspace });
      await openSideBar(another);
      await another.getByText('The engine of Phasegate could not be started').first().waitFor();
      await another.screenshot({ path: path.join(shots, 'no-engine.png') });
      renameSync(`${engine}.aside`, engine);
      await another.getByRole('button', { name: 'Start It Again' }).click();
      await another.getByRole('treeitem', { name: 'schedule: not measured' }).first().waitFor();
      await another.close();
    } finally {
      await served.stop();
    }
  });

  it('of a manifest that is broken from the start lead to what is wrong', async () => {
    if (server === undefined) throw new Error('no server');
    const folder = mkdtempSync(path.join(root, 'wrong-'));
    writeFileSync(path.join(folder, 'phasegate.yaml'), 'version: 1\nname: wrong\nphasez: []\n');
    const other = await opened(server, { folder });
    await openSideBar(other);
    await other.getByRole('button', { name: 'Open the Manifest' }).click();
    await other.locator('.tab.active', { hasText: 'phasegate.yaml' }).waitFor();
    await other.locator('.squiggly-error').first().waitFor();
    await other.close();
  });

  it('without a folder, or with one that has no manifest, offers the sample and a manifest', async () => {
    if (server === undefined) throw new Error('no server');
    const bare = mkdtempSync(path.join(root, 'bare-'));
    for (const [folder, offers] of [
      [undefined, ['Open Folder', 'Open the Sample Pipeline']],
      [bare, ['Create a Manifest', 'Open the Sample Pipeline']],
    ] as const) {
      const other = await opened(server, folder === undefined ? {} : { folder });
      await openSideBar(other);
      for (const offer of offers) await other.getByRole('button', { name: offer, exact: true }).waitFor();
      await other.close();
    }
  });
});
