// Opening a target: the one place that knows which engine is behind it.
import { isAbsolute, join } from 'node:path';
import type { ResolvedTarget } from '../pipeline/targets';
import { DuckDbWarehouse } from './duckdb/duckdb-warehouse';
import { duckdbInstance, unavailable } from './duckdb/engine';
import { HeaderMemory } from './files/header-memory';
export { warmUp } from './duckdb/engine';
import type { Warehouse, WarehouseAnswer } from './warehouse';

/** How long another process's use of a database file is waited for, unless said. Milliseconds. */
const LOCK_WAIT_MS = 10_000;

export interface OpenWarehouseOptions {
  /** Where relative paths start: the manifest's folder. */
  readonly folder: string;
  readonly lockWaitMs?: number;
  /** Told once when waiting for another process begins. */
  readonly onWaiting?: (message: string) => void;
  /** The file in which the headers of files are kept between processes; absent where they are not. */
  readonly headers?: string;
}

/** What this process remembers, by the file that it is kept in. */
const memories = new Map<string | undefined, HeaderMemory>();

function headerMemory(path: string | undefined): HeaderMemory {
  const known = memories.get(path) ?? new HeaderMemory(path);
  memories.set(path, known);
  return known;
}

/** Opens a target for reading. Nothing is asked of it and no file is taken before the first question. */
export async function openWarehouse(
  target: ResolvedTarget,
  options: OpenWarehouseOptions,
): Promise<WarehouseAnswer<Warehouse>> {
  if (target.type === 'bigquery') {
    return unavailable(
      `target ${target.name} is on BigQuery, which this version can declare and not yet ask: choose a duckdb target with --target`,
    );
  }
  const instance = await duckdbInstance({ memoryLimit: target.memoryLimit, threads: target.threads });
  if (!instance.ok) return instance;
  const { path } = target;
  return {
    ok: true,
    value: new DuckDbWarehouse(instance.value, {
      target: target.name,
      path: path === undefined || isAbsolute(path) ? path : join(options.folder, path),
      folder: options.folder,
      lockWaitMs: options.lockWaitMs ?? LOCK_WAIT_MS,
      onWaiting: options.onWaiting,
      headers: headerMemory(options.headers),
    }),
  };
}
