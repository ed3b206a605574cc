// The date from which a check fails: where good dates end and bad ones begin, told apart from good and bad that alternate. Pure.
import type { SeasonRange } from '../checks/check';
import type { Day } from '../model/day';
import type { DaySet } from '../model/day-set';

/** What the judged dates of a failing check come to. */
export type Break =
  /** From `first` on it fails, up to `last`. */
  | {
      readonly kind: 'break';
      readonly first: Day;
      readonly last: Day;
      /** Whether it fails on the newest judged date too. */
      readonly isOngoing: boolean;
      /** The first date that cannot be one of those that failed now and then before; `first` itself where none did. */
      readonly sure: Day;
      /** The good dates before. */
      readonly good: readonly Day[];
      /** The failing dates, from `sure` on. */
      readonly bad: readonly Day[];
      /** Whether dates failed now and then before. */
      readonly wasRestless: boolean;
    }
  /** It failed on the first judged date, and on all until `last`. */
  | { readonly kind: 'from-the-beginning'; readonly first: Day; readonly last: Day; readonly isOngoing: boolean }
  /** Good and bad dates alternate: `bad` of `judged`. */
  | { readonly kind: 'alternating'; readonly bad: number; readonly judged: number }
  /** No date fails by itself. */
  | { readonly kind: 'none' };

/** So many good dates in a row are firm ground: what fails behind them has broken, whatever failed before them. */
const FIRM_DATES = 5;

/**
 * Finds the break before the last run of failing dates.
 * @param judged the dates that were judged by themselves, ascending
 * @param failing those of them that fail
 * @param seasons where a pipeline begins anew: a run that may have begun by chance at the end of one begins with the next
 */
export function breakOf(judged: readonly Day[], failing: DaySet, seasons: readonly SeasonRange[]): Break {
  const runs = runsOf(judged, failing);
  const at = runs.findLastIndex(({ isBad }) => isBad);
  const run = runs[at];
  const [first] = run?.days ?? [];
  const last = run?.days.at(-1);
  if (run === undefined || first === undefined || last === undefined) return { kind: 'none' };
  const isOngoing = at === runs.length - 1;
  if (at === 0) return { kind: 'from-the-beginning', first, last, isOngoing };
  const before = longestBefore(runs, at);
  if (run.days.length <= before)
    return { kind: 'alternating', bad: judged.filter(day => failing.has(day)).length, judged: judged.length };
  const doubtful = run.days.slice(0, before + 1);
  const anew = doubtful.find((day, i) => beginsSeason(day, doubtful[i - 1] ?? runs[at - 1]?.days.at(-1), seasons));
  const begin = anew ?? first;
  const sure = anew ?? doubtful.at(-1) ?? first;
  return {
    kind: 'break',
    first: begin,
    last,
    isOngoing,
    sure,
    good: runs.slice(0, at).flatMap(({ isBad, days }) => (isBad ? [] : days)),
    bad: run.days.filter(day => day >= sure),
    wasRestless: before > 0,
  };
}

interface Run {
  readonly isBad: boolean;
  readonly days: readonly Day[];
}

function runsOf(judged: readonly Day[], failing: DaySet): readonly Run[] {
  const runs: { isBad: boolean; days: Day[] }[] = [];
  for (const day of judged) {
    const isBad = failing.has(day);
    const last = runs.at(-1);
    if (last?.isBad === isBad) last.days.push(day);
    else runs.push({ isBad, days: [day] });
  }
  return runs;
}

/** The longest run of failing dates before a run, back to firm ground: so many may fail in a row without anything being broken. */
function longestBefore(runs: readonly Run[], at: number): number {
  let longest = 0;
  for (const { isBad, days } of runs.slice(0, at).reverse()) {
    if (!isBad && days.length >= FIRM_DATES) break;
    if (isBad) longest = Math.max(longest, days.length);
  }
  return longest;
}

function beginsSeason(day: Day, before: Day | undefined, seasons: readonly SeasonRange[]): boolean {
  return seasons.some(({ range }) => day >= range.from && (before === undefined || before < range.from));
}
