// A calendar read from a table or a file, judged by rule 4: what it cannot tell is uncertain, and never silently no date.
import { type Day, addDays, formatDay } from '../model/day';
import { type DayRange, DaySet } from '../model/day-set';
import { describeDays, formatRange } from '../model/day-text';
import type { TableFacts, TableReading } from '../model/facts';
import { figureId } from '../model/figures';
import { countOf, formatCount } from '../model/percent';
import { figuresOfCalendar } from './calendar-figures';
import { CalendarFindings } from './calendar-findings';
import { classify, columnOf, describeUnmeasured } from './calendar-rows';
import type { MeasuredCalendar, Season } from './pipeline';
import { type ResolvedCalendar, upTo } from './resolved-calendar';

/** A pause at either end of a season that needs no explanation, where the season itself has shown no longer one. Days. */
const ORDINARY_PAUSE_DAYS = 7;

/** Resolves a measured calendar; `due` is the last day that is due. */
export function resolveMeasured(
  calendar: MeasuredCalendar,
  reading: TableReading | undefined,
  before: DaySet,
  due: Day,
  range: DayRange,
): ResolvedCalendar {
  const found = new CalendarFindings(calendar, due, range);
  const problem = whyUnusable(calendar, reading);
  if (problem !== undefined || reading?.state !== 'measured') {
    const seasons = DaySet.ofRanges(calendar.seasons.map(season => season.range));
    const doubtful = calendar.seasons.length > 0 ? seasons : DaySet.range(range.from, range.to).union(before);
    const reason = problem ?? 'it was not measured';
    found.uncertain(doubtful, () => reason);
    found.say(
      'error',
      DaySet.empty,
      `${reason}. No date can be told until it is mended: correct the calendar, or load it`,
    );
    return found.resolved(
      DaySet.empty,
      DaySet.empty,
      calendar.seasons.map(season => season.range),
      () => undefined,
    );
  }

  const { facts } = reading;
  const rows = classify(calendar, facts);
  const inSeasons =
    calendar.seasons.length > 0 ? DaySet.ofRanges(calendar.seasons.map(season => season.range)) : undefined;
  const inside = (days: DaySet): DaySet => (inSeasons === undefined ? days : days.intersect(inSeasons));

  strayFindings(facts, found);
  if (rows.notHeldProblem !== undefined)
    found.say(
      'error',
      DaySet.empty,
      `its notHeld could not be evaluated: ${rows.notHeldProblem}. Rows that were called off cannot be told`,
    );

  const unread = inside(DaySet.of(facts.unread.keys()));
  found.uncertain(unread, day => `the calendar could not be read: ${facts.unread.get(day) ?? ''}`);
  found.tell(
    'error',
    unread,
    days => `${countOf(days.size, 'date')} of it could not be read: ${describeDays(days)}. Mend the file`,
  );

  const undecided = inside(rows.undecided);
  found.uncertain(undecided, day => `${countOf(rows.neither.get(day) ?? 0, 'row')} neither held nor called off`);
  found.tell(
    'error',
    undecided,
    days =>
      `${countOf(days.size, 'past-due date')} with rows that are neither held nor called off: ${describeDays(days)}. ` +
      'Load the final status, or widen where or notHeld',
  );
  found.tell(
    'warn',
    inside(rows.mixed),
    days =>
      `${countOf(days.size, 'past-due date')} with some rows held and others neither held nor called off: ${describeDays(days)}. ` +
      'They are expected with the rows that were held',
  );
  found.tell(
    'warn',
    inside(rows.contradictory),
    days =>
      `${countOf(days.size, 'date')} with rows that meet both where and notHeld: ${describeDays(days)}. They count as held`,
  );

  const lost = inside(before).minus(rows.held).minus(rows.calledOff).minus(rows.undecided).minus(unread);
  found.uncertain(lost, () => 'held when it was measured before, without a row now');
  found.tell(
    'error',
    lost,
    days =>
      `${countOf(days.size, 'date')} held when measured before and without a row now: ${describeDays(days)}. ` +
      'Load the calendar again, or declare a known gap',
  );

  for (const season of calendar.seasons) seasonFindings(season, rows.any, due, found);
  if (inSeasons === undefined) stallWithoutSeasons(rows.any, due, range, found);
  else outsideSeasons(calendar.seasons, rows.held.union(rows.undecided).minus(inSeasons), due, range, found);

  const dates = inside(rows.held.union(rows.undecided));
  const first = dates.first;
  return found.resolved(
    dates,
    inside(rows.held).minus(unread),
    inSeasons !== undefined
      ? calendar.seasons.map(season => season.range)
      : first === undefined
        ? []
        : [{ from: first, to: dates.last ?? first }],
    unitReader(calendar, facts, rows.held, found),
  );
}

/** Why nothing can be said by the calendar at all. */
function whyUnusable(calendar: MeasuredCalendar, reading: TableReading | undefined): string | undefined {
  if (reading === undefined) return 'it was not measured';
  if (reading.state === 'absent') return `it is not there: ${reading.message}`;
  if (reading.state === 'unreadable') return `it could not be read: ${reading.message}`;
  const { facts } = reading;
  if (!facts.dated) return 'its table has no date';
  const unmeasured = facts.unmeasured.get(figureId(figuresOfCalendar(calendar).held));
  if (unmeasured !== undefined) {
    const clause = calendar.where === undefined ? 'notHeld' : 'where';
    return `its ${clause} could not be evaluated: ${describeUnmeasured(unmeasured, facts.table)}`;
  }
  const { withoutDate } = facts.strays;
  if (facts.rows.every(count => count === 0) && facts.unread.size === 0)
    return `it holds no rows${withoutDate > 0 ? ` but ${formatCount(withoutDate)} without a date that can be read` : ''}`;
  return undefined;
}

function strayFindings(facts: TableFacts, found: CalendarFindings): void {
  const { withoutDate, outsideSense, misfiled } = facts.strays;
  const tell = (rows: number, what: string): void => {
    if (rows > 0)
      found.say(
        'warn',
        DaySet.empty,
        `${countOf(rows, 'row')} ${what}: they are no dates of the calendar. Correct or remove them`,
      );
  };
  const sum = (of: readonly { readonly rows: number }[]): number => of.reduce((total, { rows }) => total + rows, 0);
  const [strange] = outsideSense;
  tell(withoutDate, 'without a date that can be read');
  if (strange !== undefined) tell(sum(outsideSense), `dated outside sense, such as ${formatDay(strange.day)}`);
  tell(sum(misfiled), 'dated otherwise than their file');
}

/** Where a season begins, pauses at its edges and stops (rule 4). */
function seasonFindings(season: Season, rows: DaySet, due: Day, found: CalendarFindings): void {
  const { from, to } = season.range;
  const own = rows.within(season.range);
  const { first, last } = own;
  if (first === undefined || last === undefined) {
    // Until it is due to have begun, its days may be dates and are not due.
    found.uncertain(DaySet.range(from, to), () => `season ${season.id} has begun and has no rows`);
    found.tell(
      'error',
      DaySet.range(from, to),
      () =>
        `season ${season.id} has begun on ${formatDay(from)} and has no rows: load the schedule, or correct the season's dates`,
    );
    return;
  }
  const pause = Math.max(longestPause(own), ORDINARY_PAUSE_DAYS);
  const lead = DaySet.range(from, addDays(first, -1));
  if (lead.size > pause) {
    found.uncertain(lead, () => `before the first row of season ${season.id}`);
    found.tell(
      'error',
      lead,
      () =>
        `season ${season.id} begins on ${formatDay(from)} and its first row is on ${formatDay(first)}: load the schedule, or correct the season's start`,
    );
  } else {
    found.tell(
      'warn',
      lead,
      days =>
        `season ${season.id} begins on ${formatDay(from)} and its first row is on ${formatDay(first)}: ${describeDays(days)} count as off-days`,
    );
  }
  const tail = DaySet.range(addDays(last, 1), to);
  // A schedule that goes on after the season shows that it was not cut off here, unless the pause is longer than any in the season.
  const goesOn = (rows.last ?? last) > to;
  if (last < due && (!goesOn || tail.size > pause)) {
    found.uncertain(tail, () => `after the last row of season ${season.id} on ${formatDay(last)}`);
    found.tell(
      'error',
      tail,
      () =>
        `has no rows after ${formatDay(last)}${goesOn ? ` in season ${season.id}` : ''}, the season runs to ${formatDay(to)}: load the schedule, or set the season's end`,
    );
  }
}

/** Without seasons a schedule has stopped when it pauses for longer than it ever did. */
function stallWithoutSeasons(rows: DaySet, due: Day, range: DayRange, found: CalendarFindings): void {
  const { last } = rows;
  if (last === undefined || due - last <= longestPause(rows)) return;
  const tail = DaySet.range(addDays(last, 1), Math.max(due, range.to) as Day);
  found.uncertain(tail, () => `after the calendar's last row on ${formatDay(last)}`);
  found.tell(
    'error',
    tail,
    () =>
      `has no rows after ${formatDay(last)}, longer than any pause before (${countOf(longestPause(rows), 'day')}): load the schedule, or declare its seasons`,
  );
}

/** The longest time from one date to the next, days; 0 where there are not two. */
function longestPause(rows: DaySet): number {
  let longest = rows.rangeCount > 0 && rows.size > rows.rangeCount ? 1 : 0;
  let previous: Day | undefined;
  for (const { from, to } of rows.ranges()) {
    if (previous !== undefined) longest = Math.max(longest, from - previous);
    previous = to;
  }
  return longest;
}

/** Rows that no season takes in: after the last one it may have been forgotten, elsewhere it is meant. */
function outsideSeasons(
  seasons: readonly Season[],
  days: DaySet,
  due: Day,
  range: DayRange,
  found: CalendarFindings,
): void {
  const [first, last] = [seasons[0], seasons.at(-1)];
  if (first === undefined || last === undefined) return;
  const after = upTo(days, due).minus(upTo(days, last.range.to));
  found.tell(
    'warn',
    after,
    of =>
      `${countOf(of.size, 'date')} after season ${last.id} (${formatRange(last.range)}) and no season declared: ${describeDays(of)}. ` +
      'They are not expected: declare the season',
  );
  const between = days.within({ from: first.range.from, to: last.range.to }).within(range);
  if (!between.isEmpty)
    found.note(`${countOf(between.size, 'date')} between seasons not expected: ${describeDays(between)}`);
}

function unitReader(
  calendar: MeasuredCalendar,
  facts: TableFacts,
  held: DaySet,
  found: CalendarFindings,
): ResolvedCalendar['units'] {
  const figures = figuresOfCalendar(calendar).units;
  for (const [name, unit] of figures) {
    const problem = facts.unmeasured.get(figureId(unit));
    if (problem !== undefined)
      found.say(
        'error',
        DaySet.empty,
        `its ${name} could not be counted: ${describeUnmeasured(problem, facts.table)}. Correct its units`,
      );
  }
  const columns = new Map([...figures].map(([name, unit]) => [name, columnOf(unit, facts)]));
  const place = new Map(facts.days.map((day, i) => [day, i]));
  return (day, unit) => {
    const at = place.get(day);
    return at === undefined || !held.has(day) ? undefined : (columns.get(unit)?.[at] ?? undefined);
  };
}
