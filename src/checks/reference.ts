// reference: two tables agree per date on an aggregate: the points of the players are the points of their teams.
import { z } from 'zod';
import { figureId, row } from '../model/figures';
import { countOf, formatCount } from '../model/percent';
import { aggregate, aggregateFigure, aggregateText } from './aggregate';
import type { CheckType, DateFinding, Judgement } from './check';
import { condition, common } from './declare';
import { someDates, valuesOf } from './share';
import { orSourced } from './sourced';

const declaration = z.strictObject({
  table: z.string().min(1).describe('The table that this one is compared with'),
  this: aggregate.describe('What is taken of this table: count(*), count(distinct column) or sum(column)'),
  that: aggregate.describe('What is taken of the other table'),
  where: condition.optional().describe('The rows of this table that count; every row unless said'),
  thatWhere: condition.optional().describe('The rows of the other table that count; every row unless said'),
  tolerance: orSourced(z.number().min(0), 'a number from 0', 'least')
    .optional()
    .describe('How far the two may be apart on a date; 0 unless said'),
  ...common,
});

export const reference: CheckType<z.output<typeof declaration>> = {
  name: 'reference',
  summary: 'Two tables agree per date on an aggregate, within a tolerance',
  declaration,
  parts: declared => {
    const { table, tolerance = 0 } = declared;
    const own = aggregateFigure(declared.this, declared.where === undefined ? row.every : row.sql(declared.where));
    const its = aggregateFigure(
      declared.that,
      declared.thatWhere === undefined ? row.every : row.sql(declared.thatWhere),
    );
    const [left, right] = [aggregateText(declared.this), `${aggregateText(declared.that)} of ${table}`];
    const threshold = { op: '<=' as const, value: tolerance, per: 'date' as const };
    return [
      {
        id: `reference/${table}/${left}`,
        figures: [own],
        others: [{ table, figures: [its] }],
        judge: (evidence): Judgement => {
          const unable = (why: string): Judgement => ({
            outcome: 'error',
            threshold,
            findings: [],
            message: `could not be compared with ${table}: ${why}`,
          });
          const other = evidence.other(table);
          if (other?.state !== 'measured') return unable(other?.message ?? 'it was not measured');
          const problem = other.facts.unmeasured.get(figureId(its));
          if (problem !== undefined)
            return unable(
              problem.reason === 'failed' ? problem.message : `it has no column ${problem.columns.join(', ')}`,
            );
          const values = other.facts.values.get(figureId(its)) ?? [];
          const byDay = new Map(other.facts.days.map((day, i) => [day, values[i] ?? 0]));
          const ownValues = valuesOf(own, evidence);
          const findings: DateFinding[] = [];
          let compared = 0;
          let furthest = 0;
          evidence.facts.days.forEach((day, i) => {
            const theirs = byDay.get(day);
            if (theirs === undefined) return; // a date that the other lacks is its own finding, not this one's
            const ours = ownValues[i] ?? 0;
            compared++;
            const apart = Math.abs(ours - theirs);
            furthest = Math.max(furthest, apart);
            if (apart > tolerance)
              findings.push({
                day,
                state: 'degraded',
                reason: `${left} is ${formatCount(ours)}, ${right} is ${formatCount(theirs)}`,
              });
          });
          if (compared === 0)
            return { outcome: 'skipped', threshold, findings: [], message: `no date holds rows here and in ${table}` };
          const alone = evidence.facts.days.length - compared;
          const aside = alone === 0 ? '' : `; not compared: ${countOf(alone, 'date')} that ${table} does not hold`;
          return {
            outcome: findings.length > 0 ? 'fail' : 'pass',
            value: { count: furthest },
            threshold,
            findings,
            message:
              findings.length > 0
                ? `${left} differs from ${right} on ${formatCount(findings.length)} of ${countOf(compared, 'date')}, by ${formatCount(furthest)} at most: ${someDates(findings.map(({ day }) => day))}${aside}`
                : `${left} is ${right} on each of ${countOf(compared, 'date')}${tolerance === 0 ? '' : `, within ${tolerance}`}${aside}`,
          };
        },
      },
    ];
  },
};
