// Real DuckDB files and folders of CSV files for the tests of the warehouse, made in a temporary folder.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach } from 'vitest';
import type { Day } from '../../src/model/day';
import { formatDay, parseDay } from '../../src/model/day';
import type { DaySet } from '../../src/model/day-set';
import type { Figure } from '../../src/model/figures';
import type { TableSource } from '../../src/pipeline/pipeline';
import { openWarehouse } from '../../src/warehouse/open';
import type { MeasuredRows, TableDescription, Warehouse } from '../../src/warehouse/warehouse';

export function day(text: string): Day {
  const parsed = parseDay(text);
  if (parsed === undefined) throw new Error(`${text} is no day`);
  return parsed;
}

/** A temporary folder for each test, gone after it. */
export function useFolder(): () => string {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'phasegate-warehouse-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

/** Writes files below a folder. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Makes a database file by SQL, and lets go of it. */
export async function makeDatabase(path: string, ...statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

/** Opens a target over a folder, with a database file of it or without. */
export async function open(folder: string, database?: string, lockWaitMs = 200): Promise<Warehouse> {
  const opened = await openWarehouse(
    {
      name: 'local',
      type: 'duckdb',
      protected: false,
      path: database,
      memoryLimit: undefined,
      threads: 2,
      source: { file: 'phasegate.yaml', line: 1 },
    },
    { folder, lockWaitMs },
  );
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

/** A table of the target, dated by `d` unless said. */
export function table(name: string, more: Partial<TableSource> = {}): TableSource {
  return {
    name,
    location: { kind: 'target' },
    date: { column: 'd', timezone: undefined },
    dated: true,
    columns: new Map(),
    written: undefined,
    ...more,
  };
}

/** A table of dated CSV files. */
export function datedCsv(name: string, pattern: string, more: Partial<TableSource> = {}): TableSource {
  return table(name, {
    location: { kind: 'file-per-date', pattern, dateFormat: 'YYYY-MM-DD', format: { type: 'csv', delimiter: ',' } },
    date: undefined,
    ...more,
  });
}

/** A table of listed CSV files with a date column. */
export function listedCsv(name: string, patterns: readonly string[], more: Partial<TableSource> = {}): TableSource {
  return table(name, { location: { kind: 'files', patterns, format: { type: 'csv', delimiter: ',' } }, ...more });
}

export const YEAR = { from: day('2024-01-01'), to: day('2024-12-31') };

export interface Asked {
  readonly description: TableDescription;
  readonly rows: MeasuredRows;
  /** Values by date, as `2024-01-01: 5, 3`. */
  readonly lines: readonly string[];
}

/** Describes and measures one table, and fails where that fails. */
export async function ask(
  warehouse: Warehouse,
  source: TableSource,
  figures: readonly Figure[],
  options: { range?: { from: Day; to: Day }; only?: DaySet } = {},
): Promise<Asked> {
  const description = (await warehouse.describe([source])).get(source.name);
  if (description?.state !== 'present') throw new Error(`${source.name}: ${JSON.stringify(description)}`);
  const answer = await warehouse.measure({
    source,
    range: options.range ?? YEAR,
    ...(options.only === undefined ? {} : { only: options.only }),
    figures,
    strays: options.only === undefined,
  });
  if (!answer.ok) throw new Error(answer.failure.message);
  const { days, rows, values } = answer.value;
  return {
    description,
    rows: answer.value,
    lines: days.map((at, i) => `${formatDay(at)}: ${[rows[i], ...values.map(column => column[i])].join(', ')}`),
  };
}
