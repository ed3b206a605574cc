// What is known of a manifest's tables, beside their declarations: lenses above them, and hovers on their names.
import type { CoverageReport, Report } from '../model/report';
import { coverageIn, coveredShare, incompleteCounts } from '../model/coverage-summary';
import { formatInstant } from '../model/instant';
import { formatCount } from '../model/percent';
import type { Pipeline, Table } from '../pipeline/pipeline';
import { EDITOR_COMMANDS } from '../protocol';
import { type ManifestDocument } from './manifest-document';
import { blameMarkdown, markdownCode, markdownText } from './markdown-text';
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

/** How a table stands, above the code that writes it. */
export function coverageTitle(table: Pick<Table, 'name' | 'shortName'>, report: Report | undefined): string {
  const coverage = coverageIn(report, table.name);
  return `${table.shortName}: ${coverage === undefined ? 'not measured yet' : lensTitle(coverage)}`;
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
  checks?: Report,
): { readonly range: Range; readonly markdown: string } | undefined {
  const named = nameAt(document, offset);
  if (named?.kind !== 'table') return undefined;
  const table = document.reading.ok ? document.reading.pipeline.tables.get(named.name) : undefined;
  const lines = [...stateLines(named.name, report), ...blameLines(named.name, checks)];
  if (table !== undefined && document.reading.ok) lines.push(...declared(table, document.reading.pipeline));
  return { range: document.positions.range(named.range), markdown: lines.join('\n\n') };
}

/** How a table stands: its name, its share of dates, its last write, when it was measured. Markdown, a line each. */
export function stateLines(table: string, report: Report | undefined): readonly string[] {
  const coverage = coverageIn(report, table);
  const name = `**${markdownText(table)}**`;
  if (coverage === undefined) return [name, 'not measured yet'];
  return [
    name,
    `${coverage.outcome}: ${shareText(coverage)} of ${formatCount(coverage.expected)} expected dates; ${statesText(coverage)}`,
    ...(coverage.lastWrite === undefined ? [] : [`last write ${formatInstant(coverage.lastWrite)}`]),
    ...(coverage.measuredAt === undefined ? [] : [`measured ${formatInstant(coverage.measuredAt)}`]),
  ];
}

/** Since when columns of a table fail, and what touched its code in between. Markdown, a line each. */
function blameLines(table: string, checks: Report | undefined): readonly string[] {
  const blamed = (checks?.results ?? []).flatMap(({ table: of, blame }) =>
    of !== table || blame?.from === undefined ? [] : [blameMarkdown(blame)],
  );
  return [...new Set(blamed)];
}

function declared(table: Table, pipeline: Pipeline): readonly string[] {
  const used = [...pipeline.tables.values()].filter(each => each.dependsOn.some(({ table: on }) => on === table.name));
  return [
    ...(table.key.length === 0 ? [] : [`key: ${table.key.map(markdownCode).join(', ')}`]),
    ...(table.dependsOn.length === 0
      ? []
      : [`needs ${table.dependsOn.map(each => markdownCode(each.table)).join(', ')}`]),
    ...(used.length === 0 ? [] : [`needed by ${used.map(each => markdownCode(each.name)).join(', ')}`]),
  ];
}
