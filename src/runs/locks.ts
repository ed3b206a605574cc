// One writer for a table: a lock in the user's state folder, which every window, worktree and process of this user sees.
import { createHash, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessRef } from '../model/process-ref';
import { userStateFolder } from './state-folder';
import { isAlive } from '../warehouse/process-identity';
import { processesOfRun, runMark } from './processes';

/** Who writes a table, and since when. */
export interface LockHolder {
  /** What is written, wherever it is reached from: a database's table or a folder's files. */
  readonly resource: string;
  readonly table: string;
  readonly run: string;
  /** The workspace that the run belongs to. */
  readonly folder: string;
  readonly process: ProcessRef;
  /** ISO instant. */
  readonly since: string;
}

/** How often a holder says that it is still there. */
export const HEARTBEAT_MS = 10_000;
/** A holder on another machine that has not said so for this long is taken for gone. */
const SILENCE_MS = 12 * HEARTBEAT_MS;

/** Where locks lie: one place for every window, worktree and process of this user. */
export function locksFolder(env: NodeJS.ProcessEnv): string {
  return join(userStateFolder(env), 'locks');
}

export type Locked =
  { readonly ok: true; readonly locks: Locks } | { readonly ok: false; readonly holders: readonly LockHolder[] };

/** Locks that are held together. */
export class Locks {
  /** Their files, with what was written into them. */
  private readonly taken: ReadonlyMap<string, string>;

  constructor(taken: ReadonlyMap<string, string>) {
    this.taken = taken;
  }

  /** Says that the holder is still there. */
  beat(): void {
    const now = new Date();
    for (const path of this.ours()) {
      try {
        utimesSync(path, now, now);
      } catch {
        // Gone in this moment, see below.
      }
    }
  }

  release(): void {
    for (const path of this.ours()) rmSync(path, { force: true });
  }

  /** Those that we still hold: one is gone where somebody cleared the state folder, or took us for dead. The tables' read-back still tells the truth. */
  private ours(): readonly string[] {
    return [...this.taken].flatMap(([path, text]) => (textOf(path) === text ? [path] : []));
  }
}

/**
 * Takes all locks, or none and says who holds the others.
 * @param folder where locks lie; made where it is not there
 */
export function takeLocks(folder: string, holders: readonly LockHolder[]): Locked {
  mkdirSync(folder, { recursive: true });
  const taken = new Map<string, string>();
  const others: LockHolder[] = [];
  for (const holder of holders) {
    const path = join(folder, lockName(holder.resource));
    if (taken.has(path)) continue; // two tables of one place
    const text = JSON.stringify(holder);
    const other = take(path, holder, text);
    if (other === undefined) taken.set(path, text);
    else others.push(other);
  }
  const locks = new Locks(taken);
  if (others.length === 0) return { ok: true, locks };
  locks.release();
  return { ok: false, holders: others };
}

/** Who writes what is reached under a name now, `run` excepted; `undefined` where nobody else does. */
export function lockHolder(
  folder: string,
  resource: string,
  except?: Pick<LockHolder, 'run' | 'folder'>,
): LockHolder | undefined {
  const path = join(folder, lockName(resource));
  const holder = holderOf(textOf(path));
  if (holder === undefined || (except !== undefined && isOfRun(holder, except))) return undefined;
  return isThere(path, holder) || leavesWriters(holder) ? holder : undefined;
}

/** Who writes a table. */
export function writerWords({ table, run, folder, process }: LockHolder): string {
  return isAlive(process) === false
    ? `${table} is being written by what run ${run} of ${folder} left behind, whose runner is gone`
    : `${table} is being written by run ${run} of ${folder} (process ${process.pid} on ${process.host})`;
}

/** What can be done about it. */
export const ONE_WRITER = 'one table has one writer. Wait for it, or cancel it';

function isOfRun(holder: LockHolder, { run, folder }: Pick<LockHolder, 'run' | 'folder'>): boolean {
  return holder.run === run && holder.folder === folder;
}

/** Whether a runner that is gone has left processes that still write. */
function leavesWriters({ run, folder, process }: LockHolder): boolean {
  return isAlive(process) === false && processesOfRun(runMark(folder, run)).length > 0;
}

/** A lock is a file that is put in place whole, by a link: of two that try, one succeeds. */
function take(path: string, holder: LockHolder, text: string): LockHolder | undefined {
  const mine = `${path}.${randomUUID()}`;
  writeFileSync(mine, text);
  try {
    for (let tries = 0; ; tries++) {
      if (link(mine, path)) return undefined;
      const found = textOf(path);
      const other = holderOf(found);
      if (other !== undefined && isThere(path, other)) return other;
      if (tries === MOST_TRIES) return other ?? holder;
      if (found !== undefined) bury(path, found, mine); // else it is gone already
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** How often a lock is tried to be taken that is of the dead, or gone, whenever it is looked at. */
const MOST_TRIES = 100;
/** How long is waited for somebody who takes the same lock of the dead out of the way. Milliseconds. */
const BURIAL_MS = 2;

/** Takes a lock of the dead out of the way. One at a time: what the first has put there meanwhile is none of the dead. */
function bury(path: string, dead: string, mine: string): void {
  const right = `${path}.burial`;
  if (!link(mine, right)) {
    const other = holderOf(textOf(right));
    if (other !== undefined && !isThere(right, other)) rmSync(right, { force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BURIAL_MS);
    return;
  }
  if (textOf(path) === dead) rmSync(path, { force: true });
  rmSync(right, { force: true });
}

/** @throws where no file can be made: a folder that may not be written */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function isThere(path: string, { process }: LockHolder): boolean {
  const alive = isAlive(process);
  if (alive !== 'unknown') return alive;
  try {
    return Date.now() - statSync(path).mtimeMs < SILENCE_MS;
  } catch {
    return false;
  }
}

function holderOf(text: string | undefined): LockHolder | undefined {
  try {
    return JSON.parse(text ?? '') as LockHolder; // our own file
  } catch {
    return undefined;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function lockName(resource: string): string {
  return `${createHash('sha256').update(resource).digest('hex').slice(0, 32)}.json`;
}
