// regression: a figure is not lower than it was over as many expected dates before. No baseline is an error, and no improvement.
import { z } from 'zod';
import { DaySet } from '../model/day-set';
import { formatDay } from '../model/day';
import { type Figure, ROWS, figure, figureId, row } from '../model/figures';
import { countOf, formatThreshold } from '../model/percent';
import type { CheckType, Evidence, Judgement } from './check';
import { columnName, condition, common, share } from './declare';

/** Below this share of the baseline a figure has degraded, and below the second it has regressed (§1.8). */
const DEGRADATION = 0.95;
const REGRESSION = 0.9;

const declaration = z
  .strictObject({
    filled: columnName.optional().describe('The share of rows in which this column holds a value'),
    mean: columnName.optional().describe('The mean of this column'),
    rows: z.literal(true).optional().describe('The rows per expected date'),
    where: condition.optional().describe('The rows that count; every row unless said'),
    dates: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe(
        'The newest so many expected dates are compared with as many before; all that is asked for unless said',
      ),
    degradation: share.optional().describe('Below this share of the baseline it warns; 95% unless said'),
    regression: share.optional().describe('Below this share of the baseline it fails; 90% unless said'),
    ...common,
  })
  .refine(({ filled, mean, rows }) => [filled, mean, rows].filter(each => each !== undefined).length === 1, {
    message: 'regression takes one of `filled`, `mean` and `rows`',
  });

export const regression: CheckType<z.output<typeof declaration>> = {
  name: 'regression',
  summary: 'A figure is not lower than over as many expected dates before',
  declaration,
  parts: declared => {
    const { filled, mean, dates, degradation = DEGRADATION } = declared;
    const fails = declared.regression ?? REGRESSION;
    const population = declared.where === undefined ? row.every : row.sql(declared.where);
    const column = filled ?? mean;
    const words =
      filled !== undefined
        ? `the filled share of ${filled}`
        : mean !== undefined
          ? `the mean of ${mean}`
          : 'the rows per date';
    const whole =
      column === undefined
        ? ROWS
        : mean === undefined
          ? figure.count(population)
          : figure.count(row.all(row.filled(mean), population));
    const part =
      filled !== undefined
        ? figure.count(row.all(row.filled(filled), population))
        : mean !== undefined
          ? figure.sum(mean, population)
          : figure.count(population);
    return [
      {
        id: `regression/${column ?? 'rows'}`,
        ...(column === undefined ? {} : { column }),
        figures: [whole, part],
        reach: expected => (dates === undefined ? expected : Math.max(0, 2 * dates - expected)),
        judge: (evidence): Judgement => {
          const threshold = { op: '>=' as const, value: fails, per: 'range' as const };
          const all = [...evidence.history.expected];
          const own = [...evidence.expected];
          const judged = dates === undefined ? own : own.slice(-dates);
          const [first] = judged;
          if (first === undefined)
            return {
              outcome: 'skipped',
              threshold,
              findings: [],
              message: 'no date is expected: there is nothing to compare',
            };
          const before = all.filter(day => day < first).slice(-judged.length);
          const value = (of: DaySet): number | undefined => {
            const sum = totalIn(part, of, evidence);
            const by = column === undefined ? of.size : totalIn(whole, of, evidence);
            return by === 0 ? undefined : sum / by;
          };
          const [baselineDays, days] = [DaySet.of(before), DaySet.of(judged)];
          const [baseline, now] = [value(baselineDays), value(days)];
          const unable = (why: string): Judgement => ({
            outcome: 'error',
            threshold,
            findings: [],
            message: `${words} could not be compared: ${why}`,
          });
          if (before.length < judged.length)
            return unable(
              `only ${countOf(before.length, 'date')} are expected before ${formatDay(first)}, and ${judged.length} are needed. Ask for a later range, or say \`dates\``,
            );
          if (baseline === undefined || baseline === 0)
            return unable(
              `the ${countOf(before.length, 'date')} before ${formatDay(first)} hold nothing to compare with`,
            );
          if (now === undefined)
            return unable(`the ${countOf(judged.length, 'date')} from ${formatDay(first)} hold nothing to compare`);
          const ratio = now / baseline;
          const outcome = ratio < fails ? 'fail' : ratio < degradation ? 'warn' : 'pass';
          const word = outcome === 'fail' ? 'regressed' : outcome === 'warn' ? 'degraded' : 'held';
          return {
            outcome,
            value: { part: now, whole: baseline, share: ratio },
            threshold,
            findings: [],
            message: `${words} has ${word}: ${figures(now)} over ${countOf(judged.length, 'date')} from ${formatDay(first)}, ${figures(baseline)} over as many before (${(ratio * 100).toFixed(1)} %; below ${formatThreshold(degradation)} it has degraded, below ${formatThreshold(fails)} regressed)`,
          };
        },
      },
    ];
  },
};

function totalIn(of: Figure, days: DaySet, { history: { facts } }: Evidence): number {
  const values = facts.values.get(figureId(of)) ?? [];
  return facts.days.reduce((sum, day, i) => (days.has(day) ? sum + (values[i] ?? 0) : sum), 0);
}

function figures(value: number): string {
  return value.toPrecision(4).replace(/\.?0+$/, '');
}
