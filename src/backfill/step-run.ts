// One step carried out: its gate, its first date, then the others; attempts, and the rows' own word on each date.
import { setTimeout as delay } from 'node:timers/promises';
import type PQueue from 'p-queue';
import { formatDay, parseDay } from '../model/day';
import { DaySet } from '../model/day-set';
import { countOf } from '../model/percent';
import type { RunEvent, StepEnd } from '../runs/events';
import type { Ending, Started } from '../runs/executor';
import type { RunState, RunningChunk, StepState } from '../runs/run-state';
import { othersWords } from '../validation/read-back';
import type { Before } from '../validation/verify';
import type { Plan, PlanStep } from './plan';
import { chunkDates } from './plan';
import { Prover } from './prover';
import type { RunServices, StartWork } from './run-services';

export type Unstamped = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'at'> : never) : never;

export interface StepRunOptions {
  readonly plan: Plan;
  readonly step: PlanStep;
  readonly services: RunServices;
  readonly start: StartWork;
  readonly before: RunState;
  readonly signal: AbortSignal;
  readonly note: (event: Unstamped) => void;
  /** Limits how many commands run at the same time, of all steps. */
  readonly commands: PQueue;
  /** One at a time: what takes the file of a database that commands of the plan write themselves. */
  readonly database: PQueue;
}

/** So many commands in a row that wrote nothing right: the next one would not either. */
const MOST_FAILURES_IN_A_ROW = 3;

/** Work of a step: dates of one of its chunks, all of them or those that are left. */
interface Piece {
  readonly chunk: string;
  readonly dates: DaySet;
  /** The plan's own command, while the dates are all of its chunk. */
  readonly argv: readonly string[] | undefined;
}

export class StepRun {
  private readonly options: StepRunOptions;
  private readonly step: PlanStep;
  private readonly asked: DaySet;
  /** Why no further command of the step is begun; `undefined` while all is well. */
  private halted: string | undefined;
  private failuresInARow = 0;

  constructor(options: StepRunOptions) {
    this.options = options;
    this.step = options.step;
    this.asked = daysOf(options.step.dates);
  }

  async run(): Promise<StepEnd> {
    const { step, options } = this;
    const { services, before: left, note } = options;
    note({ event: 'step-started', step: step.id });
    const known = left.steps.find(({ id }) => id === step.id);
    // Commands are begun behind the gate only: without one, nothing was begun.
    const gate = known?.gates.find(each => each.gate === 'preflight');
    const resumed = known !== undefined && gate !== undefined;
    let prover: Prover | undefined;
    if (resumed) {
      prover = this.proverSince(gate.at, services.before(step, gate.at + 1));
      await this.takeUp(known, prover);
    }
    const pending = this.asked.minus(prover?.done ?? DaySet.empty).minus(prover?.needsSomeone ?? DaySet.empty);
    if (options.signal.aborted) return this.end('cancelled', 'cancelled');
    if (!pending.isEmpty) {
      const answer = await this.inTurn(() => services.preflight(step, pending));
      note({ event: 'gate', step: step.id, gate: 'preflight', ...answer });
      if (answer.verdict === 'fail' || answer.verdict === 'error') return this.end('blocked', answer.message);
      const now = Date.now();
      prover ??= this.proverSince(now, services.before(step, now + 1));
      await this.workOn(pending, prover, known);
    }
    return this.finish(prover);
  }

  private proverSince(since: number, before: Before): Prover {
    const { step, options } = this;
    return new Prover({
      step,
      services: options.services,
      since,
      before,
      asked: this.asked,
      inTurn: then => this.inTurn(then),
      onJudged: judged => options.note({ event: 'dates-judged', step: step.id, ...judged }),
    });
  }

  /** What takes a database that commands write themselves waits until none of them runs. */
  private inTurn<T>(then: () => Promise<T>): Promise<T> {
    const { services, database } = this.options;
    return services.sharesDatabase(this.step) ? database.add(then) : then();
  }

  /** Takes up what another runner left: waits for its processes that still live, and asks the rows about everything else. */
  private async takeUp(known: StepState, prover: Prover): Promise<void> {
    const { start, note } = this.options;
    const { step } = this;
    await Promise.all(
      [...known.running.values()].map(async chunk => {
        const started = start.attach(step, chunk);
        if (started === undefined) return;
        note({
          event: 'note',
          step: step.id,
          message: `took up process ${chunk.process?.pid ?? '?'} of chunk ${chunk.chunk}, which still ran`,
        });
        await this.untilEnd(started, chunk);
      }),
    );
    const tried = DaySet.of(
      [...known.dates].flatMap(([date, { state }]) =>
        state === 'running' || state === 'written' ? (parseDay(date) ?? []) : [],
      ),
    );
    const wasDone = daysOf([...known.dates].flatMap(([date, { state }]) => (state === 'done' ? [date] : [])));
    await prover.takeUp({ tried, wasDone, mayDouble: this.mayDouble });
  }

  private get isCancelled(): boolean {
    return this.options.signal.aborted;
  }

  /** Whether running a date twice may put its rows there twice. */
  private get mayDouble(): boolean {
    return this.step.rewrites === 'append' || this.step.rewrites === 'unknown';
  }

  private async workOn(pending: DaySet, prover: Prover, known: StepState | undefined): Promise<void> {
    const { plan, services, note, start } = this.options;
    const { step } = this;
    const pieces = piecesOf(step, pending, start.split.bind(start));
    const [first, ...others] = pieces;
    const wasTried =
      known?.gates.some(({ gate, verdict }) => gate === 'canary' && verdict !== 'fail' && verdict !== 'error') ?? false;
    if (plan.options.canary && !wasTried && first !== undefined && others.length > 0) {
      await this.work(first, prover);
      await prover.settled();
      const [day] = first.dates;
      const isDone = first.dates.minus(prover.done).isEmpty;
      if (this.options.signal.aborted || day === undefined) return;
      const answer = isDone
        ? await this.inTurn(() => services.canary(step, day))
        : ({ verdict: 'fail', message: `${formatDay(day)}: ${prover.wordsOf(day)}`, report: undefined } as const);
      note({ event: 'gate', step: step.id, gate: 'canary', ...answer });
      if (answer.verdict === 'fail' || answer.verdict === 'error') {
        this.halted = `the first date did not pass: ${answer.message}`;
        return;
      }
      await this.inLanes(others, prover);
    } else await this.inLanes(pieces, prover);
  }

  /** As many at once as the job takes. */
  private async inLanes(pieces: readonly Piece[], prover: Prover): Promise<void> {
    const waiting = pieces.values();
    const lane = async (): Promise<void> => {
      for (const piece of waiting) await this.work(piece, prover);
    };
    await Promise.all(Array.from({ length: this.options.start.lanes(this.step) }, lane));
    await prover.settled();
  }

  /** A piece of work until it is done, has failed for good, or needs someone. */
  private async work(piece: Piece, prover: Prover, firstAttempt = 1): Promise<void> {
    const { signal, note, start } = this.options;
    const { attempts, backoffMs } = start.retry(this.step);
    const { chunk, dates } = piece;
    for (let attempt = firstAttempt; !signal.aborted && this.halted === undefined; attempt++) {
      const ending = await this.once(piece, attempt);
      if (typeof ending === 'string') {
        if (ending === CANCELLED) return; // it was never begun
        prover.fail(dates, ending);
        this.count(false);
        return;
      }
      if (ending.code === 0) {
        // The next command need not wait for what the rows say of this one.
        void prover.proveSoon(dates, ending.problem ?? 'ended with 0', judged => this.count(judged.done.length > 0));
        return;
      }
      if (this.isCancelled) return;
      const problem = ending.problem ?? 'its end was not seen';
      await prover.prove(dates, problem, this.mayDouble);
      const left = dates.minus(prover.done).minus(prover.needsSomeone);
      this.count(left.size < dates.size);
      if (left.isEmpty) return;
      if (!ending.worthRetrying || attempt >= attempts) return; // the prover has said that they failed, and why
      const until = Date.now() + backoffMs * 2 ** (attempt - 1);
      note({ event: 'chunk-waits', step: this.step.id, chunk, attempt: attempt + 1, until, why: problem });
      await delay(Math.max(0, until - Date.now()), undefined, { signal }).catch(() => undefined);
      if (left.equals(dates)) continue;
      for (const part of start.split(this.step, left))
        await this.work({ chunk, dates: part, argv: undefined }, prover, attempt + 1);
      return;
    }
  }

  /** One attempt. Gives why nothing was begun, or how it ended. */
  private async once(piece: Piece, attempt: number): Promise<Ending | string> {
    const { commands, start, note, signal } = this.options;
    const { step } = this;
    const attemptNow = async (): Promise<Ending | string> => {
      if (signal.aborted) return CANCELLED;
      const started = await start.begin({
        step,
        chunk: piece.chunk,
        attempt,
        dates: piece.dates,
        plannedArgv: piece.argv,
      });
      if (!started.ok) return started.message;
      const { process, shown, log, logFrom } = started.value;
      const dates = [...piece.dates].map(formatDay);
      note({ event: 'chunk-started', step: step.id, chunk: piece.chunk, attempt, dates, shown, process, log, logFrom });
      return this.untilEnd(started.value, { chunk: piece.chunk, attempt });
    };
    return commands.add(() => this.inTurn(attemptNow));
  }

  private async untilEnd(
    started: Started,
    { chunk, attempt }: Pick<RunningChunk, 'chunk' | 'attempt'>,
  ): Promise<Ending> {
    const { signal, note } = this.options;
    const cancel = (): void => void started.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    const ending = await started.ended;
    signal.removeEventListener('abort', cancel);
    const { code, signal: by, ms, problem, reported } = ending;
    note({
      event: 'chunk-ended',
      step: this.step.id,
      chunk,
      attempt,
      code,
      signal: by,
      ms,
      problem: signal.aborted ? 'cancelled' : problem,
      reported,
    });
    return ending;
  }

  private count(isGood: boolean): void {
    this.failuresInARow = isGood ? 0 : this.failuresInARow + 1;
    if (this.failuresInARow >= MOST_FAILURES_IN_A_ROW)
      this.halted ??= `stopped after ${MOST_FAILURES_IN_A_ROW} commands in a row that wrote nothing right`;
  }

  /** Everything that was asked for is looked at once more, and everything that was not. */
  private async finish(prover: Prover | undefined): Promise<StepEnd> {
    const { services, note, signal } = this.options;
    const { step } = this;
    if (prover === undefined) return this.end('done', 'nothing was left to be done');
    await prover.settled();
    if (signal.aborted) {
      await prover.prove(prover.open, 'cancelled while it ran', this.mayDouble);
      return this.end('cancelled', `cancelled: ${countOf(prover.done.size, 'date')} of ${this.asked.size} done`);
    }
    const others = prover.hasWork ? await prover.proveWhole() : DaySet.empty;
    const gate = await this.inTurn(() => services.postBackfill(step));
    note({ event: 'gate', step: step.id, gate: 'post-backfill', ...gate });
    const { done, needsSomeone } = prover;
    if (!others.isEmpty) return this.end('failed', othersWords(others));
    if (!needsSomeone.isEmpty)
      return this.end(
        'needs-someone',
        `${countOf(needsSomeone.size, 'date')} hold new rows that cannot be told from old ones: look at them, and delete what is there twice`,
      );
    const failed = this.asked.minus(done);
    if (!failed.isEmpty)
      return this.end(
        'failed',
        `${countOf(failed.size, 'date')} of ${this.asked.size} not done${this.halted === undefined ? '' : `; ${this.halted}`}: ${prover.exampleOf(failed)}`,
      );
    return this.end('done', `${countOf(done.size, 'date')} written and proven`);
  }

  private end(state: StepEnd, message: string): StepEnd {
    this.options.note({ event: 'step-ended', step: this.step.id, state, message });
    return state;
  }
}

const CANCELLED = 'cancelled';

/** What is left of the plan's chunks. */
function piecesOf(step: PlanStep, pending: DaySet, split: StartWork['split']): readonly Piece[] {
  return step.chunks.flatMap((chunk): readonly Piece[] => {
    const planned = daysOf(chunkDates(step, chunk));
    const dates = planned.intersect(pending);
    if (dates.equals(planned)) return [{ chunk: chunk.id, dates, argv: chunk.argv }];
    return dates.isEmpty
      ? []
      : split(step, dates).map((part, i) => ({
          chunk: i === 0 ? chunk.id : `${chunk.id}.${i + 1}`, // they may run side by side
          dates: part,
          argv: undefined,
        }));
  });
}

export function daysOf(dates: readonly string[]): DaySet {
  return DaySet.of(dates.flatMap(date => parseDay(date) ?? []));
}
