// Tables that live in files, as the catalogue sees them: listed, their columns known, their stamps taken.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Day } from '../../model/day';
import type { FileFormat, Location, TableSource } from '../../pipeline/pipeline';
import { CsvHeaders } from '../files/csv-header';
import { HeaderMemory } from '../files/header-memory';
import { type DataFile, listFiles } from '../files/listing';
import type { LiveColumn, Stamp, TableDescription } from '../warehouse';
import { query } from './engine';
import type { Relation } from '../render';
import {
  FILE_COLUMN,
  type HeaderGroup,
  csvColumns,
  csvRelation,
  delimiterOf,
  parquetRelation,
  parquetScan,
} from './relations';

/** A table in files, described: what measuring it needs to know again. */
export interface FileTable {
  readonly description: TableDescription;
  readonly files: readonly DataFile[];
  /** CSV files by header. */
  readonly groups: readonly HeaderGroup[];
  readonly format: FileFormat;
}

/** Lists a table's files and finds their columns. */
export async function describeFiles(
  source: TableSource,
  location: Exclude<Location, { kind: 'target' }>,
  folder: string,
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  memory = new HeaderMemory(),
): Promise<FileTable> {
  const { format } = location;
  const nothing = { files: [], groups: [], format };
  const listing = listFiles(location, folder);
  if (listing.state !== 'listed') return { description: listing, ...nothing };
  const unread = new Map(listing.unread);
  const kept = listing.files.filter(file => file.bytes > 0 || format.type === 'parquet');
  const found =
    format.type === 'csv'
      ? csvHeaders(kept, delimiterOf(format), memory)
      : await parquetColumns(kept, connection, signal);
  for (const [file, message] of found.problems) {
    if (file.day === undefined) return { description: { state: 'unreadable', message }, ...nothing };
    unread.set(file.day, message);
  }
  const files = kept.filter(file => !found.problems.has(file));
  const names = format.type === 'csv' ? namesOf(found.groups) : [];
  return {
    description: {
      state: 'present',
      kind: 'files',
      columns: format.type === 'csv' ? csvColumns(source, names) : found.columns,
      ...((format.type === 'csv' ? found.groups : files).length === 0 ? { isEmpty: true } : {}),
      stamps:
        location.kind === 'file-per-date'
          ? { kind: 'by-date', stamps: stampsByDate(listing.files) }
          : { kind: 'whole', stamp: together(listing.files.map(file => file.stamp)) },
      unread,
    },
    files,
    groups: found.groups,
    format,
  };
}

/** The rows of the files that are wanted; `undefined` where no file holds any. */
export function fileRelation(
  source: TableSource,
  table: FileTable,
  wanted: (day: Day | undefined) => boolean,
): Relation | undefined {
  const { description } = table;
  const columns = description.state === 'present' ? description.columns : [];
  if (table.format.type === 'parquet') {
    const files = table.files.filter(file => wanted(file.day));
    return files.length === 0 ? undefined : parquetRelation(source, files, columns);
  }
  const groups = table.groups
    .map(group => ({ columns: group.columns, files: group.files.filter(file => wanted(file.day)) }))
    .filter(group => group.files.length > 0);
  if (groups.length === 0) return undefined;
  // A column that only other files have is NULL in these: the relation still has to offer it.
  const offered = new Set(groups.flatMap(group => group.columns.map(name => name.toLowerCase())));
  const lacking = columns.filter(column => !offered.has(column.name.toLowerCase())).map(({ name }) => name);
  return csvRelation(source, groups, delimiterOf(table.format), lacking);
}

interface Found {
  readonly groups: readonly HeaderGroup[];
  readonly columns: readonly LiveColumn[];
  readonly problems: ReadonlyMap<DataFile, string>;
}

function csvHeaders(files: readonly DataFile[], delimiter: string, memory: HeaderMemory): Found {
  const headers = new CsvHeaders(delimiter, memory);
  const groups = new Map<readonly string[], { columns: readonly string[]; files: DataFile[] }>();
  const problems = new Map<DataFile, string>();
  for (const file of files) {
    const header = headers.of(file);
    if (!header.ok) {
      problems.set(file, header.message);
      continue;
    }
    if (header.columns.length === 0) continue; // nothing is in it, not even a header
    const group = groups.get(header.columns);
    if (group === undefined) groups.set(header.columns, { columns: header.columns, files: [file] });
    else group.files.push(file);
  }
  return { groups: [...groups.values()], columns: [], problems };
}

async function parquetColumns(
  files: readonly DataFile[],
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const problems = new Map<DataFile, string>();
  if (files.length === 0) return { groups: [], columns: [], problems };
  const describe = async (of: readonly DataFile[]): ReturnType<typeof query> =>
    query(connection, `DESCRIBE SELECT * FROM ${parquetScan(of)}`, {}, signal);
  let described = await describe(files);
  if (!described.ok && described.failure.reason === 'statement') {
    // One broken file spoils its own date and no other: find which they are.
    for (const file of files) {
      const alone = await describe([file]);
      if (!alone.ok) problems.set(file, `${file.path} could not be read: ${alone.failure.message}`);
    }
    const good = files.filter(file => !problems.has(file));
    if (good.length === 0) return { groups: [], columns: [], problems };
    described = await describe(good);
  }
  if (!described.ok) {
    const { message } = described.failure;
    return { groups: [], columns: [], problems: new Map(files.map(file => [file, message])) };
  }
  const names = described.value.byName.get('column_name') ?? [];
  const types = described.value.byName.get('column_type') ?? [];
  const columns = names
    .map((name, i) => ({ name: String(name), type: String(types[i]).toUpperCase() }))
    .filter(({ name }) => name !== FILE_COLUMN);
  return { groups: [], columns, problems };
}

function namesOf(groups: readonly HeaderGroup[]): readonly string[] {
  const names = new Map<string, string>();
  for (const { columns } of groups)
    for (const name of columns) if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
  return [...names.values()];
}

function stampsByDate(files: readonly DataFile[]): ReadonlyMap<Day, Stamp> {
  const stamps = new Map<Day, Stamp>();
  for (const { day, stamp } of files) {
    if (day === undefined) continue;
    const other = stamps.get(day);
    stamps.set(day, other === undefined ? stamp : together([other, stamp]));
  }
  return stamps;
}

function together(stamps: readonly Stamp[]): Stamp {
  return {
    text: stamps.map(({ text }) => text).join('+'),
    changedAt: stamps.reduce((newest, { changedAt }) => Math.max(newest, changedAt), 0),
  };
}
