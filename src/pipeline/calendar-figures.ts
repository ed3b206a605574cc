// What a measured calendar asks to be measured of each date: rows held, rows called off, rows said to be both, and units.
import { aggregateFigure } from '../checks/aggregate';
import { type DateFigure, type Figure, type RowTest, figure, row } from '../model/figures';
import type { Calendar, MeasuredCalendar } from './pipeline';

/** A calendar's figures by what they mean. */
export interface CalendarFigures {
  /** Rows that were held. */
  readonly held: DateFigure;
  /** Rows that will never be held; absent where `notHeld` is not declared. */
  readonly notHeld: DateFigure | undefined;
  /** Rows that meet both conditions: they count as held, and are told of. */
  readonly both: DateFigure | undefined;
  /** Expected units over the held rows, by name. */
  readonly units: ReadonlyMap<string, Figure>;
}

/** The figures of a measured calendar. */
export function figuresOfCalendar(calendar: MeasuredCalendar): CalendarFigures {
  const { where, notHeld } = calendar;
  const held = heldRows(calendar);
  return {
    held: figure.count(held),
    notHeld: notHeld === undefined ? undefined : figure.count(row.sql(notHeld)),
    both:
      where === undefined || notHeld === undefined
        ? undefined
        : figure.count(row.all(row.sql(where), row.sql(notHeld))),
    units: new Map([...calendar.units].map(([name, unit]) => [name, aggregateFigure(unit, held)])),
  };
}

/** All figures to be measured for a calendar over `CALENDAR_RANGE`, beside its rows; none for a regular one. */
export function calendarFigures(calendar: Calendar): readonly Figure[] {
  if (calendar.kind === 'regular') return [];
  const { held, notHeld, both, units } = figuresOfCalendar(calendar);
  return [held, ...(notHeld === undefined ? [] : [notHeld]), ...(both === undefined ? [] : [both]), ...units.values()];
}

/**
 * The figure that says by its earlier values which dates the ledger knew as held: those with a count above 0. Its identity
 * holds the condition, so that dates held by another condition are not held against the present one.
 */
export function heldFigure(calendar: MeasuredCalendar): Figure {
  return figuresOfCalendar(calendar).held;
}

/** Without `where` every row is held that `notHeld` clearly does not call off: one of which it cannot tell is neither. */
function heldRows({ where, notHeld }: MeasuredCalendar): RowTest {
  if (where !== undefined) return row.sql(where);
  return notHeld === undefined ? row.every : row.sql(notHeld, 'false');
}
