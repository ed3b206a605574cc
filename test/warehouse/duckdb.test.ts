// Measuring on real DuckDB: tables, views and files, dates of every kind, keys as typed tuples, and data as bad as they come.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DaySet } from '../../src/model/day-set';
import { figure, row } from '../../src/model/figures';
import type { TableSource } from '../../src/pipeline/pipeline';
import type { Warehouse } from '../../src/warehouse/warehouse';
import { ask, datedCsv, day, listedCsv, makeDatabase, open, table, useFolder, write } from './workspace';

const folder = useFolder();
let warehouse: Warehouse | undefined;
afterEach(async () => {
  await warehouse?.close();
  warehouse = undefined;
});

async function opened(path?: string): Promise<Warehouse> {
  warehouse = await open(folder(), path);
  return warehouse;
}

async function database(...statements: readonly string[]): Promise<Warehouse> {
  await makeDatabase(join(folder(), 'w.duckdb'), ...statements);
  return opened('w.duckdb');
}

const distinct = figure.distinct(['a', 'b']);

describe('a table of a database file', () => {
  it('is measured by date', async () => {
    const w = await database(
      "CREATE TABLE t AS SELECT DATE '2024-01-01' + i::INT % 2 AS d, i AS a, CASE WHEN i < 3 THEN NULL ELSE i END AS b FROM range(10) r(i)",
    );
    const asked = await ask(w, table('t'), [
      figure.count(row.isNull('b')),
      figure.min('a', 'number'),
      figure.max('a', 'number'),
      figure.sum('a'),
    ]);
    expect(asked.lines).toEqual(['2024-01-01: 5, 2, 0, 8, 20', '2024-01-02: 5, 1, 1, 9, 25']);
  });

  it('and a view are found by schema and name, in any case, whatever the name', async () => {
    const w = await database(
      'CREATE SCHEMA nba',
      'CREATE TABLE nba."my""table" AS SELECT DATE \'2024-01-01\' AS d, 1 AS "select"',
      'CREATE VIEW nba.v AS SELECT * FROM nba."my""table"',
    );
    expect((await ask(w, table('NBA.my"table'), [figure.count(row.filled('select'))])).lines).toEqual([
      '2024-01-01: 1, 1',
    ]);
    expect((await ask(w, table('nba.v'), [figure.count(row.sql('"select" = 1'))])).lines).toEqual(['2024-01-01: 1, 1']);
  });

  it('and others beside it take one look-up', async () => {
    const many = Array.from({ length: 20 }, (_, i) => `t${i}`);
    const w = await database(...many.map(name => `CREATE TABLE ${name} (d DATE, "a b" DECIMAL(10, 2))`));
    const few = await w.describe([table('t1'), table('T2')]);
    expect(w.lookups).toBe(1);
    const all = await w.describe(many.map(name => table(name)));
    expect(w.lookups).toBe(2);
    expect(all.get('t1')).toEqual(few.get('t1'));
    expect(few.get('T2')).toMatchObject({
      kind: 'table',
      columns: [
        { name: 'd', type: 'DATE' },
        { name: 'a b', type: 'DECIMAL(10,2)' },
      ],
    });
  });

  it('that the catalogue does not have is absent, and takes one look-up more', async () => {
    const w = await database('CREATE TABLE t (d DATE)');
    const found = await w.describe([table('t'), table('gone'), table('nba.gone')]);
    expect([...found.values()].map(each => each.state)).toEqual(['present', 'absent', 'absent']);
    expect(w.lookups).toBe(2);
    await w.describe([table('gone')]);
    expect(w.lookups).toBe(2);
  });

  it('has keys that are typed tuples', async () => {
    const w = await database(
      `CREATE TABLE t AS SELECT DATE '2024-01-01' AS d, a, b FROM (VALUES ('a|', 'b'), ('a', '|b'), (NULL, 'b'), (NULL, 'b'), ('b', NULL), (NULL, NULL)) v(a, b)`,
    );
    expect(
      (await ask(w, table('t'), [distinct, figure.distinct(['a']), figure.count(row.anyNull(['a', 'b']))])).lines,
    ).toEqual(['2024-01-01: 6, 5, 4, 4']);
  });

  it('has a most frequent value, defaults and values that look otherwise than they should', async () => {
    const w = await database(
      `CREATE TABLE t AS SELECT DATE '2024-01-01' AS d, x, id FROM (VALUES (4.27, '0022400001'), (4.27, '22400002'), (0, NULL), (NULL, '0022400003x')) v(x, id)
       UNION ALL SELECT DATE '2024-01-02', NULL, NULL`,
    );
    const asked = [
      figure.mostFrequent('x'),
      figure.mostFrequent('x', row.sql('x > 5')),
      figure.count(row.oneOf('x', [0, 4.27])),
      figure.count(row.oneOf('id', ['22400002', 7])),
      figure.count(row.mismatch('id', '00[0-9]{8}')),
    ];
    expect((await ask(w, table('t'), asked)).lines).toEqual([
      '2024-01-01: 4, 2, , 3, 1, 2',
      '2024-01-02: 1, , , 0, 0, 0',
    ]);
  });

  it('has numbers that stand for values, and every version of the engine has the same', async () => {
    const w = await database(
      `CREATE TABLE t AS SELECT DATE '2024-01-01' AS d, x FROM (VALUES ('a'), ('a'), (NULL)) v(x) UNION ALL SELECT DATE '2024-01-02', 'b' UNION ALL SELECT DATE '2024-01-02', 'a'`,
    );
    const asked = await ask(w, table('t'), [figure.leastHash('x'), figure.greatestHash('x'), figure.fingerprint([])]);
    // Facts of other versions are compared with these: where they change, FIGURES_VERSION has to.
    expect(asked.lines).toMatchInlineSnapshot(`
      [
        "2024-01-01: 3, 6133705571878425, 6133705571878425, 4593208003",
        "2024-01-02: 2, 5205124707939531, 6133705571878425, 4397243342",
      ]
    `);
  });

  it('tells rows on no date that can be meant', async () => {
    const w = await database(
      "CREATE TABLE t AS SELECT * FROM (VALUES (DATE '2024-01-01'), (NULL), (NULL), (DATE '9999-12-31'), (DATE '2030-01-01'), ('infinity'::DATE)) v(d)",
    );
    const { rows, lines } = await ask(w, table('t'), []);
    expect(lines).toEqual(['2024-01-01: 1']);
    expect(rows.strays.withoutDate).toBe(2);
    expect(rows.strays.outsideSense.map(({ rows: count }) => count)).toEqual([1, 1]);
  });

  it('takes only the dates asked for', async () => {
    const w = await database("CREATE TABLE t AS SELECT DATE '2024-01-01' + i::INT AS d FROM range(10) r(i)");
    const only = DaySet.of([day('2024-01-02'), day('2024-01-05')]);
    expect((await ask(w, table('t'), [], { only })).lines).toEqual(['2024-01-02: 1', '2024-01-05: 1']);
  });

  it('without dates is one entry for the whole table, and none where it is empty', async () => {
    const w = await database('CREATE TABLE t AS SELECT 1 AS a UNION ALL SELECT 2', 'CREATE TABLE e (a INT)');
    const undated: Partial<TableSource> = { dated: false, date: undefined };
    expect((await ask(w, table('t', undated), [figure.sum('a')])).rows).toMatchObject({
      days: [0],
      rows: [2],
      values: [[3]],
    });
    expect((await ask(w, table('e', undated), [])).rows.days).toEqual([]);
  });
});

describe('dates', () => {
  const zone = 'America/New_York';
  // 2024-03-10 and 2024-11-03 are the days on which New York's clocks change
  it.each<[string, string, string | undefined, string]>([
    ['a timestamp with a declared zone is UTC', "TIMESTAMP '2024-03-10 04:59:59'", zone, '2024-03-09'],
    ['before the clocks go forward', "TIMESTAMP '2024-03-10 05:00:00'", zone, '2024-03-10'],
    ['after they went forward', "TIMESTAMP '2024-03-11 03:59:59'", zone, '2024-03-10'],
    ['after they went back', "TIMESTAMP '2024-11-04 04:59:59'", zone, '2024-11-03'],
    ['a timestamp without a zone is its own date', "TIMESTAMP '2024-03-10 23:59:59'", undefined, '2024-03-10'],
    [
      'an instant without a declared zone is a day in UTC',
      "TIMESTAMPTZ '2024-03-10 01:00:00+02'",
      undefined,
      '2024-03-09',
    ],
    ['an instant with one is a day there', "TIMESTAMPTZ '2024-03-10 03:00:00+00'", zone, '2024-03-09'],
    ['text', "'2024-03-10'", undefined, '2024-03-10'],
    ['text with a time', "'2024-03-10 12:00:00'", undefined, '2024-03-10'],
  ])('%s', async (_what, sql, timezone, expected) => {
    const w = await database(`CREATE TABLE t AS SELECT ${sql} AS d`);
    expect((await ask(w, table('t', { date: { column: 'd', timezone } }), [])).lines).toEqual([`${expected}: 1`]);
  });

  it('text that reads as no date is without date', async () => {
    const w = await database("CREATE TABLE t AS SELECT '2023-02-29' AS d UNION ALL SELECT 'soon'");
    expect((await ask(w, table('t'), [])).rows).toMatchObject({ days: [], strays: { withoutDate: 2 } });
  });

  it('write times are epoch milliseconds, in their declared zone where they carry none', async () => {
    const written = { column: 'w', timezone: 'America/New_York' };
    const newest = figure.max('w', 'instant');
    const w = await database("CREATE TABLE t AS SELECT DATE '2024-01-01' AS d, TIMESTAMP '2024-01-02 00:00:00.5' AS w");
    expect((await ask(w, table('t', { written }), [newest])).rows.values).toEqual([
      [Date.UTC(2024, 0, 2, 5, 0, 0, 500)],
    ]);
    write(folder(), { 'c/2024-01-01.csv': 'w\n2024-01-02T00:00:00\n2024-01-02T04:00:00Z\n' });
    expect((await ask(w, datedCsv('c', 'c/{date}.csv', { written }), [newest])).rows.values).toEqual([
      [Date.UTC(2024, 0, 2, 5)],
    ]);
  });
});

describe('CSV files, one a date', () => {
  it('are dated by their names and read as text that each figure casts for itself', async () => {
    write(folder(), {
      'x/2024-01-01.csv': 'a,b\n1,x\n9,\n10,"y, z"\n',
      'x/2024-01-02.csv': 'a,b\nnone,x\n',
      'x/2023-02-29.csv': 'a,b\n1,1\n',
      'x/readme.txt': 'no data',
    });
    const asked = await ask(await opened(), datedCsv('x', 'x/{date}.csv'), [
      figure.max('a', 'number'),
      figure.count(row.unreadable('a', 'number')),
      figure.count(row.outside('a', 2, 9)),
      figure.count(row.isNull('b')),
    ]);
    expect(asked.lines).toEqual(['2024-01-01: 3, 10, 0, 2, 1', '2024-01-02: 1, , 1, 0, 0']);
  });

  it.each([
    ['{date:YYYYMMDD}', 'h/{date:YYYYMMDD}.csv', 'h/20240101.csv'],
    ['hive folders with a glob', 'h/dt={date}/*.csv', 'h/dt=2024-01-01/part-0.csv'],
    ['gzip is not needed, but CRLF and a byte order mark happen', 'h/{date}.csv', 'h/2024-01-01.csv'],
  ])('%s', async (_what, pattern, file) => {
    write(folder(), { [file]: '\ufeffa,b\r\n1,2\r\n3,4\r\n' });
    expect((await ask(await opened(), datedCsv('h', pattern), [figure.sum('a')])).lines).toEqual(['2024-01-01: 2, 4']);
  });

  it('several files of a date are one date, and their keys are told apart together', async () => {
    write(folder(), { 'h/dt=2024-01-01/a.csv': 'a,b\n1,2\n', 'h/dt=2024-01-01/b.csv': 'a,b\n1,2\n3,4\n' });
    expect((await ask(await opened(), datedCsv('h', 'h/dt={date}/*.csv'), [distinct])).lines).toEqual([
      '2024-01-01: 3, 2',
    ]);
  });

  it('are joined by column name: a column added half way is NULL before', async () => {
    write(folder(), { 'x/2024-01-01.csv': 'a\n1\n', 'x/2024-01-02.csv': 'b,a\nx,2\n' });
    const w = await opened();
    const figures = [figure.sum('a'), figure.count(row.isNull('b'))];
    expect((await ask(w, datedCsv('x', 'x/{date}.csv'), figures)).lines).toEqual([
      '2024-01-01: 1, 1, 1',
      '2024-01-02: 1, 2, 0',
    ]);
    const only = DaySet.of([day('2024-01-01')]);
    expect((await ask(w, datedCsv('x', 'x/{date}.csv'), figures, { only })).lines).toEqual(['2024-01-01: 1, 1, 1']);
  });

  it('a header only, or nothing at all, is no rows', async () => {
    write(folder(), { 'x/2024-01-01.csv': 'a\n1\n', 'x/2024-01-02.csv': 'a\n', 'x/2024-01-03.csv': '' });
    expect((await ask(await opened(), datedCsv('x', 'x/{date}.csv'), [])).lines).toEqual(['2024-01-01: 1']);
  });

  it.each([
    ['too few cells', 'a,b\n1,2\n3\n'],
    ['too many cells', 'a,b\n1,2\n3,4,5\n'],
    ['a quote that never closes', 'a,b\n1,2\n"3,4\n'],
  ])('a line with %s makes its date unread, and no other', async (_what, text) => {
    write(folder(), { 'x/2024-01-01.csv': 'a,b\n1,2\n', 'x/2024-01-02.csv': text });
    const w = await opened();
    for (let times = 0; times < 2; times++) {
      const { rows } = await ask(w, datedCsv('x', 'x/{date}.csv'), []);
      expect([...rows.unread.keys()]).toEqual([day('2024-01-02')]);
      expect([...rows.unread.values()].join()).toContain('2024-01-02.csv line 3 could not be read');
    }
  });

  it('rows whose own date is not the date of their file are told', async () => {
    write(folder(), { 'x/2024-01-01.csv': 'd\n2024-01-01\n2024-01-02\n' });
    const source = datedCsv('x', 'x/{date}.csv', { date: { column: 'd', timezone: undefined } });
    const { rows, lines } = await ask(await opened(), source, []);
    expect(lines).toEqual(['2024-01-01: 2']);
    expect(rows.strays.misfiled).toEqual([{ day: day('2024-01-01'), rows: 1 }]);
  });

  it('declared types hold in expressions, while what does not cast is still counted', async () => {
    write(folder(), { 'x/2024-01-01.csv': 'a\n9\n10\nten\n\n' });
    const source = datedCsv('x', 'x/{date}.csv', { columns: new Map([['a', 'integer']]) });
    const asked = await ask(await opened(), source, [
      figure.count(row.sql('a > 9')),
      figure.count(row.unreadable('a', 'number')),
      figure.count(row.filled('a')),
    ]);
    expect(asked.lines).toEqual(['2024-01-01: 4, 1, 1, 3']);
  });

  it('a folder that is not there is absent', async () => {
    expect((await (await opened()).describe([datedCsv('x', 'gone/{date}.csv')])).get('x')).toMatchObject({
      state: 'absent',
    });
  });
});

describe('a list of files', () => {
  it('is dated by its column', async () => {
    write(folder(), { 'a.csv': 'd,v\n2024-01-01,1\n,2\n', 'b.csv': 'd,v\n2024-01-01,3\n2024-01-02,4\n' });
    const { lines, rows } = await ask(await opened(), listedCsv('l', ['a.csv', 'b.csv']), [figure.sum('v')]);
    expect(lines).toEqual(['2024-01-01: 2, 4', '2024-01-02: 1, 4']);
    expect(rows.strays.withoutDate).toBe(1);
  });

  it('with a file that is not there cannot be read: never silently fewer rows', async () => {
    write(folder(), { 'a.csv': 'd\n2024-01-01\n' });
    expect((await (await opened()).describe([listedCsv('l', ['a.csv', 'b.csv'])])).get('l')).toMatchObject({
      state: 'unreadable',
    });
  });

  it('with a bad line cannot be measured, and says where', async () => {
    write(folder(), { 'a.csv': 'd,v\n2024-01-01,1\n2024-01-02\n' });
    const w = await opened();
    const source = listedCsv('l', ['a.csv']);
    await w.describe([source]);
    const answer = await w.measure({
      source,
      range: { from: day('2024-01-01'), to: day('2024-01-02') },
      figures: [],
      strays: true,
    });
    expect(answer).toMatchObject({ ok: false, failure: { reason: 'unavailable' } });
    expect(JSON.stringify(answer)).toContain('a.csv line 3');
  });
});

describe('Parquet files, one a date', () => {
  const source = table('p', {
    location: {
      kind: 'file-per-date',
      pattern: 'p/{date}.parquet',
      dateFormat: 'YYYY-MM-DD',
      format: { type: 'parquet' },
    },
    date: undefined,
  });
  const copy = (date: string, select: string): string =>
    `COPY (${select}) TO '${join(folder(), 'p', `${date}.parquet`)}' (FORMAT parquet)`;

  it('are measured with their own types, joined by name', async () => {
    write(folder(), { 'p/keep': '' });
    await makeDatabase(
      join(folder(), 'x.duckdb'),
      copy('2024-01-01', 'SELECT 1 AS a'),
      copy('2024-01-02', 'SELECT 2 AS a, 5 AS b'),
    );
    const asked = await ask(await opened(), source, [figure.sum('a'), figure.count(row.isNull('b'))]);
    expect(asked.lines).toEqual(['2024-01-01: 1, 1, 1', '2024-01-02: 1, 2, 0']);
  });

  it('a broken one spoils its own date and no other', async () => {
    write(folder(), { 'p/2024-01-02.parquet': 'not parquet at all' });
    await makeDatabase(join(folder(), 'x.duckdb'), copy('2024-01-01', 'SELECT 1 AS a'));
    const asked = await ask(await opened(), source, [figure.sum('a')]);
    expect(asked.lines).toEqual(['2024-01-01: 1, 1']);
    expect(asked.description).toMatchObject({ state: 'present' });
    if (asked.description.state === 'present')
      expect([...asked.description.unread.keys()]).toEqual([day('2024-01-02')]);
  });
});

describe('a database file that is not what it should be', () => {
  it('that is not there', async () => {
    expect((await (await opened('gone.duckdb')).describe([table('t')])).get('t')).toMatchObject({
      state: 'unreadable',
    });
  });

  it('that is no database', async () => {
    writeFileSync(join(folder(), 'w.duckdb'), 'garbage '.repeat(1000));
    const found = (await (await opened('w.duckdb')).describe([table('t')])).get('t');
    expect(found?.state).toBe('unreadable');
    expect(JSON.stringify(found)).toContain('not a valid DuckDB database file');
  });
});

describe('a statement', () => {
  it('that the engine refuses is a failure with its message', async () => {
    const w = await database("CREATE TABLE t AS SELECT DATE '2024-01-01' AS d, 'x' AS a");
    const source = table('t');
    await w.describe([source]);
    const answer = await w.measure({
      source,
      range: { from: day('2024-01-01'), to: day('2024-01-02') },
      figures: [figure.count(row.sql('a > 1'))],
      strays: true,
    });
    expect(answer).toMatchObject({ ok: false, failure: { reason: 'statement' } });
  });

  it('is stopped by its signal', async () => {
    const w = await database("CREATE TABLE t AS SELECT DATE '2024-01-01' AS d, i FROM range(20000000) r(i)");
    const source = table('t');
    await w.describe([source]);
    const controller = new AbortController();
    const running = w.measure(
      {
        source,
        range: { from: day('2024-01-01'), to: day('2024-01-02') },
        figures: [figure.distinct(['i']), figure.count(row.sql('md5(i::VARCHAR) > md5((i + 1)::VARCHAR)'))],
        strays: false,
      },
      controller.signal,
    );
    controller.abort();
    expect(await running).toMatchObject({ ok: false, failure: { reason: 'cancelled' } });
  });

  it('has its comments end where they end', async () => {
    const w = await database("CREATE TABLE t AS SELECT DATE '2024-01-01' AS d, 2 AS a");
    expect((await ask(w, table('t'), [figure.count(row.sql('a > 1 -- more than one'))])).lines).toEqual([
      '2024-01-01: 1, 1',
    ]);
  });
});
