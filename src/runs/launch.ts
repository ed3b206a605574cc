// Starts the runner of a run as a process of its own, which nobody's end ends, and waits until it has begun.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessRef } from '../model/process-ref';
import type { RunEvent } from './events';
import { JournalReader } from './journal';
import { tailOf } from './log-follower';
import { RUN_FILES } from './run-folder';

/** How long a runner may take until its first word. */
const FIRST_WORD_MS = 60_000;
const LOOK_MS = 50;
/** How much of what a runner printed is told where it fails. Lines. */
const TOLD_LINES = 12;

/** A runner goes on for a night: garbage is collected before it takes room, not when the machine has none left. Megabytes. */
const MEMORY = ['--max-semi-space-size=2', '--max-old-space-size=512'];

export type Launched =
  { readonly ok: true; readonly runner: ProcessRef } | { readonly ok: false; readonly message: string };

/**
 * Starts the runner.
 * @param program the runner's program
 * @param folder the run's folder, which holds its plan
 */
export async function launchRunner(program: string, folder: string, env: NodeJS.ProcessEnv): Promise<Launched> {
  const journal = new JournalReader(join(folder, RUN_FILES.journal));
  journal.read(); // what another runner left is no word of this one
  const output = openSync(join(folder, RUN_FILES.output), 'a');
  const child = spawn(process.execPath, [...MEMORY, program, folder], {
    // In an editor our program is Electron, which is Node only when it is told so.
    env: { ...env, ELECTRON_RUN_AS_NODE: '1' },
    cwd: folder,
    stdio: ['ignore', output, output],
    detached: true,
    windowsHide: true,
  });
  closeSync(output);
  child.unref();
  let ended: string | undefined;
  child.once('error', error => (ended = error.message));
  child.once('exit', (code, signal) => (ended = `it ended with ${signal ?? code ?? 'nothing'}`));
  const deadline = Date.now() + FIRST_WORD_MS;
  for (;;) {
    const word = firstWord(journal.read());
    if (word !== undefined) return word;
    if (ended !== undefined || Date.now() > deadline) {
      child.kill('SIGKILL'); // it is not to begin when nobody expects it any more
      const last = firstWord(journal.read());
      if (last !== undefined) return last;
      const told = tailOf(join(folder, RUN_FILES.output), TOLD_LINES)
        .filter(line => !/^\s+at /.test(line)) // where in our code it was helps nobody
        .join(' ');
      return {
        ok: false,
        message: `the runner did not begin: ${ended ?? 'it is silent'}${told === '' ? '' : `. It says: ${told}`}`,
      };
    }
    await delay(LOOK_MS);
  }
}

/** A runner that may not begin says so by ending the run at once. */
function firstWord(events: readonly RunEvent[]): Launched | undefined {
  for (const event of events) {
    if (event.event === 'run-started') return { ok: true, runner: event.runner };
    if (event.event === 'run-ended') return { ok: false, message: event.message };
  }
  return undefined;
}
