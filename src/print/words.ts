// The words and signs of reports, the same on every surface.
import { DATE_STATES, type DateState, type Exclusion } from '../model/coverage';
import { coveredShare, shortName } from '../model/coverage-summary';
import { formatDay, parseDay } from '../model/day';
import { formatInstant } from '../model/instant';
import { OUTCOMES_WORST_FIRST, type Outcome } from '../model/outcome';
import { countOf, formatCount, formatShare } from '../model/percent';
import { ASKS_OF_WRITES, type Change, type CoverageReport, type Report, type Result } from '../model/report';

/** The sign of an outcome; a word or a sentence always stands beside it. */
export const OUTCOME_SIGNS: Readonly<Record<Outcome, string>> = {
  pass: '✔',
  warn: '⚠',
  fail: '✘',
  error: '‽',
  skipped: '○',
};

/** One character a date, for season grids. */
export const STATE_SIGNS: Readonly<Record<DateState | Exclusion, string>> = {
  complete: '█',
  partial: '▄',
  missing: '·',
  degraded: '▒',
  stale: '░',
  unknown: '?',
  'off-day': ' ',
  bootstrap: 'b',
  'known-gap': 'k',
  'not-yet-due': '-',
};

/** The states of a table's dates with their counts, complete first: `43 complete · 12 partial · 159 missing`. */
export function stateWords(counts: CoverageReport['counts']): string {
  const words = [...DATE_STATES]
    .reverse()
    .flatMap(state => (counts[state] > 0 ? [`${formatCount(counts[state])} ${state}`] : []));
  return words.length === 0 ? 'no date is expected' : words.join(' · ');
}

/** What a table's coverage comes to, in a sentence. */
export function coverageSentence(coverage: CoverageReport): string {
  const { message, expected, counts } = coverage;
  return message === ''
    ? `${coveredShare(coverage)} of ${countOf(expected, 'expected date')}; ${stateWords(counts)}`
    : message;
}

/** The coverage that the verdict counts: whether a table may be written, or was, does not ask for the rest of it. */
export function judgedCoverage({ command, coverage }: Report): readonly CoverageReport[] {
  return ASKS_OF_WRITES.has(command) ? [] : coverage;
}

/** Ranges of dates: `2024-11-06 → 2024-11-19 (14), 2024-11-25 and 11 more ranges`. */
export function dateRanges(ranges: readonly (readonly [string, string])[], total: number): string {
  const shown = ranges.map(([from, to]) => {
    if (from === to) return from;
    const [first, last] = [parseDay(from), parseDay(to)];
    return first === undefined || last === undefined
      ? `${from} → ${to}`
      : `${formatDay(first)} → ${formatDay(last)} (${last - first + 1})`;
  });
  return `${shown.join(', ')}${total > ranges.length ? ` and ${countOf(total - ranges.length, 'more range')}` : ''}`;
}

/** What the verdict comes to, with the first finding that it comes from. */
export function verdictWithReason(report: Report): string {
  const sentence = verdictSentence(report);
  if (report.verdict === 'pass') return sentence;
  const first =
    report.results.find(({ outcome, accepted }) => accepted === undefined && outcome === report.verdict) ??
    judgedCoverage(report).find(({ outcome }) => outcome === report.verdict);
  return first === undefined || first.message === '' || sentence.includes(first.message)
    ? sentence
    : `${sentence}: ${shortName(first.table)}: ${first.message}`;
}

/** What the verdict comes to, in a sentence. */
export function verdictSentence(report: Report): string {
  const { verdict, command } = report;
  const open = report.results.filter(result => result.accepted === undefined);
  const first = open.find(result => result.outcome === verdict);
  const short = report.coverage.filter(each => each.outcome === 'fail').length;
  const subject = report.phases
    .flatMap(phase => phase.tables)
    .map(shortName)
    .join(', ');
  if (command === 'preflight') {
    switch (verdict) {
      case 'pass':
        return `Ready: ${subject} may be written`;
      case 'warn':
        return `Ready, with ${countOf(open.filter(result => result.outcome === 'warn').length, 'warning')}: ${subject} may be written`;
      case 'fail':
        return first === undefined ? `Not ready: ${subject}: a check failed` : `Not ready: ${needs(first)}`;
      case 'error':
        return `Could not be told: ${subject}: ${first?.message ?? 'something could not be read'}`;
    }
  }
  if (command === 'verify') {
    switch (verdict) {
      case 'pass':
        return `Written: ${subject}: ${first?.message ?? 'everything'}`;
      case 'warn':
        return `Written, with ${countOf(open.filter(result => result.outcome === 'warn').length, 'warning')}: ${subject}`;
      case 'fail':
        return `Not written as it should be: ${subject}: ${first?.message ?? 'a check failed'}`;
      case 'error':
        return `Could not be told: ${subject}: ${first?.message ?? 'something could not be read'}`;
    }
  }
  if (command === 'ready') {
    const name = report.subject ?? subject;
    switch (verdict) {
      case 'pass':
        return `Ready: ${name} may be trained on ${report.from} → ${report.to}`;
      case 'warn':
        return `Ready, with ${countOf(open.filter(result => result.outcome === 'warn').length, 'warning')}: ${name} may be trained`;
      case 'fail':
        return `Not ready: ${name}: ${first?.message ?? report.coverage.find(each => each.outcome === 'fail')?.message ?? 'a check failed'}`;
      case 'error':
        return `Could not be told: ${name}: ${first?.message ?? 'something could not be read'}`;
    }
  }
  if (command === 'check') {
    switch (verdict) {
      case 'pass':
        return 'The manifest fits what is there';
      case 'warn':
        return `The manifest fits, with ${countOf(open.filter(result => result.outcome === 'warn').length, 'warning')}`;
      case 'fail':
        return 'The manifest does not fit what is there';
      case 'error':
        return 'The manifest could not be compared with what is there';
    }
  }
  switch (verdict) {
    case 'pass':
      return 'Everything asked for holds';
    case 'warn':
      return 'Everything required holds, with warnings';
    case 'fail':
      return short > 0
        ? `${countOf(short, 'table')} short of the coverage asked for`
        : `${countOf(open.filter(result => result.outcome === 'fail').length, 'check')} failed`;
    case 'error':
      return `Something required could not be evaluated: ${first?.message ?? report.coverage.find(each => each.outcome === 'error')?.message ?? ''}`;
  }
}

/** What a preflight lacks: `a_table needs the_upstream, which has 43 of 214 dates`, else the table and the finding itself. */
function needs({ id, check, table, value, message }: Result): string {
  const upstream = id.split(`${table}/upstream/`)[1];
  return check === 'upstream' && upstream !== undefined && value !== undefined && 'whole' in value
    ? `${shortName(table)} needs ${shortName(upstream)}, which has ${formatCount(value.part)} of ${countOf(value.whole, 'date')}`
    : `${shortName(table)}: ${message}`;
}

/** What changed since the report before: a line each, worst first; one line where nothing did. */
export function changeLines({ history }: Report): readonly string[] {
  if (history === undefined) return [];
  const since = formatInstant(history.since);
  if (history.changes.length === 0) return [`Since the report of ${since}: nothing changed`];
  const rank = ({ is }: Change): number =>
    is === undefined ? OUTCOMES_WORST_FIRST.length : OUTCOMES_WORST_FIRST.indexOf(is);
  const sorted = [...history.changes].sort((a, b) => rank(a) - rank(b));
  return [
    `Since the report of ${since}: ${countOf(sorted.length, 'change')}`,
    ...sorted.map(({ id, was, is, message }) => `  ${was ?? 'new'} → ${is ?? 'gone'}  ${id}: ${message}`),
  ];
}

/** The values of a result in earlier reports and now, oldest first: `44.0 % → 95.1 %`; nothing where there is no trend. */
export function trendText({ id, value }: Result, { history }: Report): string {
  const values = history?.trends[id] ?? [];
  if (values.length < 2 || value === undefined) return '';
  const text = (each: number): string => ('share' in value ? formatShare(each * 1e6, 1e6) : formatCount(each));
  return values.map(text).join(' → ');
}

/** Where what is wrong was asked for, `phasegate.yaml:61`; nothing where nothing is wrong. */
export function thresholdSource(result: Result): string {
  if (result.outcome === 'pass' || result.outcome === 'skipped') return '';
  const source = result.threshold?.source ?? result.source;
  return source === undefined ? '' : `${source.file}:${source.line}`;
}
