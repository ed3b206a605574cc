// Coverage as it is reported: outcomes by rule 7, what is accepted, the maximum, runs, grids and the sentence.
import { describe, expect, test } from 'vitest';
import type { CheckFinding } from '../../../src/coverage/judge';
import { acceptedDates, coverageReport } from '../../../src/coverage/report';
import { dateStates } from '../../../src/coverage/states';
import type { Exclusion, ExpectedDays } from '../../../src/model/coverage';
import { DaySet } from '../../../src/model/day-set';
import type { TableReading } from '../../../src/model/facts';
import type { CoverageReport } from '../../../src/model/report';
import { resolveCalendar } from '../../../src/pipeline/calendar';
import type { AcceptedFinding, Season } from '../../../src/pipeline/pipeline';
import { regular, season } from '../pipeline/calendars';
import { day, days, expectedOf, finding, range, reading, table } from './tables';

const OCTOBER = DaySet.range(day('2024-10-01'), day('2024-10-20'));

interface Given {
  readonly expected?: DaySet;
  readonly excluded?: Partial<Record<Exclusion, DaySet>>;
  readonly uncertain?: Readonly<Record<string, string>>;
  readonly present?: DaySet;
  readonly reading?: TableReading;
  readonly findings?: readonly CheckFinding[];
  readonly accepted?: readonly AcceptedFinding[];
  readonly seasons?: readonly Season[];
  readonly asOf?: string;
  readonly min?: number;
}

function report(given: Given): CoverageReport {
  const expected: ExpectedDays = expectedOf(given.expected ?? OCTOBER, given.excluded, given.uncertain);
  const found = given.reading ?? reading(given.present ?? OCTOBER);
  const coverage = dateStates('nba.team_offense', expected, found, given.findings ?? []);
  const asOf = day(given.asOf ?? '2026-01-04');
  return coverageReport({
    table: table({ coverage: { min: given.min ?? 0.95, source: { file: 'phasegate.yaml', line: 61 } } }),
    coverage,
    calendar: resolveCalendar(
      regular({ seasons: given.seasons ?? [] }),
      undefined,
      DaySet.empty,
      { from: 'manifest', day: asOf },
      range('2024-10-01', '2024-12-31'),
    ),
    reading: found,
    accepted: given.accepted ?? [],
    asOf,
    lastWrite: undefined,
  });
}

function accept(check: string, given: Partial<AcceptedFinding> = {}): AcceptedFinding {
  return {
    table: 'nba.team_offense',
    check,
    dates: undefined,
    reason: 'all-star',
    until: undefined,
    source: { file: 'phasegate.yaml', line: 90 },
    ...given,
  };
}

const onDates = (from: string, to = from): Partial<AcceptedFinding> => ({ dates: [range(from, to)] });

describe('the outcome (rule 7)', () => {
  test.each<[string, Given, string]>([
    ['everything covered', {}, 'pass'],
    ['one of 20 dates missing, 95 % asked', { present: OCTOBER.minus(days('2024-10-05')) }, 'warn'],
    ['one of 20 dates missing, 96 % asked', { present: OCTOBER.minus(days('2024-10-05')), min: 0.96 }, 'fail'],
    ['two of 20 dates missing', { present: OCTOBER.minus(days('2024-10-05', '2024-10-06')) }, 'fail'],
    ['two of 20 dates missing, 0 % asked', { present: DaySet.empty, min: 0 }, 'warn'],
    ['one date partial', { findings: [finding('2024-10-05', 'partial', '2 of 18')] }, 'warn'],
    [
      'rows on an off-day',
      { excluded: { 'off-day': days('2024-10-21') }, present: OCTOBER.union(days('2024-10-21')) },
      'warn',
    ],
    [
      'rows on a bootstrap date',
      { excluded: { bootstrap: days('2024-10-21') }, present: OCTOBER.union(days('2024-10-21')) },
      'pass',
    ],
    ['one date unread', { reading: reading(OCTOBER, { '2024-10-05': 'broken' }) }, 'error'],
    ['one date uncertain by the calendar', { uncertain: { '2024-10-05': 'why' } }, 'error'],
    ['an unreadable table', { reading: { state: 'unreadable', message: 'locked' } }, 'error'],
    ['an absent table', { reading: { state: 'absent', knownBefore: false, message: 'gone' } }, 'fail'],
    ['an absent table that was known', { reading: { state: 'absent', knownBefore: true, message: 'gone' } }, 'error'],
    [
      'an unreadable table, though no date of it is expected',
      { expected: DaySet.empty, reading: { state: 'unreadable', message: 'locked' } },
      'error',
    ],
    [
      'no date expected',
      { expected: DaySet.empty, excluded: { 'off-day': OCTOBER }, present: DaySet.empty },
      'skipped',
    ],
    ['rows though no date is expected', { expected: DaySet.empty, excluded: { 'off-day': OCTOBER } }, 'warn'],
  ])('%s', (_, given, outcome) => {
    expect(report(given).outcome).toBe(outcome);
  });
});

describe('what somebody has accepted', () => {
  const short: Given = {
    present: OCTOBER.minus(days('2024-10-05', '2024-10-06')),
    findings: [
      finding('2024-10-08', 'partial', '2 of 18'),
      finding('2024-10-09', 'degraded', '12 %', 'not_null/usage'),
    ],
  };

  test.each<[string, readonly AcceptedFinding[], CoverageReport['accepted'], number, string]>([
    ['nothing', [], {}, 16 / 20, 'fail'],
    [
      'missing dates, by coverage',
      [accept('coverage', onDates('2024-10-05', '2024-10-06'))],
      { missing: 2 },
      16 / 18,
      'fail',
    ],
    ['every short date', [accept('coverage')], { missing: 2, partial: 1, degraded: 1 }, 1, 'pass'],
    ['a date by the id of its check', [accept('rows/games')], { partial: 1 }, 16 / 19, 'fail'],
    ['a date by the type of its check', [accept('not_null')], { degraded: 1 }, 16 / 19, 'fail'],
    ['a date by a check that did not say it', [accept('unique')], {}, 16 / 20, 'fail'],
    ['a finding of another table', [accept('coverage', { table: 'nba.other' })], {}, 16 / 20, 'fail'],
    ['on its last day', [accept('not_null', { until: day('2026-01-04') })], { degraded: 1 }, 16 / 19, 'fail'],
    ['until yesterday', [accept('not_null', { until: day('2026-01-03') })], {}, 16 / 20, 'fail'],
  ])('%s', (_, accepted, counts, share, outcome) => {
    const result = report({ ...short, accepted });
    expect(result.accepted).toEqual(counts);
    expect(result.share).toBe(share);
    expect(result.outcome).toBe(outcome);
    // It stays visible with its state.
    expect(result.counts).toEqual({ unknown: 0, missing: 2, partial: 1, degraded: 1, stale: 0, complete: 16 });
    expect(result.states.length).toBe(3);
  });

  test('of a date with two findings is accepted with both of them', () => {
    const coverage = dateStates('nba.team_offense', expectedOf(OCTOBER), reading(OCTOBER), [
      finding('2024-10-08', 'partial', '2 of 18'),
      finding('2024-10-08', 'degraded', '12 %', 'not_null/usage'),
    ]);
    const asOf = day('2026-01-04');
    expect(acceptedDates(coverage, [accept('rows')], asOf).size).toBe(0);
    expect(acceptedDates(coverage, [accept('rows'), accept('not_null/usage')], asOf).size).toBe(1);
  });

  test('unexpected dates, by that name', () => {
    const given: Given = {
      excluded: { 'off-day': days('2024-10-21', '2024-10-22') },
      present: OCTOBER.union(days('2024-10-21', '2024-10-22')),
    };
    const some = report({ ...given, accepted: [accept('unexpected', onDates('2024-10-21'))] });
    expect([some.outcome, some.unexpected, some.accepted]).toEqual(['warn', 2, { unexpected: 1 }]);
    const all = report({ ...given, accepted: [accept('unexpected')] });
    expect([all.outcome, all.unexpectedDates]).toEqual(['pass', [['2024-10-21', '2024-10-22']]]);
  });

  test('never what is unknown', () => {
    const result = report({ reading: reading(OCTOBER, { '2024-10-05': 'broken' }), accepted: [accept('coverage')] });
    expect([result.outcome, result.accepted]).toEqual(['error', {}]);
  });
});

test('the maximum is computed from the range: expected of all scheduled dates that were due', () => {
  const result = report({
    excluded: {
      bootstrap: DaySet.range(day('2024-09-01'), day('2024-09-14')),
      'known-gap': days('2024-09-20'),
      'off-day': days('2024-09-21'),
      'not-yet-due': days('2024-12-01'),
    },
  });
  expect(result.maximum).toEqual({ expected: 20, scheduled: 35, share: 20 / 35 });
  expect(result.excluded).toEqual({ 'off-day': 1, 'not-yet-due': 1, 'known-gap': 1, bootstrap: 14 });
  expect(result.days).toBe(37);
  expect(report({ expected: DaySet.empty }).maximum).toBeNull();
});

describe('runs of dates', () => {
  test('of equal state and reason are one, across off-days but no other date', () => {
    const result = report({
      expected: OCTOBER.minus(days('2024-10-03', '2024-10-08', '2024-10-12', '2024-10-17')),
      excluded: { 'off-day': days('2024-10-03', '2024-10-08', '2024-10-12'), 'known-gap': days('2024-10-17') },
      present: OCTOBER.minus(DaySet.range(day('2024-10-02'), day('2024-10-05'))).minus(
        DaySet.range(day('2024-10-16'), day('2024-10-18')),
      ),
      findings: [
        finding('2024-10-07', 'partial', '2 of 18'),
        finding('2024-10-09', 'partial', '2 of 18'),
        finding('2024-10-10', 'partial', '4 of 18'),
        finding('2024-10-11', 'degraded', '4 of 18'),
        finding('2024-10-13', 'degraded', '4 of 18'),
        finding('2024-10-15', 'degraded', '4 of 18'),
      ],
    });
    expect(result.states).toEqual([
      ['2024-10-02', '2024-10-05', 'missing', ''],
      ['2024-10-07', '2024-10-09', 'partial', '2 of 18'],
      ['2024-10-10', '2024-10-10', 'partial', '4 of 18'],
      ['2024-10-11', '2024-10-13', 'degraded', '4 of 18'],
      ['2024-10-15', '2024-10-15', 'degraded', '4 of 18'],
      ['2024-10-16', '2024-10-16', 'missing', ''],
      ['2024-10-18', '2024-10-18', 'missing', ''],
    ]);
  });

  test('end with their season', () => {
    const result = report({
      expected: DaySet.range(day('2024-10-01'), day('2024-10-05')).union(
        DaySet.range(day('2024-11-01'), day('2024-11-05')),
      ),
      excluded: { 'off-day': DaySet.range(day('2024-10-06'), day('2024-10-31')) },
      present: DaySet.empty,
      seasons: [season('a', '2024-10-01', '2024-10-05'), season('b', '2024-11-01', '2024-11-30')],
    });
    expect(result.states.map(([from, to]) => [from, to])).toEqual([
      ['2024-10-01', '2024-10-05'],
      ['2024-11-01', '2024-11-05'],
    ]);
  });

  test('of a table that cannot be read are one, without a line for each date', () => {
    expect(report({ reading: { state: 'unreadable', message: 'locked' } }).states).toEqual([
      ['2024-10-01', '2024-10-20', 'unknown', 'could not be read: locked'],
    ]);
  });
});

describe('the season grid', () => {
  test('has one letter a day inside season and range', () => {
    const [grid, ...others] = report({
      expected: DaySet.range(day('2024-10-29'), day('2024-11-02')),
      excluded: { 'off-day': days('2024-11-03'), bootstrap: days('2024-10-28') },
      present: days('2024-10-29', '2024-10-31'),
      findings: [finding('2024-10-31', 'partial', '2 of 18')],
      seasons: [season('2024-25', '2024-10-20', '2024-11-30'), season('2025-26', '2025-10-20', '2025-11-30')],
    }).seasons;
    expect(others).toEqual([]);
    expect(grid).toEqual({
      season: '2024-25',
      expected: 5,
      covered: 1,
      from: '2024-10-28',
      days: 'bcmpmmo',
    });
  });

  test('is of calendar years where there are no seasons', () => {
    const grids = report({
      expected: DaySet.range(day('2023-12-31'), day('2025-01-01')),
      present: DaySet.empty,
    }).seasons;
    expect(grids.map(grid => [grid.season, grid.expected, grid.days.length])).toEqual([
      ['2023', 1, 1],
      ['2024', 366, 366],
      ['2025', 1, 1],
    ]);
  });
});

describe('the sentence', () => {
  test.each<[string, Given, string]>([
    ['of full coverage', {}, '100.0 % covered: 20 expected dates'],
    [
      'of short coverage names what is short, with a reason, and where the threshold was said',
      {
        present: OCTOBER.minus(DaySet.range(day('2024-10-02'), day('2024-10-05'))),
        findings: [finding('2024-10-07', 'partial', '2 of 18 team_abbr')],
      },
      '75.0 % covered (95 % asked, phasegate.yaml:61): 15 of 20 expected dates, 4 missing, 1 partial (2024-10-07: 2 of 18 team_abbr)',
    ],
    [
      'of coverage that is nearly there names no threshold',
      { present: OCTOBER.minus(days('2024-10-05')) },
      '95.0 % covered: 19 of 20 expected dates, 1 missing',
    ],
    [
      'of a table not started tells the most there can be',
      {
        present: DaySet.empty,
        excluded: { bootstrap: days('2024-09-30'), 'known-gap': days('2024-09-28', '2024-09-29') },
      },
      '0.0 % covered (95 % asked, phasegate.yaml:61): 0 of 20 expected dates, 20 missing; 23 scheduled dates − 1 bootstrap − 2 known gaps: 87.0 % of the schedule is the most there can be',
    ],
    [
      'of unexpected dates',
      {
        excluded: { 'off-day': DaySet.range(day('2024-10-21'), day('2024-10-25')) },
        present: OCTOBER.union(days('2024-10-21', '2024-10-23')),
        accepted: [accept('unexpected', onDates('2024-10-23'))],
      },
      '100.0 % covered: 20 expected dates; 1 unexpected date with rows: 2024-10-21; 1 unexpected date accepted',
    ],
    [
      'of accepted dates',
      { present: OCTOBER.minus(days('2024-10-05')), accepted: [accept('coverage')] },
      '100.0 % covered: 19 expected dates (1 more accepted)',
    ],
    [
      'of unknown dates',
      { reading: reading(OCTOBER, { '2024-10-05': 'line 3 has no end' }) },
      '95.0 % covered: 19 of 20 expected dates; 1 date could not be told: 2024-10-05, line 3 has no end',
    ],
    [
      'of a table that cannot be read',
      { reading: { state: 'unreadable', message: 'the file is locked' } },
      'could not be read: the file is locked; 20 expected dates unknown',
    ],
    [
      'of a table that is not there',
      { reading: { state: 'absent', knownBefore: false, message: 'no such folder' } },
      '0.0 % covered (95 % asked, phasegate.yaml:61): 0 of 20 expected dates, 20 missing; it is not there: no such folder',
    ],
    [
      'of a range without dates',
      {
        expected: DaySet.empty,
        present: DaySet.empty,
        excluded: { 'off-day': days('2024-10-21'), bootstrap: OCTOBER },
      },
      'no date is expected in the range (1 off-day, 20 bootstrap); 20 scheduled dates − 20 bootstrap: 0.0 % of the schedule is the most there can be',
    ],
  ])('%s', (_, given, message) => {
    expect(report(given).message).toBe(message);
  });
});
