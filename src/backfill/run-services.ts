// What carrying out a plan asks of the world beside it: gates, facts, and work to be begun. Given, so that the order of things can be tried by itself.
import type { Day } from '../model/day';
import type { DaySet } from '../model/day-set';
import type { Verdict } from '../model/outcome';
import type { Resolved } from '../runs/environment';
import type { Started } from '../runs/executor';
import type { RunningChunk } from '../runs/run-state';
import type { ReadBack } from '../validation/gates';
import type { Before } from '../validation/verify';
import type { PlanStep } from './plan';

/** What a gate said. */
export interface GateAnswer {
  readonly verdict: Verdict;
  readonly message: string;
  /** Where its report is kept. */
  readonly report: string | undefined;
}

export interface RunServices {
  /** May these dates of the step be written now? What the table holds before is remembered by asking. */
  preflight(step: PlanStep, dates: DaySet): Promise<GateAnswer>;
  /** What was known of the step's table at an instant, milliseconds since 1970 UTC. */
  before(step: PlanStep, instant: number): Before;
  /** What dates have come to; a message where the warehouse could not be asked at all. */
  readBack(
    step: PlanStep,
    dates: DaySet,
    how: { readonly before: Before; readonly since: number; readonly asked: DaySet; readonly whole: boolean },
  ): Promise<Resolved<ReadBack>>;
  /** The whole post-backfill gate on one date: what says no to it says no to all that the same code writes. */
  canary(step: PlanStep, day: Day): Promise<GateAnswer>;
  /** The post-backfill gate of the step's table over the plan's range. */
  postBackfill(step: PlanStep): Promise<GateAnswer>;
  /** Whether asking about the step takes the file of a database that its own commands write as well. */
  sharesDatabase(step: PlanStep): boolean;
}

/** Makes work of a step ready, or takes up a process that another runner began. */
export interface StartWork {
  /** @param plannedArgv the command of the plan, where the work is exactly that of one of its chunks */
  begin(work: {
    readonly step: PlanStep;
    readonly chunk: string;
    readonly attempt: number;
    readonly dates: DaySet;
    readonly plannedArgv: readonly string[] | undefined;
  }): Promise<Resolved<Started>>;
  /** `undefined`: its process is gone. */
  attach(step: PlanStep, chunk: RunningChunk): Started | undefined;
  /** The parts in which dates can be asked for that are not a whole chunk of the plan. */
  split(step: PlanStep, dates: DaySet): readonly DaySet[];
  /** How many of the step's pieces may be worked on at once. */
  lanes(step: PlanStep): number;
  retry(step: PlanStep): { readonly attempts: number; readonly backoffMs: number };
}
