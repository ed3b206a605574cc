// What git knows of a workspace as it is now: read only, and nothing where there is no git.
import { spawnSync } from 'node:child_process';
import { GUARDS, guardedEnv } from './guarded';

/** How long git is waited for. Milliseconds. */
const GIT_TIMEOUT_MS = 5_000;

/** The commit that a workspace stands at, and whether files that git knows differ from it: `1a2b3c4`, `1a2b3c4 with changes`. */
export function headCommit(folder: string): string | undefined {
  const id = git(folder, 'rev-parse', '--short', 'HEAD');
  if (id === undefined) return undefined;
  const changes = git(folder, 'status', '--porcelain', '--untracked-files=no');
  return changes === undefined || changes === '' ? id : `${id} with changes`;
}

/** Runs git; `undefined` where it fails or is not there. */
function git(folder: string, ...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', [...GUARDS, ...args], {
    cwd: folder,
    encoding: 'utf8',
    timeout: GIT_TIMEOUT_MS,
    killSignal: 'SIGKILL',
    maxBuffer: 1 << 26,
    windowsHide: true,
    env: guardedEnv(process.env),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout.trimEnd() : undefined;
}
