// The preflight gate: which dates are about to be written, which upstream dates they need, and when that is not ready.
import { describe, expect, it } from 'vitest';
import { type DateState, DATE_STATES, type TableCoverage } from '../../../src/model/coverage';
import { DaySet } from '../../../src/model/day-set';
import { NO_STRAYS, type TableReading } from '../../../src/model/facts';
import type { Result } from '../../../src/model/report';
import type { AcceptedFinding, Dependency, Table } from '../../../src/pipeline/pipeline';
import { type PreflightInput, datesToWrite, neededDates, preflight } from '../../../src/validation/preflight';
import { day } from '../checks/evidence';

const SOURCE = { file: 'phasegate.yaml', line: 1 };
const range = (from: string, to: string): DaySet => DaySet.range(day(from), day(to));

function table(name: string, more: Partial<Table> = {}): Table {
  return {
    name,
    shortName: name,
    phase: '1',
    location: { kind: 'target' },
    date: { column: 'd', timezone: undefined },
    dated: true,
    columns: new Map(),
    written: undefined,
    key: [],
    calendar: 'days',
    bootstrap: undefined,
    knownGaps: [],
    dependsOn: [],
    job: undefined,
    sources: [],
    coverage: { min: 0.95, source: SOURCE },
    checks: [],
    source: SOURCE,
    ...more,
  };
}

/** Coverage of which only the states are given; what is not named is complete. */
function coverage(name: string, expected: DaySet, states: Partial<Record<DateState, DaySet>> = {}): TableCoverage {
  const others = Object.values(states).reduce((all, days) => all.union(days), DaySet.empty);
  const all = { complete: expected.minus(others), ...states };
  const none = DaySet.empty;
  return {
    table: name,
    calendarDays: {
      days: expected.size,
      expected,
      uncertain: new Map(),
      excluded: { 'off-day': none, 'not-yet-due': none, 'known-gap': none, bootstrap: none },
    },
    states: Object.fromEntries(DATE_STATES.map(state => [state, all[state] ?? none])) as Record<DateState, DaySet>,
    reasons: new Map(),
    causes: new Map(),
    unexpected: none,
    rowsOnExcluded: { 'not-yet-due': none, 'known-gap': none, bootstrap: none },
  };
}

const measured: TableReading = {
  state: 'measured',
  facts: {
    table: 't',
    dated: true,
    range: { from: day('2024-01-01'), to: day('2024-01-31') },
    days: [],
    rows: [],
    values: new Map(),
    unmeasured: new Map(),
    unread: new Map(),
    strays: NO_STRAYS,
    measuredAt: 0,
  },
};

const JANUARY = range('2024-01-01', '2024-01-31');
const dependency = (more: Partial<Dependency> = {}): Dependency => ({
  table: 'up',
  lookbackDays: 0,
  coverage: 0.95,
  optional: false,
  stale: 'ignore',
  source: SOURCE,
  ...more,
});

function ask(
  upstream: {
    dependency?: Partial<Dependency>;
    coverage?: TableCoverage;
    reading?: TableReading;
    acceptedDates?: DaySet;
  },
  more: Partial<PreflightInput> & { accepted?: readonly AcceptedFinding[] } = {},
): Result | undefined {
  const results = preflight({
    context: {
      gate: 'preflight',
      table: table('t'),
      reading: measured,
      accepted: more.accepted ?? [],
      asOf: day('2024-02-01'),
    },
    coverage: coverage('t', JANUARY, { missing: range('2024-01-11', '2024-01-20') }),
    outcomes: [],
    description: {
      state: 'present',
      kind: 'table',
      columns: [{ name: 'd', type: 'DATE' }],
      stamps: { kind: 'none' },
      unread: new Map(),
    },
    upstreams: [
      {
        dependency: dependency(upstream.dependency),
        table: table('up'),
        reading: upstream.reading ?? measured,
        coverage: upstream.coverage ?? coverage('up', JANUARY),
        acceptedDates: upstream.acceptedDates ?? DaySet.empty,
      },
    ],
    work: range('2024-01-11', '2024-01-20'),
    dialect: 'duckdb',
    ...more,
  });
  return results.find(result => result.check === 'upstream');
}

describe('the dates about to be written', () => {
  const short = {
    missing: range('2024-01-02', '2024-01-03'),
    partial: range('2024-01-05', '2024-01-05'),
    degraded: range('2024-01-07', '2024-01-07'),
  };
  it('are the missing, partial and degraded ones', () => {
    expect(datesToWrite(coverage('t', JANUARY, short), false).toIso()).toEqual([
      ['2024-01-02', '2024-01-03'],
      ['2024-01-05', '2024-01-05'],
      ['2024-01-07', '2024-01-07'],
    ]);
  });
  it('are all expected ones where nothing is short, or when rebuilding', () => {
    expect(datesToWrite(coverage('t', JANUARY), false).equals(JANUARY)).toBe(true);
    expect(datesToWrite(coverage('t', JANUARY, short), true).equals(JANUARY)).toBe(true);
  });
});

describe('the upstream dates that they need', () => {
  it('reach back by the look-back, over dates on which the upstream is expected', () => {
    const work = DaySet.of([day('2024-01-10'), day('2024-01-20')]);
    expect(neededDates(work, dependency(), JANUARY).equals(work)).toBe(true);
    expect(
      neededDates(work, dependency({ lookbackDays: 3 }), JANUARY.minus(range('2024-01-08', '2024-01-08'))).toIso(),
    ).toEqual([
      ['2024-01-07', '2024-01-07'],
      ['2024-01-09', '2024-01-10'],
      ['2024-01-17', '2024-01-20'],
    ]);
  });
});

describe('an upstream table', () => {
  it('passes where all dates needed are there, whatever is short elsewhere', () => {
    expect(ask({ coverage: coverage('up', JANUARY, { missing: range('2024-01-01', '2024-01-10') }) })).toMatchObject({
      outcome: 'pass',
      value: { part: 10, whole: 10 },
    });
  });
  it.each<[string, string, Partial<Dependency>, Result['outcome']]>([
    ['fails below the coverage asked for', '2024-01-12', {}, 'fail'],
    ['warns below 100 %', '2024-01-12', { coverage: 0.8 }, 'warn'],
    ['only warns where it is optional', '2024-01-15', { optional: true }, 'warn'],
  ])('%s', (_what, last, more, outcome) => {
    expect(
      ask({ dependency: more, coverage: coverage('up', JANUARY, { missing: range('2024-01-11', last) }) })?.outcome,
    ).toBe(outcome);
  });
  it('counts stale dates as there', () => {
    expect(ask({ coverage: coverage('up', JANUARY, { stale: JANUARY }) })?.outcome).toBe('pass');
  });
  it('of which a date could not be told is an error, never a pass', () => {
    expect(ask({ coverage: coverage('up', JANUARY, { unknown: range('2024-01-12', '2024-01-12') }) })?.outcome).toBe(
      'error',
    );
    expect(ask({ reading: { state: 'unreadable', message: 'no permission' } })?.outcome).toBe('error');
  });
  it('whose short dates somebody accepted is ready', () => {
    const missing = range('2024-01-11', '2024-01-20');
    expect(ask({ coverage: coverage('up', JANUARY, { missing }), acceptedDates: missing })?.outcome).toBe('pass');
  });
});

describe('the table itself', () => {
  const all = (more: Partial<PreflightInput>): readonly Result[] =>
    preflight({
      context: {
        gate: 'preflight',
        table: table('t', { key: ['a'] }),
        reading: measured,
        accepted: [],
        asOf: day('2024-02-01'),
      },
      coverage: coverage('t', JANUARY),
      outcomes: [],
      description: {
        state: 'present',
        kind: 'table',
        columns: [{ name: 'd', type: 'DATE' }],
        stamps: { kind: 'none' },
        unread: new Map(),
      },
      upstreams: [],
      work: JANUARY,
      dialect: 'duckdb',
      ...more,
    });
  it('fails where a declared column is not in the live table', () => {
    const named = table('t', { columns: new Map([['dd', undefined]]) });
    const columns = all({
      context: { gate: 'preflight', table: named, reading: measured, accepted: [], asOf: day('2024-02-01') },
    }).find(result => result.check === 'columns');
    expect(columns).toMatchObject({ outcome: 'fail', value: { part: 1, whole: 2 } });
    expect(columns?.message).toContain('dd (nearest: d)');
  });
  it('that is not there yet is no obstacle; one that cannot be read is', () => {
    const absent = all({ description: { state: 'absent', message: 'no such table' } });
    expect(absent.find(result => result.check === 'columns')?.outcome).toBe('skipped');
    const unreadable = all({ description: { state: 'unreadable', message: 'locked' } });
    expect(unreadable.find(result => result.check === 'columns')?.outcome).toBe('error');
  });
  it('of which the calendar cannot tell a date is an error', () => {
    const uncertain = coverage('t', JANUARY);
    const results = all({
      coverage: {
        ...uncertain,
        calendarDays: { ...uncertain.calendarDays, uncertain: new Map([[day('2024-01-05'), 'never marked final']]) },
      },
    });
    expect(results.find(result => result.check === 'calendar')?.outcome).toBe('error');
  });
});
