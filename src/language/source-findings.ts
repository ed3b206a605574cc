// What fails, at the line that computes it: diagnostics of sources and of the manifest, out of the last report. Pure.
import { isoRange } from '../model/day-text';
import { shortName } from '../model/coverage-summary';
import type { Check } from '../checks/check';
import { CHECK_TYPES } from '../checks/registry';
import { isoInstant } from '../model/instant';
import type { Report, Result } from '../model/report';
import type { SourceRef } from '../model/source';
import type { AcceptedFinding, Table } from '../pipeline/pipeline';
import type { Diagnostic } from './diagnostics';
import { DIAGNOSTIC_SOURCE } from './diagnostics';
import type { SourceLine } from './source-lines';
import { Positions, type Range } from './text';

/** A finding as a diagnostic, with what its quick fixes need. */
export interface Finding extends Omit<Diagnostic, 'data'> {
  readonly code: string;
  readonly data: FindingData;
  /** Where the threshold is said, where that is elsewhere. */
  readonly threshold?: { readonly file: string; readonly line: number };
}

/** What a quick fix of a finding is about. */
export interface FindingData {
  readonly finding: {
    readonly table: string;
    readonly check: string;
    /** The check as people name it: `not_null/usage_rate per season`. */
    readonly words: string;
    readonly ranges: readonly (readonly [string, string])[];
  };
}

export interface FindingsInput {
  readonly report: Report;
  /** The manifest as it is now: it may have been changed since the report. */
  readonly manifest: { readonly file: string; readonly text: string; readonly pipeline: Declared };
  /** Where a table's column is computed, if that can be told. */
  readonly lineOf: (table: string, column: string) => SourceLine | undefined;
  readonly textOf: (file: string) => string | undefined;
  /** When a file was last changed, milliseconds since 1970 UTC. */
  readonly changedAt: (file: string) => number | undefined;
}

/** What of a pipeline says where a check is declared. */
export interface Declared {
  readonly accepted: readonly Pick<AcceptedFinding, 'table' | 'source'>[];
  readonly tables: ReadonlyMap<
    string,
    Pick<Table, 'source'> & { readonly checks: readonly Pick<Check, 'id' | 'source' | 'thresholdSource'>[] }
  >;
}

/** Checks that count rows: no line of a column is at fault for rows that nobody wrote, or that were written twice. */
const OF_ROWS: ReadonlySet<string> = new Set(['rows', 'row_count', 'unique']);

/** At most so many ranges of dates are named. */
const MOST_RANGES = 3;

/** The findings of a report by file, from the workspace. What is accepted is none; what passes is none. */
export function findingsOf({
  report,
  manifest,
  lineOf,
  textOf,
  changedAt,
}: FindingsInput): ReadonlyMap<string, readonly Finding[]> {
  const found = new Map<string, Finding[]>();
  const positions = new Map<string, Positions>();
  const positionsOf = (file: string, text: string): Positions => {
    const made = positions.get(file) ?? new Positions(text);
    positions.set(file, made);
    return made;
  };
  const lines = manifest.text.split('\n');
  for (const result of report.results) {
    if (result.accepted !== undefined || result.outcome === 'pass' || result.outcome === 'skipped') continue;
    const table = manifest.pipeline.tables.get(result.table);
    if (table === undefined) continue; // of a phase, a calendar: their tables say it; or it is declared no more
    const check = table.checks.find(({ id }) => `${result.table}/${id}` === result.id);
    if (check === undefined && CHECK_TYPES.has(result.check)) continue; // nobody asks for it any more
    const computed =
      result.column === undefined || OF_ROWS.has(result.check) ? undefined : lineOf(result.table, result.column);
    const text = computed === undefined ? undefined : textOf(computed.file);
    const file = computed !== undefined && text !== undefined ? computed.file : manifest.file;
    const range =
      computed !== undefined && text !== undefined
        ? positionsOf(computed.file, text).range({ start: computed.from, end: computed.to })
        : lineRange(lines, (check?.source ?? acceptanceOf(result, manifest.pipeline) ?? table.source).line);
    const isOutdated =
      result.measuredAt !== undefined &&
      computed !== undefined &&
      (changedAt(file) ?? 0) > Date.parse(result.measuredAt);
    const threshold =
      result.threshold === undefined ? undefined : (check?.thresholdSource ?? check?.source ?? result.threshold.source);
    const each = finding(result, range, threshold, isOutdated);
    const isElsewhere = threshold !== undefined && (file !== threshold.file || range.start.line !== threshold.line - 1);
    const its = found.get(file) ?? [];
    found.set(file, its);
    its.push(isElsewhere ? { ...each, threshold: { file: threshold.file, line: threshold.line } } : each);
  }
  return found;
}

/** Where the acceptance is declared that a result is about, if it still is. */
function acceptanceOf({ table, source }: Result, { accepted }: Declared): SourceRef | undefined {
  return accepted.find(each => each.table === table && each.source.line === source?.line)?.source;
}

/** A check as people name it: the second of its kind has a number in its id, which says less than what it holds for. */
export function checkWords(id: string, per: string | undefined): string {
  const [name = id, number] = id.split('#');
  return number === undefined || per === undefined ? name : `${name} per ${per}`;
}

function finding(result: Result, range: Range, threshold: SourceRef | undefined, isOutdated: boolean): Finding {
  const { table, check, column, outcome, message, dates, measuredAt, id } = result;
  const ranges = dates?.ranges ?? [];
  const newest = ranges.slice(-MOST_RANGES).map(([from, to]) => isoRange(from, to));
  const more = ranges.length - newest.length;
  const parts = [
    `${shortName(table)} ${check}${column === undefined ? '' : ` ${column}`}: ${message}`,
    ...(newest.length === 0 ? [] : [`${newest.reverse().join(', ')}${more > 0 ? ` and ${more} more` : ''}`]),
    ...(threshold === undefined ? [] : [`asked by ${threshold.file}:${threshold.line}`]),
    ...(isOutdated && measuredAt !== undefined
      ? [
          `measured ${isoInstant(Date.parse(measuredAt)).slice(0, 16).replace('T', ' ')} UTC, before this file was changed`,
        ]
      : []),
  ];
  return {
    range,
    severity: outcome === 'warn' ? 2 : 1,
    source: DIAGNOSTIC_SOURCE,
    message: parts.join('\n'),
    code: `${check}${column === undefined ? '' : ` ${column}`}`,
    data: {
      finding: {
        table,
        check: id.slice(table.length + 1),
        words: checkWords(id.slice(table.length + 1), result.threshold?.per),
        ranges,
      },
    },
  };
}

/** A line without its indentation. @param line from 1 */
function lineRange(lines: readonly string[], line: number): Range {
  const content = lines[line - 1] ?? '';
  const start = content.length - content.trimStart().length;
  const end = Math.max(start + 1, content.replace(/\s*(?:#.*)?$/, '').length);
  return { start: { line: line - 1, character: start }, end: { line: line - 1, character: end } };
}
