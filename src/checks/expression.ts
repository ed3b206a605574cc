// expression: an expression of the user's that must be true for the rows of a population. NULL is neither, and is counted apart.
import { z } from 'zod';
import { figure, row } from '../model/figures';
import { countOf } from '../model/percent';
import type { CheckType } from './check';
import { condition, shareRule as shareRuleKeys } from './declare';
import { judgeShare, shareRule } from './share';

const declaration = z.strictObject({
  name: z
    .string()
    .min(1)
    .regex(/^[^/#]+$/, 'a name is free of / and #')
    .describe('What the check is called in reports'),
  holds: condition.describe("An expression of the target's SQL that must be true for the rows"),
  ...shareRuleKeys,
});

export const expression: CheckType<z.output<typeof declaration>> = {
  name: 'expression',
  summary: 'An expression over the columns of a row is true',
  declaration,
  parts: declared => {
    const rule = shareRule(declared);
    const population = declared.where === undefined ? row.every : row.sql(declared.where);
    const holds = figure.count(row.all(row.sql(declared.holds), population));
    const broken = figure.count(row.all(row.sql(declared.holds, 'false'), population));
    const undecided = figure.count(row.all(row.sql(declared.holds, 'null'), population));
    const whole = figure.count(population);
    return [
      {
        id: `expression/${declared.name}`,
        figures: [whole, holds, broken, undecided],
        offending: [row.all(row.sql(declared.holds, 'false'), population)],
        judge: evidence =>
          judgeShare(
            {
              rule,
              wrong: [broken],
              whole,
              verb: `${declared.holds} holds in`,
              population: declared.where === undefined ? '' : ` with ${declared.where}`,
              aside: sum =>
                sum(undecided) > 0
                  ? `; in ${countOf(sum(undecided), 'row')} a part of it is NULL, which breaks nothing`
                  : '',
            },
            evidence,
          ),
      },
    ];
  },
};
