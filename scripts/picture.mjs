// Renders media/coverage.svg, the README's picture: what the real program prints on the sample pipeline, in a terminal of 100 columns.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { terminalSvg } from './ansi-svg.mjs';
import { ROOT } from './setup.mjs';

const COLUMNS = 100;
/** One phase and one season: small enough for every table to show its grid. */
const COMMAND = ['coverage', 'Analytics', '--season', '2025-26'];

/** Runs a program in a terminal of its own and passes on the answer it draws, without its progress: Python's `pty` is the terminal. */
const IN_A_TERMINAL = `
import fcntl, os, pty, struct, sys, termios
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', 60, int(sys.argv[1]), 0, 0))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    os.execvp(sys.argv[2], sys.argv[2:])
while True:
    try:
        drawn = os.read(terminal, 65536)
    except OSError:
        break
    if not drawn:
        break
    sys.stdout.buffer.write(drawn)
os.waitpid(child, 0)
`;

const program = path.join(ROOT, 'bin', 'phasegate.cjs');
const scratch = mkdtempSync(path.join(tmpdir(), 'phasegate-picture-'));
try {
  const workspace = path.join(scratch, 'sample-league');
  const made = spawnSync(process.execPath, [program, 'sample', workspace], { encoding: 'utf8' });
  if (made.status !== 0 || !existsSync(workspace)) throw new Error(`the sample was not written: ${made.stderr}`);
  const env = { ...process.env, TERM: 'xterm-256color' };
  delete env.NO_COLOR;
  delete env.CI;
  const shell = ['-c', IN_A_TERMINAL, String(COLUMNS), process.execPath, program, ...COMMAND];
  const { stdout, error } = spawnSync('python3', shell, { cwd: workspace, env, encoding: 'utf8' });
  if (error !== undefined) throw error;
  const drawn = `\u001b[2m$\u001b[0m \u001b[1mphasegate ${COMMAND.join(' ')}\u001b[0m\n${stdout}`;
  if (drawn.includes(scratch)) throw new Error(`the picture would show a folder of this machine:\n${drawn}`);
  const file = path.join(ROOT, 'media', 'coverage.svg');
  writeFileSync(file, terminalSvg(drawn, { title: 'phasegate coverage on the sample pipeline', columns: COLUMNS }));
  process.stderr.write(`wrote ${path.relative(process.cwd(), file)}\n`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
