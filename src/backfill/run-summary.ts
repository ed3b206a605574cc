// How a run stands, as every surface shows it: what is done and failed, how fast, how long it will take. Plain data, pure.
import { formatDay } from '../model/day';
import type { EventOf, IsoDay } from '../runs/events';
import type { JobSaid, RunProgress } from '../runs/job-said';
import { instantOfId } from '../runs/run-id';
import { type RunDateState, type RunState, type StepState, dateCounts } from '../runs/run-state';
import { together } from './durations';
import type { Expected, Plan, PlanStep } from './plan';

/** `lost`: it has no end, and the process that owned it is gone, or never began. */
export type RunStanding = RunState['state'] | 'lost';

/** A command that runs now. */
export interface RunningSummary {
  readonly chunk: string;
  readonly attempt: number;
  readonly from: IsoDay;
  readonly to: IsoDay;
  readonly dates: number;
  readonly shown: string | undefined;
  /** Milliseconds since 1970 UTC. */
  readonly since: number;
  readonly pid: number | undefined;
  /** Dates that it says are done, in its lines or its checkpoint file. */
  readonly claimed: number;
  readonly claimedFailed: number;
  /** Rows that it says it wrote. */
  readonly claimedRows: number | undefined;
  /** Its last line of importance. */
  readonly message: string | undefined;
}

/** Dates, first to last, that stand alike. `words`: why they failed or need someone. */
export type StepDates = readonly [from: IsoDay, to: IsoDay, count: number, state: RunDateState, words: string];

export interface StepSummary {
  readonly id: string;
  readonly table: string;
  readonly phase: string;
  readonly group: number;
  readonly state: StepState['state'];
  readonly message: string;
  /** Milliseconds since 1970 UTC. */
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly planned: number;
  readonly counts: Readonly<Record<RunDateState, number>>;
  /** Dates that running commands say are done and that nobody has looked at. */
  readonly claimed: number;
  readonly rows: number;
  readonly reportedRows: number | undefined;
  /** Dates a minute, by what this runner has proven and what is claimed of running commands; absent where that is nothing. */
  readonly rate: number | undefined;
  /** How long the rest will take; absent where nothing tells. */
  readonly left: Expected | undefined;
  readonly running: readonly RunningSummary[];
  readonly waiting: readonly { readonly chunk: string; readonly until: number; readonly why: string }[];
  readonly gates: readonly Pick<EventOf<'gate'>, 'at' | 'gate' | 'verdict' | 'message' | 'report'>[];
  /** All planned dates in runs of one state and reason, in order. */
  readonly dates: readonly StepDates[];
  readonly log: string | undefined;
}

export interface RunSummary {
  readonly id: string;
  readonly folder: string;
  readonly state: RunStanding;
  readonly message: string;
  readonly target: string;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly host: string;
  readonly python: string | undefined;
  readonly commit: string | undefined;
  readonly pid: number | undefined;
  readonly cancelAsked: boolean;
  readonly steps: readonly StepSummary[];
  readonly planned: number;
  readonly done: number;
  /** How long the rest will take. `isLeast`: of some steps nothing tells. */
  readonly left: (Expected & { readonly isLeast: boolean }) | undefined;
  readonly readBacks: number;
  readonly statements: number;
  readonly report: string | undefined;
  /** What the last validation of its tables came to. */
  readonly verdict: RunState['verdict'];
  readonly notes: readonly string[];
}

export interface SummaryInput {
  readonly id: string;
  readonly folder: string;
  readonly plan: Plan;
  readonly state: RunState;
  readonly isOwned: boolean;
  readonly progress: RunProgress;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** Sums a run up. */
export function runSummary({ id, folder, plan, state, isOwned, progress, now }: SummaryInput): RunSummary {
  const neverBegan = state.state === 'waiting' && now - (instantOfId(id) ?? now) > MOST_SILENT_MS;
  const standing: RunStanding = neverBegan || (state.state === 'running' && !isOwned) ? 'lost' : state.state;
  const steps = plan.steps.flatMap(step => {
    const known = state.steps.find(each => each.id === step.id);
    return known === undefined
      ? []
      : [stepSummary(step, known, { standing, message: state.message, progress: progress[step.id] ?? {}, now })];
  });
  return {
    id,
    folder,
    state: standing,
    message: neverBegan ? NEVER_BEGAN : standing === 'lost' ? LOST : state.message,
    target: plan.target.name,
    startedAt: state.startedAt,
    endedAt: state.endedAt,
    host: state.host,
    python: state.python,
    commit: state.commit,
    pid: state.runner?.pid,
    cancelAsked: state.cancelAsked,
    steps,
    planned: steps.reduce((sum, { planned }) => sum + planned, 0),
    done: steps.reduce((sum, { counts }) => sum + counts.done, 0),
    left: standing === 'running' ? leftOf(plan, steps) : undefined,
    readBacks: state.readBacks,
    statements: state.statements,
    report: state.report,
    verdict: state.verdict,
    notes: state.notes.map(({ step, message }) => (step === undefined ? message : `${step}: ${message}`)),
  };
}

/** A runner that has not said a word by then is ended by whoever started it. */
const MOST_SILENT_MS = 60_000;
const NEVER_BEGAN = 'its runner never began, and nothing was run: resume it to begin';
const LOST = 'its runner is gone without a word: resume it to go on with what is not proven';

interface StepInput {
  readonly standing: RunStanding;
  /** What the run came to. */
  readonly message: string;
  readonly progress: Readonly<Record<string, JobSaid>>;
  readonly now: number;
}

/** A step of a run that was ended when nobody owned it has no end of its own: it ended with the run. */
function endedWith(state: StepState, { standing, message }: StepInput): StepState {
  return state.state !== 'running' || standing === 'running' || standing === 'waiting' || standing === 'lost'
    ? state
    : { ...state, state: standing, message, running: new Map(), waiting: new Map() };
}

function stepSummary(step: PlanStep, known: StepState, input: StepInput): StepSummary {
  const { standing, progress: said, now } = input;
  const state = endedWith(known, input);
  const isLost = standing === 'lost' && state.state === 'running';
  const counts = dateCounts(state);
  /** Dates that running commands say are done and that nobody has looked at. */
  const unseen = new Set<IsoDay>();
  const running = [...state.running.values()].map(
    ({ chunk, attempt, dates, shown, since, process }): RunningSummary => {
      const says = said[chunk];
      const saidDone = new Set([...(says?.done ?? []), ...(says?.inCheckpoint ?? [])].map(formatDay));
      const claimed = dates.filter(date => saidDone.has(date));
      for (const date of claimed) if (state.dates.get(date)?.state === 'running') unseen.add(date);
      return {
        chunk,
        attempt,
        from: dates[0] ?? '',
        to: dates.at(-1) ?? '',
        dates: dates.length,
        shown,
        since,
        pid: process?.pid,
        claimed: claimed.length,
        claimedFailed: says?.failed.length ?? 0,
        claimedRows: says === undefined || says.done.length === 0 ? undefined : says.reported,
        message: says?.lastMessage,
      };
    },
  );
  const claimed = unseen.size;
  const claimedRows = running.flatMap(each => each.claimedRows ?? []);
  const worked = { ...state.worked, dates: state.worked.dates + claimed };
  const ms = worked.since === undefined ? 0 : (state.endedAt ?? now) - worked.since;
  return {
    id: step.id,
    table: step.table,
    phase: step.phase,
    group: step.group,
    state: state.state,
    message: state.message,
    startedAt: state.startedAt,
    endedAt: state.endedAt,
    planned: step.dates.length,
    counts,
    claimed,
    rows: state.rows,
    reportedRows:
      state.reportedRows === undefined && claimedRows.length === 0
        ? undefined
        : (state.reportedRows ?? 0) + claimedRows.reduce((sum, rows) => sum + rows, 0),
    rate: worked.dates > 0 && ms > 0 && !isLost ? worked.dates / (ms / 60_000) : undefined,
    left: isLost ? undefined : leftOfStep(step, state, { ...worked, claimed, ms }),
    running,
    waiting: isLost ? [] : [...state.waiting].map(([chunk, { until, why }]) => ({ chunk, until, why })),
    gates: state.gates.map(({ at, gate, verdict, message, report }) => ({ at, gate, verdict, message, report })),
    dates: datesOf(state),
    log: state.log,
  };
}

function datesOf({ dates }: StepState): readonly StepDates[] {
  const runs: { from: IsoDay; to: IsoDay; count: number; state: RunDateState; words: string }[] = [];
  for (const [date, { state, words }] of dates) {
    const last = runs.at(-1);
    if (last?.state === state && last.words === words) {
      last.to = date;
      last.count++;
    } else runs.push({ from: date, to: date, count: 1, state, words });
  }
  return runs.map(({ from, to, count, state, words }) => [from, to, count, state, words]);
}

/** The dates of a step that failed or need someone, in runs. */
export function wrongDates({ dates }: Pick<StepSummary, 'dates'>): readonly StepDates[] {
  return dates.filter(([, , , state]) => state === 'failed' || state === 'needs-someone');
}

const NOTHING: Expected = { ms: 0, low: 0, high: 0 };
/** How far off a guess from a single command may be, as a share; from n of them it is this by the root of n. */
const SPREAD = 0.5;

/** By what this runner has done of the step; before that, by earlier runs. */
function leftOfStep(
  step: PlanStep,
  { state, dates }: StepState,
  worked: { readonly dates: number; readonly chunks: number; readonly claimed: number; readonly ms: number },
): Expected | undefined {
  if (state !== 'running' && state !== 'waiting') return NOTHING;
  const open = [...dates.values()].filter(each => each.state === 'waiting' || each.state === 'running').length;
  if (worked.dates === 0 || worked.ms === 0) {
    const { expected } = step;
    if (expected === null) return undefined;
    const share = open / step.dates.length;
    return { ms: expected.ms * share, low: expected.low * share, high: expected.high * share };
  }
  const left = Math.max(0, open - worked.claimed) * (worked.ms / worked.dates);
  const spread = SPREAD / Math.sqrt(Math.max(1, worked.chunks));
  return { ms: left, low: left * (1 - spread), high: left * (1 + spread) };
}

function leftOf(plan: Plan, steps: readonly StepSummary[]): RunSummary['left'] {
  if (plan.steps.length === 0) return undefined;
  const left = together(
    steps.map(each => ({ group: each.group, expected: each.left })),
    plan.options,
  );
  return { ...left, isLeast: steps.some(each => each.left === undefined) };
}
