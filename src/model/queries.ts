// Query figures: what no single pass over one table can tell. Each is a statement of its own that gives numbers by date.
import type { Day } from './day';
import type { DayRange } from './day-set';
import type { RowTest } from './figures';

export type Query =
  /** By date: rows, and rows whose key is found on another date too. */
  | { readonly query: 'across-dates'; readonly columns: readonly string[]; readonly where: RowTest }
  /** By date: rows, and rows that have a match on the same date of another table. Pairs: a column here, its column there. */
  | {
      readonly query: 'join';
      readonly table: string;
      readonly on: readonly (readonly [own: string, its: string])[];
      readonly where: RowTest;
    }
  /** By date: rows that hold a value, and those that hold the most frequent one of their season, or of the range. */
  | {
      readonly query: 'most-frequent';
      readonly column: string;
      readonly per: 'season' | 'range';
      readonly where: RowTest;
    }
  /** The user's own SELECT of a date and a number, over declared tables under their own names. */
  | { readonly query: 'sql'; readonly text: string };

declare const queryIdBrand: unique symbol;
/** The identity of a query: equal for equal definitions, so that two checks share one statement. */
export type QueryId = string & { readonly [queryIdBrand]: 'QueryId' };

/** The identity of a query, see `QueryId`. */
export function queryId(definition: Query): QueryId {
  return JSON.stringify(definition) as QueryId;
}

/** What came of a query. `days` ascend; `values` are its numbers, each parallel to `days`. */
export type QueryReading =
  | {
      readonly state: 'measured';
      readonly days: readonly Day[];
      readonly values: readonly (readonly (number | null)[])[];
      /** Rows of the answer without a date. */
      readonly undated: number;
    }
  | { readonly state: 'failed'; readonly message: string };

/** The part of a reading that lies in a range. */
export function readingWithin(
  reading: Extract<QueryReading, { state: 'measured' }>,
  { from, to }: DayRange,
): Extract<QueryReading, { state: 'measured' }> {
  const inside = reading.days.map(day => day >= from && day <= to);
  return {
    ...reading,
    days: reading.days.filter((_, i) => inside[i]),
    values: reading.values.map(column => column.filter((_, i) => inside[i])),
  };
}
