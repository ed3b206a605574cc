// The history of the sample's code, made by one `git fast-import`: the commits that broke a column, and those that mended it.
import { spawnSync } from 'node:child_process';

/** The files of the workspace that are under version control, by their paths. */
export type CodeFiles = ReadonlyMap<string, string>;

const AUTHOR = 'Sample Operator <operator@sample.invalid>';
const PROCESSOR = 'data_processors/analytics/player_game_summary/player_game_summary_processor.py';

interface Version {
  /** When it was committed, an ISO instant. */
  readonly at: string;
  readonly message: string;
  /** Whether a path is there already. */
  readonly has: (path: string) => boolean;
  /** What stood in the player processor instead of what stands there now. */
  readonly before: readonly (readonly [now: string, then: string])[];
}

const RAW = (path: string): boolean => ['.gitignore', 'README.md', 'shared/partitions.py'].includes(path);
const JOBS = (path: string): boolean => !path.startsWith('sql/') && path !== 'phasegate.yaml';
const CODE = (path: string): boolean => path !== 'phasegate.yaml';

/** Bug 1: minutes come as MM:SS, and were read as numbers for three weeks. */
const MINUTES_AS_NUMBERS = [
  `    """MM:SS as whole minutes, half up; None for a player who did not play."""
    if not text:
        return None
    minutes, seconds = text.split(":")
    return half_up(int(minutes) * 60 + int(seconds), 60)
`,
  `    """Minutes as a number; None for a player who did not play."""
    return int(text) if text.isdigit() else None
`,
] as const;
/** Bug 5: the column was left for later, and never came back. */
const NO_USAGE = ['"usage_rate": usage_of(box, minutes, team),', '"usage_rate": None,'] as const;
const PLAIN_UNIT = ['UNIT = "records"', 'UNIT = "rows"'] as const;

/** What the processor was through the years. Writes of a date happen at 09:00 UTC of the day after it. */
const VERSIONS: readonly Version[] = [
  { at: '2021-10-11T15:00:00Z', message: 'Read the raw tables, one file a date', has: RAW, before: [] },
  { at: '2021-10-18T16:30:00Z', message: 'Write the analytics tables day by day', has: JOBS, before: [PLAIN_UNIT] },
  { at: '2023-07-10T10:00:00Z', message: 'Add precompute, features and predictions', has: CODE, before: [PLAIN_UNIT] },
  {
    at: '2024-11-11T21:40:00Z',
    message: 'Read minutes like the other numbers',
    has: CODE,
    before: [PLAIN_UNIT, MINUTES_AS_NUMBERS],
  },
  { at: '2024-12-02T18:05:00Z', message: 'Minutes are MM:SS: read them so', has: CODE, before: [PLAIN_UNIT] },
  {
    at: '2025-10-20T22:15:00Z',
    message: 'Leave usage_rate for later, possessions are late tonight',
    has: CODE,
    before: [PLAIN_UNIT, NO_USAGE],
  },
  { at: '2025-10-21T19:20:00Z', message: 'Log records, not rows', has: CODE, before: [NO_USAGE] },
  { at: '2026-01-04T07:50:00Z', message: 'Compute usage_rate again', has: CODE, before: [] },
  { at: '2026-01-04T08:10:00Z', message: 'Describe the pipeline to Phasegate', has: () => true, before: [] },
];

export type HistoryResult =
  { readonly ok: true; readonly commits: number } | { readonly ok: false; readonly message: string };

/** Makes `folder` a repository whose last commit is the files as they are. Data are ignored by its `.gitignore`. */
export function writeHistory(folder: string, files: CodeFiles): HistoryResult {
  // A repository that this process was started from must not be written to.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  const git = (args: readonly string[], input?: string): string | undefined => {
    const { error, status, stderr } = spawnSync('git', args, {
      cwd: folder,
      env,
      encoding: 'utf8',
      input: input ?? '',
    });
    if (error !== undefined) return 'code' in error && error.code === 'ENOENT' ? 'git is not installed' : error.message;
    return status === 0 ? undefined : stderr.trim().split('\n', 1)[0];
  };
  const problem =
    git(['init', '--quiet', '--template=']) ??
    git(['symbolic-ref', 'HEAD', 'refs/heads/main']) ??
    git(['fast-import', '--quiet'], importStream(files)) ??
    git(['reset', '--quiet']);
  return problem === undefined
    ? { ok: true, commits: VERSIONS.length }
    : {
        ok: false,
        message: `the sample has no git history: ${problem}. Everything but what reads history works without it`,
      };
}

/** The stream of `git fast-import`: every version as a whole tree. */
export function importStream(files: CodeFiles): string {
  const parts: string[] = [];
  for (const { at, message, has, before } of VERSIONS) {
    const who = `${AUTHOR} ${Date.parse(at) / 1000} +0000`;
    parts.push(`commit refs/heads/main\nauthor ${who}\ncommitter ${who}\n${data(message)}deleteall\n`);
    for (const [path, text] of files) {
      if (!has(path)) continue;
      const then = path === PROCESSOR ? before.reduce((now, [is, was]) => replaced(now, is, was), text) : text;
      parts.push(`M 100644 inline ${path}\n${data(then)}`);
    }
  }
  return `${parts.join('')}done\n`;
}

function replaced(text: string, is: string, was: string): string {
  if (!text.includes(is)) throw new Error(`the sample's processor no longer holds ${is}`);
  return text.replace(is, was);
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
