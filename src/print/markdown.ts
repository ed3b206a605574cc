// A report as Markdown, fit for a handoff document: the same facts as in the terminal, as tables.
import { formatShare } from '../model/percent';
import type { Report, Result } from '../model/report';
import { commitLine } from './blame';
import { OUTCOME_SIGNS, changeLines, dateRanges, stateWords, thresholdSource, verdictSentence } from './words';

/** How many ranges of dates a row names. */
const MOST_RANGES = 5;

/** Prints a report as Markdown. */
export function printMarkdown(report: Report): string {
  const { cost } = report;
  const lines = [
    `# ${OUTCOME_SIGNS[report.verdict]} ${escapeMarkdown(verdictSentence(report))}`,
    '',
    `**Pipeline**: ${escapeMarkdown(report.pipeline)} · **Target**: ${escapeMarkdown(report.target)} · **Command**: ${report.command} · **Verdict**: ${report.verdict}`,
    `**Range**: ${report.from} → ${report.to} · **As of**: ${report.asOf} · **Cost**: ${cost.statements} statements, ${cost.lookups} look-ups, ${cost.bytesKnown && cost.bytes !== null ? `${cost.bytes} bytes` : 'bytes unknown'}, ${cost.ms} ms`,
    '',
  ];
  if (report.coverage.length > 0) {
    lines.push(
      '## Coverage',
      '',
      '| | Table | Covered | Expected | States | Short dates |',
      '|---|---|---|---|---|---|',
    );
    for (const each of report.coverage) {
      const short = each.states.map(([from, to]) => [from, to] as const).reverse();
      lines.push(
        `| ${OUTCOME_SIGNS[each.outcome]} ${each.outcome} | ${escapeMarkdown(each.table)} | ${each.share === null ? '–' : formatShare(each.share * 1e6, 1e6)} | ${each.expected} | ${stateWords(each.counts)} | ${short.length === 0 ? '' : dateRanges(short.slice(0, MOST_RANGES), short.length)} |`,
      );
    }
    lines.push('');
  }
  const open = report.results.filter(result => result.accepted === undefined);
  if (open.length > 0) lines.push('## Results', '', ...table(open), '');
  const accepted = report.results.filter(result => result.accepted !== undefined);
  if (accepted.length > 0) lines.push(`## Accepted (${accepted.length})`, '', ...table(accepted), '');
  lines.push(...blameSection(open));
  const [head, ...changes] = changeLines(report);
  if (head !== undefined)
    lines.push(`## ${escapeMarkdown(head)}`, '', ...changes.map(line => `- ${escapeMarkdown(line.trim())}`), '');
  if (report.next.length > 0)
    lines.push('## Next', '', ...report.next.map(step => `- \`${step.command}\` (${escapeMarkdown(step.why)})`), '');
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Since when checks fail, and the commits in between; checks that fail for one reason say it once. */
function blameSection(results: readonly Result[]): readonly string[] {
  const said = new Map<string, readonly string[]>();
  for (const { table: name, blame } of results)
    if (blame !== undefined)
      said.set(`${name} ${blame.words}`, [
        `- ${escapeMarkdown(name)}: ${escapeMarkdown(blame.words)}`,
        ...blame.commits.map(commit => `  - ${escapeMarkdown(commitLine(commit))}`),
      ]);
  return said.size === 0 ? [] : ['## Since when', '', ...[...said.values()].flat(), ''];
}

function table(results: readonly Result[]): readonly string[] {
  return [
    '| | Table | Check | Finding | Dates | Asked in |',
    '|---|---|---|---|---|---|',
    ...results.map(result => {
      const ranges = [...(result.dates?.ranges ?? [])].reverse();
      const reason = result.accepted === undefined ? '' : `. Accepted: ${result.accepted.reason}`;
      return `| ${OUTCOME_SIGNS[result.outcome]} ${result.outcome} | ${escapeMarkdown(result.table)} | ${escapeMarkdown(`${result.check}${result.column === undefined ? '' : ` ${result.column}`}`)} | ${escapeMarkdown(result.message + reason)} | ${ranges.length === 0 ? '' : dateRanges(ranges.slice(0, MOST_RANGES), ranges.length)} | ${thresholdSource(result)} |`;
    }),
  ];
}

/** Text of the user's that must not become markup. */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\|<>*_`[\]]/g, '\\$&').replaceAll('\n', ' ');
}
