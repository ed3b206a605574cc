// not_null: the share of rows of a population in which a column holds a value.
import { z } from 'zod';
import { figure, row } from '../model/figures';
import type { CheckType } from './check';
import { columnList, columnName, shareRule as shareRuleKeys } from './declare';
import { judgeShare, shareRule } from './share';

const declaration = z
  .strictObject({
    column: columnName.optional(),
    columns: columnList.optional().describe('Several columns, each judged by itself'),
    ...shareRuleKeys,
  })
  .refine(declared => (declared.column === undefined) !== (declared.columns === undefined), {
    message: 'not_null takes either `column` or `columns`',
  });

export const notNull: CheckType<z.output<typeof declaration>> = {
  name: 'not_null',
  summary: 'A column holds a value in at least a share of the rows (of a population)',
  declaration,
  parts: declared => {
    const rule = shareRule(declared);
    const population = declared.where === undefined ? row.every : row.sql(declared.where);
    const columns = declared.columns ?? (declared.column === undefined ? [] : [declared.column]);
    return columns.map(column => {
      const whole = figure.count(population);
      const wrong = figure.count(row.all(row.isNull(column), population));
      return {
        id: `not_null/${column}`,
        column,
        figures: [whole, wrong],
        offending: [row.all(row.isNull(column), population)],
        judge: evidence =>
          judgeShare(
            {
              rule,
              wrong: [wrong],
              whole,
              verb: `${column} is filled in`,
              population: declared.where === undefined ? '' : ` with ${declared.where}`,
            },
            evidence,
          ),
      };
    });
  },
};
