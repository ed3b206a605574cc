// The one owner of each DuckDB file in this process. A file's lock is lost when anybody else opens it, so nobody else does: stat only.
import { existsSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DuckDBInstance } from '@duckdb/node-api';
import { errorWords } from '../../model/error-words';
import type { ProcessRef } from '../../model/process-ref';
import type { Stamp, WarehouseAnswer } from '../warehouse';
import { literal } from './dialect';
import { cancelled, query, unavailable } from './engine';
import { stampOf } from '../files/listing';
import { isAlive, processRef } from '../process-identity';

export interface LeaseOptions {
  /** How long another process's use of the file is waited for, milliseconds. */
  readonly waitMs: number;
  readonly signal: AbortSignal | undefined;
  /** Told once when waiting begins: what for, and how long at most. */
  readonly onWaiting: ((message: string) => void) | undefined;
}

/** A file in use by this process: attached under a name until released. */
export interface Lease {
  /** The catalog name under which the file's schemas are found. */
  readonly catalog: string;
  release(): Promise<void>;
}

/** How often a file that another process holds is tried again. Milliseconds. */
const RETRY_MS = 50;

interface Attached {
  readonly catalog: string;
  readonly mode: 'read' | 'write';
  users: number;
  /** Settles when it is given up: until then nobody else may attach it. */
  leaving?: Promise<void>;
}

const attached = new Map<string, Attached>();
/** Acquiring and releasing one file happen one after another. */
const turns = new Map<string, Promise<unknown>>();

/**
 * Takes a database file for reading (with any number of readers) or writing (alone). DuckDB's own lock is the lease between
 * processes: it is tried again until `waitMs` are over, and the failure names who holds it.
 */
export function acquire(
  instance: DuckDBInstance,
  path: string,
  mode: 'read' | 'write',
  options: LeaseOptions,
): Promise<WarehouseAnswer<Lease>> {
  const key = realPath(path);
  return inTurn(key, () => take(instance, key, mode, options));
}

async function take(
  instance: DuckDBInstance,
  path: string,
  mode: 'read' | 'write',
  options: LeaseOptions,
): Promise<WarehouseAnswer<Lease>> {
  const connection = await instance.connect();
  try {
    const deadline = Date.now() + options.waitMs;
    let announced = false;
    const wait = async (why: string): Promise<WarehouseAnswer<never> | undefined> => {
      if (options.signal?.aborted === true) return cancelled();
      if (Date.now() >= deadline) {
        return unavailable(
          `${path} is in use: ${why}. It was waited for ${options.waitMs / 1000} s: end that use, or try again later`,
        );
      }
      if (!announced) options.onWaiting?.(`waiting up to ${options.waitMs / 1000} s for ${path}: ${why}`);
      announced = true;
      await delay(RETRY_MS);
      return undefined;
    };
    for (;;) {
      const mine = attached.get(path);
      if (mine?.leaving !== undefined) {
        await mine.leaving.catch(() => undefined); // whoever gave it up is told
        continue;
      }
      if (mine !== undefined) {
        if (mine.mode === mode && mode === 'read') {
          mine.users++;
          return { ok: true, value: leaseOf(instance, path, mine) };
        }
        const stop = await wait(`this process is ${mine.mode === 'read' ? 'reading' : 'writing'} it`);
        if (stop !== undefined) return stop;
        continue;
      }
      const writer = mode === 'read' ? waitingWriter(path) : undefined;
      if (writer !== undefined) {
        const stop = await wait(`process ${writer} waits to write it`);
        if (stop !== undefined) return stop;
        continue;
      }
      const catalog = catalogName(path);
      const done = await query(
        connection,
        `ATTACH ${literal(path)} AS "${catalog}"${mode === 'read' ? ' (READ_ONLY)' : ''}`,
        {},
        options.signal,
      );
      if (done.ok) {
        if (mode === 'write') withdraw(path);
        const taken: Attached = { catalog, mode, users: 1 };
        attached.set(path, taken);
        return { ok: true, value: leaseOf(instance, path, taken) };
      }
      const holder = holderOf(done.failure.message);
      if (holder === undefined)
        return done.failure.reason === 'cancelled'
          ? done
          : unavailable(`${path} could not be opened: ${done.failure.message}`);
      if (mode === 'write') announceWriter(path);
      const stop = await wait(holder);
      if (stop !== undefined) {
        if (mode === 'write') withdraw(path);
        return stop;
      }
    }
  } finally {
    connection.closeSync();
  }
}

function leaseOf(instance: DuckDBInstance, path: string, taken: Attached): Lease {
  let held = true;
  return {
    catalog: taken.catalog,
    release: async () => {
      if (!held) return;
      held = false;
      taken.users--;
      if (taken.users > 0) return;
      taken.leaving = detach(instance, taken.catalog).finally(() => attached.delete(path));
      await taken.leaving;
    },
  };
}

async function detach(instance: DuckDBInstance, catalog: string): Promise<void> {
  const connection = await instance.connect();
  try {
    await connection.run(`DETACH "${catalog}"`);
  } finally {
    connection.closeSync();
  }
}

/** What the catalogue's own stamp of a file is: the file and its write-ahead log, by stat alone (rule 15). */
export function databaseStamp(path: string): Stamp | undefined {
  try {
    const file = stampOf(statSync(path, { bigint: true }));
    if (!existsSync(`${path}.wal`)) return file;
    const log = stampOf(statSync(`${path}.wal`, { bigint: true }));
    return { text: `${file.text}+${log.text}`, changedAt: Math.max(file.changedAt, log.changedAt) };
  } catch {
    return undefined;
  }
}

/** Views inside a file may name its own catalog, which is the file's name without its ending. */
function catalogName(path: string): string {
  const stem = basename(path).split('.')[0] ?? '';
  const name =
    /^\w+$/.test(stem) && !['memory', 'system', 'temp', 'main'].includes(stem.toLowerCase())
      ? stem
      : `file_${attached.size + 1}`;
  return [...attached.values()].some(each => each.catalog.toLowerCase() === name.toLowerCase())
    ? `${name}_${attached.size + 1}`
    : name;
}

/** Who holds a file, in DuckDB's words; `undefined` where that is not what is wrong. */
function holderOf(message: string): string | undefined {
  if (!message.includes('Could not set lock on file')) return undefined;
  const match = /Conflicting lock is held in (.*?) ?\(PID (\d+)\)/.exec(message);
  return match === null
    ? 'another process holds it'
    : `${match[1] === '' ? 'a program' : (match[1] ?? '')} (process ${match[2] ?? '?'}) holds it`;
}

function waitingFile(path: string): string {
  return `${path}.writer-waiting`;
}

function announceWriter(path: string): void {
  const writer = processRef(process.pid);
  try {
    writeFileSync(waitingFile(path), JSON.stringify(writer));
  } catch (error) {
    // Readers then do not make way; DuckDB's lock still keeps the file safe.
    process.emitWarning(`${waitingFile(path)} could not be written: ${errorWords(error)}`);
  }
}

function withdraw(path: string): void {
  rmSync(waitingFile(path), { force: true });
}

/** The process that waits to write a file, while it lives; a file left by a dead one means nothing. */
function waitingWriter(path: string): number | undefined {
  try {
    const writer = JSON.parse(readFileSync(waitingFile(path), 'utf8')) as ProcessRef; // our own file
    return writer.pid !== process.pid && isAlive(writer) === true ? writer.pid : undefined;
  } catch {
    return undefined;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    try {
      return join(realpathSync(dirname(path)), basename(path));
    } catch {
      return path;
    }
  }
}

async function inTurn<T>(key: string, task: () => Promise<T>): Promise<T> {
  const before = turns.get(key) ?? Promise.resolve();
  const mine = before.then(task, task);
  turns.set(
    key,
    mine.catch(() => undefined),
  );
  return mine;
}
