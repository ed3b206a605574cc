// Tables measured and assessed: calendars first, then one request a table for everything that anybody asks of it.
import type { Ledger, PastFacts } from '../facts/ledger';
import { type Measured, measureTables } from '../facts/measure';
import { type MeasuredQueries, type QueryRanges, measureQueries } from '../facts/measure-queries';
import { recallTables } from '../facts/past';
import { type FactRequest, calendarKey, calendarRequest, unitedRequests, writeRequest } from '../facts/request';
import { type Day, FIRST_SENSIBLE_DAY, addDays } from '../model/day';
import { type DayRange, DaySet } from '../model/day-set';
import type { TableReading } from '../model/facts';
import { figureId } from '../model/figures';
import type { QueryId, QueryReading } from '../model/queries';
import { defaultRange, resolveCalendar } from '../pipeline/calendar';
import { calendarFigures, heldFigure } from '../pipeline/calendar-figures';
import { type AsOf, asOfDay } from '../pipeline/clock';
import { expectedDays } from '../pipeline/expected';
import type { Calendar, Pipeline, Table } from '../pipeline/pipeline';
import type { ResolvedCalendar } from '../pipeline/resolved-calendar';
import type { Warehouse } from '../warehouse/warehouse';
import { type Assessment, assess } from './assess';
import { cascades, neededRequests } from './needs';

export interface GateOptions {
  readonly pipeline: Pipeline;
  readonly warehouse: Warehouse;
  readonly ledger: Ledger;
  readonly asOf: AsOf;
  readonly window: Window;
  readonly useCache: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
  /** Judges what was known at an instant, by the ledger alone: the warehouse is not asked. */
  readonly past?: PastFacts;
}

/** The range asked for, as far as it was. */
export interface Window {
  readonly from: Day | undefined;
  readonly to: Day | undefined;
}

/** The names under which everything is kept that judging some tables takes: themselves, what they are compared with, calendars. */
export function keptNames(tables: readonly Table[], pipeline: Pipeline): readonly string[] {
  const others = tables.flatMap(({ dependsOn, checks }) => [
    ...dependsOn.map(({ table }) => table),
    ...checks.flatMap(check => (check.others ?? []).map(({ table }) => table)),
  ]);
  const names = new Set([...tables.map(({ name }) => name), ...others]);
  return [...names, ...[...pipeline.calendars.values()].map(calendarKey)];
}

/** One run over one pipeline and target, with what it cost so far. */
export class Assessing {
  private readonly options: GateOptions;
  /** Statements that read rows, calendars included. */
  statements = 0;
  /** `undefined` where a statement did not tell. */
  bytes: number | undefined = 0;

  constructor(options: GateOptions) {
    this.options = options;
  }

  /**
   * @param queries whether the statements of single checks are asked too: they colour no date, so coverage needs none
   * @param back from how many calendar days before the range is measured, so that tables can be assessed from there too
   */
  async assessAll(
    tables: readonly Table[],
    { queries, writes, back = 0 }: { queries: boolean; writes?: boolean; back?: number } = { queries: false },
  ): Promise<{
    readonly calendars: ReadonlyMap<string, ResolvedCalendar>;
    readonly range: DayRange;
    readonly assessments: readonly Assessment[];
    /** A table from as far back as was measured. */
    readonly assessBack: (table: Table) => Assessment;
  }> {
    const { calendars, readings, range } = await this.calendarsOf(tables);
    const wide = { from: addDays(range.from, -back), to: range.to };
    const resolved = this.resolved(calendars, readings, range);
    const before = this.expectedBefore(tables, calendars, readings, range);
    const measured = await this.measure(
      unitedRequests([
        ...neededRequests(
          tables,
          wide,
          this.options.pipeline,
          table => Math.min(before.get(table.name)?.first ?? wide.from, wide.from) as Day,
        ),
        ...(writes === true ? tables.map(table => writeRequest(table, range)) : []),
      ]),
    );
    const asked =
      queries && this.options.past === undefined
        ? await this.measureQueries(tables, {
            range,
            seasonsOf: ({ calendar }) => (resolved.get(calendar ?? '')?.seasons ?? []).map(season => season.range),
          })
        : undefined;
    return {
      calendars: resolved,
      range,
      assessments: tables.map(table =>
        this.assessOne(table, measured, resolved, range, before.get(table.name), asked?.readings.get(table.name)),
      ),
      assessBack: table => this.assessOne(table, measured, this.resolved(calendars, readings, wide), wide),
    };
  }

  assessOne(
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
  async calendarsOf(tables: readonly Table[]): Promise<{
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
    const measured = await this.measure(
      requests.map(({ request }) => request),
      requests.length === 0 ? [] : tables.filter(({ location }) => location.kind === 'target'),
    );
    const readings = new Map<string, TableReading>();
    for (const { calendar } of requests) {
      const reading = measured.readings.get(calendarKey(calendar));
      if (reading !== undefined) readings.set(calendar.name, reading);
    }
    const own = calendars.flatMap(calendar => defaultRange(calendar, readings.get(calendar.name), asOf) ?? []);
    const today = this.today();
    const to = window.to ?? (own.length === 0 ? today : (Math.max(...own.map(range => range.to)) as Day));
    const begins = own.length === 0 ? to : (Math.min(...own.map(range => range.from)) as Day);
    // A range that ends before anything was expected has no expected date, and never one that was not asked for.
    const from = window.from ?? (Math.min(begins, to) as Day);
    return { calendars, readings, range: { from, to: window.to ?? (Math.max(from, to) as Day) } };
  }

  resolved(
    calendars: readonly Calendar[],
    readings: ReadonlyMap<string, TableReading>,
    range: DayRange,
  ): ReadonlyMap<string, ResolvedCalendar> {
    const { ledger, warehouse, asOf, past } = this.options;
    return new Map(
      calendars.map(calendar => {
        const key = calendarKey(calendar);
        const history = past === undefined ? ledger.history(warehouse.target, key) : past.histories.get(key);
        const before =
          calendar.kind === 'measured' && history !== undefined
            ? history.daysEverPositive(figureId(heldFigure(calendar)))
            : DaySet.empty;
        return [calendar.name, resolveCalendar(calendar, readings.get(calendar.name), before, asOf, range)];
      }),
    );
  }

  /** @param soon tables that will be measured next */
  async measure(requests: readonly FactRequest[], soon: readonly Table[] = []): Promise<Measured> {
    const { warehouse, ledger, useCache, signal, onProgress, past } = this.options;
    if (past !== undefined) return recallTables(requests, past.histories, past.at);
    const measured = await measureTables(requests, { warehouse, ledger, useCache, signal, onProgress, soon });
    this.statements += measured.statements;
    this.bytes = this.bytes === undefined || measured.bytes === undefined ? undefined : this.bytes + measured.bytes;
    return measured;
  }

  private async measureQueries(tables: readonly Table[], ranges: QueryRanges): Promise<MeasuredQueries> {
    const { pipeline, warehouse, signal } = this.options;
    const measured = await measureQueries(tables, pipeline.tables, ranges, warehouse, signal);
    this.statements += measured.statements;
    this.bytes = this.bytes === undefined || measured.bytes === undefined ? undefined : this.bytes + measured.bytes;
    return measured;
  }

  /** The day by which acceptances expire: as of which is judged, in the zone of the pipeline's first calendar. */
  today(): Day {
    const [calendar] = this.options.pipeline.calendars.values();
    return asOfDay(this.options.asOf, calendar?.timezone ?? 'UTC');
  }
}
