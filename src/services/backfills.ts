// Backfills: from a question to a plan, from a plan to a run of its own process, and from a run's folder to how it stands.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorWords } from '../model/error-words';
import { type RunDurations, expectedPerDate } from '../backfill/durations';
import { changesSince } from '../backfill/changed';
import { type PlannedJob, makePlan } from '../backfill/make-plan';
import { type Plan, type PlanOptions, TAKEN_OUT, readPlan } from '../backfill/plan';
import { prepareStateFolder } from '../facts/ledger';
import { DaySet } from '../model/day-set';
import { describeDays } from '../model/day-text';
import { isoInstant } from '../model/instant';
import { parseDay } from '../model/day';
import { asOfDay } from '../pipeline/clock';
import { selectTables } from '../pipeline/names';
import type { Job, Pipeline, Table } from '../pipeline/pipeline';
import { type Interpreter, type Resolved, findPython, jobEnvironment, whyNoProgram } from '../runs/environment';
import { installRunner } from '../runs/install-runner';
import { Journal, JournalReader } from '../runs/journal';
import { launchRunner } from '../runs/launch';
import { ONE_WRITER, lockHolder, locksFolder, writerWords } from '../runs/locks';
import { endProcesses, endStrays, runMark } from '../runs/processes';
import { RUN_FILES, runsFolder } from '../runs/run-folder';
import { newRunId } from '../runs/run-id';
import { type RunState, runState } from '../runs/run-state';
import { userStateFolder } from '../runs/state-folder';
import type { Services } from '../services';
import type { Assessment } from '../validation/assess';
import type { Refusal } from './opening';
import { tableIdentity, targetIdentity } from '../warehouse/identity';
import { isAlive } from '../warehouse/process-identity';
import { earlierDurations } from './earlier-runs';
import type { FollowedRun } from './followed-run';
import { jobScript } from './job-scripts';

/** What a plan is asked for. */
export interface PlanQuestion {
  /** Tables or phases, by full or short name. */
  readonly tables: readonly string[];
  /** Whether tables that those need and that are short come first. */
  readonly upstream: boolean;
  readonly options: PlanOptions;
  /** Dates that are not wanted, by the table's full name. */
  readonly takenOut?: ReadonlyMap<string, DaySet>;
  /** An interpreter that somebody chose, and where. */
  readonly python?: Interpreter;
}

export type Planned = { readonly ok: true; readonly plan: Plan } | Refusal;

/** How long a process of a run has to end politely. */
export const POLITE_MS = 10_000;

/** Makes a plan by how things stand now. */
export async function planBackfill(
  services: Services,
  question: PlanQuestion,
  env: NodeJS.ProcessEnv,
): Promise<Planned> {
  const { pipeline } = services;
  const selected = selectTables(pipeline, question.tables);
  if (!selected.ok) return { ok: false, kind: 'usage', problems: [{ message: selected.message }] };
  const target = services.resolvedTarget();
  if (!target.ok) return target;
  const tables = question.upstream ? withUpstream(selected.tables, pipeline) : selected.tables;
  const upstream = tables.flatMap(({ dependsOn }) =>
    dependsOn.flatMap(({ table }) => pipeline.tables.get(table) ?? []),
  );
  const everything = [...new Set([...tables, ...upstream])];
  // Where the range was said to begin somewhere, gates see what tables depend on from as far before as they look back.
  const lookbacks = tables.flatMap(({ dependsOn }) => dependsOn.map(({ lookbackDays }) => lookbackDays));
  const back = services.window.from === undefined ? 0 : Math.max(0, ...lookbacks);
  const assessed = await services.withGates({ useCache: false }, async (gates, warehouse) => ({
    ...(await gates.assess(everything, back)),
    cost: warehouse.dialect === 'duckdb' ? 'not applicable (duckdb)' : 'unknown',
  }));
  if (!assessed.ok) return assessed;
  const { range, assessments, assessBack, cost } = assessed.value;
  const python = findPython(pipeline.folder, question.python, env);
  const texts = await services.jobTexts();
  const durations = earlierDurations(pipeline.folder);
  const plan = makePlan({
    pipeline,
    target: {
      name: services.target,
      identity: targetIdentity(target.value, pipeline.folder),
      protected: target.value.protected,
    },
    cost,
    createdAt: isoInstant(Date.now()),
    manifestHash: hashOf(services.manifestText),
    asOf: asOfDay(services.asOf, firstZone(services)),
    range,
    tables,
    assessments: byTable(assessments),
    upstreams: byTable(back === 0 ? [] : [...new Set(upstream)].map(assessBack)),
    options: question.options,
    takenOut: question.takenOut ?? new Map(),
    python: python.ok ? python.value : undefined,
    pythonProblem: python.ok ? undefined : python.message,
    jobs: new Map(
      tables.flatMap(table => {
        const job = table.job === undefined ? undefined : pipeline.jobs.get(table.job);
        return job === undefined
          ? []
          : [[job.name, plannedJob(job, pipeline.folder, texts.get(job.name), durations)] as const];
      }),
    ),
    resourceOf: table => tableIdentity(table, target.value, pipeline.folder),
  });
  const lacking = whyJobsCannotRun(plan, pipeline.jobs, env).filter(each => !plan.refusals.includes(each));
  const held = heldBy(plan, env);
  return {
    ok: true,
    plan: {
      ...plan,
      refusals: [...plan.refusals, ...lacking],
      warnings: [...plan.warnings, ...(held === undefined ? [] : [held])],
    },
  };
}

function byTable(assessments: readonly Assessment[]): ReadonlyMap<string, Assessment> {
  return new Map(assessments.map(assessment => [assessment.table.name, assessment]));
}

/** The tables with those that they need, directly or not, and that a job writes; in dependency order. */
function withUpstream(tables: readonly Table[], pipeline: Pipeline): readonly Table[] {
  const wanted = new Set<string>();
  const stack = tables.map(({ name }) => name);
  for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
    if (wanted.has(name)) continue;
    wanted.add(name);
    stack.push(...(pipeline.tables.get(name)?.dependsOn.map(({ table }) => table) ?? []));
  }
  const named = new Set(tables.map(({ name }) => name));
  return [...pipeline.tables.values()].filter(
    ({ name, job }) => wanted.has(name) && (named.has(name) || job !== undefined),
  );
}

function firstZone({ pipeline }: Services): string {
  return pipeline.calendars.values().next().value?.timezone ?? 'UTC';
}

function plannedJob(job: Job, folder: string, text: PlannedJob['sql'], durations: readonly RunDurations[]): PlannedJob {
  const perDate = expectedPerDate(job.name, durations);
  if (job.kind === 'sql')
    return {
      problems:
        text?.ok === true && !/\$dates\b/.test(text.text)
          ? [
              {
                severity: 'refuse',
                message: `${job.sql} does not use $dates: nothing tells it which dates to give`,
              },
            ]
          : [],
      script: undefined,
      listInWords: false,
      sql: text ?? { ok: false, message: `${job.sql} could not be read` },
      perDate,
    };
  const { problems, script, listInWords } = jobScript(job, folder);
  return {
    problems,
    script: script === undefined ? undefined : { path: script.path, hash: script.hash },
    listInWords,
    sql: undefined,
    perDate,
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Why a plan is not run as it was shown; empty where it can be. */
export async function whyOutdated(
  services: Services,
  plan: Plan,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly ok: true; readonly changes: readonly string[] } | Refusal> {
  const again = await planBackfill(
    services,
    {
      tables: plan.steps.map(({ table }) => table),
      upstream: false,
      options: plan.options,
      takenOut: takenOutOf(plan),
      ...(plan.python === undefined ? {} : { python: plan.python }),
    },
    env,
  );
  return again.ok ? { ok: true, changes: changesSince(plan, again.plan) } : again;
}

function takenOutOf({ excluded }: Plan): ReadonlyMap<string, DaySet> {
  return new Map(
    excluded
      .filter(({ reason }) => reason === TAKEN_OUT)
      .map(({ table, ranges }) => [
        table,
        DaySet.ofRanges(
          ranges.flatMap(([from, to]) => {
            const [first, last] = [parseDay(from), parseDay(to)];
            return first === undefined || last === undefined ? [] : [{ from: first, to: last }];
          }),
        ),
      ]),
  );
}

export interface StartOptions {
  /** Where our own programs are. */
  readonly programs: string;
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
}

export type StartedRun =
  | { readonly ok: true; readonly id: string; readonly folder: string }
  /** `protectedTarget`: the name that has to be typed first. */
  | { readonly ok: false; readonly message: string; readonly protectedTarget?: string };

/** Starts a run of a plan that somebody has seen. */
export async function startRun(services: Services, plan: Plan, options: StartOptions): Promise<StartedRun> {
  const refused = whyNotStarted(plan, options.env);
  if (refused !== undefined) return { ok: false, message: refused };
  const lacking = whyJobsCannotRun(plan, services.pipeline.jobs, options.env);
  if (lacking.length > 0) return { ok: false, message: lacking.join('; ') };
  const { folder: workspace } = services.pipeline;
  const [first] = plan.steps;
  const words = `${first?.id ?? 'nothing'}${plan.steps.length > 1 ? `_and_${plan.steps.length - 1}_more` : ''}`;
  const base = newRunId(words, Date.now());
  let id = base;
  for (let i = 2; existsSync(join(runsFolder(workspace), id)); i++) id = `${base}-${i}`;
  const folder = join(runsFolder(workspace), id);
  try {
    prepareStateFolder(join(workspace, '.phasegate'), 'runs');
    mkdirSync(folder);
    writeFileSync(join(folder, RUN_FILES.manifest), services.manifestText);
    writeFileSync(join(folder, RUN_FILES.plan), `${JSON.stringify(plan, undefined, 1)}\n`);
  } catch (error) {
    return {
      ok: false,
      message: `the run could not be prepared in ${folder}: ${errorWords(error)}`,
    };
  }
  return launch(folder, id, options);
}

/**
 * Why a plan may not be run at all, or not now; `undefined` where it may.
 * @param run the run that wants to go on with it, where there is one
 */
function whyNotStarted(plan: Plan, env: NodeJS.ProcessEnv, run?: string): string | undefined {
  if (plan.steps.length === 0) return 'nothing is short: there is nothing to run';
  if (plan.refusals.length > 0) return plan.refusals.join('; ');
  return heldBy(plan, env, run);
}

/** Who writes tables of a plan now, and what to do; `undefined` where nobody does. @param run the run that is not meant */
function heldBy(plan: Plan, env: NodeJS.ProcessEnv, run?: string): string | undefined {
  const locks = locksFolder(env);
  const except = run === undefined ? undefined : { run, folder: plan.folder };
  const held = plan.steps.flatMap(({ resource }) => lockHolder(locks, resource, except) ?? []);
  return held.length === 0 ? undefined : `${held.map(writerWords).join('; ')}: ${ONE_WRITER}`;
}

/** Why jobs of a plan cannot be run here: a program, a secret, or a file with their environment, is not there. */
export function whyJobsCannotRun(
  plan: Plan,
  jobs: ReadonlyMap<string, Job>,
  env: NodeJS.ProcessEnv,
): readonly string[] {
  return [...new Set(plan.steps.map(({ job }) => job))].flatMap(name => {
    const job = jobs.get(name);
    if (job?.kind !== 'command') return [];
    const environment = jobEnvironment(job, plan.folder, env);
    if (!environment.ok) return [environment.message];
    const program = plan.steps.find(step => step.job === name)?.chunks[0]?.argv?.[0] ?? '';
    const isAsked = process.platform !== 'win32' && !program.includes('${'); // Windows finds programs by more than their names
    const why = !isAsked ? undefined : whyNoProgram(program, plan.folder, environment.value.env);
    return why === undefined ? [] : [`job ${name} runs ${program}, and ${why}`];
  });
}

async function launch(folder: string, id: string, { programs, version, env }: StartOptions): Promise<StartedRun> {
  const installed = installRunner(programs, userStateFolder(env), version);
  if (!installed.ok) return installed;
  const launched = await launchRunner(installed.program, folder, env);
  if (launched.ok) return { ok: true, id, folder };
  const plan = readPlan(readFileSync(join(folder, RUN_FILES.plan), 'utf8'), RUN_FILES.plan);
  const path = join(folder, RUN_FILES.journal);
  const { message } = launched;
  if (plan.ok && runState(plan.plan, new JournalReader(path).read()).state === 'waiting') {
    const journal = new Journal(path);
    journal.append({
      at: Date.now(),
      event: 'run-ended',
      state: 'failed',
      message,
      report: undefined,
      verdict: undefined,
    });
    journal.close();
  }
  return launched;
}

/**
 * Has a run end: its owner ends its processes and says so. Where there is no owner, what it left running is ended here.
 * @param by who wants it, for the journal
 */
export async function cancelRun(run: FollowedRun, by: string): Promise<Resolved<string>> {
  const { folder, state, isOwned, id, plan } = run;
  if (state.state !== 'running' && state.state !== 'waiting')
    return { ok: false, message: `run ${id} has ended already: ${state.message}` };
  // Also where nobody is seen to own it: a runner may be about to begin.
  writeFileSync(join(folder, RUN_FILES.cancel), by);
  if (isOwned) return { ok: true, value: 'its runner ends what it has started, and says so in the journal' };
  const children = state.steps.flatMap(step => [...step.running.values()].flatMap(({ process }) => process ?? []));
  const alive = children.filter(child => isAlive(child) === true);
  await Promise.all(alive.map(child => endProcesses(child, POLITE_MS)));
  const ended = alive.length + (await endStrays(runMark(plan.folder, id), [], POLITE_MS));
  const journal = new Journal(join(folder, RUN_FILES.journal));
  journal.append(
    { at: Date.now(), event: 'cancel-asked', by },
    {
      at: Date.now(),
      event: 'run-ended',
      state: 'cancelled',
      message: `cancelled when its runner had gone${whereOf(state)}`,
      report: undefined,
      verdict: undefined,
    },
  );
  journal.close();
  return {
    ok: true,
    value: `its runner had gone; ${ended === 1 ? 'a process that it left was' : `${ended} processes that it left were`} ended`,
  };
}

/** The dates that nobody has looked at since their commands were begun. */
function whereOf({ steps }: RunState): string {
  const open = steps.flatMap(({ id, dates }) => {
    const days = [...dates].flatMap(([date, { state }]) =>
      state === 'running' || state === 'written' ? (parseDay(date) ?? []) : [],
    );
    return days.length === 0 ? [] : [`${id} at ${describeDays(DaySet.of(days))}`];
  });
  return open.length === 0 ? '' : `: ${open.join('; ')}`;
}

/**
 * Has another runner go on with a run that was cancelled, has failed, or whose runner is gone.
 * @param confirmed the name of the target, typed by somebody, where that is protected
 */
export async function resumeRun(run: FollowedRun, options: StartOptions, confirmed?: string): Promise<StartedRun> {
  if (run.isOwned) return { ok: false, message: `run ${run.id} is running: attach to it` };
  if (run.state.state === 'done') return { ok: false, message: `run ${run.id} is done: nothing is left of it` };
  const refused = whyNotStarted(run.plan, options.env, run.id);
  if (refused !== undefined) return { ok: false, message: refused };
  const { name, protected: isProtected } = run.plan.target;
  if (isProtected && confirmed !== name)
    return {
      ok: false,
      message: `target ${name} is protected: its name has to be typed to go on writing to it`,
      protectedTarget: name,
    };
  rmSync(join(run.folder, RUN_FILES.cancel), { force: true });
  return launch(run.folder, run.id, options);
}
