// The calendars of a manifest.
import type { z } from 'zod';
import type { DayRange } from '../model/day-set';
import { formatDay } from '../model/day';
import { checkRange, entriesOf } from './manifest-parts';
import { type Place, childOf } from './manifest-place';
import type { Problems } from './manifest-problems';
import { calendarShape, type defaultsShape, type knownGapShape } from './manifest-schema';
import { parsePiece } from './manifest-shape-problems';
import type { Calendar, DateColumn, KnownGap, Season, Table, TableSource } from './pipeline';

type Declared = z.output<typeof calendarShape>;
type Defaults = z.output<typeof defaultsShape>;

interface Context {
  readonly defaults: Defaults;
  /** The declared tables: a calendar's table may be one of them. */
  readonly tables: ReadonlyMap<string, Table>;
}

/** The calendars by name. */
export function readCalendars(
  section: Place | undefined,
  context: Context,
  problems: Problems,
): ReadonlyMap<string, Calendar> {
  const calendars = new Map<string, Calendar>();
  for (const [name, place] of entriesOf(section, problems)) {
    const declared = parsePiece(calendarShape, place, problems);
    if (declared === undefined) continue;
    const calendar = readCalendar(name, declared, place, context, problems);
    if (calendar !== undefined) calendars.set(name, calendar);
  }
  return calendars;
}

function readCalendar(
  name: string,
  declared: Declared,
  place: Place,
  context: Context,
  problems: Problems,
): Calendar | undefined {
  const origins = (['table', 'csv', 'days'] as const).filter(key => declared[key] !== undefined);
  if (origins.length !== 1) {
    problems.add(
      place,
      `calendar ${name} ${origins.length === 0 ? 'needs its dates from somewhere' : `takes its dates from ${origins.join(' and ')}`}: give one of table, csv or days`,
      { at: 'head' },
    );
    return undefined;
  }
  const base = {
    name,
    timezone: declared.timezone ?? 'UTC',
    dueAfterMs: declared.dueAfter,
    seasons: readSeasons(declared, place, problems),
    knownGaps: readKnownGaps(declared.knownGaps, childOf(place, 'knownGaps'), problems),
    source: problems.source(place),
  };
  if (declared.days !== undefined) {
    for (const key of ['where', 'notHeld', 'units', 'date', 'delimiter'] as const) {
      const extra = childOf(place, key);
      if (extra !== undefined)
        problems.add(extra, `${key} means nothing for a calendar of ${declared.days} dates: it is read from no rows`, {
          at: 'key',
        });
    }
    if (declared.seasons === undefined && declared.start === undefined) {
      problems.add(place, `calendar ${name} needs seasons or a start: nothing else says when its dates begin`, {
        at: 'head',
      });
    }
    return { ...base, kind: 'regular', days: declared.days, start: declared.start };
  }
  return {
    ...base,
    kind: 'measured',
    rows: rowsOf(declared, context, place, problems),
    where: declared.where,
    notHeld: declared.notHeld,
    units: new Map(Object.entries(declared.units ?? {})),
  };
}

/** Where a calendar's rows are: a declared table as it is declared, a table of the target, or a CSV file. */
function rowsOf(declared: Declared, { defaults, tables }: Context, place: Place, problems: Problems): TableSource {
  const table = declared.table === undefined ? undefined : tables.get(declared.table);
  const written = declared.date ?? (table === undefined ? defaults.date : undefined);
  const date: DateColumn | undefined =
    written === undefined || written === 'none' ? table?.date : { column: written.column, timezone: written.timezone };
  if (date === undefined && table?.location.kind !== 'file-per-date') {
    problems.add(place, 'the calendar needs date: the column that holds its dates', { at: 'head' });
  }
  if (table !== undefined) return { ...table, date, dated: true };
  const common = { date, dated: true, columns: new Map(Object.entries(declared.columns ?? {})), written: undefined };
  if (declared.csv !== undefined) {
    return {
      ...common,
      name: declared.csv,
      location: {
        kind: 'files',
        patterns: [declared.csv],
        format: { type: 'csv', delimiter: declared.delimiter ?? ',' },
      },
    };
  }
  return { ...common, name: declared.table ?? '', location: { kind: 'target' } };
}

function readSeasons(declared: Declared, place: Place, problems: Problems): readonly Season[] {
  const section = childOf(place, 'seasons');
  const seasons = (declared.seasons ?? []).flatMap(
    ({ id, start, end }, i): readonly (Season & { readonly place: Place })[] => {
      const at = section === undefined ? undefined : childOf(section, i);
      if (at === undefined) return [];
      const range = { from: start, to: end };
      return checkRange(range, at, problems, 'start and end')
        ? [{ id, range, source: problems.source(at), place: at }]
        : [];
    },
  );
  const ordered = [...seasons].sort((a, b) => a.range.from - b.range.from);
  for (const [i, season] of ordered.entries()) {
    const before = ordered[i - 1];
    if (before !== undefined && before.range.to >= season.range.from) {
      problems.add(
        season.place,
        `season ${season.id} begins ${formatDay(season.range.from)}, before season ${before.id} ends: seasons do not overlap`,
      );
    }
    const twin = ordered.find((other, j) => j < i && other.id === season.id);
    if (twin !== undefined) problems.add(season.place, `a season ${season.id} is there already: give each its own id`);
  }
  return ordered.map(({ id, range, source }) => ({ id, range, source }));
}

/** Known gaps, of a calendar or a table. */
export function readKnownGaps(
  declared: readonly z.output<typeof knownGapShape>[] | undefined,
  section: Place | undefined,
  problems: Problems,
): readonly KnownGap[] {
  return (declared ?? []).flatMap((gap, i) => {
    const at = section === undefined ? undefined : childOf(section, i);
    if (at === undefined) return [];
    const range: DayRange = 'date' in gap ? { from: gap.date, to: gap.date } : { from: gap.from, to: gap.to };
    return checkRange(range, at, problems) ? [{ range, reason: gap.reason, source: problems.source(at) }] : [];
  });
}
