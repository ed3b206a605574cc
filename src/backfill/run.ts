// Carries a plan out: its steps in their order, each behind its gate, tried on one date first, and believed by its rows alone.
import PQueue from 'p-queue';
import { countOf } from '../model/percent';
import type { EventOf, RunEnd, StepEnd } from '../runs/events';
import type { Journal } from '../runs/journal';
import type { RunState } from '../runs/run-state';
import type { Plan, PlanStep } from './plan';
import { planSize } from './plan';
import { StepRun, type Unstamped } from './step-run';
import type { RunServices, StartWork } from './run-services';

export interface BackfillOptions {
  readonly plan: Plan;
  readonly journal: Pick<Journal, 'append'>;
  readonly services: RunServices;
  readonly start: StartWork;
  /** What the journal came to before: empty for a run that begins, else of the runner that is gone. */
  readonly before: RunState;
  /** Aborted when somebody cancels. */
  readonly signal: AbortSignal;
  /** What the journal says of this runner. */
  readonly runner: Omit<EventOf<'run-started'>, 'at' | 'event' | 'resumed'>;
}

export interface BackfillEnd {
  readonly state: RunEnd;
  readonly message: string;
}

/** Runs a plan to its end, or takes up what another runner left. The journal's last event is left to the caller, who has the report. */
export async function runBackfill(options: BackfillOptions): Promise<BackfillEnd> {
  const { plan, journal, before, signal, runner } = options;
  const note = (event: Unstamped): void => journal.append({ at: Date.now(), ...event });
  note({ event: 'run-started', ...runner, resumed: before.state !== 'waiting' });
  const steps = new PQueue({ concurrency: plan.options.steps });
  const commands = new PQueue({ concurrency: plan.options.commands });
  const database = new PQueue({ concurrency: 1 });
  const ends = new Map<string, Promise<StepEnd>>();
  /** Why nothing new is begun; `undefined` while all is well. */
  let stopped: string | undefined;

  const runStep = async (step: PlanStep): Promise<StepEnd> => {
    const needed = await Promise.all(step.needs.map(async id => ({ id, end: await ends.get(id) })));
    const lacking = needed.filter(({ end }) => end !== 'done');
    for (const id of step.follows) await ends.get(id);
    const block = (message: string): StepEnd => {
      const state = signal.aborted ? 'cancelled' : 'blocked';
      note({
        event: 'step-ended',
        step: step.id,
        state,
        message: signal.aborted ? 'cancelled before it began' : message,
      });
      return state;
    };
    if (lacking.length > 0 && stopped === undefined)
      return block(
        `needs ${lacking.map(({ id, end }) => `${id}, which ${END_WORDS[end ?? 'blocked']}`).join(', and ')}`,
      );
    return steps.add(async () => {
      if (stopped !== undefined || signal.aborted) return block(stopped ?? '');
      const end = await new StepRun({ ...options, step, note, commands, database }).run();
      if (end !== 'done' && !plan.options.keepGoing) stopped ??= `stopped: ${step.id} ${END_WORDS[end]}`;
      return end;
    });
  };

  for (const step of plan.steps) {
    const known = before.steps.find(({ id }) => id === step.id);
    ends.set(step.id, known?.state === 'done' ? Promise.resolve('done' as const) : runStep(step));
  }
  const all = await Promise.all(ends.values());
  return endOf(plan, all, signal.aborted);
}

const END_WORDS: Readonly<Record<StepEnd, string>> = {
  done: 'is done',
  failed: 'failed',
  blocked: 'was blocked',
  cancelled: 'was cancelled',
  'needs-someone': 'needs someone',
};

function endOf(plan: Plan, ends: readonly StepEnd[], isCancelled: boolean): BackfillEnd {
  const count = (state: StepEnd): number => ends.filter(each => each === state).length;
  if (isCancelled && count('done') < ends.length)
    return { state: 'cancelled', message: `cancelled: ${count('done')} of ${countOf(ends.length, 'step')} done` };
  if (count('needs-someone') > 0)
    return {
      state: 'needs-someone',
      message: `${countOf(count('needs-someone'), 'step')} of ${ends.length} ${count('needs-someone') === 1 ? 'needs' : 'need'} someone`,
    };
  if (count('done') < ends.length)
    return { state: 'failed', message: `${countOf(ends.length - count('done'), 'step')} of ${ends.length} not done` };
  return {
    state: 'done',
    message: `${countOf(planSize(plan), 'date')} of ${countOf(ends.length, 'table')} written and proven`,
  };
}
