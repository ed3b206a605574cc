// The warehouse as the rest of Phasegate sees it: look-ups of the catalogue and measurements, no SQL on this side.
import type { Day } from '../model/day';
import type { DayRange, DaySet } from '../model/day-set';
import type { FigureValue, StrayRows } from '../model/facts';
import type { Figure, RowTest } from '../model/figures';
import type { Query } from '../model/queries';
import type { TableSource } from '../pipeline/pipeline';

/** A column as the catalogue has it. */
export interface LiveColumn {
  readonly name: string;
  /** The engine's own type name, upper case. */
  readonly type: string;
}

/** What proves that rows have not changed since a measurement (rule 15). */
export interface Stamp {
  readonly text: string;
  /** When the stamped thing last changed, milliseconds since 1970 UTC. A change younger than the clock's grain proves nothing. */
  readonly changedAt: number;
}

/** A file changed within this time before it was looked at may have changed again within one tick of its clock. Milliseconds. */
export const STAMP_GRAIN_MS = 100;

/** Stamps of a table: of the whole, or of each date where a date has files of its own. `none`: measure again. */
export type TableStamps =
  | { readonly kind: 'whole'; readonly stamp: Stamp }
  | { readonly kind: 'by-date'; readonly stamps: ReadonlyMap<Day, Stamp> }
  | { readonly kind: 'none' };

/** What the catalogue says of a table. */
export type TableDescription =
  | {
      readonly state: 'present';
      readonly kind: 'table' | 'view' | 'files';
      readonly columns: readonly LiveColumn[];
      /** No file holds anything yet, not even a header: nothing tells which columns there will be. */
      readonly isEmpty?: true;
      readonly stamps: TableStamps;
      /** Dates that cannot be read at all (no permission, a directory in the way), with the reason. */
      readonly unread: ReadonlyMap<Day, string>;
    }
  | { readonly state: 'absent'; readonly message: string }
  | { readonly state: 'unreadable'; readonly message: string };

/** A table, with what the catalogue says of it. */
export interface DescribedTable {
  readonly source: TableSource;
  readonly description: TableDescription;
}

/** One statement's worth of figures over one table. */
export interface Measurement {
  readonly source: TableSource;
  readonly range: DayRange;
  /** Only these dates of the range; absent: all. */
  readonly only?: DaySet;
  readonly figures: readonly Figure[];
  /** Whether rows on no sensible date are looked for too. */
  readonly strays: boolean;
}

/** The answer to a measurement; `days` ascend, and columns run parallel to them. For a table without dates `days` is the last day of the range. */
export interface MeasuredRows {
  readonly days: readonly Day[];
  readonly rows: readonly number[];
  /** Parallel to the figures asked for. */
  readonly values: readonly (readonly FigureValue[])[];
  readonly strays: StrayRows;
  /** Dates whose rows were only partly readable (a bad line), with the reason. */
  readonly unread: ReadonlyMap<Day, string>;
  /** Bytes the statement read; `undefined` where the engine does not tell. */
  readonly bytes: number | undefined;
}

/** A query figure over a table and those that it names. */
export interface QueryMeasurement {
  readonly source: TableSource;
  readonly query: Query;
  /** The other tables that the query reads. */
  readonly others: readonly TableSource[];
  readonly range: DayRange;
  /** The seasons in the range; none where the calendar has none. */
  readonly seasons: readonly DayRange[];
}

/** The answer to a query: numbers by date. */
export interface QueryRows {
  readonly days: readonly Day[];
  readonly values: readonly (readonly FigureValue[])[];
  readonly undated: number;
  readonly bytes: number | undefined;
}

/** Some rows of a table, to be looked at. */
export interface RowSample {
  readonly source: TableSource;
  readonly range: DayRange;
  /** Rows that meet any of these. */
  readonly tests: readonly RowTest[];
  readonly most: number;
}

/** Rows as text, newest date first; `null` is NULL. */
export interface SampledRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** The partitions of a table that a user's statement is to replace. */
export interface PartitionWrite {
  readonly target: TableSource;
  /** One SELECT over declared tables under their own names, which gives the rows of the dates bound as `$dates`. */
  readonly statement: string;
  readonly dates: readonly Day[];
  /** The declared tables that it may read, with what the catalogue says of them. */
  readonly tables: readonly DescribedTable[];
}

/** What became of the dates. Where the statement gave rows of any other date, nothing was written. */
export interface WrittenPartitions {
  readonly written: readonly { readonly day: Day; readonly rows: number }[];
  /** Dates for which it gave no rows: what was there is still there. */
  readonly empty: readonly Day[];
  /** Dates that were not asked for and of which it gave rows. */
  readonly others: DaySet;
  /** Rows without a date that it gave. */
  readonly undated: number;
}

/** Why something asked of a warehouse did not work. */
export interface WarehouseFailure {
  /** `statement`: the engine refused it, a part of it may still work. `unavailable`: nothing can be asked now (locked, gone). `cancelled`. */
  readonly reason: 'statement' | 'unavailable' | 'cancelled';
  /** What happened, to what, and what to do next. */
  readonly message: string;
}

export type WarehouseAnswer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: WarehouseFailure };

/** One target, opened for reading. Every call may be cancelled; cancelling stops the query itself. */
export interface Warehouse {
  readonly target: string;
  readonly dialect: 'duckdb' | 'bigquery';
  /** Catalogue look-ups so far; they are counted apart from statements. */
  readonly lookups: number;
  /** Asks the catalogue about tables, all in as few look-ups as the engine allows. Answers for every source, by name. */
  describe(sources: readonly TableSource[], signal?: AbortSignal): Promise<ReadonlyMap<string, TableDescription>>;
  /** Runs exactly one statement that reads each row once. The source must have been described before, and be present. */
  measure(measurement: Measurement, signal?: AbortSignal): Promise<WarehouseAnswer<MeasuredRows>>;
  /** Runs exactly one statement. Every source must have been described before, and be present. */
  measureQuery(measurement: QueryMeasurement, signal?: AbortSignal): Promise<WarehouseAnswer<QueryRows>>;
  /** Some rows, by one statement that reads no more than it must. The source must have been described before, and be present. */
  sampleRows(sample: RowSample, signal?: AbortSignal): Promise<WarehouseAnswer<SampledRows>>;
  /** The statement that `measure` would run, for people ("show SQL"). */
  explain(measurement: Measurement): string;
  /**
   * The columns that each of a user's statements over declared tables would give, with the dates bound as `$dates`. No row is
   * read and nothing is written. A table that is not there yet has the columns that are declared.
   */
  statementColumns(
    statements: readonly string[],
    tables: readonly DescribedTable[],
    signal?: AbortSignal,
  ): Promise<readonly WarehouseAnswer<readonly LiveColumn[]>[]>;
  /** Replaces partitions by what a statement gives: the one call that writes. Every table must have been described before. */
  replacePartitions(write: PartitionWrite, signal?: AbortSignal): Promise<WarehouseAnswer<WrittenPartitions>>;
  /** Gives up files and connections. */
  close(): Promise<void>;
}
