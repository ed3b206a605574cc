// Judging a share of rows against a threshold in its scope: the arithmetic behind not_null, range and expression.
import { type Day, formatDay } from '../model/day';
import { type Figure, figureId } from '../model/figures';
import { countOf, formatCount, formatShare, formatThreshold } from '../model/percent';
import type { Scope } from '../model/report';
import type { DateFinding, Evidence, Judgement } from './check';

/** A day with fewer rows says too little about a share to be judged by itself. */
export const DEFAULT_MIN_ROWS = 8;

export interface ShareRule {
  readonly min: number;
  readonly per: Scope;
  readonly minRows: number;
}

/** The rule of a declaration, with what it leaves unsaid (rule 5: shares hold per season). */
export function shareRule(declared: {
  min?: number | undefined;
  per?: Scope | undefined;
  minRows?: number | undefined;
}): ShareRule {
  return { min: declared.min ?? 1, per: declared.per ?? 'season', minRows: declared.minRows ?? DEFAULT_MIN_ROWS };
}

export interface ShareQuestion {
  readonly rule: ShareRule;
  /** Counts of rows of the population that are wrong, disjoint ones. */
  readonly wrong: readonly Figure[];
  /** Rows of the population. */
  readonly whole: Figure;
  /** How a share reads in a sentence, as in `usage_rate is filled in` + ` 44.0 % of 101,342 rows`. */
  readonly verb: string;
  /** The population as it reads after `rows`: ` with minutes > 0`, or nothing. */
  readonly population: string;
  /** What else the message should say, by the rows summed over the range. */
  readonly aside?: (sum: (figure: Figure) => number) => string;
}

interface Part {
  readonly good: number;
  readonly whole: number;
}

/** Judges a share. Dates that miss the threshold are findings; only `per: date` gives them a state (rule 5). */
export function judgeShare(question: ShareQuestion, evidence: Evidence): Judgement {
  const { rule } = question;
  const { facts } = evidence;
  const wrong = question.wrong.map(of => valuesOf(of, evidence));
  const whole = valuesOf(question.whole, evidence);
  const byDay = facts.days.map((day, i) => {
    const of = whole[i] ?? 0;
    return { day, whole: of, good: of - wrong.reduce((sum, values) => sum + (values[i] ?? 0), 0) };
  });
  const total = sumParts(byDay);
  const threshold = {
    op: '>=' as const,
    value: rule.min,
    per: rule.per,
    ...(rule.per === 'date' && facts.dated ? { minRows: rule.minRows } : {}),
  };
  const aside = question.aside?.(of => totalOf(of, evidence)) ?? '';
  if (total.whole === 0) {
    return {
      outcome: 'skipped',
      threshold,
      findings: [],
      message: `there are no rows${question.population} to judge${aside}`,
    };
  }
  const value = { part: total.good, whole: total.whole, share: total.good / total.whole };
  const sentence = `${question.verb} ${formatShare(total.good, total.whole)} of ${countOf(total.whole, 'row')}${question.population}`;
  const asked = `${formatThreshold(rule.min)} ${rule.min === 1 ? 'is' : 'are'} asked for${facts.dated ? perScope(rule.per) : ''}`;
  const misses = (part: Part): boolean => part.whole > 0 && part.good / part.whole < rule.min;
  const finding = (of: Part & { day: Day }, state?: 'degraded'): DateFinding => ({
    day: of.day,
    ...(state === undefined ? {} : { state }),
    reason: `${question.verb} ${formatShare(of.good, of.whole)} of ${countOf(of.whole, 'row')}${question.population}`,
  });

  if (rule.per === 'date' && facts.dated) {
    const judged = byDay.filter(part => part.whole >= rule.minRows);
    const bad = judged.filter(misses);
    const tooFew = byDay.length - judged.length;
    const unjudged =
      tooFew === 0 ? '' : `; not judged: ${countOf(tooFew, 'date')} with fewer than ${rule.minRows} rows`;
    if (judged.length === 0) {
      return {
        outcome: 'skipped',
        value,
        threshold,
        findings: [],
        message: `no date has ${rule.minRows} rows${question.population}: none is judged`,
      };
    }
    return {
      outcome: bad.length > 0 ? 'fail' : 'pass',
      value,
      threshold,
      findings: bad.map(part => finding(part, 'degraded')),
      ...(bad.length === 0 ? {} : { judged: judged.map(({ day }) => day) }),
      message:
        bad.length > 0
          ? `${sentence}; on ${formatCount(bad.length)} of ${countOf(judged.length, 'date')} the share is lower than the ${formatThreshold(rule.min)} asked for per date${unjudged}${aside}`
          : `${sentence}; ${asked}${unjudged}${aside}`,
    };
  }

  const scopes =
    rule.per === 'season' && facts.dated && evidence.seasons.length > 0
      ? evidence.seasons.map(season => ({
          name: season.id,
          parts: byDay.filter(part => part.day >= season.range.from && part.day <= season.range.to),
        }))
      : [{ name: undefined, parts: byDay }];
  const failing = scopes.filter(({ parts }) => misses(sumParts(parts)));
  const seasons = failing
    .filter(({ name }) => name !== undefined)
    .map(({ name, parts }) => {
      const sum = sumParts(parts);
      return `${name ?? ''} ${formatShare(sum.good, sum.whole)}`;
    });
  return {
    outcome: failing.length > 0 ? 'fail' : 'pass',
    value,
    threshold,
    findings: facts.dated ? failing.flatMap(({ parts }) => parts.filter(misses).map(part => finding(part))) : [],
    // So few rows say nothing of a date, here as where each date is judged.
    ...(failing.length === 0 ? {} : { judged: byDay.filter(part => part.whole >= rule.minRows).map(({ day }) => day) }),
    message: `${sentence}; ${asked}${seasons.length > 0 ? `, short in ${seasons.join(', ')}` : ''}${aside}`,
  };
}

function sumParts(parts: readonly Part[]): Part {
  let good = 0;
  let whole = 0;
  for (const part of parts) {
    good += part.good;
    whole += part.whole;
  }
  return { good, whole };
}

/** The measured values of a figure, one a day. The caller judges only what was measured. */
export function valuesOf(of: Figure, evidence: Evidence): readonly (number | null)[] {
  return evidence.facts.values.get(figureId(of)) ?? [];
}

/** A counted figure summed over all dates. */
export function totalOf(of: Figure, evidence: Evidence): number {
  return valuesOf(of, evidence).reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

function perScope(per: Scope): string {
  return per === 'range' ? ' over the range' : ` per ${per}`;
}

/** The first dates of a list, for a sentence. */
export function someDates(days: readonly Day[], most = 3): string {
  const shown = days.slice(0, most).map(formatDay).join(', ');
  return days.length > most ? `${shown} and ${formatCount(days.length - most)} more` : shown;
}
