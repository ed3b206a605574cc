// not_default: the share of filled rows in which a column holds none of the values that stand for "nothing was computed".
import { z } from 'zod';
import { figure, row } from '../model/figures';
import type { CheckType } from './check';
import { columnName, shareRule as shareRuleKeys } from './declare';
import { judgeShare, shareRule } from './share';

const declaration = z.strictObject({
  column: columnName,
  values: z
    .array(z.union([z.string(), z.number()]))
    .min(1)
    .describe('The default values: numbers are compared as numbers, texts as texts'),
  ...shareRuleKeys,
});

export const notDefault: CheckType<z.output<typeof declaration>> = {
  name: 'not_default',
  summary: 'A column holds something other than its default values in at least a share of the filled rows',
  declaration,
  parts: declared => {
    const { column, values, where } = declared;
    const population = where === undefined ? row.every : row.sql(where);
    const whole = figure.count(row.all(row.filled(column), population));
    const wrong = figure.count(row.all(row.oneOf(column, values), population));
    return [
      {
        id: `not_default/${column}`,
        column,
        figures: [whole, wrong],
        offending: [row.all(row.oneOf(column, values), population)],
        judge: evidence =>
          judgeShare(
            {
              rule: shareRule(declared),
              wrong: [wrong],
              whole,
              verb: `${column} is other than ${values.join(', ')} in`,
              population: where === undefined ? ' that hold a value' : ` with ${where} that hold a value`,
            },
            evidence,
          ),
      },
    ];
  },
};
