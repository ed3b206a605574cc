// Results beside the code: the coverage grid, findings at the line that computes a column, checks as tests, hovers and lenses in sources.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { LIMIT_MS, axeProblems, click, frameOf, inputOf, itemOf, openQuickFixes, quickRow, runCommand } from './driver';
import { useWorkspaces } from './workspaces';

const PROCESSOR = 'data_processors/analytics/player_game_summary/player_game_summary_processor.py';

const { sample, phasegate, picture, ...workspaces } = useWorkspaces('beside');

/** Opens a window on a sample that has been measured. */
async function opened(folder: string): Promise<Page> {
  const page = await workspaces.opened(folder);
  await itemOf(page, 'Phases', 'team_offense_game_summary: ').waitFor();
  return page;
}

/** Opens a file of the workspace from the keyboard. */
async function openFile(page: Page, file: string): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  const name = path.basename(file);
  for (;;) {
    try {
      await page.keyboard.press('Control+P');
      await inputOf(page).fill(name, { timeout: 2_000 });
      await quickRow(page, name).click({ timeout: 2_000 });
      await page.locator('.tab.active', { hasText: name }).waitFor({ timeout: 5_000 });
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** Brings a line of the editor into view. */
async function goToLine(page: Page, line: number, column = 1): Promise<void> {
  await page.keyboard.press('Control+G');
  await inputOf(page).fill(`:${line}:${column}`);
  await page.keyboard.press('Enter');
}

async function openGrid(page: Page): Promise<Frame> {
  await runCommand(page, 'Phasegate: Open Coverage Grid');
  const frame = await frameOf(page, '.grid canvas');
  await frame.locator('h1').waitFor();
  return frame;
}

/** Where something stands in the window. */
async function boxOf(of: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await of.boundingBox();
  if (box === null) throw new Error('it is not in the window');
  return box;
}

/** What something else lies over, of the row in focus and the buttons of the selection; evaluated in the page. */
const HIDDEN = `[...document.querySelectorAll('.selection vscode-button, .name:has(.cell:not([hidden])) .share')].filter(each => {
  const box = each.getBoundingClientRect();
  const seen = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return seen === null || (seen !== each && !each.contains(seen));
}).map(each => each.textContent)`;

/** The words of the cell in focus, as a screen reader has them. */
function cell(frame: Frame): Locator {
  return frame.locator('.grid .cell:not([hidden])');
}

describe('the coverage grid', () => {
  it('is read and used with the keyboard: dates, reasons, a selection and what can be done with it', async () => {
    const page = await opened(sample('grid'));
    const frame = await openGrid(page);
    await frame.locator('.grid').focus();
    await cell(frame).waitFor();
    // Down to the table that is short, whose newest date is partial.
    const row = frame.locator('[role=row]', { hasText: 'team_offense_game_summary' });
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown');
    await row.locator('.cell:not([hidden])').waitFor();
    await cell(frame).filter({ hasText: '2026-01-03: partial, 2 of 16 team_abbr' }).waitFor();
    expect(await frame.locator('.grid').getAttribute('aria-activedescendant')).toBe(
      await cell(frame).getAttribute('id'),
    );
    await page.keyboard.press('ArrowLeft');
    await cell(frame).filter({ hasText: '2026-01-01: missing' }).waitFor(); // an off-day is stepped over
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Shift+ArrowLeft');
    await frame.locator('.selection', { hasText: '2025-12-28 to 2026-01-01: 2 missing, 1 partial' }).waitFor();
    expect(await axeProblems(frame)).toEqual([]);
    await picture(page, 'grid-selected');
    await page.keyboard.press('Enter');
    await frame.locator('.selection vscode-button:focus-within').waitFor();
    await frame.locator('.selection vscode-button', { hasText: 'Copy' }).click();
    await page.getByText('the dates are on the clipboard').first().waitFor();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(
      'league_analytics.team_offense_game_summary 2025-12-28 → 2026-01-01',
    );
    await frame.locator('.selection vscode-button', { hasText: 'Backfill…' }).click();
    const plan = await frameOf(page, 'section.step');
    await plan.locator('h1', { hasText: 'Plan: 3 dates of 1 table' }).waitFor();
  });

  it('is a grid of named rows to a screen reader', async () => {
    const page = await opened(sample('aria'));
    const frame = await openGrid(page);
    await frame.locator('.grid').focus();
    await cell(frame).waitFor();
    const tree = await frame.locator('.sheet').ariaSnapshot();
    expect(tree).toContain('grid "Coverage: tables by dates"');
    expect(tree).toMatch(/rowgroup "Phase 3 Analytics"/);
    expect(tree).toMatch(/row "fail team_offense_game_summary [\d.]+ %/);
    expect(tree).toMatch(/gridcell "20\d\d-\d\d-\d\d: \w+/);
    expect(await frame.locator('.grid').getAttribute('aria-rowcount')).toBe('12');
  });

  it('is selected by dragging, told on hover, zoomed to a season, and comes back after a reload', async () => {
    const page = await opened(sample('mouse'));
    const frame = await openGrid(page);
    const canvas = frame.locator('.grid canvas').nth(1);
    const box = await boxOf(canvas);
    await page.mouse.move(box.x + box.width * 0.7, box.y + 8);
    await frame.locator('.tip', { hasText: 'team_offense_game_summary' }).waitFor();
    await frame.locator('.tip', { hasText: '2025-26: 13 of 30 dates' }).waitFor();
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.9, box.y + 8, { steps: 6 });
    await page.mouse.up();
    await frame.locator('.selection', { hasText: / to 20\d\d-\d\d-\d\d: .*missing/ }).waitFor();
    const words = await frame.locator('.selection').textContent();
    await frame.locator('vscode-button', { hasText: 'Zoom In' }).click();
    await frame.locator('vscode-button', { hasText: 'Zoom In' }).click();
    const reloaded = page.waitForEvent('domcontentloaded');
    await runCommand(page, 'Developer: Reload Window');
    await reloaded;
    const again = await frameOf(page, '.grid canvas');
    await expect.poll(() => again.locator('.selection').textContent(), { timeout: LIMIT_MS }).toBe(words);
  });

  it('goes back to what it was, and follows a backfill', async () => {
    const folder = sample('past');
    const page = await opened(folder);
    const frame = await openGrid(page);
    const share = frame.locator('[role=row]', { hasText: 'team_offense_game_summary' }).locator('.share');
    const before = await share.textContent();
    expect(before).not.toBe('100.0 %');
    phasegate(folder, 'backfill', 'team_offense_game_summary', '--yes');
    await expect.poll(() => share.textContent(), { timeout: LIMIT_MS }).toBe('100.0 %');
    const slider = frame.locator('input[type=range]');
    const asItWas = frame.locator('.facts', { hasText: 'as it was' });
    const isAt = async (moment: string): Promise<void> => {
      await expect.poll(() => slider.inputValue(), { timeout: LIMIT_MS }).toBe(moment);
    };
    const last = (await slider.getAttribute('max')) ?? '';
    expect(Number(last)).toBeGreaterThan(1);
    // It is focused once: what it asks for does not take it out of the hand.
    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    await asItWas.waitFor();
    await page.keyboard.press('ArrowLeft');
    await isAt(String(Number(last) - 2));
    await page.keyboard.press('Home');
    await expect.poll(() => share.textContent(), { timeout: LIMIT_MS }).toBe(before);
    await isAt('0');
    await page.keyboard.press('End');
    await expect.poll(() => share.textContent(), { timeout: LIMIT_MS }).toBe('100.0 %');
    await asItWas.waitFor({ state: 'detached' });
    // It is dragged to the oldest moment and, without being let go, back.
    const box = await boxOf(slider);
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width - 8, y);
    await page.mouse.down();
    await page.mouse.move(box.x + 4, y, { steps: 8 });
    await expect.poll(() => share.textContent(), { timeout: LIMIT_MS }).toBe(before);
    await page.mouse.move(box.x + box.width - 4, y, { steps: 8 });
    await expect.poll(() => share.textContent(), { timeout: LIMIT_MS }).toBe('100.0 %');
    await page.mouse.up();
    await isAt(last);
  });

  it('tells of the past what was known then, does nothing to it, and finds its way back when it is deleted', async () => {
    const folder = sample('deleted');
    const page = await opened(folder);
    const frame = await openGrid(page);
    const slider = frame.locator('input[type=range]');
    await frame.locator('.grid').focus();
    await cell(frame).waitFor();
    // The newest date that has rows. The head above it may have more lines at another time.
    const over = async (): Promise<void> => {
      const { x, y, width, height } = await boxOf(cell(frame));
      await page.mouse.move(x + width / 2, y + height / 2);
    };
    const aside = (): Promise<void> => slider.hover();
    await over();
    await frame.locator('.tip', { hasText: / rows/ }).waitFor();
    await aside();
    await slider.focus();
    await page.keyboard.press('Home');
    await frame.locator('.selection', { hasText: 'about dates as they are now' }).waitFor();
    for (const name of ['Validate', 'Backfill…'])
      await frame.locator('.selection vscode-button[disabled]', { hasText: name }).waitFor();
    await over();
    await frame.locator('.tip', { hasText: / of 30 dates/ }).waitFor();
    await picture(page, 'grid-past');
    expect(await frame.locator('.tip').textContent()).not.toMatch(/ rows|last write/);
    await frame.locator('.selection vscode-button', { hasText: 'Return to Now' }).click();
    await frame.locator('.selection vscode-button:not([disabled])', { hasText: 'Validate' }).waitFor();
    await aside();
    // The past is deleted while it is shown.
    await slider.focus();
    await page.keyboard.press('Home');
    await frame.locator('.facts', { hasText: 'as it was' }).waitFor();
    rmSync(path.join(folder, '.phasegate'), { recursive: true });
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await frame.locator('.notice', { hasText: 'This is now: nothing was measured until' }).waitFor();
    await frame.locator('.facts', { hasText: 'as it was' }).waitFor({ state: 'detached' });
    await frame.locator('.grid canvas').first().waitFor();
  });

  it('leaves what is under the mouse there: the first press on a zoomed grid selects the date that was hovered', async () => {
    const page = await opened(sample('press'));
    const frame = await openGrid(page);
    for (let i = 0; i < 5; i++) await click(frame.locator('vscode-button', { hasText: 'Zoom In' }));
    const scrolled = (): Promise<number> => frame.evaluate<number>('document.querySelector(".scroller").scrollLeft');
    await expect.poll(scrolled, { timeout: LIMIT_MS }).toBeGreaterThan(0);
    const before = await scrolled();
    const box = await boxOf(frame.locator('.grid canvas').nth(1));
    await page.mouse.move(box.x + box.width * 0.3, box.y + 8);
    const tip = frame.locator('.tip:not([hidden])');
    await tip.waitFor();
    const dateOf = async (text: Promise<string | null>): Promise<string> =>
      /\d{4}-\d\d-\d\d/.exec((await text) ?? '')?.[0] ?? '';
    const date = await dateOf(tip.textContent());
    await page.mouse.down();
    await frame.locator('.selection', { hasText: `${date}: ` }).waitFor();
    await tip.waitFor({ state: 'detached' }); // it would lie over what is being selected
    await page.mouse.move(box.x + box.width * 0.6, box.y + 8, { steps: 5 });
    await page.mouse.up();
    await frame.locator('.selection', { hasText: `${date} to ` }).waitFor();
    expect(await scrolled()).toBe(before);
    // The sheet moves under a mouse that stays: it is over another date.
    await tip.waitFor();
    const hovered = await dateOf(tip.textContent());
    await page.keyboard.down('Shift');
    await page.mouse.wheel(0, 200);
    await page.keyboard.up('Shift');
    await expect.poll(() => dateOf(tip.textContent()), { timeout: LIMIT_MS }).not.toBe(hovered);
  });

  it('holds in a light and a high-contrast theme, and at 200 % zoom', async () => {
    const page = await opened(sample('themes'));
    await openGrid(page);
    for (const [name, theme, mark] of [
      ['light', 'Light Modern', 'vscode-light'],
      ['high-contrast', 'Dark High Contrast', 'vscode-high-contrast'],
      ['dark', 'Dark Modern', 'vscode-dark'],
    ] as const) {
      await runCommand(page, 'Preferences: Color Theme');
      await inputOf(page).fill(theme);
      await click(quickRow(page, theme));
      const frame = await frameOf(page, '.grid canvas');
      await frame.locator(`body.${mark} .grid`).waitFor();
      await expect.poll(() => axeProblems(frame), { timeout: 5_000 }).toEqual([]);
      await picture(page, `grid-${name}`);
    }
    await page.setViewportSize({ width: 720, height: 450 });
    const frame = await frameOf(page, '.grid canvas');
    expect(await frame.evaluate<boolean>('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    // Whichever row is in focus is seen, and every button below it can be pressed.
    await frame.locator('.grid').focus();
    for (let i = 0; i < 12; i++) {
      await expect.poll(() => frame.evaluate<readonly string[]>(HIDDEN), { timeout: 5_000 }).toEqual([]);
      await page.keyboard.press('ArrowDown');
    }
    expect(await frame.evaluate<number>('window.scrollY')).toBeGreaterThan(0);
    await picture(page, 'grid-200-percent');
  });
});

describe('beside the code', () => {
  it('a failing column is marked at the line that computes it, and no more once it passes', async () => {
    const folder = sample('marked');
    const page = await opened(folder);
    await openFile(page, PROCESSOR);
    const line =
      readFileSync(path.join(folder, PROCESSOR), 'utf8')
        .split('\n')
        .findIndex(text => text.includes('"usage_rate": ')) + 1;
    await runCommand(page, 'Problems: Focus on Problems View');
    const problem = page
      .locator('.markers-panel .monaco-list-row', { hasText: 'player_game_summary not_null usage_rate' })
      .first();
    await problem.waitFor();
    expect(await problem.innerText()).toContain(`[Ln ${line}, Col `);
    await click(problem);
    await page.locator('.squiggly-error').first().waitFor();
    await picture(page, 'finding');
    // Its quick fixes: accept it, see the report, fill its dates.
    await openQuickFixes(
      page,
      'Accept not_null/usage_rate',
      'Open the report',
      'Backfill its dates of player_game_summary',
    );
    await page.keyboard.press('Escape');
    phasegate(folder, 'backfill', 'team_offense_game_summary', 'player_game_summary', '--yes');
    await page
      .locator('.markers-panel .monaco-list-row', { hasText: 'player_game_summary not_null usage_rate' })
      .first()
      .waitFor({ state: 'detached' });
  });

  it('the function that writes a table tells how it stands, and so does the name of a column', async () => {
    const folder = sample('lens');
    const page = await opened(folder);
    await openFile(page, PROCESSOR);
    const text = readFileSync(path.join(folder, PROCESSOR), 'utf8').split('\n');
    await goToLine(page, text.findIndex(line => line.startsWith('def process')) + 1);
    await page
      .locator('.codelens-decoration a:visible', { hasText: /^player_game_summary: fail · / })
      .first()
      .waitFor();
    const at = text.findIndex(line => line.includes('"minutes_played": '));
    await goToLine(page, at + 1, (text[at] ?? '').indexOf('minutes_played') + 3);
    await runCommand(page, 'Show or Focus Hover');
    await page.locator('.monaco-hover:visible', { hasText: 'player_game_summary.minutes_played' }).first().waitFor();
    await page
      .locator('.monaco-hover:visible', { hasText: 'pass not_null: minutes_played is filled in' })
      .first()
      .waitFor();
    await picture(page, 'column-hover');
  });
});

describe('the Test Explorer', () => {
  const item = (page: Page, name: string | RegExp): Locator => page.getByRole('treeitem', { name }).first();

  it('has every check with its last outcome, runs them, and takes what the command line found', async () => {
    const folder = sample('tests');
    const page = await opened(folder);
    await runCommand(page, 'Testing: Focus on Test Explorer View');
    const phase = item(page, /3 Analytics \(Failed\)/);
    await phase.waitFor();
    await click(phase);
    await page.keyboard.press('ArrowRight');
    const table = item(page, /player_game_summary \(Failed\)/);
    await click(table);
    await page.keyboard.press('ArrowRight');
    await item(page, /not_null minutes_played \(Passed\)/).waitFor();
    const failed = item(page, /not_null usage_rate \(line \d+\) \(Failed\)/);
    await failed.waitFor();
    await picture(page, 'tests');
    // Run what was selected: it is validated, and fails with its figure against the threshold.
    await click(failed);
    await runCommand(page, 'Test: Run All Tests');
    await page
      .locator('.monaco-list-row', { hasText: /usage_rate is filled in/ })
      .first()
      .waitFor();
    // A file that is spoilt and validated by the command line turns its check red here.
    const file = path.join(folder, 'data/analytics/player_game_summary/2025-12-20.csv');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/^(\d.*?,.*?,.*?,.*?,)\d+,/m, '$1999,'));
    phasegate(folder, 'validate');
    await item(page, /range minutes_played \(Failed\)/).waitFor();
  });
});
