// What carrying out a plan asks of the world, answered by the services: gates, facts, and work begun by the executors.
import type { GateAnswer, RunServices, StartWork } from '../backfill/run-services';
import type { Plan, PlanStep } from '../backfill/plan';
import { commandOf } from '../backfill/chunks';
import { tablesNamed } from '../facts/measure-queries';
import { type Day, formatDay, parseDay } from '../model/day';
import { DaySet } from '../model/day-set';
import { verdictOf } from '../model/outcome';
import { countOf } from '../model/percent';
import type { ProcessRef } from '../model/process-ref';
import type { Report } from '../model/report';
import type { CommandJob, Job, Table } from '../pipeline/pipeline';
import { resolveTemplate } from '../pipeline/templates';
import { printMarkdown } from '../print/markdown';
import { verdictWithReason } from '../print/words';
import { CommandExecutor } from '../runs/command-executor';
import { type Resolved, jobEnvironment } from '../runs/environment';
import type { Started, Work } from '../runs/executor';
import type { JobSaid } from '../runs/job-said';
import { writeProgress } from '../runs/run-folder';
import { runMark } from '../runs/processes';
import { SqlExecutor } from '../runs/sql-executor';
import type { Services } from '../services';
import type { Refusal } from './opening';
import { isAlive } from '../warehouse/process-identity';
import type { WarehouseAnswer, WrittenPartitions } from '../warehouse/warehouse';
import { POLITE_MS } from './backfills';
import { jobFacts } from './job-facts';
import { jobScript } from './job-scripts';

export interface RunWorldOptions {
  readonly plan: Plan;
  readonly run: string;
  readonly runFolder: string;
  readonly services: Services;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

function wordsOf({ problems }: Refusal): string {
  return problems.map(({ message }) => message).join('; ');
}

/** How often what commands say of themselves is written down. */
const PROGRESS_MS = 1_000;

/** The services of a run. */
export function runWorld(options: RunWorldOptions): {
  readonly services: RunServices;
  readonly start: StartWork;
  /** The processes of commands that are on their way. */
  leaders(): readonly ProcessRef[];
  /** Settles when nothing that was begun is on its way any more. */
  idle(): Promise<void>;
  close(): void;
} {
  const { plan, services, signal } = options;
  const tableOf = (step: PlanStep): Table => {
    const table = services.pipeline.tables.get(step.table);
    if (table === undefined) throw new Error(`${step.table} is not in the manifest that its plan was made with`);
    return table;
  };
  const gate = async (
    ask: () => Promise<{ readonly ok: true; readonly value: Report } | Refusal>,
    judge: (report: Report) => Pick<GateAnswer, 'verdict' | 'message'> = whole,
  ): Promise<GateAnswer> => {
    const answer = await ask();
    if (!answer.ok) return { verdict: 'error', message: wordsOf(answer), report: undefined };
    const saved = await services.saveReport(answer.value, printMarkdown(answer.value));
    return { ...judge(answer.value), report: saved.ok ? saved.path : undefined };
  };
  const range = { from: dayOf(plan.from), to: dayOf(plan.to) };

  const world: RunServices = {
    preflight: (step, dates) => {
      const table = tableOf(step);
      return gate(async () => {
        const target = services.resolvedTarget();
        if (!target.ok) return target;
        const jobs = jobFacts(services.pipeline.jobs, {
          folder: plan.folder,
          target: target.value,
          env: options.env,
          run: options.run,
        });
        return services.withGates({ useCache: false, window: range, signal }, gates =>
          gates.preflight([table], { dates: new Map([[table.name, dates]]), jobs }),
        );
      });
    },
    before: (step, instant) => services.before(tableOf(step), instant),
    readBack: async (step, dates, how) => {
      const { first, last } = dates;
      const window = how.whole || first === undefined || last === undefined ? range : { from: first, to: last };
      const answer = await services.withGates({ useCache: true, window }, gates =>
        gates.readBack(tableOf(step), dates, how),
      );
      return answer.ok ? answer : { ok: false, message: wordsOf(answer) };
    },
    canary: (step, day) =>
      gate(
        () =>
          services.withGates({ useCache: false, window: { from: day, to: day }, signal }, gates =>
            gates.validate([tableOf(step)]),
          ),
        report => ofOneDate(report, day),
      ),
    postBackfill: step =>
      gate(() =>
        services.withGates({ useCache: true, window: range, signal }, gates => gates.validate([tableOf(step)])),
      ),
    sharesDatabase: step => sharesDatabase(plan, step, services),
  };

  const progress: Record<string, Record<string, JobSaid>> = {};
  let isNew = false;
  const timer = setInterval(() => {
    if (isNew) writeProgress(options.runFolder, progress);
    isNew = false;
  }, PROGRESS_MS);
  const forgetSaid = ({ step, chunk }: Pick<Work, 'step' | 'chunk'>): void => {
    delete progress[step]?.[chunk];
    isNew = true;
  };
  const active = new Map<Promise<unknown>, ProcessRef | undefined>();
  const kept = <S extends Resolved<Started>>(work: Pick<Work, 'step' | 'chunk'>, started: S): S => {
    if (!started.ok) return started;
    const { ended, process } = started.value;
    active.set(ended, process);
    void ended.then(() => {
      active.delete(ended);
      forgetSaid(work);
      return undefined;
    });
    return started;
  };
  const mark = runMark(plan.folder, options.run);
  const commands = new CommandExecutor({
    folder: plan.folder,
    runFolder: options.runFolder,
    mark,
    politeMs: POLITE_MS,
    onProgress: (work, said) => {
      (progress[work.step] ??= {})[work.chunk] = said;
      isNew = true;
    },
  });
  const statements = new SqlExecutor();
  const jobOf = (step: PlanStep): Job => {
    const job = services.pipeline.jobs.get(step.job);
    if (job === undefined) throw new Error(`${step.job} is not in the manifest that its plan was made with`);
    return job;
  };
  const start: StartWork = {
    begin: async ({ step, chunk, attempt, dates, plannedArgv }) => {
      const job = jobOf(step);
      const work = { step: step.id, chunk, attempt, dates: [...dates].map(formatDay), timeoutMs: job.timeoutMs };
      if (job.kind === 'sql')
        return kept(
          work,
          statements.start({
            ...work,
            write: (days, stop) => writePartitions(services, tableOf(step), step, days, stop),
          }),
        );
      const environment = jobEnvironment(job, plan.folder, options.env);
      if (!environment.ok) return environment;
      const argv = plannedArgv ?? commandFor(job, dates, plan);
      const resolved = argv.map(part => resolveTemplate(part, environment.value.env));
      const problem = resolved.find(part => !part.ok);
      if (problem?.ok === false) return { ok: false, message: `job ${job.name}: ${problem.message}` };
      return kept(
        work,
        await commands.start({
          ...work,
          argv: resolved.map(part => (part.ok ? part.text : '')),
          shownArgv: argv,
          environment: environment.value,
        }),
      );
    },
    attach: (step, { process, chunk, attempt, dates, log, logFrom, since }) => {
      const job = jobOf(step);
      const environment = job.kind === 'command' ? jobEnvironment(job, plan.folder, options.env) : undefined;
      const secrets = environment?.ok === true ? environment.value.secrets : [];
      if (process === undefined || isAlive(process) !== true) {
        if (log !== undefined) commands.mask(log, logFrom, secrets);
        return undefined;
      }
      const work = { step: step.id, chunk, attempt, dates, timeoutMs: job.timeoutMs };
      const attached = commands.attach(work, process, { log, logFrom, since, secrets });
      return kept(work, { ok: true, value: attached }).value;
    },
    split: (step, dates) => split(jobOf(step), step, dates),
    lanes: step => jobOf(step).parallel,
    retry: step => {
      const { attempts, backoffMs } = jobOf(step);
      return { attempts, backoffMs };
    },
  };
  return {
    services: world,
    start,
    leaders: () => [...active.values()].filter(each => each !== undefined),
    idle: async () => void (await Promise.all(active.keys())),
    close: () => clearInterval(timer),
  };
}

/** A command for some dates that are not exactly a chunk of the plan. */
function commandFor(job: CommandJob, dates: DaySet, { folder, python }: Plan): readonly string[] {
  return commandOf(job, [...dates], { python: python?.path, listInWords: jobScript(job, folder).listInWords });
}

/** A range sweeps over every date between its ends: dates that are not neighbours among the planned ones need several. */
function split(job: Job, step: PlanStep, dates: DaySet): readonly DaySet[] {
  if (job.kind === 'sql' || job.dates.list !== undefined) return [dates];
  const parts: Day[][] = [];
  let before = -2;
  step.dates.forEach((date, i) => {
    const day = dayOf(date);
    if (!dates.has(day)) return;
    if (i === before + 1 && job.dates.range !== undefined) parts.at(-1)?.push(day);
    else parts.push([day]);
    before = i;
  });
  return parts.map(days => DaySet.of(days));
}

async function writePartitions(
  services: Services,
  table: Table,
  { sql }: PlanStep,
  dates: readonly Day[],
  signal: AbortSignal,
): Promise<WarehouseAnswer<WrittenPartitions>> {
  const statement = sql?.text ?? '';
  const named = tablesNamed(statement, services.pipeline.tables);
  const answer = await services.withGates({ signal }, async (_, warehouse) => {
    const sources = named.some(({ name }) => name === table.name) ? named : [...named, table];
    const found = await warehouse.describe(sources, signal);
    const tables = sources.flatMap(source => {
      const description = found.get(source.name);
      return description === undefined ? [] : [{ source, description }];
    });
    return warehouse.replacePartitions({ target: table, statement, dates, tables }, signal);
  });
  return answer.ok ? answer.value : { ok: false, failure: { reason: 'unavailable', message: wordsOf(answer) } };
}

/** Whether asking about a step takes the file of a database that a command of the plan writes: then one waits for the other. */
function sharesDatabase(plan: Plan, step: PlanStep, { pipeline }: Services): boolean {
  const inDatabase = (name: string): boolean => pipeline.tables.get(name)?.location.kind === 'target';
  if (!plan.steps.some(({ kind, table }) => kind === 'command' && inDatabase(table))) return false;
  const table = pipeline.tables.get(step.table);
  const calendar = pipeline.calendars.get(table?.calendar ?? '');
  const others = table?.checks.flatMap(check => (check.others ?? []).map(other => other.table)) ?? [];
  return (
    [step.table, ...others, ...(table?.dependsOn.map(({ table: name }) => name) ?? [])].some(inDatabase) ||
    (calendar?.kind === 'measured' && calendar.rows.location.kind === 'target')
  );
}

/** What a whole report comes to. */
function whole(report: Report): Pick<GateAnswer, 'verdict' | 'message'> {
  return { verdict: report.verdict, message: verdictWithReason(report) };
}

/** Checks that one date says nothing of: they compare it with others. */
const OF_MANY_DATES: ReadonlySet<string> = new Set(['regression', 'freshness', 'date_gaps', 'complete', 'accepted']);

/** What a report about one date says against all that the same code writes: thresholds over a season or a range do not hold for a date. */
function ofOneDate({ results, coverage }: Report, day: Day): Pick<GateAnswer, 'verdict' | 'message'> {
  const judged = results.filter(
    ({ check, accepted, threshold }) =>
      accepted === undefined && !OF_MANY_DATES.has(check) && (threshold === undefined || threshold.per === 'date'),
  );
  const verdict = verdictOf([...judged, ...coverage].map(({ outcome }) => outcome));
  const worst = [...judged, ...coverage].find(({ outcome }) => outcome === verdict);
  return {
    verdict,
    message:
      verdict === 'pass' || worst === undefined
        ? `${formatDay(day)} holds by ${countOf(judged.length, 'check')}`
        : `${formatDay(day)}: ${worst.message}`,
  };
}

function dayOf(text: string): Day {
  const day = parseDay(text);
  if (day === undefined) throw new Error(`${text} is no day of a plan`);
  return day;
}
