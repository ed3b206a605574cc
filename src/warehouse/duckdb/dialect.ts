// DuckDB's SQL.
import type { ReadAs } from '../../model/figures';
import type { ColumnSql, Dialect, Parameter } from '../dialect';

const NUMERIC = /^(?:U?(?:TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL.*)$/;
const NAIVE_TIMESTAMP = /^TIMESTAMP(?:_S|_MS|_NS)?$/;
const ZONED_TIMESTAMP = 'TIMESTAMP WITH TIME ZONE';

/** A text literal. Only for what cannot be a parameter: zone names inside functions and file lists. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The column as an instant (TIMESTAMPTZ); naive times are in `timezone`. */
function instant({ sql, type }: ColumnSql, timezone: string): string {
  if (type === ZONED_TIMESTAMP) return sql;
  if (NAIVE_TIMESTAMP.test(type) || type === 'DATE') return `timezone(${literal(timezone)}, CAST(${sql} AS TIMESTAMP))`;
  // Text with an offset says its zone itself; text without one is in `timezone`.
  const hasOffset = `regexp_matches(${sql}, '(Z|[+-][0-9]{2}(:?[0-9]{2})?)$') AND regexp_matches(${sql}, ':')`;
  return `CASE WHEN ${hasOffset} THEN TRY_CAST(${sql} AS TIMESTAMPTZ) ELSE timezone(${literal(timezone)}, TRY_CAST(${sql} AS TIMESTAMP)) END`;
}

function read(column: ColumnSql, as: ReadAs, timezone: string): string {
  const { sql, type } = column;
  switch (as) {
    case 'number':
      return NUMERIC.test(type) ? sql : `TRY_CAST(${sql} AS DOUBLE)`;
    case 'instant':
      return `(epoch_us(${instant(column, timezone)}) / 1000.0)`;
    case 'day':
      return type === 'DATE' ? sql : `TRY_CAST(${sql} AS DATE)`;
  }
}

export const duckdbDialect: Dialect = {
  name: 'duckdb',
  readsEveryRowForStrays: true, // and each cast of a text date costs as much as a figure
  identifier: name => `"${name.replaceAll('"', '""')}"`,
  parameter: ({ name, type }: Parameter) => (type === 'day' ? `CAST($${name} AS DATE)` : `$${name}`),
  read,
  day: (column, date) => {
    const { sql, type } = column;
    if (type === 'DATE') return sql;
    if (date.timezone !== undefined)
      return `CAST(timezone(${literal(date.timezone)}, ${instant(column, 'UTC')}) AS DATE)`;
    if (type === ZONED_TIMESTAMP) return `CAST(timezone('UTC', ${sql}) AS DATE)`;
    return NAIVE_TIMESTAMP.test(type) ? `CAST(${sql} AS DATE)` : `TRY_CAST(${sql} AS DATE)`;
  },
  dayNumber: date => `CAST(${date} - DATE '1970-01-01' AS DOUBLE)`,
  countIf: condition => `count(*) FILTER (WHERE ${condition})`,
  aggregate: (name, value, condition) =>
    `CAST(${name}(${value})${condition === undefined ? '' : ` FILTER (WHERE ${condition})`} AS DOUBLE)`,
  distinct: (columns, condition) => {
    // A row value is never NULL, so a tuple with NULL parts counts as one.
    const tuple = `(${columns.map(({ sql }) => sql).join(', ')}${columns.length === 1 ? ', 0' : ''})`;
    return `count(DISTINCT ${tuple})${condition === undefined ? '' : ` FILTER (WHERE ${condition})`}`;
  },
  fingerprint: (columns, condition) =>
    // 32 bits a row: two million rows of a date add up without loss.
    `CAST(sum(hash(${columns.length === 0 ? '0' : columns.map(({ sql }) => sql).join(', ')}) % 4294967296)${condition === undefined ? '' : ` FILTER (WHERE ${condition})`} AS DOUBLE)`,
  hash: value => `CASE WHEN ${value} IS NOT NULL THEN hash(${value}) >> 11 END`,
  mostFrequent: (column, condition) =>
    `CAST(list_max(map_values(histogram(${column})${condition === undefined ? '' : ` FILTER (WHERE ${condition})`})) AS DOUBLE)`,
  text: value => `CAST(${value} AS VARCHAR)`,
  matches: (text, pattern) => `regexp_full_match(${text}, ${pattern})`,
  number: expression => `CAST(${expression} AS DOUBLE)`,
};
