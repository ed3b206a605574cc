// A DuckDB target: one database file, and tables in files beside it, behind the warehouse's interface.
import { existsSync } from 'node:fs';
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import { errorWords } from '../../model/error-words';
import { type Day, FIRST_SENSIBLE_DAY, LAST_SENSIBLE_DAY, isSensible, parseDay } from '../../model/day';
import type { FigureValue } from '../../model/facts';
import type { TableSource } from '../../pipeline/pipeline';
import { type Relation, renderMeasurement, renderRows } from '../render';
import type { RelatedSource } from '../render-query';
import type {
  DescribedTable,
  LiveColumn,
  MeasuredRows,
  Measurement,
  PartitionWrite,
  QueryMeasurement,
  QueryRows,
  RowSample,
  SampledRows,
  TableDescription,
  Warehouse,
  WarehouseAnswer,
  WrittenPartitions,
} from '../warehouse';
import { Catalogue } from './catalogue';
import { type Lease, acquire, databaseStamp } from './database-files';
import { duckdbDialect } from './dialect';
import { bind, numberOf } from './duckdb-values';
import { type Columns, query } from './engine';
import { type FileTable, describeFiles, fileRelation } from './file-tables';
import type { HeaderMemory } from '../files/header-memory';
import { databaseRelation } from './relations';
import { runQuery } from './queries';
import { replacePartitions } from './replace-partitions';
import { emptyViewStatements, statementColumns, viewStatements, withViews } from './views';

/** A query's other tables may be read on any date. */
const ALL_DAYS = { from: FIRST_SENSIBLE_DAY, to: LAST_SENSIBLE_DAY };

export interface DuckDbOptions {
  readonly target: string;
  /** The database file, absolute; absent where every table lives in files. */
  readonly path: string | undefined;
  /** Where relative paths of tables start. */
  readonly folder: string;
  /** How long another process's use of the database file is waited for, milliseconds. */
  readonly lockWaitMs: number;
  readonly onWaiting: ((message: string) => void) | undefined;
  readonly headers: HeaderMemory;
}

export class DuckDbWarehouse implements Warehouse {
  readonly dialect = 'duckdb';
  readonly target: string;
  private readonly instance: DuckDBInstance;
  private readonly options: DuckDbOptions;
  private readonly fileTables = new Map<string, FileTable>();
  private lease: Lease | undefined;
  private catalogue: Catalogue | undefined;
  private fileLookups = 0;

  constructor(instance: DuckDBInstance, options: DuckDbOptions) {
    this.instance = instance;
    this.options = options;
    this.target = options.target;
  }

  get lookups(): number {
    return this.fileLookups + (this.catalogue?.lookups ?? 0);
  }

  async describe(
    sources: readonly TableSource[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, TableDescription>> {
    const descriptions = new Map<string, TableDescription>();
    const { folder, headers } = this.options;
    const connection = await this.instance.connect();
    try {
      const inTarget = sources.filter(({ location }) => location.kind === 'target').map(({ name }) => name);
      const problem = inTarget.length === 0 ? undefined : await this.learn(inTarget, connection, signal);
      for (const source of sources) {
        if (descriptions.has(source.name)) continue;
        const { location } = source;
        if (location.kind === 'target') {
          descriptions.set(source.name, problem ?? this.describeTable(source));
          continue;
        }
        this.fileLookups++;
        const table = await describeFiles(source, location, folder, connection, signal, headers);
        this.fileTables.set(source.name, table);
        descriptions.set(source.name, table.description);
      }
    } finally {
      connection.closeSync();
    }
    return descriptions;
  }

  async measure(measurement: Measurement, signal?: AbortSignal): Promise<WarehouseAnswer<MeasuredRows>> {
    const relation = this.relationOf(measurement);
    if (!relation.ok) return relation;
    if (relation.value === undefined) return { ok: true, value: noRows(measurement) };
    const statement = renderMeasurement(measurement, relation.value, duckdbDialect);
    const connection = await this.instance.connect(); // its own: what it rejects is kept in temporary tables of the connection
    try {
      const answer = await query(connection, statement.sql, bind(statement), signal);
      if (!answer.ok) return answer;
      const rejected = this.isCsv(measurement.source) ? await rejectedLines(connection) : [];
      const undated = rejected.find(line => line.day === undefined);
      if (undated !== undefined && measurement.source.location.kind !== 'file-per-date') {
        return {
          ok: false,
          failure: {
            reason: 'unavailable',
            message: `${undated.reason}. Mend the line: nothing is counted of a table that is read in part`,
          },
        };
      }
      return { ok: true, value: this.rowsOf(measurement, relation.value, answer.value, rejected) };
    } catch (error) {
      return { ok: false, failure: { reason: 'unavailable', message: errorWords(error) } };
    } finally {
      connection.closeSync();
    }
  }

  async measureQuery(measurement: QueryMeasurement, signal?: AbortSignal): Promise<WarehouseAnswer<QueryRows>> {
    const related: RelatedSource[] = [];
    for (const source of [measurement.source, ...measurement.others]) {
      const relation = this.relationOf({ source, range: ALL_DAYS });
      if (!relation.ok) return relation;
      // Of a table without rows every answer is none; another one's columns would have to be known.
      if (relation.value === undefined)
        return source === measurement.source
          ? { ok: true, value: { days: [], values: [], undated: 0, bytes: 0 } }
          : { ok: false, failure: { reason: 'statement', message: `no file of ${source.name} holds any row` } };
      related.push({ source, relation: relation.value });
    }
    const [own, ...others] = related;
    if (own === undefined) return notDescribed(measurement.source);
    try {
      const rejected = (connection: DuckDBConnection): Promise<string | undefined> =>
        this.rejected(related, connection);
      return await runQuery(this.instance, measurement, own, others, rejected, signal);
    } catch (error) {
      return { ok: false, failure: { reason: 'unavailable', message: errorWords(error) } };
    }
  }

  async sampleRows(sample: RowSample, signal?: AbortSignal): Promise<WarehouseAnswer<SampledRows>> {
    const relation = this.relationOf(sample);
    if (!relation.ok) return relation;
    const columns = relation.value?.columns.map(({ name }) => name) ?? [];
    if (relation.value === undefined) return { ok: true, value: { columns, rows: [] } };
    const statement = renderRows(sample, relation.value, duckdbDialect);
    const connection = await this.instance.connect();
    try {
      const answer = await query(connection, statement.sql, bind(statement), signal);
      if (!answer.ok) return answer;
      const values = columns.map(name => answer.value.byName.get(name) ?? []);
      const rows = Array.from({ length: answer.value.rows }, (_, i) =>
        values.map(column => (typeof column[i] === 'string' ? column[i] : null)),
      );
      return { ok: true, value: { columns, rows } };
    } finally {
      connection.closeSync();
    }
  }

  explain(measurement: Measurement): string {
    const relation = this.relationOf(measurement);
    return relation.ok && relation.value !== undefined
      ? renderMeasurement(measurement, relation.value, duckdbDialect).sql
      : '';
  }

  statementColumns(
    statements: readonly string[],
    tables: readonly DescribedTable[],
    signal?: AbortSignal,
  ): Promise<readonly WarehouseAnswer<readonly LiveColumn[]>[]> {
    return statementColumns(statements, tables, signal);
  }

  async replacePartitions(write: PartitionWrite, signal?: AbortSignal): Promise<WarehouseAnswer<WrittenPartitions>> {
    const views: string[] = [];
    for (const { source, description } of write.tables) {
      const relation = description.state === 'present' ? this.relationOf({ source, range: ALL_DAYS }) : undefined;
      if (relation?.ok === false) return relation;
      if (description.state === 'unreadable')
        return { ok: false, failure: { reason: 'unavailable', message: description.message } };
      views.push(
        ...(relation?.value === undefined
          ? (emptyViewStatements({ source, description }) ?? [])
          : viewStatements(source, relation.value)),
      );
    }
    const { folder, path, lockWaitMs, onWaiting } = this.options;
    const connection = await this.instance.connect();
    try {
      return await withViews(connection, views, signal, () =>
        replacePartitions(write, connection, () => this.rejected(write.tables, connection), {
          instance: this.instance,
          folder,
          database: path,
          lockWaitMs,
          onWaiting,
          signal,
          release: () => this.close(),
        }),
      );
    } catch (error) {
      return { ok: false, failure: { reason: 'unavailable', message: errorWords(error) } };
    } finally {
      connection.closeSync();
    }
  }

  /** The first line of CSV files that could not be read, if there is one. */
  private async rejected(
    tables: readonly { readonly source: TableSource }[],
    connection: DuckDBConnection,
  ): Promise<string | undefined> {
    return tables.some(({ source }) => this.isCsv(source)) ? (await rejectedLines(connection))[0]?.reason : undefined;
  }

  async close(): Promise<void> {
    this.options.headers.save();
    const { lease } = this;
    this.lease = undefined;
    this.catalogue = undefined;
    await lease?.release();
  }

  private describeTable(source: TableSource): TableDescription {
    const { path } = this.options;
    const found = this.catalogue?.get(source.name);
    if (found === undefined) return { state: 'absent', message: `${path ?? 'the target'} has no table ${source.name}` };
    const stamp = path === undefined ? undefined : databaseStamp(path);
    return {
      state: 'present',
      kind: found.kind,
      columns: found.columns,
      // A view may read what the file's stamp knows nothing of.
      stamps: stamp === undefined || found.kind === 'view' ? { kind: 'none' } : { kind: 'whole', stamp },
      unread: new Map(),
    };
  }

  /** Has the catalogue know tables of the database file, or says why it cannot. */
  private async learn(
    names: readonly string[],
    connection: DuckDBConnection,
    signal: AbortSignal | undefined,
  ): Promise<Extract<TableDescription, { state: 'unreadable' }> | undefined> {
    const unreadable = (message: string) => ({ state: 'unreadable', message }) as const;
    const { path, lockWaitMs, onWaiting } = this.options;
    if (path === undefined)
      return unreadable(`target ${this.target} names no database file: give it a \`path\`, or the table \`files\``);
    if (this.lease === undefined) {
      if (!existsSync(path))
        return unreadable(
          `there is no DuckDB file ${path}: correct the \`path\` of target ${this.target}, or restore the file`,
        );
      const taken = await acquire(this.instance, path, 'read', { waitMs: lockWaitMs, onWaiting, signal });
      if (!taken.ok) return unreadable(taken.failure.message);
      this.lease = taken.value;
    }
    this.catalogue ??= new Catalogue(this.lease.catalog);
    const learnt = await this.catalogue.learn(names, connection, signal);
    return learnt.ok ? undefined : unreadable(`the catalogue of ${path} could not be read: ${learnt.failure.message}`);
  }

  /** Where a described table's rows are; `undefined` where no file holds any. */
  private relationOf({
    source,
    range,
    only,
  }: Pick<Measurement, 'source' | 'range' | 'only'>): WarehouseAnswer<Relation | undefined> {
    if (source.location.kind === 'target') {
      const table = this.catalogue?.get(source.name);
      if (this.lease === undefined || table === undefined) return notDescribed(source);
      return { ok: true, value: databaseRelation(this.lease.catalog, source.name, table.columns) };
    }
    const table = this.fileTables.get(source.name);
    if (table?.description.state !== 'present') return notDescribed(source);
    const wanted = (day: Day | undefined): boolean =>
      day === undefined || (day >= range.from && day <= range.to && only?.has(day) !== false);
    return { ok: true, value: fileRelation(source, table, wanted) };
  }

  private isCsv(source: TableSource): boolean {
    return source.location.kind !== 'target' && source.location.format.type === 'csv';
  }

  private rowsOf(
    measurement: Measurement,
    relation: Relation,
    answer: Columns,
    rejected: readonly RejectedLine[],
  ): MeasuredRows {
    const { source, range, only, figures, strays } = measurement;
    const dayOf = answer.byName.get('d') ?? [];
    const rowCounts = answer.byName.get('n') ?? [];
    const misfiledCounts = answer.byName.get('m');
    const places: { readonly day: Day; readonly at: number }[] = [];
    const outsideSense: { day: Day; rows: number }[] = [];
    const misfiled: { day: Day; rows: number }[] = [];
    let withoutDate = 0;
    for (let at = 0; at < answer.rows; at++) {
      const rows = numberOf(rowCounts[at]) ?? 0;
      const number = numberOf(dayOf[at]);
      if (number === null) {
        withoutDate += rows;
        continue;
      }
      const day = number as Day; // whole days since 1970, by the dialect's own arithmetic
      if (!source.dated) {
        if (rows > 0) places.push({ day, at });
        continue;
      }
      if (!isSensible(day)) {
        outsideSense.push({ day, rows });
        continue;
      }
      if (day < range.from || day > range.to || only?.has(day) === false) continue;
      places.push({ day, at });
      const other = numberOf(misfiledCounts?.[at]) ?? 0;
      if (other > 0) misfiled.push({ day, rows: other });
    }
    places.sort((a, b) => a.day - b.day);
    const unread = new Map<Day, string>();
    for (const { day, reason } of rejected) {
      if (day !== undefined && !unread.has(day)) unread.set(day, reason);
    }
    return {
      days: places.map(({ day }) => day),
      rows: places.map(({ at }) => numberOf(rowCounts[at]) ?? 0),
      values: figures.map((_, f) => {
        const column = answer.byName.get(`f${f}`) ?? [];
        return places.map(({ at }): FigureValue => numberOf(column[at]));
      }),
      strays: {
        withoutDate: strays && relation.fileDay === undefined ? withoutDate : 0,
        outsideSense: outsideSense.sort((a, b) => a.day - b.day),
        misfiled: misfiled.sort((a, b) => a.day - b.day),
      },
      unread,
      bytes: undefined,
    };
  }
}

interface RejectedLine {
  /** The date of the file, where its name says one. */
  readonly day: Day | undefined;
  readonly reason: string;
}

/** The lines that the last scan of this connection could not read: never silently fewer rows. */
async function rejectedLines(connection: DuckDBConnection): Promise<readonly RejectedLine[]> {
  const answer = await query(
    connection,
    `SELECT s.file_path AS p, min(e.line) AS l, any_value(e.error_message ORDER BY e.line) AS m, count(DISTINCT e.line) AS n
     FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id) GROUP BY 1 ORDER BY 1`,
  );
  if (!answer.ok) return [];
  const column = (name: string): readonly DuckDBValue[] => answer.value.byName.get(name) ?? [];
  const [paths, lines, messages, counts] = [column('p'), column('l'), column('m'), column('n')];
  return paths.map((path, i) => {
    const more = (numberOf(counts[i]) ?? 1) - 1;
    const text = String(path);
    return {
      day: dayIn(text),
      reason: `${text} line ${String(lines[i])} could not be read: ${String(messages[i])}${more > 0 ? ` (and ${more} more lines)` : ''}`,
    };
  });
}

/** The last date written in a path, in either of the forms that a pattern may ask for. */
function dayIn(path: string): Day | undefined {
  const iso = path.match(/\d{4}-\d{2}-\d{2}/g)?.at(-1);
  if (iso !== undefined) return parseDay(iso);
  const compact = path.match(/\d{8}/g)?.at(-1);
  return compact === undefined
    ? undefined
    : parseDay(`${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6)}`);
}

function noRows({ figures }: Measurement): MeasuredRows {
  return {
    days: [],
    rows: [],
    values: figures.map(() => []),
    strays: { withoutDate: 0, outsideSense: [], misfiled: [] },
    unread: new Map(),
    bytes: undefined,
  };
}

function notDescribed(source: TableSource): {
  readonly ok: false;
  readonly failure: { readonly reason: 'unavailable'; readonly message: string };
} {
  return {
    ok: false,
    failure: { reason: 'unavailable', message: `${source.name} was not found when the catalogue was read: ask again` },
  };
}
