// The dates that a table is expected to hold, and why the others are not expected (rule 3). Pure arithmetic of sets.
import type { ExpectedDays } from '../model/coverage';
import { type Day, addDays } from '../model/day';
import { type DayRange, DaySet } from '../model/day-set';
import type { Bootstrap, Table } from './pipeline';
import { type ResolvedCalendar, knownGapDays } from './resolved-calendar';

/** Tables that share calendar, range and bootstrap share their expected days: most tables of a pipeline do. */
const shared = new WeakMap<ResolvedCalendar, Map<string, ExpectedDays>>();

/**
 * What is expected of a table by its calendar. Each day of the range is expected or excluded by the first of: off-day, not yet
 * due, known gap, bootstrap. Days of which the calendar is uncertain are expected unless one of these excludes them.
 * @param range Lies within the range that the calendar was resolved for.
 */
export function expectedDays(
  calendar: ResolvedCalendar,
  table: Pick<Table, 'bootstrap' | 'knownGaps'>,
  range: DayRange,
): ExpectedDays {
  if (table.knownGaps.length > 0) return work(calendar, table, range);
  const key = `${range.from}:${range.to}:${JSON.stringify(table.bootstrap ?? null)}`;
  const known = shared.get(calendar) ?? new Map<string, ExpectedDays>();
  shared.set(calendar, known);
  const result = known.get(key) ?? work(calendar, table, range);
  known.set(key, result);
  return result;
}

function work(
  calendar: ResolvedCalendar,
  table: Pick<Table, 'bootstrap' | 'knownGaps'>,
  range: DayRange,
): ExpectedDays {
  const all = DaySet.range(range.from, range.to);
  const scheduled = calendar.scheduled.intersect(all);
  const due = scheduled.within({ from: range.from, to: calendar.lastDueDay });
  const knownGap = due.intersect(calendar.knownGaps.union(knownGapDays(table.knownGaps)));
  const open = due.minus(knownGap);
  const bootstrap =
    table.bootstrap === undefined ? DaySet.empty : open.intersect(bootstrapDays(calendar, table.bootstrap));
  const expected = open.minus(bootstrap);
  return {
    days: all.size,
    expected,
    uncertain: onlyOf(calendar.uncertain, expected),
    excluded: {
      'off-day': all.minus(scheduled),
      'not-yet-due': scheduled.minus(due),
      'known-gap': knownGap,
      bootstrap,
    },
  };
}

/** The days at the start of each season on which a table is not expected yet (§3.3). */
export function bootstrapDays(calendar: ResolvedCalendar, bootstrap: Bootstrap): DaySet {
  return DaySet.ofRanges(
    calendar.wholeSeasons.flatMap(season => {
      if ('days' in bootstrap) {
        return [{ from: season.from, to: Math.min(season.to, addDays(season.from, bootstrap.days - 1)) as Day }];
      }
      const last = nthDay(calendar.scheduled.within(season), bootstrap.dates);
      return last === undefined ? [] : [{ from: season.from, to: last }];
    }),
  );
}

/** The n-th day of a set, or its last one where it has fewer. */
function nthDay(days: DaySet, n: number): Day | undefined {
  let left = n;
  if (left <= 0) return undefined;
  for (const { from, to } of days.ranges()) {
    const length = to - from + 1;
    if (left <= length) return addDays(from, left - 1);
    left -= length;
  }
  return days.last;
}

/** The entries of a map whose days are in a set; the map itself where all are. */
function onlyOf(reasons: ReadonlyMap<Day, string>, days: DaySet): ReadonlyMap<Day, string> {
  let all = true;
  for (const day of reasons.keys()) {
    if (!days.has(day)) {
      all = false;
      break;
    }
  }
  return all ? reasons : new Map([...reasons].filter(([day]) => days.has(day)));
}
