// pattern: an identifier looks as it should in at least a share of the rows that hold one.
import { z } from 'zod';
import { figure, row } from '../model/figures';
import type { CheckType } from './check';
import { columnName, shareRule as shareRuleKeys } from './declare';
import { judgeShare, shareRule } from './share';

const declaration = z.strictObject({
  column: columnName,
  matches: z
    .string()
    .min(1)
    .refine(isPattern, { message: 'is no regular expression' })
    .describe('A regular expression (RE2) that the whole value matches, such as 00[0-9]{8}'),
  ...shareRuleKeys,
});

/** Close enough to what the engines read: what is wrong here is wrong there. */
function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'v') instanceof RegExp;
  } catch {
    return false;
  }
}

export const pattern: CheckType<z.output<typeof declaration>> = {
  name: 'pattern',
  summary: 'The values of a column match a regular expression',
  declaration,
  parts: declared => {
    const { column, matches, where } = declared;
    const population = where === undefined ? row.every : row.sql(where);
    const whole = figure.count(row.all(row.filled(column), population));
    const wrong = figure.count(row.all(row.mismatch(column, matches), population));
    return [
      {
        id: `pattern/${column}`,
        column,
        figures: [whole, wrong],
        offending: [row.all(row.mismatch(column, matches), population)],
        judge: evidence =>
          judgeShare(
            {
              rule: shareRule(declared),
              wrong: [wrong],
              whole,
              verb: `${column} matches ${matches} in`,
              population: where === undefined ? ' that hold a value' : ` with ${where} that hold a value`,
            },
            evidence,
          ),
      },
    ];
  },
};
