// The words of plans, the same on every surface.
import { together } from '../backfill/durations';
import { type Expected, type Plan, type PlanStep, planSize } from '../backfill/plan';
import { formatExpected } from '../model/duration';
import { countOf } from '../model/percent';

/** What a plan is about, in a sentence. */
export function planSentence(plan: Plan): string {
  if (plan.steps.length > 0)
    return `Plan: ${countOf(planSize(plan), 'date')} of ${countOf(plan.steps.length, 'table')}`;
  if (plan.refusals.length > 0) return 'Nothing may be run as it is declared';
  const [unknown, unwritable] = (['unknown', 'unwritable'] as const).map(kind =>
    plan.excluded.filter(({ open }) => open === kind).reduce((sum, { count }) => sum + count, 0),
  );
  if (unknown !== undefined && unknown > 0)
    return `Nothing can be planned: ${countOf(unknown, 'date')} could not be looked at`;
  if (unwritable !== undefined && unwritable > 0)
    return `Nothing can be written: ${countOf(unwritable, 'date')} ${unwritable === 1 ? 'is' : 'are'} short, and no job may write ${unwritable === 1 ? 'it' : 'them'}`;
  return 'Nothing to do: nothing that can be written is short';
}

/** How long a plan takes; `null` where of one of its steps nothing tells. */
export function totalOf({ steps, options }: Pick<Plan, 'steps' | 'options'>): Expected | null {
  const known = steps.map(({ group, expected }) => ({ group, expected: expected ?? undefined }));
  return known.some(({ expected }) => expected === undefined) ? null : together(known, options);
}

export function durationWords(expected: Expected | null): string {
  return expected === null ? 'duration unknown (no earlier run)' : formatExpected(expected);
}

export function costWords(steps: readonly PlanStep[]): string {
  return `cost ${[...new Set(steps.map(({ cost }) => cost))].join('; ')}`;
}

const REWRITES: Readonly<Record<PlanStep['rewrites'], string>> = {
  replace: 'replaces a date that is there',
  merge: 'merges into a date that is there',
  append: 'appends to a date that is there',
  unknown: 'does not say what it does with a date that is there',
};

/** What running a date twice does, of a job. */
export function rewritesWords(rewrites: PlanStep['rewrites']): string {
  return REWRITES[rewrites];
}
