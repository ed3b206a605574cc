// One writer for a table: a lock in the user's state folder, which every window, worktree and process of this user sees.
import { createHash, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessRef } from '../model/process-ref';
import { userStateFolder } from './state-folder';
import { isAlive } from '../warehouse/process-identity';

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
  private readonly paths: readonly string[];

  constructor(paths: readonly string[]) {
    this.paths = paths;
  }

  /** Says that the holder is still there. */
  beat(): void {
    const now = new Date();
    for (const path of this.paths) {
      try {
        utimesSync(path, now, now);
      } catch {
        // Gone: somebody cleared the state folder. The tables' read-back still tells the truth.
      }
    }
  }

  release(): void {
    for (const path of this.paths) rmSync(path, { force: true });
  }
}

/**
 * Takes all locks, or none and says who holds the others.
 * @param folder where locks lie; made where it is not there
 */
export function takeLocks(folder: string, holders: readonly LockHolder[]): Locked {
  mkdirSync(folder, { recursive: true });
  const taken: string[] = [];
  const others: LockHolder[] = [];
  for (const holder of holders) {
    const path = join(folder, lockName(holder.resource));
    const other = take(path, holder);
    if (other === undefined) taken.push(path);
    else others.push(other);
  }
  const locks = new Locks(taken);
  if (others.length === 0) return { ok: true, locks };
  locks.release();
  return { ok: false, holders: others };
}

/** Who writes what is reached under a name now; `undefined` where nobody does. */
export function lockHolder(folder: string, resource: string): LockHolder | undefined {
  const path = join(folder, lockName(resource));
  const holder = read(path);
  return holder !== undefined && isThere(path, holder) ? holder : undefined;
}

/** A lock is a file that is put in place whole, by a link: of two that try, one succeeds. */
function take(path: string, holder: LockHolder): LockHolder | undefined {
  const mine = `${path}.${randomUUID()}`;
  writeFileSync(mine, JSON.stringify(holder));
  try {
    // Twice: once more where a lock of the dead was in the way.
    for (let tries = 0; ; tries++) {
      try {
        linkSync(mine, path);
        return undefined;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      const other = read(path);
      if (other !== undefined && isThere(path, other)) return other;
      if (tries > 1) return other ?? holder;
      bury(path, other);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Takes a lock of the dead out of the way, and puts back one that somebody else was quicker to take. */
function bury(path: string, dead: LockHolder | undefined): void {
  const grave = `${path}.${randomUUID()}`;
  try {
    renameSync(path, grave);
  } catch {
    return; // it is gone already
  }
  const buried = read(grave);
  if (buried !== undefined && JSON.stringify(buried) !== JSON.stringify(dead)) {
    try {
      linkSync(grave, path);
    } catch {
      // A third one took it meanwhile: the second sees at its next beat that its lock is gone.
    }
  }
  rmSync(grave, { force: true });
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

function read(path: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockHolder; // our own file
  } catch {
    return undefined;
  }
}

function lockName(resource: string): string {
  return `${createHash('sha256').update(resource).digest('hex').slice(0, 32)}.json`;
}
