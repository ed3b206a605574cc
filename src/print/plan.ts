// A plan as a person reads it before anything is written: which dates, why, by which exact commands, how long, at what cost.
import { type Plan, type PlanChunk, type PlanStep, chunkDates, reasonKinds } from '../backfill/plan';
import { shownCommand } from '../model/command-line';
import { countOf, formatCount } from '../model/percent';
import { type Paint, painter } from './paint';
import { costWords, durationWords, planSentence, rewritesWords, totalOf } from './plan-words';
import type { TerminalOptions } from './terminal';
import { OUTCOME_SIGNS, dateRanges } from './words';

/** How many runs of dates, and how many commands, are shown of a step unless more are asked for. */
const MOST_RUNS = 3;
const MOST_COMMANDS = 2;

/** Prints a plan. */
export function printPlan(plan: Plan, { columns, colour, verbose }: TerminalOptions): string {
  const paint = painter(colour);
  const { steps, target } = plan;
  const lines = [
    `${plan.pipeline} · ${target.name}${target.protected ? ' (protected)' : ''} · ${plan.from} → ${plan.to} · as of ${plan.asOf}`,
    paint.quiet(target.identity),
    '',
    steps.length === 0
      ? paint.strong(planSentence(plan))
      : `${paint.strong(planSentence(plan))}, ${durationWords(totalOf(plan))}, ${costWords(steps)}`,
  ];
  for (const step of steps) lines.push('', ...stepLines(step, plan, paint, { columns, verbose }));
  if (plan.python !== undefined) lines.push('', `\${python} is ${plan.python.path} (${plan.python.from})`);
  if (plan.excluded.length > 0)
    lines.push(
      '',
      'Left out',
      ...plan.excluded.map(
        ({ table, count, ranges, reason }) =>
          `  ${table}: ${countOf(count, 'date')} (${dateRanges(verbose ? ranges : ranges.slice(-MOST_RUNS), ranges.length)}): ${reason}`,
      ),
    );
  if (plan.refusals.length + plan.warnings.length > 0) lines.push('');
  lines.push(
    ...plan.refusals.map(message => paint.fail(`${OUTCOME_SIGNS.fail} ${message}`)),
    ...plan.warnings.map(message => paint.warn(`${OUTCOME_SIGNS.warn} ${message}`)),
  );
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`;
}

function stepLines(
  step: PlanStep,
  { steps }: Plan,
  paint: Paint,
  { columns, verbose }: Pick<TerminalOptions, 'columns' | 'verbose'>,
): readonly string[] {
  const besides = steps.filter(({ id, group }) => group === step.group && id !== step.id).map(({ id }) => id);
  const after = step.needs.length === 0 ? '' : `after ${step.needs.join(', ')}`;
  const beside = besides.length === 0 ? '' : `beside ${besides.join(', ')}`;
  const where = [after, beside].filter(words => words !== '').join('; ');
  const lines = [
    `${String(step.group).padStart(2)}  ${paint.strong(step.id)}  ${countOf(step.dates.length, 'date')}: ${whyWords(step)}`,
    paint.quiet(
      [where, `by ${step.job}, which ${rewritesWords(step.rewrites)}`, durationWords(step.expected)]
        .filter(words => words !== '')
        .join(' · '),
    ),
  ];
  const runs = verbose ? step.why : step.why.slice(-MOST_RUNS).reverse();
  for (const [from, to, count, reason] of runs)
    lines.push(`${from === to ? from : `${from} → ${to} (${formatCount(count)})`}  ${reason}`);
  if (runs.length < step.why.length)
    lines.push(paint.quiet(`and ${countOf(step.why.length - runs.length, 'run')} of dates more`));
  lines.push(...commandLines(step, verbose, columns - INDENT).map(paint.quiet));
  for (const blocker of step.blockers) lines.push(paint.fail(`${OUTCOME_SIGNS.fail} ${blocker}: its gate will say no`));
  const [first = '', ...others] = lines;
  return [first, ...others.map(line => `${' '.repeat(INDENT)}${line}`)];
}

const INDENT = 4;

function commandLines(step: PlanStep, verbose: boolean, width: number): readonly string[] {
  const { chunks, sql } = step;
  if (sql !== undefined)
    return [
      `${sql.file}, in ${countOf(chunks.length, 'statement')} of up to ${countOf(largest(chunks), 'date')}: exactly their partitions are replaced`,
    ];
  const shown = verbose ? chunks : chunks.slice(0, MOST_COMMANDS);
  const line = (chunk: PlanChunk): string => {
    const text = `$ ${shownCommand(chunk.argv ?? [])}`;
    const short = verbose || text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`;
    return verbose ? `${short}   # ${chunkDates(step, chunk).length}` : short;
  };
  return [
    ...shown.map(line),
    ...(shown.length < chunks.length
      ? [
          `and ${countOf(chunks.length - shown.length, 'command')} more, of up to ${countOf(largest(chunks), 'date')} each (--verbose shows all)`,
        ]
      : []),
  ];
}

function largest(chunks: readonly PlanChunk[]): number {
  return Math.max(0, ...chunks.map(({ count }) => count));
}

/** What is wrong with a step's dates, by kind: `673 missing, 61 partial`. */
function whyWords(step: Pick<PlanStep, 'why'>): string {
  return [...reasonKinds(step)].map(([kind, count]) => `${formatCount(count)} ${kind}`).join(', ');
}
