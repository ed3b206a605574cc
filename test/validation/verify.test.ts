// Write verification on a real DuckDB: what a job that ended with 0 really wrote, from facts before and after.
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report';
import { makeDatabase } from '../warehouse/workspace';
import { day, found, useLeague } from './league';

const league = useLeague();
const SINCE = Date.parse('2024-03-11T12:00:00Z');
const NOW = "TIMESTAMP '2024-03-11 13:00:00'";
const DAY = "game_date = DATE '2024-02-14'";

/** A preflight before, a job, and the verification after it. The job's clock is that of the league, the ledger's is the real one. */
async function afterJob(
  job: readonly string[],
  options: { before?: boolean; from?: string; to?: string; tables?: readonly string[] } = {},
): Promise<Report> {
  await league.plant();
  const tables = options.tables ?? ['players'];
  if (options.before !== false) {
    const services = league.open();
    await services.preflight(tables, { rebuild: false });
    await services.close();
  }
  const since = options.before === false ? SINCE : Date.now() + 1;
  await makeDatabase(
    path.join(league.folder(), 'w.duckdb'),
    ...job.map(sql => sql.replaceAll('$now', `epoch_ms(${since + 1000})`)),
  );
  const services = league.open({
    ...(options.from === undefined ? {} : { from: day(options.from) }),
    ...(options.to === undefined ? {} : { to: day(options.to) }),
  });
  const answer = await services.verify(tables, since);
  await services.close();
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
  return answer.report;
}

const written = (report: Report): string => report.results.find(({ check }) => check === 'written')?.message ?? '';

describe('a job that', () => {
  it('rewrote two dates whole is told so', async () => {
    const report = await afterJob([
      `UPDATE league.players SET processed_at = $now, minutes = minutes + 1 WHERE game_date BETWEEN DATE '2024-02-14' AND DATE '2024-02-15'`,
    ]);
    expect(report.verdict).toBe('pass');
    expect(written(report)).toMatch(/: 2 rewritten · 58 unchanged$/);
  });

  it('wrote the same rows again is told so: nothing is new', async () => {
    const report = await afterJob([`UPDATE league.players SET processed_at = $now WHERE ${DAY}`]);
    expect(written(report)).toMatch(/: 1 written again with the same rows · 59 unchanged$/);
  });

  it('left dates out that it was asked for fails by name, though old rows are there', async () => {
    const report = await afterJob([`UPDATE league.players SET processed_at = $now WHERE ${DAY}`], {
      from: '2024-02-14',
      to: '2024-02-16',
    });
    expect(found(report)).toMatchObject({ 'players/written': 'fail 2024-02-15/2024-02-16' });
  });

  it('wrote 2 of 6 teams fails against the schedule', async () => {
    const report = await afterJob(
      [
        `DELETE FROM league.teams WHERE ${DAY} AND team NOT IN ('AAA', 'BBB')`,
        `UPDATE league.teams SET processed_at = $now WHERE ${DAY}`,
      ],
      { tables: ['teams'], from: '2024-02-14', to: '2024-02-14' },
    );
    expect(found(report)).toMatchObject({ 'teams/whole': 'fail 2024-02-14', 'teams/fewer': 'warn 2024-02-14' });
  });

  it('wrote nothing fails', async () => {
    const report = await afterJob([]);
    expect(report.verdict).toBe('fail');
    expect(written(report)).toContain('nothing was written since');
  });

  it('appended to what was there is a warning', async () => {
    const report = await afterJob([
      `INSERT INTO league.players SELECT * REPLACE ($now AS processed_at, player || 'b' AS player) FROM league.players WHERE ${DAY}`,
    ]);
    expect(found(report)).toMatchObject({ 'players/appended': 'warn 2024-02-14' });
  });
});

describe('what cannot be told', () => {
  it.each([
    ['all dates', {}, 59],
    ['dates that were named', { from: '2024-02-14', to: '2024-02-16' }, 2],
  ])(
    'of %s is not said to be unwritten: the reason is, and what tells it the next time',
    async (_which, range, unknown) => {
      // Nothing was measured before, and the write times are empty.
      const report = await afterJob(
        [`DELETE FROM league.players WHERE ${DAY}`, `UPDATE league.players SET processed_at = NULL`],
        { before: false, ...range },
      );
      expect(report.verdict).toBe('error');
      expect(written(report)).toBe(
        `since 2024-03-11 12:00:00 UTC: 1 not written · ${unknown} unknown. It cannot be told of ${unknown} dates whether they were written: column processed_at is empty there, and nothing was measured before. The next time, run "phasegate preflight league.players" before the job, which keeps the facts that tell`,
      );
    },
  );
});

describe('without facts from before', () => {
  it('write times tell', async () => {
    const report = await afterJob([`UPDATE league.players SET processed_at = ${NOW} WHERE ${DAY}`], { before: false });
    expect(written(report)).toMatch(/: 1 written · 59 unchanged$/);
  });
});
