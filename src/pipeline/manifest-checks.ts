// The checks of a manifest: what a table's key, its rows and its list of checks ask for, each with the place that asks.
import type { z } from 'zod';
import type { Check, CheckedTable } from '../checks/check';
import { CHECK_TYPES, type RegisteredCheck } from '../checks/registry';
import type { SourceRef } from '../model/source';
import { type AskedNumber, askedBy, tellDisagreements } from './manifest-disagreements';
import { type Place, childOf } from './manifest-place';
import type { Problems } from './manifest-problems';
import { LISTED_CHECKS, ROWS_CHECK, type tableShape } from './manifest-schema';
import { elsewhere } from './manifest-sourced';

type Declared = z.output<typeof tableShape>;

/** A check that something else than an entry of `checks` asks for. */
export interface ImpliedCheck {
  readonly type: string;
  /** As the type's `declaration` gives it. */
  readonly declared: unknown;
  readonly at: Place;
}

/** The checks of a table: those that `key` and `rows` imply, and those listed. */
export function tableChecks(
  declared: Pick<Declared, 'key' | 'rows' | 'checks'>,
  table: CheckedTable,
  place: Place,
  problems: Problems,
): readonly Check[] {
  const key = declared.key ?? [];
  const keyPlace = childOf(place, 'key');
  const declaresKey = (childOf(place, 'checks')?.items ?? []).some(item =>
    sameColumns(childOf(item, 'unique')?.value, key),
  );
  const rows = childOf(place, 'rows');
  const implied: readonly ImpliedCheck[] = [
    ...(keyPlace === undefined || declaresKey ? [] : [{ type: 'unique', declared: key, at: keyPlace }]),
    ...(rows === undefined || declared.rows === undefined
      ? []
      : [{ type: ROWS_CHECK, declared: declared.rows, at: rows }]),
  ];
  return checksOf(implied, declared.checks ?? [], table, place, problems);
}

/**
 * Checks that are implied, then those listed. Ids are unique.
 * @param place the map that has the list under `checks`
 */
export function checksOf(
  implied: readonly ImpliedCheck[],
  listed: NonNullable<Declared['checks']>,
  table: CheckedTable,
  place: Place,
  problems: Problems,
): readonly Check[] {
  const checks: Check[] = [];
  const asked: { readonly id: string; readonly asked: readonly AskedNumber[] }[] = [];
  const used = new Map<string, number>();
  const add = (type: RegisteredCheck, declared: unknown, at: Place): void => {
    const { parts, ...common } = type.build(declared, table);
    const thresholdSource = sourceOfThreshold(at);
    for (const part of parts) {
      asked.push({ id: part.id, asked: askedBy(type.name, part.id, declared, at) });
      const count = (used.get(part.id) ?? 0) + 1;
      used.set(part.id, count);
      checks.push({
        ...part,
        ...common,
        id: count === 1 ? part.id : `${part.id}#${count}`,
        type: type.name,
        source: problems.source(at),
        ...(thresholdSource === undefined ? {} : { thresholdSource }),
      });
    }
  };
  for (const { type, declared, at } of implied) {
    const known = CHECK_TYPES.get(type);
    if (known === undefined) throw new Error(`there is no check type ${type}`); // named by ourselves
    add(known, declared, at);
  }
  const list = childOf(place, 'checks');
  for (const [i, entry] of listed.entries()) {
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
    add(type, only[1], childOf(at, only[0]) ?? at);
  }
  tellDisagreements(table.name, asked, problems);
  return checks;
}

/** Where a check's number is said, if it is in another file: at the place itself, or under one of its keys. */
function sourceOfThreshold(place: Place): SourceRef | undefined {
  const all = [place, ...(place.entries?.values() ?? [])];
  return all.map(elsewhere).find(source => source !== undefined);
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
