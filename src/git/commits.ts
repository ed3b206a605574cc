// The commits that touched some files within a time: from one `git log`, read only, without hooks, pagers, prompts or the network.
import { execFile } from 'node:child_process';
import { GUARDS, guardedEnv } from './guarded';

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
/** A subject that is longer is cut: whoever leaves out the empty line writes a paragraph. Characters. */
const MOST_SUBJECT = 200;
/** A glob that stands for more paths than these is not written out. */
const MOST_SPECS = 64;
/**
 * So much further back is looked: git's walk ends at the first commit that is too old, and somebody's clock may have been slow.
 * Milliseconds.
 */
const SLOW_CLOCK_MS = 24 * 3_600_000;
/** The last instant of the year 9999: a later write time is nonsense, and git reads none. Milliseconds since 1970 UTC. */
const LAST_MS = 253_402_300_799_000;
/** What would be something else in a terminal than text: control characters, ends of lines, and what turns the direction of writing. */
const NOT_TEXT = /[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]+/gu;

/**
 * The commits that touched files of a folder after an instant: those of the line that is checked out, where what a branch brought
 * in came with its merge. (A repository that is rebased has younger times than its authors.)
 * @param globs from the folder, as in `sources` of a table
 * @param after milliseconds since 1970 UTC; a commit of that very second is not after it
 * @param timeoutMs how long git is waited for
 */
export async function commitsAfter(
  folder: string,
  globs: readonly string[],
  after: number,
  timeoutMs = GIT_TIMEOUT_MS,
): Promise<Commits> {
  const paths = pathspecs(globs);
  const since = Math.min(LAST_MS, Math.max(0, after - SLOW_CLOCK_MS));
  const log = await run(folder, timeoutMs, [
    'log',
    '--first-parent',
    '-z',
    '--encoding=UTF-8',
    '--decorate=full', // a branch may be called "grafted"
    `--since=@${Math.floor(since / 1000)} +0000`,
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
    .filter(commit => !commit.isCut && commit.at > after)
    .map(({ hash, at, subject }) => ({ hash, at, subject }));
  if (commits.length > 0 || cut !== undefined)
    return { ok: true, commits, ...(cut === undefined ? {} : { cutAt: cut.at }) };
  const tracked = await run(folder, timeoutMs, ['ls-files', '-z', '--', ...paths]);
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
    subject: subjectText(subject.join('\u001F')),
    isCut: refs.split(', ').includes('grafted'),
  };
}

/** A subject as one line of text, whatever somebody wrote. */
function subjectText(subject: string): string {
  const text = subject.replaceAll(NOT_TEXT, ' ').trim();
  const letters = [...text];
  return letters.length > MOST_SUBJECT ? `${letters.slice(0, MOST_SUBJECT - 1).join('')}…` : text;
}

/** Globs as git takes them: it knows neither braces nor groups, so those are written out, or made wider; what is left out, narrower. */
export function pathspecs(globs: readonly string[]): readonly string[] {
  return globs.flatMap(glob => {
    const isNot = /^!(?!\()/.test(glob);
    const each = expanded(isNot ? glob.slice(1) : glob);
    return isNot
      ? each.filter(one => !UNREADABLE.test(one)).map(one => `:(exclude,glob)${one}`)
      : each.flatMap(one => withBelow(widened(one))).map(one => `:(glob)${one}`);
  });
}

/** What git cannot read in a glob: a group, with or without a sign before it, and braces that are no list. */
const UNREADABLE = /[@+?*!]\(|\([^()]*\||\{/;

/** `{a,b}/c` as `a/c` and `b/c`; as it is where that would be too many. */
function expanded(glob: string): readonly string[] {
  for (let globs: readonly string[] = [glob]; ;) {
    const next = globs.flatMap(writtenOut);
    if (next.length === globs.length) return [...new Set(globs)];
    if (next.length > MOST_SPECS) return [glob];
    globs = next;
  }
}

/** A glob with the first of its innermost lists written out. */
function writtenOut(glob: string): readonly string[] {
  const [, before = '', inside, behind = ''] = /^(.*?)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(glob) ?? [];
  return inside === undefined ? [glob] : inside.split(',').map(each => `${before}${each}${behind}`);
}

/** A glob up to what git cannot read in it, and all that is below. */
function widened(glob: string): string {
  const at = glob.search(UNREADABLE);
  return at < 0 ? glob : `${glob.slice(0, glob.lastIndexOf('/', at) + 1)}**`;
}

/** A folder's name stands for what is in it: git knows that of one that is written out, and not of a pattern. */
function withBelow(glob: string): readonly string[] {
  const name = glob.replace(/\/+$/, '');
  return /[*?[]/.test(name) && !name.endsWith('**') ? [name, `${name}/**`] : [name];
}

type Failure = Extract<Commits, { ok: false }>;

function run(
  folder: string,
  timeoutMs: number,
  args: readonly string[],
): Promise<{ readonly ok: true; readonly text: string } | Failure> {
  return new Promise(settle => {
    try {
      execFile(
        'git',
        [...GUARDS, ...args],
        {
          cwd: folder,
          encoding: 'utf8',
          timeout: timeoutMs,
          killSignal: 'SIGKILL', // it only reads, and may be deaf to anything less
          maxBuffer: MOST_BYTES,
          windowsHide: true,
          env: guardedEnv(process.env),
        },
        (error, stdout, stderr) => settle(error === null ? { ok: true, text: stdout } : why(error, stderr, timeoutMs)),
      );
    } catch (error) {
      // Arguments that no program can be given: too long, or with a null byte.
      settle({ ok: false, message: `git could not be asked: ${(error as Error).message}`, ofAll: false });
    }
  });
}

/** Why git gave no answer, in words, and whether it will give none of other files either. */
function why(
  error: Error & { readonly code?: unknown; readonly killed?: boolean },
  stderr: string,
  timeoutMs: number,
): Failure {
  const failure = (message: string, ofAll: boolean): Failure => ({ ok: false, message, ofAll });
  const all = (message: string): Failure => failure(message, true);
  if (error.code === 'ENOENT') return all('git is not installed');
  if (error.killed === true) return all(`git did not answer within ${timeoutMs / 1000} s`);
  const lines = stderr.trim().split('\n');
  const said = lines.find(line => line.startsWith('fatal: ')) ?? lines[0] ?? '';
  if (/not a git repository/i.test(said)) return all('the workspace is in no git repository');
  if (/does not have any commits|ambiguous argument 'HEAD'|bad revision 'HEAD'/i.test(said))
    return all('the git repository has no commit yet');
  return failure(
    said === ''
      ? `git failed: ${error.message}`
      : `git said: ${said.replace(/^fatal: /, '').replaceAll(NOT_TEXT, ' ')}`,
    said.includes('dubious ownership'),
  );
}
