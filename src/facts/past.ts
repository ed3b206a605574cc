// What the ledger knew at an instant, as if it had been measured then: for trends, and for coverage as it was.
import { DaySet } from '../model/day-set';
import { type FigureValue, type TableFacts, type TableReading, type Unmeasured } from '../model/facts';
import { type FigureId, ROWS, figureId } from '../model/figures';
import type { Day } from '../model/day';
import { isoInstant } from '../model/instant';
import type { TableHistory } from './ledger';
import type { Measured } from './measure';
import { type FactRequest, keptName } from './request';

const NOT_THEN = 'it was not measured then';

/**
 * Answers requests from what was known at an instant. Nothing is asked of any warehouse.
 * @param histories by the name under which a table's facts are kept, as they were at the instant
 * @param at milliseconds since 1970 UTC
 */
export function recallTables(
  requests: readonly FactRequest[],
  histories: ReadonlyMap<string, TableHistory>,
  at: number,
): Measured {
  return {
    readings: new Map(
      requests.map(request => [keptName(request), readingOf(request, histories.get(keptName(request)), at)]),
    ),
    descriptions: new Map(),
    statements: 0,
    bytes: 0,
  };
}

function readingOf(request: FactRequest, history: TableHistory | undefined, at: number): TableReading {
  if (history === undefined || history.isEmpty)
    return { state: 'unreadable', message: `${request.source.name} was not measured before ${isoInstant(at)}` };
  const { range, source } = request;
  const days = [...history.rows.days()].filter(day => day >= range.from && day <= range.to);
  const rows = days.map(day => history.rows.get(day) ?? 0);
  const values = new Map<FigureId, readonly FigureValue[]>([[figureId(ROWS), rows]]);
  const unmeasured = new Map<FigureId, Unmeasured>();
  for (const figure of request.figures) {
    const id = figureId(figure);
    const column = history.values.get(id);
    // A figure that some of the dates were not measured for tells nothing of the others either.
    if (column === undefined || days.some(day => column.get(day) === undefined))
      unmeasured.set(id, { reason: 'failed', message: NOT_THEN });
    else
      values.set(
        id,
        days.map(day => column.get(day) ?? null),
      );
  }
  const unread = new Map<Day, string>();
  for (const day of DaySet.range(range.from, range.to).minus(history.measured)) unread.set(day, NOT_THEN);
  const facts: TableFacts = {
    table: source.name,
    dated: source.dated,
    range,
    days,
    rows,
    values,
    unmeasured,
    unread,
    strays: history.strays,
    measuredAt: history.at,
  };
  return { state: 'measured', facts };
}
