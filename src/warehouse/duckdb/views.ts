// Views of declared tables under their own names: `dataset.table` means the same in a check and in an `sql` job.
import type { DuckDBConnection } from '@duckdb/node-api';
import { errorWords } from '../../model/error-words';
import type { TableSource } from '../../pipeline/pipeline';
import type { Relation } from '../render';
import type { DescribedTable, LiveColumn, WarehouseAnswer } from '../warehouse';
import { duckdbDialect } from './dialect';
import { newInstance, query } from './engine';
import { ENGINE_TYPES, schemaAndTable } from './relations';

/** The statements that define a view of a table. Its date is a DATE, wherever it is read from; its types are those declared. */
export function viewStatements(source: TableSource, relation: Relation): readonly string[] {
  const { date } = source;
  const isDate = (column: LiveColumn): boolean => column.name.toLowerCase() === date?.column.toLowerCase();
  const columns = relation.columns.map(column => {
    const name = duckdbDialect.identifier(column.name);
    return isDate(column) && date !== undefined
      ? `${duckdbDialect.day({ sql: name, type: column.type }, date)} AS ${name}`
      : name;
  });
  if (date !== undefined && relation.fileDay !== undefined && !relation.columns.some(isDate))
    columns.push(`${relation.fileDay} AS ${duckdbDialect.identifier(date.column)}`);
  return defineView(source, `SELECT ${columns.join(', ')} FROM ${relation.sql}`);
}

/** Catalogues made so far: each has a name of its own in the one instance. */
let catalogues = 0;

/** Does something on a connection that sees views, in a catalogue of its own that goes with them. */
export async function withViews<T>(
  connection: DuckDBConnection,
  views: readonly string[],
  signal: AbortSignal | undefined,
  then: () => Promise<WarehouseAnswer<T>>,
): Promise<WarehouseAnswer<T>> {
  const catalogue = duckdbDialect.identifier(`phasegate_${catalogues++}`);
  const made = await query(connection, `ATTACH ':memory:' AS ${catalogue}`, {}, signal);
  if (!made.ok) return made;
  try {
    for (const statement of [`USE ${catalogue}`, ...views]) {
      const done = await query(connection, statement, {}, signal);
      if (!done.ok) return done;
    }
    return await then();
  } finally {
    await query(connection, 'USE memory');
    await query(connection, `DETACH ${catalogue}`);
  }
}

/** A view with a table's columns and no rows; `undefined` where nothing says which columns it has. */
export function emptyViewStatements({ source, description }: DescribedTable): readonly string[] | undefined {
  const live = description.state === 'present' ? description.columns : [];
  const declared = [...source.columns].map(([name, type]) => ({ name, type: ENGINE_TYPES[type ?? 'text'] }));
  const columns = new Map(
    (live.length > 0 ? live : declared).map(({ name, type }) => [name.toLowerCase(), { name, type }]),
  );
  if (columns.size === 0) return undefined;
  if (source.date !== undefined)
    columns.set(source.date.column.toLowerCase(), { name: source.date.column, type: 'DATE' });
  const list = [...columns.values()].map(
    ({ name, type }) => `CAST(NULL AS ${type}) AS ${duckdbDialect.identifier(name)}`,
  );
  return defineView(source, `SELECT ${list.join(', ')} WHERE false`);
}

function defineView(source: TableSource, select: string): readonly string[] {
  const [schema, table] = schemaAndTable(source.name).map(part => duckdbDialect.identifier(part));
  return [
    `CREATE SCHEMA IF NOT EXISTS ${schema ?? ''}`,
    `CREATE OR REPLACE VIEW ${schema ?? ''}.${table ?? ''} AS ${select}`,
  ];
}

type ColumnsAnswer = WarehouseAnswer<readonly LiveColumn[]>;

/** What `Warehouse.statementColumns` says: asked of an instance of its own, which holds no data and no file. */
export async function statementColumns(
  statements: readonly string[],
  tables: readonly DescribedTable[],
  signal: AbortSignal | undefined,
): Promise<readonly ColumnsAnswer[]> {
  if (statements.length === 0) return [];
  const instance = await newInstance({ memoryLimit: undefined, threads: 1 });
  if (!instance.ok) return statements.map(() => instance);
  const connection = await instance.value.connect();
  try {
    const unknown: string[] = [];
    for (const { source, description } of tables) {
      const views = emptyViewStatements({ source, description });
      if (views === undefined) unknown.push(source.name);
      for (const view of views ?? []) {
        const made = await query(connection, view, {}, signal);
        if (!made.ok) return statements.map(() => made);
      }
    }
    const answers: ColumnsAnswer[] = [];
    for (const sql of statements) answers.push(await columnsOf(sql, connection, unknown, signal));
    return answers;
  } finally {
    connection.closeSync();
    instance.value.closeSync();
  }
}

/** @param unknown declared tables without a view: nothing says which columns they have */
async function columnsOf(
  sql: string,
  connection: DuckDBConnection,
  unknown: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ColumnsAnswer> {
  const refused = (message: string): ColumnsAnswer => ({ ok: false, failure: { reason: 'statement', message } });
  if (!/\$dates\b/.test(sql)) return refused('it does not use $dates: nothing tells it which dates to give');
  const { DuckDBDateValue, listValue } = await import('@duckdb/node-api'); // late: loading it is most of a short command
  try {
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) return refused(`it holds ${statements.count} statements: a job is one SELECT`);
  } catch (error) {
    return refused(errorWords(error));
  }
  const described = await query(connection, `DESCRIBE ${sql}`, { dates: listValue([new DuckDBDateValue(0)]) }, signal);
  if (!described.ok) {
    const { reason, message } = described.failure;
    const hint = unknown.filter(name => message.includes(schemaAndTable(name)[1]));
    return hint.length === 0
      ? described
      : {
          ok: false,
          failure: { reason, message: `${message} (${hint.join(', ')} is not there yet: declare its columns)` },
        };
  }
  const names = described.value.byName.get('column_name') ?? [];
  const types = described.value.byName.get('column_type') ?? [];
  return { ok: true, value: names.map((name, i) => ({ name: String(name), type: String(types[i]).toUpperCase() })) };
}
