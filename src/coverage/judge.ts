// Judges a table's checks over its facts: each check's judgement, and the findings that colour its dates.
import type { Check, DateFinding, Evidence, Judgement, SeasonRange } from '../checks/check';
import type { ExpectedDays } from '../model/coverage';
import { windowIn } from '../checks/declare-dates';
import type { Day } from '../model/day';
import { type DayRange, DaySet } from '../model/day-set';
import { formatRange } from '../model/day-text';
import { type TableFacts, type TableReading, type Unmeasured, factsWithin } from '../model/facts';
import { figureId } from '../model/figures';
import { type Query, type QueryReading, readingWithin } from '../model/queries';
import { countOf } from '../model/percent';

/** What became of one check: judged, not judged since its table is not there, or not to be evaluated. */
export type CheckOutcome =
  | { readonly check: Check; readonly state: 'judged'; readonly judgement: Judgement }
  | { readonly check: Check; readonly state: 'skipped' | 'error'; readonly message: string };

/** What a check may ask of the calendar. */
export interface CalendarView {
  readonly seasons: readonly SeasonRange[];
  units(day: Day, unit: string): number | undefined;
  due(day: Day): number | undefined;
}

/** What was measured beside a table, for checks that compare it with something. */
export interface Beside {
  other(table: string): TableReading | undefined;
  query(definition: Query): QueryReading | undefined;
  /** The table itself, as far back as was measured. */
  readonly measured: TableReading;
  /** The dates expected before the range, as far back as checks look. */
  readonly expectedBefore: DaySet;
}

/** A finding of a check, with the check that made it, so that it can be accepted by name. */
export interface CheckFinding extends DateFinding {
  readonly check: string;
}

export function judgeChecks(
  checks: readonly Check[],
  reading: TableReading,
  expected: ExpectedDays,
  calendar: CalendarView,
  beside: Beside,
): readonly CheckOutcome[] {
  if (reading.state !== 'measured') {
    const message =
      reading.state === 'absent' ? `not judged: ${reading.message}` : 'not judged: the table could not be read';
    return checks.map(check => ({ check, state: 'skipped', message }));
  }
  const { facts } = reading;
  const evidence: Evidence = {
    facts,
    expected: expected.expected.minus(DaySet.of(expected.uncertain.keys())),
    seasons: calendar.seasons,
    units: (day, unit) => calendar.units(day, unit),
    due: day => calendar.due(day),
    other: name => beside.other(name),
    query: definition => beside.query(definition),
    history: {
      facts: beside.measured.state === 'measured' ? beside.measured.facts : facts,
      expected: beside.expectedBefore.union(expected.expected),
    },
  };
  return checks.map(check => {
    const problem = check.figures
      .map(figure => facts.unmeasured.get(figureId(figure)))
      .find(found => found !== undefined);
    if (problem !== undefined) return { check, state: 'error', message: describeUnmeasured(problem, facts.table) };
    if (check.window === undefined || !facts.dated) return { check, state: 'judged', judgement: check.judge(evidence) };
    const range = windowIn(check.window, facts.range);
    if (range === undefined)
      return {
        check,
        state: 'skipped',
        message: 'not judged: its window lies outside of the dates that are asked for',
      };
    const judgement = check.judge(evidenceWithin(evidence, range));
    return {
      check,
      state: 'judged',
      judgement: { ...judgement, message: `${judgement.message}; judged for ${formatRange(range)} only` },
    };
  });
}

/** Evidence about fewer dates. What came before stays to compare with. */
function evidenceWithin(evidence: Evidence, range: DayRange): Evidence {
  return {
    ...evidence,
    facts: factsWithin(evidence.facts, range),
    expected: evidence.expected.within(range),
    seasons: evidence.seasons.flatMap(({ id, range: season }) => {
      const inside = { from: Math.max(season.from, range.from) as Day, to: Math.min(season.to, range.to) as Day };
      return inside.from <= inside.to ? [{ id, range: inside }] : [];
    }),
    query: definition => {
      const reading = evidence.query(definition);
      return reading?.state === 'measured' ? readingWithin(reading, range) : reading;
    },
  };
}

/** Why a figure could not be measured, as a sentence. */
export function describeUnmeasured(problem: Unmeasured, table: string): string {
  if (problem.reason === 'failed') return `could not be evaluated: ${problem.message}`;
  const columns = problem.columns.join(', ');
  const near = problem.nearest === undefined ? '' : `; the nearest is ${problem.nearest}`;
  return `could not be evaluated: ${table} has no ${problem.columns.length === 1 ? 'column' : 'columns'} ${columns}${near}. Correct the manifest, or restore the column`;
}

/** The findings that give dates a state: of failing checks (a warning colours nothing), and rows filed under another date. */
export function colouringFindings(outcomes: readonly CheckOutcome[], reading: TableReading): readonly CheckFinding[] {
  const findings = outcomes.flatMap(outcome =>
    outcome.state === 'judged' && outcome.check.severity === 'fail' && outcome.judgement.outcome === 'fail'
      ? outcome.judgement.findings
          .filter(finding => finding.state !== undefined)
          .map(finding => ({ ...finding, check: outcome.check.id }))
      : [],
  );
  return reading.state === 'measured' ? [...findings, ...misfiledFindings(reading.facts)] : findings;
}

/** The name under which stray rows are reported and accepted. */
export const STRAY_ROWS = 'stray-rows';

/** Rows in a dated file whose own date column says another date: the file's date is the partition (rule 6). */
function misfiledFindings(facts: TableFacts): readonly CheckFinding[] {
  return facts.strays.misfiled.map(({ day, rows }) => ({
    day,
    state: 'degraded',
    check: STRAY_ROWS,
    reason: `${countOf(rows, 'row')} dated otherwise than the file`,
  }));
}
