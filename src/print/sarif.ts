// A report as SARIF 2.1.0: what is wrong, at the line that asked for it, for code scanning and editors.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
import { INCOMPLETE_STATES } from '../model/coverage';
import type { Report, Result } from '../model/report';
import type { SourceRef } from '../model/source';
import { coverageSentence, dateRanges, judgedCoverage } from './words';

/** How many ranges of dates a message names. */
const MOST_RANGES = 5;

/** Everything of a report that is not as asked for, as one SARIF log. What is accepted is suppressed with its reason. */
export function printSarif(report: Report, version: string): string {
  const wrong = [...judgedCoverage(report).map(asResult), ...report.results].filter(
    ({ outcome }) => outcome !== 'pass' && outcome !== 'skipped',
  );
  const rules = [...new Set(wrong.map(({ check }) => check))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Phasegate',
            semanticVersion: version,
            rules: rules.map(id => ({ id, name: id, shortDescription: { text: `The check ${id} of a table` } })),
          },
        },
        automationDetails: { id: `phasegate/${report.command}/${report.pipeline}/${report.target}/` },
        invocations: [
          {
            // What could not be evaluated was not looked at.
            executionSuccessful: report.verdict !== 'error',
            toolExecutionNotifications: wrong
              .filter(({ outcome }) => outcome === 'error')
              .map(({ message }) => ({ level: 'error', message: { text: message } })),
          },
        ],
        originalUriBaseIds: { ROOT: { description: { text: 'The folder of the manifest' } } },
        results: wrong.map(result => sarifResult(result, rules)),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

/** A table's coverage as a result like any other. */
function asResult(coverage: Report['coverage'][number]): Result {
  const { table, outcome, source, states, counts } = coverage;
  const short = INCOMPLETE_STATES.reduce((sum, state) => sum + counts[state], 0);
  return {
    id: `${table}/coverage`,
    gate: 'coverage',
    table,
    check: 'coverage',
    outcome,
    message: coverageSentence(coverage),
    source,
    dates: { count: short, ranges: states.map(([from, to]) => [from, to]) },
  };
}

function sarifResult(result: Result, rules: readonly string[]): unknown {
  const source = result.threshold?.source ?? result.source;
  const ranges = [...(result.dates?.ranges ?? [])].reverse();
  const dates = ranges.length === 0 ? '' : ` (${dateRanges(ranges.slice(0, MOST_RANGES), ranges.length)})`;
  return {
    ruleId: result.check,
    ruleIndex: rules.indexOf(result.check),
    level: result.outcome === 'warn' ? 'warning' : 'error',
    message: { text: `${result.table}: ${result.message}${dates}` },
    ...(source === undefined ? {} : { locations: [{ physicalLocation: locationOf(source) }] }),
    partialFingerprints: { 'phasegateResult/v1': result.id },
    properties: {
      outcome: result.outcome,
      table: result.table,
      ...(result.dates === undefined ? {} : { dates: ranges }),
    },
    ...(result.accepted === undefined
      ? {}
      : { suppressions: [{ kind: 'inSource', status: 'accepted', justification: result.accepted.reason }] }),
  };
}

function locationOf({ file, line, column }: SourceRef): unknown {
  return {
    artifactLocation: { uri: encodeURI(file), uriBaseId: 'ROOT' },
    region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) },
  };
}
