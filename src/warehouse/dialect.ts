// What differs between the engines' SQL. Everything else about a statement is in render.ts, once.
import type { ReadAs } from '../model/figures';
import type { DateColumn } from '../pipeline/pipeline';

/** A value of a statement, sent beside it and never written into it (rule 9). */
export interface Parameter {
  readonly name: string;
  readonly type: 'day' | 'number' | 'text';
  readonly value: string | number;
}

/** A column as an expression sees it: its SQL and its live type, upper case. */
export interface ColumnSql {
  readonly sql: string;
  readonly type: string;
}

export interface Dialect {
  readonly name: 'duckdb' | 'bigquery';
  /** A quoted identifier, whatever is in the name. */
  identifier(name: string): string;
  /** A reference to a parameter, as a value of its type. */
  parameter(parameter: Parameter): string;
  /** The column read as a number, an instant in epoch milliseconds or a date; NULL where it does not read so. */
  read(column: ColumnSql, as: ReadAs, timezone: string): string;
  /** The date of a row. */
  day(column: ColumnSql, date: DateColumn): string;
  /** A date as whole days since 1970-01-01. */
  dayNumber(date: string): string;
  /** Whether rows on no sensible date can only be found by reading every row anyway, so that asking for dates saves nothing. */
  readonly readsEveryRowForStrays: boolean;
  /** How many rows meet a condition. */
  countIf(condition: string): string;
  /** An aggregate over the rows that meet a condition (`undefined`: all), as a floating number. */
  aggregate(name: 'min' | 'max' | 'sum', value: string, condition: string | undefined): string;
  /** How many different typed tuples there are; a NULL part is a value of its own (rule 6). */
  distinct(columns: readonly { readonly name: string; readonly sql: string }[], condition: string | undefined): string;
  /** A number made of every row's values, that adds up and does not depend on the order of rows. */
  fingerprint(
    columns: readonly { readonly name: string; readonly sql: string }[],
    condition: string | undefined,
  ): string;
  /** A whole number below 2^53 that stands for a value: the same for equal values. NULL for NULL. */
  hash(value: string): string;
  /** How many rows hold the most frequent value of a column, NULL aside. */
  mostFrequent(column: string, condition: string | undefined): string;
  /** A value as text. */
  text(value: string): string;
  /** Whether the whole of a text matches a regular expression. */
  matches(text: string, pattern: string): string;
  /** A count as the client reads numbers. */
  number(expression: string): string;
}
