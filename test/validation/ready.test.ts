// Training readiness on a real DuckDB: what the user's script asked (§1.6), and what it missed.
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report';
import { found, useLeague } from './league';

const league = useLeague();

async function ready(...sql: readonly string[]): Promise<Report> {
  await league.plant(...sql);
  const services = league.open();
  const answer = await services.ready('points');
  await services.close();
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
  return answer.report;
}

describe('a training', () => {
  it('is ready where everything that it needs holds, whatever comes after its dates', async () => {
    const report = await ready("UPDATE league.players SET usage_rate = NULL WHERE game_date > DATE '2024-03-05'");
    expect(found(report)).toEqual({});
    expect(report).toMatchObject({ verdict: 'pass', from: '2024-01-02', to: '2024-03-05', subject: 'points' });
  });

  it.each<[string, string, Readonly<Record<string, string>>]>([
    [
      'a season is dead, though the whole range has enough',
      "UPDATE league.players SET usage_rate = NULL WHERE game_date < DATE '2024-01-23'",
      { 'players/not_null/usage_rate': 'fail 2024-01-02/2024-01-07 2024-01-09/2024-01-14 2024-01-16/2024-01-21' },
    ],
    [
      'there are too few rows',
      "DELETE FROM league.players WHERE player LIKE '%player1' OR player LIKE '%player2'",
      { 'players/row_count/range with points > 0': 'fail' },
    ],
    [
      'half of the rows find no match',
      "UPDATE league.teams SET game_id = 'x' || game_id WHERE game_date < DATE '2024-02-05'",
      { 'players/join_rate/teams/game_id, team': 'fail' },
    ],
    [
      'features are fill-in defaults',
      "UPDATE league.features SET fatigue = 70 WHERE game_date < DATE '2024-02-05'",
      { 'features/not_default/fatigue': 'fail' },
    ],
    [
      'a feature table does not exist for the dates',
      "DELETE FROM league.features WHERE game_date < DATE '2024-02-05'",
      { 'features/coverage': 'fail' },
    ],
  ])('is not ready where %s', async (_what, sql, expected) => {
    const report = await ready(sql);
    expect(report.verdict).toBe('fail');
    for (const [id, words] of Object.entries(expected)) expect(found(report)[id]).toMatch(new RegExp(`^${words}`));
    expect(Object.keys(found(report))).toEqual(Object.keys(expected));
  });
});
