// From what is short to a plan: the dates of each table, in the order of what they are computed from. Pure.
import { type Day, addDays, formatDay } from '../model/day';
import { type DayRange, DaySet } from '../model/day-set';
import { covered, shortDates } from '../model/coverage';
import { countOf, formatShare, formatThreshold } from '../model/percent';
import type { Dependency, Job, Pipeline, Table } from '../pipeline/pipeline';
import type { Assessment } from '../validation/assess';
import { neededDates } from '../validation/preflight';
import { chunksOf } from './chunks';
import {
  type Expected,
  type Plan,
  type PlanExclusion,
  type PlanOptions,
  type PlanReason,
  type PlanStep,
  TAKEN_OUT,
} from './plan';
import { stepsBefore } from './step-order';

/** What is known of a job's command. */
export interface PlannedJob {
  /** Why it may not be run as it is declared, and what to know of it. */
  readonly problems: readonly { readonly severity: 'refuse' | 'warn'; readonly message: string }[];
  readonly script: { readonly path: string; readonly hash: string } | undefined;
  /** Whether the script takes a list of dates as several words. */
  readonly listInWords: boolean;
  /** The text of a statement; a message where it cannot be read. */
  readonly sql:
    { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string } | undefined;
  /** How long a date takes, milliseconds: the median of earlier runs with their quartiles. */
  readonly perDate: Expected | undefined;
}

export interface PlanInput {
  readonly pipeline: Pipeline;
  readonly target: Plan['target'];
  readonly cost: string;
  readonly createdAt: string;
  readonly manifestHash: string;
  readonly asOf: Day;
  readonly range: DayRange;
  /** The tables that are asked for, in dependency order. */
  readonly tables: readonly Table[];
  /** Those and all that they depend on directly, as they stand. */
  readonly assessments: ReadonlyMap<string, Assessment>;
  /** What tables depend on, as it stands from as far before the range as they look back; absent where nothing is known of that. */
  readonly upstreams: ReadonlyMap<string, Assessment>;
  readonly options: PlanOptions;
  /** Dates that somebody has taken out, by table. */
  readonly takenOut: ReadonlyMap<string, DaySet>;
  readonly python: { readonly path: string; readonly from: string } | undefined;
  readonly pythonProblem: string | undefined;
  /** By the job's name. */
  readonly jobs: ReadonlyMap<string, PlannedJob>;
  /** The name of what a table's rows are, wherever it is reached from. */
  readonly resourceOf: (table: Table) => string;
}

/** Dates of a table with why each is planned. */
interface Work {
  readonly dates: DaySet;
  readonly reasonOf: (day: Day) => string;
}

/** Makes the plan. What cannot be planned is told in it: refusals, warnings and exclusions. */
export function makePlan(input: PlanInput): Plan {
  const { pipeline, tables, options, target } = input;
  const work = new Map<string, Work>();
  const excluded: PlanExclusion[] = [];
  const refusals: string[] = [];
  const warnings: string[] = [];
  const steps: PlanStep[] = [];
  for (const table of tables) {
    const assessment = input.assessments.get(table.name);
    if (assessment === undefined) continue;
    const job = table.job === undefined ? undefined : pipeline.jobs.get(table.job);
    if (!table.dated) {
      if (job !== undefined && isEmpty(assessment))
        warnings.push(
          `${table.shortName}: it holds no rows and has no dates to be planned by: run job ${job.name} yourself`,
        );
      continue;
    }
    const { dates: wanted, reasonOf, left } = workOf(table, assessment, work, input);
    excluded.push(...left);
    if (wanted.isEmpty) continue;
    if (job === undefined) {
      excluded.push({ ...exclusion(table, wanted, 'no job writes it'), open: 'unwritable' });
      continue;
    }
    const twice = wanted.minus(assessment.coverage.states.missing);
    const dates = job.rewrites === 'append' ? wanted.minus(twice) : wanted;
    if (!twice.isEmpty && job.rewrites === 'append')
      excluded.push({
        ...exclusion(
          table,
          twice,
          `hold rows, and job ${job.name} adds rows: a second time would put them there twice. Take their rows away, then plan again`,
        ),
        open: 'unwritable',
      });
    if (!twice.isEmpty && job.rewrites === 'unknown')
      warnings.push(
        `${table.shortName}: ${countOf(twice.size, 'date')} of it ${twice.size === 1 ? 'holds' : 'hold'} rows already, and job ${job.name} does not say what it does with them: declare its \`rewrites\``,
      );
    if (dates.isEmpty) continue;
    const known = input.jobs.get(job.name);
    for (const { severity, message } of known?.problems ?? [])
      (severity === 'refuse' ? refusals : warnings).push(`${table.shortName}: ${message}`);
    if (known?.sql?.ok === false) refusals.push(`${table.shortName}: ${known.sql.message}`);
    if (usesPython(job) && input.pythonProblem !== undefined && !refusals.includes(input.pythonProblem))
      refusals.push(input.pythonProblem);
    const chunked = chunksOf(job, dates, {
      expected: assessment.coverage.calendarDays.expected,
      python: input.python?.path,
      canary: options.canary ? canaryOf(table, dates, work, input) : undefined,
      listInWords: known?.listInWords ?? false,
    });
    if (!chunked.ok) {
      refusals.push(`${table.shortName}: ${chunked.message}`);
      continue;
    }
    work.set(table.name, { dates, reasonOf });
    const { needs, follows } = stepsBefore(table, steps, pipeline);
    const before = steps.filter(({ id }) => needs.includes(id) || follows.includes(id));
    steps.push({
      id: idOf(table, [...pipeline.tables.values()]),
      table: table.name,
      phase: table.phase,
      job: job.name,
      kind: job.kind,
      rewrites: job.rewrites,
      group: 1 + Math.max(0, ...before.map(({ group }) => group)),
      needs,
      follows,
      dates: [...dates].map(formatDay),
      why: reasons(dates, reasonOf),
      chunks: chunked.chunks,
      ...(job.kind === 'sql' && known?.sql?.ok === true ? { sql: { file: job.sql, text: known.sql.text } } : {}),
      ...(known?.script === undefined ? {} : { script: known.script }),
      expected: expectedFor(known?.perDate, dates.size, Math.min(job.parallel, options.commands)),
      cost: input.cost,
      resource: input.resourceOf(table),
      blockers: blockersOf(table, dates, work, input),
    });
  }
  const usesInterpreter = steps.some(step => usesPython(pipeline.jobs.get(step.job)));
  return {
    schema: 'phasegate.plan/1',
    createdAt: input.createdAt,
    pipeline: pipeline.name,
    folder: pipeline.folder,
    manifest: { file: pipeline.file, hash: input.manifestHash },
    target,
    asOf: formatDay(input.asOf),
    from: formatDay(input.range.from),
    to: formatDay(input.range.to),
    options,
    ...(usesInterpreter && input.python !== undefined ? { python: input.python } : {}),
    steps: steps.sort((a, b) => a.group - b.group),
    excluded,
    refusals,
    warnings,
  };
}

function usesPython(job: Job | undefined): boolean {
  return job?.kind === 'command' && job.command.some(part => part.includes('${python}'));
}

function idOf(table: Table, tables: readonly Table[]): string {
  return tables.filter(({ shortName }) => shortName === table.shortName).length === 1 ? table.shortName : table.name;
}

/** The dates of a table to be written, and those that are short and left out. */
function workOf(
  table: Table,
  assessment: Assessment,
  planned: ReadonlyMap<string, Work>,
  { options, takenOut }: PlanInput,
): Work & { readonly left: readonly PlanExclusion[] } {
  const { coverage, acceptedDates } = assessment;
  const { states, calendarDays, reasons: why } = coverage;
  const left: PlanExclusion[] = [];
  if (!states.unknown.isEmpty)
    left.push({
      ...exclusion(
        table,
        states.unknown,
        `unknown: ${why.get(states.unknown.first ?? (0 as Day)) ?? 'could not be read'}`,
      ),
      open: 'unknown',
    });
  const isShort = shortDates(states);
  const lived = isShort.intersect(acceptedDates);
  if (!lived.isEmpty) left.push(exclusion(table, lived, 'accepted as they are'));
  const outdated = options.stale ? outdatedBy(table, calendarDays.expected, planned) : [];
  const becoming = outdated.reduce((all, { dates }) => all.union(dates), DaySet.empty);
  const wanted = options.rebuild
    ? calendarDays.expected.minus(states.unknown).minus(lived)
    : isShort
        .minus(lived)
        .union(options.stale ? states.stale : DaySet.empty)
        .union(becoming.intersect(covered(states)));
  if (!options.stale && !options.rebuild && !states.stale.isEmpty)
    left.push(exclusion(table, states.stale, 'stale: computed before what they are computed from was last written'));
  const out = takenOut.get(table.name) ?? DaySet.empty;
  const taken = wanted.intersect(out);
  if (!taken.isEmpty) left.push(exclusion(table, taken, TAKEN_OUT));
  return {
    dates: wanted.minus(out),
    left,
    reasonOf: day => {
      if (states.missing.has(day)) return 'missing';
      if (states.partial.has(day)) return `partial: ${why.get(day) ?? ''}`;
      if (states.degraded.has(day)) return `degraded: ${why.get(day) ?? ''}`;
      if (states.stale.has(day)) return `stale: ${why.get(day) ?? ''}`;
      const by = outdated.find(({ dates }) => dates.has(day));
      return by === undefined ? 'rebuilt' : `computed from ${by.table}, which this plan rewrites`;
    },
  };
}

/** The dates that are computed from dates that this plan rewrites, by the table that it rewrites. */
function outdatedBy(
  table: Table,
  expected: DaySet,
  planned: ReadonlyMap<string, Work>,
): readonly { readonly table: string; readonly dates: DaySet }[] {
  return table.dependsOn.flatMap(({ table: upstream, lookbackDays, stale }) => {
    const written = planned.get(upstream);
    if (written === undefined || stale === 'ignore') return [];
    const windows = [...written.dates.ranges()].map(({ from, to }) => ({ from, to: addDays(to, lookbackDays) }));
    return [{ table: upstream, dates: DaySet.ofRanges(windows).intersect(expected) }];
  });
}

/** Whether a table is known to hold nothing. */
function isEmpty({ reading }: Assessment): boolean {
  return reading.state === 'absent' || (reading.state === 'measured' && reading.facts.rows.every(rows => rows === 0));
}

function exclusion(table: Table, dates: DaySet, reason: string): PlanExclusion {
  return { table: table.name, ranges: dates.toIso(), count: dates.size, reason };
}

/** Runs of planned dates of one reason. */
function reasons(dates: DaySet, reasonOf: (day: Day) => string): readonly PlanReason[] {
  const runs: { from: Day; to: Day; count: number; reason: string }[] = [];
  for (const day of dates) {
    const reason = reasonOf(day);
    const last = runs.at(-1);
    if (last?.reason === reason) {
      last.to = day;
      last.count++;
    } else runs.push({ from: day, to: day, count: 1, reason });
  }
  return runs.map(({ from, to, count, reason }) => [formatDay(from), formatDay(to), count, reason]);
}

function expectedFor(perDate: Expected | undefined, dates: number, lanes: number): Expected | null {
  if (perDate === undefined) return null;
  const times = dates / lanes;
  return { ms: perDate.ms * times, low: perDate.low * times, high: perDate.high * times };
}

/** The date that is tried first: one of which all that it is computed from will be there, so that its failure says something. */
function canaryOf(table: Table, dates: DaySet, planned: ReadonlyMap<string, Work>, input: PlanInput): Day | undefined {
  const ups = table.dependsOn.flatMap(dependency => {
    const upstream = upstreamOf(dependency, input);
    return upstream === undefined || dependency.optional || !upstream.table.dated
      ? []
      : [{ dependency, ...thereOf(upstream, planned) }];
  });
  const isWhole = (day: Day): boolean =>
    ups.every(
      ({ dependency, there, expected }) =>
        neededDates(DaySet.range(day, day), dependency, expected).minus(there).isEmpty,
    );
  return [...dates].find(isWhole) ?? dates.first;
}

/** The dates of an upstream table that are there, or will be when the plan has been carried out. */
function thereOf(
  { table, coverage, acceptedDates }: Assessment,
  planned: ReadonlyMap<string, Work>,
): { readonly there: DaySet; readonly expected: DaySet } {
  return {
    there: covered(coverage.states)
      .union(acceptedDates)
      .union(planned.get(table.name)?.dates ?? DaySet.empty),
    expected: coverage.calendarDays.expected,
  };
}

/** Why the table's gate will say no: what it needs is neither there nor in the plan, or cannot be told. */
function blockersOf(
  table: Table,
  dates: DaySet,
  planned: ReadonlyMap<string, Work>,
  input: PlanInput,
): readonly string[] {
  const uncertain = input.assessments.get(table.name)?.coverage.calendarDays.uncertain ?? new Map<Day, string>();
  const [first] = uncertain.values();
  return [
    ...(first === undefined ? [] : [`the calendar cannot tell ${countOf(uncertain.size, 'date')}: ${first}`]),
    ...table.dependsOn.flatMap(dependency => {
      const upstream = upstreamOf(dependency, input);
      const blocker = upstream === undefined ? undefined : blockerOf(dependency, upstream, dates, planned);
      return blocker === undefined ? [] : [`needs ${upstream?.table.shortName ?? dependency.table}, ${blocker}`];
    }),
  ];
}

/** Why an upstream table is not what its gate asks for; `undefined` where nothing speaks against it. */
function blockerOf(
  dependency: Dependency,
  upstream: Assessment,
  dates: DaySet,
  planned: ReadonlyMap<string, Work>,
): string | undefined {
  const { table, reading, coverage } = upstream;
  if (reading.state === 'unreadable') return `which could not be read: ${reading.message}`;
  if (!table.dated) {
    return isEmpty(upstream) && !dependency.optional ? 'which holds no rows' : undefined;
  }
  const known = thereOf(upstream, planned);
  const needed = neededDates(dates, dependency, known.expected);
  const unknown = coverage.states.unknown.intersect(needed);
  if (unknown.first !== undefined)
    return `of which ${countOf(unknown.size, 'date')} could not be told: ${coverage.reasons.get(unknown.first) ?? 'unknown'}`;
  const there = known.there.intersect(needed);
  if (dependency.optional || needed.isEmpty || there.size / needed.size >= dependency.coverage) return undefined;
  return `of which ${formatShare(there.size, needed.size)} of ${countOf(needed.size, 'date')} are there or in this plan (${formatThreshold(dependency.coverage)} asked)`;
}

/** A table that another depends on, as far back as that looks. */
function upstreamOf({ table }: Dependency, { upstreams, assessments }: PlanInput): Assessment | undefined {
  return upstreams.get(table) ?? assessments.get(table);
}
