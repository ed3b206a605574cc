// A calendar as it stands at a moment: the days that are dates of it, and what is wrong with it.
import type { SeasonRange } from '../checks/check';
import type { Day } from '../model/day';
import { type DayRange, DaySet } from '../model/day-set';
import type { KnownGap, Season } from './pipeline';

/** Something about the calendar itself that has to be known before anything judged by it is believed (rule 4). */
export interface CalendarFinding {
  readonly severity: 'warn' | 'error';
  /** What happened, to which calendar, what to do next. */
  readonly message: string;
  /** The dates of the range it is about; empty where it is about the calendar as a whole. */
  readonly dates: DaySet;
}

/** A calendar as it stands at a moment. */
export interface ResolvedCalendar {
  readonly name: string;
  /** The range it was resolved for: findings and seasons are clipped to it, sets of days are not. */
  readonly range: DayRange;
  /** Dates after this one are not due (rule 14). */
  readonly lastDueDay: Day;
  /** Every day that is a date of the calendar or may be one: held, uncertain, and not yet due ones. All others are off-days. */
  readonly scheduled: DaySet;
  /** Due dates that were certainly held. */
  readonly held: DaySet;
  /** Due days of which the calendar cannot tell whether they are dates, with the reason (rule 4). */
  readonly uncertain: ReadonlyMap<Day, string>;
  /** The seasons that touch the range, clipped to it; none where none is declared. */
  readonly seasons: readonly SeasonRange[];
  /** Seasons whole, for what counts from a season's start; a calendar without seasons is one from its first day on. */
  readonly wholeSeasons: readonly DayRange[];
  readonly knownGaps: DaySet;
  readonly findings: readonly CalendarFinding[];
  /** What is worth knowing of the calendar and no fault of it. */
  readonly notes: readonly string[];
  /** Expected units of a held date; `undefined` where the calendar does not tell. */
  units(day: Day, unit: string): number | undefined;
  /** When a date is due, milliseconds since 1970 UTC. */
  due(day: Day): number;
}

/** The seasons that touch a range, clipped to it. */
export function clipSeasons(seasons: readonly Season[], range: DayRange): readonly SeasonRange[] {
  return seasons.flatMap(season => {
    const from = Math.max(season.range.from, range.from) as Day;
    const to = Math.min(season.range.to, range.to) as Day;
    return from > to ? [] : [{ id: season.id, range: { from, to } }];
  });
}

/** The days of the known gaps of a calendar or a table. */
export function knownGapDays(gaps: readonly KnownGap[]): DaySet {
  return gaps.length === 0 ? DaySet.empty : DaySet.ofRanges(gaps.map(gap => gap.range));
}

/** The days of a set up to and with a day. */
export function upTo(days: DaySet, last: Day): DaySet {
  const { first } = days;
  return first === undefined ? days : days.within({ from: first, to: last });
}
