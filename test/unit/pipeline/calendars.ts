// Calendars and what was measured of them, written down by hand: one line a date.
import { type Day, addDays, formatDay, parseDay } from '../../../src/model/day';
import { type DayRange, DaySet } from '../../../src/model/day-set';
import { NO_STRAYS, type StrayRows, type TableReading } from '../../../src/model/facts';
import { type FigureId, figureId } from '../../../src/model/figures';
import { CALENDAR_RANGE } from '../../../src/pipeline/calendar';
import { figuresOfCalendar } from '../../../src/pipeline/calendar-figures';
import type { KnownGap, MeasuredCalendar, RegularCalendar, Season } from '../../../src/pipeline/pipeline';

const SOURCE = { file: 'phasegate.yaml', line: 1 };

export function day(text: string): Day {
  const parsed = parseDay(text);
  if (parsed === undefined) throw new Error(`${text} is no day`);
  return parsed;
}

export function range(from: string, to: string): DayRange {
  return { from: day(from), to: day(to) };
}

export function days(...texts: readonly string[]): DaySet {
  return DaySet.of(texts.map(day));
}

/** A set as a test reads it: ISO days, or `from → to` for runs. */
export function iso(set: DaySet): readonly string[] {
  return set.toIso().map(([from, to]) => (from === to ? from : `${from} → ${to}`));
}

export function season(id: string, from: string, to: string): Season {
  return { id, range: range(from, to), source: SOURCE };
}

export function gap(from: string, to = from): KnownGap {
  return { range: range(from, to), reason: 'never published', source: SOURCE };
}

export function regular(given: Partial<RegularCalendar> = {}): RegularCalendar {
  return {
    kind: 'regular',
    name: 'every-day',
    days: 'daily',
    start: undefined,
    timezone: 'UTC',
    dueAfterMs: undefined,
    seasons: [],
    knownGaps: [],
    source: SOURCE,
    ...given,
  };
}

export function measured(given: Partial<MeasuredCalendar> = {}): MeasuredCalendar {
  return {
    kind: 'measured',
    name: 'game-days',
    rows: {
      name: 'raw.schedule',
      location: { kind: 'target' },
      date: { column: 'game_date', timezone: undefined },
      dated: true,
      columns: new Map(),
      written: undefined,
    },
    where: 'status = 3',
    notHeld: 'status in (4, 5)',
    units: new Map([['games', { measure: 'count' }]]),
    timezone: 'UTC',
    dueAfterMs: undefined,
    seasons: [],
    knownGaps: [],
    source: SOURCE,
    ...given,
  };
}

/** Rows of one date of a calendar. */
export interface GivenRows {
  readonly held?: number;
  readonly notHeld?: number;
  readonly neither?: number;
  /** Rows that meet both conditions. */
  readonly both?: number;
}

/** A measured schedule: dates with held rows, or with rows as told. */
export function scheduleOf(
  calendar: MeasuredCalendar,
  given: Readonly<Record<string, number | GivenRows>>,
  more: { strays?: Partial<StrayRows>; unread?: Readonly<Record<string, string>> } = {},
): TableReading {
  const figures = figuresOfCalendar(calendar);
  const entries = Object.entries(given)
    .map(([date, rows]) => ({ day: day(date), rows: typeof rows === 'number' ? { held: rows } : rows }))
    .sort((a, b) => a.day - b.day);
  const column = (value: (rows: GivenRows) => number): readonly number[] => entries.map(({ rows }) => value(rows));
  const held = (rows: GivenRows): number => (rows.held ?? 0) + (rows.both ?? 0);
  const values = new Map<FigureId, readonly number[]>([[figureId(figures.held), column(held)]]);
  if (figures.notHeld !== undefined)
    values.set(
      figureId(figures.notHeld),
      column(rows => (rows.notHeld ?? 0) + (rows.both ?? 0)),
    );
  if (figures.both !== undefined)
    values.set(
      figureId(figures.both),
      column(rows => rows.both ?? 0),
    );
  for (const unit of figures.units.values()) if (!values.has(figureId(unit))) values.set(figureId(unit), column(held));
  return {
    state: 'measured',
    facts: {
      table: calendar.rows.name,
      dated: true,
      range: CALENDAR_RANGE,
      days: entries.map(entry => entry.day),
      rows: column(rows => (rows.held ?? 0) + (rows.notHeld ?? 0) + (rows.neither ?? 0) + (rows.both ?? 0)),
      values,
      unmeasured: new Map(),
      unread: new Map(Object.entries(more.unread ?? {}).map(([date, reason]) => [day(date), reason])),
      strays: { ...NO_STRAYS, ...more.strays },
      measuredAt: 0,
    },
  };
}

/** Held rows on every day of a range, or on every other one. */
export function everyDay(from: string, to: string, games = 2, step = 1): Readonly<Record<string, number>> {
  const rows: Record<string, number> = {};
  for (let at = day(from); at <= day(to); at = addDays(at, step)) rows[formatDay(at)] = games;
  return rows;
}
