// The report: what every surface shows, as plain data. `print/` renders it; its JSON shape is `phasegate.report/1`.
import type { DateState, Exclusion } from './coverage';
import type { Outcome, Verdict } from './outcome';
import type { SourceRef } from './source';

/** A measured share, or a measured number. */
export type MeasuredValue =
  { readonly part: number; readonly whole: number; readonly share: number } | { readonly count: number };

/** Over which dates a threshold holds. */
export type Scope = 'date' | 'season' | 'range';

/** What was asked of the value, and where that was said. */
export interface Threshold {
  readonly op: '>=' | '<=' | '==' | 'between';
  readonly value: number | readonly [number, number];
  readonly per: Scope;
  /** Dates with fewer rows are not judged by themselves. */
  readonly minRows?: number;
  readonly source: SourceRef;
}

/** A finding that somebody has accepted: still shown, left out of verdict, gates and plan. */
export interface Acceptance {
  readonly reason: string;
  readonly until: string | undefined;
  readonly source: SourceRef;
}

/** A commit that touched the code of a table. */
export interface BlamedCommit {
  /** Abbreviated. */
  readonly hash: string;
  /** ISO instant. */
  readonly at: string;
  readonly subject: string;
}

/** A date on one side of a break, and when its rows were written. */
export interface BlamedDate {
  readonly date: string;
  /** ISO instant. */
  readonly written: string;
}

/** Since when a check of a column fails, and which commits touched the table's code in between: why it may. */
export interface Blame {
  /** All of it in a sentence. */
  readonly words: string;
  /** The first date that fails, ISO; absent where good and bad dates alternate. */
  readonly from?: string;
  /** What was written last and was good, and what was written first and was bad. */
  readonly lastGood?: BlamedDate;
  readonly firstBad?: BlamedDate;
  /** Between the two writes, oldest first. */
  readonly commits: readonly BlamedCommit[];
  /** Why no commits could be looked for; absent where they were. */
  readonly leftOut?: string;
}

/** One judgement of one thing asked of one table. */
export interface Result {
  /** Stable name, such as `nba_analytics.player_game_summary/not_null/usage_rate`. */
  readonly id: string;
  readonly gate: string;
  readonly table: string;
  readonly check: string;
  readonly column?: string;
  readonly outcome: Outcome;
  readonly value?: MeasuredValue;
  readonly threshold?: Threshold;
  /** The dates the finding is about, as inclusive ISO ranges. */
  readonly dates?: { readonly count: number; readonly ranges: readonly (readonly [string, string])[] };
  /** A reason for some of the dates, worst or first ones, at most a few: for people. */
  readonly examples?: readonly { readonly date: string; readonly reason: string }[];
  /** Whether single rows can be shown that it is about. */
  readonly hasRows?: true;
  /** ISO instant; absent where nothing was measured for it. */
  readonly measuredAt?: string;
  /** What happened, to what, and where it helps what to do next. */
  readonly message: string;
  /** Where the thing judged is declared. */
  readonly source?: SourceRef;
  readonly accepted?: Acceptance;
  /** Of a failing check of a column, where the table's sources, git and write times tell. */
  readonly blame?: Blame;
}

/** One season of a table, for the grid of one character a date. */
export interface SeasonGrid {
  readonly season: string;
  readonly expected: number;
  readonly covered: number;
  /** The first day of the season that is in the range, ISO. */
  readonly from: string;
  /** One letter a day from there on (`DAY_LETTERS`). */
  readonly days: string;
}

/** A table's coverage as it is reported. */
export interface CoverageReport {
  readonly table: string;
  readonly phase: string;
  readonly outcome: Outcome;
  readonly message: string;
  readonly days: number;
  readonly expected: number;
  readonly counts: Readonly<Record<DateState, number>>;
  readonly excluded: Readonly<Record<Exclusion, number>>;
  /** Off-days that hold rows, and how many of them somebody accepted. */
  readonly unexpected: number;
  readonly unexpectedDates: readonly (readonly [string, string])[];
  /** Dates whose findings somebody accepted, by state; they do not lower `share`. */
  readonly accepted: Readonly<Partial<Record<DateState | 'unexpected', number>>>;
  /** Covered dates as a share of the expected ones; `null` where none is expected. */
  readonly share: number | null;
  /** The most that can be reached, expected ÷ scheduled dates, computed from the range (rule 3). */
  readonly maximum: { readonly expected: number; readonly scheduled: number; readonly share: number } | null;
  /** Runs of dates that are not complete: from, to, state, reason. */
  readonly states: readonly (readonly [string, string, DateState, string])[];
  readonly seasons: readonly SeasonGrid[];
  /** ISO instant of the newest write in the range, where `written` is declared. */
  readonly lastWrite?: string;
  readonly measuredAt?: string;
  readonly source: SourceRef;
}

/** What answering cost. Unknown is said, never 0 (rule 8). */
export interface Cost {
  /** Statements that read rows, calendars included. */
  readonly statements: number;
  /** Look-ups of the catalogue: schemas and partitions. */
  readonly lookups: number;
  readonly bytes: number | null;
  readonly bytesKnown: boolean;
  readonly ms: number;
}

/** Commands that ask of single writes: coverage goes with their reports and is not judged in them. */
export const ASKS_OF_WRITES: ReadonlySet<string> = new Set(['preflight', 'verify']);

/** A result that is another one than in the report before. */
export interface Change {
  readonly id: string;
  readonly table: string;
  readonly was: Outcome | undefined;
  readonly is: Outcome | undefined;
  /** What is said of it now, or was said where it is gone. */
  readonly message: string;
}

/** What earlier reports of the same question say beside this one. */
export interface History {
  /** When the report that is compared with was made, ISO. */
  readonly since: string;
  readonly changes: readonly Change[];
  /** Measured shares and counts of results in earlier reports, oldest first, by the result's id. */
  readonly trends: Readonly<Record<string, readonly number[]>>;
}

export interface Report {
  readonly schema: 'phasegate.report/1';
  readonly command: string;
  readonly pipeline: string;
  readonly target: string;
  readonly verdict: Verdict;
  readonly asOf: string;
  /** Whether `asOf` was given (`--as-of`), declared in the manifest or is now (rule 14). */
  readonly asOfFrom: 'command' | 'manifest' | 'now';
  readonly from: string;
  readonly to: string;
  /** What was asked about, where that is no list of tables: the name of a training. */
  readonly subject?: string;
  /** ISO instant since which writes were looked for; absent where that was not asked. */
  readonly since?: string;
  readonly phases: readonly { readonly id: string; readonly name: string; readonly tables: readonly string[] }[];
  readonly results: readonly Result[];
  readonly coverage: readonly CoverageReport[];
  /** Absent where it was not asked for, or there is no earlier report. */
  readonly history?: History;
  /** What to do next: a command line and why. */
  readonly next: readonly { readonly command: string; readonly why: string }[];
  readonly cost: Cost;
}
