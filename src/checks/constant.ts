// constant: no single value of a column fills too much of a date, a season or the range: 4.27 in every row is a default, and no measurement.
import { z } from 'zod';
import type { Day } from '../model/day';
import { type RowTest, figure, row } from '../model/figures';
import { countOf, formatCount, formatShare, formatThreshold } from '../model/percent';
import type { Query } from '../model/queries';
import type { Scope } from '../model/report';
import type { CheckPart, CheckType, DateFinding, Evidence, Judgement } from './check';
import { columnName, common, scope, shareAtMost, shareRule as shareRuleKeys } from './declare';
import { notEvaluated } from './query';
import { DEFAULT_MIN_ROWS, valuesOf } from './share';

/** One value in this share of a date's rows is a constant, unless said. */
const DEFAULT_MAX = 0.99;

const declaration = z.strictObject({
  column: columnName,
  where: shareRuleKeys.where,
  max: shareAtMost
    .optional()
    .describe(
      'The greatest share of the filled rows that one value may hold: 99% per date unless said; over a season or the range, where it is not said, one value may not hold them all',
    ),
  per: scope.optional().describe('Over which dates the share is taken; each date by itself unless said'),
  minRows: shareRuleKeys.minRows.describe('Dates, or seasons, with fewer filled rows are not judged; 8 unless said'),
  ...common,
});

type Declared = z.output<typeof declaration>;

export const constant: CheckType<Declared> = {
  name: 'constant',
  summary: 'No single value of a column fills too much of a date, a season or the range',
  declaration,
  parts: declared => {
    const { per = 'date', where, max, column } = declared;
    const population = where === undefined ? row.every : row.sql(where);
    const part =
      per === 'date'
        ? perDate(declared, population)
        : max === undefined
          ? throughout(declared, per, population)
          : overScopes(declared, per, max, population);
    return [{ ...part, id: `constant/${column}${per === 'date' ? '' : `/${per}`}`, column }];
  },
};

type Part = Omit<CheckPart, 'id' | 'column'>;

function perDate({ column, max = DEFAULT_MAX, minRows = DEFAULT_MIN_ROWS }: Declared, population: RowTest): Part {
  const filled = figure.count(row.all(row.filled(column), population));
  const most = figure.mostFrequent(column, population);
  return {
    figures: [filled, most],
    judge: evidence => {
      const wholes = valuesOf(filled, evidence);
      const parts = valuesOf(most, evidence);
      const findings: DateFinding[] = [];
      const judgedDays: Day[] = [];
      evidence.facts.days.forEach((day, i) => {
        const whole = wholes[i] ?? 0;
        const part = parts[i] ?? 0;
        if (whole < minRows) return;
        judgedDays.push(day);
        if (part / whole > max)
          findings.push({
            day,
            state: 'degraded',
            reason: `${column} is the same in ${formatShare(part, whole)} of ${countOf(whole, 'row')}`,
          });
      });
      const judged = judgedDays.length;
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
        ...(findings.length === 0 ? {} : { judged: judgedDays }),
        message:
          findings.length > 0
            ? `${column} is the same in more than ${formatThreshold(max)} of the rows on ${formatCount(findings.length)} of ${countOf(judged, 'date')}`
            : `${column} varies on each of ${countOf(judged, 'date')}`,
      };
    },
  };
}

/** Whether all values of a season, or of the range, are one: told by the least and the greatest of what stands for them. */
function throughout(
  { column, minRows = DEFAULT_MIN_ROWS }: Declared,
  per: Exclude<Scope, 'date'>,
  population: RowTest,
): Part {
  const filled = figure.count(row.all(row.filled(column), population));
  const [least, greatest] = [figure.leastHash(column, population), figure.greatestHash(column, population)];
  return {
    figures: [filled, least, greatest],
    judge: evidence => {
      const [counts, lows, highs] = [filled, least, greatest].map(of => valuesOf(of, evidence));
      const scopes = scopesOf(per, evidence).map(({ name, places }) => {
        let [rows, low, high] = [0, Infinity, -Infinity];
        for (const i of places) {
          rows += counts?.[i] ?? 0;
          low = Math.min(low, lows?.[i] ?? Infinity);
          high = Math.max(high, highs?.[i] ?? -Infinity);
        }
        return { name, places, rows, isConstant: low === high };
      });
      const judged = scopes.filter(({ rows }) => rows >= minRows);
      const dead = judged.filter(({ isConstant }) => isConstant);
      const threshold = { op: '<=' as const, value: 0, per };
      if (judged.length === 0) return tooFew(column, minRows, threshold);
      // A date on which no row holds a value is neither.
      const holding = (places: readonly number[]): readonly Day[] =>
        places.flatMap(i => ((counts?.[i] ?? 0) === 0 ? [] : (evidence.facts.days[i] ?? [])));
      const named = dead.map(({ name, rows }) => `${name === '' ? '' : `${name}: `}${countOf(rows, 'row')}`).join(', ');
      return {
        outcome: dead.length > 0 ? 'fail' : 'pass',
        value: { count: dead.length },
        threshold,
        findings: evidence.facts.dated
          ? dead.flatMap(({ places }) =>
              places.flatMap(i => {
                const day = evidence.facts.days[i];
                return day === undefined || (counts?.[i] ?? 0) === 0
                  ? []
                  : [{ day, reason: `${column} is the same in ${countOf(counts?.[i] ?? 0, 'row')}` }];
              }),
            )
          : [],
        ...(dead.length === 0 ? {} : { judged: judged.flatMap(({ places }) => holding(places)) }),
        message:
          dead.length > 0
            ? `${column} holds one value throughout (${named})`
            : `${column} varies${per === 'season' ? ` in ${countOf(judged.length, 'season')}` : ''}`,
      };
    },
  };
}

/** The share of one value over seasons, or the range, by a statement that counts each value. */
function overScopes(
  { column, minRows = DEFAULT_MIN_ROWS }: Declared,
  per: Exclude<Scope, 'date'>,
  max: number,
  population: RowTest,
): Part {
  const query: Query = { query: 'most-frequent', column, per, where: population };
  return {
    figures: [],
    queries: [query],
    judge: (evidence): Judgement => {
      const reading = evidence.query(query);
      if (reading?.state !== 'measured') return notEvaluated(reading);
      const [wholes = [], parts = []] = reading.values;
      const facts = { ...evidence.facts, days: reading.days };
      const scopes = scopesOf(per, { ...evidence, facts }).map(({ name, places }) => ({
        name,
        places,
        whole: places.reduce((sum, i) => sum + (wholes[i] ?? 0), 0),
        part: places.reduce((sum, i) => sum + (parts[i] ?? 0), 0),
      }));
      const judged = scopes.filter(({ whole }) => whole >= minRows);
      const threshold = { op: '<=' as const, value: max, per };
      if (judged.length === 0) return tooFew(column, minRows, threshold);
      const worst = judged.reduce((a, b) => (b.part / b.whole > a.part / a.whole ? b : a));
      const wrong = judged.filter(({ part, whole }) => part / whole > max);
      const named = (wrong.length > 0 ? wrong : [worst]).map(
        ({ name, part, whole }) => `${name === '' ? '' : `${name} `}${formatShare(part, whole)}`,
      );
      return {
        outcome: wrong.length > 0 ? 'fail' : 'pass',
        value: { part: worst.part, whole: worst.whole, share: worst.part / worst.whole },
        threshold,
        findings: wrong.flatMap(({ places }) =>
          places.flatMap(i => {
            const [day, part, whole] = [reading.days[i], parts[i] ?? 0, wholes[i] ?? 0];
            return day === undefined || part / whole <= max
              ? []
              : [{ day, reason: `${column} is the same in ${formatShare(part, whole)} of ${countOf(whole, 'row')}` }];
          }),
        ),
        message: `${column} is the same in ${named.join(', ')} of the rows that hold a value; at most ${formatThreshold(max)} ${per === 'season' ? 'per season' : 'over the range'} may be`,
      };
    },
  };
}

function tooFew(column: string, minRows: number, threshold: NonNullable<Judgement['threshold']>): Judgement {
  return {
    outcome: 'skipped',
    threshold,
    findings: [],
    message: `fewer than ${minRows} rows hold a value in ${column}: none is judged`,
  };
}

/** The seasons, or the whole, as places of their dates in the facts. */
function scopesOf(
  per: Exclude<Scope, 'date'>,
  { facts, seasons }: Evidence,
): readonly { readonly name: string; readonly places: readonly number[] }[] {
  const all = [...facts.days.keys()];
  if (per === 'range' || !facts.dated || seasons.length === 0) return [{ name: '', places: all }];
  return seasons.map(({ id, range }) => ({
    name: id,
    places: all.filter(i => {
      const day = facts.days[i];
      return day !== undefined && day >= range.from && day <= range.to;
    }),
  }));
}
