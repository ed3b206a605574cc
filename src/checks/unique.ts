// unique: no two rows of a date share a key, and no part of the key is NULL (rule 6). A key is a typed tuple.
import { z } from 'zod';
import { ROWS, figure, row } from '../model/figures';
import type { Query } from '../model/queries';
import { countOf, formatCount } from '../model/percent';
import type { CheckPart, CheckType, DateFinding, Evidence, Judgement } from './check';
import { columnList, condition, common } from './declare';
import { notEvaluated } from './query';
import { totalOf, valuesOf } from './share';

const declaration = z.union([
  columnList,
  z.strictObject({
    columns: columnList,
    where: condition.optional().describe('The rows that must be unique; every row unless said'),
    across: z
      .boolean()
      .optional()
      .describe('Whether the columns must not be found under two dates either: a game is played once'),
    ...common,
  }),
]);

type Declared = z.output<typeof declaration>;

/** The two findings that a key asks for: `key:` of a table implies them, `unique:` declares them. */
export function keyParts(columns: readonly string[], where?: string): readonly CheckPart[] {
  const population = where === undefined ? row.every : row.sql(where);
  const tuple = `(${columns.join(', ')})`;
  const rows = where === undefined ? ROWS : figure.count(population);
  const distinct = figure.distinct(columns, population);
  const incomplete = figure.count(row.all(row.anyNull(columns), population));
  return [
    {
      id: `unique/${columns.join(',')}`,
      figures: [rows, distinct],
      judge: evidence => judgeDuplicates(evidence, rows, distinct, tuple),
    },
    {
      id: `key_null/${columns.join(',')}`,
      figures: [rows, incomplete],
      offending: [row.all(row.anyNull(columns), population)],
      judge: evidence => judgeIncomplete(evidence, rows, incomplete, tuple),
    },
  ];
}

export const unique: CheckType<Declared> = {
  name: 'unique',
  summary: 'No two rows of a date share these columns, and none of them is NULL',
  declaration,
  parts: declared =>
    'columns' in declared
      ? [
          ...keyParts(declared.columns, declared.where),
          ...(declared.across === true ? [acrossPart(declared.columns, declared.where)] : []),
        ]
      : keyParts(declared),
};

const NONE = { op: '<=', value: 0, per: 'date' } as const;

function judgeDuplicates(
  evidence: Evidence,
  rows: typeof ROWS,
  distinct: ReturnType<typeof figure.distinct>,
  tuple: string,
): Judgement {
  const total = valuesOf(rows, evidence);
  const keys = valuesOf(distinct, evidence);
  const findings: DateFinding[] = [];
  let redundant = 0;
  evidence.facts.days.forEach((day, i) => {
    const extra = (total[i] ?? 0) - (keys[i] ?? 0);
    if (extra <= 0) return;
    redundant += extra;
    findings.push({
      day,
      state: 'degraded',
      reason: `${formatCount(extra)} of ${countOf(total[i] ?? 0, 'row')} repeat a key ${tuple}`,
    });
  });
  return {
    outcome: redundant > 0 ? 'fail' : 'pass',
    value: { count: redundant },
    threshold: NONE,
    findings: evidence.facts.dated ? findings : [],
    message:
      redundant > 0
        ? `${countOf(redundant, 'row')} ${redundant === 1 ? 'repeats' : 'repeat'} a key ${tuple}${evidence.facts.dated ? ` on ${countOf(findings.length, 'date')}` : ''}`
        : `none of ${countOf(totalOf(rows, evidence), 'row')} repeats a key ${tuple}${evidence.facts.dated ? ' within its date' : ''}`,
  };
}

function judgeIncomplete(evidence: Evidence, rows: typeof ROWS, incomplete: typeof ROWS, tuple: string): Judgement {
  const counts = valuesOf(incomplete, evidence);
  const findings: DateFinding[] = [];
  evidence.facts.days.forEach((day, i) => {
    const count = counts[i] ?? 0;
    if (count > 0)
      findings.push({ day, state: 'degraded', reason: `${countOf(count, 'row')} with a NULL in the key ${tuple}` });
  });
  const count = totalOf(incomplete, evidence);
  return {
    outcome: count > 0 ? 'fail' : 'pass',
    value: { count },
    threshold: NONE,
    findings: evidence.facts.dated ? findings : [],
    message:
      count > 0
        ? `${countOf(count, 'row')} ${count === 1 ? 'has' : 'have'} a NULL in the key ${tuple}`
        : `none of ${countOf(totalOf(rows, evidence), 'row')} has a NULL in the key ${tuple}`,
  };
}

/** Keys that stand under two dates: the same game twice. */
function acrossPart(columns: readonly string[], where: string | undefined): CheckPart {
  const query: Query = {
    query: 'across-dates',
    columns,
    where: where === undefined ? row.every : row.sql(where),
  };
  const tuple = `(${columns.join(', ')})`;
  return {
    id: `unique_across/${columns.join(',')}`,
    figures: [],
    queries: [query],
    judge: (evidence): Judgement => {
      const reading = evidence.query(query);
      if (reading?.state !== 'measured') return notEvaluated(reading);
      const [rows = [], elsewhere = []] = reading.values;
      const findings = reading.days.flatMap((day, i): readonly DateFinding[] => {
        const count = elsewhere[i] ?? 0;
        return count === 0
          ? []
          : [{ day, reason: `${countOf(count, 'row')} with a key ${tuple} that another date has too` }];
      });
      const sum = (of: readonly (number | null)[]): number => of.reduce<number>((all, count) => all + (count ?? 0), 0);
      return {
        outcome: findings.length > 0 ? 'fail' : 'pass',
        value: { count: sum(elsewhere) },
        threshold: { op: '<=', value: 0, per: 'range' },
        findings,
        message:
          findings.length > 0
            ? `${countOf(sum(elsewhere), 'row')} with a key ${tuple} that is found under several dates, on ${countOf(findings.length, 'date')}`
            : `no key ${tuple} of ${countOf(sum(rows), 'row')} is found under two dates`,
      };
    },
  };
}
