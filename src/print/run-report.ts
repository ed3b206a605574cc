// The report of a run as Markdown, fit for a handoff: what was short, what is there now, what failed and why.
import type { RunReport, StepReport } from '../backfill/run-report';
import { formatDuration } from '../model/duration';
import { formatInstant } from '../model/instant';
import { countOf, formatCount, formatShare } from '../model/percent';
import { dateRanges, verdictWithReason } from './words';
import { escapeMarkdown } from './markdown';
import { nextWords } from './run-next';

/** How many failed dates are named. */
const MOST_DATES = 20;

/** Prints the report of a run. */
export function printRunReport(report: RunReport): string {
  const { validation } = report;
  const lines = [
    `# Backfill ${report.run}: ${report.state}`,
    '',
    `**Pipeline**: ${escapeMarkdown(report.pipeline)} · **Target**: ${escapeMarkdown(report.target)} · **Began**: ${formatInstant(report.startedAt)} · **Took**: ${formatDuration(report.ms)} · **Code**: ${report.commit ?? 'unknown (no git)'} · **Python**: ${report.python ?? 'not used'} · **Cost**: ${escapeMarkdown(report.cost.words)}; ${countOf(report.cost.readBacks, 'read-back')}, ${countOf(report.cost.statements, 'statement')}`,
    '',
    `${escapeMarkdown(report.message)}.`,
    '',
    '## What was short, and what became of it',
    '',
    '| Table | Planned | Why | Done | Failed | Needs someone | Rows found | Rows reported | Took |',
    '|---|---:|---|---:|---:|---:|---:|---:|---:|',
    ...report.steps.map(
      step =>
        `| ${escapeMarkdown(step.table)}: ${step.state} | ${formatCount(step.planned)} | ${whyWords(step)} | ${formatCount(step.done)} | ${formatCount(step.failed.length)} | ${formatCount(step.needsSomeone.length)} | ${formatCount(step.rows)} | ${step.reportedRows === null ? 'unknown' : formatCount(step.reportedRows)} | ${formatDuration(step.ms)} |`,
    ),
    '',
    ...seasonLines(report.steps),
  ];
  const wrong = report.steps.filter(({ state, message }) => state !== 'done' && message !== '');
  if (wrong.length > 0) lines.push('## What is not done', '', ...wrong.flatMap(wrongLines), '');
  if (report.excluded.length > 0)
    lines.push(
      '## What was left out',
      '',
      ...report.excluded.map(
        ({ table, ranges, count, reason }) =>
          `- ${escapeMarkdown(table)}: ${countOf(count, 'date')} (${dateRanges(ranges.slice(-3), ranges.length)}): ${escapeMarkdown(reason)}`,
      ),
      '',
    );
  if (report.notes.length > 0) lines.push('## Notes', '', ...report.notes.map(note => `- ${escapeMarkdown(note)}`), '');
  if (validation !== null)
    lines.push(
      '## The last validation',
      '',
      `**${validation.verdict}**: ${escapeMarkdown(verdictWithReason(validation))}`,
      '',
    );
  lines.push(...nextWords({ ...report, id: report.run }, text => `\`${text}\``));
  return `${lines.join('\n').trimEnd()}\n`;
}

function seasonLines(steps: RunReport['steps']): readonly string[] {
  const rows = steps.flatMap(step =>
    step.seasons.map(
      ({ season, before, after, expected }) =>
        `| ${escapeMarkdown(step.table)} | ${escapeMarkdown(season)} | ${formatCount(before)} | ${formatCount(after)} | ${formatCount(expected)} | ${formatShare(before, expected)} → ${formatShare(after, expected)} |`,
    ),
  );
  return rows.length === 0
    ? []
    : [
        '## What is there now',
        '',
        '| Table | Season | Before | Now | Expected | |',
        '|---|---|---:|---:|---:|---|',
        ...rows,
        '',
      ];
}

function whyWords({ why }: StepReport): string {
  return Object.entries(why)
    .map(([reason, count]) => `${formatCount(count)} ${escapeMarkdown(reason)}`)
    .join(', ');
}

function wrongLines(step: StepReport): readonly string[] {
  const dates = [...step.needsSomeone, ...step.failed];
  return [
    `- **${escapeMarkdown(step.table)}** ${step.state}: ${escapeMarkdown(step.message)}`,
    ...dates.slice(0, MOST_DATES).map(([date, words]) => `  - ${date}: ${escapeMarkdown(words)}`),
    ...(dates.length > MOST_DATES ? [`  - and ${formatCount(dates.length - MOST_DATES)} more, in report.json`] : []),
  ];
}
