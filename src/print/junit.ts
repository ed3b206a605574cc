// A report as JUnit XML: one test case a check, so that CI shows what it shows of tests.
import type { CoverageReport, Report, Result } from '../model/report';
import { type Outcome } from '../model/outcome';
import { coverageSentence, dateRanges, judgedCoverage } from './words';

/** How many ranges of dates a test case names. */
const MOST_RANGES = 10;

/** What a test case says, whether it comes of a result or of a table's coverage. */
interface Case {
  readonly table: string;
  readonly name: string;
  readonly outcome: Outcome;
  readonly message: string;
  readonly details: string;
  readonly source: Result['source'];
  readonly accepted: string | undefined;
}

/** Prints a report as JUnit XML: a suite a table. What is accepted is skipped with its reason; warnings pass and say so. */
export function printJUnit(report: Report): string {
  const cases = [...judgedCoverage(report).map(coverageCase), ...report.results.map(resultCase)];
  const tables = [...new Set(cases.map(({ table }) => table))];
  const suites = tables.map(table => {
    const own = cases.filter(each => each.table === table);
    return [
      `  <testsuite ${attributes({ name: table, timestamp: `${report.asOf}T00:00:00`, ...counts(own) })}>`,
      ...own.map(testCase),
      '  </testsuite>',
    ].join('\n');
  });
  const name = `phasegate ${report.command} ${report.pipeline} on ${report.target}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name, time: (report.cost.ms / 1000).toFixed(3), ...counts(cases) })}>`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function counts(cases: readonly Case[]): Readonly<Record<string, number>> {
  const count = (outcome: Outcome): number =>
    cases.filter(each => each.accepted === undefined && each.outcome === outcome).length;
  return {
    tests: cases.length,
    failures: count('fail'),
    errors: count('error'),
    skipped: cases.filter(each => each.accepted !== undefined || each.outcome === 'skipped').length,
  };
}

function coverageCase(coverage: CoverageReport): Case {
  const { table, outcome, source } = coverage;
  const runs = coverage.states.slice(-MOST_RANGES).reverse();
  return {
    table,
    name: 'coverage',
    outcome,
    message: coverageSentence(coverage),
    details: runs
      .map(([from, to, state, reason]) => `${dateRanges([[from, to]], 1)} ${state} ${reason}`.trim())
      .join('\n'),
    source,
    accepted: undefined,
  };
}

function resultCase(result: Result): Case {
  const ranges = [...(result.dates?.ranges ?? [])].reverse();
  const examples = (result.examples ?? []).map(({ date, reason }) => `${date}: ${reason}`);
  return {
    table: result.table,
    name: result.id.startsWith(`${result.table}/`) ? result.id.slice(result.table.length + 1) : result.id,
    outcome: result.outcome,
    message: result.message,
    details: [
      ...(ranges.length === 0 ? [] : [dateRanges(ranges.slice(0, MOST_RANGES), ranges.length)]),
      ...examples,
    ].join('\n'),
    source: result.threshold?.source ?? result.source,
    accepted: result.accepted?.reason,
  };
}

function testCase({ table, name, outcome, message, details, source, accepted }: Case): string {
  const head = attributes({
    classname: table,
    name,
    ...(source === undefined ? {} : { file: source.file, line: source.line }),
  });
  const body = child(outcome, message, details, accepted);
  return body === '' ? `    <testcase ${head}/>` : `    <testcase ${head}>\n      ${body}\n    </testcase>`;
}

function child(outcome: Outcome, message: string, details: string, accepted: string | undefined): string {
  const skipped =
    accepted === undefined ? (outcome === 'skipped' ? message : undefined) : `accepted: ${accepted}. ${message}`;
  if (skipped !== undefined) return `<skipped ${attributes({ message: skipped })}/>`;
  switch (outcome) {
    case 'fail':
      return `<failure ${attributes({ message, type: 'fail' })}>${escape(details)}</failure>`;
    case 'error':
      return `<error ${attributes({ message, type: 'could not be evaluated' })}>${escape(details)}</error>`;
    case 'warn':
      return `<system-out>${escape(`warning: ${message}${details === '' ? '' : `\n${details}`}`)}</system-out>`;
    default:
      return '';
  }
}

function attributes(of: Readonly<Record<string, string | number>>): string {
  return Object.entries(of)
    .map(([name, value]) => `${name}="${escape(String(value)).replaceAll('\n', '&#10;')}"`)
    .join(' ');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text that must not become markup; characters that XML cannot hold at all are left out. */
function escape(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll(/[&<>"]/g, character => ENTITIES[character] ?? character);
}
