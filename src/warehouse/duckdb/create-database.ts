// A new database file with empty schemas, made by its owner like every other use of one.
import type { WarehouseAnswer } from '../warehouse';
import { acquire } from './database-files';
import { duckdbDialect } from './dialect';
import { duckdbInstance, query } from './engine';

/** Makes `path`, which is not there yet, a database with the schemas named and no table in them. */
export async function createDatabase(path: string, schemas: readonly string[]): Promise<WarehouseAnswer<undefined>> {
  const instance = await duckdbInstance({ memoryLimit: undefined, threads: undefined });
  if (!instance.ok) return instance;
  const lease = await acquire(instance.value, path, 'write', { waitMs: 0, signal: undefined, onWaiting: undefined });
  if (!lease.ok) return lease;
  const connection = await instance.value.connect();
  try {
    for (const schema of schemas) {
      const name = [lease.value.catalog, schema].map(part => duckdbDialect.identifier(part)).join('.');
      const made = await query(connection, `CREATE SCHEMA ${name}`);
      if (!made.ok) return made;
    }
    return { ok: true, value: undefined };
  } finally {
    connection.closeSync();
    await lease.value.release();
  }
}
