// What git knows of a workspace as it is now: read only, and nothing where there is no git.
import { spawnSync } from 'node:child_process';

/** How long git is waited for. Milliseconds. */
const GIT_TIMEOUT_MS = 5_000;

/** The commit that a workspace stands at, and whether files that git knows differ from it: `1a2b3c4`, `1a2b3c4 with changes`. */
export function headCommit(folder: string): string | undefined {
  const id = git(folder, 'rev-parse', '--short', 'HEAD');
  if (id === undefined) return undefined;
  const changes = git(folder, 'status', '--porcelain', '--untracked-files=no');
  return changes === undefined || changes === '' ? id : `${id} with changes`;
}

/** Runs git without its locks and its prompts; `undefined` where it fails or is not there. */
export function git(folder: string, ...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', ['--no-optional-locks', ...args], {
    cwd: folder,
    encoding: 'utf8',
    timeout: GIT_TIMEOUT_MS,
    maxBuffer: 1 << 26,
    env: withoutRepository(process.env),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout.trimEnd() : undefined;
}

/** What git sets for what it starts (a hook, an alias) to speak of its own repository, and how it was told to read paths. */
const OF_ITS_REPOSITORY =
  /^GIT_(?:DIR|WORK_TREE|IMPLICIT_WORK_TREE|COMMON_DIR|INDEX_FILE|PREFIX|NAMESPACE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|GRAFT_FILE|SHALLOW_FILE|(?:LITERAL|GLOB|NOGLOB|ICASE)_PATHSPECS)$/;

/** A repository that we were started from is not the one that is asked about. */
export function withoutRepository(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OF_ITS_REPOSITORY.test(name)));
}
