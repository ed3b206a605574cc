// The state of each expected date of a table: expected against present, as sets (rules 2 and 3). Pure.
import type { DateState, ExpectedDays, TableCoverage } from '../model/coverage';
import type { Day } from '../model/day';
import { DaySet } from '../model/day-set';
import type { TableFacts, TableReading } from '../model/facts';
import { SameReason } from '../model/same-reason';
import { shortName } from '../model/coverage-summary';
import type { CheckFinding } from './judge';
import type { StaleCause } from './stale';

/** What is known of a table's dates, whether they are expected or not. */
export interface KnownDates {
  readonly unknown: DaySet;
  /** Dates that hold rows. */
  readonly present: DaySet;
  readonly partial: DaySet;
  readonly degraded: DaySet;
  /** Dates that were computed before what they are computed from was last written. */
  readonly stale: DaySet;
}

/** Sorts expected dates into disjoint states that add up to them: the first that holds of unknown, missing, partial, degraded, stale, complete. */
export function sortDates(expected: DaySet, known: KnownDates): TableCoverage['states'] {
  const unknown = expected.intersect(known.unknown);
  const told = expected.minus(unknown);
  const there = told.intersect(known.present);
  const missing = told.minus(there);
  const partial = there.intersect(known.partial);
  const notPartial = there.minus(partial);
  const degraded = notPartial.intersect(known.degraded);
  const good = notPartial.minus(degraded);
  const stale = good.intersect(known.stale);
  return { unknown, missing, partial, degraded, stale, complete: good.minus(stale) };
}

/**
 * A table's coverage.
 * @param reading What came of measuring the table, at least over the range of `calendarDays`.
 * @param stale Upstream tables that were written after dates of this one were computed.
 * @param findings What checks said of single dates; those without a state colour nothing (rule 5).
 */
export function dateStates(
  table: string,
  calendarDays: ExpectedDays,
  reading: TableReading,
  findings: readonly CheckFinding[],
  stale: readonly StaleCause[] = [],
): TableCoverage {
  const { expected, uncertain, excluded } = calendarDays;
  const unreadable = whyUnknown(reading);
  if (unreadable !== undefined) {
    return {
      table,
      calendarDays,
      states: states({ unknown: expected }),
      reasons: new SameReason(expected, unreadable),
      causes: new Map(),
      unexpected: DaySet.empty,
      rowsOnExcluded: { 'not-yet-due': DaySet.empty, 'known-gap': DaySet.empty, bootstrap: DaySet.empty },
    };
  }
  const facts = reading.state === 'measured' ? reading.facts : undefined;
  const unread: TableFacts['unread'] = facts?.unread ?? new Map<Day, string>();
  const present = facts === undefined ? DaySet.empty : daysWithRows(facts);
  const by = (state: DateState): DaySet =>
    DaySet.of(findings.flatMap(finding => (finding.state === state ? [finding.day] : [])));
  const sorted = sortDates(expected, {
    unknown: DaySet.of(unread.keys()).union(DaySet.of(uncertain.keys())),
    present,
    partial: by('partial'),
    degraded: by('degraded'),
    stale: stale.reduce((all, cause) => all.union(cause.dates), DaySet.empty),
  });
  const reasons = new Map<Day, string>();
  for (const day of sorted.unknown) reasons.set(day, unread.get(day) ?? uncertain.get(day) ?? 'could not be read');
  for (const { dependency, dates } of stale)
    for (const day of dates.intersect(sorted.stale))
      if (!reasons.has(day)) reasons.set(day, `computed before ${shortName(dependency.table)} was last written`);
  const causes = new Map<Day, string[]>();
  gatherReasons(findings, sorted, reasons, causes);
  return {
    table,
    calendarDays,
    states: sorted,
    reasons,
    causes,
    unexpected: present.intersect(excluded['off-day']),
    rowsOnExcluded: {
      'not-yet-due': present.intersect(excluded['not-yet-due']),
      'known-gap': present.intersect(excluded['known-gap']),
      bootstrap: present.intersect(excluded.bootstrap),
    },
  };
}

/** Why nothing is known of any date: the table could not be read, or is gone though it was measured before (rule 7). */
function whyUnknown(reading: TableReading): string | undefined {
  if (reading.state === 'unreadable') return `could not be read: ${reading.message}`;
  if (reading.state === 'absent' && reading.knownBefore)
    return `was measured before and is not there now: ${reading.message}`;
  return undefined;
}

function states(some: Partial<TableCoverage['states']>): TableCoverage['states'] {
  return {
    unknown: DaySet.empty,
    missing: DaySet.empty,
    partial: DaySet.empty,
    degraded: DaySet.empty,
    stale: DaySet.empty,
    complete: DaySet.empty,
    ...some,
  };
}

function daysWithRows(facts: TableFacts): DaySet {
  return DaySet.of(facts.rows.includes(0) ? facts.days.filter((_, i) => (facts.rows[i] ?? 0) > 0) : facts.days);
}

/** Everything that checks say of a partial or degraded date, what gives it its state first. */
function gatherReasons(
  findings: readonly CheckFinding[],
  sorted: TableCoverage['states'],
  reasons: Map<Day, string>,
  causes: Map<Day, string[]>,
): void {
  for (const state of ['partial', 'degraded'] as const) {
    for (const { day, reason, check, state: found } of findings) {
      if (found !== state || !(sorted.partial.has(day) || sorted.degraded.has(day))) continue;
      const before = reasons.get(day);
      if (before === undefined) reasons.set(day, reason);
      else if (!before.split('; ').includes(reason)) reasons.set(day, `${before}; ${reason}`);
      const named = causes.get(day);
      if (named === undefined) causes.set(day, [check]);
      else if (!named.includes(check)) named.push(check);
    }
  }
}
