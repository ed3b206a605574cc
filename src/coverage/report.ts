// A table's coverage as it is reported: counted, judged by rule 7, with what has been accepted under its own heading. Pure.
import {
  DATE_STATES,
  type DateState,
  EXCLUSIONS,
  type Exclusion,
  type TableCoverage,
  covered,
  shortDates,
} from '../model/coverage';
import { type Day, formatDay } from '../model/day';
import { DaySet } from '../model/day-set';
import { describeDays } from '../model/day-text';
import type { TableReading } from '../model/facts';
import type { Outcome } from '../model/outcome';
import { countOf, formatCount, formatShare, formatThreshold } from '../model/percent';
import type { CoverageReport } from '../model/report';
import type { AcceptedFinding, Table } from '../pipeline/pipeline';
import type { ResolvedCalendar } from '../pipeline/resolved-calendar';
import { acceptanceOf } from './accepted';
import { seasonGrids } from './grid';
import { stateRuns } from './runs';

/** The name under which dates that are short are accepted, whatever the check that says so. */
export const COVERAGE = 'coverage';
/** The name under which off-days that hold rows are accepted. */
export const UNEXPECTED = 'unexpected';

export interface CoverageInput {
  readonly table: Table;
  readonly coverage: TableCoverage;
  readonly calendar: ResolvedCalendar;
  readonly reading: TableReading;
  readonly accepted: readonly AcceptedFinding[];
  /** The day by which an acceptance has expired or not (rule 14). */
  readonly asOf: Day;
  /** The newest write in the range, milliseconds since 1970 UTC. */
  readonly lastWrite: number | undefined;
}

/**
 * The missing, partial and degraded dates that somebody lives with. A date is accepted by `coverage`, or by each of the checks
 * that give it its state. What is unknown cannot be accepted: nobody knows what it is.
 */
export function acceptedDates(coverage: TableCoverage, accepted: readonly AcceptedFinding[], asOf: Day): DaySet {
  const own = accepted.filter(finding => finding.table === coverage.table);
  if (own.length === 0) return DaySet.empty;
  const isAccepted = (names: readonly string[], day: Day): boolean =>
    acceptanceOf(own, coverage.table, names, day, asOf) !== undefined;
  const days: Day[] = [];
  for (const day of shortDates(coverage.states)) {
    const causes = coverage.causes.get(day) ?? [];
    const each = causes.length > 0 && causes.every(id => isAccepted([id, typeOf(id)], day));
    if (each || isAccepted([COVERAGE], day)) days.push(day);
  }
  return DaySet.of(days);
}

/** The off-days with rows that somebody lives with. */
export function acceptedUnexpected(coverage: TableCoverage, accepted: readonly AcceptedFinding[], asOf: Day): DaySet {
  return DaySet.of(
    [...coverage.unexpected].filter(
      day => acceptanceOf(accepted, coverage.table, [UNEXPECTED], day, asOf) !== undefined,
    ),
  );
}

/** A check's id begins with its type: `not_null/usage_rate`. */
function typeOf(checkId: string): string {
  const end = checkId.indexOf('/');
  return end < 0 ? checkId : checkId.slice(0, end);
}

/** What the dates amount to, before it is said. */
interface Figures {
  readonly expected: number;
  readonly covered: number;
  /** Expected dates that count: without the accepted ones. */
  readonly judged: number;
  readonly share: number | null;
  readonly unexpected: DaySet;
  readonly acceptedUnexpected: DaySet;
  readonly accepted: DaySet;
}

/** One table's coverage as every surface shows it. */
export function coverageReport(input: CoverageInput): CoverageReport {
  const { table, coverage, calendar, reading } = input;
  const { states, calendarDays } = coverage;
  const figures = figuresOf(input);
  const maximum = maximumOf(coverage);
  return {
    table: table.name,
    phase: table.phase,
    outcome: outcomeOf(input, figures),
    message: messageOf(input, figures, maximum),
    days: calendarDays.days,
    expected: figures.expected,
    counts: countEach(DATE_STATES, state => states[state].size),
    excluded: countEach(EXCLUSIONS, exclusion => calendarDays.excluded[exclusion].size),
    unexpected: coverage.unexpected.size,
    unexpectedDates: coverage.unexpected.toIso(),
    accepted: acceptedCounts(coverage, figures),
    share: figures.share,
    maximum,
    states: stateRuns(coverage, calendar.seasons).map(
      ({ range, state, reason }) => [formatDay(range.from), formatDay(range.to), state, reason] as const,
    ),
    seasons: seasonGrids(coverage, calendar.seasons),
    ...(input.lastWrite === undefined ? {} : { lastWrite: new Date(input.lastWrite).toISOString() }),
    ...(reading.state === 'measured' ? { measuredAt: new Date(reading.facts.measuredAt).toISOString() } : {}),
    source: table.source,
  };
}

function figuresOf({ coverage, accepted, asOf }: CoverageInput): Figures {
  const expected = coverage.calendarDays.expected.size;
  const lived = acceptedDates(coverage, accepted, asOf);
  const livedUnexpected = acceptedUnexpected(coverage, accepted, asOf);
  const good = covered(coverage.states).size;
  const judged = expected - lived.size;
  return {
    expected,
    covered: good,
    judged,
    share: judged === 0 ? null : good / judged,
    unexpected: coverage.unexpected.minus(livedUnexpected),
    acceptedUnexpected: livedUnexpected,
    accepted: lived,
  };
}

/** Rule 7: unknown is an error, a share below the table's own `coverage` fails, below 100 % and unexpected dates warn. */
function outcomeOf({ table, coverage, reading }: CoverageInput, figures: Figures): Outcome {
  const gone = reading.state === 'unreadable' || (reading.state === 'absent' && reading.knownBefore);
  if (gone || !coverage.states.unknown.isEmpty) return 'error';
  const { share } = figures;
  if (share !== null && share < table.coverage.min) return 'fail';
  if ((share !== null && share < 1) || !figures.unexpected.isEmpty) return 'warn';
  return figures.expected === 0 && figures.acceptedUnexpected.isEmpty ? 'skipped' : 'pass';
}

/** The most that can be reached in the range: what is expected of all dates that were due (rule 3). */
function maximumOf({ calendarDays: { expected, excluded } }: TableCoverage): CoverageReport['maximum'] {
  const scheduled = expected.size + excluded.bootstrap.size + excluded['known-gap'].size;
  return scheduled === 0 ? null : { expected: expected.size, scheduled, share: expected.size / scheduled };
}

function countEach<Key extends string>(keys: readonly Key[], count: (key: Key) => number): Record<Key, number> {
  const counts: Partial<Record<Key, number>> = {};
  for (const key of keys) counts[key] = count(key);
  return counts as Record<Key, number>;
}

function acceptedCounts({ states }: TableCoverage, figures: Figures): CoverageReport['accepted'] {
  const counts: Partial<Record<DateState | 'unexpected', number>> = {};
  for (const state of ['missing', 'partial', 'degraded'] as const) {
    const { size } = states[state].intersect(figures.accepted);
    if (size > 0) counts[state] = size;
  }
  if (!figures.acceptedUnexpected.isEmpty) counts.unexpected = figures.acceptedUnexpected.size;
  return counts;
}

/** The sentence: how much is covered of what is expected and asked for, what is short and why, what else is odd. */
function messageOf(input: CoverageInput, figures: Figures, maximum: CoverageReport['maximum']): string {
  const { coverage, reading } = input;
  if (reading.state === 'unreadable' || (reading.state === 'absent' && reading.knownBefore)) {
    const why = coverage.reasons.values().next().value ?? `could not be read: ${reading.message}`;
    return `${why}; ${countOf(figures.expected, 'expected date')} unknown`;
  }
  const sentences = [
    coveredSentence(input, figures),
    ...(reading.state === 'absent' ? [`it is not there: ${reading.message}`] : []),
    ...unknownSentence(coverage),
    ...maximumSentence(coverage, maximum),
    ...unexpectedSentence(figures),
  ];
  return sentences.join('; ');
}

function coveredSentence({ table, coverage }: CoverageInput, figures: Figures): string {
  const { excluded } = coverage.calendarDays;
  if (figures.expected === 0) {
    const why = EXCLUSIONS.flatMap(exclusion =>
      excluded[exclusion].isEmpty ? [] : [countExcluded(exclusion, excluded[exclusion].size)],
    );
    return `no date is expected in the range${why.length === 0 ? '' : ` (${why.join(', ')})`}`;
  }
  const lived = figures.accepted.size === 0 ? '' : ` (${formatCount(figures.accepted.size)} more accepted)`;
  if (figures.share === null) return `${countOf(figures.expected, 'expected date')}, each accepted as it is`;
  if (figures.share === 1) return `100.0 % covered: ${countOf(figures.judged, 'expected date')}${lived}`;
  const { min, source } = table.coverage;
  const asked = figures.share < min ? ` (${formatThreshold(min)} asked, ${source.file}:${source.line})` : '';
  return `${formatShare(figures.covered, figures.judged)} covered${asked}: ${formatCount(figures.covered)} of ${countOf(figures.judged, 'expected date')}${lived}${breakdown(coverage, figures)}`;
}

/** `2 known gaps`, `14 bootstrap`. */
function countExcluded(exclusion: Exclusion, count: number): string {
  if (exclusion === 'off-day') return countOf(count, 'off-day');
  if (exclusion === 'known-gap') return countOf(count, 'known gap');
  return `${formatCount(count)} ${exclusion === 'bootstrap' ? 'bootstrap' : 'not yet due'}`;
}

/** `, 12 partial (2 of 18 team_abbr), 159 missing`: the last reason stands for those of its state. */
function breakdown({ states, reasons }: TableCoverage, { accepted }: Figures): string {
  return (['missing', 'partial', 'degraded'] as const)
    .map(state => {
      const days = states[state].minus(accepted);
      if (days.last === undefined) return '';
      const reason = reasons.get(days.last);
      const example = reason === undefined ? '' : ` (${formatDay(days.last)}: ${reason})`;
      return `, ${formatCount(days.size)} ${state}${example}`;
    })
    .join('');
}

function unknownSentence({ states, reasons }: TableCoverage): readonly string[] {
  const { first } = states.unknown;
  if (first === undefined) return [];
  return [
    `${countOf(states.unknown.size, 'date')} could not be told: ${describeDays(states.unknown)}, ${reasons.get(first) ?? 'could not be read'}`,
  ];
}

function maximumSentence(
  { calendarDays: { excluded } }: TableCoverage,
  maximum: CoverageReport['maximum'],
): readonly string[] {
  if (maximum === null || maximum.expected === maximum.scheduled) return [];
  const less = (['bootstrap', 'known-gap'] as const).flatMap(exclusion =>
    excluded[exclusion].isEmpty ? [] : [countExcluded(exclusion, excluded[exclusion].size)],
  );
  return [
    `${countOf(maximum.scheduled, 'scheduled date')} − ${less.join(' − ')}: ${formatShare(maximum.expected, maximum.scheduled)} of the schedule is the most there can be`,
  ];
}

function unexpectedSentence({ unexpected, acceptedUnexpected: lived }: Figures): readonly string[] {
  return [
    ...(unexpected.isEmpty
      ? []
      : [`${countOf(unexpected.size, 'unexpected date')} with rows: ${describeDays(unexpected)}`]),
    ...(lived.isEmpty ? [] : [`${countOf(lived.size, 'unexpected date')} accepted`]),
  ];
}
