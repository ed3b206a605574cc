// However many checks a table has, each row is read once: counted in the engine's own profile of the statement.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, it } from 'vitest';
import { CHECK_TYPES } from '../../src/checks/registry';
import { readManifest } from '../../src/pipeline/manifest';
import type { Table } from '../../src/pipeline/pipeline';
import { requestFor } from '../../src/facts/request';
import { YEAR, makeDatabase, open } from './workspace';

const folder = mkdtempSync(path.join(tmpdir(), 'phasegate-scan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Operator {
  readonly operator_type?: string;
  readonly operator_name?: string;
  readonly operator_rows_scanned?: number;
  readonly children?: readonly Operator[];
}

/** The operators of a profile that read rows from somewhere. */
function scans({ children = [], ...own }: Operator): readonly Operator[] {
  return [
    ...(/SCAN|READ_CSV|READ_PARQUET/.test(own.operator_type ?? own.operator_name ?? '') ? [own] : []),
    ...children.flatMap(scans),
  ];
}

function tableOf(location: string): Table {
  const text = `
version: 1
name: scans
targets: { local: { type: duckdb, path: w.duckdb } }
calendars: { days: { days: daily, start: 2024-01-01 } }
defaults: { date: d, calendar: days, written: w }
phases:
  - id: 1
    tables:
      - name: t
${location}
        columns: { a: integer, b: integer, c: integer }
        key: [a, b]
        checks:
          - unique: [d, b]
          - not_null: { columns: [a, b, c], min: 90%, per: date }
          - not_null: { column: c, where: a > 1, min: 90%, per: season }
          - range: { column: c, min: 0, max: 10 }
          - expression: { name: sane, holds: a <= b }
          - row_count: { min: 1, per: date }
          - constant: { column: c }
          - not_default: { column: c, values: [0, none] }
          - pattern: { column: c, matches: '[0-9]+' }
          - date_gaps: { max: 3 }
          - freshness: { maxAge: 30h }
          - writes_per_date: { max: 2 }
          - reference: { table: t, this: sum(a), that: sum(a) }
          - regression: { filled: c }
          - join_rate: { table: t, on: [a] }
          - sql: { name: x, query: 'select d, 1 from t' }
`;
  const reading = readManifest(text, {
    folder,
    file: 'phasegate.yaml',
    env: {},
  });
  const found = reading.ok ? reading.pipeline.tables.get('t') : undefined;
  if (found === undefined) throw new Error(JSON.stringify(reading));
  return found;
}

describe.each([
  ['a table of a database file', ''],
  ['CSV files, one a date', '        files: "t/{date}.csv"'],
])('%s', (_what, location) => {
  it('with every type of check is measured by one statement with one scan', async () => {
    const database = path.join(folder, 'w.duckdb');
    rmSync(database, { force: true });
    await makeDatabase(
      database,
      "CREATE TABLE t AS SELECT DATE '2024-01-01' + i::INT AS d, i AS a, i + 1 AS b, i % 9 AS c, TIMESTAMP '2024-06-01' AS w FROM range(300) r(i)",
    );
    mkdirSync(path.join(folder, 't'), { recursive: true });
    for (const day of ['01', '02', '03'])
      writeFileSync(
        path.join(folder, 't', `2024-01-${day}.csv`),
        `d,a,b,c,w\n2024-01-${day},1,2,3,2024-06-01 00:00:00\n`,
      );
    const source = tableOf(location);
    const types = new Set(source.checks.map(check => check.type));
    expect([...CHECK_TYPES.keys()].filter(type => !types.has(type) && type !== 'rows')).toEqual([]);

    const warehouse = await open(folder, database);
    await warehouse.describe([source]);
    const { figures } = requestFor(source, YEAR);
    const sql = warehouse.explain({ source, range: YEAR, figures, strays: true });
    await warehouse.close();

    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`ATTACH '${database}' AS w (READ_ONLY)`);
    const numbers = Object.fromEntries([...new Set(sql.match(/\$p\d+/g) ?? [])].map(name => [name.slice(1), '0']));
    const profile = await connection.runAndReadAll(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`, numbers);
    const [row = []] = profile.getRows();
    const root = JSON.parse(String(row[1])) as Operator;
    expect(scans(root)).toHaveLength(1);
    connection.closeSync();
    instance.closeSync();
  });
});
