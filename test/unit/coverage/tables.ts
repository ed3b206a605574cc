// Tables, readings and expected days, written down by hand for tests of coverage.
import type { CheckFinding } from '../../../src/coverage/judge';
import {
  DATE_STATES,
  type DateState,
  type Exclusion,
  type ExpectedDays,
  type TableCoverage,
} from '../../../src/model/coverage';
import { DaySet } from '../../../src/model/day-set';
import { NO_STRAYS, type TableReading } from '../../../src/model/facts';
import type { Table } from '../../../src/pipeline/pipeline';
import { day, iso } from '../pipeline/calendars';

export { day, days, iso, range } from '../pipeline/calendars';

export function table(given: Partial<Table> = {}): Table {
  return {
    name: 'nba.team_offense',
    shortName: 'team_offense',
    phase: '3',
    location: { kind: 'target' },
    date: { column: 'game_date', timezone: undefined },
    dated: true,
    columns: new Map(),
    written: undefined,
    key: [],
    calendar: 'game-days',
    bootstrap: undefined,
    knownGaps: [],
    dependsOn: [],
    job: undefined,
    sources: [],
    coverage: { min: 0.95, source: { file: 'phasegate.yaml', line: 61 } },
    checks: [],
    source: { file: 'phasegate.yaml', line: 44 },
    ...given,
  };
}

/** A measured table that holds rows on the dates of a set. */
export function reading(
  present: DaySet,
  unread: Readonly<Record<string, string>> = {},
  empty: DaySet = DaySet.empty,
): TableReading {
  const all = [...present.union(empty)];
  return {
    state: 'measured',
    facts: {
      table: 'nba.team_offense',
      dated: true,
      range: { from: day('2020-01-01'), to: day('2030-01-01') },
      days: all,
      rows: all.map(on => (empty.has(on) ? 0 : 12)),
      values: new Map(),
      unmeasured: new Map(),
      unread: new Map(Object.entries(unread).map(([date, reason]) => [day(date), reason])),
      strays: NO_STRAYS,
      measuredAt: Date.parse('2026-01-04T06:00:00Z'),
    },
  };
}

/** Expected days, with the days excluded from the range by reason. */
export function expectedOf(
  expected: DaySet,
  excluded: Partial<Record<Exclusion, DaySet>> = {},
  uncertain: Readonly<Record<string, string>> = {},
): ExpectedDays {
  const none = DaySet.empty;
  const all = { 'off-day': none, 'not-yet-due': none, 'known-gap': none, bootstrap: none, ...excluded };
  return {
    days: expected.size + Object.values(all).reduce((sum, each) => sum + each.size, 0),
    expected,
    uncertain: new Map(Object.entries(uncertain).map(([date, reason]) => [day(date), reason])),
    excluded: all,
  };
}

export function finding(
  date: string,
  state: CheckFinding['state'],
  reason: string,
  check = 'rows/games',
): CheckFinding {
  return { day: day(date), ...(state === undefined ? {} : { state }), reason, check };
}

/** The states that have dates, as a test reads them. */
export function stated(coverage: TableCoverage): Partial<Record<DateState, readonly string[]>> {
  return Object.fromEntries(
    DATE_STATES.filter(state => !coverage.states[state].isEmpty).map(state => [state, iso(coverage.states[state])]),
  );
}
