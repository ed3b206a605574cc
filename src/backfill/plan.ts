// The plan of a backfill: which dates of which tables, in which order, by which exact commands, and why. Plain data, one file, bound to its target.
import { parseDay } from '../model/day';
import type { IsoDay } from '../runs/events';

/** Dates, first to last, that are in the plan for one reason. */
export type PlanReason = readonly [from: IsoDay, to: IsoDay, count: number, reason: string];

/** A part of a step that is done by one command, or one statement: so many of the step's dates, from one of them on. */
export interface PlanChunk {
  readonly id: string;
  /** The place of its first date among the step's. */
  readonly at: number;
  readonly count: number;
  /** The exact command; absent for a statement. `${env:NAME}` is read when it is run: a secret never enters a plan. */
  readonly argv?: readonly string[];
}

/** How long work is expected to take, from earlier runs of the same job. Milliseconds. */
export interface Expected {
  readonly ms: number;
  readonly low: number;
  readonly high: number;
}

export interface PlanStep {
  /** The table's short name where only one step has it, else its full name. */
  readonly id: string;
  readonly table: string;
  readonly phase: string;
  readonly job: string;
  readonly kind: 'command' | 'sql';
  /** What running a date twice does: decides whether anything is ever run again by itself. */
  readonly rewrites: 'replace' | 'merge' | 'append' | 'unknown';
  /** Steps of one group may run at the same time; groups follow each other, from 1. */
  readonly group: number;
  /** Steps that have to succeed before. */
  readonly needs: readonly string[];
  /** Steps that come before, whatever they come to: what they write is optional to this one. */
  readonly follows: readonly string[];
  /** Ascending. */
  readonly dates: readonly IsoDay[];
  readonly why: readonly PlanReason[];
  /** The first is the canary: it goes through the whole gate before the others begin. */
  readonly chunks: readonly PlanChunk[];
  /** A statement's file and its text as it was planned. */
  readonly sql?: { readonly file: string; readonly text: string };
  /** The script that its flags were checked against, from the workspace, and what it was then. */
  readonly script?: { readonly path: string; readonly hash: string };
  /** `null`: no earlier run tells. */
  readonly expected: Expected | null;
  /** What it costs, in words: `unknown` where nothing tells, never 0 (rule 8). */
  readonly cost: string;
  /** What is written, wherever it is reached from: the name of its lock. */
  readonly resource: string;
  /** Why its gate will say no, as far as it can be told now; empty where nothing speaks against it. */
  readonly blockers: readonly string[];
}

/** The reason of dates that somebody has taken out of a plan. */
export const TAKEN_OUT = 'taken out by hand';

/** Dates that are short and not in the plan, and why. */
export interface PlanExclusion {
  readonly table: string;
  readonly ranges: readonly (readonly [IsoDay, IsoDay])[];
  readonly count: number;
  readonly reason: string;
  /** Dates that nobody decided to leave: those that could not be looked at, and those that are short and cannot be written. */
  readonly open?: 'unknown' | 'unwritable';
}

export interface PlanOptions {
  /** Whether stale dates are rewritten too, and those that this plan makes stale. */
  readonly stale: boolean;
  /** Whether all expected dates are rewritten, and not only those that are short. */
  readonly rebuild: boolean;
  /** Whether what does not depend on a step that failed goes on. */
  readonly keepGoing: boolean;
  /** The most steps at the same time. */
  readonly steps: number;
  /** The most commands at the same time, of all steps. */
  readonly commands: number;
  /** Whether a step tries its first date before the others. */
  readonly canary: boolean;
}

export const DEFAULT_OPTIONS: PlanOptions = {
  stale: false,
  rebuild: false,
  keepGoing: false,
  steps: 2,
  commands: 4,
  canary: true,
};

export interface Plan {
  readonly schema: 'phasegate.plan/1';
  /** ISO instant. */
  readonly createdAt: string;
  readonly pipeline: string;
  /** Absolute path of the workspace. */
  readonly folder: string;
  /** The manifest's file, from the workspace, and what it was when this was planned. */
  readonly manifest: { readonly file: string; readonly hash: string };
  readonly target: { readonly name: string; readonly identity: string; readonly protected: boolean };
  readonly asOf: IsoDay;
  readonly from: IsoDay;
  readonly to: IsoDay;
  readonly options: PlanOptions;
  /** The interpreter of `${python}`, and where it comes from; absent where no job asks for it. */
  readonly python?: { readonly path: string; readonly from: string };
  readonly steps: readonly PlanStep[];
  readonly excluded: readonly PlanExclusion[];
  /** Why it may not be run at all; empty where it may. */
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
}

/** The dates of a chunk. */
export function chunkDates(step: PlanStep, { at, count }: PlanChunk): readonly IsoDay[] {
  return step.dates.slice(at, at + count);
}

/** What is wrong with a step's dates, by kind, such as `missing`, with how many. */
export function reasonKinds({ why }: Pick<PlanStep, 'why'>): ReadonlyMap<string, number> {
  const kinds = new Map<string, number>();
  for (const [, , count, reason] of why) {
    const kind = reason.split(':', 1)[0] ?? reason;
    kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  }
  return kinds;
}

/** How many dates a plan is about. */
export function planSize({ steps }: Plan): number {
  return steps.reduce((sum, { dates }) => sum + dates.length, 0);
}

/** A plan that was read from a file; a message where it is none. */
export function readPlan(
  text: string,
  file: string,
): { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly message: string } {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    // It is no JSON: said below.
  }
  if (isRecord(found) && found['schema'] === 'phasegate.plan/1') {
    const wrong = whyNoPlan(found);
    return wrong === undefined
      ? { ok: true, plan: withFollows(found as unknown as Plan) }
      : { ok: false, message: `${file} is spoilt: ${wrong}. Make it again with "phasegate plan"` };
  }
  return { ok: false, message: `${file} is no plan: make one with "phasegate plan TABLE… --out FILE"` };
}

/** A plan of before steps could follow others without needing them. */
function withFollows(plan: Plan): Plan {
  return { ...plan, steps: plan.steps.map(step => ({ ...step, follows: (step as Partial<PlanStep>).follows ?? [] })) };
}

/** What is not as it has to be for a plan to be read further; `undefined` where nothing is. */
function whyNoPlan(plan: Readonly<Record<string, unknown>>): string | undefined {
  const { target, options, steps, manifest } = plan;
  for (const key of ['createdAt', 'pipeline', 'folder'])
    if (typeof plan[key] !== 'string') return `its ${key} is no text`;
  for (const key of ['asOf', 'from', 'to']) if (!isIsoDay(plan[key])) return `its ${key} is no date`;
  if (!isRecord(manifest) || typeof manifest['hash'] !== 'string') return 'its manifest is not named';
  if (!isRecord(target) || typeof target['name'] !== 'string' || typeof target['identity'] !== 'string')
    return 'its target is not named';
  if (!isRecord(options)) return 'it has no options';
  for (const key of ['stale', 'rebuild', 'keepGoing', 'canary'])
    if (typeof options[key] !== 'boolean') return `its option ${key} is neither true nor false`;
  for (const key of ['steps', 'commands'])
    if (!Number.isInteger(options[key]) || Number(options[key]) < 1)
      return `its option ${key} is no whole number from 1`;
  for (const key of ['excluded', 'refusals', 'warnings'])
    if (!Array.isArray(plan[key])) return `its ${key} are no list`;
  if (!Array.isArray(steps)) return 'its steps are no list';
  for (const [i, step] of (steps as readonly unknown[]).entries()) {
    if (!isRecord(step) || typeof step['id'] !== 'string' || typeof step['table'] !== 'string')
      return `its step ${i + 1} is not named`;
    const { id, dates, chunks, needs, why, blockers } = step;
    if (!Array.isArray(dates) || dates.length === 0 || !dates.every(isIsoDay)) return `the dates of ${id} are none`;
    if (!Array.isArray(chunks) || !chunks.every(isChunk)) return `the parts of ${id} are none`;
    if (![needs, why, blockers].every(Array.isArray))
      return `${id} lacks what it needs, why, or what speaks against it`;
  }
  return undefined;
}

function isChunk(chunk: unknown): boolean {
  return (
    isRecord(chunk) &&
    typeof chunk['id'] === 'string' &&
    Number.isInteger(chunk['at']) &&
    Number.isInteger(chunk['count'])
  );
}

function isIsoDay(value: unknown): boolean {
  return typeof value === 'string' && parseDay(value) !== undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
