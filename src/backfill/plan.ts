// The plan of a backfill: which dates of which tables, in which order, by which exact commands, and why. Plain data, one file, bound to its target.
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
  try {
    const plan = JSON.parse(text) as Partial<Plan> | null;
    if (plan?.schema === 'phasegate.plan/1' && Array.isArray(plan.steps)) return { ok: true, plan: plan as Plan };
  } catch {
    // It is no JSON: said below.
  }
  return { ok: false, message: `${file} is no plan: make one with "phasegate plan TABLE… --out FILE"` };
}
