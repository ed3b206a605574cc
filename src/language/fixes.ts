// Quick fixes in a manifest: the name that was meant, a finding accepted with its reason, a known gap.
import { isoRange } from '../model/day-text';
import { coverageIn, shortName } from '../model/coverage-summary';
import { DaySet } from '../model/day-set';
import { parseDay } from '../model/day';
import type { Report } from '../model/report';
import type { Place } from '../pipeline/manifest-place';
import type { Diagnostic } from './diagnostics';
import type { ManifestDocument } from './manifest-document';
import { type FindingData, checkWords } from './source-findings';
import type { Edit, Range } from './text';

export interface Fix {
  readonly title: string;
  readonly edit: Edit;
  /** Whether it is what most people would want. */
  readonly preferred: boolean;
}

/** The fix that a diagnostic carries: the nearest valid name in the place of what is marked. */
export function nameFix({ range, data }: { readonly range: Range; readonly data?: unknown }): Fix | undefined {
  const { suggestion } = (data as Partial<Diagnostic['data']> | undefined) ?? {};
  return suggestion === undefined
    ? undefined
    : { title: `Change to ${suggestion}`, edit: { range, newText: suggestion }, preferred: true };
}

/** The edit that accepts a finding: an entry under `accepted:`, which is begun where it is not there. */
export function acceptEdit(document: ManifestDocument, table: string, check: string, reason: string): Edit {
  const entry = `{ table: ${scalar(table)}, check: ${scalar(check)}, reason: ${JSON.stringify(reason)} }`;
  const list = document.root?.entries?.get('accepted');
  if (list?.items?.length !== undefined && list.items.length > 0) return entryEdit(document, list, entry);
  const end = document.text.length;
  return insertion(document, end, `${document.text.endsWith('\n') ? '' : '\n'}\naccepted:\n  - ${entry}\n`);
}

/** The edit that declares dates of a table a known gap; `undefined` where the table cannot be found in the text. */
export function knownGapEdit(
  document: ManifestDocument,
  table: string,
  range: { readonly from: string; readonly to: string },
  reason: string,
): Edit | undefined {
  const dates = range.from === range.to ? `date: ${range.from}` : `from: ${range.from}, to: ${range.to}`;
  const entry = `{ ${dates}, reason: ${JSON.stringify(reason)} }`;
  const phases = document.root?.entries?.get('phases')?.items ?? [];
  const place = phases
    .flatMap(phase => phase.entries?.get('tables')?.items ?? [])
    .find(each => each.entries?.get('name')?.value === table);
  const name = place?.entries?.get('name');
  if (place === undefined || name?.key === undefined) return undefined;
  const list = place.entries?.get('knownGaps');
  if (list?.items?.length !== undefined && list.items.length > 0) return entryEdit(document, list, entry);
  const flow = document.text[place.range.start] === '{';
  if (flow) return insertion(document, name.range.end, `, knownGaps: [${entry}]`);
  const indent = document.positions.of(name.key.start).character;
  const at = endOfLine(document.text, name.range.end);
  const lead = at > 0 && document.text[at - 1] !== '\n' ? '\n' : '';
  return insertion(document, at, `${lead}${' '.repeat(indent)}knownGaps: [${entry}]\n`);
}

/** One more entry at the end of a list that has some. */
function entryEdit(document: ManifestDocument, list: Place, entry: string): Edit {
  const last = list.items?.at(-1);
  const end = last?.range.end ?? list.range.end;
  if (document.text[list.range.start] === '[') return insertion(document, end, `, ${entry}`);
  const line = document.text.lastIndexOf('\n', last?.range.start ?? 0) + 1;
  const indent = /^\s*/.exec(document.text.slice(line))?.[0] ?? '';
  const at = endOfLine(document.text, end);
  const lead = at > 0 && document.text[at - 1] !== '\n' ? '\n' : '';
  return insertion(document, at, `${lead}${indent}- ${entry}\n`);
}

/** Something that a quick fix at a table offers to accept. */
export interface Acceptable {
  readonly title: string;
  readonly table: string;
  readonly what: { readonly check: string } | { readonly from: string; readonly to: string };
}

/** What can be accepted of a table: its shortfall, unexpected dates, failed checks, and the newest missing dates as a known gap. */
export function acceptablesOf(table: string, report: Report | undefined): readonly Acceptable[] {
  const found: Acceptable[] = [];
  const coverage = coverageIn(report, table);
  if (coverage?.outcome === 'fail')
    found.push({ title: 'Phasegate: accept that its coverage is short…', table, what: { check: 'coverage' } });
  if (coverage !== undefined && coverage.unexpected > (coverage.accepted.unexpected ?? 0))
    found.push({ title: 'Phasegate: accept its unexpected dates…', table, what: { check: 'unexpected' } });
  const missing = coverage?.states.filter(([, , state]) => state === 'missing').at(-1);
  if (missing !== undefined) {
    const [from, to] = missing;
    found.push({
      title: `Phasegate: ${isoRange(from, to)} will never hold rows: add a known gap…`,
      table,
      what: { from, to },
    });
  }
  for (const result of report?.results ?? []) {
    if (result.table !== table || result.accepted !== undefined || result.check === 'readable') continue;
    if (result.outcome !== 'fail' && result.outcome !== 'warn') continue;
    const check = result.id.slice(table.length + 1);
    found.push({
      title: `Phasegate: accept the finding of ${checkWords(check, result.threshold?.per)}…`,
      table,
      what: { check },
    });
  }
  return found;
}

/** Something that can be done about findings that stand together. */
export interface FindingFix {
  readonly title: string;
  readonly does: 'accept' | 'report' | 'backfill';
  readonly table: string;
  /** The check that is accepted. */
  readonly check?: string;
  /** The dates to be filled. */
  readonly ranges?: readonly (readonly [string, string])[];
  /** Which of the findings it is about, by their places. */
  readonly of: readonly number[];
}

/**
 * What can be done about the findings of a line: each accepted by itself, and of each table the report and its dates once, however many
 * of its checks fail there.
 */
export function findingFixes(
  findings: readonly FindingData['finding'][],
  hasJob: (table: string) => boolean,
): readonly FindingFix[] {
  const accepting = findings.map(({ table, check, words }, i): FindingFix => {
    return { title: `Accept ${words} of ${shortName(table)}…`, does: 'accept', table, check, of: [i] };
  });
  const tables = [...Map.groupBy(findings.entries(), ([, { table }]) => table)];
  const reports = tables.map(([table, its]): FindingFix => {
    const title = tables.length === 1 ? 'Open the report' : `Open the report of ${shortName(table)}`;
    return { title, does: 'report', table, of: its.map(([i]) => i) };
  });
  const backfills = tables.flatMap(([table, its]): readonly FindingFix[] => {
    const ranges = union(its.flatMap(([, each]) => each.ranges));
    if (ranges.length === 0 || !hasJob(table)) return [];
    const title = `Backfill its dates of ${shortName(table)}…`;
    return [{ title, does: 'backfill', table, ranges, of: its.map(([i]) => i) }];
  });
  return [...accepting, ...reports, ...backfills];
}

/** Ranges of dates as few as they can be, each date once. */
function union(ranges: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  const days = ranges.flatMap(([first, last]) => {
    const [from, to] = [parseDay(first), parseDay(last)];
    return from === undefined || to === undefined ? [] : [{ from, to }];
  });
  return DaySet.ofRanges(days).toIso();
}

/** The offset at which the line after an offset begins, or the end of the text. */
function endOfLine(text: string, offset: number): number {
  const next = text.indexOf('\n', offset);
  return next === -1 ? text.length : next + 1;
}

function insertion(document: ManifestDocument, offset: number, newText: string): Edit {
  const at = document.positions.of(offset);
  return { range: { start: at, end: at }, newText };
}

/** A name as YAML takes it: plain where that is safe. */
function scalar(text: string): string {
  return /^[A-Za-z_][\w./-]*$/.test(text) ? text : JSON.stringify(text);
}
