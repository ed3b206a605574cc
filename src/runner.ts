// The runner: a process of its own that owns one run from its first gate to its report, whoever else comes and goes.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type JobDuration, durationOf } from './backfill/durations';
import { type Plan, readPlan } from './backfill/plan';
import { type BackfillEnd, runBackfill } from './backfill/run';
import { runReport } from './backfill/run-report';
import { headCommit } from './git/head';
import { parseDay } from './model/day';
import { errorWords, stackWords } from './model/error-words';
import type { Verdict } from './model/outcome';
import type { ProcessRef } from './model/process-ref';
import type { Report } from './model/report';
import { printRunReport } from './print/run-report';
import { verdictWithReason } from './print/words';
import type { RunEvent } from './runs/events';
import { durability, hostFacts } from './runs/host';
import { Journal, JournalReader } from './runs/journal';
import { HEARTBEAT_MS, ONE_WRITER, locksFolder, takeLocks, writerWords } from './runs/locks';
import { endStrays, runMark } from './runs/processes';
import { RUN_FILES, cancelAskedBy } from './runs/run-folder';
import { type RunState, runState } from './runs/run-state';
import { Services } from './services';
import { POLITE_MS, whyJobsCannotRun } from './services/backfills';
import { DURATIONS } from './services/earlier-runs';
import { pythonConstants } from './services/job-facts';
import { runWorld } from './services/run-world';
import { isAlive, processRef } from './warehouse/process-identity';

declare const __PHASEGATE_VERSION__: string | undefined;
const VERSION = typeof __PHASEGATE_VERSION__ === 'string' ? __PHASEGATE_VERSION__ : '0.0.0-development';

/** How often it is looked whether somebody wants the run to end. */
const LOOK_MS = 250;
/** How long a database that somebody else holds is waited for: nobody waits before a screen. */
const LOCK_WAIT_MS = 120_000;

/** An exit code for what is no answer of the run: nobody looks at it but a person who looks for errors. */
const EXIT_BROKEN = 70;

/** Owns the run of a folder until it has ended. Gives the exit code. */
async function main(folder: string): Promise<number> {
  const journal = new Journal(join(folder, RUN_FILES.journal));
  const reader = new JournalReader(join(folder, RUN_FILES.journal));
  const endRun = (end: BackfillEnd, report?: string, verdict?: Verdict): void =>
    journal.append({ at: Date.now(), event: 'run-ended', ...end, report, verdict });
  const refuse = (message: string): number => {
    endRun({ state: 'failed', message });
    return 1;
  };
  const plan = readPlan(readFileSync(join(folder, RUN_FILES.plan), 'utf8'), RUN_FILES.plan);
  if (!plan.ok) return refuse(plan.message);
  const run = basename(folder);
  const before = runState(plan.plan, reader.read());
  const opened = openServices(plan.plan, folder);
  if (!opened.ok) return refuse(opened.problems.map(({ message }) => message).join('; '));
  const { services } = opened;
  const lacking = whyJobsCannotRun(plan.plan, services.pipeline.jobs, process.env);
  if (lacking.length > 0) return refuse(lacking.join('; '));
  const process_ = processRef(process.pid);
  if (process_ === undefined) return refuse('this system does not tell which process this is');
  const locked = takeLocks(
    locksFolder(process.env),
    plan.plan.steps.map(({ resource, table }) => ({
      resource,
      table,
      run,
      folder: plan.plan.folder,
      process: process_,
      since: new Date().toISOString(),
    })),
  );
  if (!locked.ok) {
    const words = `${locked.holders.map(writerWords).join('; ')}: ${ONE_WRITER}`;
    // The journal of a run belongs to its owner: another one that was quicker is not to be talked over.
    if (!locked.holders.some(holder => holder.run === run && holder.folder === plan.plan.folder)) return refuse(words);
    process.stderr.write(`${words}\n`);
    return 1;
  }
  const stop = new AbortController();
  /** Why nothing more can be written down; `undefined` while all is well. */
  let broken: string | undefined;
  const guarded: Pick<Journal, 'append'> = {
    append: (...events) => {
      if (broken !== undefined) return; // what follows a gap would be read wrongly
      try {
        journal.append(...events);
      } catch (error) {
        broken = `the journal could not be written: ${errorWords(error)}. Make room, then go on with "phasegate runs resume ${run}"`;
        stop.abort();
      }
    },
  };
  const beat = setInterval(() => locked.locks.beat(), HEARTBEAT_MS);
  const cancel = (by: string): void => {
    if (stop.signal.aborted) return;
    guarded.append({ at: Date.now(), event: 'cancel-asked', by });
    stop.abort();
  };
  const look = setInterval(() => {
    const by = cancelAskedBy(folder);
    if (by !== undefined) cancel(by);
  }, LOOK_MS);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => cancel(signal));
  const world = runWorld({ plan: plan.plan, run, runFolder: folder, services, env: process.env, signal: stop.signal });
  const mark = runMark(plan.plan.folder, run);
  const strays = async (keep: readonly ProcessRef[]): Promise<void> => {
    const count = await endStrays(mark, keep, POLITE_MS);
    if (count > 0)
      guarded.append({
        at: Date.now(),
        event: 'note',
        step: undefined,
        message: `ended ${count === 1 ? 'a process' : `${count} processes`} of this run that nobody looked after`,
      });
  };
  // What has left the family of its command is asked to end together with the commands themselves.
  let swept: Promise<void> | undefined;
  stop.signal.addEventListener('abort', () => {
    swept = strays(world.leaders());
  });
  const sweep = async (): Promise<void> => {
    await swept;
    await strays([]);
  };
  const giveUp = (message: string): number => {
    try {
      endRun({ state: 'failed', message });
    } catch {
      process.stderr.write(`${message}\n`); // the journal without an end says enough: the run is lost, and can be resumed
    }
    return EXIT_BROKEN;
  };
  try {
    if (before.state !== 'waiting') await strays(livingLeaders(before));
    const end = await runBackfill({
      plan: plan.plan,
      journal: guarded,
      services: world.services,
      start: world.start,
      before,
      signal: stop.signal,
      runner: {
        runner: process_,
        version: VERSION,
        host: durability(hostFacts(process.env)),
        python: plan.plan.python?.path,
        commit: headCommit(plan.plan.folder),
      },
    });
    if (stop.signal.aborted) await sweep();
    if (broken !== undefined) return giveUp(broken);
    const validation = await lastValidation(plan.plan, services);
    const report = writeReport(plan.plan, run, folder, end, validation);
    const message =
      validation === undefined ? end.message : `${end.message}. The last validation: ${verdictWithReason(validation)}`;
    endRun({ ...end, message }, report, validation?.verdict);
    return end.state === 'done' ? 0 : 1;
  } catch (error) {
    // Nothing that was begun goes on without somebody who owns it.
    stop.abort();
    await world.idle();
    await sweep();
    process.stderr.write(`${stackWords(error)}\n`);
    return giveUp(broken ?? `the runner met an error of its own: ${errorWords(error)}`);
  } finally {
    clearInterval(beat);
    clearInterval(look);
    world.close();
    locked.locks.release();
    journal.close();
  }
}

/** Processes that another runner began and that still live. */
function livingLeaders({ steps }: RunState): readonly ProcessRef[] {
  return steps
    .flatMap(({ running }) => [...running.values()].flatMap(({ process: each }) => each ?? []))
    .filter(each => isAlive(each) === true);
}

/** What the rows have come to is asked also when a run is cancelled: only what would begin more is given up then. */
function openServices(plan: Plan, folder: string): ReturnType<typeof Services.open> {
  const asOf = parseDay(plan.asOf);
  return Services.open({
    cwd: plan.folder,
    manifest: join(plan.folder, plan.manifest.file),
    manifestText: readFileSync(join(folder, RUN_FILES.manifest), 'utf8'),
    target: plan.target.name,
    ...(asOf === undefined ? {} : { asOf }),
    env: process.env,
    useCache: false,
    python: pythonConstants,
    lockWaitMs: LOCK_WAIT_MS,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
}

/** The final report, as Markdown and JSON, and how long the jobs took, for the plans of later. Gives the Markdown's name. */
function writeReport(
  plan: Plan,
  run: string,
  folder: string,
  end: BackfillEnd,
  validation: Report | undefined,
): string | undefined {
  const events = new JournalReader(join(folder, RUN_FILES.journal)).read();
  const state = runState(plan, events);
  const report = runReport({ run, plan, state, end, endedAt: Date.now(), validation });
  try {
    writeFileSync(join(folder, DURATIONS), JSON.stringify(durationsOf(plan, events)));
    writeFileSync(join(folder, RUN_FILES.reportJson), `${JSON.stringify(report, undefined, 1)}\n`);
    writeFileSync(join(folder, RUN_FILES.report), printRunReport(report));
    return RUN_FILES.report;
  } catch (error) {
    process.stderr.write(`the report could not be written: ${String(error)}\n`);
    return undefined;
  }
}

async function lastValidation(plan: Plan, services: Services): Promise<Report | undefined> {
  const [from, to] = [parseDay(plan.from), parseDay(plan.to)];
  const tables = plan.steps.flatMap(({ table }) => services.pipeline.tables.get(table) ?? []);
  const answer = await services.withGates({ useCache: true, window: { from, to } }, gates => gates.validate(tables));
  return answer.ok ? answer.value : undefined;
}

function durationsOf(plan: Plan, events: readonly RunEvent[]): Readonly<Record<string, JobDuration>> {
  const chunks = new Map<string, { ms: number; dates: number }[]>();
  const running = new Map<string, number>();
  for (const event of events) {
    if (event.event === 'chunk-started') running.set(`${event.step} ${event.chunk}`, event.dates.length);
    if (event.event !== 'chunk-ended' || event.code !== 0) continue;
    const job = plan.steps.find(({ id }) => id === event.step)?.job ?? '';
    const known = chunks.get(job) ?? [];
    known.push({ ms: event.ms, dates: running.get(`${event.step} ${event.chunk}`) ?? 0 });
    chunks.set(job, known);
  }
  return Object.fromEntries(
    [...chunks].flatMap(([job, each]) => {
      const duration = durationOf(each);
      return duration === undefined ? [] : [[job, duration] as const];
    }),
  );
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('the runner is started by "phasegate backfill", with the folder of its run\n');
  process.exitCode = 64;
} else
  void main(folder).then(
    code => (process.exitCode = code),
    (error: unknown) => {
      process.stderr.write(`${stackWords(error)}\n`);
      process.exitCode = EXIT_BROKEN;
    },
  );
