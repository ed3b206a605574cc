// The gates: what is asked of a pipeline, from measuring to the report. The judging is pure and lives beside; here is the order of things.
import { type Assessment, assess } from './assess';
import type { Ledger } from '../facts/ledger';
import { type Measured, measureTables } from '../facts/measure';
import { type MeasuredQueries, measureQueries } from '../facts/measure-queries';
import { calendarKey, calendarRequest } from '../facts/request';
import { type Day, FIRST_SENSIBLE_DAY, addDays, formatDay } from '../model/day';
import { type DayRange, DaySet } from '../model/day-set';
import type { TableReading } from '../model/facts';
import { figureId } from '../model/figures';
import type { QueryId, QueryReading } from '../model/queries';
import { OUTCOMES_WORST_FIRST, type Outcome, verdictOf } from '../model/outcome';
import type { CoverageReport, Report, Result } from '../model/report';
import { defaultRange, resolveCalendar } from '../pipeline/calendar';
import { calendarFigures, heldFigure } from '../pipeline/calendar-figures';
import { type AsOf, asOfDay } from '../pipeline/clock';
import { expectedDays } from '../pipeline/expected';
import type { Calendar, Pipeline, Table } from '../pipeline/pipeline';
import type { ResolvedCalendar } from '../pipeline/resolved-calendar';
import type { TableDescription, Warehouse } from '../warehouse/warehouse';
import { expiredResults, unmatchedResults } from './acceptances';
import { cascades, neededRequests } from './needs';
import { nextSteps } from './next';
import { staleResults } from './stale-results';
import { type JobText, jobStatementResult } from './job-statement';
import { preflight } from './preflight';
import { type ResultContext, checkResults, datesOf, readingResults } from './results';
import { calendarColumns, namedColumns, schemaResult } from './schema';

export interface GateOptions {
  readonly pipeline: Pipeline;
  readonly warehouse: Warehouse;
  readonly ledger: Ledger;
  readonly asOf: AsOf;
  readonly window: Window;
  readonly useCache: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

/** The range asked for, as far as it was. */
export interface Window {
  readonly from: Day | undefined;
  readonly to: Day | undefined;
}

/** What a gate found, before it is a report. */
interface Findings {
  readonly command: string;
  readonly tables: readonly Table[];
  readonly range: DayRange;
  readonly results: readonly Result[];
  readonly coverage: readonly CoverageReport[];
}

/** One run of the gates over one pipeline and target. */
export class Gates {
  private readonly options: GateOptions;
  private readonly startedAt = performance.now();
  private statements = 0;
  private bytes: number | undefined = 0;

  constructor(options: GateOptions) {
    this.options = options;
  }

  /** Which dates of which tables are there and right. */
  async coverage(tables: readonly Table[]): Promise<Report> {
    const { calendars, range, assessments } = await this.assessAll(tables);
    const results = [
      ...this.calendarResults('coverage', calendars),
      ...assessments.flatMap(assessment => readingResults(this.contextOf('coverage', assessment))),
      ...expiredResults('coverage', tables, this.options.pipeline.accepted, this.today()),
    ];
    return this.report({ command: 'coverage', tables, range, results, coverage: reportsOf(assessments) });
  }

  /** Every declared check of the tables, judged. */
  async validate(tables: readonly Table[]): Promise<Report> {
    const { calendars, range, assessments } = await this.assessAll(tables, { queries: true });
    const results = [
      ...this.calendarResults('validate', calendars),
      ...assessments.flatMap(assessment => {
        const context = this.contextOf('validate', assessment);
        return [
          ...readingResults(context),
          ...checkResults(assessment.outcomes, context),
          ...staleResults(assessment, context),
        ];
      }),
      ...expiredResults('validate', tables, this.options.pipeline.accepted, this.today()),
    ];
    const { pipeline, window } = this.options;
    // An acceptance may be for dates that were not asked for.
    if (window.from === undefined && window.to === undefined)
      results.push(...unmatchedResults('validate', assessments, results, pipeline.accepted, this.today()));
    return this.report({ command: 'validate', tables, range, results, coverage: reportsOf(assessments) });
  }

  /** Whether the tables may be written now. Never from the cache (rule 15), and it only reads (rule 8). */
  async preflight(tables: readonly Table[], { rebuild }: { rebuild: boolean }): Promise<Report> {
    const { pipeline, warehouse } = this.options;
    const lookback = Math.max(
      0,
      ...tables.flatMap(table => table.dependsOn.map(dependency => dependency.lookbackDays)),
    );
    const upstream = tables
      .flatMap(table => table.dependsOn.map(dependency => pipeline.tables.get(dependency.table)))
      .filter(isTable);
    const everything = [...new Set([...tables, ...upstream])];
    const { calendars, readings, range } = await this.calendarsOf(everything);
    const wide = { from: addDays(range.from, -lookback), to: range.to };
    const measured = await this.measure(neededRequests(everything, wide, pipeline, () => wide.from));
    const assessIn = (table: Table, over: DayRange): Assessment =>
      this.assessOne(table, measured, this.resolved(calendars, readings, over), over);

    const results = [
      ...this.calendarResults('preflight', this.resolved(calendars, readings, range)),
      ...expiredResults('preflight', tables, this.options.pipeline.accepted, this.today()),
    ];
    const coverage: CoverageReport[] = [];
    for (const table of tables) {
      const assessment = assessIn(table, range);
      if (assessment.report !== undefined) coverage.push(assessment.report);
      results.push(
        ...preflight({
          context: this.contextOf('preflight', assessment),
          coverage: assessment.coverage,
          outcomes: assessment.outcomes,
          description: measured.descriptions.get(table.name) ?? {
            state: 'unreadable',
            message: 'nothing is known of it',
          },
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
          rebuild,
          dialect: warehouse.dialect,
        }),
      );
    }
    return this.report({ command: 'preflight', tables, range, results, coverage });
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
      ...expiredResults('check', tables, this.options.pipeline.accepted, this.today()),
    ];
    const today = this.today();
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

  /** @param queries whether the statements of single checks are asked too: they colour no date, so coverage needs none */
  private async assessAll(
    tables: readonly Table[],
    { queries }: { queries: boolean } = { queries: false },
  ): Promise<{
    readonly calendars: ReadonlyMap<string, ResolvedCalendar>;
    readonly range: DayRange;
    readonly assessments: readonly Assessment[];
  }> {
    const { calendars, readings, range } = await this.calendarsOf(tables);
    const resolved = this.resolved(calendars, readings, range);
    const before = this.expectedBefore(tables, calendars, readings, range);
    const measured = await this.measure(
      neededRequests(tables, range, this.options.pipeline, table => before.get(table.name)?.first ?? range.from),
    );
    const asked = queries ? await this.measureQueries(tables, range) : undefined;
    return {
      calendars: resolved,
      range,
      assessments: tables.map(table =>
        this.assessOne(table, measured, resolved, range, before.get(table.name), asked?.readings.get(table.name)),
      ),
    };
  }

  private assessOne(
    table: Table,
    measured: Measured,
    calendars: ReadonlyMap<string, ResolvedCalendar>,
    range: DayRange,
    expectedBefore: DaySet = DaySet.empty,
    queries?: ReadonlyMap<QueryId, QueryReading>,
  ): Assessment {
    const { pipeline } = this.options;
    const reading = measured.readings.get(table.name) ?? { state: 'unreadable', message: 'it was not measured' };
    const calendar = table.dated && table.calendar !== undefined ? calendars.get(table.calendar) : undefined;
    return assess(table, reading, calendar, range, pipeline.accepted, this.today(), {
      readings: measured.readings,
      upstreams: cascades(table, pipeline).map(({ dependency, upstream }) => ({
        dependency,
        source: upstream,
        reading: measured.readings.get(upstream.name),
      })),
      expectedBefore,
      queries,
    });
  }

  /** The dates before the range that checks of a table look back to, by table; none for most. */
  private expectedBefore(
    tables: readonly Table[],
    calendars: readonly Calendar[],
    readings: ReadonlyMap<string, TableReading>,
    range: DayRange,
  ): ReadonlyMap<string, DaySet> {
    const looking = tables.filter(table => table.checks.some(check => check.reach !== undefined));
    if (looking.length === 0) return new Map();
    const earlier = { from: FIRST_SENSIBLE_DAY, to: addDays(range.from, -1) };
    const [now, then] = [this.resolved(calendars, readings, range), this.resolved(calendars, readings, earlier)];
    return new Map(
      looking.flatMap(table => {
        const [own, past] = [now.get(table.calendar ?? ''), then.get(table.calendar ?? '')];
        if (own === undefined || past === undefined) return [];
        const { size } = expectedDays(own, table, range).expected;
        const reach = Math.max(0, ...table.checks.map(check => check.reach?.(size) ?? 0));
        const days = reach === 0 ? [] : [...expectedDays(past, table, earlier).expected].slice(-reach);
        return [[table.name, DaySet.of(days)] as const];
      }),
    );
  }

  /** The calendars that tables go by, measured where they have to be, and the range that is asked for or follows from them. */
  private async calendarsOf(tables: readonly Table[]): Promise<{
    readonly calendars: readonly Calendar[];
    readonly readings: ReadonlyMap<string, TableReading>;
    readonly range: DayRange;
  }> {
    const { pipeline, asOf, window } = this.options;
    const names = new Set(
      tables.flatMap(table => (table.dated && table.calendar !== undefined ? [table.calendar] : [])),
    );
    const calendars = [...names].map(name => pipeline.calendars.get(name)).filter(calendar => calendar !== undefined);
    const requests = calendars.flatMap(calendar =>
      calendar.kind === 'measured' ? [{ calendar, request: calendarRequest(calendar, calendarFigures(calendar)) }] : [],
    );
    const measured = await this.measure(requests.map(({ request }) => request));
    const readings = new Map<string, TableReading>();
    for (const { calendar } of requests) {
      const reading = measured.readings.get(calendarKey(calendar));
      if (reading !== undefined) readings.set(calendar.name, reading);
    }
    const own = calendars.flatMap(calendar => defaultRange(calendar, readings.get(calendar.name), asOf) ?? []);
    const today = this.today();
    const to = window.to ?? (own.length === 0 ? today : (Math.max(...own.map(range => range.to)) as Day));
    const from = window.from ?? (own.length === 0 ? to : (Math.min(...own.map(range => range.from)) as Day));
    return { calendars, readings, range: { from, to: Math.max(from, to) as Day } };
  }

  private resolved(
    calendars: readonly Calendar[],
    readings: ReadonlyMap<string, TableReading>,
    range: DayRange,
  ): ReadonlyMap<string, ResolvedCalendar> {
    const { ledger, warehouse, asOf } = this.options;
    return new Map(
      calendars.map(calendar => {
        const before =
          calendar.kind === 'measured'
            ? ledger.history(warehouse.target, calendarKey(calendar)).daysEverPositive(figureId(heldFigure(calendar)))
            : DaySet.empty;
        return [calendar.name, resolveCalendar(calendar, readings.get(calendar.name), before, asOf, range)];
      }),
    );
  }

  private async measure(requests: Parameters<typeof measureTables>[0]): Promise<Measured> {
    const { warehouse, ledger, useCache, signal, onProgress } = this.options;
    const measured = await measureTables(requests, { warehouse, ledger, useCache, signal, onProgress });
    this.statements += measured.statements;
    this.bytes = this.bytes === undefined || measured.bytes === undefined ? undefined : this.bytes + measured.bytes;
    return measured;
  }

  private async measureQueries(tables: readonly Table[], range: DayRange): Promise<MeasuredQueries> {
    const { pipeline, warehouse, signal } = this.options;
    const measured = await measureQueries(tables, pipeline.tables, range, warehouse, signal);
    this.statements += measured.statements;
    this.bytes = this.bytes === undefined || measured.bytes === undefined ? undefined : this.bytes + measured.bytes;
    return measured;
  }

  private contextOf(gate: string, { table, reading }: Assessment): ResultContext {
    return { gate, table, reading, accepted: this.options.pipeline.accepted, asOf: this.today() };
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

  /** The day by which acceptances expire: as of which is judged, in the zone of the pipeline's first calendar. */
  private today(): Day {
    const [calendar] = this.options.pipeline.calendars.values();
    return asOfDay(this.options.asOf, calendar?.timezone ?? 'UTC');
  }

  private report({ command, tables, range, results, coverage }: Findings): Report {
    const { pipeline, warehouse, asOf } = this.options;
    const names = new Set(tables.map(table => table.name));
    // A preflight asks whether a table may be written: that the table itself is short is why it is asked, and no failure.
    const covers = command === 'preflight' ? [] : coverage.map(each => each.outcome);
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
      asOf: formatDay(this.today()),
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
        statements: this.statements,
        lookups: warehouse.lookups,
        bytes: this.bytes ?? null,
        bytesKnown: this.bytes !== undefined,
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
