// The season grid: one entry a day, by month, from which every surface draws its picture of a season.
import type { SeasonRange } from '../checks/check';
import {
  DATE_STATES,
  type DateState,
  EXCLUSIONS,
  type ExpectedDays,
  type Exclusion,
  type TableCoverage,
  covered,
} from '../model/coverage';
import { type Day, addDays, civilDay, civilParts } from '../model/day';
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
        months: monthsOf({ from, to }).map(month => ({
          month: month.name,
          firstDay: month.firstDay,
          days: cells.slice(month.range.from - range.from, month.range.to - range.from + 1),
        })),
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

function cellsOf(coverage: TableCoverage, { from, to }: DayRange): readonly (DateState | Exclusion)[] {
  const cells = new Array<DateState | Exclusion>(to - from + 1).fill('off-day');
  const paint = (days: DaySet, as: DateState | Exclusion): void => {
    for (const range of days.ranges()) cells.fill(as, range.from - from, range.to - from + 1);
  };
  for (const exclusion of EXCLUSIONS) paint(coverage.calendarDays.excluded[exclusion], exclusion);
  for (const state of DATE_STATES) paint(coverage.states[state], state);
  return cells;
}

interface Month {
  /** `YYYY-MM`. */
  readonly name: string;
  readonly firstDay: number;
  readonly range: DayRange;
}

function monthsOf({ from, to }: DayRange): readonly Month[] {
  const months: Month[] = [];
  for (let day = from; day <= to;) {
    const { year, month, dayOfMonth } = civilParts(day);
    const next = month === 12 ? civilDay(year + 1, 1, 1) : civilDay(year, month + 1, 1);
    months.push({
      name: `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`,
      firstDay: dayOfMonth,
      range: { from: day, to: Math.min(to, addDays(next, -1)) as Day },
    });
    day = next;
  }
  return months;
}

function yearsOf({ from, to }: DayRange): readonly SeasonRange[] {
  const years: SeasonRange[] = [];
  for (let { year } = civilParts(from); civilDay(year, 1, 1) <= to; year++) {
    years.push({ id: String(year), range: { from: civilDay(year, 1, 1), to: civilDay(year, 12, 31) } });
  }
  return years;
}
