// date_gaps: no more than so many expected dates in a row are without rows. Off-days make no gap: the calendar says what is expected.
import { z } from 'zod';
import type { Day } from '../model/day';
import { formatDay } from '../model/day';
import { ROWS } from '../model/figures';
import { countOf } from '../model/percent';
import type { CheckType, Judgement } from './check';
import { common } from './declare';
import { valuesOf } from './share';
import { orSourced } from './sourced';

const declaration = z.strictObject({
  max: orSourced(z.number().int().min(0), 'a whole number', 'least').describe(
    'The most expected dates in a row that may be without rows',
  ),
  ...common,
});

export const dateGaps: CheckType<z.output<typeof declaration>> = {
  name: 'date_gaps',
  summary: 'No long run of expected dates is without rows',
  declaration,
  severity: 'warn',
  parts: ({ max }) => [
    {
      id: 'date_gaps',
      figures: [ROWS],
      judge: (evidence): Judgement => {
        const counts = valuesOf(ROWS, evidence);
        const present = new Set(evidence.facts.days.filter((_, i) => (counts[i] ?? 0) > 0));
        const gaps: Day[][] = [[]];
        for (const day of evidence.expected) {
          if (present.has(day)) gaps.push([]);
          else gaps.at(-1)?.push(day);
        }
        const longest = gaps.reduce((most, gap) => (gap.length > most.length ? gap : most), []);
        const tooLong = gaps.filter(gap => gap.length > max);
        const { length } = longest;
        const [first, last] = [longest[0], longest.at(-1)];
        return {
          outcome: evidence.expected.isEmpty ? 'skipped' : tooLong.length > 0 ? 'fail' : 'pass',
          value: { count: length },
          threshold: { op: '<=', value: max, per: 'range' },
          findings: tooLong.flatMap(gap =>
            gap.map(day => ({ day, reason: `in a gap of ${countOf(gap.length, 'expected date')}` })),
          ),
          message: evidence.expected.isEmpty
            ? 'no date is expected: there can be no gap'
            : first === undefined || last === undefined
              ? 'no expected date is without rows'
              : `the longest gap is ${countOf(length, 'expected date')}, ${formatDay(first)} → ${formatDay(last)}${tooLong.length > 0 ? `; ${countOf(tooLong.length, 'gap')} longer than ${max}` : ''}`,
        };
      },
    },
  ],
};
