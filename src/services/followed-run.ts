// A run that is looked at again and again: only what was added to its journal is read.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Plan, readPlan } from '../backfill/plan';
import { type RunSummary, runSummary } from '../backfill/run-summary';
import { errorWords } from '../model/error-words';
import type { Resolved } from '../runs/environment';
import type { RunEvent } from '../runs/events';
import { JournalReader } from '../runs/journal';
import { RUN_FILES, readProgress, runsFolder } from '../runs/run-folder';
import { RunFold, type RunState } from '../runs/run-state';
import { isAlive } from '../warehouse/process-identity';

export class FollowedRun {
  readonly id: string;
  /** The run's folder. */
  readonly folder: string;
  readonly plan: Plan;
  private readonly reader: JournalReader;
  private readonly fold: RunFold;
  /** Events that were taken in and not given out yet. */
  private fresh: readonly RunEvent[] = [];

  private constructor(id: string, folder: string, plan: Plan) {
    this.id = id;
    this.folder = folder;
    this.plan = plan;
    this.reader = new JournalReader(join(folder, RUN_FILES.journal));
    this.fold = new RunFold(plan);
  }

  /** A message where the folder of a run holds none. */
  static open(workspace: string, id: string): Resolved<FollowedRun> {
    const folder = join(runsFolder(workspace), id);
    let text: string;
    try {
      text = readFileSync(join(folder, RUN_FILES.plan), 'utf8');
    } catch (error) {
      return { ok: false, message: `run ${id} could not be read: ${errorWords(error)}` };
    }
    const plan = readPlan(text, join(folder, RUN_FILES.plan));
    return plan.ok ? { ok: true, value: new FollowedRun(id, folder, plan.plan) } : plan;
  }

  /** As of the last `read`. */
  get state(): RunState {
    return this.fold.state;
  }

  /** Whether the process that owns it lives: a run without an end and without an owner has died. */
  get isOwned(): boolean {
    const { state, runner } = this.state;
    return state === 'running' && runner !== undefined && isAlive(runner) !== false;
  }

  /** Lines of the journal that were torn. */
  get torn(): number {
    return this.reader.torn;
  }

  /** Takes in what was added to the journal, and gives what was not given before. */
  read(): readonly RunEvent[] {
    this.takeIn();
    const events = this.fresh;
    this.fresh = [];
    return events;
  }

  /** The run as surfaces show it. @param now milliseconds since 1970 UTC */
  summary(now: number): RunSummary {
    const { id, folder, plan } = this;
    this.takeIn();
    const { isOwned } = this;
    if (!isOwned) this.takeIn(); // an owner that has gone meanwhile has told its end before
    return runSummary({ id, folder, plan, state: this.state, isOwned, progress: readProgress(folder), now });
  }

  private takeIn(): void {
    const events = this.reader.read();
    if (events.length === 0) return;
    for (const event of events) this.fold.apply(event);
    this.fresh = [...this.fresh, ...events];
  }
}
