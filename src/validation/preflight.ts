// The preflight gate: may this table be written now? Answered from facts alone; it reads and never writes (rule 8).
import type { DateFinding } from '../checks/check';
import type { CheckOutcome } from '../coverage/judge';
import { type TableCoverage, covered, shortDates } from '../model/coverage';
import type { Day } from '../model/day';
import { DaySet } from '../model/day-set';
import type { TableReading } from '../model/facts';
import { isoInstant } from '../model/instant';
import type { Outcome } from '../model/outcome';
import { countOf, formatCount, formatShare, formatThreshold } from '../model/percent';
import type { Result } from '../model/report';
import type { Dependency, Table } from '../pipeline/pipeline';
import type { TableDescription } from '../warehouse/warehouse';
import { type JobFacts, jobResults } from './job-results';
import { namedColumns, schemaResult } from './schema';
import { type ResultContext, datesOf, tableResult, withAcceptance } from './results';

/** An upstream table as it stands on the dates that the work could need. */
export interface Upstream {
  readonly dependency: Dependency;
  readonly table: Table;
  readonly reading: TableReading;
  readonly coverage: TableCoverage;
  /** Dates of it whose findings somebody accepted: they count as there. */
  readonly acceptedDates: DaySet;
}

export interface PreflightInput {
  readonly context: ResultContext;
  readonly coverage: TableCoverage;
  readonly outcomes: readonly CheckOutcome[];
  readonly description: TableDescription;
  readonly upstreams: readonly Upstream[];
  /** The dates about to be written. */
  readonly work: DaySet;
  /** What is known of the job that is to write it; absent for a table without one. */
  readonly job?: JobFacts;
  readonly dialect: 'duckdb' | 'bigquery';
}

/** The dates about to be written: "the missing set is the work list". All expected ones where nothing is short, or when rebuilding. */
export function datesToWrite(coverage: TableCoverage, rebuild: boolean): DaySet {
  const short = shortDates(coverage.states);
  return rebuild || short.isEmpty ? coverage.calendarDays.expected : short;
}

/** The preflight's results for one table. */
export function preflight(input: PreflightInput): readonly Result[] {
  const { context, work } = input;
  return [
    ...uncertainResults(input),
    ...(context.reading.state === 'unreadable'
      ? [
          tableResult(
            context,
            'readable',
            'error',
            `${context.table.name} could not be read: ${context.reading.message}`,
          ),
        ]
      : []),
    ...input.upstreams.flatMap(upstream => upstreamResults(upstream, work, context)),
    schemaResult({
      gate: context.gate,
      name: context.table.name,
      source: context.table.source,
      description: input.description,
      named: namedColumns(context.table),
      dialect: input.dialect,
    }),
    ...duplicateResults(input),
    ...(input.job === undefined ? [] : jobResults(input.job, context)),
    tableResult(context, 'cost', 'skipped', input.dialect === 'duckdb' ? 'not applicable (duckdb)' : 'unknown'),
  ];
}

/** Dates of which the calendar cannot tell whether they are expected: nothing that depends on them is known to be ready. */
function uncertainResults({ context, coverage }: PreflightInput): readonly Result[] {
  const { uncertain } = coverage.calendarDays;
  const [first] = uncertain;
  if (first === undefined) return [];
  return [
    {
      ...tableResult(
        context,
        'calendar',
        'error',
        `${countOf(uncertain.size, 'date')} cannot be told from the calendar: ${first[1]}`,
      ),
      ...datesOf(DaySet.of(uncertain.keys())),
    },
  ];
}

/** The dates of an upstream table that the work is computed from: each date itself and its look-back, where the upstream is expected at all. */
export function neededDates(work: DaySet, dependency: Dependency, upstreamExpected: DaySet): DaySet {
  if (dependency.lookbackDays === 0) return work.intersect(upstreamExpected);
  const windows = [...work.ranges()].map(({ from, to }) => ({ from: (from - dependency.lookbackDays) as Day, to }));
  return DaySet.ofRanges(windows).intersect(upstreamExpected);
}

function upstreamResults(upstream: Upstream, work: DaySet, context: ResultContext): readonly Result[] {
  const { dependency, table, reading, coverage } = upstream;
  const needed = neededDates(work, dependency, coverage.calendarDays.expected);
  const base: Result = {
    ...tableResult(context, 'upstream', 'pass', ''),
    id: `${context.table.name}/upstream/${table.name}`,
    source: dependency.source,
    ...(reading.state === 'measured' ? { measuredAt: isoInstant(reading.facts.measuredAt) } : {}),
  };
  if (reading.state === 'unreadable')
    return [{ ...base, outcome: 'error', message: `${table.name} could not be read: ${reading.message}` }];
  if (!table.dated) return [undatedUpstream(base, upstream)];
  const unknown = coverage.states.unknown.intersect(needed);
  if (!unknown.isEmpty) {
    const why = coverage.reasons.get(unknown.first ?? (0 as Day)) ?? 'unknown';
    return [
      {
        ...base,
        outcome: 'error',
        ...datesOf(unknown),
        message: `${countOf(unknown.size, 'date')} of ${table.name} could not be told: ${why}`,
      },
    ];
  }
  const good = covered(coverage.states).union(upstream.acceptedDates).intersect(needed);
  const short = needed.minus(good);
  const share = needed.isEmpty ? 1 : good.size / needed.size;
  const falls = share < dependency.coverage;
  const worst: Outcome = short.isEmpty ? 'pass' : falls && !dependency.optional ? 'fail' : 'warn';
  const value = { part: good.size, whole: needed.size, share };
  const source = dependency.coverageSource ?? dependency.source;
  const threshold = { op: '>=' as const, value: dependency.coverage, per: 'range' as const, source };
  const asked = `${formatShare(good.size, needed.size)} of the ${countOf(needed.size, 'date')} needed`;
  const message = needed.isEmpty
    ? `${table.name} is needed on no date`
    : short.isEmpty
      ? `${table.name} ${asked}`
      : `${table.name}${dependency.optional ? ' (optional)' : ''} ${asked} (${formatThreshold(dependency.coverage)} asked): ${breakdown(coverage, short)}`;
  const findings: readonly DateFinding[] = [...short].map(day => ({ day, reason: reasonOf(coverage, day) }));
  if (short.isEmpty) return [{ ...base, value, threshold, message }];
  return withAcceptance(
    { ...base, outcome: worst, value, threshold, message },
    ['upstream', `upstream/${table.name}`],
    findings,
    context,
  );
}

function undatedUpstream(base: Result, { table, reading, dependency }: Upstream): Result {
  const rows = reading.state === 'measured' ? reading.facts.rows.reduce((sum, count) => sum + count, 0) : 0;
  if (rows > 0) return { ...base, outcome: 'pass', message: `${table.name} holds ${countOf(rows, 'row')}` };
  return {
    ...base,
    outcome: dependency.optional ? 'warn' : 'fail',
    message: `${table.name} ${reading.state === 'absent' ? 'is not there' : 'holds no rows'}`,
  };
}

function reasonOf(coverage: TableCoverage, day: Day): string {
  return coverage.reasons.get(day) ?? (coverage.states.missing.has(day) ? 'missing' : 'short');
}

/** `159 missing · 12 partial (2 of 18 team_abbr)`: what is short, with one reason for each kind that has reasons. */
function breakdown(coverage: TableCoverage, short: DaySet): string {
  return (['missing', 'partial', 'degraded'] as const)
    .flatMap(state => {
      const days = coverage.states[state].intersect(short);
      if (days.last === undefined) return [];
      const reason = coverage.reasons.get(days.last);
      return [`${formatCount(days.size)} ${state}${reason === undefined || state === 'missing' ? '' : ` (${reason})`}`];
    })
    .join(' · ');
}

/** Whether the table already holds a key twice: a rewrite by merge would keep or multiply it. */
function duplicateResults({ context, outcomes }: PreflightInput): readonly Result[] {
  const { key } = context.table;
  if (key.length === 0)
    return [
      tableResult(context, 'duplicates', 'skipped', `${context.table.name} declares no key: duplicates cannot be told`),
    ];
  const outcome = outcomes.find(({ check }) => check.type === 'unique' && check.id === `unique/${key.join(',')}`);
  const base = tableResult(context, 'duplicates', 'pass', '');
  if (context.reading.state === 'absent' || outcome === undefined)
    return [{ ...base, outcome: 'skipped', message: 'the table is not there yet: nothing is twice' }];
  if (outcome.state !== 'judged') return [{ ...base, outcome: 'error', message: outcome.message }];
  const { judgement } = outcome;
  return withAcceptance(
    {
      ...base,
      source: outcome.check.source,
      outcome: judgement.outcome,
      ...(judgement.value === undefined ? {} : { value: judgement.value }),
      message: judgement.outcome === 'pass' ? `none on (${key.join(', ')})` : judgement.message,
    },
    ['duplicates', 'unique', outcome.check.id],
    judgement.findings,
    context,
  );
}
