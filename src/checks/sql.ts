// sql: a SELECT of the user's own gives a date and a number, and the number has to lie within bounds on each date that it gives.
import { z } from 'zod';
import { formatCount, countOf } from '../model/percent';
import type { Query } from '../model/queries';
import type { CheckType, DateFinding, Judgement } from './check';
import { common } from './declare';
import { notEvaluated } from './query';
import { someDates } from './share';
import { orSourced } from './sourced';

const declaration = z
  .strictObject({
    name: z.string().min(1).describe('What the check is called in reports'),
    query: z
      .string()
      .min(1)
      .describe(
        'One SELECT of a date and a number, over declared tables by their full names; $from and $to are the range',
      ),
    min: orSourced(z.number(), 'a number').optional().describe('The least number that is right'),
    max: orSourced(z.number(), 'a number', 'least')
      .optional()
      .describe('The greatest number that is right; 0 where neither is said'),
    ...common,
  })
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, {
    message: 'sql has a `min` above its `max`: no number could be right',
    path: ['min'],
  });

export const sql: CheckType<z.output<typeof declaration>> = {
  name: 'sql',
  summary: 'A statement of your own gives a date and a number, which lies within bounds',
  declaration,
  parts: ({ name, query: text, min, max }) => {
    const query: Query = { query: 'sql', text };
    const least = min ?? -Infinity;
    const most = max ?? (min === undefined ? 0 : Infinity);
    const bounds = min === undefined ? `at most ${most}` : max === undefined ? `at least ${min}` : `${min} to ${max}`;
    return [
      {
        id: `sql/${name}`,
        figures: [],
        queries: [query],
        judge: (evidence): Judgement => {
          const reading = evidence.query(query);
          if (reading?.state !== 'measured') return notEvaluated(reading);
          const [values = []] = reading.values;
          const findings: DateFinding[] = [];
          reading.days.forEach((day, i) => {
            const value = values[i] ?? null;
            if (value === null) findings.push({ day, reason: `${name} is NULL` });
            else if (value < least || value > most)
              findings.push({ day, reason: `${name} is ${formatCount(value)}, ${bounds} asked for` });
          });
          const wrong = findings.length > 0 || reading.undated > 0;
          const undated =
            reading.undated === 0 ? '' : `; ${countOf(reading.undated, 'row')} of its answer without a date`;
          return {
            outcome: wrong ? 'fail' : 'pass',
            value: { count: findings.length },
            threshold:
              min === undefined
                ? { op: '<=', value: most, per: 'date' }
                : max === undefined
                  ? { op: '>=', value: min, per: 'date' }
                  : { op: 'between', value: [min, max], per: 'date' },
            findings,
            message: wrong
              ? `${name} is not ${bounds} on ${formatCount(findings.length)} of ${countOf(reading.days.length, 'date')} of its answer: ${someDates(findings.map(({ day }) => day))}${undated}`
              : `${name} is ${bounds} on each of ${countOf(reading.days.length, 'date')} of its answer`,
          };
        },
      },
    ];
  },
};
