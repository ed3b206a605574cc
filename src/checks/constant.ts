// constant: no single value of a column fills too much of a date: 4.27 in every row is a default, and no measurement.
import { z } from 'zod';
import { figure, row } from '../model/figures';
import { countOf, formatCount, formatShare, formatThreshold } from '../model/percent';
import type { CheckType, DateFinding } from './check';
import { columnName, shareRule as shareRuleKeys, severity } from './declare';
import { DEFAULT_MIN_ROWS, valuesOf } from './share';

/** One value in this share of a date's rows is a constant, unless said. */
const DEFAULT_MAX = 0.99;

const declaration = z.strictObject({
  column: columnName,
  where: shareRuleKeys.where,
  max: shareRuleKeys.min.describe(
    'The greatest share of a date’s filled rows that one value may hold; 99% unless said',
  ),
  minRows: shareRuleKeys.minRows.describe('Dates with fewer filled rows are not judged; 8 unless said'),
  severity,
});

export const constant: CheckType<z.output<typeof declaration>> = {
  name: 'constant',
  summary: 'No single value of a column fills too much of a date',
  declaration,
  severity: declared => declared.severity,
  parts: declared => {
    const { column, max = DEFAULT_MAX, minRows = DEFAULT_MIN_ROWS, where } = declared;
    const population = where === undefined ? row.every : row.sql(where);
    const filled = figure.count(row.all(row.filled(column), population));
    const most = figure.mostFrequent(column, population);
    return [
      {
        id: `constant/${column}`,
        column,
        figures: [filled, most],
        judge: evidence => {
          const wholes = valuesOf(filled, evidence);
          const parts = valuesOf(most, evidence);
          const findings: DateFinding[] = [];
          let judged = 0;
          evidence.facts.days.forEach((day, i) => {
            const whole = wholes[i] ?? 0;
            const part = parts[i] ?? 0;
            if (whole < minRows) return;
            judged++;
            if (part / whole > max)
              findings.push({
                day,
                state: 'degraded',
                reason: `${column} is the same in ${formatShare(part, whole)} of ${countOf(whole, 'row')}`,
              });
          });
          const threshold = { op: '<=' as const, value: max, per: 'date' as const, minRows };
          if (judged === 0)
            return {
              outcome: 'skipped',
              threshold,
              findings: [],
              message: `no date has ${minRows} rows in which ${column} holds a value: none is judged`,
            };
          return {
            outcome: findings.length > 0 ? 'fail' : 'pass',
            value: { part: judged - findings.length, whole: judged, share: (judged - findings.length) / judged },
            threshold,
            findings: evidence.facts.dated ? findings : [],
            message:
              findings.length > 0
                ? `${column} is the same in more than ${formatThreshold(max)} of the rows on ${formatCount(findings.length)} of ${countOf(judged, 'date')}`
                : `${column} varies on each of ${countOf(judged, 'date')}`,
          };
        },
      },
    ];
  },
};
