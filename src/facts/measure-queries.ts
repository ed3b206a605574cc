// Query figures measured: one statement each, whatever asks for it, and never from the cache: they read tables whose stamps say nothing of each other.
import type { DayRange } from '../model/day-set';
import { type Query, type QueryId, type QueryReading, queryId } from '../model/queries';
import type { Table } from '../pipeline/pipeline';
import type { Warehouse } from '../warehouse/warehouse';

export interface MeasuredQueries {
  /** By table, then by query. */
  readonly readings: ReadonlyMap<string, ReadonlyMap<QueryId, QueryReading>>;
  readonly statements: number;
  /** `undefined` where a statement did not tell. */
  readonly bytes: number | undefined;
}

/** The dates that queries are asked about. */
export interface QueryRanges {
  readonly range: DayRange;
  readonly seasonsOf: (table: Table) => readonly DayRange[];
}

/**
 * Asks the queries of tables' checks.
 * @param declared every declared table: a query names those that it reads
 */
export async function measureQueries(
  tables: readonly Table[],
  declared: ReadonlyMap<string, Table>,
  { range, seasonsOf }: QueryRanges,
  warehouse: Warehouse,
  signal: AbortSignal,
): Promise<MeasuredQueries> {
  const readings = new Map<string, Map<QueryId, QueryReading>>();
  let statements = 0;
  let bytes: number | undefined = 0;
  for (const table of tables) {
    const queries = new Map(
      table.checks.flatMap(check => (check.queries ?? []).map(query => [queryId(query), query] as const)),
    );
    const own = new Map<QueryId, QueryReading>();
    if (queries.size > 0) readings.set(table.name, own);
    for (const [id, query] of queries) {
      const others = tablesOf(query, declared).filter(({ name }) => name !== table.name);
      const descriptions = await warehouse.describe([table, ...others], signal);
      const lacking = [table, ...others].find(({ name }) => descriptions.get(name)?.state !== 'present');
      if (lacking !== undefined) {
        const description = descriptions.get(lacking.name);
        const why = description === undefined || description.state === 'present' ? '' : description.message;
        own.set(id, { state: 'failed', message: `${lacking.name} cannot be read: ${why}` });
        continue;
      }
      statements++;
      const answer = await warehouse.measureQuery(
        { source: table, query, others, range, seasons: seasonsOf(table) },
        signal,
      );
      if (answer.ok) {
        const { value } = answer;
        bytes = bytes === undefined || value.bytes === undefined ? undefined : bytes + value.bytes;
        own.set(id, { state: 'measured', days: value.days, values: value.values, undated: value.undated });
      } else own.set(id, { state: 'failed', message: answer.failure.message });
    }
  }
  return { readings, statements, bytes };
}

/** The declared tables that a query reads: a statement names them by their full names. */
function tablesOf(query: Query, declared: ReadonlyMap<string, Table>): readonly Table[] {
  switch (query.query) {
    case 'across-dates':
    case 'most-frequent':
      return [];
    case 'join':
      return [...declared.values()].filter(({ name }) => name === query.table);
    case 'sql':
      return tablesNamed(query.text, declared);
  }
}

/** The declared tables that a user's statement names by their full names: one more than it reads does no harm. */
export function tablesNamed(statement: string, declared: ReadonlyMap<string, Table>): readonly Table[] {
  const text = statement.toLowerCase().replaceAll('"', '');
  return [...declared.values()].filter(({ name }) => text.includes(name.toLowerCase()));
}
