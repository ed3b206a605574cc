// The coverage grid in a real browser, by its own timeline: first paint, panning, zooming and hovering; and the command that makes it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import type * as Browsers from '../scripts/host/browser.mjs';
import { addDays, civilDay, formatDay } from '../src/model/day';
import type { CoverageReport, Report } from '../src/model/report';
import { printCoverageHtml } from '../src/print/coverage-html';

// As it lies: it looks for what is beside it.
const { launchBrowser } = (await import(
  pathToFileURL(path.resolve('scripts/host/browser.mjs')).href
)) as typeof Browsers;
const root = mkdtempSync(path.join(tmpdir(), 'phasegate-bench-'));
const cli = path.resolve('bin/phasegate.cjs');

const sorted = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b);
const at = (values: readonly number[], share: number): string =>
  (sorted(values)[Math.floor((values.length - 1) * share)] ?? Number.NaN).toFixed(1);

function phasegate(folder: string, ...args: readonly string[]): number {
  const start = performance.now();
  const { error } = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8' });
  if (error !== undefined) throw error;
  return performance.now() - start;
}

async function measured(page: Page, name: string): Promise<readonly number[]> {
  return page.evaluate<readonly number[], string>(
    of => performance.getEntriesByName(of).map(({ duration }) => duration),
    name,
  );
}

/** How long each frame took from one to the next while something was done to the page, milliseconds. */
async function frames(page: Page, act: () => Promise<void>): Promise<readonly number[]> {
  await page.evaluate(`{
    const seen = (window.seen = []);
    let last = performance.now();
    const look = now => {
      seen.push(now - last);
      last = now;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }`);
  await act();
  return page.evaluate<readonly number[]>('window.seen');
}

async function tried(page: Page, file: string, what: string): Promise<void> {
  await page.goto(pathToFileURL(file).href);
  await page.locator('.grid canvas').first().waitFor();
  const [first = Number.NaN] = await measured(page, 'phasegate first paint');
  const box = await page.locator('.grid canvas').first().boundingBox();
  if (box === null) throw new Error('the grid is not there');
  await page.getByText('Zoom In').click();
  await page.mouse.move(box.x + box.width / 2, box.y + 10);
  const gaps = await frames(page, async () => {
    for (let i = 0; i < 100; i++) await page.mouse.wheel(i % 20 < 10 ? 60 : -60, 0);
    for (let i = 0; i < 100; i++) await page.mouse.move(box.x + 20 + i * 5, box.y + 10 + (i % 3) * 22);
  });
  const paints = await measured(page, 'phasegate frame');
  const hovers = await measured(page, 'phasegate hover');
  console.log(
    `${what}: first painted ${first.toFixed(0)} ms after its data came (goal < 200 ms) · ${paints.length} frames painted in ${at(paints, 0.5)} ms, 95th percentile ${at(paints, 0.95)} ms (goal < 16 ms) · ${hovers.length} hovers in ${at(hovers, 0.5)} ms, ${at(hovers, 0.95)} ms · from frame to frame ${at(gaps, 0.5)} ms, ${at(gaps, 0.95)} ms`,
  );
}

/** Tables of ten years, in every state. */
function large(sample: Report, count: number, years: number): Report {
  const letters = 'cccccccccccmpdscccooc';
  const start = civilDay(2015, 1, 1);
  const days = Array.from(
    { length: years * 365 },
    (_, i) => letters[(i * 7 + Math.floor(i / 30)) % letters.length] ?? 'c',
  ).join('');
  const [like] = sample.coverage;
  if (like === undefined) throw new Error('the sample has no coverage');
  const coverage = Array.from({ length: count }, (_, i): CoverageReport => ({
    ...like,
    table: `raw.t${i}`,
    states: [],
    seasons: Array.from({ length: years }, (_year, n) => ({
      season: String(2015 + n),
      expected: 365,
      covered: 300,
      from: formatDay(addDays(start, n * 365)),
      days: days.slice(n * 365 - (i % 30), (n + 1) * 365 - (i % 30)).padEnd(365, 'c'),
    })),
  }));
  return { ...sample, coverage, phases: [{ id: '1', name: 'Raw', tables: coverage.map(({ table }) => table) }] };
}

const browser = await launchBrowser(() => undefined);
try {
  const folder = path.join(root, 'sample');
  phasegate(root, 'sample', folder);
  const file = path.join(root, 'grid.html');
  const cold = phasegate(folder, 'coverage', '--html', file);
  const warm = Array.from({ length: 5 }, () => phasegate(folder, 'coverage', '--html', file));
  const season = Array.from({ length: 5 }, () => phasegate(folder, 'coverage', '--season', '2024-25'));
  console.log(
    `the sample's grid in one command: ${cold.toFixed(0)} ms from a cold ledger (goal < 3,000 ms), ${at(warm, 0.5)} ms from a warm one; one season ${at(season, 0.5)} ms (goal < 300 ms); ${(statSync(file).size / 1000).toFixed(0)} kB`,
  );
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await tried(page, file, '12 tables × 5 seasons');
  const json = path.join(root, 'report.json');
  writeFileSync(
    json,
    spawnSync(process.execPath, [cli, 'coverage', '--json'], { cwd: folder, encoding: 'utf8' }).stdout,
  );
  const sample = JSON.parse(readFileSync(json, 'utf8')) as Report;
  const parts = {
    script: readFileSync('dist/webview/grid.js', 'utf8'),
    style: readFileSync('dist/webview/grid.css', 'utf8'),
  };
  const big = path.join(root, 'large.html');
  writeFileSync(big, printCoverageHtml(large(sample, 100, 10), parts));
  await tried(page, big, '100 tables × 10 years');
} finally {
  await browser.close();
  rmSync(root, { recursive: true, force: true });
}
