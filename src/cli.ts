// The command line: starts it on this process's arguments and streams, and ends with its exit code.
import { createInterface } from 'node:readline/promises';
import { run } from './cli/run';
import { openServices } from './services';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
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
  process.exitCode = interrupted.signal.aborted ? 130 : code;
  return undefined;
});
