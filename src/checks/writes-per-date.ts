// writes_per_date: a date was written in few goes. Many distinct write times are retries, races, or a job that appends.
import { z } from 'zod';
import { figure } from '../model/figures';
import { countOf } from '../model/percent';
import type { CheckType, DateFinding, Judgement } from './check';
import { common } from './declare';
import { valuesOf } from './share';
import { orSourced } from './sourced';

const declaration = z.strictObject({
  max: orSourced(z.number().int().min(1), 'a whole number from 1', 'least').describe(
    'The most distinct write times that the rows of a date may have',
  ),
  ...common,
});

export const writesPerDate: CheckType<z.output<typeof declaration>> = {
  name: 'writes_per_date',
  summary: 'The rows of a date were written in few goes',
  declaration,
  needsWritten: true,
  severity: 'warn',
  parts: ({ max }, table) => {
    const column = table.written ?? '';
    const writes = figure.distinct([column]);
    return [
      {
        id: 'writes_per_date',
        column,
        figures: [writes],
        judge: (evidence): Judgement => {
          const counts = valuesOf(writes, evidence);
          const findings: DateFinding[] = [];
          evidence.facts.days.forEach((day, i) => {
            const count = counts[i] ?? 0;
            if (count > max) findings.push({ day, state: 'degraded', reason: `written at ${count} distinct times` });
          });
          const most = counts.reduce<number>((a, b) => Math.max(a, b ?? 0), 0);
          return {
            outcome: findings.length > 0 ? 'fail' : 'pass',
            value: { count: most },
            threshold: { op: '<=', value: max, per: 'date' },
            findings: evidence.facts.dated ? findings : [],
            message:
              findings.length > 0
                ? `${countOf(findings.length, 'date')} written at more than ${countOf(max, 'distinct time')}, at most ${most}`
                : `no date was written at more than ${countOf(most, 'distinct time')}`,
          };
        },
      },
    ];
  },
};
