// One step carried out: its gate, its first date, then the others; attempts, and the rows' own word on each date.
import { setTimeout as delay } from 'node:timers/promises';
import type PQueue from 'p-queue';
import { formatDay, parseDay } from '../model/day';
import { DaySet } from '../model/day-set';
import { describeDays } from '../model/day-text';
import { countOf } from '../model/percent';
import type { RunEvent, StepEnd } from '../runs/events';
import type { Ending, Started } from '../runs/executor';
import type { RunDate, RunState, RunningChunk, StepState } from '../runs/run-state';
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

/** So many parts in a row of which nothing was written right, with all their attempts: the next one would not be either. */
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
  /** Dates whose command was begun and of which nobody has asked the rows yet. */
  private unproven = DaySet.empty;

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
    // Commands are begun behind a gate that let them: without one, nothing was begun.
    const gate = known?.gates.find(
      ({ gate: name, verdict }) => name === 'preflight' && verdict !== 'fail' && verdict !== 'error',
    );
    const resumed = known !== undefined && gate !== undefined;
    let prover: Prover | undefined;
    if (resumed) {
      prover = this.proverSince(gate.at, services.before(step, gate.at + 1));
      await this.takeUp(known, prover);
    }
    const pending = prover?.open ?? this.asked;
    if (this.isCancelled()) return this.finish(prover);
    if (!pending.isEmpty) {
      const answer = await this.inTurn(() => services.preflight(step, pending));
      if (this.isCancelled()) return this.finish(prover);
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
      mayDouble: this.step.rewrites === 'append' || this.step.rewrites === 'unknown',
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
    const those = (is: (date: RunDate) => boolean): DaySet =>
      daysOf([...known.dates].flatMap(([date, each]) => (is(each) ? [date] : [])));
    await prover.takeUp({
      begun: those(({ state }) => state !== 'waiting'),
      inFlight: those(({ state }) => state === 'running' || state === 'written'),
      endedWell: those(({ state, words }) => state === 'written' && words === ''),
      wasDone: those(({ state }) => state === 'done'),
    });
  }

  private isCancelled(): boolean {
    return this.options.signal.aborted;
  }

  private async workOn(pending: DaySet, prover: Prover, known: StepState | undefined): Promise<void> {
    const { plan, start } = this.options;
    const { step } = this;
    const pieces = piecesOf(step, pending, start.split.bind(start));
    const wasTried =
      known?.gates.some(({ gate, verdict }) => gate === 'canary' && verdict !== 'fail' && verdict !== 'error') ?? false;
    const [trial, ...others] = step.chunks;
    if (!plan.options.canary || wasTried || trial === undefined || others.length === 0)
      return this.inLanes(pieces, prover);
    const isTrial = ({ chunk }: Piece): boolean => chunk === trial.id;
    for (const piece of pieces.filter(isTrial)) await this.work(piece, prover);
    await prover.settled();
    if (this.isCancelled()) return undefined;
    this.halted = (await this.whyNotTheOthers(daysOf(chunkDates(step, trial)), prover, known)) ?? this.halted;
    return this.inLanes(
      pieces.filter(piece => !isTrial(piece)),
      prover,
    );
  }

  /** Tries the first date: it is right, it is the only one that was written, and all that the table's gate asks of one date holds. */
  private async whyNotTheOthers(
    trial: DaySet,
    prover: Prover,
    known: StepState | undefined,
  ): Promise<string | undefined> {
    const { services, note } = this.options;
    const { step } = this;
    const { first: day } = trial;
    if (day === undefined) return undefined;
    const wrong = async (): Promise<string | undefined> => {
      if (!trial.minus(prover.done).isEmpty) return `${formatDay(day)} ${prover.wordsOf(day)}`;
      // Since another runner began, somebody else may have written the dates that were to come.
      const others = await prover.proveWhole(known?.startedAt === undefined ? trial.union(prover.done) : this.asked);
      return others.isEmpty ? undefined : othersWords(others);
    };
    const why = await wrong();
    const answer =
      why === undefined
        ? await this.inTurn(() => services.canary(step, day))
        : ({ verdict: 'fail', message: why, report: undefined } as const);
    note({ event: 'gate', step: step.id, gate: 'canary', ...answer });
    return answer.verdict === 'fail' || answer.verdict === 'error'
      ? `the first date did not pass: ${answer.message}`
      : undefined;
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
        prover.proveSoon(dates, ending.problem ?? 'ended with 0', judged => {
          this.unproven = this.unproven.minus(dates);
          this.count(judged.done.length > 0);
        });
        return;
      }
      if (this.isCancelled()) return;
      const problem = ending.problem ?? 'its end was not seen';
      await prover.prove(dates, problem);
      this.unproven = this.unproven.minus(dates);
      const left = dates.minus(prover.done).minus(prover.needsSomeone);
      if (left.isEmpty || !ending.worthRetrying || attempt >= attempts) {
        this.count(left.size < dates.size);
        return; // the prover has said what failed, and why
      }
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
      this.unproven = this.unproven.union(piece.dates);
      // The journal knows of it: now it may begin. Nobody is to, where the journal could not be written.
      if (!this.isCancelled()) started.value.go();
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
      this.halted ??= `stopped after ${MOST_FAILURES_IN_A_ROW} parts in a row of which nothing was written right`;
  }

  /** Everything that was asked for is looked at once more, and everything that was not. */
  private async finish(prover: Prover | undefined): Promise<StepEnd> {
    const { services, note } = this.options;
    const { step } = this;
    if (this.isCancelled()) return this.finishCancelled(prover);
    if (prover === undefined) return this.end('done', 'nothing was left to be done');
    await prover.settled();
    const others = prover.hasWork ? await prover.proveWhole() : DaySet.empty;
    const gate = await this.inTurn(() => services.postBackfill(step));
    if (this.isCancelled()) return this.finishCancelled(prover);
    note({ event: 'gate', step: step.id, gate: 'post-backfill', ...gate });
    const { done, needsSomeone } = prover;
    if (!needsSomeone.isEmpty)
      return this.end(
        'needs-someone',
        `${countOf(needsSomeone.size, 'date')} ${needsSomeone.size === 1 ? 'holds' : 'hold'} rows that may be new and are not proven, and the job would add to them: look at ${describeDays(needsSomeone)}, and delete what is not whole`,
      );
    const failed = this.asked.minus(done);
    const why = [
      ...(failed.isEmpty
        ? []
        : [
            `${countOf(failed.size, 'date')} of ${this.asked.size} not done${this.halted === undefined ? `: ${prover.exampleOf(failed)}` : `; ${this.halted}`}`,
          ]),
      ...(others.isEmpty ? [] : [othersWords(others)]),
    ];
    if (why.length > 0) return this.end('failed', [...new Set(why)].join('; '));
    return this.end('done', `${countOf(done.size, 'date')} written and proven`);
  }

  /** Says where it was when it was ended: what was in flight is asked of the rows, what was not begun waits. */
  private async finishCancelled(prover: Prover | undefined): Promise<StepEnd> {
    await prover?.settled();
    if (prover !== undefined && !this.unproven.isEmpty) await prover.prove(this.unproven, 'was cancelled while it ran');
    const done = prover?.done ?? DaySet.empty;
    const inFlight = this.unproven.minus(done).first;
    const next = this.asked.minus(done).first;
    const where =
      inFlight !== undefined ? ` at ${formatDay(inFlight)}` : next === undefined ? '' : ` before ${formatDay(next)}`;
    return this.end('cancelled', `cancelled${where}: ${done.size} of ${countOf(this.asked.size, 'date')} done`);
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
