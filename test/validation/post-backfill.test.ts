// Post-backfill validation of the real game logs: each planted fault is found on its own date, also the day of NULLs that no share
// of the whole table shows; and a missing column, an empty table and a missing table end as they should.
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report';
import type { Services } from '../../src/services';
import type { OpenOptions } from '../../src/services/opening';
import { makePostBackfill, postBackfillManifest } from '../fixtures/nba-gamelogs/post-backfill';
import {
  FIXTURE_MANIFEST,
  GAMELOGS_FOLDER,
  SEASONS,
  hasGamelogs,
  writeSchedule,
} from '../fixtures/nba-gamelogs/workspace';
import { found } from './league';
import { openPipeline } from './services';

const root = mkdtempSync(join(tmpdir(), 'phasegate-post-backfill-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const open = (options: Partial<OpenOptions>): Services => openPipeline(root, options);

let made = 0;
async function validated(...after: readonly string[]): Promise<Report> {
  const database = join(root, `${++made}.duckdb`);
  const manifest = join(root, `${made}.yaml`);
  await makePostBackfill(database, ['player_game'], ...after);
  writeFileSync(manifest, postBackfillManifest(database, ['player_game']));
  const services = open({ manifest });
  const answer = await services.validate([]);
  await services.close();
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
  return answer.report;
}

describe.skipIf(!hasGamelogs())('the real game logs (skipped where they are not beside the project)', () => {
  it('pass by one statement and one for the calendar', async () => {
    const report = await validated();
    expect(found(report)).toEqual({});
    expect(report.cost.statements).toBe(2);
  });

  it('with faults: every one by its check and its date', async () => {
    const report = await validated(
      "DELETE FROM player_game WHERE game_date = '2023-12-25'",
      "DELETE FROM player_game WHERE game_date = '2024-01-15' AND player_id % 2 = 0",
      "INSERT INTO player_game SELECT * FROM player_game WHERE game_date = '2024-02-02'",
      "UPDATE player_game SET team = NULL WHERE game_date = '2024-03-01'",
      "UPDATE player_game SET reb = 400 WHERE game_date = '2024-03-05' AND player_id = (SELECT min(player_id) FROM player_game WHERE game_date = '2024-03-05')",
    );
    expect(found(report)).toEqual({
      'player_game/unique/game_id,player_id': 'fail 2024-02-02',
      'player_game/rows/games': 'fail 2024-01-15',
      'player_game/not_null/team': 'fail 2024-03-01',
      'player_game/range/reb': 'fail 2024-03-05',
      'player_game/coverage': 'fail missing 2023-12-25, partial 2024-01-15, degraded 2024-02-02, degraded 2024-03-01',
    });
  });

  it('with a constant column: over the range, and on every date of it', async () => {
    const report = await validated('UPDATE player_game SET stl = 0');
    expect(report.results.find(({ id }) => id.endsWith('constant/stl/range'))).toMatchObject({
      outcome: 'fail',
      dates: { count: 747 },
    });
  });

  it('without a column that three checks touch: three errors, and the others stand', async () => {
    const report = await validated('ALTER TABLE player_game DROP COLUMN pts');
    const errors = report.results.filter(({ outcome }) => outcome === 'error').map(({ check }) => check);
    expect(errors.sort()).toEqual(['constant', 'not_null', 'range']);
    expect(report.verdict).toBe('error');
    expect(report.results.filter(({ outcome }) => outcome === 'pass').length).toBeGreaterThan(8);
  });

  it('emptied: every date is missing, and it fails', async () => {
    const report = await validated('DELETE FROM player_game');
    expect(report.coverage[0]?.counts.missing).toBe(747);
    expect(report.verdict).toBe('fail');
  });

  it('without the table: its dates are missing, its checks skipped, and it fails', async () => {
    const report = await validated('DROP TABLE player_game');
    expect(report.verdict).toBe('fail');
    expect(new Set(report.results.filter(({ check }) => check !== 'readable').map(({ outcome }) => outcome))).toEqual(
      new Set(['skipped']),
    );
  });

  it('with two rows revised and the same count: write verification sees the one date', async () => {
    const folder = join(root, 'logs');
    writeSchedule(folder);
    for (const season of SEASONS.slice(0, -1))
      symlinkSync(join(GAMELOGS_FOLDER, `game_logs_${season}.csv`), join(folder, `game_logs_${season}.csv`));
    const last = join(folder, 'game_logs_2025-26.csv');
    copyFileSync(join(GAMELOGS_FOLDER, 'game_logs_2025-26.snapshot-2026-01-20.csv'), last);
    const manifest = join(folder, 'phasegate.yaml'); // its own folder: facts are kept beside it
    copyFileSync(FIXTURE_MANIFEST, manifest);
    const options = { manifest, env: { GAMELOGS: folder, SCHEDULE: join(folder, 'schedule.csv') } };
    const before = open(options);
    await before.preflight([], { rebuild: true });
    await before.close();
    const since = Date.now() + 1;
    copyFileSync(join(GAMELOGS_FOLDER, 'game_logs_2025-26.csv'), last);
    const after = open(options);
    const answer = await after.verify([], since);
    await after.close();
    if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
    const message = answer.report.results.find(({ check }) => check === 'written')?.message ?? '';
    expect(message).toMatch(/: \d+ written · 1 rewritten · \d+ unchanged$/);
  });
});
