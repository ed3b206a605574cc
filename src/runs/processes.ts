// Processes of a run: ending a whole group for real, and seeing who else writes. Only what is ours is ever signalled.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessRef } from '../model/process-ref';
import { isAlive, processRef } from '../warehouse/process-identity';

/** How often it is looked whether a process has ended. */
const LOOK_MS = 50;

/** A process with its command line. */
export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly argv: readonly string[];
}

/**
 * Ends a process, its group, and what has left the group: politely, then by force. A process id that was given to another
 * process meanwhile is left alone.
 * @param politeMs how long is waited between the two, milliseconds
 */
export async function endProcesses(leader: ProcessRef, politeMs: number): Promise<void> {
  if (leader.host !== '' && leader.host !== hostname()) return;
  if (isAlive(leader) === true) await endAll(leader.pid, () => familyOf(leader.pid), politeMs);
  // What it left running in its group, or began while it was told to end.
  await endAll(leader.pid, () => leftInGroup(leader.pid), politeMs);
}

/** Ends some processes and their group, politely, then by force together with what they have begun meanwhile. */
async function endAll(group: number, members: () => readonly ProcessRef[], politeMs: number): Promise<void> {
  const all = new Map<number, ProcessRef>();
  for (const name of ['SIGTERM', 'SIGKILL'] as const) {
    for (const ref of members()) all.set(ref.pid, ref);
    if (all.size === 0) return;
    signalGroup(group, [...all.values()], name);
    if (await gone([...all.values()], politeMs)) return;
  }
}

/** The processes that still are in the group of a leader that has ended. A new leader of that number has a group of its own. */
export function leftInGroup(group: number): readonly ProcessRef[] {
  if (processRef(group) !== undefined) return [];
  return allProcesses()
    .filter(each => each.group === group)
    .flatMap(each => processRef(each.pid) ?? []);
}

/** A process and all that it has started, directly or not, and those of its group. */
function familyOf(pid: number): readonly ProcessRef[] {
  return [...familyPids([pid], allProcesses())].flatMap(each => processRef(each) ?? []);
}

function familyPids(leaders: readonly number[], all: readonly RunningProcess[]): ReadonlySet<number> {
  const family = new Set(leaders);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const { pid, parent, group } of all) if (family.has(parent) || leaders.includes(group)) family.add(pid);
  }
  return family;
}

/**
 * Ends what a run has started and nobody looks after: the children of a leader that is gone, and what has left its group.
 * @param mark the run's mark, see `runMark`
 * @param keep leaders that somebody looks after, with their families
 * @returns how many there were
 */
export async function endStrays(mark: string, keep: readonly ProcessRef[], politeMs: number): Promise<number> {
  const kept = familyPids([process.pid, ...keep.map(({ pid }) => pid)], allProcesses());
  const strays = processesOfRun(mark)
    .filter(pid => !kept.has(pid))
    .flatMap(pid => processRef(pid) ?? []);
  if (strays.length === 0) return 0;
  for (const name of ['SIGTERM', 'SIGKILL'] as const) {
    signal(strays, name);
    if (await gone(strays, politeMs)) break;
  }
  return strays.length;
}

function signalGroup(group: number, each: readonly ProcessRef[], name: 'SIGTERM' | 'SIGKILL'): void {
  // The group is ours while its leader lives, or has left somebody in it: its number is not given again until then.
  const isOurs = each.some(ref => ref.pid === group && isAlive(ref) === true) || leftInGroup(group).length > 0;
  if (process.platform !== 'win32' && isOurs) kill(-group, name);
  signal(each, name);
}

function signal(each: readonly ProcessRef[], name: 'SIGTERM' | 'SIGKILL'): void {
  for (const ref of each) {
    if (isAlive(ref) !== true) continue;
    if (process.platform === 'win32')
      spawnSync('taskkill', ['/pid', String(ref.pid), '/T', ...(name === 'SIGKILL' ? ['/F'] : [])]);
    else kill(ref.pid, name);
  }
}

function kill(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}

async function gone(each: readonly ProcessRef[], withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (each.some(ref => isAlive(ref) === true)) {
    if (Date.now() >= deadline) return false;
    await delay(LOOK_MS);
  }
  return true;
}

/** Every process that this user may see. */
export function allProcesses(): readonly RunningProcess[] {
  return process.platform === 'linux' ? fromProc() : fromPs();
}

function fromProc(): readonly RunningProcess[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const argv = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').slice(0, -1);
        return [{ pid: Number(name), parent: Number(fields[1]), group: Number(fields[2]), argv }];
      } catch {
        return []; // it has ended meanwhile
      }
    });
}

function fromPs(): readonly RunningProcess[] {
  if (process.platform === 'win32') return [];
  const { stdout } = spawnSync('ps', ['-axo', 'pid=,ppid=,pgid=,command='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap(line => {
    const parts = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return parts === null
      ? []
      : [
          {
            pid: Number(parts[1]),
            parent: Number(parts[2]),
            group: Number(parts[3]),
            argv: (parts[4] ?? '').split(' '),
          },
        ];
  });
}

/**
 * Processes that run a script, by their command lines.
 * @param script the script's path, of which the last parts are compared: a job is started from more than one folder
 */
export function foreignRunners(
  script: string,
  all: readonly RunningProcess[] = allProcesses(),
): readonly RunningProcess[] {
  const wanted = script
    .split('/')
    .filter(part => part !== '.' && part !== '')
    .slice(-3)
    .join('/');
  return all.filter(({ argv, pid }) => pid !== process.pid && `/${scriptOf(argv) ?? ''}`.endsWith(`/${wanted}`));
}

/** The name under which a run's processes find its mark in their environment, so that an orphan is known as ours. */
export const RUN_VARIABLE = 'PHASEGATE_RUN';

/** What marks the processes of a run: two workspaces may each have a run of the same second. */
export function runMark(workspace: string, run: string): string {
  return `${workspace}#${run}`;
}

/** The processes that were started by a run and still live, this one excepted. */
export function processesOfRun(mark: string): readonly number[] {
  const wanted = `${RUN_VARIABLE}=${mark}`;
  if (process.platform === 'linux')
    return allProcesses()
      .map(({ pid }) => pid)
      .filter(pid => pid !== process.pid && environmentOf(pid).includes(wanted));
  if (process.platform === 'win32') return []; // nothing tells another process's environment
  const { stdout } = spawnSync('ps', ['axeww', '-o', 'pid=,command='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap(line => {
    const pid = Number.parseInt(line, 10);
    return pid !== process.pid && `${line} `.includes(` ${wanted} `) ? [pid] : [];
  });
}

/** Whether a process was started by a run, whichever. */
export function isOfAnyRun(pid: number): boolean {
  return environmentOf(pid).some(each => each.startsWith(`${RUN_VARIABLE}=`));
}

function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return []; // of another user, of another system, or it has ended
  }
}

const INTERPRETER = /^-?(?:(?:python|pypy)[\w.-]*|node(?:js)?|ruby|perl|(?:ba|z|da|k)?sh)$/i;
/** Options of interpreters whose value is the next word. */
const WITH_VALUE = /^-(?:[XWrIoO]|-(?:require|import|loader|rcfile|init-file))$/;
/** Modules of Python that run the script that they are given. */
const RUNS_ANOTHER = /^(?:pdb|cProfile|profile|trace|coverage|debugpy)$/;

/**
 * The script that a command line runs: its program itself, or what an interpreter is given first. An editor that shows a script, a
 * search for it, or a tool that checks it does not run it; what only starts another program (`time`, `uv run`) is seen by that one.
 */
function scriptOf([program = '', ...args]: readonly string[]): string | undefined {
  const name = program.split('/').at(-1) ?? '';
  if (!INTERPRETER.test(name)) return program;
  const isShell = name.endsWith('sh');
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (!arg.startsWith('-')) return arg;
    if ((isShell ? /^-\w*c$/ : /^-(?:[cep]|-eval|-print)$/).test(arg)) return undefined; // a text of its own
    if (arg === '-m') {
      const module = args[i + 1] ?? '';
      return RUNS_ANOTHER.test(module)
        ? args.slice(i + 2).find(each => each.endsWith('.py'))
        : `${module.replaceAll('.', '/')}.py`;
    }
    if (WITH_VALUE.test(arg)) i++;
  }
  return undefined;
}
