// The one DuckDB instance of this process: in memory, with database files attached to it. Loaded only when it is needed.
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import { errorWords } from '../../model/error-words';
import type { WarehouseAnswer, WarehouseFailure } from '../warehouse';

/** Limits of the instance. */
export interface EngineOptions {
  /** Most memory DuckDB may take, bytes; DuckDB's own limit unless said. */
  readonly memoryLimit: number | undefined;
  readonly threads: number | undefined;
}

let starting:
  { readonly loaded: Promise<void>; readonly instance: Promise<WarehouseAnswer<DuckDBInstance>> } | undefined;
/** The limits of the instance, being set; of several targets of one process the first one's hold. */
let limited: Promise<void> | undefined;

/**
 * Begins to start the instance, for whoever will need it soon: what follows, such as reading a manifest, goes on beside it.
 * Settles when the native part is loaded, well or badly; `duckdbInstance` tells how that went.
 */
export function warmUp(): Promise<void> {
  starting ??= start();
  return starting.loaded;
}

/** The instance, with the limits of the first caller. A native part that does not load is a failure that says so. */
export async function duckdbInstance(options: EngineOptions): Promise<WarehouseAnswer<DuckDBInstance>> {
  const mine = (starting ??= start());
  const started = await mine.instance;
  if (!started.ok) {
    if (starting === mine) starting = undefined; // the next caller may be luckier
    return started;
  }
  limited ??= limit(started.value, options);
  await limited;
  return started;
}

/** An instance of its own, in memory, that attaches no file: whoever makes it closes it. */
export async function newInstance(options: EngineOptions): Promise<WarehouseAnswer<DuckDBInstance>> {
  const started = await start().instance;
  if (started.ok) await limit(started.value, options);
  return started;
}

function start(): NonNullable<typeof starting> {
  const library = import('@duckdb/node-api');
  const instance = async (): Promise<DuckDBInstance> => {
    const { DuckDBInstance } = await library;
    const made = await DuckDBInstance.create(':memory:', {
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    await settings(made, ["TimeZone = 'UTC'"]); // write times and days are told in UTC
    return made;
  };
  const settled = (): undefined => undefined;
  return {
    loaded: library.then(settled, settled),
    instance: instance().then(
      value => ({ ok: true, value }),
      (error: unknown) =>
        unavailable(
          `DuckDB could not be started: ${(errorWords(error).split('\n')[0] ?? '').replace(/[.\s]+$/, '')}. Reinstall the package for this system (its native part is @duckdb/node-bindings)`,
        ),
    ),
  };
}

function limit(instance: DuckDBInstance, { memoryLimit, threads }: EngineOptions): Promise<void> {
  return settings(instance, [
    ...(memoryLimit === undefined ? [] : [`memory_limit = '${Math.ceil(memoryLimit / 1_000_000)}MB'`]),
    ...(threads === undefined ? [] : [`threads = ${threads}`]),
  ]);
}

/** Sets what every connection of an instance goes by. */
async function settings(instance: DuckDBInstance, values: readonly string[]): Promise<void> {
  if (values.length === 0) return;
  const connection = await instance.connect();
  try {
    for (const value of values) await connection.run(`SET GLOBAL ${value}`);
  } finally {
    connection.closeSync();
  }
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
    return { ok: false, failure: { reason: 'statement', message: firstLines(errorWords(error)) } };
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

export /** DuckDB's messages go on with the statement and advice on its options: the first paragraph says what happened. */
function firstLines(message: string): string {
  return (message.split(/\n\s*\n|\nLINE \d/)[0] ?? message).replaceAll(/\s*\n\s*/g, ' ').trim();
}
