// The season grid: one letter a day, from which every surface draws its picture of a season.
import type { SeasonRange } from '../checks/check';
import {
  DATE_STATES,
  DAY_LETTERS,
  type DateState,
  EXCLUSIONS,
  type ExpectedDays,
  type Exclusion,
  type TableCoverage,
  covered,
} from '../model/coverage';
import { type Day, civilDay, civilParts, formatDay } from '../model/day';
import type { DayRange, DaySet } from '../model/day-set';
import type { SeasonGrid } from '../model/report';

/** The grids of a table's seasons; of calendar years where the calendar has none. */
export function seasonGrids(coverage: TableCoverage, seasons: readonly SeasonRange[]): readonly SeasonGrid[] {
  const range = rangeOf(coverage.calendarDays);
  if (range === undefined) return [];
  const cells = cellsOf(coverage, range);
  const good = covered(coverage.states);
  return (seasons.length > 0 ? seasons : yearsOf(range)).flatMap(({ id, range: season }) => {
    const from = Math.max(season.from, range.from) as Day;
    const to = Math.min(season.to, range.to) as Day;
    if (from > to) return [];
    return [
      {
        season: id,
        expected: coverage.calendarDays.expected.within({ from, to }).size,
        covered: good.within({ from, to }).size,
        from: formatDay(from),
        days: cells.slice(from - range.from, to - range.from + 1).join(''),
      },
    ];
  });
}

/** The range that expected and excluded days add up to; `undefined` where it has no day. */
export function rangeOf({ expected, excluded }: ExpectedDays): DayRange | undefined {
  const sets = [expected, ...EXCLUSIONS.map(exclusion => excluded[exclusion])].filter(days => !days.isEmpty);
  if (sets.length === 0) return undefined;
  return {
    from: Math.min(...sets.map(days => days.first ?? Infinity)) as Day,
    to: Math.max(...sets.map(days => days.last ?? -Infinity)) as Day,
  };
}

function cellsOf(coverage: TableCoverage, { from, to }: DayRange): readonly string[] {
  const cells = new Array<string>(to - from + 1).fill(DAY_LETTERS['off-day']);
  const paint = (days: DaySet, as: DateState | Exclusion): void => {
    for (const range of days.ranges()) cells.fill(DAY_LETTERS[as], range.from - from, range.to - from + 1);
  };
  for (const exclusion of EXCLUSIONS) paint(coverage.calendarDays.excluded[exclusion], exclusion);
  for (const state of DATE_STATES) paint(coverage.states[state], state);
  return cells;
}

function yearsOf({ from, to }: DayRange): readonly SeasonRange[] {
  const years: SeasonRange[] = [];
  for (let { year } = civilParts(from); civilDay(year, 1, 1) <= to; year++) {
    years.push({ id: String(year), range: { from: civilDay(year, 1, 1), to: civilDay(year, 12, 31) } });
  }
  return years;
}
