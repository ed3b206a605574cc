// Tables' dates laid along the axis, and what is asked of them: what a day is, why, and what a stretch of days comes to. Pure.
import { DATE_STATES, DAY_LETTERS, type DateState, type Exclusion } from '../../src/model/coverage';
import { type Day, addDays, formatDay, parseDay } from '../../src/model/day';
import type { CoverageReport } from '../../src/model/report';
import type { Axis, Segment } from './axis';

/** What a day is, the worst first: of dates in one pixel the worst is seen. */
export const RANK: readonly (DateState | Exclusion)[] = [
  ...DATE_STATES,
  'known-gap',
  'bootstrap',
  'not-yet-due',
  'off-day',
];
const RANK_OF_LETTER = new Map(RANK.map((state, i) => [DAY_LETTERS[state] as string, i]));
/** The rank of a day on which nothing is expected. */
export const NOTHING = RANK.length - 1;

/** Why nothing is expected of a date. */
const WHY_EXCLUDED: Readonly<Record<Exclusion, string>> = {
  'known-gap': 'the manifest says that there is nothing to be had',
  bootstrap: 'the first dates are there to be built upon',
  'not-yet-due': 'it is expected later',
  'off-day': 'nothing is expected',
};

/** A table's dates as they are painted. */
export interface GridRow {
  readonly coverage: CoverageReport;
  /** By segment of the axis: where its days begin in it, and how bad each is (`RANK`). */
  readonly pieces: readonly { readonly segment: Segment; readonly from: Day; readonly ranks: Uint8Array }[];
}

/** A table's dates laid along the axis. */
export function gridRow(coverage: CoverageReport, axis: Axis): GridRow {
  return {
    coverage,
    pieces: coverage.seasons.flatMap(({ from: first, days }) => {
      const from = parseDay(first);
      const segment = axis.segments.find(each => from !== undefined && from >= each.from && from <= each.to);
      if (from === undefined || segment === undefined) return [];
      return [{ segment, from, ranks: Uint8Array.from(days, letter => RANK_OF_LETTER.get(letter) ?? 0) }];
    }),
  };
}

/** What a day of a row is; `undefined` where the row has no such day. */
export function stateOf({ pieces }: GridRow, day: Day): DateState | Exclusion | undefined {
  for (const { from, ranks } of pieces) {
    const rank = ranks[day - from];
    if (day >= from && rank !== undefined) return RANK[rank];
  }
  return undefined;
}

/** The reason of a date, out of the runs that a report tells. */
export function reasonOf({ coverage }: GridRow, date: string): string {
  const { states } = coverage;
  let low = 0;
  let high = states.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((states[middle]?.[0] ?? '') <= date) low = middle;
    else high = middle - 1;
  }
  // Runs of different states may lie in one another's off-days: the ones around are looked at too.
  for (const run of states.slice(Math.max(0, low - 3), low + 2)) if (date >= run[0] && date <= run[1]) return run[3];
  return '';
}

/** What a date of a row is, and why. */
export function dateWords(row: GridRow, day: Day): string {
  const date = formatDay(day);
  const is = stateOf(row, day);
  const reason = is === undefined || is === 'complete' ? '' : whyOf(row, is, date);
  return `${date}: ${is?.replaceAll('-', ' ') ?? 'no season'}${reason === '' || reason === is ? '' : `, ${reason}`}`;
}

function whyOf(row: GridRow, is: DateState | Exclusion, date: string): string {
  return is in WHY_EXCLUDED ? WHY_EXCLUDED[is as Exclusion] : reasonOf(row, date);
}

/** How many dates of a row between two days are in each state that counts. */
export function countsBetween(row: GridRow, from: Day, to: Day): ReadonlyMap<DateState | Exclusion, number> {
  const counts = new Map<DateState | Exclusion, number>();
  for (let day = from; day <= to; day = addDays(day, 1)) {
    const state = stateOf(row, day);
    if (state !== undefined) counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}
