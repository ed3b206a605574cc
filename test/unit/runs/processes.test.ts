// Processes are ended for real: politely, then by force, with all that they have started; and nobody else’s is ever signalled.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProcessRef } from '../../../src/model/process-ref';
import {
  RUN_VARIABLE,
  allProcesses,
  endProcesses,
  endStrays,
  isOfAnyRun,
  leftInGroup,
  processesOfRun,
  runMark,
} from '../../../src/runs/processes';
import { isAlive, processRef } from '../../../src/warehouse/process-identity';
import { pidOf, until } from './programs';

/** Long enough for whoever ends at once, and short enough to wait for whoever does not. */
const POLITE_MS = 300;

let folder: string;
const begun: ChildProcess[] = [];
const others: ProcessRef[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasegate-processes-'));
});
afterEach(() => {
  for (const child of begun.splice(0)) child.kill('SIGKILL');
  for (const ref of others.splice(0)) if (isAlive(ref) === true) process.kill(ref.pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A process as jobs are begun: the leader of a group of its own. */
function begin(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): ChildProcess {
  const child = spawn(program, args, { detached: true, stdio: 'ignore', env, cwd: folder });
  begun.push(child);
  return child;
}

function refOf(pid: number): ProcessRef {
  const ref = processRef(pid);
  if (ref === undefined) throw new Error(`process ${pid} is not there`);
  others.push(ref);
  return ref;
}

const shell = (script: string, env?: NodeJS.ProcessEnv): ChildProcess => begin('sh', ['-c', script], env);
const node = (script: string, env?: NodeJS.ProcessEnv): ChildProcess => begin(process.execPath, ['-e', script], env);

/** What a process has written into a file of the folder, when it has. */
async function written(name: string): Promise<string> {
  const path = join(folder, name);
  await until(`${name} is written`, () => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n'));
  return readFileSync(path, 'utf8').trim();
}

/** The process that another one has started and whose id it wrote down. */
async function started(name = 'pid'): Promise<ProcessRef> {
  return refOf(Number(await written(name)));
}

/** A leader that has ended, and what it has left in its group. */
async function leftBehind(): Promise<{ readonly ref: ProcessRef; readonly left: ProcessRef }> {
  const child = shell('sleep 60 & echo $! > pid; while [ ! -e go ]; do sleep 0.02; done');
  const ref = refOf(pidOf(child));
  const left = await started();
  writeFileSync(join(folder, 'go'), '');
  await until('its leader has ended', () => isGone(ref));
  return { ref, left };
}

const isGone = (ref: ProcessRef): boolean => isAlive(ref) !== true;

describe('ending a process', () => {
  test('asks it politely, so that it can clean up', async () => {
    const child = node(
      "process.on('SIGTERM', () => { require('fs').writeFileSync('end', 'clean\\n'); process.exit(0); }); require('fs').writeFileSync('ready', 'yes\\n'); setInterval(() => {}, 1000);",
    );
    await written('ready');
    const ref = refOf(pidOf(child));
    await endProcesses(ref, 20_000);
    expect(isGone(ref)).toBe(true);
    expect(await written('end')).toBe('clean');
    await until('its end is told', () => child.exitCode !== null);
    expect(child.exitCode).toBe(0);
  });

  test('forces one that does not listen', async () => {
    const child = shell("trap '' TERM; echo yes > ready; while :; do sleep 0.1; done");
    await written('ready');
    const ref = refOf(pidOf(child));
    await endProcesses(ref, POLITE_MS);
    expect(isGone(ref)).toBe(true);
    await until('its end is told', () => child.signalCode !== null);
    expect(child.signalCode).toBe('SIGKILL');
  });

  test('ends its whole group', async () => {
    const child = shell('sleep 60 & echo $! > pid; wait');
    const grandchild = await started();
    await endProcesses(refOf(pidOf(child)), POLITE_MS);
    expect(isGone(grandchild)).toBe(true);
  });

  test('ends what it has started and what has left its group, while it lives', async () => {
    const child = node(
      "const { pid } = require('child_process').spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }); require('fs').writeFileSync('pid', pid + '\\n'); setInterval(() => {}, 1000);",
    );
    const grandchild = await started();
    expect(allProcesses().find(({ pid }) => pid === grandchild.pid)?.group).toBe(grandchild.pid);
    await endProcesses(refOf(pidOf(child)), POLITE_MS);
    expect(isGone(grandchild)).toBe(true);
  });

  test('ends what it leaves in its group when it has ended itself', async () => {
    const { ref, left } = await leftBehind();
    expect(leftInGroup(ref.pid)).toEqual([left]);
    await endProcesses(ref, POLITE_MS);
    expect(isGone(left)).toBe(true);
    expect(leftInGroup(ref.pid)).toEqual([]);
  });

  test('ends what it begins while it is told to end', async () => {
    const child = shell("trap 'sleep 60 & echo $! > pid; exit' TERM; echo yes > ready; while :; do sleep 0.05; done");
    await written('ready');
    await endProcesses(refOf(pidOf(child)), 20_000);
    expect(processRef(Number(await written('pid')))).toBeUndefined();
    expect(leftInGroup(pidOf(child))).toEqual([]);
  });

  test('that has ended already does nothing', async () => {
    const child = shell('exit');
    const ref: ProcessRef = { ...refOf(process.pid), pid: pidOf(child) };
    others.pop();
    await until('it has ended', () => processRef(pidOf(child)) === undefined);
    await endProcesses(ref, POLITE_MS);
  });
});

describe('nobody else’s process is signalled', () => {
  test.each<[string, Partial<ProcessRef>]>([
    ['that has the id of one which ended: it started at another time', { started: 'another boot 1' }],
    ['of another machine', { host: 'another machine' }],
  ])('one %s', async (_which, other) => {
    const child = shell('sleep 60 & echo $! > pid; wait');
    const grandchild = await started();
    const ref = refOf(pidOf(child));
    await endProcesses({ ...ref, ...other }, POLITE_MS);
    expect([isGone(ref), isGone(grandchild)]).toEqual([false, false]);
  });

  test('one that a leader of the same number on another machine has nothing to do with', async () => {
    const { ref, left } = await leftBehind();
    await endProcesses({ ...ref, host: 'another machine' }, POLITE_MS);
    expect(isGone(left)).toBe(false);
  });
});

describe.runIf(process.platform === 'linux')('what a run has started', () => {
  const mark = (): string => runMark(folder, 'run-1');
  const marked = (): NodeJS.ProcessEnv => ({ ...process.env, [RUN_VARIABLE]: mark() });
  /** Starts another one that leaves its group, and ends. */
  const LEAVES =
    "const child = require('child_process').spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }); child.unref(); require('fs').writeFileSync('pid', child.pid + '\\n');";

  test('is known by its mark, also when everybody between has ended', async () => {
    const child = node(LEAVES, marked());
    const stray = await started();
    await until('its parent has ended', () => child.exitCode !== null);
    expect(processesOfRun(mark())).toEqual([stray.pid]);
    expect(isOfAnyRun(stray.pid)).toBe(true);
    expect(processesOfRun(runMark(folder, 'run-2'))).toEqual([]);
    expect(processesOfRun(runMark('/another/workspace', 'run-1'))).toEqual([]);
  });

  test('is ended where nobody looks after it, and counted', async () => {
    const child = node(LEAVES, marked());
    const stray = await started();
    await until('its parent has ended', () => child.exitCode !== null);
    expect(await endStrays(mark(), [], POLITE_MS)).toBe(1);
    expect(isGone(stray)).toBe(true);
    expect(await endStrays(mark(), [], POLITE_MS)).toBe(0);
  });

  test('goes on where somebody looks after it', async () => {
    const child = shell('sleep 60 & echo $! > pid; wait', marked());
    const kept = await started();
    expect(await endStrays(mark(), [refOf(pidOf(child))], POLITE_MS)).toBe(0);
    expect(isGone(kept)).toBe(false);
  });

  test('is nothing that bears no mark', async () => {
    const child = shell('echo yes > ready; exec sleep 60');
    await written('ready');
    expect(isOfAnyRun(pidOf(child))).toBe(false);
    expect(isOfAnyRun(2 ** 22 + 1)).toBe(false);
    expect(await endStrays(mark(), [], POLITE_MS)).toBe(0);
  });
});

describe('every process', () => {
  test('is told with its parent, its group and its command line, whatever its name', async () => {
    const program = join(folder, 'a) 1 2 (b');
    symlinkSync(process.execPath, program);
    const child = begin(program, [
      '-e',
      "require('fs').writeFileSync('ready', 'yes\\n'); setInterval(() => {}, 1000);",
      'two words',
    ]);
    await written('ready');
    const found = allProcesses().find(({ pid }) => pid === pidOf(child));
    expect(found).toMatchObject({ parent: process.pid, group: child.pid });
    if (process.platform === 'linux') expect(found?.argv.at(-1)).toBe('two words');
  });
});
