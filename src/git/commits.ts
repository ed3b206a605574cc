// The commits that touched some files within a time: from one `git log`, read only, without hooks, pagers, prompts or the network.
import { execFile } from 'node:child_process';
import { withoutRepository } from './head';

/** A commit as it is shown. Who made it is left out: a person is not what is looked for. */
export interface Commit {
  /** Abbreviated, as git does for the repository. */
  readonly hash: string;
  /** When it came into being (the committer's clock), milliseconds since 1970 UTC. */
  readonly at: number;
  readonly subject: string;
}

export type Commits =
  | {
      readonly ok: true;
      /** Oldest first. */
      readonly commits: readonly Commit[];
      /** Where history is cut off (a shallow clone): what was before is not known. Milliseconds since 1970 UTC. */
      readonly cutAt?: number;
    }
  /** Why nothing is known, as what follows after "left out: ". */
  | {
      readonly ok: false;
      readonly message: string;
      /** Whether that holds for any files of the folder. */
      readonly ofAll: boolean;
    };

/** How long git is waited for: a path through a large history takes a while. Milliseconds. */
const GIT_TIMEOUT_MS = 10_000;
/** More text than so many commits have. Bytes. */
const MOST_BYTES = 1 << 26;

/** Settings of the user or the repository that could run something, or that change what is printed. */
const SAFE = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.pager=cat',
  'log.showSignature=false',
  'log.mailmap=false',
  'protocol.allow=never',
].flatMap(setting => ['-c', setting]);

/**
 * The commits that touched files of a folder after an instant: those of the line that is checked out, where what a branch brought
 * in came with its merge. (A repository that is rebased has younger times than its authors.)
 * @param globs from the folder, as in `sources` of a table
 * @param after milliseconds since 1970 UTC; a commit of that very second is not after it
 */
export async function commitsAfter(folder: string, globs: readonly string[], after: number): Promise<Commits> {
  const paths = pathspecs(globs);
  const log = await run(folder, [
    'log',
    '--first-parent',
    '-z',
    `--since=${new Date(after).toISOString().slice(0, 19)}Z`, // git's clock has seconds
    '--format=%h%x1f%ct%x1f%D%x1f%s',
    'HEAD',
    '--',
    ...paths,
  ]);
  if (!log.ok) return log;
  const found = log.text
    .split('\0')
    .flatMap(record => commitOf(record) ?? [])
    .reverse();
  const cut = found.findLast(({ isCut }) => isCut);
  // The commit at which a shallow clone ends seems to have made every file.
  const commits = found
    .filter(commit => !commit.isCut && commit.at > after && (cut === undefined || commit.at >= cut.at))
    .map(({ hash, at, subject }) => ({ hash, at, subject }));
  if (commits.length > 0 || cut !== undefined)
    return { ok: true, commits, ...(cut === undefined ? {} : { cutAt: cut.at }) };
  const tracked = await run(folder, ['ls-files', '-z', '--', ...paths]);
  if (!tracked.ok) return tracked;
  return tracked.text === ''
    ? { ok: false, message: `git tracks no file of its sources (${globs.join(', ')})`, ofAll: false }
    : { ok: true, commits };
}

function commitOf(record: string): (Commit & { readonly isCut: boolean }) | undefined {
  const [hash = '', seconds = '', refs = '', ...subject] = record.split('\u001F');
  if (hash === '' || !/^\d+$/.test(seconds)) return undefined;
  return {
    hash: hash.trim(),
    at: Number(seconds) * 1000,
    subject: subject.join(' ').trim(),
    isCut: refs.split(', ').includes('grafted'),
  };
}

/** Globs as git takes them: it knows neither braces nor groups, so those are written out, or made wider. */
export function pathspecs(globs: readonly string[]): readonly string[] {
  return globs.flatMap(glob => {
    const isNot = glob.startsWith('!');
    return expanded(isNot ? glob.slice(1) : glob).map(each => `:(${isNot ? 'exclude,' : ''}glob)${widened(each)}`);
  });
}

/** `{a,b}/c` as `a/c` and `b/c`. */
function expanded(glob: string): readonly string[] {
  const match = /^(.*?)\{([^{}]*,[^{}]*)\}(.*)$/.exec(glob);
  if (match === null) return [glob];
  const [, before = '', inside = '', behind = ''] = match;
  return inside.split(',').flatMap(each => expanded(`${before}${each}${behind}`));
}

/** A glob up to what git cannot read in it, and all that is below. */
function widened(glob: string): string {
  const at = glob.search(/[@+?*!]\(/);
  return at < 0 ? glob : `${glob.slice(0, glob.lastIndexOf('/', at) + 1)}**`;
}

function run(
  folder: string,
  args: readonly string[],
): Promise<{ readonly ok: true; readonly text: string } | Extract<Commits, { ok: false }>> {
  return new Promise(settle => {
    execFile(
      'git',
      ['--no-optional-locks', '--no-pager', ...SAFE, ...args],
      {
        cwd: folder,
        encoding: 'utf8',
        timeout: GIT_TIMEOUT_MS,
        maxBuffer: MOST_BYTES,
        windowsHide: true,
        env: {
          ...withoutRepository(process.env),
          GIT_TERMINAL_PROMPT: '0',
          GIT_NO_LAZY_FETCH: '1',
          GIT_OPTIONAL_LOCKS: '0',
          LC_ALL: 'C',
        },
      },
      (error, stdout, stderr) =>
        settle(error === null ? { ok: true, text: stdout } : { ok: false, ...why(error, stderr) }),
    );
  });
}

/** Why git gave no answer, in words, and whether it will give none of other files either. */
function why(
  error: Error & { readonly code?: unknown; readonly killed?: boolean },
  stderr: string,
): { readonly message: string; readonly ofAll: boolean } {
  const all = (message: string): { readonly message: string; readonly ofAll: boolean } => ({ message, ofAll: true });
  if (error.code === 'ENOENT') return all('git is not installed');
  if (error.killed === true) return all(`git did not answer within ${GIT_TIMEOUT_MS / 1000} s`);
  const [said = ''] = stderr.trim().split('\n', 1);
  if (/not a git repository/i.test(said)) return all('the workspace is in no git repository');
  if (/does not have any commits|ambiguous argument 'HEAD'|bad revision 'HEAD'/i.test(said))
    return all('the git repository has no commit yet');
  return {
    message: said === '' ? `git failed: ${error.message}` : `git said: ${said.replace(/^fatal: /, '')}`,
    ofAll: false,
  };
}
