// Query figures on DuckDB: our own over the relations themselves, the user's over views that bear the tables' names.
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type Day, isSensible } from '../../model/day';
import type { DayRange } from '../../model/day-set';
import { type RelatedSource, renderQuery } from '../render-query';
import type { QueryMeasurement, QueryRows, WarehouseAnswer } from '../warehouse';
import { bind, numberOf } from './duckdb-values';
import { duckdbDialect } from './dialect';
import { type Columns, query } from './engine';
import { viewStatements, withViews } from './views';

/** Runs a query figure over tables whose relations are known. Whatever is not read whole is no answer. */
export async function runQuery(
  instance: DuckDBInstance,
  measurement: QueryMeasurement,
  own: RelatedSource,
  others: readonly RelatedSource[],
  rejected: (connection: DuckDBConnection) => Promise<string | undefined>,
  signal: AbortSignal | undefined,
): Promise<WarehouseAnswer<QueryRows>> {
  const { query: definition, range } = measurement;
  const connection = await instance.connect();
  try {
    const answer =
      definition.query === 'sql'
        ? await runUserSql(connection, definition.text, [own, ...others], range, signal)
        : await runOwn(connection, renderQuery(definition, own, others[0], measurement, duckdbDialect), signal);
    if (!answer.ok) return answer;
    const unread = await rejected(connection);
    if (unread !== undefined) return { ok: false, failure: { reason: 'statement', message: unread } };
    return { ok: true, value: rowsOf(answer.value, range) };
  } finally {
    connection.closeSync();
  }
}

function runOwn(
  connection: DuckDBConnection,
  statement: ReturnType<typeof renderQuery>,
  signal: AbortSignal | undefined,
): Promise<WarehouseAnswer<Columns>> {
  return query(connection, statement.sql, bind(statement), signal);
}

/** The user's statement sees every table under its own name. */
async function runUserSql(
  connection: DuckDBConnection,
  text: string,
  tables: readonly RelatedSource[],
  range: DayRange,
  signal: AbortSignal | undefined,
): Promise<WarehouseAnswer<Columns>> {
  const body = text.trim().replace(/;\s*$/, '');
  if (!/^(?:select|with|from)\b/i.test(body))
    return { ok: false, failure: { reason: 'statement', message: 'it is no SELECT: a check only reads' } };
  const views = tables.flatMap(({ source, relation }) => viewStatements(source, relation));
  return withViews(connection, views, signal, async () => {
    const { DuckDBDateValue } = await import('@duckdb/node-api'); // late: loading it is most of a short command
    const dates = {
      ...(/\$from\b/.test(body) ? { from: new DuckDBDateValue(range.from) } : {}),
      ...(/\$to\b/.test(body) ? { to: new DuckDBDateValue(range.to) } : {}),
    };
    // On lines of its own: a comment at its end comments out nothing of ours.
    const sql = `SELECT ${duckdbDialect.dayNumber('CAST(d AS DATE)')} AS d, CAST(v AS DOUBLE) AS v0 FROM (\n${body}\n) AS answer(d, v)`;
    return query(connection, sql, dates, signal);
  });
}

function rowsOf(answer: Columns, range: DayRange): QueryRows {
  const dayOf = answer.byName.get('d') ?? [];
  const columns = ['v0', 'v1'].flatMap(name => {
    const column = answer.byName.get(name);
    return column === undefined ? [] : [column];
  });
  const places: { readonly day: Day; readonly at: number }[] = [];
  let undated = 0;
  for (let at = 0; at < answer.rows; at++) {
    const number = numberOf(dayOf[at]);
    if (number === null || !isSensible(number as Day)) undated++;
    else if (number >= range.from && number <= range.to) places.push({ day: number as Day, at });
  }
  places.sort((a, b) => a.day - b.day);
  return {
    days: places.map(({ day }) => day),
    values: columns.map(column => places.map(({ at }) => numberOf(column[at]))),
    undated,
    bytes: undefined,
  };
}
