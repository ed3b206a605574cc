// What is written along the axis: years, months, days, and which of them go first where there is no room for all. Pure.
import { addDays, civilParts } from '../../src/model/day';
import { type Axis, type Segment, type Span, indexAt } from './axis';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Longer than a year, a stretch of days has several months of one name. */
const YEAR_DAYS = 366;

/** A mark on the axis, with its text. */
export interface Tick {
  readonly x: number;
  readonly text: string;
  /** Where there is no room for all, those that are major stay. */
  readonly isMajor?: boolean;
}

/** How many months lie between two that are named: years and their halves, thirds and quarters begin with the same ones. */
const STEPS = [1, 2, 3, 4, 6, 12];
const MONTH_DAYS = 30;

/**
 * The beginnings of months, each with its name; January bears the year where months of several years stand together.
 * @param room that a name needs, in widths of a date: where months are narrower every second one is named, or third, up to one a year
 */
export function monthTicks({ segments }: Axis, room = 0): readonly Tick[] {
  return segments.flatMap(segment => {
    const { from, at } = segment;
    const ticks: Tick[] = [];
    const step = STEPS.find(each => each * MONTH_DAYS >= room) ?? 12;
    for (let i = 0; i < at.length - 1; i++) {
      const { year, month, dayOfMonth } = civilParts(addDays(from, i));
      if (i > 0 && (dayOfMonth > 1 || (month - 1) % step > 0)) continue;
      const isYear = month === 1 && hasYears(segment);
      ticks.push({
        x: at[i] ?? 0,
        text: isYear ? String(year) : (MONTHS[month - 1] ?? ''),
        ...(isYear ? { isMajor: true } : {}),
      });
    }
    return ticks;
  });
}

/** Every day of month, for when dates are wide enough to bear it; the first one with the name of its month. */
export function dayTicks({ segments }: Axis): readonly Tick[] {
  return segments.flatMap(({ from, at }) =>
    Array.from({ length: at.length - 1 }, (_, i) => {
      const { month, dayOfMonth } = civilParts(addDays(from, i));
      const x = at[i] ?? 0;
      if (dayOfMonth > 1) return { x, text: String(dayOfMonth) };
      return { x, text: `${MONTHS[month - 1] ?? ''} ${dayOfMonth}`, isMajor: true };
    }),
  );
}

/** Whether months of one name stand in a stretch more than once, so that they need their year. */
export function hasYears({ from, to }: Span): boolean {
  return to - from > YEAR_DAYS;
}

/** What the days of a stretch are days of, at a position: the month, and its year where the stretch has several. */
export function monthAt(segment: Segment, x: number): string {
  const { year, month } = civilParts(addDays(segment.from, indexAt(segment.at, x)));
  return `${MONTHS[month - 1] ?? ''}${hasYears(segment) ? ` ${year}` : ''}`;
}
