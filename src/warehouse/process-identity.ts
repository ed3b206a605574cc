// Which process a process id means: an id alone may have been given again, after its process ended or after a reboot.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessRef } from '../model/process-ref';

/** A living process by its id; `undefined` where there is none. */
export function processRef(pid: number): ProcessRef | undefined {
  const started = startOf(pid);
  return started === undefined ? undefined : { pid, host: hostname(), started };
}

/** Whether the very process is still alive. Of another machine's nothing can be told: `unknown`. */
export function isAlive({ pid, host, started }: ProcessRef): boolean | 'unknown' {
  if (host !== hostname()) return 'unknown';
  const now = startOf(pid);
  return now !== undefined && now === started;
}

/** The state letter of a process that has ended and whose parent has not asked how. */
const ZOMBIE = 'Z';

/** What tells when a process started: the boot and the clock ticks since. A process that has ended has no start. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program may hold anything: what follows the last bracket is counted.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === ZOMBIE ? undefined : `${bootId()} ${fields[19] ?? ''}`;
  } catch {
    return process.platform === 'linux' ? undefined : startElsewhere(pid);
  }
}

let boot: string | undefined;

function bootId(): string {
  try {
    return (boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  } catch {
    return (boot = '');
  }
}

/** Where there is no /proc: to the second by `ps`, and on Windows not at all. */
function startElsewhere(pid: number): string | undefined {
  if (process.platform !== 'win32') {
    const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return status === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
  }
  try {
    process.kill(pid, 0);
    return '';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM' ? '' : undefined;
  }
}
