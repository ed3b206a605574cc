// One writer for a table: of many that try one succeeds, a lock of the dead holds nobody up, and nobody lets go of another's.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProcessRef } from '../../../src/model/process-ref';
import {
  HEARTBEAT_MS,
  type LockHolder,
  type Locked,
  lockHolder,
  locksFolder,
  takeLocks,
  writerWords,
} from '../../../src/runs/locks';
import { RUN_VARIABLE, processesOfRun, runMark } from '../../../src/runs/processes';
import { processRef } from '../../../src/warehouse/process-identity';
import { bundle, run, until } from './programs';

let folder: string;
let locks: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasegate-locks-'));
  locks = locksFolder({ PHASEGATE_STATE: folder });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function me(): ProcessRef {
  const ref = processRef(process.pid);
  if (ref === undefined) throw new Error('this system does not tell which process this is');
  return ref;
}

function holder(resource: string, more: Partial<LockHolder> = {}): LockHolder {
  return {
    resource,
    table: `l.${resource}`,
    run: 'run-1',
    folder: '/w',
    process: me(),
    since: '2024-02-01T09:00:00.000Z',
    ...more,
  };
}

const take = (...holders: readonly LockHolder[]): Locked => takeLocks(locks, holders);
const isHeld = (resource: string): boolean => lockHolder(locks, resource) !== undefined;

function held(locked: Locked): Extract<Locked, { ok: true }>['locks'] {
  if (!locked.ok) throw new Error(`held by ${locked.holders.map(({ run: by }) => by).join(', ')}`);
  return locked.locks;
}

/** The file of the one lock that there is. */
function lockFile(): string {
  const [name] = readdirSync(locks);
  if (name === undefined) throw new Error('there is no lock');
  return join(locks, name);
}

/** A holder that has not said for so long that it is still there. */
function silentFor(ms: number): void {
  const at = new Date(Date.now() - ms);
  utimesSync(lockFile(), at, at);
}

const DEAD: ProcessRef = { ...me(), started: 'another boot 1' };
const ELSEWHERE: ProcessRef = { pid: 1, host: 'another machine', started: 'boot 1' };

describe('of two that want to write a table', () => {
  test('one succeeds, and the other learns who it is', () => {
    held(take(holder('teams')));
    const second = take(holder('teams', { run: 'run-2', folder: '/v' }));
    expect(second).toEqual({ ok: false, holders: [holder('teams')] });
    expect(lockHolder(locks, 'teams')?.run).toBe('run-1');
  });

  test('both succeed where they write other tables', () => {
    held(take(holder('teams')));
    expect(take(holder('players', { run: 'run-2' })).ok).toBe(true);
  });

  test('the second gets all that it wants or nothing', () => {
    held(take(holder('teams'), holder('players')));
    const second = take(
      holder('features', { run: 'run-2' }),
      holder('teams', { run: 'run-2' }),
      holder('players', { run: 'run-2' }),
    );
    expect(second).toEqual({ ok: false, holders: [holder('teams'), holder('players')] });
    expect(isHeld('features')).toBe(false);
  });

  test('the second succeeds when the first has ended', () => {
    held(take(holder('teams'))).release();
    expect(take(holder('teams', { run: 'run-2' })).ok).toBe(true);
  });
});

test('a run that writes one place under two names does not wait for itself', () => {
  const both = held(
    take(holder('files /w/teams', { table: 'a.teams' }), holder('files /w/teams', { table: 'b.teams' })),
  );
  expect(isHeld('files /w/teams')).toBe(true);
  both.release();
  expect(isHeld('files /w/teams')).toBe(false);
});

test('nothing but the locks stays in the folder', () => {
  held(take(holder('teams')));
  take(holder('teams', { run: 'run-2' }));
  held(take(holder('players', { process: DEAD })));
  held(take(holder('players', { run: 'run-3' })));
  expect(readdirSync(locks).map(name => /^[\da-f]{32}\.json$/.test(name))).toEqual([true, true]);
});

describe('a lock of a process that is gone', () => {
  test.each<[string, ProcessRef]>([
    ['with an id that nobody has', { ...me(), pid: 2 ** 22 + 1 }],
    ['whose id was given to another one since', DEAD],
  ])('%s is held by nobody, and is taken over', (_which, gone) => {
    held(take(holder('teams', { process: gone })));
    expect(isHeld('teams')).toBe(false);
    held(take(holder('teams', { run: 'run-2' })));
    expect(lockHolder(locks, 'teams')?.run).toBe('run-2');
  });

  test('that is no lock at all is taken over too', () => {
    held(take(holder('teams')));
    writeFileSync(lockFile(), '{"torn');
    expect(isHeld('teams')).toBe(false);
    held(take(holder('teams', { run: 'run-2' })));
  });
});

describe('a holder on another machine', () => {
  test('is believed while it says that it is there', () => {
    held(take(holder('teams', { process: ELSEWHERE })));
    silentFor(HEARTBEAT_MS * 5);
    expect(lockHolder(locks, 'teams')?.process).toEqual(ELSEWHERE);
    expect(take(holder('teams', { run: 'run-2' })).ok).toBe(false);
  });

  test('is taken for gone when it has been silent for too long', () => {
    held(take(holder('teams', { process: ELSEWHERE })));
    silentFor(HEARTBEAT_MS * 13);
    expect(isHeld('teams')).toBe(false);
    held(take(holder('teams', { run: 'run-2' })));
  });

  test('says that it is there by its heartbeat', () => {
    const theirs = held(take(holder('teams', { process: ELSEWHERE })));
    silentFor(HEARTBEAT_MS * 13);
    theirs.beat();
    expect(isHeld('teams')).toBe(true);
  });

  test('that comes back after it was taken for gone keeps nobody’s lock alive, and lets go of none but its own', () => {
    const theirs = held(take(holder('teams', { process: ELSEWHERE })));
    silentFor(HEARTBEAT_MS * 13);
    held(take(holder('teams', { run: 'run-2' })));
    silentFor(HEARTBEAT_MS * 2);
    const before = statSync(lockFile()).mtimeMs;
    theirs.beat();
    expect(statSync(lockFile()).mtimeMs).toBe(before);
    theirs.release();
    expect(lockHolder(locks, 'teams')?.run).toBe('run-2');
  });
});

describe('who writes a table', () => {
  test('is told in words, with what can be looked for', () => {
    expect(writerWords(holder('teams'))).toBe(
      `l.teams is being written by run run-1 of /w (process ${process.pid} on ${me().host})`,
    );
  });

  test('is nobody else where it is the run that asks; the run of that name in another workspace is another', () => {
    held(take(holder('teams')));
    expect(lockHolder(locks, 'teams', { run: 'run-1', folder: '/w' })).toBeUndefined();
    expect(lockHolder(locks, 'teams', { run: 'run-1', folder: '/v' })?.run).toBe('run-1');
    expect(lockHolder(locks, 'teams', { run: 'run-2', folder: '/w' })?.run).toBe('run-1');
  });

  test.runIf(process.platform === 'linux')('may be what a run has left behind, whose runner is gone', async () => {
    const dead = holder('teams', { process: DEAD, folder });
    held(take(dead));
    const left = spawn('sleep', ['60'], {
      stdio: 'ignore',
      env: { ...process.env, [RUN_VARIABLE]: runMark(folder, 'run-1') },
    });
    try {
      await until('it is seen', () => processesOfRun(runMark(folder, 'run-1')).length > 0);
      expect(lockHolder(locks, 'teams')).toEqual(dead);
      expect(writerWords(dead)).toBe(
        `l.teams is being written by what run run-1 of ${folder} left behind, whose runner is gone`,
      );
    } finally {
      left.kill('SIGKILL');
    }
    await until('it has ended', () => processesOfRun(runMark(folder, 'run-1')).length === 0);
    expect(isHeld('teams')).toBe(false);
  });
});

describe('without a folder for locks', () => {
  test('nobody holds anything, and asking makes none', () => {
    expect(isHeld('teams')).toBe(false);
    expect(existsSync(locks)).toBe(false);
  });

  test('a lock whose folder somebody cleared is let go of without a word', () => {
    const ours = held(take(holder('teams')));
    rmSync(folder, { recursive: true });
    ours.beat();
    expect(() => ours.release()).not.toThrow();
  });
});

/** Takes both locks again and again, and makes a file that nobody else may have made meanwhile; every other time it dies with them. */
const RIVAL = `
import { closeSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeLocks } from './src/runs/locks';
import { processRef } from './src/warehouse/process-identity';
const [locks = '', critical = '', rounds = '', name = ''] = process.argv.slice(2);
const ref = processRef(process.pid);
if (ref === undefined) throw new Error('which process is this?');
let won = 0, together = 0;
for (let i = 0; i < Number(rounds); i++) {
  const both = ['a', 'b'].map(resource => ({ resource, table: resource, run: name, folder: '/w', process: ref, since: name }));
  const locked = takeLocks(locks, i % 3 === 0 ? both.reverse() : both);
  if (!locked.ok) continue;
  won++;
  try { closeSync(openSync(critical, 'wx')); } catch { together++; }
  rmSync(critical, { force: true });
  if (i % 2 === 0) locked.locks.release();
  else for (const file of readdirSync(locks).filter(each => each.endsWith('.json')).map(each => join(locks, each))) {
    writeFileSync(file, readFileSync(file, 'utf8').replace(ref.started, 'dead'));
  }
}
process.stdout.write(JSON.stringify({ won, together }));
`;

test('of many processes that take over locks of the dead at the same time, never two hold the same one', async () => {
  const program = join(folder, 'rival.cjs');
  await bundle(RIVAL, program);
  const rivals = await Promise.all(
    ['1', '2', '3', '4'].map(name => run(program, [locks, join(folder, 'critical'), '1000', name])),
  );
  const told = rivals.map(text => JSON.parse(text) as { readonly won: number; readonly together: number });
  expect(told.reduce((sum, { together }) => sum + together, 0)).toBe(0);
  expect(told.reduce((sum, { won }) => sum + won, 0)).toBeGreaterThan(100);
});
