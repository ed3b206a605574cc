// The phases and tables of a manifest: where each table lives, what it is made from, and what is asked of it.
import { shortName } from '../model/coverage-summary';
import type { SourceRef } from '../model/source';
import type { z } from 'zod';
import { dependencyOrder } from './graph';
import { readKnownGaps } from './manifest-calendars';
import { comparedTables, tableChecks } from './manifest-checks';
import { type Place, childOf, placeOfDefault } from './manifest-place';
import { unknownTable } from './manifest-parts';
import type { Problems } from './manifest-problems';
import { type defaultsShape, phaseDefaultsShape, phaseShape, tableShape } from './manifest-schema';
import { parsePiece, reportKeys } from './manifest-shape-problems';
import { elsewhere } from './manifest-sourced';
import { nearest } from './nearest';
import type { Calendar, DateColumn, Dependency, FileFormat, Job, Location, Phase, Table } from './pipeline';

type Defaults = z.output<typeof defaultsShape>;
type Declared = z.output<typeof tableShape>;

/** Covered share below which a table fails, unless said (rule 7). */
export const DEFAULT_COVERAGE = 0.95;

interface Context {
  readonly defaults: Defaults;
  readonly jobs: ReadonlyMap<string, Job>;
  readonly calendarPlaces: ReadonlyMap<string, Place>;
  readonly whole: boolean;
}

export interface Phases {
  readonly list: readonly Phase[];
  /** Tables that could be read, by name. */
  readonly byName: ReadonlyMap<string, Table>;
  /** The same in dependency order. */
  readonly inOrder: ReadonlyMap<string, Table>;
  /** All names that are declared, also of tables that are wrong elsewhere. */
  readonly names: ReadonlySet<string>;
  /** Says which checks ask for units that the table's calendar does not count. */
  checkUnits(calendars: ReadonlyMap<string, Calendar>, problems: Problems): void;
}

/** Reads the phases. Tables that depend on each other in a circle are told with the path. */
export function readPhases(section: Place | undefined, context: Context, problems: Problems): Phases {
  const list: Phase[] = [];
  const byName = new Map<string, Table>();
  const places = new Map<string, Place>();
  /** Tables that checks compare with. */
  const mentions: { readonly table: string; readonly place: Place }[] = [];
  if (section !== undefined && section.items === undefined) problems.add(section, 'phases takes a list of phases');
  for (const place of section?.items ?? []) {
    reportKeys(phaseShape, place, problems);
    const id = pieceAt(place, 'id', phaseShape.shape.id, problems) ?? '';
    const own = pieceAt(place, 'defaults', phaseDefaultsShape, problems) ?? {};
    const defaults: Defaults = { ...context.defaults, ...own };
    const tables = childOf(place, 'tables');
    if (tables !== undefined && tables.items === undefined) problems.add(tables, 'tables takes a list of tables');
    const names: string[] = [];
    for (const at of tables?.items ?? []) {
      const declared = parsePiece(tableShape, at, problems);
      const name = nameOf(at);
      const twin = name === undefined ? undefined : places.get(name);
      if (name !== undefined && twin !== undefined) {
        const otherKind = (childOf(at, 'files') === undefined) !== (childOf(twin, 'files') === undefined);
        problems.add(
          childOf(at, 'name') ?? at,
          `${name} is declared in line ${problems.source(twin).line} already${otherKind ? ', there as ' + (childOf(twin, 'files') === undefined ? 'a table of the target and here as files' : 'files and here as a table of the target') : ''}: a name stands for one table`,
        );
        continue;
      }
      if (name !== undefined) places.set(name, at);
      if (declared === undefined) continue;
      const table = readTable(declared, at, id, defaults, context, problems);
      byName.set(declared.name, table);
      mentions.push(...comparedTables(childOf(at, 'checks')));
      names.push(declared.name);
    }
    const twin = list.find(phase => phase.id === id);
    if (twin !== undefined)
      problems.add(
        childOf(place, 'id') ?? place,
        `phase ${id} is declared in line ${twin.source.line} already: give each phase its own id`,
      );
    list.push({
      id,
      name: pieceAt(place, 'name', phaseShape.shape.name, problems) ?? id,
      tables: names,
      source: problems.source(place),
    });
  }
  const names = new Set(places.keys());
  if (context.whole)
    for (const { table, place } of mentions) if (!names.has(table)) unknownTable(table, place, names, problems);
  checkDependencies(byName, places, context.whole, problems);
  return {
    list,
    byName,
    inOrder: ordered(byName, places, problems),
    names,
    checkUnits: (calendars, to) => checkUnits(byName, places, calendars, to),
  };
}

function pieceAt<T>(place: Place, key: string, shape: z.ZodType<T>, problems: Problems): T | undefined {
  const child = childOf(place, key);
  return child === undefined ? undefined : parsePiece(shape, child, problems);
}

function nameOf(place: Place): string | undefined {
  const value = childOf(place, 'name')?.value;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function readTable(
  declared: Declared,
  place: Place,
  phase: string,
  defaults: Defaults,
  context: Context,
  problems: Problems,
): Table {
  const location = locationOf(declared, place, problems);
  const date = dateOf(declared, defaults, location, place, problems);
  const dated = date !== 'none';
  const calendar = dated ? (declared.calendar ?? defaults.calendar) : undefined;
  const calendarPlace = placeOfDefault(place, 'calendar') ?? place;
  if (dated && calendar === undefined) {
    problems.add(place, `${declared.name} needs a calendar that says which dates are expected (or date: none)`, {
      at: 'head',
    });
  } else if (calendar !== undefined && context.whole && !context.calendarPlaces.has(calendar)) {
    const near = nearest(calendar, context.calendarPlaces.keys());
    problems.add(
      calendarPlace,
      `no calendar is called ${calendar}${near === undefined ? '' : `: did you mean ${near}?`}`,
      { suggestion: near, at: calendarPlace === place ? 'head' : 'value' },
    );
  }
  if (declared.job !== undefined && context.whole && !context.jobs.has(declared.job)) {
    const near = nearest(declared.job, context.jobs.keys());
    const at = childOf(place, 'job');
    if (at !== undefined)
      problems.add(at, `no job is called ${declared.job}${near === undefined ? '' : `: did you mean ${near}?`}`, {
        suggestion: near,
      });
  }
  repeatedColumn(childOf(place, 'key'), problems);
  const written = declared.written ?? defaults.written;
  const coveragePlace = childOf(place, 'coverage') ?? place;
  const coverageSource = elsewhere(placeOfDefault(place, 'coverage'));
  return {
    name: declared.name,
    shortName: shortName(declared.name),
    phase,
    location,
    date: date === 'none' ? undefined : date,
    dated,
    columns: Array.isArray(declared.columns)
      ? new Map(declared.columns.map(column => [column, undefined]))
      : new Map(Object.entries(declared.columns ?? {})),
    written:
      written === undefined || written === 'none'
        ? undefined
        : { column: written.column, timezone: written.timezone ?? 'UTC' },
    key: declared.key ?? [],
    calendar,
    bootstrap: declared.bootstrap ?? defaults.bootstrap,
    knownGaps: readKnownGaps(declared.knownGaps, childOf(place, 'knownGaps'), problems),
    dependsOn: (declared.dependsOn ?? []).map((dependency, i) => ({
      ...from(elsewhere(childOf(dependencyPlace(place, i), 'coverage'))),
      table: dependency.table,
      lookbackDays: ('lookback' in dependency ? dependency.lookback : undefined) ?? 0,
      coverage: ('coverage' in dependency ? dependency.coverage : undefined) ?? Number.NaN, // the upstream's own, filled in when all are known
      stale: staleOf(dependency),
      optional: ('optional' in dependency ? dependency.optional : undefined) ?? false,
      source: problems.source(dependencyPlace(place, i), 'value'),
    })),
    job: declared.job,
    sources: declared.sources ?? [],
    coverage: {
      min: declared.coverage ?? defaults.coverage ?? DEFAULT_COVERAGE,
      source: coverageSource ?? problems.source(coveragePlace),
    },
    checks: tableChecks(
      declared,
      {
        name: declared.name,
        dated,
        key: declared.key ?? [],
        written: written === undefined || written === 'none' ? undefined : written.column,
      },
      place,
      problems,
    ),
    source: problems.source(place),
  };
}

/** Where a dependency's coverage is said, if it is in another file. */
function from(coverageSource: SourceRef | undefined): Pick<Dependency, 'coverageSource'> {
  return coverageSource === undefined ? {} : { coverageSource };
}

function staleOf(dependency: NonNullable<Declared['dependsOn']>[number]): Dependency['stale'] {
  const declared = 'stale' in dependency ? dependency.stale : undefined;
  return declared ?? ('lookback' in dependency && dependency.lookback !== undefined ? 'warn' : 'ignore');
}

function dependencyPlace(place: Place, index: number): Place {
  const list = childOf(place, 'dependsOn');
  return (list === undefined ? undefined : childOf(list, index)) ?? place;
}

function locationOf(declared: Declared, place: Place, problems: Problems): Location {
  const { files } = declared;
  const at = childOf(place, 'files') ?? place;
  if (files === undefined) {
    const delimiter = childOf(place, 'delimiter');
    if (delimiter !== undefined)
      problems.add(delimiter, 'delimiter means nothing for a table of the target', { at: 'key' });
    return { kind: 'target' };
  }
  if (typeof files === 'string') {
    const dates = files.match(/\{date[^}]*\}/g) ?? [];
    const [placeholder] = dates;
    if (placeholder === undefined)
      problems.add(
        at,
        `${files} holds no {date}: write where the date stands in the path, or a list such as [${files}] for files with a date column`,
      );
    else if (!['{date}', '{date:YYYY-MM-DD}', '{date:YYYYMMDD}'].includes(placeholder))
      problems.add(at, `${placeholder} is no date that is understood: write {date} or {date:YYYYMMDD}`);
    return {
      kind: 'file-per-date',
      pattern: files.replaceAll('{date:YYYY-MM-DD}', '{date}'),
      dateFormat: placeholder === '{date:YYYYMMDD}' ? 'YYYYMMDD' : 'YYYY-MM-DD',
      format: formatOf(files, declared, at, problems),
    };
  }
  const [first = ''] = files;
  const format = formatOf(first, declared, at, problems);
  for (const [i, file] of files.entries()) {
    const own = childOf(at, i) ?? at;
    if (/\{date/.test(file))
      problems.add(own, `a list of files has a date column: {date} belongs in a single path, not in a list`);
    else if (formatOf(file, declared, own, problems).type !== format.type)
      problems.add(own, `${file} is of another kind than ${first}: a table's files are all CSV or all Parquet`);
  }
  return { kind: 'files', patterns: files, format };
}

function formatOf(file: string, declared: Declared, place: Place, problems: Problems): FileFormat {
  if (/\.parquet$/i.test(file)) return { type: 'parquet' };
  if (!/\.(?:csv|tsv|txt)(?:\.gz)?$/i.test(file))
    problems.add(place, `${file} is neither CSV nor Parquet by its name: files end in .csv, .csv.gz, .tsv or .parquet`);
  return { type: 'csv', delimiter: declared.delimiter ?? (/\.tsv(?:\.gz)?$/i.test(file) ? '\t' : ',') };
}

/** A table's own date; for dated files only where it is said, since their names are the date. */
function dateOf(
  declared: Declared,
  defaults: Defaults,
  location: Location,
  place: Place,
  problems: Problems,
): DateColumn | 'none' | undefined {
  const written = declared.date ?? defaults.date;
  if (written === 'none') {
    if (location.kind !== 'file-per-date') return 'none';
    if (declared.date === undefined) return undefined;
    problems.add(
      childOf(place, 'date') ?? place,
      'files with {date} in their path have a date: leave date out, or name a column',
    );
    return undefined;
  }
  if (written === undefined) {
    if (location.kind !== 'file-per-date')
      problems.add(place, `${declared.name} needs date: the column that says which date a row belongs to (or none)`, {
        at: 'head',
      });
    return undefined;
  }
  return { column: written.column, timezone: written.timezone };
}

function repeatedColumn(place: Place | undefined, problems: Problems): void {
  const seen = new Set<string>();
  for (const item of place?.items ?? []) {
    const name = String(item.value).toLowerCase();
    if (seen.has(name)) problems.add(item, `${String(item.value)} is in the key twice: name each column once`);
    seen.add(name);
  }
}

function checkDependencies(
  byName: Map<string, Table>,
  places: ReadonlyMap<string, Place>,
  whole: boolean,
  problems: Problems,
): void {
  for (const [name, table] of byName) {
    const place = places.get(name);
    if (place === undefined) continue;
    const dependsOn = table.dependsOn.map((dependency, i) => {
      const at = dependencyPlace(place, i);
      const tablePlace = childOf(at, 'table') ?? at;
      if (whole && !places.has(dependency.table)) unknownTable(dependency.table, tablePlace, places.keys(), problems);
      if (table.dependsOn.findIndex(other => other.table === dependency.table) < i)
        problems.add(tablePlace, `${dependency.table} is depended on twice: once is enough`);
      const upstream = byName.get(dependency.table);
      if (!Number.isNaN(dependency.coverage)) return dependency;
      const said = upstream?.coverage.source;
      return {
        ...dependency,
        coverage: upstream?.coverage.min ?? DEFAULT_COVERAGE,
        ...from(said?.file === dependency.source.file ? undefined : said),
      };
    });
    byName.set(name, { ...table, dependsOn });
  }
}

function ordered(
  byName: ReadonlyMap<string, Table>,
  places: ReadonlyMap<string, Place>,
  problems: Problems,
): ReadonlyMap<string, Table> {
  const nodes = [...byName.values()].map(table => ({
    name: table.name,
    needs: table.dependsOn.map(({ table: needed }) => needed),
    table,
  }));
  const result = dependencyOrder(nodes);
  if (result.ok) return new Map(result.order.map(({ table }) => [table.name, table]));
  const [first = '', second = ''] = result.cycle;
  const place = places.get(first);
  const index = byName.get(first)?.dependsOn.findIndex(({ table }) => table === second) ?? 0;
  if (place !== undefined)
    problems.add(
      dependencyPlace(place, index),
      `tables depend on each other in a circle: ${result.cycle.join(' → ')}. Take one of these dependencies away`,
    );
  return byName;
}

function checkUnits(
  byName: ReadonlyMap<string, Table>,
  places: ReadonlyMap<string, Place>,
  calendars: ReadonlyMap<string, Calendar>,
  problems: Problems,
): void {
  for (const [name, table] of byName) {
    const calendar = table.calendar === undefined ? undefined : calendars.get(table.calendar);
    const rows = places.get(name);
    const per = rows === undefined ? undefined : childOf(childOf(rows, 'rows') ?? rows, 'per');
    const unit = table.checks.find(check => check.unit !== undefined)?.unit;
    if (calendar === undefined || per === undefined || unit === undefined) continue;
    const known = calendar.kind === 'measured' ? [...calendar.units.keys()] : [];
    if (known.includes(unit)) continue;
    const near = nearest(unit, known);
    problems.add(
      per,
      `calendar ${calendar.name} counts no ${unit}${near === undefined ? (known.length === 0 ? ': declare it in its units' : `; it counts ${known.join(', ')}`) : `: did you mean ${near}?`}`,
      { suggestion: near },
    );
  }
}
