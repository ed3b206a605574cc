// Results: each check's outcome as a line of the report, with what has been accepted taken out under its own heading.
import type { DateFinding } from '../checks/check';
import { acceptanceOf } from '../coverage/accepted';
import { type CheckOutcome, STRAY_ROWS } from '../coverage/judge';
import { COVERAGE } from '../coverage/report';
import { type Day, formatDay } from '../model/day';
import { DaySet } from '../model/day-set';
import type { TableReading } from '../model/facts';
import { isoInstant } from '../model/instant';
import type { Outcome } from '../model/outcome';
import { countOf } from '../model/percent';
import type { Result } from '../model/report';
import type { AcceptedFinding, Table } from '../pipeline/pipeline';

/** How many dates of a finding are shown with their own reason. */
const MOST_EXAMPLES = 5;

/** What results of one table have in common. */
export interface ResultContext {
  readonly gate: string;
  readonly table: Table;
  readonly reading: TableReading;
  readonly accepted: readonly AcceptedFinding[];
  /** The day by which an acceptance has expired or not (rule 14). */
  readonly asOf: Day;
}

/** The dates of a finding as a report carries them; nothing where there are none. */
export function datesOf(days: DaySet): Pick<Result, 'dates'> {
  return days.isEmpty ? {} : { dates: { count: days.size, ranges: days.toIso() } };
}

function examplesOf(findings: readonly DateFinding[]): Pick<Result, 'examples'> {
  if (findings.length === 0) return {};
  return { examples: findings.slice(-MOST_EXAMPLES).map(({ day, reason }) => ({ date: formatDay(day), reason })) };
}

export function measuredAtOf(reading: TableReading): Pick<Result, 'measuredAt'> {
  return reading.state === 'measured' ? { measuredAt: isoInstant(reading.facts.measuredAt) } : {};
}

/** The results of a table's declared checks. A finding that is partly accepted becomes two results: what is left, and what is lived with. */
export function checkResults(outcomes: readonly CheckOutcome[], context: ResultContext): readonly Result[] {
  return outcomes.flatMap(outcome => {
    const { check } = outcome;
    const base = {
      id: `${context.table.name}/${check.id}`,
      gate: context.gate,
      table: context.table.name,
      check: check.type,
      ...(check.column === undefined ? {} : { column: check.column }),
      source: check.source,
    };
    if (outcome.state !== 'judged') return [{ ...base, outcome: outcome.state, message: outcome.message }];
    const { judgement } = outcome;
    const declared: Outcome = judgement.outcome === 'fail' ? check.severity : judgement.outcome;
    const result: Result = {
      ...base,
      outcome: declared,
      ...(judgement.value === undefined ? {} : { value: judgement.value }),
      ...(judgement.threshold === undefined
        ? {}
        : { threshold: { ...judgement.threshold, source: check.thresholdSource ?? check.source } }),
      ...(check.offending === undefined || judgement.outcome === 'pass' ? {} : { hasRows: true }),
      ...measuredAtOf(context.reading),
      message: judgement.message,
    };
    return withAcceptance(result, [check.id, check.type], judgement.findings, context);
  });
}

/** Splits a finding by what has been accepted of it. */
export function withAcceptance(
  result: Result,
  names: readonly string[],
  findings: readonly DateFinding[],
  context: Pick<ResultContext, 'accepted' | 'table' | 'asOf'>,
): readonly Result[] {
  const dated = (of: readonly DateFinding[]): Pick<Result, 'dates' | 'examples'> => ({
    ...datesOf(DaySet.of(of.map(({ day }) => day))),
    ...examplesOf(of),
  });
  if (result.outcome !== 'fail' && result.outcome !== 'warn') return [{ ...result, ...dated(findings) }];
  const acceptance = (day: Day | undefined): AcceptedFinding | undefined =>
    acceptanceOf(context.accepted, context.table.name, names, day, context.asOf);
  const carry = (by: AcceptedFinding): Pick<Result, 'accepted'> => ({
    accepted: { reason: by.reason, until: by.until === undefined ? undefined : formatDay(by.until), source: by.source },
  });
  if (findings.length === 0) {
    const by = acceptance(undefined);
    return [by === undefined ? result : { ...result, ...carry(by) }];
  }
  const left: DateFinding[] = [];
  const lived = new Map<AcceptedFinding, DateFinding[]>();
  for (const finding of findings) {
    const by = acceptance(finding.day);
    if (by === undefined) left.push(finding);
    else lived.set(by, [...(lived.get(by) ?? []), finding]);
  }
  if (lived.size === 0) return [{ ...result, ...dated(findings) }];
  const kept =
    left.length === 0
      ? []
      : [
          {
            ...result,
            ...dated(left),
            message: `${result.message}; ${countOf(left.length, 'date')} of them not accepted`,
          },
        ];
  return [...kept, ...[...lived].map(([by, of]) => ({ ...result, ...dated(of), ...carry(by) }))];
}

/** A result about a table as a whole, where the table is declared. */
export function tableResult(
  { table, gate }: Pick<ResultContext, 'table' | 'gate'>,
  check: string,
  outcome: Outcome,
  message: string,
): Result {
  return { id: `${table.name}/${check}`, gate, table: table.name, check, outcome, message, source: table.source };
}

/** What is wrong with reading the table at all, and with rows that lie on no date. */
export function readingResults(context: ResultContext): readonly Result[] {
  const { table, reading } = context;
  const result = (check: string, outcome: Outcome, message: string): Result => ({
    ...tableResult(context, check, outcome, message),
    ...measuredAtOf(reading),
  });
  if (reading.state === 'unreadable')
    return [result('readable', 'error', `${table.name} could not be read: ${reading.message}`)];
  if (reading.state === 'absent') {
    return reading.knownBefore
      ? [
          result(
            'readable',
            'error',
            `${table.name} is not there any more, though rows of it were measured before: ${reading.message}`,
          ),
        ]
      : withAcceptance(
          result('readable', 'fail', `${table.name} is not there: ${reading.message}`),
          ['readable', COVERAGE],
          [],
          context,
        );
  }
  const { unread, strays } = reading.facts;
  const results: Result[] = [];
  if (unread.size > 0) {
    const findings = [...unread].map(([day, reason]) => ({ day, reason }));
    results.push({
      ...result(
        'readable',
        'error',
        `${countOf(unread.size, 'date')} could not be read: ${findings[0]?.reason ?? ''}${unread.size > 1 ? ', …' : ''}`,
      ),
      ...datesOf(DaySet.of(unread.keys())),
      ...examplesOf(findings),
    });
  }
  if (strays.withoutDate > 0) {
    results.push(
      ...withAcceptance(
        result(
          `${STRAY_ROWS}/without-date`,
          'fail',
          `${countOf(strays.withoutDate, 'row')} without a date that can be read: they belong to no partition`,
        ),
        [STRAY_ROWS],
        [],
        context,
      ),
    );
  }
  if (strays.outsideSense.length > 0) {
    const findings = strays.outsideSense.map(({ day, rows }) => ({ day, reason: countOf(rows, 'row') }));
    const rows = strays.outsideSense.reduce((sum, each) => sum + each.rows, 0);
    results.push(
      ...withAcceptance(
        result(
          `${STRAY_ROWS}/outside-sense`,
          'fail',
          `${countOf(rows, 'row')} dated outside sense, such as ${formatDay(findings[0]?.day ?? context.asOf)}`,
        ),
        [STRAY_ROWS],
        findings,
        context,
      ),
    );
  }
  if (strays.misfiled.length > 0) {
    const findings = strays.misfiled.map(({ day, rows }) => ({
      day,
      reason: `${countOf(rows, 'row')} dated otherwise than the file`,
    }));
    const rows = strays.misfiled.reduce((sum, each) => sum + each.rows, 0);
    results.push(
      ...withAcceptance(
        result(
          `${STRAY_ROWS}/misfiled`,
          'fail',
          `${countOf(rows, 'row')} whose own date is not the date of their file`,
        ),
        [STRAY_ROWS],
        findings,
        context,
      ),
    );
  }
  return results;
}
