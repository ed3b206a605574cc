// Names in a manifest: where each is declared, and where it is used.
import type { Place, TextRange } from '../pipeline/manifest-place';
import { type ManifestDocument, placesAt } from './manifest-document';

export type NameKind = 'table' | 'calendar' | 'job' | 'target';

/** A name where it is declared or used. */
export interface NamedPlace {
  readonly kind: NameKind;
  readonly name: string;
  readonly range: TextRange;
  readonly declares: boolean;
}

/** Every table, calendar, job and target that is declared or used, in the order of the text. */
export function namesIn({ root }: ManifestDocument): readonly NamedPlace[] {
  const found: NamedPlace[] = [];
  const add = (kind: NameKind, place: Place | undefined, declares: boolean): void => {
    if (typeof place?.value === 'string') found.push({ kind, name: place.value, range: place.range, declares });
  };
  for (const [section, kind] of [
    ['targets', 'target'],
    ['calendars', 'calendar'],
    ['jobs', 'job'],
  ] as const) {
    for (const [name, entry] of root?.entries?.get(section)?.entries ?? [])
      if (entry.key !== undefined) found.push({ kind, name, range: entry.key, declares: true });
  }
  const defaults = root?.entries?.get('defaults')?.entries;
  add('target', defaults?.get('target'), false);
  add('calendar', defaults?.get('calendar'), false);
  for (const calendar of root?.entries?.get('calendars')?.entries?.values() ?? [])
    add('table', calendar.entries?.get('table'), false);
  for (const phase of root?.entries?.get('phases')?.items ?? []) {
    add('calendar', phase.entries?.get('defaults')?.entries?.get('calendar'), false);
    for (const table of phase.entries?.get('tables')?.items ?? []) {
      add('table', table.entries?.get('name'), true);
      add('calendar', table.entries?.get('calendar'), false);
      add('job', table.entries?.get('job'), false);
      for (const dependency of table.entries?.get('dependsOn')?.items ?? [])
        add('table', dependency.entries?.get('table') ?? dependency, false);
    }
  }
  for (const finding of root?.entries?.get('accepted')?.items ?? []) add('table', finding.entries?.get('table'), false);
  return found.sort((a, b) => a.range.start - b.range.start);
}

/** The name at an offset. */
export function nameAt(document: ManifestDocument, offset: number): NamedPlace | undefined {
  return namesIn(document).find(({ range }) => offset >= range.start && offset <= range.end);
}

/** Where a name is declared; `undefined` for what is declared nowhere in the manifest. */
export function declarationOf(document: ManifestDocument, named: NamedPlace): NamedPlace | undefined {
  return namesIn(document).find(({ kind, name, declares }) => declares && kind === named.kind && name === named.name);
}

/** Every use of a name, its declaration where that is asked for. */
export function usesOf(document: ManifestDocument, named: NamedPlace, withDeclaration: boolean): readonly NamedPlace[] {
  return namesIn(document).filter(
    ({ kind, name, declares }) => kind === named.kind && name === named.name && (withDeclaration || !declares),
  );
}

/** The full name of the table whose declaration holds an offset. */
export function tableAround(document: ManifestDocument, offset: number): string | undefined {
  for (const place of [...placesAt(document.root, offset)].reverse()) {
    if (place.parent?.step !== 'tables') continue;
    const name = place.entries?.get('name')?.value;
    return typeof name === 'string' ? name : undefined;
  }
  return undefined;
}
