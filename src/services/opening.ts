// What a question is asked of: the manifest that is found, read and resolved, with the target, the day and the range that were asked for.
import { basename, dirname } from 'node:path';
import type { Day } from '../model/day';
import { type AsOf, resolveAsOf } from '../pipeline/clock';
import { readManifestTree } from '../pipeline/manifest';
import { findManifest, readManifestFile } from '../pipeline/manifest-file';
import { nearest } from '../pipeline/nearest';
import type { Pipeline } from '../pipeline/pipeline';
import type { ReadPython } from '../pipeline/threshold-files';
import type { Window } from '../validation/assessing';

export interface OpenOptions {
  readonly cwd: string;
  /** Path of the manifest; else `phasegate.yaml` in `cwd` or the nearest folder above it. */
  readonly manifest?: string;
  /** The manifest's text in the place of what the file holds now: a run goes by the one that it was planned with. */
  readonly manifestText?: string;
  readonly target?: string;
  readonly asOf?: Day;
  readonly from?: Day;
  readonly to?: Day;
  readonly season?: string;
  readonly env: NodeJS.ProcessEnv;
  /** How long another process's use of a database is waited for, milliseconds. */
  readonly lockWaitMs?: number;
  /** Whether facts of the ledger may be re-used where a stamp proves them. Gates before a write never do. */
  readonly useCache: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
  /** Reads Python, for thresholds that are taken from it. */
  readonly python?: ReadPython;
}

export interface OpenProblem {
  /** What happened, to what, and what to do next. */
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Why something asked could not be answered: asked wrongly (exit 64), or not to be evaluated (exit 3). */
export interface Refusal {
  readonly ok: false;
  readonly kind: 'usage' | 'error';
  readonly problems: readonly OpenProblem[];
  /** Whether the manifest takes numbers from Python and no reader of it was given. */
  readonly needsPython?: boolean;
}

/** What is asked of. */
export interface Asked {
  readonly ok: true;
  /** The manifest's text. */
  readonly text: string;
  readonly pipeline: Pipeline;
  /** The name of the target. */
  readonly target: string;
  readonly asOf: AsOf;
  readonly window: Window;
}

/** Finds, reads and resolves the manifest. */
export function readAsked(options: OpenOptions): Asked | Refusal {
  const found = findManifest(options.cwd, options.manifest);
  if (!found.ok) return usage(found.message);
  const file =
    options.manifestText === undefined
      ? readManifestFile(found.path)
      : { ok: true as const, text: options.manifestText };
  if (!file.ok) return { ok: false, kind: 'error', problems: [{ message: file.message }] };
  const { reading, needsPython } = readManifestTree(file.text, {
    folder: dirname(found.path),
    file: basename(found.path),
    env: options.env,
    python: options.python,
  });
  if (!reading.ok) {
    const problems = reading.problems.filter(problem => problem.severity === 'error');
    return { ok: false, kind: 'error', problems, needsPython };
  }
  const { pipeline } = reading;
  const target = options.target ?? pipeline.defaultTarget;
  if (!pipeline.targets.has(target))
    return usage(`${pipeline.file} declares no target ${target}${didYouMean(target, [...pipeline.targets.keys()])}`);
  const window = windowOf(options, pipeline);
  if ('ok' in window) return window;
  const asOf = resolveAsOf(options.asOf, pipeline.asOf, Date.now());
  return { ok: true, text: file.text, pipeline, target, asOf, window };
}

/** Something was asked wrongly. */
export function usage(message: string): Refusal {
  return { ok: false, kind: 'usage', problems: [{ message }] };
}

/** What may have been meant, else all that there is; to be put behind a message. */
export function didYouMean(name: string, valid: readonly string[]): string {
  const near = nearest(name, valid);
  return near === undefined ? `; it declares ${valid.join(', ')}` : `: did you mean ${near}?`;
}

/** The range asked for: a season by its name, or dates. */
function windowOf({ season, from, to }: OpenOptions, pipeline: Pipeline): Window | Refusal {
  if (season === undefined) return { from, to };
  const seasons = [...pipeline.calendars.values()].flatMap(calendar => calendar.seasons);
  const found = seasons.find(({ id }) => id === season);
  if (found !== undefined) return found.range;
  const names = [...new Set(seasons.map(({ id }) => id))];
  return usage(
    names.length === 0
      ? `${pipeline.file} declares no seasons: use --from and --to`
      : `no calendar has a season ${season}${didYouMean(season, names)}`,
  );
}
