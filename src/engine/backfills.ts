// Backfills for the editor: plans, starting what was shown, and following the runs of every folder that is looked at.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunSummary } from '../backfill/run-summary';
import { type Day, FIRST_SENSIBLE_DAY, addDays, parseDay } from '../model/day';
import { DaySet } from '../model/day-set';
import type { PlanAnswer, PlanParams, Requests, RunRef, StartAnswer, TableRanges, TextAnswer } from '../protocol';
import type { Resolved } from '../runs/environment';
import { RUN_FILES, runIds, runsFolder } from '../runs/run-folder';
import { searchLog, tailOf } from '../runs/log-follower';
import type { Services } from '../services';
import { type StartOptions, cancelRun, planBackfill, resumeRun, startRun, whyOutdated } from '../services/backfills';
import { FollowedRun } from '../services/followed-run';
import { type Questions, UNTRUSTED, firstOf } from './questions';
import { DEFAULT_OPTIONS } from '../backfill/plan';
import { errorWords } from '../model/error-words';

/** How often it is looked whether a run has gone on, or another has begun. */
const LOOK_MS = 700;
/** So many runs of a folder are shown. */
const MOST_RUNS = 50;
/** So much of a log is shown. Lines. */
const TAIL_LINES = 300;
const MOST_MATCHES = 300;

export interface BackfillsOptions {
  readonly questions: Questions;
  readonly isTrusted: () => boolean;
  /** Where our own programs are. */
  readonly start: () => StartOptions;
  readonly onRuns: (folder: string, runs: readonly RunSummary[]) => void;
}

/** The runs of a folder as last told. */
interface Watched {
  /** When the folder of the runs was changed, as it was last looked at. Milliseconds since 1970 UTC. */
  changedAt: number;
  readonly runs: Map<string, WatchedRun>;
}

interface WatchedRun {
  /** As it was last looked at, bytes: a run that has ended may be gone on with by somebody else. */
  readonly journal: number;
  /** What was told of it: told again where it is another text. */
  readonly told: string;
  /** While it goes on. */
  readonly run: FollowedRun | undefined;
}

export class Backfills {
  private readonly options: BackfillsOptions;
  private readonly watched = new Map<string, Watched>();
  private timer: NodeJS.Timeout | undefined;

  constructor(options: BackfillsOptions) {
    this.options = options;
  }

  async plan(params: PlanParams, signal: AbortSignal): Promise<PlanAnswer> {
    return this.withServices(params, signal, async services => {
      const { tables, upstream, stale, rebuild, keepGoing, canary, python } = params;
      const answer = await planBackfill(
        services,
        {
          tables,
          upstream,
          options: { ...DEFAULT_OPTIONS, stale, rebuild, keepGoing, canary },
          takenOut: takenOut(params),
          ...(python === undefined ? {} : { python }),
        },
        process.env,
      );
      return answer.ok ? answer : { ok: false, message: firstOf(answer.problems) };
    });
  }

  /** Runs a plan as it was shown. The editor has asked for the name of a protected target; it is compared here. */
  async start({ folder, plan, confirmed }: Requests['phasegate/start']['params']): Promise<StartAnswer> {
    const { name, protected: isProtected } = plan.target;
    if (isProtected && confirmed !== name)
      return { ok: false, message: `target ${name} is protected: type its name to write to it`, changes: [] };
    const asOf = parseDay(plan.asOf);
    const answer = await this.withServices(
      { folder, target: name },
      undefined,
      async (services): Promise<StartAnswer> => {
        const outdated = await whyOutdated(services, plan, process.env);
        if (!outdated.ok) return { ok: false, message: firstOf(outdated.problems), changes: [] };
        const { changes } = outdated;
        if (changes.length > 0)
          return { ok: false, message: 'the plan no longer fits what is there: nothing was run', changes };
        const started = await startRun(services, plan, this.options.start());
        return started.ok ? { ok: true, id: started.id } : { ok: false, message: started.message, changes: [] };
      },
      { from: parseDay(plan.from), to: parseDay(plan.to), asOf },
    );
    if (answer.ok) this.look();
    return answer.ok || 'changes' in answer ? answer : { ...answer, changes: [] };
  }

  /** The runs of a folder, newest first, which is looked at from now on. */
  runs(folder: string): readonly RunSummary[] {
    const watched: Watched = { changedAt: changedAt(folder), runs: new Map() };
    const summaries = runIds(folder)
      .slice(0, MOST_RUNS)
      .flatMap(id => this.read(folder, id, watched) ?? []);
    this.watched.set(folder, watched);
    this.timer ??= setInterval(() => this.look(), LOOK_MS);
    return summaries;
  }

  async cancel(run: RunRef): Promise<TextAnswer> {
    const answer = await this.withRun(run, found => cancelRun(found, 'the editor'));
    this.look();
    return answer.ok ? { ok: true, text: answer.value } : answer;
  }

  async resume(run: Requests['phasegate/resumeRun']['params']): Promise<StartAnswer> {
    const answer = await this.withRun(run, found => resumeRun(found, this.options.start(), run.confirmed));
    this.look();
    return answer.ok ? { ok: true, id: answer.id } : { ...answer, changes: [] };
  }

  /** The end of a step's log, or the lines of it that hold a text. */
  async log({ folder, id, step, search }: Requests['phasegate/runLog']['params']): Promise<TextAnswer> {
    return this.withRun({ folder, id }, async ({ folder: runFolder, state }) => {
      const name = state.steps.find(each => each.id === step)?.log;
      if (name === undefined) return { ok: true, text: '' };
      const path = join(runFolder, name);
      try {
        if (search === '') return { ok: true, text: tailOf(path, TAIL_LINES).join('\n') };
        const lines: string[] = [];
        for await (const { line, text } of searchLog(path, search, { most: MOST_MATCHES }))
          lines.push(`${line}: ${text}`);
        return { ok: true, text: lines.join('\n') };
      } catch (error) {
        return { ok: false, message: `${path} could not be read: ${errorWords(error)}` };
      }
    });
  }

  report(run: RunRef): TextAnswer {
    const found = runOf(run);
    if (!found.ok) return found;
    const path = join(found.value.folder, found.value.state.report ?? RUN_FILES.report);
    try {
      return { ok: true, text: readFileSync(path, 'utf8') };
    } catch (error) {
      return { ok: false, message: `the report of run ${run.id} could not be read: ${errorWords(error)}` };
    }
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    for (const [folder, watched] of this.watched) {
      const at = changedAt(folder);
      const ids = at === watched.changedAt ? [...watched.runs.keys()] : runIds(folder).slice(0, MOST_RUNS);
      watched.changedAt = at;
      const changed = ids.flatMap(id => this.read(folder, id, watched) ?? []);
      if (changed.length > 0) this.options.onRuns(folder, changed);
    }
  }

  /** The run as it stands, where that is other than what was told last. */
  private read(folder: string, id: string, { runs }: Watched): RunSummary | undefined {
    const known = runs.get(id);
    const journal = sizeOf(join(runsFolder(folder), id, RUN_FILES.journal));
    if (known !== undefined && known.run === undefined && known.journal === journal) return undefined;
    const followed = known?.run === undefined ? FollowedRun.open(folder, id) : { ok: true as const, value: known.run };
    if (!followed.ok) {
      runs.set(id, { journal, told: '', run: undefined });
      return undefined;
    }
    const summary = followed.value.summary(Date.now());
    const goesOn = summary.state === 'running' || summary.state === 'waiting';
    const told = JSON.stringify(withoutClock(summary));
    runs.set(id, { journal, told, run: goesOn ? followed.value : undefined });
    return told === known?.told ? undefined : summary;
  }

  private async withRun<T>(
    { folder, id }: RunRef,
    then: (run: FollowedRun) => Promise<T>,
  ): Promise<T | { readonly ok: false; readonly message: string }> {
    if (!this.options.isTrusted()) return { ok: false, message: UNTRUSTED };
    const run = runOf({ folder, id });
    return run.ok ? then(run.value) : run;
  }

  private async withServices<T>(
    ref: { readonly folder: string; readonly target?: string },
    signal: AbortSignal | undefined,
    then: (services: Services) => Promise<T>,
    over: { readonly from?: Day | undefined; readonly to?: Day | undefined; readonly asOf?: Day | undefined } = {},
  ): Promise<T | { readonly ok: false; readonly message: string }> {
    const opened = this.options.questions.open(ref, true, signal, over);
    if (!opened.ok) return { ok: false, message: firstOf(opened.problems) };
    try {
      return await then(opened.services);
    } finally {
      await opened.services.close();
    }
  }
}

/** A run with what its journal says. */
function runOf({ folder, id }: RunRef): Resolved<FollowedRun> {
  const run = FollowedRun.open(folder, id);
  if (run.ok) run.value.read();
  return run;
}

/** What a run has come to, but for what only the clock changes. */
function withoutClock(run: RunSummary): unknown {
  return { ...run, left: undefined, steps: run.steps.map(step => ({ ...step, left: undefined, rate: undefined })) };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function changedAt(folder: string): number {
  return statSync(runsFolder(folder), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Dates that are not wanted, by table: those taken out, and all others where somebody has chosen some. */
function takenOut({ takenOut: out, only }: PlanParams): ReadonlyMap<string, DaySet> {
  const found = new Map(out.map(each => [each.table, daysOf(each)]));
  for (const each of only) {
    const others = EVERY_DAY.minus(daysOf(each));
    found.set(each.table, (found.get(each.table) ?? DaySet.empty).union(others));
  }
  return found;
}

/** All dates that data may be about. */
const EVERY_DAY = DaySet.range(FIRST_SENSIBLE_DAY, addDays(FIRST_SENSIBLE_DAY, 400 * 366));

function daysOf({ ranges }: TableRanges): DaySet {
  return DaySet.ofRanges(
    ranges.flatMap(([from, to]) => {
      const [first, last] = [parseDay(from), parseDay(to)];
      return first === undefined || last === undefined ? [] : [{ from: first, to: last }];
    }),
  );
}
