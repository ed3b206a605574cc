// Sets of days in a sentence: `2024-10-24 → 2024-11-12 (20), 2024-11-14 and 11 more ranges`.
import { formatDay } from './day';
import type { DayRange, DaySet } from './day-set';
import { countOf } from './percent';

/** A range of dates as ISO text: `2024-10-24 → 2024-11-12`, or the one date. */
export function isoRange(from: string, to: string): string {
  return from === to ? from : `${from} → ${to}`;
}

/** An inclusive range of days, in the same way. */
export function formatRange({ from, to }: DayRange): string {
  return isoRange(formatDay(from), formatDay(to));
}

/** The first ranges of a set, each longer one with how many days it has, and how many ranges are not named. */
export function describeDays(days: DaySet, most = 3): string {
  const named: string[] = [];
  for (const range of days.ranges()) {
    if (named.length === most) break;
    named.push(range.from === range.to ? formatRange(range) : `${formatRange(range)} (${range.to - range.from + 1})`);
  }
  const more = days.rangeCount - named.length;
  return more === 0 ? named.join(', ') : `${named.join(', ')} and ${countOf(more, 'more range')}`;
}
