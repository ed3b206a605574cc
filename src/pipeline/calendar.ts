// Calendars resolved: which days are dates of a calendar, by what was measured of it and by the clock. Pure.
import { type Day, FIRST_SENSIBLE_DAY, LAST_SENSIBLE_DAY, weekday } from '../model/day';
import { type DayRange, DaySet } from '../model/day-set';
import type { TableReading } from '../model/facts';
import { resolveMeasured } from './calendar-measured';
import { type AsOf, asOfDay, dueInstant, lastDueDay } from './clock';
import type { Calendar, RegularCalendar } from './pipeline';
import { type ResolvedCalendar, clipSeasons, knownGapDays, upTo } from './resolved-calendar';

export type { CalendarFinding, ResolvedCalendar } from './resolved-calendar';

/** The range in which a measured calendar has to be measured: all of it, since where a season began and where it stops decides. */
export const CALENDAR_RANGE: DayRange = { from: FIRST_SENSIBLE_DAY, to: LAST_SENSIBLE_DAY };

/**
 * Resolves a calendar.
 * @param reading What was measured of it over `CALENDAR_RANGE` with `calendarFigures`; `undefined` for regular calendars.
 * @param before Dates that earlier facts knew as held: they do not vanish silently.
 */
export function resolveCalendar(
  calendar: Calendar,
  reading: TableReading | undefined,
  before: DaySet,
  asOf: AsOf,
  range: DayRange,
): ResolvedCalendar {
  const due = lastDueDay(calendar, asOf);
  return calendar.kind === 'regular'
    ? resolveRegular(calendar, due, range)
    : resolveMeasured(calendar, reading, before, due, range);
}

/**
 * The range where none is given: from the first season's start, the regular calendar's start or the first row, to the day as of
 * which is judged (rule 14). `undefined` where nothing says when the pipeline began.
 */
export function defaultRange(calendar: Calendar, reading: TableReading | undefined, asOf: AsOf): DayRange | undefined {
  const from =
    calendar.seasons[0]?.range.from ??
    (calendar.kind === 'regular'
      ? calendar.start
      : reading?.state === 'measured'
        ? reading.facts.days.find((_, i) => (reading.facts.rows[i] ?? 0) > 0)
        : undefined);
  const to = asOfDay(asOf, calendar.timezone);
  return from === undefined ? undefined : { from, to };
}

function resolveRegular(calendar: RegularCalendar, due: Day, range: DayRange): ResolvedCalendar {
  const seasons = calendar.seasons.map(season => season.range);
  const windows =
    seasons.length > 0
      ? seasons
      : [{ from: calendar.start ?? range.from, to: Math.max(range.to, calendar.start ?? range.to) as Day }];
  const scheduled = DaySet.ofRanges(calendar.days === 'daily' ? windows : windows.flatMap(workingWeeks));
  const lastSeason = calendar.seasons.at(-1);
  return {
    name: calendar.name,
    range,
    lastDueDay: due,
    scheduled,
    held: upTo(scheduled, due),
    uncertain: new Map(),
    seasons: clipSeasons(calendar.seasons, range),
    wholeSeasons: seasons.length === 0 && calendar.start === undefined ? [] : windows,
    knownGaps: knownGapDays(calendar.knownGaps),
    findings: [],
    notes:
      lastSeason !== undefined && lastSeason.range.to < Math.min(due, range.to)
        ? [`calendar ${calendar.name} declares no season after ${lastSeason.id}: later days are off-days`]
        : [],
    units: () => undefined,
    due: day => dueInstant(day, calendar),
  };
}

/** Monday to Friday of each week of a range. */
function workingWeeks({ from, to }: DayRange): readonly DayRange[] {
  const weeks: DayRange[] = [];
  for (let monday = from - weekday(from); monday <= to; monday += 7) {
    weeks.push({ from: Math.max(from, monday) as Day, to: Math.min(to, monday + 4) as Day });
  }
  return weeks;
}
