// Runs of dates of one state and reason: what a person reads instead of a list of dates.
import { type DateState, INCOMPLETE_STATES, type TableCoverage } from '../model/coverage';
import type { Day } from '../model/day';
import type { DayRange } from '../model/day-set';

/** Dates, first to last, that are in one state for one reason; between them lie off-days only. */
export interface StateRun {
  readonly range: DayRange;
  /** Expected dates in it. */
  readonly count: number;
  readonly state: DateState;
  /** Empty where the state needs none. */
  readonly reason: string;
}

/** The runs of dates that are not complete, in order. A run ends with its season: what comes after is another story. */
export function stateRuns(
  coverage: TableCoverage,
  seasons: readonly { readonly range: DayRange }[],
): readonly StateRun[] {
  const pieces: StateRun[] = [];
  for (const state of INCOMPLETE_STATES) {
    for (const range of coverage.states[state].ranges()) pieces.push(...byReason(range, state, coverage));
  }
  pieces.sort((a, b) => a.range.from - b.range.from);
  const offDays = coverage.calendarDays.excluded['off-day'];
  const runs: StateRun[] = [];
  for (const piece of pieces) {
    const before = runs.at(-1);
    if (before !== undefined && before.state === piece.state && before.reason === piece.reason) {
      const gap = offDays.rangeAt((before.range.to + 1) as Day);
      const near = before.range.to + 1 === piece.range.from || (gap !== undefined && gap.to >= piece.range.from - 1);
      if (near && seasonOf(before.range.to, seasons) === seasonOf(piece.range.from, seasons)) {
        runs[runs.length - 1] = {
          ...before,
          range: { from: before.range.from, to: piece.range.to },
          count: before.count + piece.count,
        };
        continue;
      }
    }
    runs.push(piece);
  }
  return runs;
}

/** A stretch of consecutive dates of one state, cut where the reason changes. */
function byReason({ from, to }: DayRange, state: DateState, { reasons }: TableCoverage): readonly StateRun[] {
  if (state === 'missing') return [{ range: { from, to }, count: to - from + 1, state, reason: '' }];
  const runs: StateRun[] = [];
  let start = from;
  let reason = reasons.get(from) ?? '';
  for (let day = from + 1; day <= to + 1; day++) {
    const next = day > to ? undefined : (reasons.get(day as Day) ?? '');
    if (next === reason) continue;
    runs.push({ range: { from: start, to: (day - 1) as Day }, count: day - start, state, reason });
    start = day as Day;
    reason = next ?? '';
  }
  return runs;
}

function seasonOf(day: Day, seasons: readonly { readonly range: DayRange }[]): number {
  return seasons.findIndex(({ range }) => day >= range.from && day <= range.to);
}
