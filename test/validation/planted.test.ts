// Each of the user's bugs and further signatures (§4), planted one at a time: found by the check that should, on exactly its dates.
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report';
import { found, useLeague } from './league';

const league = useLeague();
const DAY = "game_date = DATE '2024-02-14'";
const WEEK = "game_date BETWEEN DATE '2024-02-13' AND DATE '2024-02-18'";

describe('with nothing planted', () => {
  it('no check warns or fails, and each table is read once', async () => {
    await league.plant();
    const report = await league.validate([]);
    expect(found(report)).toEqual({});
    expect(report.verdict).toBe('pass');
    // schedule as a calendar and as a table, teams, players, features; and a statement for each of four checks
    expect(report.cost.statements).toBe(9);
  });
});

describe('planted one at a time', () => {
  it.each<[string, string, Readonly<Record<string, string>>]>([
    [
      'bug 1: minutes NULL for a week',
      `UPDATE league.players SET minutes = NULL WHERE ${WEEK}`,
      {
        'players/not_null/minutes': 'fail 2024-02-13/2024-02-18',
        'players/coverage': 'fail degraded 2024-02-13/2024-02-18',
      },
    ],
    [
      'bug 2: 2 of 6 teams written',
      `DELETE FROM league.teams WHERE ${DAY} AND team NOT IN ('AAA', 'BBB')`,
      {
        'teams/rows/games/team': 'fail 2024-02-14',
        'teams/coverage': 'fail partial 2024-02-14',
        'players/reference/teams/sum(points)': 'fail 2024-02-14',
        'players/join_rate/teams/game_id, team': 'fail 2024-02-14',
        'players/coverage': 'fail degraded 2024-02-14',
      },
    ],
    [
      'bug 3: rows twice under a second kind of game id',
      `INSERT INTO league.players SELECT * REPLACE ('1030' || day(game_date) AS game_id, 0 AS points) FROM league.players WHERE ${DAY} AND team = 'AAA'`,
      {
        'players/unique/player': 'fail 2024-02-14',
        'players/pattern/game_id': 'fail 2024-02-14',
        'players/join_rate/teams/game_id, team': 'fail 2024-02-14',
        'players/coverage': 'fail degraded 2024-02-14',
      },
    ],
    [
      'bug 4: dates that a job said it wrote',
      `DELETE FROM league.features WHERE ${DAY} OR game_date = DATE '2024-02-16'`,
      { 'features/coverage': 'fail missing 2024-02-14, missing 2024-02-16' },
    ],
    [
      'bug 5: a column that was never filled in a season',
      "UPDATE league.players SET usage_rate = NULL WHERE game_date >= DATE '2024-03-09'",
      {
        'players/not_null/usage_rate': 'fail 2024-03-09/2024-03-10',
        'players/regression/usage_rate': 'fail',
        'players/coverage': 'fail degraded 2024-03-09/2024-03-10',
      },
    ],
    [
      'game ids with home and away exchanged: half of the rows find no match',
      `UPDATE league.teams SET game_id = '20240214_BBB_AAA' WHERE ${DAY} AND game_id LIKE '%AAA%'`,
      { 'players/join_rate/teams/game_id, team': 'fail 2024-02-14' },
    ],
    [
      'a game under two dates',
      `UPDATE league.teams SET game_id = '20240213_AAA_BBB' WHERE ${DAY} AND game_id LIKE '%AAA%'`,
      {
        'teams/unique_across/game_id,team': 'fail 2024-02-13/2024-02-14',
        'players/join_rate/teams/game_id, team': 'fail 2024-02-14',
      },
    ],
    [
      'what only a statement of one’s own tells',
      `UPDATE league.teams SET game_id = game_id || 'x' WHERE ${DAY} AND team = 'AAA'`,
      {
        'teams/sql/games with one team': 'fail 2024-02-14',
        'players/join_rate/teams/game_id, team': 'fail 2024-02-14',
      },
    ],
    [
      'identifiers that begin with digits',
      `UPDATE league.players SET player = '1630552' || player WHERE ${DAY} AND team = 'CCC'`,
      { 'players/pattern/player': 'fail 2024-02-14' },
    ],
    [
      'a value out of all bounds',
      `UPDATE league.players SET usage_rate = 1329.8 WHERE ${DAY} AND player = 'aaaplayer1'`,
      { 'players/range/usage_rate': 'fail 2024-02-14' },
    ],
    [
      'duplicates of a streaming buffer: the same key, written twice',
      `INSERT INTO league.players SELECT * REPLACE (processed_at + INTERVAL 1 HOUR AS processed_at, 0 AS points) FROM league.players WHERE ${DAY} AND team = 'AAA'; UPDATE league.features SET processed_at = processed_at + INTERVAL 3 DAY`,
      {
        'players/unique/game_id,player': 'fail 2024-02-14',
        'players/unique/player': 'fail 2024-02-14',
        'players/writes_per_date': 'warn 2024-02-14',
        'players/coverage': 'fail degraded 2024-02-14',
      },
    ],
    [
      'features that are fill-in defaults, the same for everybody',
      `UPDATE league.features SET fatigue = 70, pace = 100 WHERE ${DAY}`,
      {
        'features/constant/pace': 'fail 2024-02-14',
        'features/not_default/fatigue': 'fail 2024-02-14',
        'features/coverage': 'fail degraded 2024-02-14',
      },
    ],
    [
      'a column that holds one value for a whole season',
      "UPDATE league.features SET altitude = 70 WHERE game_date < DATE '2024-02-05'",
      {
        'features/constant/altitude/season':
          'fail 2024-01-02/2024-01-07 2024-01-09/2024-01-14 2024-01-16/2024-01-21 2024-01-23/2024-01-28 2024-01-30/2024-02-04',
      },
    ],
    [
      'a value that fills more than half of a season, whatever it is',
      "UPDATE league.features SET rest = 4 WHERE game_date > DATE '2024-02-08'",
      {
        'features/constant/rest/season':
          'fail 2024-02-09/2024-02-11 2024-02-13/2024-02-18 2024-02-20/2024-02-25 2024-02-27/2024-03-03 2024-03-05/2024-03-10',
      },
    ],
    [
      'values at the limit of their type fail the load of exhibition dates: missing, and nowhere else',
      "DELETE FROM league.players WHERE game_date IN (DATE '2024-02-16', DATE '2024-02-18'); DELETE FROM league.features WHERE game_date IN (DATE '2024-02-16', DATE '2024-02-18')",
      {
        'players/coverage': 'fail missing 2024-02-16, missing 2024-02-18',
        'features/coverage': 'fail missing 2024-02-16, missing 2024-02-18',
      },
    ],
    [
      'weeks lost in silence',
      `DELETE FROM league.features WHERE ${WEEK}`,
      {
        'features/date_gaps': 'warn 2024-02-13/2024-02-18',
        'features/coverage': 'fail missing 2024-02-13/2024-02-18',
      },
    ],
    [
      'a table that is no longer written',
      "DELETE FROM league.teams WHERE game_date > DATE '2024-03-07'; UPDATE league.players SET processed_at = processed_at",
      {
        'teams/date_gaps': 'warn 2024-03-08/2024-03-10',
        'teams/freshness': 'fail',
        'players/join_rate/teams/game_id, team': 'fail 2024-03-08/2024-03-10',
        'teams/coverage': 'fail missing 2024-03-08/2024-03-10',
      },
    ],
    [
      'one correction upstream: every date that was computed from it is stale, told by its cause, and nothing fails',
      `UPDATE league.players SET processed_at = TIMESTAMP '2024-03-12 09:00:00' WHERE ${DAY}`,
      {
        'features/stale/players':
          'warn 2024-02-14/2024-02-18 2024-02-20/2024-02-25 2024-02-27/2024-03-03 2024-03-05/2024-03-06',
      },
    ],
  ])('%s', async (_what, sql, expected) => {
    await league.plant(...sql.split('; '));
    expect(found(await league.validate([]))).toEqual(expected);
  });
});

describe('of one table', () => {
  it('everything is judged by three statements, its own, the calendar, and the table it is compared with, and one for its join', async () => {
    await league.plant();
    const report = await league.validate(['players']);
    expect(report.cost.statements).toBe(4);
    expect(report.verdict).toBe('pass');
  });
});

describe('what was measured before', () => {
  it('is the trend of a check, by the rules of today, out of the ledger', async () => {
    await league.plant();
    const measure = async (sql?: string): Promise<Report> => {
      if (sql !== undefined) await league.change(sql);
      const services = league.open();
      const answer = await services.validate(['players']);
      if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
      const report = await services.withHistory(answer.report);
      await services.saveReport(report, '');
      await services.close();
      return report;
    };
    await measure();
    await measure(`UPDATE league.players SET minutes = NULL WHERE ${WEEK}`);
    await measure(); // nothing changed: no moment of its own
    const report = await measure(`UPDATE league.players SET minutes = 20 WHERE ${DAY}`);
    const shares = report.history?.trends['league.players/not_null/minutes'] ?? [];
    expect(shares.map(share => share.toFixed(3))).toEqual(['1.000', '0.900', '0.917']);
  });
});

describe('a window', () => {
  it('leaves out of a check what lies outside of it, and says so', async () => {
    await league.plant(`UPDATE league.players SET minutes = NULL WHERE ${WEEK}`);
    const of = async (window: string): Promise<string> => {
      const report = await league.validate(['players'], { manifest: league.manifestWithWindow(window) });
      const result = report.results.find(({ id }) => id === 'league.players/not_null/minutes');
      return `${result?.outcome} ${result?.message.split('; ').at(-1)}`;
    };
    expect(await of('{ to: 2024-02-12 }')).toBe('pass judged for 2024-01-02 → 2024-02-12 only');
    expect(await of('{ from: 2024-02-18 }')).toBe('fail judged for 2024-02-18 → 2024-03-10 only');
    expect(await of('10d')).toBe('pass judged for 2024-03-01 → 2024-03-10 only');
    expect(await of('{ from: 2025-01-01 }')).toMatch(/^skipped not judged/);
  });
});

describe('a statement of one’s own', () => {
  it.each([
    ['that is no SELECT is refused', 'DELETE FROM league.teams', /no SELECT/],
    ['over a table that is not declared is an error that names it', 'SELECT d, 1 FROM league.nowhere', /nowhere/],
    [
      'that fails is an error, and takes nothing with it',
      'SELECT game_date, nonsense(1) FROM league.teams',
      /nonsense/,
    ],
  ])('%s', async (_what, query, message) => {
    await league.plant();
    const report = await league.validate([], { manifest: league.manifestWith(query) });
    const wrong = report.results.filter(
      ({ outcome, check }) => outcome !== 'pass' && outcome !== 'skipped' && check !== 'complete',
    );
    expect(wrong.map(({ check, outcome }) => `${check} ${outcome}`)).toEqual(['sql error']);
    expect(wrong[0]?.message).toMatch(message);
    expect(report.verdict).toBe('error');
  });
});

describe('a phase', () => {
  it('is complete only when all of its tables are', async () => {
    await league.plant(`UPDATE league.players SET usage_rate = 1329.8 WHERE ${DAY}`);
    const report = await league.validate(['3']);
    const complete = report.results.find(({ check }) => check === 'complete');
    expect(complete).toMatchObject({ outcome: 'fail', table: 'phase 3' });
    expect(complete?.message).toContain('1 table of 2 does not hold: players');
  });
  it('is not judged by some of its tables', async () => {
    await league.plant();
    expect((await league.validate(['players'])).results.some(({ check }) => check === 'complete')).toBe(false);
  });
});
