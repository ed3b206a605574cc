// One table as it stands: its reading judged, its dates in their states, its coverage reported. Pure.
import { acceptedDates, coverageReport } from '../coverage/report';
import { type CheckOutcome, colouringFindings, judgeChecks } from '../coverage/judge';
import { type StaleCause, type UpstreamWrites, staleCauses } from '../coverage/stale';
import { dateStates } from '../coverage/states';
import type { ExpectedDays, TableCoverage } from '../model/coverage';
import type { Day } from '../model/day';
import { type DayRange, DaySet } from '../model/day-set';
import { type TableReading, factsWithin } from '../model/facts';
import { figureId } from '../model/figures';
import { type QueryId, type QueryReading, queryId } from '../model/queries';
import type { CoverageReport } from '../model/report';
import { lastWriteFigure } from '../facts/request';
import { expectedDays } from '../pipeline/expected';
import type { AcceptedFinding, Table } from '../pipeline/pipeline';
import type { ResolvedCalendar } from '../pipeline/resolved-calendar';

/** A table as it stands over a range. */
export interface Assessment {
  readonly table: Table;
  readonly reading: TableReading;
  readonly outcomes: readonly CheckOutcome[];
  readonly coverage: TableCoverage;
  /** Why dates are stale, by the upstream table that was written later. */
  readonly stale: readonly StaleCause[];
  /** Dates whose findings somebody accepted. */
  readonly acceptedDates: DaySet;
  /** As it is reported; absent for a table without dates. */
  readonly report: CoverageReport | undefined;
}

/** What was measured beside a table. */
export interface MeasuredBeside {
  /** Every reading, by table. */
  readonly readings: ReadonlyMap<string, TableReading>;
  readonly upstreams: readonly UpstreamWrites[];
  /** What came of the table's queries, where they were asked. */
  readonly queries?: ReadonlyMap<QueryId, QueryReading> | undefined;
  /** Dates that were expected before the range, as far back as the checks look. */
  readonly expectedBefore: DaySet;
}

/** What was measured may reach further than what is judged. */
function within(reading: TableReading, range: DayRange): TableReading {
  return reading.state === 'measured' ? { ...reading, facts: factsWithin(reading.facts, range) } : reading;
}

const NOT_A_DATE = DaySet.empty;
const NO_DATES: ExpectedDays = {
  days: 0,
  expected: NOT_A_DATE,
  uncertain: new Map(),
  excluded: { 'off-day': NOT_A_DATE, 'not-yet-due': NOT_A_DATE, 'known-gap': NOT_A_DATE, bootstrap: NOT_A_DATE },
};

/** Assesses one table by what was measured of it and by its calendar (`undefined` for a table without dates). */
export function assess(
  table: Table,
  measured: TableReading,
  calendar: ResolvedCalendar | undefined,
  range: DayRange,
  accepted: readonly AcceptedFinding[],
  asOf: Day,
  beside: MeasuredBeside,
): Assessment {
  const reading = within(measured, range);
  const expected = calendar === undefined ? NO_DATES : expectedDays(calendar, table, range);
  const outcomes = judgeChecks(
    table.checks,
    reading,
    expected,
    {
      seasons: calendar?.seasons ?? [],
      units: (day, unit) => calendar?.units(day, unit),
      due: day => calendar?.due(day),
    },
    {
      other: name => {
        const other = beside.readings.get(name);
        return other === undefined ? undefined : within(other, range);
      },
      query: definition => beside.queries?.get(queryId(definition)),
      measured,
      expectedBefore: beside.expectedBefore,
    },
  );
  const stale = staleCauses(table, reading, beside.upstreams);
  const coverage = dateStates(table.name, expected, reading, colouringFindings(outcomes, reading), stale);
  const own = accepted.filter(finding => finding.table === table.name);
  return {
    table,
    reading,
    outcomes,
    coverage,
    stale,
    acceptedDates: acceptedDates(coverage, own, asOf),
    report:
      calendar === undefined
        ? undefined
        : coverageReport({
            table,
            coverage,
            calendar,
            reading,
            accepted: own,
            asOf,
            lastWrite: lastWriteOf(table, reading),
          }),
  };
}

/** The newest write in the range, milliseconds since 1970 UTC. */
function lastWriteOf(table: Table, reading: TableReading): number | undefined {
  if (table.written === undefined || reading.state !== 'measured') return undefined;
  let newest: number | undefined;
  for (const value of reading.facts.values.get(figureId(lastWriteFigure(table.written))) ?? []) {
    if (value !== null && (newest === undefined || value > newest)) newest = value;
  }
  return newest;
}
