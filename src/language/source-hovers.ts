// What is known of a table or a column, beside its name in any source: its state now, the trend of its figure, its last write. Pure.
import { coverageIn, shortName } from '../model/coverage-summary';
import { formatInstant } from '../model/instant';
import type { Report, Result } from '../model/report';
import type { Pipeline, Table } from '../pipeline/pipeline';
import { blameMarkdown, markdownText } from './markdown-text';
import { stateLines } from './tables';
import type { TextRange } from '../pipeline/manifest-place';

export interface SourceHover {
  readonly range: TextRange;
  readonly markdown: string;
}

export interface KnownReports {
  readonly coverage: Report | undefined;
  /** The declared checks as they were judged last. */
  readonly checks: Report | undefined;
}

/**
 * What is known of the name at an offset of a text; `undefined` where it names nothing of the pipeline.
 * @param own the tables whose declared sources the text is of: a column is theirs before it is anybody's
 */
export function sourceHover(
  text: string,
  offset: number,
  pipeline: Pipeline,
  own: readonly Table[],
  reports: KnownReports,
): SourceHover | undefined {
  const word = wordAt(text, offset);
  if (word === undefined) return undefined;
  const table = tableNamed(word.text, pipeline);
  if (table !== undefined)
    return { range: word.range, markdown: stateLines(table.name, reports.coverage).join('\n\n') };
  const name = word.text.slice(word.text.lastIndexOf('.') + 1);
  const start = word.range.end - name.length;
  if (offset < start) return undefined;
  const owners = own.length > 0 ? own : [...pipeline.tables.values()];
  const lines = owners.flatMap(each => columnWords(each, name, reports));
  return lines.length === 0 ? undefined : { range: { start, end: word.range.end }, markdown: lines.join('\n\n') };
}

/** A word with its dots: `nba_analytics.player_game_summary`, `row.points`. */
function wordAt(text: string, offset: number): { readonly text: string; readonly range: TextRange } | undefined {
  const isPart = (at: number): boolean => /[\w.]/.test(text.charAt(at));
  let [start, end] = [offset, offset];
  while (start > 0 && isPart(start - 1)) start--;
  while (end < text.length && isPart(end)) end++;
  const word = text.slice(start, end);
  return /\w/.test(word) ? { text: word, range: { start, end } } : undefined;
}

/** The table that a word names: in full, or by the short name that only one has. */
function tableNamed(word: string, { tables }: Pipeline): Table | undefined {
  const full = tables.get(word);
  if (full !== undefined) return full;
  // A warehouse's own name may stand before: `project.dataset.table`.
  const ends = [...tables.values()].filter(({ name, shortName: short }) => word.endsWith(`.${name}`) || word === short);
  return ends.length === 1 ? ends[0] : undefined;
}

function columnWords(table: Table, column: string, { coverage, checks }: KnownReports): readonly string[] {
  const results = (checks?.results ?? []).filter(
    result => result.table === table.name && result.column?.toLowerCase() === column.toLowerCase(),
  );
  if (results.length === 0) return [];
  const lastWrite = coverageIn(coverage, table.name)?.lastWrite;
  return [
    `**${markdownText(`${shortName(table.name)}.${column}`)}**${lastWrite === undefined ? '' : ` · last write ${formatInstant(lastWrite)}`}`,
    results.map(result => resultWords(result, checks)).join('\n\n'),
  ];
}

function resultWords(result: Result, report: Report | undefined): string {
  const trend = report?.history?.trends[result.id] ?? [];
  const strip = trendStrip(trend);
  const { blame } = result;
  return [
    `${result.outcome} ${result.check}: ${markdownText(result.message)}`,
    ...(strip === '' ? [] : [`trend ${strip}`]),
    ...(blame === undefined ? [] : [blameMarkdown(blame)]),
  ].join('  \n');
}

const BARS = '▁▂▃▄▅▆▇█';

/** Figures as a small strip, oldest first; nothing where there is no trend. Shares are drawn on the scale from none to all. */
export function trendStrip(values: readonly number[]): string {
  if (values.length < 2) return '';
  const most = values.every(value => value >= 0 && value <= 1) ? 1 : Math.max(...values);
  return values
    .map(value => BARS.charAt(most === 0 ? 0 : Math.min(BARS.length - 1, Math.floor((value / most) * BARS.length))))
    .join('');
}
