// freshness: the newest write is not older than what the newest due date allows. A table of a season that is over does not age.
import { z } from 'zod';
import { formatDay } from '../model/day';
import { figure } from '../model/figures';
import { formatInstant } from '../model/instant';
import type { CheckType, Judgement } from './check';
import { duration, common } from './declare';
import { valuesOf } from './share';

const HOUR_MS = 3_600_000;

const declaration = z.strictObject({
  maxAge: duration.describe('How old the newest write may be when the newest expected date is due, such as 30h'),
  ...common,
});

export const freshness: CheckType<z.output<typeof declaration>> = {
  name: 'freshness',
  summary: 'The newest write is no older than the newest due date allows',
  declaration,
  needsWritten: true,
  parts: ({ maxAge }, table) => {
    const newest = figure.max(table.written ?? '', 'instant');
    return [
      {
        id: 'freshness',
        ...(table.written === undefined ? {} : { column: table.written }),
        figures: [newest],
        judge: (evidence): Judgement => {
          const threshold = { op: '<=' as const, value: maxAge / HOUR_MS, per: 'range' as const };
          const { last } = evidence.expected;
          const due = last === undefined ? undefined : evidence.due(last);
          if (last === undefined || due === undefined)
            return { outcome: 'skipped', threshold, findings: [], message: 'no date is expected: nothing is due' };
          const written = valuesOf(newest, evidence).reduce<number | null>(
            (most, value) => (value !== null && (most === null || value > most) ? value : most),
            null,
          );
          if (written === null)
            return {
              outcome: 'fail',
              threshold,
              findings: [],
              message: `no row tells when it was written; ${formatDay(last)} was due ${formatInstant(due)}`,
            };
          const age = due - written;
          const late = age > maxAge;
          return {
            outcome: late ? 'fail' : 'pass',
            value: { count: Math.max(0, Math.round((age / HOUR_MS) * 10) / 10) },
            threshold,
            findings: [],
            message: `the newest write is ${formatInstant(written)}${age > 0 ? `, ${hours(age)} before` : `, after`} ${formatDay(last)} was due (${formatInstant(due)}); at most ${hours(maxAge)} before are asked for`,
          };
        },
      },
    ];
  },
};

function hours(milliseconds: number): string {
  return `${(milliseconds / HOUR_MS).toFixed(1).replace(/\.0$/, '')} h`;
}
