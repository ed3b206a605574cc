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

export class Prover {
  private readonly options: ProverOptions;
  private waiting: Asked[] = [];
  private working: Promise<void> | undefined;
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
  proveSoon(dates: DaySet, problem: string, settle: (judged: Judged) => void): Promise<void> {
    this.waiting.push({ dates, problem, settle });
    return (this.working ??= this.workOff());
  }

  /** Nothing is being asked any more. */
  async settled(): Promise<void> {
    while (this.working !== undefined) await this.working;
  }

  private async workOff(): Promise<void> {
    try {
      while (this.waiting.length > 0) {
        const batch = this.waiting;
        this.waiting = [];
        const dates = batch.reduce((all, each) => all.union(each.dates), DaySet.empty);
        const { proofs, statements } = await this.ask(dates);
        batch.forEach((each, i) =>
          each.settle(this.judge(each.dates, proofs, each.problem, false, i === 0 ? statements : 0)),
        );
      }
    } finally {
      this.working = undefined;
    }
  }

  /**
   * Asks about dates whose command failed, or of which nobody saw the end.
   * @param mayDouble whether dates with new rows that are not whole need someone, since another run would add to them
   */
  async prove(dates: DaySet, problem: string, mayDouble: boolean): Promise<Judged> {
    const { proofs, statements } = await this.ask(dates);
    return this.judge(dates, proofs, problem, mayDouble, statements);
  }

  /**
   * Asks about all dates of the step when another runner has worked on it.
   * @param tried dates whose command was begun and whose rows nobody has looked at
   * @param wasDone dates that the other runner has found to be done
   */
  async takeUp({
    tried,
    wasDone,
    mayDouble,
  }: {
    readonly tried: DaySet;
    readonly wasDone: DaySet;
    readonly mayDouble: boolean;
  }): Promise<void> {
    const { asked } = this.options;
    const { proofs, statements } = await this.ask(asked);
    // The same rows as before prove nothing by themselves: only who has seen the work end knows that they are new.
    const done = DaySet.of(
      [...asked].filter(day => {
        const proof = proofs.get(day);
        return proof?.state === 'done' && (proof.written !== 'unchanged' || wasDone.has(day));
      }),
    );
    const doubled = mayDouble ? DaySet.of([...asked.minus(done)].filter(day => isNew(proofs.get(day)))) : DaySet.empty;
    const short = DaySet.of([...tried.minus(done)].filter(day => proofs.get(day)?.state !== 'done'));
    const problem = 'was in flight when its runner went away';
    this.judge(done.union(short).union(doubled), proofs, problem, mayDouble, statements);
  }

  /** Asks about all dates of the table once more. Gives those that were written and not asked for. */
  async proveWhole(): Promise<DaySet> {
    const { proofs, others, statements } = await this.ask(this.done, true);
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
    whole = false,
  ): Promise<{ readonly proofs: ReadonlyMap<Day, DateProof>; readonly others: DaySet; readonly statements: number }> {
    const { step, services, before, since, asked, inTurn } = this.options;
    this.hasWork = true;
    let statements = 0;
    let message = '';
    for (let tries = 1; ; tries++) {
      const answer = await inTurn(() => services.readBack(step, dates, { before, since, asked, whole }));
      if (answer.ok) {
        statements += answer.value.statements;
        const unread = [...answer.value.proofs.values()].some(({ state }) => state === 'unknown');
        if (!unread || tries === TRIES) return { ...answer.value, statements };
      } else message = answer.message;
      if (tries === TRIES) {
        const unknown: DateProof = {
          state: 'unknown',
          written: 'unknown',
          words: `could not be read back: ${message}`,
          rows: 0,
        };
        return { proofs: new Map([...dates].map(day => [day, unknown])), others: DaySet.empty, statements };
      }
      await delay(AGAIN_MS * tries);
    }
  }

  private judge(
    dates: DaySet,
    proofs: ReadonlyMap<Day, DateProof>,
    problem: string,
    mayDouble: boolean,
    statements: number,
  ): Judged {
    const done: Day[] = [];
    const failed: (readonly [Day, string])[] = [];
    const needs: (readonly [Day, string])[] = [];
    let rows = 0;
    for (const day of dates) {
      const proof = proofs.get(day);
      if (proof?.state === 'done') {
        done.push(day);
        rows += proof.rows;
        continue;
      }
      const words = `${problem} and ${proof?.words ?? 'was not read back'}`;
      if (mayDouble && isNew(proof)) needs.push([day, words]);
      else failed.push([day, words]);
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

/** Whether a date holds rows of this work. */
function isNew(proof: DateProof | undefined): boolean {
  return proof !== undefined && proof.rows > 0 && WRITTEN.includes(proof.written);
}
