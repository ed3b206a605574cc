// The rows' own word on what a step wrote: dates whose commands have ended are read back together, as many as have gathered.
import { setTimeout as delay } from 'node:timers/promises';
import { type Day, formatDay } from '../model/day';
import { DaySet } from '../model/day-set';
import type { DateWords, EventOf, IsoDay } from '../runs/events';
import type { DateProof } from '../validation/read-back';
import { type Before, WRITTEN } from '../validation/verify';
import type { PlanStep } from './plan';
import type { RunServices } from './run-services';

/** How often it is tried to read back what could not be read, and how long is waited in between. */
const TRIES = 4;
const AGAIN_MS = 2_000;

export type Judged = Omit<EventOf<'dates-judged'>, 'at' | 'event' | 'step'>;

export interface ProverOptions {
  readonly step: PlanStep;
  readonly services: RunServices;
  /** When work on the step began, milliseconds since 1970 UTC, and what was there before. */
  readonly since: number;
  readonly before: Before;
  /** All dates of the step. */
  readonly asked: DaySet;
  /** Whether running a date twice may put its rows there twice: then dates that hold new rows and are not proven need someone. */
  readonly mayDouble: boolean;
  /** Asks when nobody has the database. */
  readonly inTurn: <T>(then: () => Promise<T>) => Promise<T>;
  readonly onJudged: (judged: Judged) => void;
}

interface Asked {
  readonly dates: DaySet;
  /** What the end of their command told. */
  readonly problem: string;
  readonly settle: (judged: Judged) => void;
}

/** What another runner has left of a step. */
export interface Left {
  /** Dates whose command was ever begun. */
  readonly begun: DaySet;
  /** Those of them whose rows nobody has looked at since. */
  readonly inFlight: DaySet;
  /** Those of them whose command was seen to end well. */
  readonly endedWell: DaySet;
  /** Dates that it has found to be done. */
  readonly wasDone: DaySet;
}

/** What is known of dates beside their rows. */
interface Told {
  /** What the end of their command told. */
  readonly problem: (day: Day) => string;
  /** Whether it was seen to end well. Else only new rows prove a date, exactly as many as are declared. */
  readonly endedWell: (day: Day) => boolean;
  readonly statements: number;
}

export class Prover {
  private readonly options: ProverOptions;
  private waiting: Asked[] = [];
  private working: Promise<void> | undefined;
  /** What went wrong while nobody waited for it. */
  private broken: Error | undefined;
  private readonly words = new Map<Day, string>();
  /** Dates whose rows are there, whole, and of this work. */
  done = DaySet.empty;
  /** Dates that hold new rows which are not whole, of a job that would add more of them. */
  needsSomeone = DaySet.empty;
  /** Whether anything was ever asked about. */
  hasWork = false;

  constructor(options: ProverOptions) {
    this.options = options;
  }

  /** Dates of which nothing good is known yet. */
  get open(): DaySet {
    return this.options.asked.minus(this.done).minus(this.needsSomeone);
  }

  /** Why a date is not done. */
  wordsOf(day: Day): string {
    return this.words.get(day) ?? 'it was not tried';
  }

  /** `2024-11-13 wrote nothing`: the first of some dates that is not done, with its reason. */
  exampleOf(dates: DaySet): string {
    const tried = [...dates].find(day => this.words.has(day)) ?? dates.first;
    return tried === undefined ? '' : `${formatDay(tried)} ${this.wordsOf(tried)}`;
  }

  /** Dates that nothing was begun for: their command could not be started. */
  fail(dates: DaySet, words: string): void {
    this.report(
      [],
      [...dates].map(day => [day, words]),
      [],
      0,
      0,
    );
  }

  /** Asks about dates whose command has ended with 0, together with what else has gathered. */
  proveSoon(dates: DaySet, problem: string, settle: (judged: Judged) => void): void {
    this.waiting.push({ dates, problem, settle });
    this.working ??= this.workOff().catch((error: unknown) => {
      this.broken ??= error instanceof Error ? error : new Error(String(error));
    });
  }

  /** Nothing is being asked any more. @throws what went wrong meanwhile */
  async settled(): Promise<void> {
    while (this.working !== undefined) await this.working;
    if (this.broken !== undefined) throw this.broken;
  }

  private async workOff(): Promise<void> {
    try {
      while (this.waiting.length > 0) {
        const batch = this.waiting;
        this.waiting = [];
        const dates = batch.reduce((all, each) => all.union(each.dates), DaySet.empty);
        const { proofs, statements } = await this.ask(dates);
        batch.forEach((each, i) =>
          each.settle(
            this.judge(each.dates, proofs, {
              problem: () => each.problem,
              endedWell: () => true,
              statements: i === 0 ? statements : 0,
            }),
          ),
        );
      }
    } finally {
      this.working = undefined;
    }
  }

  /** Asks about dates whose command failed, or of which nobody saw the end. */
  async prove(dates: DaySet, problem: string): Promise<Judged> {
    const { proofs, statements } = await this.ask(dates);
    return this.judge(dates, proofs, { problem: () => problem, endedWell: () => false, statements });
  }

  /** Asks about all dates of the step when another runner has worked on it. */
  async takeUp({ begun, inFlight, endedWell, wasDone }: Left): Promise<void> {
    const { asked, mayDouble } = this.options;
    const { proofs, statements } = await this.ask(asked);
    const seen = endedWell.union(wasDone);
    const isToBeJudged = (day: Day): boolean => {
      const proof = proofs.get(day);
      if (inFlight.has(day)) return true;
      if (mayDouble && (begun.has(day) ? mayHoldNew(proof) : isNew(proof))) return true;
      return proof?.state === 'done' && (seen.has(day) || (proof.counted && isNew(proof)));
    };
    this.judge(DaySet.of([...asked].filter(isToBeJudged)), proofs, {
      problem: day =>
        inFlight.has(day)
          ? 'was in flight when its runner went away'
          : begun.has(day)
            ? 'was tried before'
            : 'was written by somebody else',
      endedWell: day => seen.has(day),
      statements,
    });
  }

  /** Asks about all dates of the table once more. Gives those that were written and not asked for. @param asked what was asked for until now */
  async proveWhole(asked: DaySet = this.options.asked): Promise<DaySet> {
    const { proofs, others, statements } = await this.ask(this.done, { whole: true, asked });
    const worse = [...this.done].filter(day => proofs.get(day)?.state === 'failed');
    if (worse.length > 0 || statements > 0) {
      const spoilt = DaySet.of(worse);
      const failed = worse.map((day): readonly [Day, string] => [
        day,
        `was right and is not any more: ${proofs.get(day)?.words ?? ''}`,
      ]);
      this.done = this.done.minus(spoilt);
      this.report([], failed, [], 0, statements);
    }
    return others;
  }

  private async ask(
    dates: DaySet,
    { whole = false, asked = this.options.asked }: { readonly whole?: boolean; readonly asked?: DaySet } = {},
  ): Promise<{ readonly proofs: ReadonlyMap<Day, DateProof>; readonly others: DaySet; readonly statements: number }> {
    const { step, services, before, since, inTurn } = this.options;
    this.hasWork = true;
    let statements = 0;
    let message = '';
    for (let tries = 1; ; tries++) {
      const answer = await inTurn(() => services.readBack(step, dates, { before, since, asked, whole }));
      if (answer.ok) {
        statements += answer.value.statements;
        // Where some dates can be read and one cannot, waiting would mend nothing: it is the date's own trouble.
        const { proofs } = answer.value;
        const isHeld = proofs.size > 0 && [...proofs.values()].every(({ state }) => state === 'unknown');
        if (!isHeld || tries === TRIES) return { ...answer.value, statements };
      } else message = answer.message;
      if (tries === TRIES) {
        const unknown: DateProof = {
          state: 'unknown',
          written: 'unknown',
          words: `could not be read back: ${message}`,
          rows: 0,
          counted: false,
        };
        return { proofs: new Map([...dates].map(day => [day, unknown])), others: DaySet.empty, statements };
      }
      await delay(AGAIN_MS * tries);
    }
  }

  private judge(dates: DaySet, proofs: ReadonlyMap<Day, DateProof>, { problem, endedWell, statements }: Told): Judged {
    const done: Day[] = [];
    const failed: (readonly [Day, string])[] = [];
    const needs: (readonly [Day, string])[] = [];
    let rows = 0;
    for (const day of dates) {
      const proof = proofs.get(day);
      if (proof?.state === 'done' && (endedWell(day) || (proof.counted && isNew(proof)))) {
        done.push(day);
        rows += proof.rows;
        continue;
      }
      const words = `${problem(day)} and ${whyNot(proof)}`;
      (this.options.mayDouble && mayHoldNew(proof) ? needs : failed).push([day, words]);
    }
    return this.report(done, failed, needs, rows, statements);
  }

  private report(
    done: readonly Day[],
    failed: readonly (readonly [Day, string])[],
    needs: readonly (readonly [Day, string])[],
    rows: number,
    statements: number,
  ): Judged {
    for (const day of done) this.words.delete(day);
    for (const [day, words] of [...failed, ...needs]) this.words.set(day, words);
    this.done = this.done.union(DaySet.of(done));
    this.needsSomeone = this.needsSomeone.union(DaySet.of(needs.map(([day]) => day)));
    const iso = (day: Day): IsoDay => formatDay(day);
    const worded = (of: readonly (readonly [Day, string])[]): readonly DateWords[] =>
      of.map(([day, words]) => [iso(day), words]);
    const judged = { done: done.map(iso), failed: worded(failed), needsSomeone: worded(needs), rows, statements };
    this.options.onJudged(judged);
    return judged;
  }
}

/** Why a date is not proven though nothing is seen to be wrong with it: then only the end of its command would have told. */
function whyNot(proof: DateProof | undefined): string {
  if (proof === undefined) return 'was not read back';
  if (proof.state !== 'done') return proof.words;
  return isNew(proof) ? 'holds rows of which nothing tells whether they are all' : 'left the rows as they were';
}

/** Whether a date holds rows of this work. */
function isNew(proof: DateProof | undefined): boolean {
  return proof !== undefined && proof.rows > 0 && WRITTEN.includes(proof.written);
}

/** Whether a date may hold rows of this work: nobody knows of one that could not be read. */
function mayHoldNew(proof: DateProof | undefined): boolean {
  if (proof === undefined || proof.state === 'unknown') return true;
  return proof.rows > 0 && proof.written !== 'unchanged';
}
