// What is to be known of a table: the figures that everybody asks for, united into one request, so that it is measured once.
import type { Check } from '../checks/check';
import { type Day, civilDay } from '../model/day';
import type { DayRange, DaySet } from '../model/day-set';
import { type Figure, type FigureId, ROWS, figure, figureId } from '../model/figures';
import { CALENDAR_RANGE } from '../pipeline/calendar';
import type { Calendar, MeasuredCalendar, Table, TableSource, WrittenColumn } from '../pipeline/pipeline';

/** One table's figures over one range. */
export interface FactRequest {
  readonly source: TableSource;
  readonly range: DayRange;
  /** Only these dates of the range: what was just written is read back, and nothing else. */
  readonly only?: DaySet;
  /** Without repetition; the rows of a date are always measured and need not be named. */
  readonly figures: readonly Figure[];
  /** The name under which the ledger keeps the facts; the source's own unless said. */
  readonly keptAs?: string;
}

/** The name under which the ledger keeps a request's facts. */
export function keptName(request: FactRequest): string {
  return request.keptAs ?? request.source.name;
}

/** The name under which a calendar's facts are kept: its table may be measured as a table too. */
export function calendarKey(calendar: Calendar): string {
  return `calendar ${calendar.name}`;
}

/** A calendar's own request: all of its dates, since what lies after the range tells whether it has stalled (rule 4). */
export function calendarRequest(calendar: MeasuredCalendar, figures: readonly Figure[]): FactRequest {
  return {
    source: calendar.rows,
    range: CALENDAR_RANGE,
    figures: distinctFigures(figures),
    keptAs: calendarKey(calendar),
  };
}

/** The range of a table without dates: its one entry of facts stands at this day, whatever range is asked for. */
export const UNDATED_RANGE: DayRange = { from: civilDay(1970, 1, 1), to: civilDay(1970, 1, 1) };

/** The newest write of a date. */
export function lastWriteFigure(written: WrittenColumn): Figure {
  return figure.max(written.column, 'instant');
}

/** The oldest write of a date. */
export function firstWriteFigure(written: WrittenColumn): Figure {
  return figure.min(written.column, 'instant');
}

/** What a date's rows are, whenever they were written: another number where any of them is another. */
export function contentFigure({ written }: TableSource): Figure {
  return figure.fingerprint(written === undefined ? [] : [written.column]);
}

/** What tells a write: measured before it by a preflight, and after it by the verification. */
export function writeRequest(table: Table, range: DayRange): FactRequest {
  const { written } = table;
  return {
    source: table,
    range: table.dated ? range : UNDATED_RANGE,
    figures: [
      contentFigure(table),
      ...(written === undefined ? [] : [lastWriteFigure(written), firstWriteFigure(written)]),
    ],
  };
}

/** Everything a table's declared checks and its write times ask for. */
export function requestFor(table: Table, range: DayRange, checks: readonly Check[] = table.checks): FactRequest {
  const figures = checks.flatMap(check => check.figures);
  if (table.written !== undefined) figures.push(lastWriteFigure(table.written));
  return { source: table, range: table.dated ? range : UNDATED_RANGE, figures: distinctFigures(figures) };
}

/** The figures without repetition, and without the rows that are measured anyway. */
export function distinctFigures(figures: readonly Figure[]): readonly Figure[] {
  const rows = figureId(ROWS);
  const seen = new Map<FigureId, Figure>();
  for (const each of figures) {
    const id = figureId(each);
    if (id !== rows && !seen.has(id)) seen.set(id, each);
  }
  return [...seen.values()];
}

/** Requests of the same table made one: all figures over all dates, so that it is still one statement (rule: measure once). */
export function unitedRequests(requests: readonly FactRequest[]): readonly FactRequest[] {
  const united = new Map<string, FactRequest>();
  for (const request of requests) {
    const name = keptName(request);
    const known = united.get(name);
    united.set(name, known === undefined ? request : unite(known, request));
  }
  return [...united.values()];
}

function unite({ only, ...a }: FactRequest, b: FactRequest): FactRequest {
  return {
    ...a,
    range: {
      from: Math.min(a.range.from, b.range.from) as Day,
      to: Math.max(a.range.to, b.range.to) as Day,
    },
    figures: distinctFigures([...a.figures, ...b.figures]),
    // All dates are asked for where one of the two asks for all of its own.
    ...(only === undefined || b.only === undefined ? {} : { only: only.union(b.only) }),
  };
}
