// Expected days: examples first, then rule 3 against a naive model that asks day by day.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EXCLUSIONS, type Exclusion } from '../../../src/model/coverage';
import { type Day, addDays } from '../../../src/model/day';
import { type DayRange, DaySet } from '../../../src/model/day-set';
import { type ResolvedCalendar, resolveCalendar } from '../../../src/pipeline/calendar';
import { expectedDays } from '../../../src/pipeline/expected';
import type { Bootstrap, MeasuredCalendar } from '../../../src/pipeline/pipeline';
import { type GivenRows, day, everyDay, gap, iso, measured, range, scheduleOf, season } from './calendars';

const OCTOBER = season('2024-25', '2024-10-01', '2024-10-31');

/** October with a game every other day, from the first on. */
function everyOtherDay(more: Partial<MeasuredCalendar> = {}, asOf = '2024-11-15'): ResolvedCalendar {
  const calendar = measured({ seasons: [OCTOBER], ...more });
  return resolveCalendar(
    calendar,
    scheduleOf(calendar, everyDay('2024-10-01', '2024-10-31', 2, 2)),
    DaySet.empty,
    { from: 'manifest', day: day(asOf) },
    range('2024-09-20', '2024-11-15'),
  );
}

describe('a day is excluded', () => {
  const october = range('2024-10-01', '2024-10-31');

  test.each<[string, Bootstrap | undefined, number, string]>([
    ['without bootstrap none is', undefined, 16, '2024-10-01'],
    ['in the first 14 days of its season', { days: 14 }, 9, '2024-10-15'],
    ['on the first 14 dates of its season', { dates: 14 }, 2, '2024-10-29'],
    ['though the season has fewer dates', { dates: 40 }, 0, ''],
    ['on no date', { dates: 0 }, 16, '2024-10-01'],
  ])('by bootstrap: %s', (_, bootstrap, expected, first) => {
    const result = expectedDays(everyOtherDay(), { bootstrap, knownGaps: [] }, october);
    expect(result.expected.size).toBe(expected);
    expect(iso(result.expected)[0] ?? '').toBe(first);
    expect(result.excluded.bootstrap.size).toBe(16 - expected);
    expect(result.excluded['off-day'].size).toBe(15);
  });

  test('by bootstrap counted from the start of its season, wherever the range begins', () => {
    const result = expectedDays(
      everyOtherDay(),
      { bootstrap: { dates: 8 }, knownGaps: [] },
      range('2024-10-14', '2024-10-20'),
    );
    expect(iso(result.excluded.bootstrap)).toEqual(['2024-10-15']);
    expect(iso(result.expected)).toEqual(['2024-10-17', '2024-10-19']);
  });

  test('by a known gap of its calendar or of the table, before bootstrap, if it is a date at all', () => {
    const result = expectedDays(
      everyOtherDay({ knownGaps: [gap('2024-10-03')] }),
      { bootstrap: { days: 7 }, knownGaps: [gap('2024-10-05', '2024-10-06'), gap('2024-10-21')] },
      october,
    );
    expect(iso(result.excluded['known-gap'])).toEqual(['2024-10-03', '2024-10-05', '2024-10-21']);
    expect(iso(result.excluded.bootstrap)).toEqual(['2024-10-01', '2024-10-07']);
  });

  test('as not yet due before it is one by known gap or bootstrap', () => {
    const result = expectedDays(
      everyOtherDay({}, '2024-10-10'),
      { bootstrap: { days: 14 }, knownGaps: [gap('2024-10-21')] },
      october,
    );
    expect(iso(result.excluded.bootstrap)).toEqual([
      '2024-10-01',
      '2024-10-03',
      '2024-10-05',
      '2024-10-07',
      '2024-10-09',
    ]);
    expect(result.excluded['not-yet-due'].size).toBe(11);
    expect(result.excluded['known-gap'].isEmpty).toBe(true);
  });

  test('by known gap or bootstrap, though the calendar is uncertain of it', () => {
    const calendar = resolveCalendar(
      measured({ seasons: [OCTOBER] }),
      { state: 'unreadable', message: 'locked' },
      DaySet.empty,
      { from: 'manifest', day: day('2024-10-20') },
      october,
    );
    const result = expectedDays(calendar, { bootstrap: { days: 14 }, knownGaps: [gap('2024-10-16')] }, october);
    expect(iso(result.expected)).toEqual(['2024-10-15', '2024-10-17 → 2024-10-19']);
    expect([...result.uncertain.keys()]).toEqual([...result.expected]);
    expect(iso(result.excluded['not-yet-due'])).toEqual(['2024-10-20 → 2024-10-31']);
  });
});

test('tables that ask the same share one answer', () => {
  const calendar = everyOtherDay();
  const october = range('2024-10-01', '2024-10-31');
  const first = expectedDays(calendar, { bootstrap: { days: 14 }, knownGaps: [] }, october);
  expect(expectedDays(calendar, { bootstrap: { days: 14 }, knownGaps: [] }, october)).toBe(first);
  expect(expectedDays(calendar, { bootstrap: { dates: 14 }, knownGaps: [] }, october)).not.toBe(first);
});

// ——— against a naive model ———

const ORIGIN = day('2024-01-01');
const SPAN = 60;
const offset = fc.integer({ min: 0, max: SPAN });
const at = (days: number): Day => addDays(ORIGIN, days);
const someRange = fc
  .tuple(offset, offset)
  .map(([a, b]): DayRange => ({ from: at(Math.min(a, b)), to: at(Math.max(a, b)) }));
const someGaps = fc.array(
  someRange.map(({ from, to }) => ({
    range: { from, to: Math.min(to, from + 3) as Day },
    reason: '',
    source: { file: '', line: 1 },
  })),
  { maxLength: 2 },
);
const someRows = fc.dictionary(
  offset.map(days => DaySet.of([at(days)]).toIso()[0]?.[0] ?? ''),
  fc.record<GivenRows>({
    held: fc.nat({ max: 2 }),
    notHeld: fc.nat({ max: 1 }),
    neither: fc.nat({ max: 1 }),
    both: fc.nat({ max: 1 }),
  }),
  { maxKeys: 50 },
);
/** Ascending, disjoint seasons. */
const someSeasons = fc.uniqueArray(offset, { maxLength: 6 }).map(cuts => {
  const sorted = [...cuts].sort((a, b) => a - b);
  return sorted.flatMap((from, i) => {
    const to = sorted[i + 1];
    return i % 2 === 0 && to !== undefined
      ? [{ id: `s${i}`, range: { from: at(from), to: at(to) }, source: { file: '', line: 1 } }]
      : [];
  });
});
const someBootstrap = fc.option(
  fc.oneof(
    fc.nat({ max: 15 }).map((days): Bootstrap => ({ days })),
    fc.nat({ max: 15 }).map((dates): Bootstrap => ({ dates })),
  ),
  { nil: undefined },
);

const scene = fc.record({
  rows: someRows,
  seasons: someSeasons,
  calendarGaps: someGaps,
  tableGaps: someGaps,
  bootstrap: someBootstrap,
  range: someRange,
  asOf: offset,
  before: fc.array(offset, { maxLength: 5 }),
  readable: fc.boolean(),
});

type Scene = typeof scene extends fc.Arbitrary<infer Of> ? Of : never;

function calendarOf(given: Scene): ResolvedCalendar {
  const calendar = measured({ seasons: given.seasons, knownGaps: given.calendarGaps });
  return resolveCalendar(
    calendar,
    given.readable ? scheduleOf(calendar, given.rows) : { state: 'unreadable', message: 'locked' },
    DaySet.of(given.before.map(at)),
    { from: 'manifest', day: at(given.asOf) },
    given.range,
  );
}

/** The first exclusion that holds of a day, by looking at that day alone; `undefined` where it is expected. */
function naiveExclusion(given: Scene, calendar: ResolvedCalendar, on: Day): Exclusion | undefined {
  const inside = (ranges: readonly { readonly range: DayRange }[]): boolean =>
    ranges.some(each => on >= each.range.from && on <= each.range.to);
  if (![...calendar.scheduled].includes(on)) return 'off-day';
  if (on > calendar.lastDueDay) return 'not-yet-due';
  if (inside(given.calendarGaps) || inside(given.tableGaps)) return 'known-gap';
  const own = calendar.wholeSeasons.find(each => on >= each.from && on <= each.to);
  if (own === undefined || given.bootstrap === undefined) return undefined;
  if ('days' in given.bootstrap) return on - own.from < given.bootstrap.days ? 'bootstrap' : undefined;
  const datesBefore = [...calendar.scheduled].filter(each => each >= own.from && each < on).length;
  return datesBefore < given.bootstrap.dates ? 'bootstrap' : undefined;
}

describe('rule 3, on every input', () => {
  test('each day of the range is expected or excluded by the first reason that holds', () => {
    fc.assert(
      fc.property(scene, given => {
        const calendar = calendarOf(given);
        const result = expectedDays(calendar, { bootstrap: given.bootstrap, knownGaps: given.tableGaps }, given.range);
        for (let on = given.range.from; on <= given.range.to; on = addDays(on, 1)) {
          const excluded = EXCLUSIONS.filter(exclusion => result.excluded[exclusion].has(on));
          const naive = naiveExclusion(given, calendar, on);
          expect(excluded).toEqual(naive === undefined ? [] : [naive]);
          expect(result.expected.has(on)).toBe(naive === undefined);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('expected and excluded days add up to the range, uncertain ones are expected', () => {
    fc.assert(
      fc.property(scene, given => {
        const result = expectedDays(
          calendarOf(given),
          { bootstrap: given.bootstrap, knownGaps: given.tableGaps },
          given.range,
        );
        const excluded = EXCLUSIONS.reduce((sum, exclusion) => sum + result.excluded[exclusion].size, 0);
        expect(result.days).toBe(given.range.to - given.range.from + 1);
        expect(result.expected.size + excluded).toBe(result.days);
        for (const on of result.uncertain.keys()) expect(result.expected.has(on)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('rule 4, on every input: a calendar never expects fewer dates silently', () => {
  const inSeason = (given: Scene, on: Day): boolean =>
    given.seasons.length === 0 || given.seasons.some(each => on >= each.range.from && on <= each.range.to);

  test('what is held is held for certain, and uncertain days are due and scheduled', () => {
    fc.assert(
      fc.property(scene, given => {
        const calendar = calendarOf(given);
        expect(calendar.held.minus(calendar.scheduled).isEmpty).toBe(true);
        for (const on of calendar.uncertain.keys()) {
          expect(calendar.held.has(on)).toBe(false);
          expect(calendar.scheduled.has(on)).toBe(true);
          expect(on).toBeLessThanOrEqual(calendar.lastDueDay);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a date with rows of a season is scheduled unless all of them are called off', () => {
    fc.assert(
      fc.property(scene, given => {
        const calendar = calendarOf({ ...given, readable: true });
        for (const [date, rows] of Object.entries(given.rows)) {
          const open = (rows.held ?? 0) + (rows.neither ?? 0) + (rows.both ?? 0);
          if (open > 0 && inSeason(given, day(date))) expect(calendar.scheduled.has(day(date))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a date held before stays scheduled unless its rows are called off now', () => {
    fc.assert(
      fc.property(scene, given => {
        const calendar = calendarOf({ ...given, readable: true });
        for (const days of given.before) {
          const rows = given.rows[DaySet.of([at(days)]).toIso()[0]?.[0] ?? ''] ?? {};
          const calledOff = (rows.notHeld ?? 0) > 0 && (rows.held ?? 0) + (rows.neither ?? 0) + (rows.both ?? 0) === 0;
          if (!calledOff && inSeason(given, at(days))) expect(calendar.scheduled.has(at(days))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('every due date of a season is held, uncertain, called off, a known gap, or lies between rows that there are', () => {
    fc.assert(
      fc.property(scene, given => {
        const calendar = calendarOf({ ...given, readable: true });
        const withRows = Object.entries(given.rows)
          .filter(([, rows]) => Object.values(rows).some(count => count > 0))
          .map(([date]) => day(date));
        for (const { range: own } of given.seasons) {
          const rows = withRows.filter(on => on >= own.from && on <= own.to);
          for (let on = own.from; on <= Math.min(own.to, calendar.lastDueDay); on = addDays(on, 1)) {
            if (calendar.scheduled.has(on) || rows.some(each => each < on) || rows.some(each => each === on)) continue;
            // Only the days before a season's first row are off-days then, and the calendar says so.
            const said = calendar.findings.some(finding => finding.dates.has(on));
            const asked = on >= given.range.from && on <= given.range.to;
            expect(said || !asked || calendar.knownGaps.has(on)).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
