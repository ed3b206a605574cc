// The gates: what is asked of a pipeline, as reports. The judging is pure and lives beside; here is the order of things.
import type { SeasonRange } from '../checks/check';
import type { Assessment } from './assess';
import { Assessing, type GateOptions } from './assessing';
import { requestFor, unitedRequests, writeRequest } from '../facts/request';
import { type Day, addDays, formatDay } from '../model/day';
import { type DayRange, DaySet } from '../model/day-set';
import { OUTCOMES_WORST_FIRST, type Outcome, verdictOf } from '../model/outcome';
import { ASKS_OF_WRITES, type Blame, type CoverageReport, type Report, type Result } from '../model/report';
import type { Table, Training } from '../pipeline/pipeline';
import type { ResolvedCalendar } from '../pipeline/resolved-calendar';
import type { TableDescription } from '../warehouse/warehouse';
import { expiredResults, unmatchedResults } from './acceptances';
import { type AskCommits, blames, withBlame } from './blaming';
import { neededRequests } from './needs';
import { nextSteps } from './next';
import { staleResults } from './stale-results';
import { type JobText, jobStatementResult } from './job-statement';
import { phaseResults } from './phase-complete';
import type { JobFacts } from './job-results';
import { datesToWrite, preflight } from './preflight';
import { type DateProof, othersWritten, proofs } from './read-back';
import { type Before, beforeOf, verifyResults } from './verify';
import { type ResultContext, checkResults, datesOf, readingResults } from './results';
import { calendarColumns, namedColumns, schemaResult } from './schema';
import { thresholdResults } from './threshold-results';

/** What a gate found, before it is a report. */
interface Findings {
  readonly command: string;
  readonly tables: readonly Table[];
  readonly range: DayRange;
  readonly results: readonly Result[];
  readonly coverage: readonly CoverageReport[];
}

export interface PreflightOptions {
  /** Judge for all expected dates, not only for those that are short. */
  readonly rebuild?: boolean;
  /** The dates about to be written, by table; those that are short unless said. */
  readonly dates?: ReadonlyMap<string, DaySet>;
  /** Told of each table's job from outside of the tables: asked with the very dates that are about to be written. */
  readonly jobs?: (table: Table, work: DaySet, description: TableDescription) => JobFacts | undefined;
}

/** What reading back dates of a table gave. */
export interface ReadBack {
  readonly proofs: ReadonlyMap<Day, DateProof>;
  /** Dates that were written and not asked for; none where only the dates asked for were looked at. */
  readonly others: DaySet;
  readonly statements: number;
}

/** What coverage gave. */
export interface Covered {
  readonly report: Report;
  /**
   * What the declared checks say of the same measuring; those that take a statement of their own were not asked.
   * @param commits who knows the commits that touched a table's sources; without, failing checks blame none
   */
  readonly checks: (commits?: AskCommits) => Promise<Report>;
}

/** What validating gave. */
export interface Validated {
  readonly report: Report;
  /** By the id of a failing result, also where no commits could be looked for. */
  readonly blames: ReadonlyMap<string, Blame>;
}

type Assessed = Awaited<ReturnType<Assessing['assessAll']>>;

/** Without the checks that take a statement of their own. */
function withoutQueries({ assessments, ...assessed }: Assessed): Assessed {
  return {
    ...assessed,
    assessments: assessments.map(each => ({
      ...each,
      outcomes: each.outcomes.filter(({ check }) => (check.queries ?? []).length === 0),
    })),
  };
}

/** One run of the gates over one pipeline and target. */
export class Gates {
  private readonly options: GateOptions;
  private readonly assessing: Assessing;
  private readonly startedAt = performance.now();

  constructor(options: GateOptions) {
    this.options = options;
    this.assessing = new Assessing(options);
  }

  /** Which dates of which tables are there and right. */
  async coverage(tables: readonly Table[]): Promise<Covered> {
    const assessed = await this.assessing.assessAll(tables);
    const { calendars, range, assessments } = assessed;
    const results = [
      ...this.calendarResults('coverage', calendars),
      ...assessments.flatMap(assessment => readingResults(this.contextOf('coverage', assessment))),
      ...expiredResults('coverage', tables, this.options.pipeline.accepted, this.assessing.today()),
    ];
    return {
      report: this.report({ command: 'coverage', tables, range, results, coverage: reportsOf(assessments) }),
      checks: async commits => (await this.judged(tables, withoutQueries(assessed), commits, false)).report,
    };
  }

  /** The tables as they stand, for whoever plans by it. @param back from how many calendar days before the range they may be assessed too */
  async assess(
    tables: readonly Table[],
    back: number,
  ): Promise<{
    readonly range: DayRange;
    readonly assessments: readonly Assessment[];
    readonly assessBack: (table: Table) => Assessment;
  }> {
    const { range, assessments, assessBack } = await this.assessing.assessAll(tables, { queries: false, back });
    return { range, assessments, assessBack };
  }

  /**
   * Every declared check of the tables, judged.
   * @param commits who knows the commits that touched a table's sources; without, failing checks blame none
   */
  async validate(tables: readonly Table[], commits?: AskCommits): Promise<Report> {
    return (await this.validated(tables, commits)).report;
  }

  /** The declared checks of a table, and for each of a column that fails since when it does, and why that may be. */
  blame(table: Table, commits: AskCommits): Promise<Validated> {
    return this.validated([table], commits);
  }

  private async validated(tables: readonly Table[], commits: AskCommits | undefined): Promise<Validated> {
    return this.judged(tables, await this.assessing.assessAll(tables, { queries: true }), commits, true);
  }

  /** @param isWhole whether all checks of the tables were asked: only then nothing is left that an acceptance could be for */
  private async judged(
    tables: readonly Table[],
    { calendars, range, assessments }: Assessed,
    commits: AskCommits | undefined,
    isWhole: boolean,
  ): Promise<Validated> {
    const seasonsOf = ({ calendar = '' }: Table): readonly SeasonRange[] => calendars.get(calendar)?.seasons ?? [];
    const blamed = commits === undefined ? new Map<string, Blame>() : await blames(assessments, seasonsOf, commits);
    const results = [
      ...this.calendarResults('validate', calendars),
      ...withBlame(this.judgedResults('validate', assessments), blamed),
      ...expiredResults('validate', tables, this.options.pipeline.accepted, this.assessing.today()),
    ];
    const { pipeline, window } = this.options;
    // An acceptance may be for dates that were not asked for.
    if (isWhole && window.from === undefined && window.to === undefined)
      results.push(...unmatchedResults('validate', assessments, results, pipeline.accepted, this.assessing.today()));
    const coverage = reportsOf(assessments);
    results.push(...phaseResults('validate', pipeline.phases, tables, results, coverage));
    return { report: this.report({ command: 'validate', tables, range, results, coverage }), blames: blamed };
  }

  /** Whether the tables may be written now. Never from the cache (rule 15), and it only reads (rule 8). */
  async preflight(tables: readonly Table[], { rebuild = false, dates, jobs }: PreflightOptions): Promise<Report> {
    const { pipeline, warehouse } = this.options;
    const lookback = Math.max(
      0,
      ...tables.flatMap(table => table.dependsOn.map(dependency => dependency.lookbackDays)),
    );
    const upstream = tables
      .flatMap(table => table.dependsOn.map(dependency => pipeline.tables.get(dependency.table)))
      .filter(isTable);
    const everything = [...new Set([...tables, ...upstream])];
    const { calendars, readings, range } = await this.assessing.calendarsOf(everything);
    const wide = { from: addDays(range.from, -lookback), to: range.to };
    // What the rows are now is remembered too: a verification after the write is told by it what was rewritten.
    const measured = await this.assessing.measure(
      unitedRequests([
        ...neededRequests(everything, wide, pipeline, () => wide.from),
        ...tables.map(table => writeRequest(table, range)),
      ]),
    );
    const assessIn = (table: Table, over: DayRange): Assessment =>
      this.assessing.assessOne(table, measured, this.assessing.resolved(calendars, readings, over), over);

    const results = [
      ...this.calendarResults('preflight', this.assessing.resolved(calendars, readings, range)),
      ...expiredResults('preflight', tables, this.options.pipeline.accepted, this.assessing.today()),
    ];
    const coverage: CoverageReport[] = [];
    for (const table of tables) {
      const assessment = assessIn(table, range);
      if (assessment.report !== undefined) coverage.push(assessment.report);
      const description: TableDescription = measured.descriptions.get(table.name) ?? {
        state: 'unreadable',
        message: 'nothing is known of it',
      };
      const work = dates?.get(table.name) ?? datesToWrite(assessment.coverage, rebuild);
      const job = jobs?.(table, work, description);
      results.push(
        ...preflight({
          context: this.contextOf('preflight', assessment),
          coverage: assessment.coverage,
          outcomes: assessment.outcomes,
          description,
          upstreams: table.dependsOn.flatMap(dependency => {
            const needs = pipeline.tables.get(dependency.table);
            if (needs === undefined) return [];
            const from = assessIn(needs, wide);
            return [
              {
                dependency,
                table: needs,
                reading: from.reading,
                coverage: from.coverage,
                acceptedDates: from.acceptedDates,
              },
            ];
          }),
          work,
          ...(job === undefined ? {} : { job }),
          dialect: warehouse.dialect,
        }),
      );
    }
    return this.report({ command: 'preflight', tables, range, results, coverage });
  }

  /**
   * Whether tables were written since an instant, and whole. Never from the cache (rule 15).
   * @param since milliseconds since 1970 UTC
   */
  async verify(tables: readonly Table[], since: number): Promise<Report> {
    const { pipeline, ledger, warehouse, window } = this.options;
    const before = new Map(
      tables.map(table => [table.name, beforeOf(table, ledger.historyAt(warehouse.target, table.name, since))]),
    );
    const { calendars, range, assessments } = await this.assessing.assessAll(tables, { queries: false, writes: true });
    const results = [
      ...this.calendarResults('verify', calendars),
      ...assessments.flatMap(assessment => {
        const context = this.contextOf('verify', assessment);
        const known = before.get(assessment.table.name);
        return known === undefined
          ? []
          : verifyResults({
              context,
              assessment,
              before: known,
              since,
              named: window.from !== undefined || window.to !== undefined,
              job: assessment.table.job === undefined ? undefined : pipeline.jobs.get(assessment.table.job),
            });
      }),
    ];
    const report = this.report({ command: 'verify', tables, range, results, coverage: reportsOf(assessments) });
    return { ...report, since: new Date(since).toISOString() };
  }

  /**
   * What dates of a table have come to since work on them began. The rows are never taken from the cache (rule 15).
   * @param asked the dates that were asked for, of which `dates` are to be proven now
   * @param whole whether all dates of the table are read, so that it is seen which others were written
   */
  async readBack(
    table: Table,
    dates: DaySet,
    { before, since, asked, whole }: { before: Before; since: number; asked: DaySet; whole: boolean },
  ): Promise<ReadBack> {
    const { assessing } = this;
    const { calendars, readings, range } = await assessing.calendarsOf([table]);
    const only = whole ? {} : { only: dates };
    const beside = table.checks.flatMap(check =>
      (check.others ?? []).flatMap(({ table: name, figures }) => {
        const source = this.options.pipeline.tables.get(name);
        return source?.dated === true ? [{ source, range, figures, only: dates }] : [];
      }),
    );
    const measured = await assessing.measure(
      unitedRequests([{ ...requestFor(table, range), ...only }, { ...writeRequest(table, range), ...only }, ...beside]),
    );
    const resolved = assessing.resolved(calendars, readings, range);
    const assessment = assessing.assessOne(table, measured, resolved, range);
    return {
      proofs: proofs({
        assessment,
        units: (day, unit) => resolved.get(table.calendar ?? '')?.units(day, unit),
        before,
        since,
        dates,
      }),
      // What is not due yet is somebody else's daily work.
      others: whole
        ? othersWritten(table, assessment.reading, before, since, asked).minus(
            assessment.coverage.calendarDays.excluded['not-yet-due'],
          )
        : DaySet.empty,
      statements: assessing.statements,
    };
  }

  /** Whether a training may start: what it needs of its tables holds on the dates that it learns from. Never from the cache. */
  async ready(training: Training): Promise<Report> {
    const { pipeline } = this.options;
    const tables = training.needs.flatMap(({ table, checks, coverage }) => {
      const declared = pipeline.tables.get(table);
      return declared === undefined ? [] : [{ ...declared, checks, coverage }];
    });
    const { calendars, range, assessments } = await this.assessing.assessAll(tables, { queries: true });
    const results = [...this.calendarResults('readiness', calendars), ...this.judgedResults('readiness', assessments)];
    const report = this.report({ command: 'ready', tables, range, results, coverage: reportsOf(assessments) });
    return { ...report, subject: training.name };
  }

  /**
   * The manifest against the live schema and the `sql` jobs: catalogue look-ups only, no row is read.
   * @param texts the text of each `sql` job's file, by the job's name
   */
  async check(texts: ReadonlyMap<string, JobText>): Promise<Report> {
    const { pipeline, warehouse, signal } = this.options;
    const tables = [...pipeline.tables.values()];
    const calendars = [...pipeline.calendars.values()].filter(calendar => calendar.kind === 'measured');
    const descriptions = await warehouse.describe([...tables, ...calendars.map(calendar => calendar.rows)], signal);
    const unknown = { state: 'unreadable', message: 'nothing is known of it' } as const;
    const results = [
      ...calendars.map(calendar =>
        notThereIs(
          'fail',
          schemaResult({
            gate: 'check',
            name: `calendar ${calendar.name}`,
            source: calendar.source,
            description: descriptions.get(calendar.rows.name) ?? unknown,
            named: calendarColumns(calendar),
            dialect: warehouse.dialect,
          }),
        ),
      ),
      ...tables.map(table =>
        notThereIs(
          'warn',
          schemaResult({
            gate: 'check',
            name: table.name,
            source: table.source,
            description: descriptions.get(table.name) ?? unknown,
            named: namedColumns(table),
            dialect: warehouse.dialect,
          }),
        ),
      ),
      ...(await this.jobResults(tables, descriptions, texts)),
      ...thresholdResults('check', pipeline),
      ...expiredResults('check', tables, this.options.pipeline.accepted, this.assessing.today()),
    ];
    const today = this.assessing.today();
    return this.report({ command: 'check', tables, range: { from: today, to: today }, results, coverage: [] });
  }

  private async jobResults(
    tables: readonly Table[],
    descriptions: ReadonlyMap<string, TableDescription>,
    texts: ReadonlyMap<string, JobText>,
  ): Promise<readonly Result[]> {
    const { pipeline, warehouse, signal } = this.options;
    const described = tables.flatMap(source => {
      const description = descriptions.get(source.name);
      return description === undefined ? [] : [{ source, description }];
    });
    const asked = tables.flatMap(table => {
      const job = table.job === undefined ? undefined : pipeline.jobs.get(table.job);
      const text = job === undefined ? undefined : texts.get(job.name);
      return job?.kind !== 'sql' || text === undefined ? [] : [{ table, job, text }];
    });
    const readable = asked.filter(({ text }) => text.ok);
    const answers = await warehouse.statementColumns(
      readable.flatMap(({ text }) => (text.ok ? [text.text] : [])),
      described,
      signal,
    );
    return asked.map(each => jobStatementResult(each.table, each.job, each.text, answers[readable.indexOf(each)]));
  }

  /** Everything that was judged of assessed tables. */
  private judgedResults(gate: string, assessments: readonly Assessment[]): readonly Result[] {
    return assessments.flatMap(assessment => {
      const context = this.contextOf(gate, assessment);
      return [
        ...readingResults(context),
        ...checkResults(assessment.outcomes, context),
        ...staleResults(assessment, context),
      ];
    });
  }

  private contextOf(gate: string, { table, reading }: Assessment): ResultContext {
    return { gate, table, reading, accepted: this.options.pipeline.accepted, asOf: this.assessing.today() };
  }

  private calendarResults(gate: string, calendars: ReadonlyMap<string, ResolvedCalendar>): readonly Result[] {
    return [...calendars.values()].flatMap(calendar =>
      calendar.findings.map((finding, i): Result => {
        const declared = this.options.pipeline.calendars.get(calendar.name);
        return {
          id: `calendar ${calendar.name}/${i + 1}`,
          gate,
          table: `calendar ${calendar.name}`,
          check: 'calendar',
          outcome: finding.severity,
          ...datesOf(finding.dates),
          message: finding.message,
          ...(declared === undefined ? {} : { source: declared.source }),
        };
      }),
    );
  }

  private report({ command, tables, range, results, coverage }: Findings): Report {
    const { pipeline, warehouse, asOf } = this.options;
    const names = new Set(tables.map(table => table.name));
    // Whether a table may be written, or was: that the rest of it is short is why that is asked, and no failure.
    const covers = ASKS_OF_WRITES.has(command) ? [] : coverage.map(each => each.outcome);
    const outcomes: Outcome[] = [
      ...results.filter(result => result.accepted === undefined).map(result => result.outcome),
      ...covers,
    ];
    const rank = (result: Result): number => OUTCOMES_WORST_FIRST.indexOf(result.outcome);
    return {
      schema: 'phasegate.report/1',
      command,
      pipeline: pipeline.name,
      target: warehouse.target,
      verdict: verdictOf(outcomes),
      asOf: formatDay(this.assessing.today()),
      asOfFrom: asOf.from,
      from: formatDay(range.from),
      to: formatDay(range.to),
      phases: pipeline.phases
        .map(phase => ({ id: phase.id, name: phase.name, tables: phase.tables.filter(name => names.has(name)) }))
        .filter(phase => phase.tables.length > 0),
      results: [...results].sort((a, b) => rank(a) - rank(b)),
      coverage,
      next: nextSteps(command, pipeline, results, coverage),
      cost: {
        statements: this.assessing.statements,
        lookups: warehouse.lookups,
        bytes: this.assessing.bytes ?? null,
        bytesKnown: this.assessing.bytes !== undefined,
        ms: Math.round(performance.now() - this.startedAt),
      },
    };
  }
}

function isTable(table: Table | undefined): table is Table {
  return table !== undefined;
}

function reportsOf(assessments: readonly Assessment[]): readonly CoverageReport[] {
  return assessments.flatMap(assessment => assessment.report ?? []);
}

/** For `check`, a table that is not there yet is worth a word; a calendar that is not there leaves nothing to judge by. */
function notThereIs(outcome: Outcome, result: Result): Result {
  return result.outcome === 'skipped' ? { ...result, outcome } : result;
}
