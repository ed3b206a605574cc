// The whole backfill session as its user has it in the workbench: planned, run, followed, ended and gone on with, by whichever window is there.
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { chance } from '../../scripts/crash/chance.mjs';
import { differences, rowsOf } from '../../scripts/crash/rows.mjs';
import { serveWorkbench } from '../../scripts/host/server.mjs';
import { LIMIT_MS, axeProblems, click, frameOf, inputOf, itemOf, quickRow, runCommand } from './driver';
import { useWorkspaces } from './workspaces';

const { env, sample, opened, phasegate, picture } = useWorkspaces('backfill');

/** Plans what is missing of some tables from the palette. Gives the plan's page. */
async function planned(page: Page, ...tables: readonly string[]): Promise<Frame> {
  await runCommand(page, 'Phasegate: Backfill Missing…');
  for (const table of tables) {
    await inputOf(page).fill(table);
    await click(quickRow(page, table));
  }
  await page.keyboard.press('Enter');
  const frame = await frameOf(page, 'section.step');
  await frame.locator('vscode-button', { hasText: 'Run This Plan' }).waitFor();
  return frame;
}

const ALL = [
  'team_offense_game_summary',
  'player_game_summary',
  'team_defense_zone_analysis',
  'player_shot_zone_analysis',
  'player_composite_factors',
  'player_daily_cache',
  'ml_feature_store_v2',
  'player_prop_predictions',
];

/** Has the jobs of a sample wait for a file before each date: what is seen in the middle of a run is then no matter of luck. */
function slowed(folder: string): { readonly release: () => void } {
  const gate = path.join(folder, 'go-on');
  const file = path.join(folder, 'shared/partitions.py');
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace(
      '    """Replaces the rows of a date."""\n',
      `    """Replaces the rows of a date."""\n    import time\n    if day.isoformat() > "2025-12-26":\n        while not os.path.exists(${JSON.stringify(gate)}):\n            time.sleep(0.05)\n`,
    ),
  );
  if (readFileSync(file, 'utf8') === text)
    throw new Error('the jobs of the sample write otherwise than this test knows');
  return { release: () => writeFileSync(gate, '') };
}

interface Happened {
  readonly event: string;
  readonly step?: string;
  readonly chunk?: string;
}

/** The journal of the only run of a folder. */
function eventsOf(folder: string): readonly Happened[] {
  const [run = ''] = runsOf(folder);
  const lines = readFileSync(path.join(folder, '.phasegate/runs', run, 'journal.jsonl'), 'utf8').split('\n');
  return lines.slice(0, -1).map(line => JSON.parse(line) as Happened); // the last one may be written right now
}

function hasEnded(folder: string): boolean {
  return eventsOf(folder).some(({ event }) => event === 'run-ended');
}

/** Whether nothing more happens: the jobs wait for this test. */
function isWaiting(folder: string): boolean {
  return (
    Date.now() - statSync(path.join(folder, '.phasegate/runs', runsOf(folder)[0] ?? '', 'journal.jsonl')).mtimeMs > 1000
  );
}

function runsOf(folder: string): readonly string[] {
  return readdirSync(path.join(folder, '.phasegate/runs'));
}

describe('the whole session', () => {
  it('goes from a fifth of the dates to everything that can be there, and says so in its report', async () => {
    const folder = sample('session');
    const page = await opened(folder);
    await itemOf(page, 'Phases', 'team_offense_game_summary: fail').waitFor();
    const plan = await planned(page, ...ALL);
    await plan.locator('h1', { hasText: 'of 8 tables' }).waitFor();
    expect(await plan.locator('h2', { hasText: 'Group 1: 2 tables side by side' }).count()).toBe(1);
    expect(await axeProblems(plan)).toEqual([]);
    await picture(page, 'plan');
    await plan.locator('vscode-button', { hasText: 'Run This Plan' }).click();
    const run = await frameOf(page, '.bar');
    await run.locator('h1.outcome-pass', { hasText: 'done' }).waitFor({ timeout: 60_000 });
    expect(await run.locator('h1').innerText()).toContain('Everything asked for holds');
    expect(await run.locator('.row .sign.outcome-pass').count()).toBe(ALL.length);
    expect(await axeProblems(run)).toEqual([]);
    await picture(page, 'run');
    // Every table is measured again by itself, and one word is said at the end.
    await itemOf(page, 'Phases', 'Phase 3 Analytics: all there').waitFor();
    await page.locator('.statusbar-item', { hasText: 'pass · local' }).first().waitFor();
    const notices = page.locator('.notification-list-item', { hasText: 'is done' });
    await notices.first().waitFor();
    expect(await notices.count()).toBe(1);
    await itemOf(page, 'Runs', `Backfill of ${ALL[0] ?? ''} and 7 more: done`).waitFor();
    await run.locator('vscode-button', { hasText: 'Open Report' }).click();
    const report = await frameOf(page, 'h1:has-text("Backfill")');
    await report.getByText('What is there now').waitFor();
    await picture(page, 'run-report');
  });
});

describe('a run outlives its window', () => {
  it('goes on when the editor is ended in the middle; a window opened later attaches, and is told of the end once', async () => {
    const folder = sample('closed');
    const { release } = slowed(folder);
    const first = await serveWorkbench({ env });
    await first.start();
    try {
      const page = await opened(folder, first);
      const plan = await planned(page, 'team_offense_game_summary', 'player_game_summary');
      await plan.locator('vscode-button', { hasText: 'Run This Plan' }).click();
      const run = await frameOf(page, '.bar');
      await run.getByText('more reported').first().waitFor();
      await page.close();
    } finally {
      await first.stop(); // with it the extension host and the engine
    }
    const later = await opened(folder);
    await itemOf(later, 'Runs', 'Backfill of team_offense_game_summary and 1 more: running').waitFor();
    await later.locator('.statusbar-item', { hasText: 'team_offense_game_summary and 1 more' }).first().waitFor();
    const other = await opened(folder);
    await itemOf(other, 'Runs', 'Backfill of team_offense_game_summary and 1 more: running').waitFor();
    await runCommand(later, 'Phasegate: Open Run…');
    const run = await frameOf(later, '.bar');
    await run.locator('pre.log', { hasText: 'Success' }).waitFor();
    const search = run.locator('vscode-text-field input');
    await search.fill('2025-12-20');
    await run.locator('pre.log', { hasText: /^\d+: .*2025-12-20/ }).waitFor();
    await search.fill('');
    await picture(later, 'run-attached');
    release();
    await run.locator('h1.outcome-pass', { hasText: 'done' }).waitFor({ timeout: 60_000 });
    for (const each of [later, other])
      await itemOf(each, 'Runs', 'Backfill of team_offense_game_summary and 1 more: done').waitFor();
    expect(runsOf(folder)).toHaveLength(1);
    const notices = later.locator('.notification-list-item', { hasText: 'is done' });
    await notices.first().waitFor();
    expect(await notices.count()).toBe(1);
  });

  it('comes to the rows of an undisturbed one though the editor is killed three times, at random points', async () => {
    const tables = ['team_offense_game_summary', 'player_game_summary'];
    const name = 'Backfill of team_offense_game_summary and 1 more';
    const folder = sample('killed');
    const quiet = sample('undisturbed');
    phasegate(quiet, 'backfill', ...tables, '--yes');
    const { release } = slowed(folder);
    const seed = Date.now() % 1_000_000;
    const next = chance(seed);
    const told: string[] = [];
    for (let kill = 1; kill <= 3; kill++) {
      const editor = await serveWorkbench({ env });
      await editor.start();
      try {
        const page = await opened(folder, editor);
        if (kill === 1) {
          const plan = await planned(page, ...tables);
          await plan.locator('vscode-button', { hasText: 'Run This Plan' }).click();
        }
        await itemOf(page, 'Runs', `${name}: running`).waitFor();
        if (kill === 3) release();
        const at = eventsOf(folder).length + Math.floor(next() * 20);
        await expect
          .poll(() => eventsOf(folder).length >= at || isWaiting(folder) || hasEnded(folder), { timeout: LIMIT_MS })
          .toBe(true);
        told.push(`after ${eventsOf(folder).length} events`);
        await page.close();
      } finally {
        await editor.stop({ force: true });
      }
    }
    await expect.poll(() => hasEnded(folder), { timeout: 60_000 }).toBe(true);
    const later = await opened(folder);
    await itemOf(later, 'Runs', `${name}: done`).waitFor();
    expect(runsOf(folder)).toHaveLength(1);
    expect(differences(await rowsOf(quiet), await rowsOf(folder)), `seed ${seed}, killed ${told.join(', ')}`).toEqual(
      [],
    );
    const begun = eventsOf(folder).filter(({ event }) => event === 'chunk-started');
    expect(new Set(begun.map(({ step, chunk }) => `${step} ${chunk}`)).size).toBe(begun.length); // none was begun twice
  });

  it('is cancelled for real, and goes on with what is not proven', async () => {
    const folder = sample('cancelled');
    const { release } = slowed(folder);
    const page = await opened(folder);
    const plan = await planned(page, 'team_offense_game_summary');
    await plan.locator('vscode-button', { hasText: 'Run This Plan' }).click();
    const run = await frameOf(page, '.bar');
    await run.getByText('more reported').first().waitFor();
    await run.locator('vscode-button', { hasText: 'Cancel…' }).click();
    await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Cancel the Backfill' }).click();
    await run.locator('h1', { hasText: 'cancelled' }).waitFor();
    release();
    await run.locator('vscode-button', { hasText: 'Resume' }).click();
    await run.locator('h1.outcome-pass', { hasText: 'done' }).waitFor({ timeout: 60_000 });
    expect(runsOf(folder)).toHaveLength(1);
    await itemOf(page, 'Phases', 'team_offense_game_summary: pass, 100.0 %').waitFor();
  });
});

describe('a plan', () => {
  it('can be cut down, and one that no longer fits is refused with what has changed', async () => {
    const folder = sample('outdated');
    const page = await opened(folder);
    const plan = await planned(page, 'team_offense_game_summary');
    await plan.locator('vscode-checkbox', { hasText: '2026-01-03' }).first().click();
    await plan.locator('li', { hasText: 'taken out by hand' }).waitFor();
    await plan.locator('button.link', { hasText: 'Put back 2026-01-03' }).click();
    await plan.locator('vscode-checkbox', { hasText: '2026-01-03' }).first().waitFor();
    const job = 'backfill_jobs/analytics/team_offense_game_summary/team_offense_game_summary_analytics_backfill.py';
    const file = path.join(folder, job);
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n# changed meanwhile\n`);
    await plan.locator('vscode-button', { hasText: 'Run This Plan' }).click();
    await plan.getByText('the plan no longer fits what is there').waitFor();
    await plan.getByText(`${job} is another one than it was`).waitFor();
    await picture(page, 'plan-outdated');
    await plan.locator('vscode-button', { hasText: 'Plan Again' }).first().click();
    await plan.locator('vscode-button:not([disabled])', { hasText: 'Run This Plan' }).waitFor();
    expect(readdirSync(folder)).not.toContain('.phasegate/runs');
  });

  it('names the dates of a job that lies, and plans exactly those again', async () => {
    const folder = sample('lying');
    const file = path.join(folder, 'shared/partitions.py');
    const honest = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      honest.replace(
        '    """Replaces the rows of a date."""\n',
        '    """Replaces the rows of a date."""\n    if day.isoformat() == "2025-12-19":\n        return\n    if day.isoformat() == "2025-12-20":\n        rows = rows[:2]\n',
      ),
    );
    const page = await opened(folder);
    const plan = await planned(page, 'team_offense_game_summary');
    await plan.locator('vscode-button', { hasText: 'Run This Plan' }).click();
    const run = await frameOf(page, '.bar');
    await run.locator('h1.outcome-fail', { hasText: 'failed' }).waitFor({ timeout: 60_000 });
    await run.getByText('2025-12-19 ended with 0 and wrote nothing').first().waitFor();
    await run
      .getByText(/2025-12-20 ended with 0 and wrote 2 of \d+ team_abbr/)
      .first()
      .waitFor();
    expect(await axeProblems(run)).toEqual([]);
    await picture(page, 'run-failed');
    writeFileSync(file, honest);
    await run.locator('vscode-button', { hasText: 'Retry These' }).click();
    const again = await frameOf(page, 'section.step');
    await again.locator('h1', { hasText: 'Plan: 2 dates of 1 table' }).waitFor();
    await again.locator('vscode-button', { hasText: 'Run This Plan' }).click();
    const second = await frameOf(page, '.bar'); // a page that was hidden is made anew
    await second.locator('h1.outcome-pass', { hasText: '2 dates of 1 table written and proven' }).waitFor();
  });

  it('of a protected target is run only when its name is typed', async () => {
    const folder = sample('protected');
    const manifest = path.join(folder, 'phasegate.yaml');
    const text = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, text.replace('path: warehouse.duckdb }', 'path: warehouse.duckdb, protected: true }'));
    const page = await opened(folder);
    const plan = await planned(page, 'team_offense_game_summary');
    await plan.getByText('local is protected').waitFor();
    await plan.locator('vscode-button', { hasText: 'Run This Plan' }).click();
    await inputOf(page).fill('locall');
    await page.keyboard.press('Enter');
    await page.getByText('the target is local').waitFor();
    await inputOf(page).fill('local');
    await page.keyboard.press('Enter');
    const run = await frameOf(page, '.bar');
    await run.locator('h1.outcome-pass', { hasText: 'done' }).waitFor({ timeout: 60_000 });
  });
});

it('nothing starts in a workspace that is not trusted', async () => {
  const folder = sample('untrusted');
  const served = await serveWorkbench({
    trusted: false,
    env,
    settings: { 'security.workspace.trust.startupPrompt': 'never' },
  });
  try {
    await served.start();
    const page = await opened(folder, served);
    await page.getByText('This workspace is not trusted').first().waitFor();
    // The palette offers no such command, and one that is run all the same is refused.
    await page.keyboard.press('F1');
    await inputOf(page).fill('>Phasegate: Backfill Missing');
    await page
      .locator('.quick-input-list', { hasText: 'No matching commands' })
      .or(page.locator('.quick-input-list .monaco-list-row', { hasText: 'similar' }))
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    expect(readdirSync(folder)).not.toContain('.phasegate');
  } finally {
    await served.stop();
  }
});
