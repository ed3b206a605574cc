// The command line: starts it on this process's arguments and streams, and ends with its exit code.
import { createInterface } from 'node:readline/promises';
import { run } from './cli/run';
import { openServices } from './services';

/** As a shell says it of a program that was interrupted. */
const EXIT_INTERRUPTED = 130;

const interrupted = new AbortController();
// It stays: whoever restores the cursor at the end takes an interrupt that nobody listens to any more for one that is to kill.
process.on('SIGINT', () => {
  if (interrupted.signal.aborted) process.exit(EXIT_INTERRUPTED); // asked twice: there is nothing worth waiting for
  interrupted.abort();
});
// A reader that goes away (head, less) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

/** Asks a person, until an answer or the end of the input, which is no answer. */
async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const ended = new Promise<string>(settle => terminal.once('close', () => settle('')));
  try {
    return await Promise.race([terminal.question(question, { signal: interrupted.signal }).catch(() => ''), ended]);
  } finally {
    terminal.close();
  }
}

void run(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  signal: interrupted.signal,
  out: text => process.stdout.write(text),
  err: text => process.stderr.write(text),
  terminal: process.stdout.isTTY ? { columns: process.stdout.columns } : undefined,
  progress: process.stderr.isTTY,
  ask: process.stdin.isTTY && process.stdout.isTTY ? ask : undefined,
  programs: __dirname,
  open: openServices,
}).then(code => {
  process.exitCode = interrupted.signal.aborted ? EXIT_INTERRUPTED : code;
  return undefined;
});
