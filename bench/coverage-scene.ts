// An invented company: tables of ten years on calendars of every shape, with the gaps that such tables have. The same on every run.
import { sortDates } from '../src/coverage/states';
import type { ExpectedDays, TableCoverage } from '../src/model/coverage';
import { type Day, addDays, civilDay } from '../src/model/day';
import { type DayRange, DaySet } from '../src/model/day-set';
import { type ResolvedCalendar, resolveCalendar } from '../src/pipeline/calendar';
import { expectedDays } from '../src/pipeline/expected';
import type { Bootstrap, KnownGap, RegularCalendar, Season } from '../src/pipeline/pipeline';

const SOURCE = { file: 'phasegate.yaml', line: 1 };
const START = civilDay(2016, 1, 1);
export const DATES = 3650;
const RANGE: DayRange = { from: START, to: addDays(START, DATES - 1) };

/** What is known of one table before its coverage is worked out. */
export interface SceneTable {
  readonly calendar: ResolvedCalendar;
  readonly bootstrap: Bootstrap | undefined;
  readonly knownGaps: readonly KnownGap[];
  readonly present: DaySet;
  readonly partial: DaySet;
  readonly degraded: DaySet;
}

export interface SceneCoverage {
  readonly days: ExpectedDays;
  readonly states: TableCoverage['states'];
  readonly unexpected: DaySet;
}

/** Tables in turn on a daily calendar, on weekdays, on seasons, and on dates scattered over all ten years, the hardest of all. */
export function makeTables(count: number): readonly SceneTable[] {
  const random = randomSource(20260104);
  const calendars = [
    regular('daily', []),
    regular('weekdays', []),
    regular('daily', seasons()),
    scattered(regular('daily', seasons()), random),
  ];
  const bootstraps: readonly (Bootstrap | undefined)[] = [undefined, { days: 14 }, { dates: 14 }];
  return Array.from({ length: count }, (_, i): SceneTable => {
    const calendar = pick(calendars, i);
    const outages = DaySet.ofRanges(Array.from({ length: 3 }, () => someRange(random, 60)));
    const failures = DaySet.of(Array.from({ length: 30 }, () => someDay(random)));
    return {
      calendar,
      bootstrap: pick(bootstraps, i),
      knownGaps: i % 10 === 0 ? [{ range: someRange(random, 5), reason: 'never published', source: SOURCE }] : [],
      present: calendar.scheduled.minus(outages).minus(failures),
      partial: DaySet.of(Array.from({ length: 10 }, () => someDay(random))),
      degraded: DaySet.ofRanges([someRange(random, 20)]),
    };
  });
}

/** The arithmetic of coverage, as `dateStates` does it once reasons and figures are aside. */
export function coverTables(tables: readonly SceneTable[]): readonly SceneCoverage[] {
  return tables.map(table => {
    const days = expectedDays(table.calendar, table, RANGE);
    return {
      days,
      states: sortDates(days.expected, {
        unknown: DaySet.empty,
        present: table.present,
        partial: table.partial,
        degraded: table.degraded,
        stale: DaySet.empty,
      }),
      unexpected: table.present.intersect(days.excluded['off-day']),
    };
  });
}

function regular(days: RegularCalendar['days'], declared: readonly Season[]): ResolvedCalendar {
  const calendar: RegularCalendar = {
    kind: 'regular',
    name: days,
    days,
    start: START,
    timezone: 'UTC',
    dueAfterMs: undefined,
    seasons: declared,
    knownGaps: [],
    source: SOURCE,
  };
  return resolveCalendar(calendar, undefined, DaySet.empty, { from: 'manifest', day: RANGE.to }, RANGE);
}

/** The same calendar, held on about six days of ten. */
function scattered(calendar: ResolvedCalendar, random: () => number): ResolvedCalendar {
  const scheduled = DaySet.of([...DaySet.range(RANGE.from, RANGE.to)].filter(() => random() < 0.58));
  return { ...calendar, scheduled, held: scheduled };
}

function seasons(): readonly Season[] {
  return Array.from({ length: 10 }, (_, i) => ({
    id: String(2016 + i),
    range: { from: civilDay(2016 + i, 1, 10), to: civilDay(2016 + i, 8, 20) },
    source: SOURCE,
  }));
}

function someDay(random: () => number): Day {
  return addDays(START, Math.floor(random() * DATES));
}

function someRange(random: () => number, longest: number): DayRange {
  const from = someDay(random);
  return { from, to: addDays(from, Math.floor(random() * longest)) };
}

function pick<Of>(of: readonly Of[], i: number): Of {
  return of[i % of.length] as Of;
}

/** Numbers in [0, 1) that are the same on every run. */
function randomSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
