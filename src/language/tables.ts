// What is known of a manifest's tables, beside their declarations: lenses above them, and hovers on their names.
import type { CoverageReport, Report } from '../model/report';
import { coverageIn, coveredShare, incompleteCounts } from '../model/coverage-summary';
import { formatInstant } from '../model/instant';
import { formatCount } from '../model/percent';
import type { Pipeline, Table } from '../pipeline/pipeline';
import { EDITOR_COMMANDS } from '../protocol';
import { type ManifestDocument } from './manifest-document';
import { nameAt, namesIn } from './names';
import type { Range } from './text';

export interface Lens {
  readonly range: Range;
  readonly title: string;
  readonly command: string;
  readonly arguments: readonly unknown[];
}

/** Two lenses a table: how it stands, which opens the report, and its preflight. */
export function tableLenses(document: ManifestDocument, folder: string, report: Report | undefined): readonly Lens[] {
  return namesIn(document)
    .filter(named => named.kind === 'table' && named.declares)
    .flatMap(({ name, range }) => {
      const at = document.positions.range(range);
      const coverage = coverageIn(report, name);
      return [
        {
          range: at,
          title: coverage === undefined ? 'not measured yet' : lensTitle(coverage),
          command: EDITOR_COMMANDS.openReport,
          arguments: [{ folder, table: name }],
        },
        { range: at, title: 'Preflight', command: EDITOR_COMMANDS.preflight, arguments: [{ folder, table: name }] },
      ];
    });
}

function lensTitle(coverage: CoverageReport): string {
  const written = coverage.lastWrite === undefined ? '' : ` · last write ${formatInstant(coverage.lastWrite)}`;
  return `${coverage.outcome} · ${shareText(coverage)} · ${statesText(coverage)}${written}`;
}

function shareText(coverage: CoverageReport): string {
  return coveredShare(coverage, 'no date expected');
}

function statesText(coverage: CoverageReport): string {
  const words = incompleteCounts(coverage);
  return words.length === 0 ? `${formatCount(coverage.expected)} complete` : words.join(', ');
}

/** A hover on a table's name: its state, its declaration, what it needs. Markdown. */
export function tableHover(
  document: ManifestDocument,
  offset: number,
  report: Report | undefined,
): { readonly range: Range; readonly markdown: string } | undefined {
  const named = nameAt(document, offset);
  if (named?.kind !== 'table') return undefined;
  const table = document.reading.ok ? document.reading.pipeline.tables.get(named.name) : undefined;
  const coverage = coverageIn(report, named.name);
  const lines = [`**${escape(named.name)}**`];
  if (coverage === undefined) lines.push('not measured yet');
  else {
    lines.push(
      `${coverage.outcome}: ${shareText(coverage)} of ${formatCount(coverage.expected)} expected dates; ${statesText(coverage)}`,
    );
    if (coverage.lastWrite !== undefined) lines.push(`last write ${formatInstant(coverage.lastWrite)}`);
    if (coverage.measuredAt !== undefined) lines.push(`measured ${formatInstant(coverage.measuredAt)}`);
  }
  if (table !== undefined && document.reading.ok) lines.push(...declared(table, document.reading.pipeline));
  return { range: document.positions.range(named.range), markdown: lines.join('\n\n') };
}

function declared(table: Table, pipeline: Pipeline): readonly string[] {
  const used = [...pipeline.tables.values()].filter(each => each.dependsOn.some(({ table: on }) => on === table.name));
  return [
    ...(table.key.length === 0 ? [] : [`key: ${table.key.map(code).join(', ')}`]),
    ...(table.dependsOn.length === 0 ? [] : [`needs ${table.dependsOn.map(each => code(each.table)).join(', ')}`]),
    ...(used.length === 0 ? [] : [`needed by ${used.map(each => code(each.name)).join(', ')}`]),
  ];
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

/** Text of the user's that must not become markup. */
function escape(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>()#+!|-]/g, String.raw`\$&`);
}
