// Query figures: what no single pass over one table can tell. Each is a statement of its own that gives numbers by date.
import type { Day } from './day';
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
