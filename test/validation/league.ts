// A small league in a DuckDB file, healthy unless something is planted: what each check has to find, and on which dates.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Report } from '../../src/model/report';
import type { Services } from '../../src/services';
import type { OpenOptions } from '../../src/services/opening';
import { makeDatabase } from '../warehouse/workspace';
import { openPipeline } from './services';

/** Dates of the league: every day from here to asOf but Mondays, three games each. */
const FIRST = '2024-01-02';
const LAST = '2024-03-10';

const MANIFEST = `version: 1
name: small-league
asOf: ${LAST}
targets: { local: { type: duckdb, path: w.duckdb } }
defaults: { target: local, date: game_date, calendar: days, written: { column: processed_at, timezone: UTC }, coverage: 100% }
calendars:
  days:
    table: league.schedule
    date: game_date
    where: status = 3
    units: { games: count(*) }
    dueAfter: 20h
    seasons: [{ id: early, start: ${FIRST}, end: 2024-02-04 }, { id: late, start: 2024-02-06, end: ${LAST} }]
phases:
  - id: 2
    tables:
      - { name: league.schedule, date: none, calendar: days }
  - id: 3
    tables:
      - name: league.teams
        key: [game_id, team]
        rows: { per: games, exactly: 2, of: team }
        checks:
          - range: { column: points, min: 60, max: 180 }
          - freshness: { maxAge: 30h }
          - date_gaps: { max: 2 }
          - unique: { columns: [game_id, team], across: true }
          - sql: { name: games with one team, query: 'SELECT game_date, count(*) FROM (SELECT game_date, game_id FROM league.teams GROUP BY ALL HAVING count(*) <> 2) GROUP BY 1' }
      - name: league.players
        key: [game_id, player]
        dependsOn: [{ table: league.teams, lookback: 0d }]
        rows: { per: games, min: 8, max: 12 }
        checks:
          - unique: [player]
          - pattern: { column: game_id, matches: '[0-9]{8}_[A-Z]{3}_[A-Z]{3}' }
          - pattern: { column: player, matches: '[a-z][a-z0-9]*' }
          - not_null: { column: minutes, where: points > 0, min: 99%, per: date }
          - not_null: { column: usage_rate, where: points > 0, min: 95%, per: date }
          - range: { column: usage_rate, min: 0, max: 100 }
          - writes_per_date: { max: 1 }
          - reference: { table: league.teams, this: sum(points), that: sum(points), tolerance: 2 }
          - regression: { filled: usage_rate, dates: 10 }
          - join_rate: { table: league.teams, on: [game_id, team], min: 99%, per: date }
  - id: 4
    tables:
      - name: league.features
        key: [player]
        dependsOn: [{ table: league.players, lookback: 21d }]
        checks:
          - constant: { column: pace, max: 60% }
          - not_default: { column: fatigue, values: [70], min: 90%, per: date }
          - constant: { column: altitude, per: season }
          - constant: { column: rest, per: season, max: 50% }
          - date_gaps: { max: 2 }
trainings:
  points:
    from: 2024-01-02
    to: 2024-03-05
    needs:
      - table: league.players
        where: points > 0
        rows: 1500
        features: { usage_rate: 45%, minutes: 99% }
        checks:
          - join_rate: { table: league.teams, on: [game_id, team], min: 99% }
      - table: league.features
        checks:
          - not_default: { column: fatigue, values: [70], min: 50% }
`;

const SQL = [
  'CREATE SCHEMA league',
  `CREATE TABLE league.schedule AS SELECT d::DATE AS game_date, strftime(d, '%Y%m%d') || '_' || g AS game_id, 3 AS status
   FROM range(DATE '${FIRST}', DATE '2024-03-11', INTERVAL 1 DAY) t(d), (VALUES ('AAA_BBB'), ('CCC_DDD'), ('EEE_FFF')) v(g)
   WHERE dayofweek(d) <> 1`,
  `CREATE TABLE league.players AS SELECT game_date, game_id, lower(substr(game_id, 10 + 4 * s, 3)) || 'player' || p AS player,
     substr(game_id, 10 + 4 * s, 3) AS team, 24 + p AS minutes, 18 + p + day(game_date) % 5 AS points, 15.5 + p AS usage_rate,
     game_date::TIMESTAMP + INTERVAL 30 HOUR AS processed_at
   FROM league.schedule, (VALUES (0), (1)) h(s), range(5) r(p)`,
  `CREATE TABLE league.teams AS SELECT game_date, game_id, team, sum(points) AS points, game_date::TIMESTAMP + INTERVAL 28 HOUR AS processed_at
   FROM league.players GROUP BY ALL`,
  `CREATE TABLE league.features AS SELECT game_date, player, 90 + minutes AS pace, 60 + minutes % 4 AS fatigue, 10 * minutes AS altitude, minutes % 3 AS rest, game_date::TIMESTAMP + INTERVAL 32 HOUR AS processed_at
   FROM league.players`,
];

/** The small league: `validate` plants by SQL into a copy of the healthy one, and judges it. */
export function useLeague(): {
  readonly folder: () => string;
  /** Writes a manifest whose own statement is another one. Gives its path. */
  readonly manifestWith: (query: string) => string;
  /** Writes a manifest in which the check of minutes has a window. Gives its path. */
  readonly manifestWithWindow: (window: string) => string;
  readonly plant: (...sql: readonly string[]) => Promise<void>;
  /** Changes the league further, with what is known of it kept. */
  readonly change: (...sql: readonly string[]) => Promise<void>;
  readonly open: (options?: Partial<OpenOptions>) => Services;
  readonly validate: (names: readonly string[], options?: Partial<OpenOptions>) => Promise<Report>;
} {
  const root = mkdtempSync(path.join(tmpdir(), 'phasegate-league-'));
  const healthy = path.join(root, 'healthy.duckdb');
  const database = path.join(root, 'w.duckdb');
  beforeAll(async () => {
    writeFileSync(path.join(root, 'phasegate.yaml'), MANIFEST);
    await makeDatabase(healthy, ...SQL);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const open = (options: Partial<OpenOptions> = {}): Services => openPipeline(root, options);
  return {
    folder: () => root,
    open,
    manifestWith: query => {
      const file = path.join(root, 'other.yaml');
      writeFileSync(file, MANIFEST.replace(/query: '[^']*'/, `query: '${query}'`));
      return file;
    },
    manifestWithWindow: window => {
      const file = path.join(root, 'window.yaml');
      writeFileSync(file, MANIFEST.replace('column: minutes,', `column: minutes, window: ${window},`));
      return file;
    },
    change: (...sql) => makeDatabase(database, ...sql),
    plant: async (...sql) => {
      rmSync(path.join(root, '.phasegate'), { recursive: true, force: true });
      rmSync(database, { force: true });
      copyFileSync(healthy, database);
      if (sql.length > 0) await makeDatabase(database, ...sql);
    },
    validate: async (names, options) => {
      const services = open(options);
      try {
        const answer = await services.validate(names);
        if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
        return answer.report;
      } finally {
        await services.close();
      }
    },
  };
}

export { day } from '../warehouse/workspace';

/** What a report finds wrong: the check's id and outcome, and its dates as ISO ranges. */
export function found(report: Report): Readonly<Record<string, string>> {
  const wrong = report.results.filter(
    ({ outcome, check }) => outcome !== 'pass' && outcome !== 'skipped' && check !== 'complete',
  );
  const words = (ranges: readonly (readonly [string, string])[]): string =>
    ranges.map(([from, to]) => (from === to ? from : `${from}/${to}`)).join(' ');
  return Object.fromEntries<string>([
    ...wrong.map(({ id, outcome, dates }): [string, string] => [
      id.replaceAll('league.', ''),
      `${outcome} ${words(dates?.ranges ?? [])}`.trim(),
    ]),
    ...report.coverage
      .filter(({ outcome }) => outcome !== 'pass' && outcome !== 'skipped')
      .map(({ table, outcome, states }): [string, string] => [
        `${table.replace('league.', '')}/coverage`,
        `${outcome} ${states.map(([from, to, state]) => `${state} ${words([[from, to]])}`).join(', ')}`,
      ]),
  ]);
}
