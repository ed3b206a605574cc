// What the user declares, as plain types: the result of reading `phasegate.yaml`.
import type { Aggregate } from '../checks/aggregate';
import type { Check } from '../checks/check';
import type { Day } from '../model/day';
import type { DayRange } from '../model/day-set';
import type { SourceRef } from '../model/source';

export interface Pipeline {
  readonly name: string;
  /** Absolute path of the folder that holds the manifest: every relative path of it starts there. */
  readonly folder: string;
  /** The manifest's path relative to `folder`, as shown in sources. */
  readonly file: string;
  /** A frozen pipeline's date (rule 14). */
  readonly asOf: Day | undefined;
  readonly targets: ReadonlyMap<string, Target>;
  readonly defaultTarget: string;
  readonly calendars: ReadonlyMap<string, Calendar>;
  readonly jobs: ReadonlyMap<string, Job>;
  readonly phases: readonly Phase[];
  /** All tables by full name, in dependency order (a table after all it depends on). */
  readonly tables: ReadonlyMap<string, Table>;
  readonly trainings: ReadonlyMap<string, Training>;
  readonly accepted: readonly AcceptedFinding[];
  /** Thresholds that somebody should look at. */
  readonly doubts: readonly ThresholdDoubt[];
}

/** A threshold that is not to be trusted: sources say different numbers of one figure (§1.12), or a number can be meant in two ways. */
export interface ThresholdDoubt {
  /** Full name; empty for what every table has. */
  readonly table: string;
  /** The id of a check, or `coverage`. */
  readonly check: string;
  readonly message: string;
  /** Where the numbers are said: in the manifest, and in the files that it takes them from. */
  readonly places: readonly SourceRef[];
}

/** Text that may hold `${env:NAME}`, read from the environment only when the target or job is used. */
export type Template = string;

export type Target = DuckDbTarget | BigQueryTarget;

interface TargetBase {
  readonly name: string;
  readonly protected: boolean;
  readonly source: SourceRef;
}
export interface DuckDbTarget extends TargetBase {
  readonly type: 'duckdb';
  /** Database file; absent where every table lives in files. */
  readonly path: Template | undefined;
  /** Most memory DuckDB may take, bytes. */
  readonly memoryLimit: number | undefined;
  readonly threads: number | undefined;
}
export interface BigQueryTarget extends TargetBase {
  readonly type: 'bigquery';
  readonly project: Template;
  readonly location: Template | undefined;
  readonly maximumBytesBilled: number | undefined;
}

/** How a date is read from a table. */
export interface DateColumn {
  readonly column: string;
  /** The zone in which an instant becomes a day. Absent: the column's own date. */
  readonly timezone: string | undefined;
}

export interface WrittenColumn {
  readonly column: string;
  /** The zone of write times that carry none. */
  readonly timezone: string;
}

/** Where a table's rows are. */
export type Location =
  | { readonly kind: 'target' }
  /** One file a date: `{date}` in the path is the partition. */
  | {
      readonly kind: 'file-per-date';
      readonly pattern: string;
      readonly dateFormat: 'YYYY-MM-DD' | 'YYYYMMDD';
      readonly format: FileFormat;
    }
  /** A list of files (globs allowed) with a date column. */
  | { readonly kind: 'files'; readonly patterns: readonly string[]; readonly format: FileFormat };

export type FileFormat = { readonly type: 'csv'; readonly delimiter: string } | { readonly type: 'parquet' };

export const COLUMN_TYPES = ['text', 'integer', 'number', 'boolean', 'date', 'timestamp'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** A table as the warehouse needs to know it: where its rows are and how their date is read. */
export interface TableSource {
  readonly name: string;
  readonly location: Location;
  /** `undefined`: the table has no date (`date: none`), or its files' names are the date. */
  readonly date: DateColumn | undefined;
  /** Whether its figures are kept by date. */
  readonly dated: boolean;
  /** Declared columns; a type of `undefined` is not declared. */
  readonly columns: ReadonlyMap<string, ColumnType | undefined>;
  readonly written: WrittenColumn | undefined;
}

/** The first days of a season in which a table is not expected: calendar days, or dates held (§3.3). */
export type Bootstrap = { readonly days: number } | { readonly dates: number };

export interface KnownGap {
  readonly range: DayRange;
  readonly reason: string;
  readonly source: SourceRef;
}

export interface Dependency {
  readonly table: string;
  /** Calendar days before a date that its rows are computed from. */
  readonly lookbackDays: number;
  /** What a date is that was computed before its rows here were last written: told where `lookback` is declared (§3.5). */
  readonly stale: 'ignore' | 'warn' | 'fail';
  /** Share of the dates needed below which a preflight fails. */
  readonly coverage: number;
  /** Where that is said, if it is in another file. */
  readonly coverageSource?: SourceRef;
  readonly optional: boolean;
  readonly source: SourceRef;
}

export interface Table extends TableSource {
  readonly shortName: string;
  readonly phase: string;
  readonly key: readonly string[];
  readonly calendar: string | undefined;
  readonly bootstrap: Bootstrap | undefined;
  readonly knownGaps: readonly KnownGap[];
  readonly dependsOn: readonly Dependency[];
  readonly job: string | undefined;
  /** Globs of the code that writes the table. */
  readonly sources: readonly string[];
  /** Covered share below which the table fails. */
  readonly coverage: { readonly min: number; readonly source: SourceRef };
  readonly checks: readonly Check[];
  readonly source: SourceRef;
}

export interface Phase {
  readonly id: string;
  readonly name: string;
  readonly tables: readonly string[];
  readonly source: SourceRef;
}

export interface Season {
  readonly id: string;
  readonly range: DayRange;
  readonly source: SourceRef;
}

interface CalendarBase {
  readonly name: string;
  /** IANA zone in which a date begins. */
  readonly timezone: string;
  /** Milliseconds after a date's own midnight when it is due; `undefined`: when the date is over. */
  readonly dueAfterMs: number | undefined;
  /** Ascending, disjoint. */
  readonly seasons: readonly Season[];
  readonly knownGaps: readonly KnownGap[];
  readonly source: SourceRef;
}
/** `daily` and `weekdays`: every such day is held. */
export interface RegularCalendar extends CalendarBase {
  readonly kind: 'regular';
  readonly days: 'daily' | 'weekdays';
  readonly start: Day | undefined;
}
/** Read from a table or a CSV file, measured like any table. */
export interface MeasuredCalendar extends CalendarBase {
  readonly kind: 'measured';
  readonly rows: TableSource;
  /** The user's expression of a row that was held; absent: every row. */
  readonly where: string | undefined;
  /** The user's expression of a row that will never be held (postponed, cancelled). */
  readonly notHeld: string | undefined;
  /** How many expected units a date has, over the held rows. */
  readonly units: ReadonlyMap<string, Aggregate>;
}
export type Calendar = RegularCalendar | MeasuredCalendar;

interface JobBase {
  readonly name: string;
  /** What running a date twice does. */
  readonly rewrites: 'replace' | 'merge' | 'append' | 'unknown';
  /** The most dates of one command, or statement. */
  readonly chunk: number;
  /** How many of its commands may run at once. */
  readonly parallel: number;
  readonly timeoutMs: number | undefined;
  /** How often a command that fails is tried in all. */
  readonly attempts: number;
  /** How long is waited before the second try; doubled for each further one. */
  readonly backoffMs: number;
  readonly source: SourceRef;
}
export interface CommandJob extends JobBase {
  readonly kind: 'command';
  readonly command: readonly Template[];
  readonly env: ReadonlyMap<string, Template>;
  readonly envFile: Template | undefined;
  /** Flags that take the dates. */
  readonly dates: {
    readonly list: string | undefined;
    readonly range: readonly [string, string] | undefined;
    readonly one: string | undefined;
  };
  readonly options: ReadonlyMap<string, string>;
  /** Names of environment variables that it needs and whose values are never written down or shown. */
  readonly secrets: readonly string[];
}
export interface SqlJob extends JobBase {
  readonly kind: 'sql';
  /** Path of the SQL file, relative to the manifest. */
  readonly sql: string;
}
export type Job = CommandJob | SqlJob;

/** What is trained on the tables, and what has to hold of them before. */
export interface Training {
  readonly name: string;
  readonly range: DayRange;
  readonly needs: readonly TrainingNeed[];
  readonly source: SourceRef;
}
export interface TrainingNeed {
  readonly table: string;
  readonly coverage: { readonly min: number; readonly source: SourceRef };
  /** Rows, features and what else has to hold, in place of the table's own checks: a training may live with less, or need more. */
  readonly checks: readonly Check[];
}

/** A finding that somebody has looked at and lives with. */
export interface AcceptedFinding {
  readonly table: string;
  /** A check's id or type, or `coverage`, `unexpected`, `stray-rows`. */
  readonly check: string;
  /** `undefined`: every date. */
  readonly dates: readonly DayRange[] | undefined;
  readonly reason: string;
  /** The last day on which it holds. */
  readonly until: Day | undefined;
  readonly source: SourceRef;
}
