// How long a job takes for a date, from what earlier runs of it took. Pure.
import type { Expected, Plan } from './plan';

/** What a run's commands of one job took, by date: the median with its quartiles, milliseconds. */
export interface JobDuration extends Expected {
  /** Dates that it is taken from. */
  readonly dates: number;
}

/** Durations of a run, by job. */
export type RunDurations = Readonly<Record<string, JobDuration>>;

/** How many earlier runs are listened to. */
export const MOST_RUNS = 5;

/** The durations of one job's commands in a run. @param chunks how long each took, milliseconds, for how many dates */
export function durationOf(
  chunks: readonly { readonly ms: number; readonly dates: number }[],
): JobDuration | undefined {
  const perDate = chunks.flatMap(({ ms, dates }) =>
    dates === 0 ? [] : Array.from({ length: dates }, () => ms / dates),
  );
  if (perDate.length === 0) return undefined;
  const sorted = perDate.sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { ms: at(0.5), low: at(0.25), high: at(0.75), dates: sorted.length };
}

/** What a date of a job is expected to take, by its newest runs; `undefined` where none tells. @param runs newest first */
export function expectedPerDate(job: string, runs: readonly RunDurations[]): Expected | undefined {
  const known = runs.flatMap(run => run[job] ?? []).slice(0, MOST_RUNS);
  const dates = known.reduce((sum, each) => sum + each.dates, 0);
  if (dates === 0) return undefined;
  const mean = (of: (each: JobDuration) => number): number =>
    known.reduce((sum, each) => sum + of(each) * each.dates, 0) / dates;
  return { ms: mean(({ ms }) => ms), low: mean(({ low }) => low), high: mean(({ high }) => high) };
}

/**
 * How long steps take together: groups one after the other, the steps of a group side by side, as many as may run at once.
 * @param steps how long each takes by itself; one that nothing is known of is left out
 */
export function together(
  steps: readonly { readonly group: number; readonly expected: Expected | undefined }[],
  { steps: atOnce }: Pick<Plan['options'], 'steps'>,
): Expected {
  const groups = Map.groupBy(steps, ({ group }) => group);
  const total = (of: (each: Expected) => number): number =>
    [...groups.values()].reduce((sum, group) => {
      const each = group.flatMap(({ expected }) => (expected === undefined ? [] : [of(expected)]));
      const shared = each.reduce((all, one) => all + one, 0) / atOnce;
      return sum + Math.max(0, shared, ...each);
    }, 0);
  return { ms: total(({ ms }) => ms), low: total(({ low }) => low), high: total(({ high }) => high) };
}
