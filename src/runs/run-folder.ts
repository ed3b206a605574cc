// The folder of a run, `.phasegate/runs/<id>`: everything that is known of it, for whoever comes later.
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { RunProgress } from './job-said';

/** The files of a run's folder. */
export const RUN_FILES = {
  plan: 'plan.json',
  /** The manifest as it was when the run began: a change of it meanwhile changes nothing of the run. */
  manifest: 'manifest.yaml',
  journal: 'journal.jsonl',
  /** What running commands say of themselves, by step: made anew now and then, and worth nothing when they have ended. */
  progress: 'progress.json',
  /** There where somebody wants the run to end. */
  cancel: 'cancel',
  /** What the runner itself prints: nothing, unless it meets an error of its own. */
  output: 'runner.log',
  report: 'report.md',
  reportJson: 'report.json',
} as const;

/** The folder of all runs of a workspace. */
export function runsFolder(workspace: string): string {
  return join(workspace, '.phasegate', 'runs');
}

/** As much of an id as tells when it was given. Characters. */
const SECOND = 15;
/** Enough of a journal to hold when its first event was. Bytes. */
const JOURNAL_HEAD = 200;

/** The ids of all runs of a workspace, newest first; those of one second as their journals tell. */
export function runIds(workspace: string): readonly string[] {
  const folder = runsFolder(workspace);
  let ids: readonly string[];
  try {
    ids = readdirSync(folder, { withFileTypes: true })
      .filter(entry => entry.isDirectory() && existsSync(join(folder, entry.name, RUN_FILES.plan)))
      .map(({ name }) => name);
  } catch {
    return [];
  }
  const known = new Map<string, number>();
  /** Journals are looked into only where names do not tell. */
  const begunAt = (id: string): number => {
    const at = known.get(id) ?? firstInstant(join(folder, id, RUN_FILES.journal));
    known.set(id, at);
    return at;
  };
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...ids].sort((a, b) => {
    const bySecond = compare(b.slice(0, SECOND), a.slice(0, SECOND));
    if (bySecond !== 0) return bySecond;
    const [first, second] = [begunAt(a), begunAt(b)];
    return first === second ? compare(b, a) : second - first;
  });
}

/** When the first event of a journal was; never where it has none: what has not begun is the newest. */
function firstInstant(path: string): number {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return Infinity;
  }
  try {
    const head = Buffer.alloc(JOURNAL_HEAD);
    const text = head.toString('utf8', 0, readSync(file, head, 0, JOURNAL_HEAD, 0));
    return Number(/^\{"at":(\d+)/.exec(text)?.[1] ?? Infinity);
  } finally {
    closeSync(file);
  }
}

/** The one run whose id begins so; several or none are a message. */
export function findRun(
  workspace: string,
  start: string,
): { readonly ok: true; readonly id: string } | { readonly ok: false; readonly message: string } {
  const ids = runIds(workspace);
  const exact = ids.find(id => id === start);
  const found = exact === undefined ? ids.filter(id => id.startsWith(start) || id.endsWith(start)) : [exact];
  const [id] = found;
  if (id !== undefined && found.length === 1) return { ok: true, id };
  if (found.length > 1)
    return { ok: false, message: `${start} is the beginning or the end of ${found.join(' and ')}: say more of it` };
  return {
    ok: false,
    message:
      ids.length === 0
        ? `there are no runs in ${runsFolder(workspace)}`
        : `there is no run ${start}; the newest is ${ids[0] ?? ''}`,
  };
}

/** Who wants the run to end; `undefined` where nobody does. */
export function cancelAskedBy(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, RUN_FILES.cancel), 'utf8').trim() || 'request';
  } catch {
    return undefined;
  }
}

/** Keeps what commands say, whole or not at all: somebody reads it at any moment. */
export function writeProgress(folder: string, progress: RunProgress): void {
  const path = join(folder, RUN_FILES.progress);
  try {
    writeFileSync(`${path}.tmp`, JSON.stringify(progress));
    renameSync(`${path}.tmp`, path);
  } catch {
    // It is for people who look on; the run does not need it.
  }
}

export function readProgress(folder: string): RunProgress {
  try {
    return JSON.parse(readFileSync(join(folder, RUN_FILES.progress), 'utf8')) as RunProgress; // our own file
  } catch {
    return {};
  }
}
