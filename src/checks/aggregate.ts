// The aggregates that a manifest may name: three forms and no others, so that each means the same on every engine.
import type { z } from 'zod';
import { type Figure, type RowTest, figure, row } from '../model/figures';
import { parsed } from './parsed';

/** An aggregate over rows. */
export type Aggregate =
  | { readonly measure: 'count' }
  | { readonly measure: 'distinct'; readonly column: string }
  | { readonly measure: 'sum'; readonly column: string };

/** A column of an aggregate: a plain name, or any name in double quotes. */
const COLUMN = String.raw`([\p{L}_][\p{L}\p{N}_$]*|"(?:[^"]|"")+")`;
const DISTINCT = new RegExp(String.raw`^count\s*\(\s*distinct\s+${COLUMN}\s*\)$`, 'iu');
const SUM = new RegExp(String.raw`^sum\s*\(\s*${COLUMN}\s*\)$`, 'iu');

/** An aggregate as it is written: `count(*)`, `count(distinct column)` or `sum(column)`. */
export const aggregate: z.ZodType<Aggregate, string> = parsed((written): { value: Aggregate } | { message: string } => {
  const trimmed = written.trim();
  if (/^count\s*\(\s*\*\s*\)$/i.test(trimmed)) return { value: { measure: 'count' } };
  const distinct = DISTINCT.exec(trimmed)?.[1];
  if (distinct !== undefined) return { value: { measure: 'distinct', column: unquote(distinct) } };
  const sum = SUM.exec(trimmed)?.[1];
  if (sum !== undefined) return { value: { measure: 'sum', column: unquote(sum) } };
  return {
    message: `${written} is no aggregate that is understood: write count(*), count(distinct column) or sum(column)`,
  };
}).meta({ description: 'count(*), count(distinct column) or sum(column)' });

function unquote(column: string): string {
  return column.startsWith('"') ? column.slice(1, -1).replaceAll('""', '"') : column;
}

/** The figure of an aggregate over the rows that meet a condition. */
export function aggregateFigure(of: Aggregate, where: RowTest): Figure {
  if (of.measure === 'count') return figure.count(where);
  if (of.measure === 'sum') return figure.sum(of.column, where);
  // As count(distinct …) does in SQL: a row without a value counts for nothing.
  return figure.distinct([of.column], row.all(where, row.filled(of.column)));
}

/** An aggregate as people read it. */
export function aggregateText(of: Aggregate): string {
  return of.measure === 'count'
    ? 'count(*)'
    : of.measure === 'sum'
      ? `sum(${of.column})`
      : `count(distinct ${of.column})`;
}
