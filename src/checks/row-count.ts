// row_count: a least or greatest number of rows, per date, season or over the range. Too few makes a date partial, too many degraded.
import { z } from 'zod';
import { ROWS, figure, row } from '../model/figures';
import { countOf, formatCount } from '../model/percent';
import type { Scope, Threshold } from '../model/report';
import type { CheckType, DateFinding, Evidence, Judgement } from './check';
import { condition, scope, common } from './declare';
import { orSourced } from './sourced';
import { someDates, totalOf, valuesOf } from './share';

const howMany = z.number().int().min(0);

const declaration = z
  .strictObject({
    min: orSourced(howMany, 'a whole number').optional().describe('The least number of rows'),
    max: orSourced(howMany, 'a whole number', 'least').optional().describe('The greatest number of rows'),
    per: scope.optional().describe('Over which dates the count is taken; the range unless said'),
    where: condition.optional().describe('The rows that count; every row unless said'),
    ...common,
  })
  .refine(declared => declared.min !== undefined || declared.max !== undefined, {
    message: 'row_count needs `min`, `max` or both',
  })
  .refine(declared => declared.min === undefined || declared.max === undefined || declared.min <= declared.max, {
    message: 'row_count has a `min` above its `max`: no count could be right',
    path: ['min'],
  });

type Declared = z.output<typeof declaration>;

export const rowCount: CheckType<Declared> = {
  name: 'row_count',
  summary: 'A least or greatest number of rows',
  declaration,
  parts: declared => {
    const per = declared.per ?? 'range';
    const rows = declared.where === undefined ? ROWS : figure.count(row.sql(declared.where));
    return [
      {
        id: `row_count/${per}${declared.where === undefined ? '' : ` with ${declared.where}`}`,
        figures: [rows],
        ...(per === 'date' &&
        declared.where === undefined &&
        declared.min !== undefined &&
        declared.min === declared.max
          ? { exactly: declared.min }
          : {}),
        judge: evidence =>
          per === 'date' && evidence.facts.dated
            ? judgeDates(declared, rows, evidence)
            : judgeTotals(declared, per, rows, evidence),
      },
    ];
  },
};

/** Dates without any row are missing, which coverage says; this speaks of those that hold some. */
function judgeDates(declared: Declared, rows: typeof ROWS, evidence: Evidence): Judgement {
  const counts = valuesOf(rows, evidence);
  const findings: DateFinding[] = [];
  evidence.facts.days.forEach((day, i) => {
    if (!evidence.expected.has(day)) return;
    const count = counts[i] ?? 0;
    if (declared.min !== undefined && count < declared.min) {
      findings.push({
        day,
        state: 'partial',
        reason: `${countOf(count, 'row')}, at least ${formatCount(declared.min)} asked for`,
      });
    } else if (declared.max !== undefined && count > declared.max) {
      findings.push({
        day,
        state: 'degraded',
        reason: `${countOf(count, 'row')}, at most ${formatCount(declared.max)} asked for`,
      });
    }
  });
  return {
    outcome: findings.length > 0 ? 'fail' : 'pass',
    value: { count: totalOf(rows, evidence) },
    threshold: thresholdOf(declared, 'date'),
    findings,
    message:
      findings.length > 0
        ? `${countOf(findings.length, 'date')} ${findings.length === 1 ? 'holds' : 'hold'} other than ${boundsOf(declared)} rows: ${someDates(findings.map(finding => finding.day))}`
        : `every date that holds rows holds ${boundsOf(declared)}`,
  };
}

function judgeTotals(declared: Declared, per: Scope, rows: typeof ROWS, evidence: Evidence): Judgement {
  const counts = valuesOf(rows, evidence);
  const inside = (from: number, to: number): number =>
    evidence.facts.days.reduce((sum, day, i) => (day >= from && day <= to ? sum + (counts[i] ?? 0) : sum), 0);
  const scopes =
    per === 'season' && evidence.facts.dated && evidence.seasons.length > 0
      ? evidence.seasons.map(season => ({ name: `${season.id}: `, count: inside(season.range.from, season.range.to) }))
      : [{ name: '', count: totalOf(rows, evidence) }];
  const wrong = scopes.filter(
    ({ count }) =>
      (declared.min !== undefined && count < declared.min) || (declared.max !== undefined && count > declared.max),
  );
  return {
    outcome: wrong.length > 0 ? 'fail' : 'pass',
    value: { count: totalOf(rows, evidence) },
    threshold: thresholdOf(declared, evidence.facts.dated ? per : 'range'),
    findings: [],
    message: `${(wrong.length > 0 ? wrong : scopes).map(({ name, count }) => `${name}${countOf(count, 'row')}`).join(', ')}; ${boundsOf(declared)} asked for`,
  };
}

function boundsOf({ min, max }: Declared): string {
  if (min === undefined) return `at most ${formatCount(max ?? 0)}`;
  return max === undefined ? `at least ${formatCount(min)}` : `${formatCount(min)} to ${formatCount(max)}`;
}

function thresholdOf({ min, max }: Declared, per: Scope): Omit<Threshold, 'source'> {
  if (min === undefined) return { op: '<=', value: max ?? 0, per };
  return max === undefined ? { op: '>=', value: min, per } : { op: 'between', value: [min, max], per };
}
