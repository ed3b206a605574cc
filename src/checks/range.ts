// range: a column's values lie between a least and a greatest number; values that read as no number are wrong too.
import { z } from 'zod';
import { type Figure, figure, row } from '../model/figures';
import { countOf, formatCount } from '../model/percent';
import type { CheckType, Evidence } from './check';
import { columnName, shareRule as shareRuleKeys } from './declare';
import { judgeShare, shareRule, valuesOf } from './share';
import { orSourced } from './sourced';

const declaration = z
  .strictObject({
    column: columnName,
    ...shareRuleKeys,
    min: orSourced(z.number(), 'a number').optional().describe('The least value that is right'),
    max: orSourced(z.number(), 'a number', 'least').optional().describe('The greatest value that is right'),
    share: shareRuleKeys.min.describe('The least share of filled rows that must lie inside; 100% unless said'),
  })
  .refine(declared => declared.min !== undefined || declared.max !== undefined, {
    message: 'range needs `min`, `max` or both',
  })
  .refine(declared => declared.min === undefined || declared.max === undefined || declared.min <= declared.max, {
    message: 'range has a `min` above its `max`: no value could be right',
    path: ['min'],
  });

export const range: CheckType<z.output<typeof declaration>> = {
  name: 'range',
  summary: "A column's values lie between a least and a greatest number",
  declaration,
  parts: declared => {
    const { column, min, max } = declared;
    const rule = shareRule({ min: declared.share, per: declared.per, minRows: declared.minRows });
    const population = declared.where === undefined ? row.every : row.sql(declared.where);
    const whole = figure.count(row.all(row.filled(column), population));
    const outside = figure.count(row.all(row.outside(column, min, max), population));
    const unreadable = figure.count(row.all(row.unreadable(column, 'number'), population));
    const least = figure.min(column, 'number', population);
    const greatest = figure.max(column, 'number', population);
    const bounds =
      min === undefined
        ? `at most ${String(max)}`
        : max === undefined
          ? `at least ${String(min)}`
          : `between ${String(min)} and ${String(max)}`;
    return [
      {
        id: `range/${column}`,
        column,
        figures: [whole, outside, unreadable, least, greatest],
        offending: [
          row.all(row.outside(column, min, max), population),
          row.all(row.unreadable(column, 'number'), population),
        ],
        judge: evidence => {
          const judgement = judgeShare(
            {
              rule,
              wrong: [outside, unreadable],
              whole,
              verb: `${column} is ${bounds} in`,
              population:
                declared.where === undefined ? ' that hold a value' : ` with ${declared.where} that hold a value`,
              aside: sum => (sum(unreadable) > 0 ? `; ${countOf(sum(unreadable), 'value')} read as no number` : ''),
            },
            evidence,
          );
          const lowest = extreme(evidence, least, Math.min);
          const highest = extreme(evidence, greatest, Math.max);
          return lowest === undefined || highest === undefined
            ? judgement
            : {
                ...judgement,
                message: `${judgement.message}; values from ${formatCount(lowest)} to ${formatCount(highest)} were found`,
              };
        },
      },
    ];
  },
};

/** The least or greatest of a figure over all dates; `undefined` where no date has a value. */
function extreme(evidence: Evidence, of: Figure, pick: (a: number, b: number) => number): number | undefined {
  let found: number | undefined;
  for (const value of valuesOf(of, evidence)) {
    if (value !== null) found = found === undefined ? value : pick(found, value);
  }
  return found;
}
