// The checks of a manifest: what a table's key, its rows and its list of checks ask for, each with the place that asks.
import type { z } from 'zod';
import type { Check, CheckedTable } from '../checks/check';
import { keyParts } from '../checks/registry';
import { type Place, childOf } from './manifest-place';
import type { Problems } from './manifest-problems';
import { LISTED_CHECKS, ROWS_CHECK, type tableShape } from './manifest-schema';

type Declared = z.output<typeof tableShape>;

/** The checks of a table: those that `key` and `rows` imply, and those listed. Ids are unique within the table. */
export function checksOf(
  declared: Pick<Declared, 'key' | 'rows' | 'checks'>,
  table: CheckedTable,
  place: Place,
  problems: Problems,
): readonly Check[] {
  const checks: Check[] = [];
  const used = new Map<string, number>();
  const add = (
    type: string,
    severity: 'fail' | 'warn',
    parts: readonly Omit<Check, 'type' | 'severity' | 'source'>[],
    at: Place,
  ): void => {
    for (const part of parts) {
      const count = (used.get(part.id) ?? 0) + 1;
      used.set(part.id, count);
      checks.push({
        ...part,
        id: count === 1 ? part.id : `${part.id}#${count}`,
        type,
        severity,
        source: problems.source(at),
      });
    }
  };
  const list = childOf(place, 'checks');
  const keyPlace = childOf(place, 'key');
  const key = declared.key ?? [];
  const declaresKey = (list?.items ?? []).some(item => sameColumns(childOf(item, 'unique')?.value, key));
  if (keyPlace !== undefined && !declaresKey) add('unique', 'fail', keyParts(key), keyPlace);
  const rows = childOf(place, 'rows');
  if (rows !== undefined && declared.rows !== undefined && ROWS_CHECK !== undefined) {
    const built = ROWS_CHECK.build(declared.rows, table);
    add('rows', built.severity, built.parts, rows);
  }
  for (const [i, entry] of (declared.checks ?? []).entries()) {
    const at = (list === undefined ? undefined : childOf(list, i)) ?? place;
    const named = Object.entries(entry).filter(([, value]) => value !== undefined);
    const [only] = named;
    const type = only === undefined ? undefined : LISTED_CHECKS.get(only[0]);
    if (only === undefined || type === undefined || named.length > 1) {
      problems.add(
        at,
        `an entry of checks is one check; here ${named.length === 0 ? 'is none' : `are ${named.map(([name]) => name).join(' and ')}: give each an entry of its own`}`,
      );
      continue;
    }
    if (type.needsWritten && table.written === undefined) {
      problems.add(at, `${type.name} judges when rows were written: say in \`written\` which column tells it`);
      continue;
    }
    const built = type.build(only[1], table);
    add(type.name, built.severity, built.parts, childOf(at, only[0]) ?? at);
  }
  return checks;
}

/** The tables that a list of checks compares with, where each is named. */
export function comparedTables(
  checks: Place | undefined,
): readonly { readonly table: string; readonly place: Place }[] {
  return (checks?.items ?? []).flatMap(item => {
    const place = childOf(childOf(item, 'reference') ?? childOf(item, 'join_rate') ?? item, 'table');
    return typeof place?.value === 'string' ? [{ table: place.value, place }] : [];
  });
}

function sameColumns(declared: unknown, key: readonly string[]): boolean {
  const columns: unknown =
    typeof declared === 'object' && declared !== null && 'columns' in declared ? declared.columns : declared;
  return Array.isArray(columns) && columns.length === key.length && key.every(column => columns.includes(column));
}
