// An `sql` job's work on DuckDB: exactly the partitions asked for are replaced, each whole or not at all.
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { errorWords } from '../../model/error-words';
import { type Day, formatDay } from '../../model/day';
import { DaySet } from '../../model/day-set';
import type { FileFormat, TableSource } from '../../pipeline/pipeline';
import { partitionPath } from '../files/partition-path';
import type { PartitionWrite, WarehouseAnswer, WarehouseFailure, WrittenPartitions } from '../warehouse';
import { type Lease, acquire } from './database-files';
import { duckdbDialect, literal } from './dialect';
import { numberOf } from './duckdb-values';
import { type Columns, query, unavailable } from './engine';
import { qualifiedName, schemaAndTable } from './relations';

const RESULT = 'phasegate_result';

export interface WriteOptions {
  readonly instance: DuckDBInstance;
  /** Where relative paths of tables start. */
  readonly folder: string;
  /** The database file of the target; absent where it has none. */
  readonly database: string | undefined;
  readonly lockWaitMs: number;
  readonly onWaiting: ((message: string) => void) | undefined;
  readonly signal: AbortSignal | undefined;
  /** Gives up what is read of the database file, so that it can be written. */
  readonly release: () => Promise<void>;
}

type Failed = { readonly ok: false; readonly failure: WarehouseFailure };

function refused(message: string): Failed {
  return { ok: false, failure: { reason: 'statement', message } };
}

/**
 * Computes the rows of the dates and puts them in the place of those that are there. Dates without rows are left as they are;
 * where any row lies on another date, nothing is written at all.
 * @param connection sees every declared table under its own name
 * @param rejected what of the tables could not be read, once they have been
 */
export async function replacePartitions(
  { target, statement, dates }: PartitionWrite,
  connection: DuckDBConnection,
  rejected: () => Promise<string | undefined>,
  options: WriteOptions,
): Promise<WarehouseAnswer<WrittenPartitions>> {
  const { signal } = options;
  if (target.date === undefined)
    return refused(`${target.name} has no date column: without one its rows cannot be told apart by date`);
  const problem = whyNotWritable(target, options);
  if (problem !== undefined) return refused(problem);
  const { DuckDBDateValue, listValue } = await import('@duckdb/node-api'); // late: loading it is most of a short command
  const body = statement.trim().replace(/;\s*$/, '');
  const made = await query(
    connection,
    `CREATE OR REPLACE TEMP TABLE ${RESULT} AS\n${body}`,
    { dates: listValue(dates.map(day => new DuckDBDateValue(day))) },
    signal,
  );
  if (!made.ok) return made;
  const unread = await rejected();
  if (unread !== undefined) return refused(unread);
  const described = await query(connection, `DESCRIBE ${RESULT}`, {}, signal);
  if (!described.ok) return described;
  const { column, timezone } = target.date;
  const names = described.value.byName.get('column_name') ?? [];
  const at = names.findIndex(name => String(name).toLowerCase() === column.toLowerCase());
  if (at === -1) return refused(`the statement gives no column ${column}: it says which date a row belongs to`);
  const day = duckdbDialect.day(
    {
      sql: duckdbDialect.identifier(String(names[at])),
      type: String(described.value.byName.get('column_type')?.[at]).toUpperCase(),
    },
    { column, timezone },
  );
  const counts = await query(
    connection,
    `SELECT ${duckdbDialect.dayNumber(day)} AS d, CAST(count(*) AS DOUBLE) AS n FROM ${RESULT} GROUP BY 1 ORDER BY 1`,
    {},
    signal,
  );
  if (!counts.ok) return counts;
  const found = countsByDay(counts.value, new Set(dates));
  if (found.undated > 0 || !found.others.isEmpty)
    return { ok: true, value: { written: [], empty: [...dates], others: found.others, undated: found.undated } };
  const written = found.rows;
  const failure =
    target.location.kind === 'file-per-date'
      ? await writeFiles(target, [...written.keys()], day, connection, options)
      : await writeTable(target, [...written.keys()], day, connection, options);
  if (failure !== undefined) return failure;
  await query(connection, `DROP TABLE IF EXISTS ${RESULT}`);
  return {
    ok: true,
    value: {
      written: [...written].map(([each, rows]) => ({ day: each, rows })),
      empty: dates.filter(each => !written.has(each)),
      others: DaySet.empty,
      undated: 0,
    },
  };
}

function countsByDay(
  { rows, byName }: Columns,
  asked: ReadonlySet<Day>,
): { readonly rows: ReadonlyMap<Day, number>; readonly others: DaySet; readonly undated: number } {
  const counts = new Map<Day, number>();
  const others: Day[] = [];
  let undated = 0;
  for (let i = 0; i < rows; i++) {
    const number = numberOf(byName.get('d')?.[i]);
    const count = numberOf(byName.get('n')?.[i]) ?? 0;
    if (number === null) undated += count;
    else if (asked.has(number as Day)) counts.set(number as Day, count);
    else others.push(number as Day);
  }
  return { rows: counts, others: DaySet.of(others), undated };
}

/** Why the partitions of a table cannot be replaced one by one. */
function whyNotWritable({ name, location }: TableSource, { folder, database }: WriteOptions): string | undefined {
  switch (location.kind) {
    case 'target':
      return database === undefined ? `the target has no database file that ${name} could be written to` : undefined;
    case 'files':
      return `${name} is a list of files: a date of it is no file that could be replaced. Give it one file a date`;
    case 'file-per-date':
      return partitionPath(location, folder, 0 as Day) === undefined
        ? `${location.pattern} does not say which one file a date of ${name} is: a path that is written to holds no * and no ?`
        : undefined;
  }
}

/** Each date's file is written aside, brought to the disk and renamed: whoever reads sees the old one or the new one. */
async function writeFiles(
  { location }: TableSource,
  days: readonly Day[],
  day: string,
  connection: DuckDBConnection,
  { folder, signal }: WriteOptions,
): Promise<Failed | undefined> {
  if (location.kind !== 'file-per-date') return undefined;
  for (const each of days) {
    const path = partitionPath(location, folder, each) ?? '';
    const aside = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
    try {
      mkdirSync(dirname(path), { recursive: true });
      const copied = await query(
        connection,
        `COPY (SELECT * FROM ${RESULT} WHERE ${day} = DATE '${formatDay(each)}') TO ${literal(aside)} (${formatOptions(location.format)})`,
        {},
        signal,
      );
      if (!copied.ok) return copied;
      const file = openSync(aside, 'r+');
      fsyncSync(file);
      closeSync(file);
      renameSync(aside, path);
    } catch (error) {
      return unavailable(`${path} could not be written: ${errorWords(error)}`);
    } finally {
      rmSync(aside, { force: true });
    }
  }
  return undefined;
}

function formatOptions(format: FileFormat): string {
  return format.type === 'parquet'
    ? 'FORMAT parquet'
    : `FORMAT csv, HEADER true, DELIMITER ${literal(format.delimiter)}`;
}

/** The dates' rows go and the new ones come in one transaction. A table that is not there yet is made. */
async function writeTable(
  { name }: TableSource,
  days: readonly Day[],
  day: string,
  connection: DuckDBConnection,
  { instance, database = '', lockWaitMs, onWaiting, signal, release }: WriteOptions,
): Promise<Failed | undefined> {
  if (days.length === 0) return undefined;
  await release();
  const taken = await acquire(instance, database, 'write', { waitMs: lockWaitMs, onWaiting, signal });
  if (!taken.ok) return taken;
  const lease: Lease = taken.value;
  const table = qualifiedName(lease.catalog, name);
  const schema = [lease.catalog, schemaAndTable(name)[0]].map(part => duckdbDialect.identifier(part)).join('.');
  const list = days.map(each => `DATE '${formatDay(each)}'`).join(', ');
  try {
    for (const sql of [
      'BEGIN TRANSACTION',
      `CREATE SCHEMA IF NOT EXISTS ${schema}`,
      `CREATE TABLE IF NOT EXISTS ${table} AS SELECT * FROM ${RESULT} LIMIT 0`,
      `DELETE FROM ${table} WHERE ${day} IN (${list})`,
      `INSERT INTO ${table} BY NAME SELECT * FROM ${RESULT}`,
      'COMMIT',
    ]) {
      const done = await query(connection, sql, {}, signal);
      if (done.ok) continue;
      await query(connection, 'ROLLBACK');
      return done;
    }
    return undefined;
  } finally {
    await lease.release();
  }
}
