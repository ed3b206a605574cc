// Statements as jobs: exactly the dates that are asked for are replaced, or nothing, whatever happens in the middle.
import { beforeAll, describe, expect, it } from 'vitest';
import { DuckDBInstance } from '@duckdb/node-api';
import { makeDatabase } from '../warehouse/workspace';
import { DATES, type Pipeline, type Ran, type Run, type TableOptions, usePipelines } from './pipelines';

const { pipeline } = usePipelines();
const [FIRST, SECOND, THIRD] = DATES;

const select = (where: string, more = ''): string =>
  `SELECT game_date::DATE AS game_date, game_id, team, points::INT AS points, now()::TIMESTAMP AS processed_at FROM league.raw WHERE ${where}${more}`;
const ASKED = 'game_date::DATE IN (SELECT unnest($dates))';
/** Takes a while, and gives the right rows. */
const slow = (rows: number): string => select(ASKED, ` AND (SELECT sum(hash(i)) FROM range(${rows}) t(i)) <> 0`);

/** The keys of a table in the database, as many as there are rows. */
async function keysIn(one: Pipeline, table: string): Promise<readonly string[]> {
  const instance = await DuckDBInstance.create(one.at('w.duckdb'), { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const rows = await connection.runAndReadAll(`SELECT game_id || ' ' || team FROM league.${table} ORDER BY 1`);
  const keys = rows.getColumns().flat().map(String);
  connection.closeSync();
  instance.closeSync();
  return keys;
}

async function withDatabase(tables: Readonly<Record<string, TableOptions>>): Promise<Pipeline> {
  const one = pipeline({ tables, dates: [FIRST, SECOND, THIRD], target: 'path: w.duckdb' });
  await makeDatabase(one.at('w.duckdb'), 'CREATE SCHEMA league');
  return one;
}

describe('a statement', () => {
  const tables = {
    good: { sql: select(ASKED), inDatabase: true },
    greedy: { sql: select('len($dates) > 0'), inDatabase: true },
    empty: { sql: select('len($dates) = 0'), inDatabase: true },
    half: { sql: select(`${ASKED} AND team <> 'T7'`), inDatabase: true },
    broken: { sql: select(`${ASKED} AND no_such_column = 1`), inDatabase: true },
    endless: { sql: slow(1e15), inDatabase: true, job: 'timeout: 0.3s, attempts: 1' },
  } as const satisfies Readonly<Record<string, TableOptions>>;

  let one: Pipeline;
  let run: Run & Ran;
  beforeAll(async () => {
    one = await withDatabase(tables);
    run = await one.backfill('2', '--keep-going');
  });

  it('that gives the rows of its dates is done', async () => {
    expect(run.counts('good')).toBe('done 3');
    expect(await keysIn(one, 'good')).toHaveLength(48);
  });

  it.each<[keyof typeof tables, string]>([
    [
      'greedy',
      'gives rows of 2 dates that it was not asked for (2024-01-03, 2024-01-05): nothing was written and wrote nothing',
    ],
    ['empty', `gives no rows for ${FIRST}: what was there is still there and wrote nothing`],
    ['half', 'ended with 0 and wrote 15 of 16 team'],
    ['endless', 'took longer than 300 ms and was interrupted and wrote nothing'],
    ['broken', 'no_such_column'],
  ])('%s: %s', (table, words) => {
    expect(run.words(table, FIRST)).toContain(words);
    expect(run.step(table).state).toBe('failed');
    expect(Object.values(run.begun(table))).toEqual([1]); // the same again would be no better
  });
});

it('a statement that does not ask which dates is refused before anything is begun: it would compute all of them', async () => {
  const one = pipeline({ tables: { teams: { sql: select('true') } }, dates: [FIRST] });
  const refused = await one.phasegate('backfill', 'teams', '--yes');
  expect([refused.code, refused.out]).toEqual([
    3,
    expect.stringContaining('jobs/teams.sql does not use $dates: nothing tells it which dates to give'),
  ]);
  expect(one.runs).toEqual([]);
});

describe('a statement in the middle of which', () => {
  it('somebody cancels is interrupted, and what it was to replace is as it was', async () => {
    const one = await withDatabase({ teams: { sql: slow(1e15), inDatabase: true } });
    await makeDatabase(
      one.at('w.duckdb'),
      `CREATE TABLE league.teams AS SELECT DATE '${FIRST}' AS game_date, 'old' AS game_id, 'T1' AS team, 1 AS points, now()::TIMESTAMP AS processed_at`,
    );
    const run = await one.begin('teams', '--no-canary');
    await run.until('it has begun', its => its.of('chunk-started').length > 0);
    await one.phasegate('runs', 'cancel');
    expect(run.step('teams').message).toBe(`cancelled at ${FIRST}: 0 of 3 dates done`);
    expect(run.words('teams', FIRST)).toBe('was cancelled while it ran and left the rows as they were');
    expect(await keysIn(one, 'teams')).toEqual(['old T1']);
  });

  it.each([
    ['a table', { inDatabase: true }],
    ['files', { inDatabase: false }],
  ])('its runner is killed is repeated, and nothing is there twice: %s', async (_where, where) => {
    const one = await withDatabase({ teams: { sql: slow(1e8), job: 'chunk: 2', ...where } });
    const run = await one.begin('teams', '--no-canary');
    await run.until('it has begun', its => its.of('chunk-started').length > 0);
    await run.kill(run.runner);
    expect((await one.resume(run)).code).toBe(0);
    expect(run.counts('teams')).toBe('done 3');
    if (where.inDatabase) {
      const keys = await keysIn(one, 'teams');
      expect([keys.length, new Set(keys).size]).toEqual([48, 48]);
    } else for (const date of [FIRST, SECOND, THIRD]) expect(one.rows('teams', date)).toEqual(one.rightRows(date));
    expect(run.begun('teams')[THIRD]).toBe(1);
  });
});
