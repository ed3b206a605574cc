// Tables as they are named on a command line: by full name, by unambiguous short name, or all of a phase.
import { nearest } from './nearest';
import type { Pipeline, Table } from './pipeline';

export type Selection =
  { readonly ok: true; readonly tables: readonly Table[] } | { readonly ok: false; readonly message: string };

/** The tables that are named, in dependency order and once each; all of them where none is named. */
export function selectTables(pipeline: Pipeline, names: readonly string[]): Selection {
  const all = [...pipeline.tables.values()];
  if (names.length === 0) return { ok: true, tables: all };
  const chosen = new Set<string>();
  for (const name of names) {
    const found = resolve(pipeline, all, name);
    if (typeof found === 'string') return { ok: false, message: found };
    for (const table of found) chosen.add(table.name);
  }
  return { ok: true, tables: all.filter(table => chosen.has(table.name)) };
}

function resolve(pipeline: Pipeline, all: readonly Table[], name: string): readonly Table[] | string {
  const full = pipeline.tables.get(name);
  if (full !== undefined) return [full];
  const short = all.filter(table => table.shortName === name);
  if (short.length === 1) return short;
  if (short.length > 1)
    return `${name} is the short name of ${short.map(table => table.name).join(' and ')}: give the full name`;
  const phase = pipeline.phases.find(each => each.id === name || each.name.toLowerCase() === name.toLowerCase());
  if (phase !== undefined)
    return phase.tables.map(table => pipeline.tables.get(table)).filter(table => table !== undefined);
  const near = nearest(name, [
    ...all.flatMap(table => [table.shortName, table.name]),
    ...pipeline.phases.flatMap(each => [each.id, each.name]),
  ]);
  return `${pipeline.file} declares no table or phase ${name}${near === undefined ? `; it declares ${some(all.map(table => table.shortName))}` : `: did you mean ${near}?`}`;
}

function some(names: readonly string[]): string {
  const most = 8;
  return names.length > most ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ');
}
