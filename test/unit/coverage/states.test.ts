// States of dates: examples first, then rule 3 against a naive model that asks day by day.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateStates, sortDates } from '../../../src/coverage/states';
import { DATE_STATES, type DateState } from '../../../src/model/coverage';
import type { Day } from '../../../src/model/day';
import { DaySet } from '../../../src/model/day-set';
import type { TableReading } from '../../../src/model/facts';
import { day, days, expectedOf, finding, iso, reading, stated } from './tables';

const january = DaySet.range(day('2024-01-01'), day('2024-01-10'));

describe('an expected date is', () => {
  const expected = expectedOf(january, {}, { '2024-01-09': '2 rows neither held nor called off' });
  const present = DaySet.range(day('2024-01-02'), day('2024-01-10'));
  const coverage = dateStates('nba.team_offense', expected, reading(present, { '2024-01-08': 'line 3 has no end' }), [
    finding('2024-01-03', 'partial', '2 of 18 team_abbr'),
    finding('2024-01-04', 'degraded', 'usage_rate is filled in 12.0 %', 'not_null/usage_rate'),
    finding('2024-01-05', undefined, 'a season finding', 'not_null/points'),
    finding('2024-01-06', 'degraded', 'usage_rate is filled in 0.0 %', 'not_null/usage_rate'),
    finding('2024-01-06', 'partial', '16 of 18 team_abbr'),
    finding('2024-01-01', 'partial', 'of a date that is missing'),
    finding('2024-02-01', 'partial', 'of a date that is not expected'),
  ]);

  test('in the first state that holds: unknown, missing, partial, degraded, complete', () => {
    expect(stated(coverage)).toEqual({
      unknown: ['2024-01-08 → 2024-01-09'],
      missing: ['2024-01-01'],
      partial: ['2024-01-03', '2024-01-06'],
      degraded: ['2024-01-04'],
      complete: ['2024-01-02', '2024-01-05', '2024-01-07', '2024-01-10'],
    });
  });

  test('not complete for a reason, where it needs one; what gives the state comes first', () => {
    expect([...coverage.reasons].sort(([a], [b]) => a - b)).toEqual([
      [day('2024-01-03'), '2 of 18 team_abbr'],
      [day('2024-01-04'), 'usage_rate is filled in 12.0 %'],
      [day('2024-01-06'), '16 of 18 team_abbr; usage_rate is filled in 0.0 %'],
      [day('2024-01-08'), 'line 3 has no end'],
      [day('2024-01-09'), '2 rows neither held nor called off'],
    ]);
    expect(coverage.causes.get(day('2024-01-06'))).toEqual(['rows/games', 'not_null/usage_rate']);
    expect(coverage.causes.has(day('2024-01-05'))).toBe(false);
  });
});

describe('of a table that', () => {
  test.each<[string, TableReading, Partial<Record<DateState, readonly string[]>>, string | undefined]>([
    [
      'is absent, dates are missing',
      { state: 'absent', knownBefore: false, message: 'no table nba.team_offense' },
      { unknown: ['2024-01-02'], missing: ['2024-01-01', '2024-01-03 → 2024-01-10'] },
      undefined,
    ],
    [
      'is absent though it was known, dates are unknown',
      { state: 'absent', knownBefore: true, message: 'no table nba.team_offense' },
      { unknown: ['2024-01-01 → 2024-01-10'] },
      'was measured before and is not there now: no table nba.team_offense',
    ],
    [
      'cannot be read, dates are unknown',
      { state: 'unreadable', message: 'the file is locked' },
      { unknown: ['2024-01-01 → 2024-01-10'] },
      'could not be read: the file is locked',
    ],
    [
      'is empty, dates are missing',
      reading(DaySet.empty),
      { unknown: ['2024-01-02'], missing: ['2024-01-01', '2024-01-03 → 2024-01-10'] },
      undefined,
    ],
    [
      'holds no rows in files that are there, dates are missing',
      reading(days('2024-01-01'), {}, days('2024-01-03')),
      { unknown: ['2024-01-02'], missing: ['2024-01-03 → 2024-01-10'], complete: ['2024-01-01'] },
      undefined,
    ],
  ])('%s', (_, given, states, reason) => {
    const coverage = dateStates('nba.team_offense', expectedOf(january, {}, { '2024-01-02': 'why' }), given, []);
    expect(stated(coverage)).toEqual(states);
    expect(coverage.reasons.get(day('2024-01-05'))).toBe(reason);
    expect(coverage.reasons.size).toBe(coverage.states.unknown.size);
  });
});

test('rows on off-days are unexpected, those on dates excluded otherwise are counted by the reason', () => {
  const coverage = dateStates(
    'nba.team_offense',
    expectedOf(days('2024-01-01'), {
      'off-day': days('2024-01-02', '2024-01-03'),
      'known-gap': days('2024-01-04'),
      bootstrap: days('2024-01-05'),
      'not-yet-due': days('2024-01-06'),
    }),
    reading(DaySet.range(day('2024-01-02'), day('2024-01-31'))),
    [],
  );
  expect(iso(coverage.unexpected)).toEqual(['2024-01-02 → 2024-01-03']);
  expect(iso(coverage.rowsOnExcluded['known-gap'])).toEqual(['2024-01-04']);
  expect(iso(coverage.rowsOnExcluded.bootstrap)).toEqual(['2024-01-05']);
  expect(iso(coverage.rowsOnExcluded['not-yet-due'])).toEqual(['2024-01-06']);
});

describe('rule 3, on every input', () => {
  const someDays = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 40 });
  const scene = fc.record({
    expected: someDays,
    offDays: someDays,
    present: someDays,
    unread: someDays,
    uncertain: someDays,
    partial: someDays,
    degraded: someDays,
  });
  type Scene = typeof scene extends fc.Arbitrary<infer Of> ? Of : never;
  const set = (of: readonly number[]): DaySet => DaySet.of(of as Day[]);

  function naiveState(given: Scene, on: number): DateState {
    if (given.unread.includes(on) || given.uncertain.includes(on)) return 'unknown';
    if (!given.present.includes(on)) return 'missing';
    if (given.partial.includes(on)) return 'partial';
    return given.degraded.includes(on) ? 'degraded' : 'complete';
  }

  test('each expected date is in the first state that holds, and in no other', () => {
    fc.assert(
      fc.property(scene, given => {
        const expected = set(given.expected);
        const off = set(given.offDays).minus(expected);
        const uncertain = set(given.uncertain).intersect(expected);
        const facts = reading(set(given.present));
        if (facts.state !== 'measured') throw new Error('measured');
        const coverage = dateStates(
          't',
          { ...expectedOf(expected, { 'off-day': off }), uncertain: new Map([...uncertain].map(on => [on, 'why'])) },
          {
            state: 'measured',
            facts: { ...facts.facts, unread: new Map([...set(given.unread)].map(on => [on, 'broken'])) },
          },
          (['degraded', 'partial'] as const).flatMap(state =>
            [...set(given[state])].map(on => ({ day: on, state, reason: state, check: `some/${state}` })),
          ),
        );
        for (const on of expected) {
          expect(DATE_STATES.filter(state => coverage.states[state].has(on))).toEqual([naiveState(given, on)]);
        }
        expect(DATE_STATES.reduce((sum, state) => sum + coverage.states[state].size, 0)).toBe(expected.size);
        expect([...coverage.unexpected]).toEqual([...off].filter(on => given.present.includes(on)));
        for (const on of expected) {
          const state = naiveState(given, on);
          expect(coverage.reasons.has(on)).toBe(state === 'unknown' || state === 'partial' || state === 'degraded');
        }
      }),
      { numRuns: 300 },
    );
  });

  test('nothing that is known of other dates changes that', () => {
    fc.assert(
      fc.property(scene, given => {
        const expected = set(given.expected);
        const known = {
          unknown: set(given.unread),
          present: set(given.present),
          partial: set(given.partial),
          degraded: set(given.degraded),
          stale: set([...given.partial, ...given.present.slice(1)]),
        };
        const all = sortDates(expected, known);
        const only = sortDates(expected, {
          unknown: known.unknown.intersect(expected),
          present: known.present.intersect(expected),
          partial: known.partial.intersect(expected),
          degraded: known.degraded.intersect(expected),
          stale: known.stale.intersect(expected),
        });
        for (const state of DATE_STATES) expect(all[state].equals(only[state])).toBe(true);
      }),
    );
  });
});
