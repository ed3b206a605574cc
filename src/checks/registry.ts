// The check types there are. Adding one is adding a file of this folder and its line here.
import type { z } from 'zod';
import type { CheckPart, CheckType, CheckedTable } from './check';
import { expression } from './expression';
import { notNull } from './not-null';
import { range } from './range';
import { rowCount } from './row-count';
import { rowsPerUnit } from './rows-per-unit';
import { unique } from './unique';

/** A check type whose declaration is known to itself alone: what the manifest reader works with. */
export interface RegisteredCheck {
  readonly name: string;
  readonly summary: string;
  readonly declaration: z.ZodType;
  /** The parts of a declaration that `declaration` has parsed; call it with nothing else. */
  readonly build: (
    parsed: unknown,
    table: CheckedTable,
  ) => { readonly severity: 'fail' | 'warn'; readonly parts: readonly CheckPart[] };
}

function register<Declared>(type: CheckType<Declared>): RegisteredCheck {
  return {
    name: type.name,
    summary: type.summary,
    declaration: type.declaration,
    build: (parsed, table) => {
      const declared = parsed as Declared; // the manifest reader passes what `declaration` gave
      return { severity: type.severity?.(declared) ?? 'fail', parts: type.parts(declared, table) };
    },
  };
}

/** All check types, by their name in the manifest. `rows` is written at the table, the others in `checks:`. */
export const CHECK_TYPES: ReadonlyMap<string, RegisteredCheck> = new Map(
  [
    register(rowCount),
    register(rowsPerUnit),
    register(unique),
    register(notNull),
    register(range),
    register(expression),
  ].map(type => [type.name, type]),
);

/** `key:` implies these (rule 6). */
export { keyParts } from './unique';
