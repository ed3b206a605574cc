// The one DuckDB instance of this process: in memory, with database files attached to it. Loaded only when it is needed.
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import type { WarehouseAnswer, WarehouseFailure } from '../warehouse';

/** Limits of the instance. */
export interface EngineOptions {
  /** Most memory DuckDB may take, bytes; DuckDB's own limit unless said. */
  readonly memoryLimit: number | undefined;
  readonly threads: number | undefined;
}

let starting: Promise<WarehouseAnswer<DuckDBInstance>> | undefined;

/** The instance, started by the first caller with its limits. A native part that does not load is a failure that says so. */
export async function duckdbInstance(options: EngineOptions): Promise<WarehouseAnswer<DuckDBInstance>> {
  starting ??= newInstance(options);
  const started = await starting;
  if (!started.ok) starting = undefined; // the next caller may be luckier
  return started;
}

/** An instance of its own, in memory, that attaches no file: whoever makes it closes it. */
export async function newInstance({ memoryLimit, threads }: EngineOptions): Promise<WarehouseAnswer<DuckDBInstance>> {
  try {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:', {
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      ...(memoryLimit === undefined ? {} : { memory_limit: `${Math.ceil(memoryLimit / 1_000_000)}MB` }),
      ...(threads === undefined ? {} : { threads: String(threads) }),
    });
    return { ok: true, value: instance };
  } catch (error) {
    return unavailable(
      `DuckDB could not be started: ${(messageOf(error).split('\n')[0] ?? '').replace(/[.\s]+$/, '')}. Reinstall the package for this system (its native part is @duckdb/node-bindings)`,
    );
  }
}

/** A connection of its own, with write times and days told in UTC. Its temporary tables end with it. */
export async function connect(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return connection;
}

/** An answer of the engine, column by column, with the names it gives them. */
export interface Columns {
  readonly rows: number;
  readonly byName: ReadonlyMap<string, readonly DuckDBValue[]>;
}

/** Runs one statement. Aborting the signal interrupts the query itself. */
export async function query(
  connection: DuckDBConnection,
  sql: string,
  parameters: Readonly<Record<string, DuckDBValue>> = {},
  signal?: AbortSignal,
): Promise<WarehouseAnswer<Columns>> {
  if (signal?.aborted === true) return cancelled();
  const state = { interrupted: false };
  const interrupt = (): void => {
    state.interrupted = true;
    connection.interrupt();
  };
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    const reader = await connection.runAndReadAll(sql, parameters);
    const names = reader.columnNames();
    const columns = reader.getColumns();
    return {
      ok: true,
      value: { rows: reader.currentRowCount, byName: new Map(names.map((name, i) => [name, columns[i] ?? []])) },
    };
  } catch (error) {
    if (state.interrupted) return cancelled();
    return { ok: false, failure: { reason: 'statement', message: firstLines(messageOf(error)) } };
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

export function cancelled(): { readonly ok: false; readonly failure: WarehouseFailure } {
  return { ok: false, failure: { reason: 'cancelled', message: 'the query was cancelled' } };
}

export function unavailable(message: string): { readonly ok: false; readonly failure: WarehouseFailure } {
  return { ok: false, failure: { reason: 'unavailable', message } };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** DuckDB's messages go on with the statement and advice on its options: the first paragraph says what happened. */
function firstLines(message: string): string {
  return (message.split(/\n\s*\n|\nLINE \d/)[0] ?? message).replaceAll(/\s*\n\s*/g, ' ').trim();
}
