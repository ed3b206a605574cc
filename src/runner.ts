// The runner: a process of its own that owns one run from its first gate to its report, whoever else comes and goes.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type JobDuration, durationOf } from './backfill/durations';
import { type Plan, readPlan } from './backfill/plan';
import { type BackfillEnd, runBackfill } from './backfill/run';
import { runReport } from './backfill/run-report';
import { headCommit } from './git/head';
import { parseDay } from './model/day';
import type { Report } from './model/report';
import { printRunReport } from './print/run-report';
import { verdictWithReason } from './print/words';
import type { RunEvent } from './runs/events';
import { durability, hostFacts } from './runs/host';
import { Journal, JournalReader } from './runs/journal';
import { HEARTBEAT_MS, locksFolder, takeLocks } from './runs/locks';
import { RUN_FILES, isCancelAsked } from './runs/run-folder';
import { runState } from './runs/run-state';
import { Services } from './services';
import { DURATIONS } from './services/earlier-runs';
import { runWorld } from './services/run-world';
import { processRef } from './warehouse/process-identity';

declare const __PHASEGATE_VERSION__: string | undefined;
const VERSION = typeof __PHASEGATE_VERSION__ === 'string' ? __PHASEGATE_VERSION__ : '0.0.0-development';

/** How often it is looked whether somebody wants the run to end. */
const LOOK_MS = 250;
/** How long a database that somebody else holds is waited for: nobody waits before a screen. */
const LOCK_WAIT_MS = 120_000;

/** Owns the run of a folder until it has ended. Gives the exit code. */
async function main(folder: string): Promise<number> {
  const journal = new Journal(join(folder, RUN_FILES.journal));
  const reader = new JournalReader(join(folder, RUN_FILES.journal));
  const refuse = (message: string): number => {
    journal.append({
      at: Date.now(),
      event: 'run-ended',
      state: 'failed',
      message,
      report: undefined,
      verdict: undefined,
    });
    return 1;
  };
  const plan = readPlan(readFileSync(join(folder, RUN_FILES.plan), 'utf8'), RUN_FILES.plan);
  if (!plan.ok) return refuse(plan.message);
  const run = basename(folder);
  const before = runState(plan.plan, reader.read());
  const cancelled = new AbortController();
  const opened = openServices(plan.plan, folder, cancelled.signal);
  if (!opened.ok) return refuse(opened.problems.map(({ message }) => message).join('; '));
  const { services } = opened;
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
  if (!locked.ok)
    return refuse(
      locked.holders
        .map(
          holder =>
            `${holder.table} is being written by run ${holder.run} of ${holder.folder} (process ${holder.process.pid} on ${holder.process.host})`,
        )
        .join('; '),
    );
  const beat = setInterval(() => locked.locks.beat(), HEARTBEAT_MS);
  const cancel = (by: string): void => {
    if (cancelled.signal.aborted) return;
    journal.append({ at: Date.now(), event: 'cancel-asked', by });
    cancelled.abort();
  };
  const look = setInterval(() => {
    if (isCancelAsked(folder)) cancel('request');
  }, LOOK_MS);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => cancel(signal));
  const world = runWorld({
    plan: plan.plan,
    run,
    runFolder: folder,
    services,
    env: process.env,
    signal: cancelled.signal,
  });
  try {
    const end = await runBackfill({
      plan: plan.plan,
      journal,
      services: world.services,
      start: world.start,
      before,
      signal: cancelled.signal,
      runner: {
        runner: process_,
        version: VERSION,
        host: durability(hostFacts(process.env)),
        python: plan.plan.python?.path,
        commit: headCommit(plan.plan.folder),
      },
    });
    const validation = await lastValidation(plan.plan, services);
    const report = writeReport(plan.plan, run, folder, end, validation);
    const message =
      validation === undefined ? end.message : `${end.message}. The last validation: ${verdictWithReason(validation)}`;
    journal.append({ at: Date.now(), event: 'run-ended', ...end, message, report, verdict: validation?.verdict });
    return end.state === 'done' ? 0 : 1;
  } finally {
    clearInterval(beat);
    clearInterval(look);
    world.close();
    locked.locks.release();
    journal.close();
  }
}

function openServices(plan: Plan, folder: string, signal: AbortSignal): ReturnType<typeof Services.open> {
  const asOf = parseDay(plan.asOf);
  return Services.open({
    cwd: plan.folder,
    manifest: join(plan.folder, plan.manifest.file),
    manifestText: readFileSync(join(folder, RUN_FILES.manifest), 'utf8'),
    target: plan.target.name,
    ...(asOf === undefined ? {} : { asOf }),
    env: process.env,
    useCache: false,
    lockWaitMs: LOCK_WAIT_MS,
    signal,
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
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exitCode = 70;
    },
  );
