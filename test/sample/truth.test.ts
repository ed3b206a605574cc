// What the sample holds, read naively from its files and held against the list of everything that was planted.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Row, csvRows, datesIn, sampleIn, temporaryRoot } from './workspaces';

const { root, remove } = temporaryRoot();
afterAll(remove);

const SEASONS = {
  '2021-22': '2021-10-19',
  '2022-23': '2022-10-18',
  '2023-24': '2023-10-24',
  '2024-25': '2024-10-22',
  '2025-26': '2025-10-21',
};
const seasonOf = (date: string): string =>
  Object.entries(SEASONS).reduce((found, [id, start]) => (date >= start ? id : found), '');

let sample = '';
beforeAll(async () => {
  sample = await sampleIn(root, { state: 'start' });
});

const rowsOf = (table: string, date: string): readonly Row[] =>
  csvRows(path.join(sample, 'data', table, `${date}.csv`));
const datesOf = (table: string): readonly string[] => datesIn(path.join(sample, 'data', table));
const share = (part: number, whole: number): number => Math.round((100 * part) / whole);

describe('the sample', () => {
  it('holds exactly what TRUTH.json says was planted', async () => {
    const games = Map.groupBy(
      csvRows(path.join(sample, 'data/raw/schedule.csv')).filter(row => row['game_status'] === '3'),
      row => row['game_date'] ?? '',
    );
    const held = datesOf('raw/team_boxscore');
    const offense = new Set(datesOf('analytics/team_offense_game_summary'));
    const teams = (date: string): number =>
      new Set(rowsOf('analytics/team_offense_game_summary', date).map(row => row['team_abbr'])).size;
    const asked = (date: string): number => 2 * (games.get(date)?.length ?? 0);
    const players = held.map(date => ({ date, rows: rowsOf('analytics/player_game_summary', date) }));
    const usage = new Map(Object.keys(SEASONS).map(id => [id, { filled: 0, active: 0 }]));
    for (const { date, rows } of players) {
      const season = usage.get(seasonOf(date));
      for (const row of rows) {
        if (season === undefined || Number(row['minutes_played']) <= 0) continue;
        season.active++;
        if (row['usage_rate'] !== '') season.filled++;
      }
    }
    const total = [...usage.values()].reduce((a, b) => ({ filled: a.filled + b.filled, active: a.active + b.active }));
    const claimed = JSON.parse(
      readFileSync(
        path.join(sample, '.checkpoints', `team_offense_game_summary_${held[0] ?? ''}_${held.at(-1) ?? ''}.json`),
        'utf8',
      ),
    ) as { successful_dates: string[] };
    const truth = {
      scheduledDates: [...games.keys()].filter(date => date <= '2026-01-04').length,
      scheduledNotHeld: ['2025-04-15', '2025-04-16', '2026-01-04'].filter(date => !held.includes(date)),
      heldDates: held.length,
      playerRows: players.reduce((sum, { rows }) => sum + rows.length, 0),
      exhibitionDates: datesOf('analytics/team_defense_game_summary').filter(date => !held.includes(date)),
      offense: {
        complete: held.filter(date => offense.has(date) && teams(date) === asked(date)),
        partial: held
          .filter(date => offense.has(date) && teams(date) !== asked(date))
          .map(date => [date, teams(date), asked(date)]),
        missing: held.filter(date => !offense.has(date)).length,
      },
      usagePercentFilled: {
        all: share(total.filled, total.active),
        ...Object.fromEntries([...usage].map(([id, { filled, active }]) => [id, share(filled, active)])),
      },
      bug1_minutesEmpty: players
        .filter(({ rows }) => rows.every(row => row['minutes_played'] === '') && rows.some(row => row['points'] !== ''))
        .map(({ date }) => date),
      bug2_partialWrites: ['2025-12-26', '2025-12-31', '2026-01-03'].map(date => [date, teams(date), asked(date)]),
      bug3_doubleGameIds: held.filter(date => {
        const rows = rowsOf('raw/bdl_player_boxscores', date);
        return new Set(rows.map(row => row['player_lookup'])).size < rows.length;
      }),
      bug4_claimedWithoutRows: claimed.successful_dates.filter(date => !offense.has(date)).length,
      bug5_usageEmpty: players
        .filter(({ date, rows }) => date >= '2025-10-21' && rows.every(row => row['usage_rate'] === ''))
        .map(({ date }) => date),
    };
    await expect(`${JSON.stringify(truth, undefined, 1)}\n`).toMatchFileSnapshot('../fixtures/sample/TRUTH.json');
    // The figures of the story (DESIGN.md, "The sample"), whatever the list says.
    expect(truth).toMatchObject({ scheduledDates: 920, heldDates: 918, bug4_claimedWithoutRows: 673 });
    expect([truth.offense.complete.length, truth.offense.partial.length, truth.offense.missing]).toEqual([
      184, 61, 673,
    ]);
    expect(truth.usagePercentFilled.all).toBe(44);
    expect(truth.playerRows).toBeGreaterThan(115_000);
  });

  it('plants the five bugs after the date that training ends before', () => {
    const truth = JSON.parse(
      readFileSync(path.resolve(import.meta.dirname, '../fixtures/sample/TRUTH.json'), 'utf8'),
    ) as Record<string, unknown>;
    for (const [name, dates] of Object.entries(truth)) {
      if (!name.startsWith('bug') || !Array.isArray(dates)) continue;
      expect(dates.length).toBeGreaterThan(0);
      for (const date of dates.map(each => (Array.isArray(each) ? String(each[0]) : String(each))))
        expect(date > '2024-10-21', `${name} ${date}`).toBe(true);
    }
  });

  it('is the same each time, its history included', async () => {
    const again = await sampleIn(root, { state: 'start' });
    expect(fingerprint(again)).toBe(fingerprint(sample));
    const head = (folder: string): string =>
      execFileSync('git', ['rev-parse', 'HEAD'], { cwd: folder, encoding: 'utf8' });
    expect(head(again)).toBe(head(sample));
    expect(execFileSync('git', ['status', '--short'], { cwd: sample, encoding: 'utf8' })).toBe('');
  });

  it('can be small: the last dates, and the seasons that have any', async () => {
    const small = await sampleIn(root, { state: 'start', dates: 12 });
    expect(datesIn(path.join(small, 'data/raw/team_boxscore'))).toEqual(datesOf('raw/team_boxscore').slice(-12));
    const manifest = readFileSync(path.join(small, 'phasegate.yaml'), 'utf8');
    expect(manifest).toContain(`{ id: 2025-26, start: ${datesOf('raw/team_boxscore').at(-12) ?? ''},`);
    expect(manifest).not.toContain('{ id: 2024-25,');
  });

  it('broke a column by a commit just before the first date without it', () => {
    const log = execFileSync('git', ['log', '--format=%ct %s', '--', 'data_processors/analytics/player_game_summary'], {
      cwd: sample,
      encoding: 'utf8',
    });
    expect(log).toContain(`${Date.parse('2024-11-11T21:40:00Z') / 1000} Read minutes like the other numbers`);
    expect(log).toContain(`${Date.parse('2025-10-20T22:15:00Z') / 1000} Leave usage_rate for later`);
    const at = (commit: string): string =>
      execFileSync(
        'git',
        ['show', `${commit}:data_processors/analytics/player_game_summary/player_game_summary_processor.py`],
        { cwd: sample, encoding: 'utf8' },
      );
    expect(at('main~3')).toContain('"usage_rate": None');
    expect(at('main~5')).toContain('isdigit');
    expect(at('HEAD')).toContain('"usage_rate": usage_of(');
  });
});

/** A hash of every file but the database, whose pages hold what differs from one making to the next. */
function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      entry =>
        entry.isFile() &&
        entry.name !== 'warehouse.duckdb' &&
        !path.relative(folder, entry.parentPath).startsWith('.git'),
    )
    .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(path.join(folder, file)));
  return hash.digest('hex');
}
