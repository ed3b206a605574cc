// What stands behind FROM: a table of a database file, or files read as text (CSV) or as they are (Parquet).
import type { Day } from '../../model/day';
import { formatDay } from '../../model/day';
import type { ColumnType, FileFormat, TableSource } from '../../pipeline/pipeline';
import type { Relation } from '../render';
import type { DataFile } from '../files/listing';
import type { LiveColumn } from '../warehouse';
import { duckdbDialect, literal } from './dialect';

/** A column of the files' own path, that no file has. */
const FILE = '__phasegate_file';
const DAY = '__phasegate_day';
const RAW = '__phasegate_raw_';

const identifier = (name: string): string => duckdbDialect.identifier(name);

/** The engine's types for declared ones. */
export const ENGINE_TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
};

/** A table or view of an attached database file. */
export function databaseRelation(catalog: string, name: string, columns: readonly LiveColumn[]): Relation {
  return {
    sql: qualifiedName(catalog, name),
    columns,
    raw: new Map(),
    fileDay: undefined,
  };
}

/** A table of an attached database as SQL names it. */
export function qualifiedName(catalog: string, name: string): string {
  return [catalog, ...schemaAndTable(name)].map(identifier).join('.');
}

/** A name as schema and table: what stands before the first dot is the schema, `main` where there is none. */
export function schemaAndTable(name: string): readonly [string, string] {
  const dot = name.indexOf('.');
  return dot === -1 ? ['main', name] : [name.slice(0, dot), name.slice(dot + 1)];
}

/** CSV files that share a header. */
export interface HeaderGroup {
  readonly columns: readonly string[];
  readonly files: readonly DataFile[];
}

/**
 * CSV files as text columns, joined by name; declared types are laid over them, with the raw text kept beside.
 * @param lacking columns that none of these files has, and other files of the table do: they are NULL here
 */
export function csvRelation(
  source: TableSource,
  groups: readonly HeaderGroup[],
  delimiter: string,
  lacking: readonly string[],
): Relation {
  const scans = groups.map(
    ({ columns, files }) =>
      `SELECT * FROM read_csv(${fileList(files)}, auto_detect=false, header=true, delim=${literal(delimiter)}, quote='"', escape='"', ` +
      `columns={${columns.map(column => `${literal(column)}: 'VARCHAR'`).join(', ')}}, filename=${literal(FILE)}, ` +
      `ignore_errors=true, store_rejects=true)`,
  );
  const columns = new Map<string, string>();
  for (const group of groups)
    for (const column of group.columns)
      if (!columns.has(column.toLowerCase())) columns.set(column.toLowerCase(), column);
  const typed = [...source.columns].flatMap(([name, type]) => {
    const live = columns.get(name.toLowerCase());
    return type === undefined || type === 'text' || live === undefined
      ? []
      : [{ name: live, type: ENGINE_TYPES[type] }];
  });
  for (const name of lacking) columns.set(name.toLowerCase(), name);
  const joined = scans.length === 1 ? (scans[0] ?? '') : scans.join('\nUNION ALL BY NAME\n');
  const rows =
    lacking.length === 0
      ? joined
      : `SELECT *, ${lacking.map(name => `CAST(NULL AS VARCHAR) AS ${identifier(name)}`).join(', ')} FROM (${joined})`;
  return dated(source, {
    select:
      typed.length === 0
        ? '*'
        : `* REPLACE (${typed.map(({ name, type }) => `TRY_CAST(${identifier(name)} AS ${type}) AS ${identifier(name)}`).join(', ')}), ` +
          typed.map(({ name }) => `${identifier(name)} AS ${identifier(RAW + name)}`).join(', '),
    rows,
    files: groups.flatMap(group => group.files),
    columns: csvColumns(source, [...columns.values()]),
    raw: new Map(typed.map(({ name }) => [name.toLowerCase(), RAW + name])),
  });
}

/** The columns of CSV files as they are seen: text, or the type declared. */
export function csvColumns(source: TableSource, names: readonly string[]): readonly LiveColumn[] {
  const declared = new Map([...source.columns].map(([name, type]) => [name.toLowerCase(), type]));
  return names.map(name => ({ name, type: ENGINE_TYPES[declared.get(name.toLowerCase()) ?? 'text'] }));
}

/** Parquet files, joined by name. */
export function parquetRelation(
  source: TableSource,
  files: readonly DataFile[],
  columns: readonly LiveColumn[],
): Relation {
  return dated(source, { select: '*', rows: `SELECT * FROM ${parquetScan(files)}`, files, columns, raw: new Map() });
}

/** A scan of Parquet files with the column that says which file a row is from. */
export function parquetScan(files: readonly DataFile[]): string {
  return `read_parquet(${fileList(files)}, union_by_name=true, hive_partitioning=false, filename=${literal(FILE)})`;
}

/** The name of the column that says a row's file, for those who read a scan's own columns. */
export const FILE_COLUMN = FILE;

interface FileRows {
  readonly select: string;
  readonly rows: string;
  readonly files: readonly DataFile[];
  readonly columns: readonly LiveColumn[];
  readonly raw: ReadonlyMap<string, string>;
}

/** Lays the files' dates beside their rows, where their paths say them. */
function dated(source: TableSource, { select, rows, files, columns, raw }: FileRows): Relation {
  const inner = `(SELECT ${select} FROM (${rows}))`;
  if (source.location.kind !== 'file-per-date') return { sql: inner, columns, raw, fileDay: undefined };
  const days = files.flatMap(file => (file.day === undefined ? [] : [{ path: file.path, day: file.day }]));
  const expression = fixedDay(days) ?? undefined;
  if (expression !== undefined) return { sql: inner, columns, raw, fileDay: expression };
  const list = days.map(({ path, day }) => `(${literal(path)}, DATE ${literal(formatDay(day))})`).join(', ');
  return {
    sql: `${inner} AS r JOIN (VALUES ${list}) AS f(${identifier('__phasegate_path')}, ${identifier(DAY)}) ON r.${identifier(FILE)} = f.${identifier('__phasegate_path')}`,
    columns,
    raw,
    fileDay: `f.${identifier(DAY)}`,
  };
}

/** Where every path has its date written out at the same place, a row's date is cut out of it: cheaper than a join. */
function fixedDay(days: readonly { readonly path: string; readonly day: Day }[]): string | undefined {
  const [first] = days;
  if (first === undefined) return 'CAST(NULL AS DATE)';
  const at = first.path.lastIndexOf(formatDay(first.day));
  if (at === -1 || !days.every(({ path, day }) => path.startsWith(formatDay(day), at))) return undefined;
  return `CAST(substr(${identifier(FILE)}, ${[...first.path.slice(0, at)].length + 1}, 10) AS DATE)`;
}

function fileList(files: readonly DataFile[]): string {
  return `[${files.map(file => literal(file.path)).join(', ')}]`;
}

/** The delimiter of a CSV format; a comma for what is none. */
export function delimiterOf(format: FileFormat): string {
  return format.type === 'csv' ? format.delimiter : ',';
}
