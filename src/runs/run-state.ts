// What a journal comes to: the state of the run, its steps and each of their dates. Pure.
import type { EventOf, IsoDay, RunEnd, RunEvent, RunOutline, StepEnd } from './events';
import type { Verdict } from '../model/outcome';
import type { ProcessRef } from '../model/process-ref';

/** `written`: its command has ended, and its rows have not been looked at yet. */
export type RunDateState = 'waiting' | 'running' | 'written' | 'done' | 'failed' | 'needs-someone';

export interface RunDate {
  readonly state: RunDateState;
  /** Why it failed or needs someone. */
  readonly words: string;
}

export interface RunningChunk {
  readonly chunk: string;
  readonly attempt: number;
  readonly dates: readonly IsoDay[];
  readonly shown: string | undefined;
  readonly process: ProcessRef | undefined;
  readonly log: string | undefined;
  readonly logFrom: number;
  /** Milliseconds since 1970 UTC. */
  readonly since: number;
}

export interface StepState {
  readonly id: string;
  readonly table: string;
  readonly state: 'waiting' | 'running' | StepEnd;
  readonly message: string;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly dates: ReadonlyMap<IsoDay, RunDate>;
  /** Commands that are on their way, by chunk. */
  readonly running: ReadonlyMap<string, RunningChunk>;
  /** When a chunk is tried again, milliseconds since 1970 UTC, and why it has to be; by chunk. */
  readonly waiting: ReadonlyMap<string, { readonly until: number; readonly why: string }>;
  readonly gates: readonly EventOf<'gate'>[];
  /** Rows found on the dates that are done, as each was judged last, and rows that the job says it wrote. */
  readonly rows: number;
  readonly reportedRows: number | undefined;
  /** The newest log of the step, from the run's folder. */
  readonly log: string | undefined;
  /** What this runner's commands have come to, for how long the rest will take: since when, how many dates by how many commands. */
  readonly worked: Worked;
}

export interface Worked {
  /** When its first command was begun, milliseconds since 1970 UTC. */
  readonly since: number | undefined;
  /** Dates that are proven, or whose command ended well and whose rows nobody has looked at yet: what failed is no speed. */
  readonly dates: number;
  readonly chunks: number;
}

const NOT_WORKED: Worked = { since: undefined, dates: 0, chunks: 0 };

export interface RunState {
  /** `waiting`: no runner has begun yet. */
  readonly state: 'waiting' | 'running' | RunEnd;
  readonly message: string;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly runner: ProcessRef | undefined;
  readonly host: string;
  readonly python: string | undefined;
  readonly commit: string | undefined;
  readonly cancelAsked: boolean;
  readonly steps: readonly StepState[];
  readonly notes: readonly EventOf<'note'>[];
  /** Statements that reading back took. */
  readonly statements: number;
  readonly readBacks: number;
  readonly report: string | undefined;
  /** What the last validation of its tables came to. */
  readonly verdict: Verdict | undefined;
}

interface MutableStep {
  id: string;
  table: string;
  state: StepState['state'];
  message: string;
  startedAt: number | undefined;
  endedAt: number | undefined;
  dates: Map<IsoDay, RunDate>;
  running: Map<string, RunningChunk>;
  waiting: Map<string, { readonly until: number; readonly why: string }>;
  gates: EventOf<'gate'>[];
  rows: number;
  reportedRows: number | undefined;
  log: string | undefined;
  worked: Worked;
}

/** What is counted of a step beside its state. */
interface Tally {
  /** The rows of each date that is done. The journal tells those of dates that were judged together: each has its share. */
  readonly rows: Map<IsoDay, number>;
  /** The dates of `Worked`. */
  readonly good: Set<IsoDay>;
}

const WAITING: RunDate = { state: 'waiting', words: '' };

/** A run as its events leave it. Events of steps that are not in the outline are passed over. */
export class RunFold {
  private readonly steps: ReadonlyMap<string, MutableStep>;
  private run: Omit<RunState, 'steps' | 'notes'> = {
    state: 'waiting',
    message: '',
    startedAt: undefined,
    endedAt: undefined,
    runner: undefined,
    host: '',
    python: undefined,
    commit: undefined,
    cancelAsked: false,
    statements: 0,
    readBacks: 0,
    report: undefined,
    verdict: undefined,
  };
  private readonly notes: EventOf<'note'>[] = [];
  private readonly tallies = new Map<MutableStep, Tally>();

  constructor(outline: RunOutline) {
    this.steps = new Map(
      outline.steps.map(({ id, table, dates }) => [
        id,
        {
          id,
          table,
          state: 'waiting',
          message: '',
          startedAt: undefined,
          endedAt: undefined,
          dates: new Map(dates.map(date => [date, WAITING])),
          running: new Map(),
          waiting: new Map(),
          gates: [],
          rows: 0,
          reportedRows: undefined,
          log: undefined,
          worked: NOT_WORKED,
        },
      ]),
    );
    for (const step of this.steps.values()) this.tallies.set(step, { rows: new Map(), good: new Set() });
  }

  /** The state now. Its maps are live: whoever keeps it copies them. */
  get state(): RunState {
    return { ...this.run, steps: [...this.steps.values()], notes: this.notes };
  }

  apply(event: RunEvent): void {
    switch (event.event) {
      case 'run-started': {
        const { at, runner, host, python, commit } = event;
        this.run = {
          ...this.run,
          state: 'running',
          message: '',
          startedAt: this.run.startedAt ?? at,
          endedAt: undefined,
          runner,
          host,
          python,
          commit,
          cancelAsked: false,
          // What an earlier end came to is no report of what goes on now.
          report: undefined,
          verdict: undefined,
        };
        for (const [step, { good }] of this.tallies) {
          step.worked = NOT_WORKED;
          good.clear();
        }
        return;
      }
      case 'cancel-asked':
        this.run = { ...this.run, cancelAsked: true };
        return;
      case 'run-ended': {
        const { at, state, message, report, verdict } = event;
        this.run = { ...this.run, state, message, endedAt: at, report, verdict };
        return;
      }
      case 'note':
        this.notes.push(event);
        return;
      default: {
        const step = this.steps.get(event.step);
        const tally = step === undefined ? undefined : this.tallies.get(step);
        if (step !== undefined && tally !== undefined) this.applyToStep(step, tally, event);
      }
    }
  }

  private applyToStep(
    step: MutableStep,
    tally: Tally,
    event: Exclude<RunEvent, EventOf<'run-started' | 'cancel-asked' | 'run-ended' | 'note'>>,
  ): void {
    switch (event.event) {
      case 'step-started':
        Object.assign(step, {
          state: 'running',
          startedAt: step.startedAt ?? event.at,
          endedAt: undefined,
          message: '',
        });
        return;
      case 'gate':
        step.gates.push(event);
        // Commands begin behind it only: what another runner began has ended by now, or was gone without a word.
        if (event.gate === 'preflight') {
          step.running.clear();
          step.waiting.clear();
        }
        return;
      case 'chunk-started': {
        const { chunk, attempt, dates, shown, process, log, logFrom, at } = event;
        step.waiting.delete(chunk);
        step.running.set(chunk, { chunk, attempt, dates, shown, process, log, logFrom, since: at });
        step.log = log ?? step.log;
        if (step.worked.since === undefined) step.worked = { ...step.worked, since: at };
        for (const date of dates) step.dates.set(date, { state: 'running', words: '' });
        forget(step, tally, dates);
        return;
      }
      case 'chunk-ended': {
        const chunk = step.running.get(event.chunk);
        step.running.delete(event.chunk);
        const { rows } = event.reported ?? {};
        if (rows !== undefined) step.reportedRows = (step.reportedRows ?? 0) + rows;
        if (event.problem === undefined) count(step, tally, chunk?.dates ?? []);
        step.worked = { ...step.worked, chunks: step.worked.chunks + 1 };
        for (const date of chunk?.dates ?? [])
          if (step.dates.get(date)?.state === 'running')
            step.dates.set(date, { state: 'written', words: event.problem ?? '' });
        return;
      }
      case 'chunk-waits':
        step.waiting.set(event.chunk, { until: event.until, why: event.why });
        return;
      case 'dates-judged':
        for (const date of event.done) step.dates.set(date, { state: 'done', words: '' });
        for (const [date, words] of event.failed) step.dates.set(date, { state: 'failed', words });
        for (const [date, words] of event.needsSomeone) step.dates.set(date, { state: 'needs-someone', words });
        forget(
          step,
          tally,
          [...event.failed, ...event.needsSomeone].map(([date]) => date),
        );
        for (const date of event.done) tally.rows.set(date, event.rows / event.done.length);
        step.rows = sumOf(tally);
        count(step, tally, event.done);
        this.run = {
          ...this.run,
          statements: this.run.statements + event.statements,
          readBacks: this.run.readBacks + (event.statements > 0 ? 1 : 0),
        };
        return;
      case 'step-ended':
        Object.assign(step, { state: event.state, message: event.message, endedAt: event.at });
        step.running.clear();
        step.waiting.clear();
    }
  }
}

/** Dates count as work of this runner since it began its first command: before, it only looks at what another one has left. */
function count(step: MutableStep, { good }: Tally, dates: readonly IsoDay[]): void {
  if (step.worked.since === undefined) return;
  for (const date of dates) good.add(date);
  step.worked = { ...step.worked, dates: good.size };
}

/** What was counted of dates counts no more: they are written again, or are not right. */
function forget(step: MutableStep, tally: Tally, dates: readonly IsoDay[]): void {
  const { rows, good } = tally;
  const known = dates.filter(date => rows.delete(date) || good.has(date));
  if (known.length === 0) return;
  for (const date of known) good.delete(date);
  step.rows = sumOf(tally);
  step.worked = { ...step.worked, dates: good.size };
}

function sumOf({ rows }: Tally): number {
  return Math.round([...rows.values()].reduce((sum, each) => sum + each, 0));
}

/** The state that a whole journal comes to. */
export function runState(outline: RunOutline, events: Iterable<RunEvent>): RunState {
  const fold = new RunFold(outline);
  for (const event of events) fold.apply(event);
  return fold.state;
}

/** How many dates of a step are in each state. */
export function dateCounts({ dates }: Pick<StepState, 'dates'>): Readonly<Record<RunDateState, number>> {
  const counts = { waiting: 0, running: 0, written: 0, done: 0, failed: 0, 'needs-someone': 0 };
  for (const { state } of dates.values()) counts[state]++;
  return counts;
}
