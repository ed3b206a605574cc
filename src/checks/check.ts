// What a check is: how it is declared, which figures it needs, how they are judged. Pure: a check never touches a warehouse.
import type { z } from 'zod';
import type { Day } from '../model/day';
import type { DayRange, DaySet } from '../model/day-set';
import type { TableFacts, TableReading } from '../model/facts';
import type { Figure, RowTest } from '../model/figures';
import type { Query, QueryReading } from '../model/queries';
import type { Outcome } from '../model/outcome';
import type { MeasuredValue, Threshold } from '../model/report';
import type { SourceRef } from '../model/source';
import type { Window } from './declare-dates';

/** What a check may know of the table it is declared on. */
export interface CheckedTable {
  readonly name: string;
  readonly dated: boolean;
  readonly key: readonly string[];
  /** The column that says when a row was written, where there is one. */
  readonly written: string | undefined;
}

/** A season clipped to the range asked for. */
export interface SeasonRange {
  readonly id: string;
  readonly range: DayRange;
}

/** What a check is judged by. */
export interface Evidence {
  readonly facts: TableFacts;
  /** The dates the table is expected to hold in the range, less those of which the calendar is uncertain. */
  readonly expected: DaySet;
  readonly seasons: readonly SeasonRange[];
  /** Expected units of a date (games, sessions, …) by the calendar; `undefined` where it knows none. */
  units(day: Day, unit: string): number | undefined;
  /** What was measured of another table that the check named in `others`, over the same range; `undefined` where it was not. */
  other(table: string): TableReading | undefined;
  /** What came of one of the check's queries; `undefined` where it was not asked: coverage asks none. */
  query(definition: Query): QueryReading | undefined;
  /** The facts from as far back as the check's `reach` asked, and the dates expected since then. */
  readonly history: { readonly facts: TableFacts; readonly expected: DaySet };
  /** When a date is due, milliseconds since 1970 UTC; `undefined` where there is no calendar. */
  due(day: Day): number | undefined;
}

/** What a check says of one date. Only findings with a state colour the date; they come from `per: date` thresholds alone (rule 5). */
export interface DateFinding {
  readonly day: Day;
  /** Counts that fall short give partial; everything else that is wrong, excess included, degraded (rule 3). */
  readonly state?: 'partial' | 'degraded';
  readonly reason: string;
}

export interface Judgement {
  /** `fail` for a threshold missed: the declared severity may turn it into a warning later. */
  readonly outcome: Outcome;
  readonly value?: MeasuredValue;
  readonly threshold?: Omit<Threshold, 'source'>;
  readonly findings: readonly DateFinding[];
  /** Of a check that fails: the dates that it judged by themselves; absent: all that hold rows. */
  readonly judged?: readonly Day[];
  readonly message: string;
}

/** One thing to be judged, made from a declaration: a check on two columns becomes two. */
export interface CheckPart {
  /** Stable within the table, such as `not_null/usage_rate`. */
  readonly id: string;
  readonly column?: string;
  readonly figures: readonly Figure[];
  /** Figures of other tables, over the same range. */
  readonly others?: readonly { readonly table: string; readonly figures: readonly Figure[] }[];
  /** Statements of its own, asked where checks are reported. Their findings colour no date: coverage does not ask them. */
  readonly queries?: readonly Query[];
  /** How many expected dates before the range are judged too, by how many the range has. */
  readonly reach?: (expected: number) => number;
  /** The expected units that judging asks for. */
  readonly unit?: string;
  /** How many rows a date has, for each of the units where there are any: with so many, none is lacking. */
  readonly exactly?: number;
  readonly judge: (evidence: Evidence) => Judgement;
  /** What a row is like that the check is about: any of these. Absent where no single row is wrong. */
  readonly offending?: readonly RowTest[];
}

/** A part with what every declared check has. */
export interface Check extends CheckPart {
  readonly type: string;
  readonly severity: 'fail' | 'warn';
  /** The dates for which it is judged; absent: all that are asked for. */
  readonly window?: Window;
  readonly source: SourceRef;
  /** Where its threshold is said, if it is in another file than the check. */
  readonly thresholdSource?: SourceRef;
}

/** A check type: one file of this folder each, listed in `registry.ts`. */
export interface CheckType<Declared> {
  /** As written in the manifest. */
  readonly name: string;
  /** One line for completion and the schema. */
  readonly summary: string;
  readonly declaration: z.ZodType<Declared>;
  /** Whether the table has to declare `written`. */
  readonly needsWritten?: true;
  /** What a missed threshold is unless it is declared; a failure unless said. */
  readonly severity?: 'warn';
  readonly parts: (declared: Declared, table: CheckedTable) => readonly CheckPart[];
}
