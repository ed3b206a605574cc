// The rows that a failed check is about, on request: those and no others, newest first.
import { describe, expect, it } from 'vitest';
import { useLeague } from './league';

const league = useLeague();
const DAY = "game_date = DATE '2024-02-14'";

async function rowsOf(
  id: string,
  sql: string,
  most = 10,
  training?: string,
): Promise<readonly Readonly<Record<string, string | null>>[]> {
  await league.plant(sql);
  const services = league.open();
  const answer = await services.rowsOf(
    { id: `league.${id}`, table: `league.${id.split('/')[0] ?? ''}` },
    most,
    training,
  );
  await services.close();
  if (!answer.ok) throw new Error(answer.message);
  const { columns, rows } = answer.value;
  return rows.map(row => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])));
}

describe('the rows of', () => {
  it('a share of filled rows are those that are not', async () => {
    const rows = await rowsOf(
      'players/not_null/minutes',
      `UPDATE league.players SET minutes = NULL WHERE ${DAY} AND team = 'AAA'`,
    );
    expect(rows).toHaveLength(5);
    expect(
      rows.every(row => row['minutes'] === null && row['team'] === 'AAA' && row['game_date'] === '2024-02-14'),
    ).toBe(true);
  });

  it('a range are those outside of it', async () => {
    const rows = await rowsOf(
      'players/range/usage_rate',
      `UPDATE league.players SET usage_rate = 1329.8 WHERE ${DAY} AND player = 'aaaplayer1'`,
    );
    expect(rows.map(row => [row['player'], row['usage_rate']])).toEqual([['aaaplayer1', '1329.8']]);
  });

  it('a pattern are those that do not match, newest first and no more than asked for', async () => {
    const rows = await rowsOf(
      'players/pattern/player',
      "UPDATE league.players SET player = '163' || player WHERE team = 'CCC'",
      3,
    );
    expect(rows.map(row => row['game_date'])).toEqual(['2024-03-10', '2024-03-10', '2024-03-10']);
    expect(rows.every(row => row['player']?.startsWith('163ccc'))).toBe(true);
  });

  it('a training are those of its own check, on its own dates', async () => {
    const rows = await rowsOf(
      'players/not_null/minutes',
      "UPDATE league.players SET minutes = NULL WHERE game_date IN (DATE '2024-03-05', DATE '2024-03-06') AND player = 'aaaplayer1'",
      10,
      'points',
    );
    expect(rows.map(row => row['game_date'])).toEqual(['2024-03-05']);
  });

  it('a check of whole dates are none: that is said', async () => {
    await expect(rowsOf('teams/rows/games/team', `DELETE FROM league.teams WHERE ${DAY}`)).rejects.toThrow(
      /no single rows/,
    );
  });
});
