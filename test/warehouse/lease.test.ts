// One file, one writer or many readers: between our own questions, and between real processes (DESIGN.md, "Processes").
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import type { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Lease, acquire } from '../../src/warehouse/duckdb/database-files';
import { newInstance } from '../../src/warehouse/duckdb/engine';
import { processRef } from '../../src/warehouse/process-identity';
import type { WarehouseAnswer } from '../../src/warehouse/warehouse';
import { makeDatabase, open, table } from './workspace';

const HOLDER = path.join(import.meta.dirname, 'holder.mjs');
let folder = '';
let file = '';
let instance: DuckDBInstance;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'phasegate-lease-'));
  file = path.join(folder, 'w.duckdb');
  await makeDatabase(file, "CREATE TABLE t AS SELECT DATE '2024-01-01' AS d");
  const made = await newInstance({ memoryLimit: undefined, threads: 1 });
  if (!made.ok) throw new Error(made.failure.message);
  instance = made.value;
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(end));
  instance.closeSync();
  rmSync(folder, { recursive: true, force: true });
});

/** A process that holds the file, from the moment this returns. */
async function holder(mode: 'read' | 'write'): Promise<ChildProcess> {
  const child = spawn(process.execPath, [HOLDER, file, mode], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

/** Lets it go politely, and waits until it has. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.stdin?.end();
  await once(child, 'exit');
}

function take(
  mode: 'read' | 'write',
  waitMs: number,
  onWaiting?: (message: string) => void,
): Promise<WarehouseAnswer<Lease>> {
  return acquire(instance, file, mode, { waitMs, signal: undefined, onWaiting });
}

async function taken(mode: 'read' | 'write', waitMs = 0): Promise<Lease> {
  const answer = await take(mode, waitMs);
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
}

/** Whether another process could write the file now. */
function isFree(): boolean {
  return (
    spawnSync(process.execPath, [HOLDER, file, 'write'], { input: '', stdio: ['pipe', 'ignore', 'ignore'] }).status ===
    0
  );
}

describe('between processes', () => {
  it('a writer is waited for, announced once with its process, and followed when it lets go', async () => {
    const child = await holder('write');
    const announced: string[] = [];
    const answer = await take('read', 20_000, message => {
      announced.push(message);
      void end(child);
    });
    expect(announced).toHaveLength(1);
    expect(announced[0]).toContain(`process ${child.pid}`);
    expect(answer.ok).toBe(true);
    if (answer.ok) await answer.value.release();
  });

  it('a writer that is killed holds nothing', async () => {
    const child = await holder('write');
    const answer = await take('read', 20_000, () => void child.kill('SIGKILL'));
    expect(answer.ok).toBe(true);
    if (answer.ok) await answer.value.release();
  });

  it('beyond the limit the holder is named', async () => {
    const child = await holder('write');
    const answer = await take('read', 60);
    expect(answer).toMatchObject({ ok: false, failure: { reason: 'unavailable' } });
    expect(answer.ok ? '' : answer.failure.message).toContain(`process ${child.pid}`);
  });

  it('readers do not mind each other', async () => {
    await holder('read');
    const lease = await taken('read');
    expect(isFree()).toBe(false);
    await lease.release();
  });

  it('while we wait to write, a file says so; when we write it is gone', async () => {
    const child = await holder('read');
    const waiting = path.join(folder, 'w.duckdb.writer-waiting');
    let seen: unknown;
    const answer = await take('write', 20_000, () => {
      seen = JSON.parse(readFileSync(waiting, 'utf8'));
      void end(child);
    });
    expect(seen).toMatchObject({ pid: process.pid, host: hostname() });
    expect(answer.ok).toBe(true);
    expect(existsSync(waiting)).toBe(false);
    if (answer.ok) await answer.value.release();
  });

  it('our readers make way for a writer that waits and lives, and not for one that is dead', async () => {
    const child = await holder('read');
    const waiting = path.join(folder, 'w.duckdb.writer-waiting');
    writeFileSync(waiting, JSON.stringify(processRef(child.pid ?? 0)));
    const answer = await take('read', 60);
    expect(answer.ok ? '' : answer.failure.message).toContain(`process ${child.pid} waits to write it`);
    await end(child);
    await (await taken('read')).release();
    // The same number given to another process, which started at another time, is not that writer.
    writeFileSync(waiting, JSON.stringify({ pid: process.ppid, host: hostname(), started: '1' }));
    await (await taken('read')).release();
  });

  it('a write-ahead log that a crash left is read with its file', async () => {
    rmSync(file);
    spawnSync(process.execPath, [HOLDER, file, 'crash']);
    expect(existsSync(`${file}.wal`)).toBe(true);
    const warehouse = await open(folder, file);
    const description = (await warehouse.describe([table('t')])).get('t');
    expect(description).toMatchObject({ state: 'present' });
    const measured = await warehouse.measure({
      source: table('t'),
      range: { from: 19_000, to: 21_000 } as never,
      figures: [],
      strays: true,
    });
    expect(measured.ok ? measured.value.days.length : measured.failure.message).toBe(4);
    await warehouse.close();
  });
});

describe('inside one process', () => {
  it('several questions share one instance of the file, and the last one lets go of it', async () => {
    const [one, two] = [await taken('read'), await taken('read')];
    expect(one.catalog).toBe(two.catalog);
    await one.release();
    expect(isFree()).toBe(false);
    await two.release();
    expect(isFree()).toBe(true);
  });

  it('a writer is alone', async () => {
    const writer = await taken('write');
    const reader = await take('read', 60);
    expect(reader.ok ? '' : reader.failure.message).toContain('this process is writing it');
    await writer.release();
    await (await taken('read')).release();
  });

  it('giving up waiting is possible at any time', async () => {
    await holder('write');
    const controller = new AbortController();
    const answer = await acquire(instance, file, 'read', {
      waitMs: 60_000,
      signal: controller.signal,
      onWaiting: () => controller.abort(),
    });
    expect(answer).toMatchObject({ ok: false, failure: { reason: 'cancelled' } });
  });

  it('what is written under the lease is there for the next reader', async () => {
    const writer = await taken('write');
    const connection = await instance.connect();
    await connection.run(`INSERT INTO "${writer.catalog}".t VALUES (DATE '2024-01-02')`);
    connection.closeSync();
    await writer.release();
    const reader = await taken('read');
    const again = await instance.connect();
    const rows = await again.runAndReadAll(`SELECT count(*)::INT FROM "${reader.catalog}".t`);
    expect(rows.getRows()).toEqual([[2]]);
    again.closeSync();
    await reader.release();
  });
});
