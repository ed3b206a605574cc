// An `sql` job's writing on real DuckDB: exactly the dates asked for, each whole or not at all.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { formatDay } from '../../src/model/day';
import type { TableSource } from '../../src/pipeline/pipeline';
import type { Warehouse, WarehouseAnswer, WrittenPartitions } from '../../src/warehouse/warehouse';
import { ask, datedCsv, day, makeDatabase, open, table, useFolder, write } from './workspace';

const folder = useFolder();
let warehouse: Warehouse | undefined;
afterEach(async () => {
  await warehouse?.close();
  warehouse = undefined;
});

const dated = { column: 'd', timezone: undefined };
const raw = datedCsv('league.raw', 'raw/{date}.csv', { date: dated, columns: new Map([['points', 'integer']]) });
const parquet: TableSource = {
  ...datedCsv('league.sums', 'sums/{date}.parquet'),
  date: dated,
  location: {
    kind: 'file-per-date',
    pattern: 'sums/{date}.parquet',
    dateFormat: 'YYYY-MM-DD',
    format: { type: 'parquet' },
  },
};
const stored: TableSource = { ...table('league.stored'), date: dated };

/** Two dates of raw rows, and a third without any. */
function rawRows(): void {
  write(folder(), {
    'raw/2024-01-01.csv': 'd,team,points\n2024-01-01,AAA,10\n2024-01-01,BBB,20\n',
    'raw/2024-01-02.csv': 'd,team,points\n2024-01-02,AAA,30\n',
  });
}

const SUM =
  "SELECT d, sum(points) AS points, 'now' AS written FROM league.raw WHERE d IN (SELECT unnest($dates)) GROUP BY d";

async function replace(
  target: TableSource,
  statement: string,
  dates: readonly string[],
  database?: string,
): Promise<WarehouseAnswer<WrittenPartitions>> {
  warehouse = await open(folder(), database, 5000);
  const sources = [raw, target];
  const found = await warehouse.describe(sources);
  const tables = sources.flatMap(source => {
    const description = found.get(source.name);
    return description === undefined ? [] : [{ source, description }];
  });
  return warehouse.replacePartitions({ target, statement, dates: dates.map(day), tables });
}

function lines(answer: WarehouseAnswer<WrittenPartitions>): string {
  if (!answer.ok) return answer.failure.message;
  const { written, empty, others, undated } = answer.value;
  return [
    `written ${written.map(each => `${formatDay(each.day)}: ${each.rows}`).join(', ')}`,
    `empty ${empty.map(formatDay).join(', ')}`,
    ...(others.isEmpty ? [] : [`others ${others.toIso().join(' ')}`]),
    ...(undated === 0 ? [] : [`undated ${undated}`]),
  ].join('; ');
}

describe('files', () => {
  it('of the dates with rows are replaced, the others stay as they are, and nothing is left beside them', async () => {
    rawRows();
    write(folder(), { 'sums/2024-01-03.parquet': 'not even parquet' });
    const before = statSync(join(folder(), 'sums/2024-01-03.parquet'), { bigint: true }).mtimeNs;
    expect(lines(await replace({ ...parquet }, SUM, ['2024-01-01', '2024-01-02']))).toBe(
      'written 2024-01-01: 1, 2024-01-02: 1; empty ',
    );
    expect(readdirSync(join(folder(), 'sums')).sort()).toEqual([
      '2024-01-01.parquet',
      '2024-01-02.parquet',
      '2024-01-03.parquet',
    ]);
    expect(statSync(join(folder(), 'sums/2024-01-03.parquet'), { bigint: true }).mtimeNs).toBe(before);
  });

  it('of a date without rows is told, and left alone', async () => {
    rawRows();
    expect(lines(await replace(parquet, SUM, ['2024-01-02', '2024-01-05']))).toBe(
      'written 2024-01-02: 1; empty 2024-01-05',
    );
    expect(existsSync(join(folder(), 'sums/2024-01-05.parquet'))).toBe(false);
  });

  it('are not touched at all where the statement gives rows of dates that were not asked for, or of none', async () => {
    rawRows();
    const all = SUM.replace('WHERE d IN (SELECT unnest($dates))', 'WHERE length($dates) > 0');
    expect(lines(await replace(parquet, all, ['2024-01-01']))).toBe(
      'written ; empty 2024-01-01; others 2024-01-02,2024-01-02',
    );
    expect(existsSync(join(folder(), 'sums'))).toBe(false);
    const none = `SELECT NULL::DATE AS d, 1 AS points WHERE length($dates) > 0`;
    expect(lines(await replace(parquet, none, ['2024-01-01']))).toBe('written ; empty 2024-01-01; undated 1');
  });

  it('may be CSV', async () => {
    rawRows();
    const csv = { ...datedCsv('league.csv', 'out/{date:YYYYMMDD}.csv'), date: dated };
    expect(lines(await replace(csv, SUM, ['2024-01-01']))).toBe('written 2024-01-01: 1; empty ');
    expect(readFileSync(join(folder(), 'out/20240101.csv'), 'utf8')).toBe('d,points,written\n2024-01-01,30,now\n');
  });

  it.each([
    ['a statement that fails', SUM.replace('sum(points)', 'nonsense(points)'), /nonsense/],
    ['a statement without the date', SUM.replace('SELECT d,', 'SELECT'), /no column d/],
  ])('stay as they are after %s', async (_what, statement, message) => {
    rawRows();
    expect(lines(await replace(parquet, statement, ['2024-01-01']))).toMatch(message);
    expect(existsSync(join(folder(), 'sums'))).toBe(false);
  });

  it('are not written from rows that could only be read in part', async () => {
    rawRows();
    write(folder(), { 'raw/2024-01-03.csv': 'd,team,points\n2024-01-03,"AAA,1\n2024-01-03,BBB,2,3,4\n' });
    expect(lines(await replace(parquet, SUM, ['2024-01-01']))).toMatch(/2024-01-03\.csv line \d could not be read/);
    expect(existsSync(join(folder(), 'sums'))).toBe(false);
  });

  it.each([
    [
      'a list of files',
      { kind: 'files', patterns: ['a.csv'], format: { type: 'csv', delimiter: ',' } } as const,
      /list of files/,
    ],
    [
      'a pattern that names no one file',
      {
        kind: 'file-per-date',
        pattern: 'dt={date}/*.parquet',
        dateFormat: 'YYYY-MM-DD',
        format: { type: 'parquet' },
      } as const,
      /does not say which one file/,
    ],
  ])('that are %s cannot be replaced, which is said', async (_what, location, message) => {
    rawRows();
    write(folder(), { 'a.csv': 'd,team\n' });
    expect(lines(await replace({ ...parquet, location }, SUM, ['2024-01-01']))).toMatch(message);
  });
});

describe('a table of a database file', () => {
  it('is made where it is not there, and its dates are replaced in one transaction', async () => {
    rawRows();
    const file = join(folder(), 'w.duckdb');
    await makeDatabase(file, 'CREATE TABLE other AS SELECT 1 AS x');
    expect(lines(await replace(stored, SUM, ['2024-01-01', '2024-01-02'], 'w.duckdb'))).toBe(
      'written 2024-01-01: 1, 2024-01-02: 1; empty ',
    );
    const more = SUM.replace("'now'", "'later'");
    expect(lines(await replace(stored, more, ['2024-01-02', '2024-01-03'], 'w.duckdb'))).toBe(
      'written 2024-01-02: 1; empty 2024-01-03',
    );
    await warehouse?.close();
    warehouse = await open(folder(), 'w.duckdb');
    const asked = await ask(warehouse, stored, []);
    expect(asked.lines).toEqual(['2024-01-01: 1', '2024-01-02: 1']);
  });

  it('may be what its own statement reads', async () => {
    await makeDatabase(
      join(folder(), 'w.duckdb'),
      'CREATE SCHEMA league',
      "CREATE TABLE league.stored AS SELECT DATE '2024-01-01' AS d, 1 AS points, 'now' AS written",
    );
    rawRows();
    const own = 'SELECT d, points + 1 AS points, written FROM league.stored WHERE d IN (SELECT unnest($dates))';
    expect(lines(await replace(stored, own, ['2024-01-01'], 'w.duckdb'))).toBe('written 2024-01-01: 1; empty ');
  });

  it('keeps its rows where the new ones do not fit', async () => {
    await makeDatabase(
      join(folder(), 'w.duckdb'),
      'CREATE SCHEMA league',
      "CREATE TABLE league.stored AS SELECT DATE '2024-01-01' AS d, 1 AS points, 'now' AS written",
    );
    rawRows();
    const odd = SUM.replace("'now' AS written", "'now' AS another");
    expect(lines(await replace(stored, odd, ['2024-01-01'], 'w.duckdb'))).toMatch(/another/);
    await warehouse?.close();
    warehouse = await open(folder(), 'w.duckdb');
    expect((await ask(warehouse, stored, [])).lines).toEqual(['2024-01-01: 1']);
  });
});
