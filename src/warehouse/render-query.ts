// Query figures of our own as statements: keys under two dates, rows with a match in another table, and the most frequent value.
import type { Query } from '../model/queries';
import type { TableSource } from '../pipeline/pipeline';
import type { Dialect, Parameter } from './dialect';
import { type Relation, type Statement, Writer } from './render';
import type { QueryMeasurement } from './warehouse';

/** A table with where its rows are. */
export interface RelatedSource {
  readonly source: TableSource;
  readonly relation: Relation;
}

/**
 * Renders a query. Its columns: `d` (days since 1970), `v0` (rows), `v1` (those the query is about).
 * @param other the table that a `join` looks into
 */
export function renderQuery(
  query: Exclude<Query, { query: 'sql' }>,
  own: RelatedSource,
  other: RelatedSource | undefined,
  { range, seasons }: Pick<QueryMeasurement, 'range' | 'seasons'>,
  dialect: Dialect,
): Statement {
  const parameters: Parameter[] = [];
  const rows = (of: RelatedSource, columns: readonly string[], where?: (writer: Writer) => string): string => {
    const writer = new Writer(of.relation, of.source, dialect, parameters);
    const day = writer.day() ?? 'NULL';
    const names = columns.map((column, i) => `${writer.column(column).sql} AS k${i}`);
    const conditions = [writer.within(day, range), ...(where === undefined ? [] : [`(${where(writer)})`])];
    return `SELECT ${[`${day} AS d`, ...names].join(', ')} FROM ${of.relation.sql} WHERE ${conditions.join(' AND ')}`;
  };
  const condition = (writer: Writer): string => writer.test(query.where);
  if (query.query === 'across-dates') {
    const keys = query.columns.map((_, i) => `k${i}`);
    const sql = [
      `WITH r AS (${rows(own, query.columns, condition)}),`,
      `twice AS (SELECT ${keys.join(', ')}, 1 AS hit FROM r WHERE ${keys.map(key => `${key} IS NOT NULL`).join(' AND ')} GROUP BY ${keys.join(', ')} HAVING count(DISTINCT d) > 1)`,
      `SELECT ${dialect.dayNumber('r.d')} AS d, ${dialect.number('count(*)')} AS v0, ${dialect.number('count(twice.hit)')} AS v1`,
      `FROM r LEFT JOIN twice ON ${keys.map(key => `r.${key} = twice.${key}`).join(' AND ')}`,
      'GROUP BY r.d',
    ].join('\n');
    return { sql, parameters };
  }
  if (query.query === 'most-frequent') {
    const writer = new Writer(own.relation, own.source, dialect, parameters);
    const scopes = query.per === 'season' ? seasons : [];
    const cases = scopes.map((season, i) => `WHEN ${writer.within('r.d', season)} THEN ${i}`);
    const sql = [
      `WITH r AS (${rows(own, [query.column], condition)}),`,
      `s AS (SELECT r.d, r.k0 AS x, ${cases.length === 0 ? '0' : `CASE ${cases.join(' ')} ELSE -1 END`} AS s FROM r WHERE r.k0 IS NOT NULL),`,
      'c AS (SELECT s, x, count(*) AS n FROM s GROUP BY s, x),',
      'v AS (SELECT s, max_by(x, n) AS x FROM c GROUP BY s)',
      `SELECT ${dialect.dayNumber('s.d')} AS d, ${dialect.number('count(*)')} AS v0, ${dialect.number(dialect.countIf('s.x = v.x'))} AS v1`,
      'FROM s JOIN v ON s.s = v.s',
      'GROUP BY s.d',
    ].join('\n');
    return { sql, parameters };
  }
  const its = query.on.map(([, column]) => column);
  const keys = query.on.map((_, i) => `k${i}`);
  const matches =
    other === undefined ? 'SELECT NULL AS d' : `SELECT DISTINCT *, 1 AS hit FROM (${rows(other, its)}) AS rows_there`;
  const sql = [
    `WITH a AS (${rows(
      own,
      query.on.map(([column]) => column),
      condition,
    )}),`,
    `b AS (${matches})`,
    `SELECT ${dialect.dayNumber('a.d')} AS d, ${dialect.number('count(*)')} AS v0, ${dialect.number('count(b.hit)')} AS v1`,
    `FROM a LEFT JOIN b ON a.d = b.d AND ${keys.map(key => `a.${key} = b.${key}`).join(' AND ')}`,
    'GROUP BY a.d',
  ].join('\n');
  return { sql, parameters };
}
