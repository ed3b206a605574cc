// Facts: figures as they were measured. Columnar, because ten thousand tables of ten years have to stay cheap.
import type { Day } from './day';
import type { DayRange } from './day-set';
import type { FigureId } from './figures';

/** A measured value. Instants are milliseconds since 1970 UTC (with fractions); `null` is the minimum, maximum or sum of no values. */
export type FigureValue = number | null;

/** Why a figure has no value. */
export type Unmeasured =
  | { readonly reason: 'absent-column'; readonly columns: readonly string[]; readonly nearest: string | undefined }
  | { readonly reason: 'failed'; readonly message: string };

/** Rows that lie on no date that can be meant: findings of their own (rule 6). */
export interface StrayRows {
  /** Rows whose date is NULL or does not read as a date. */
  readonly withoutDate: number;
  /** Rows dated outside sense, such as 9999-12-31, by date. */
  readonly outsideSense: readonly { readonly day: Day; readonly rows: number }[];
  /** Rows in a dated file whose own date column says another date, by the file's date. */
  readonly misfiled: readonly { readonly day: Day; readonly rows: number }[];
}

/** The figures of one table over a range of dates. `rows` and every column of `values` run parallel to `days`. */
export interface TableFacts {
  readonly table: string;
  /** `false` where the table has no date: then `days` is one entry that stands for the whole table. */
  readonly dated: boolean;
  readonly range: DayRange;
  /** The dates in the range that hold rows, ascending. */
  readonly days: readonly Day[];
  readonly rows: readonly number[];
  readonly values: ReadonlyMap<FigureId, readonly FigureValue[]>;
  readonly unmeasured: ReadonlyMap<FigureId, Unmeasured>;
  /** Dates whose rows could not be read (a broken file), with the reason. Their states are unknown. */
  readonly unread: ReadonlyMap<Day, string>;
  readonly strays: StrayRows;
  /** When the oldest of these facts was measured, milliseconds since 1970 UTC. */
  readonly measuredAt: number;
}

/** What came of measuring a table: one that is not there and one that cannot be read are different things (rule 7). */
export type TableReading =
  | { readonly state: 'measured'; readonly facts: TableFacts }
  | { readonly state: 'absent'; readonly knownBefore: boolean; readonly message: string }
  | { readonly state: 'unreadable'; readonly message: string };

/** The part of facts that lies in a range; rows on no date that can be meant belong to every part. */
export function factsWithin(facts: TableFacts, range: DayRange): TableFacts {
  if (!facts.dated || (facts.range.from >= range.from && facts.range.to <= range.to)) return facts;
  const inside = (day: Day): boolean => day >= range.from && day <= range.to;
  const first = facts.days.findIndex(inside);
  const from = first < 0 ? facts.days.length : first;
  const after = facts.days.findIndex(day => day > range.to);
  const to = after < 0 ? facts.days.length : after;
  return {
    ...facts,
    range,
    days: facts.days.slice(from, to),
    rows: facts.rows.slice(from, to),
    values: new Map([...facts.values].map(([id, values]) => [id, values.slice(from, to)])),
    unread: new Map([...facts.unread].filter(([day]) => inside(day))),
    strays: { ...facts.strays, misfiled: facts.strays.misfiled.filter(({ day }) => inside(day)) },
  };
}

export const NO_STRAYS: StrayRows = { withoutDate: 0, outsideSense: [], misfiled: [] };
