// The program on a real terminal: a pseudo-terminal of Python's, in which somebody presses keys at the right moment.
import { execFileSync, spawn } from 'node:child_process';
import type { Pipeline } from './pipelines';

/** Runs a command in a terminal, presses Ctrl-C when it has shown a text, and says in JSON how it ended and what was to be seen. */
const IN_TERMINAL = `
import fcntl, json, os, pty, struct, sys, termios
columns, text, command = int(sys.argv[1]), sys.argv[2].encode(), sys.argv[3:]
rows = 24 if columns else 0
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.execvp(command[0], command)
seen, pressed = b"", False
while True:
    try:
        some = os.read(terminal, 65536)
    except OSError: # what was in it has ended
        break
    if not some:
        break
    seen += some
    if not pressed and text in seen:
        pressed = True
        os.write(terminal, b"\\x03")
_, status = os.waitpid(pid, 0)
print(json.dumps({
    "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
    "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
    "seen": seen.decode("utf8", "replace"),
}))`;

export interface OnTerminal {
  readonly code: number | null;
  readonly signal: number | null;
  /** Everything that was shown, with what moves the cursor. */
  readonly seen: string;
}

/** Whether there is a Python that has terminals: not on every system. */
export function hasTerminals(): boolean {
  try {
    execFileSync('python3', ['-c', 'import pty, fcntl, termios'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs the program in a terminal of so many columns to its end.
 * @param text what it shows before Ctrl-C is pressed
 */
export function interrupted(
  { program, folder, env }: Pipeline,
  { columns, text }: { readonly columns: number; readonly text: string },
  ...args: readonly string[]
): Promise<OnTerminal> {
  return new Promise((settle, fail) => {
    const child = spawn('python3', ['-c', IN_TERMINAL, String(columns), text, process.execPath, ...program, ...args], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (some: string) => (out += some));
    child.once('error', fail);
    child.once('close', code => {
      if (code === 0) settle(JSON.parse(out) as OnTerminal);
      else fail(new Error(`the terminal ended with ${code ?? 'nothing'}: ${out}`));
    });
  });
}
