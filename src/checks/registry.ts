// The check types there are. Adding one is adding a file of this folder and its line here.
import type { z } from 'zod';
import type { Check, CheckPart, CheckType, CheckedTable } from './check';
import { constant } from './constant';
import { dateGaps } from './date-gaps';
import { expression } from './expression';
import { freshness } from './freshness';
import { joinRate } from './join-rate';
import { notDefault } from './not-default';
import { notNull } from './not-null';
import { pattern } from './pattern';
import { range } from './range';
import { reference } from './reference';
import { regression } from './regression';
import { rowCount } from './row-count';
import { rowsPerUnit } from './rows-per-unit';
import { sql } from './sql';
import { unique } from './unique';
import { writesPerDate } from './writes-per-date';

/** A check type whose declaration is known to itself alone: what the manifest reader works with. */
export interface RegisteredCheck {
  readonly name: string;
  readonly summary: string;
  readonly declaration: z.ZodType;
  readonly needsWritten: boolean;
  /** The parts of a declaration that `declaration` has parsed; call it with nothing else. */
  readonly build: (
    parsed: unknown,
    table: CheckedTable,
  ) => Pick<Check, 'severity' | 'window'> & { readonly parts: readonly CheckPart[] };
}

function register<Declared>(type: CheckType<Declared>): RegisteredCheck {
  return {
    name: type.name,
    summary: type.summary,
    declaration: type.declaration,
    needsWritten: type.needsWritten === true,
    build: (parsed, table) => {
      const declared = parsed as Declared; // the manifest reader passes what `declaration` gave
      const { severity = type.severity ?? 'fail', window } = commonOf(declared);
      return { severity, ...(window === undefined ? {} : { window }), parts: type.parts(declared, table) };
    },
  };
}

/** What a declaration says that any may say; one that is a mere list says none of it. */
function commonOf(declared: unknown): Partial<Pick<Check, 'severity' | 'window'>> {
  return typeof declared === 'object' && declared !== null && !Array.isArray(declared) ? declared : {};
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
    register(constant),
    register(notDefault),
    register(pattern),
    register(dateGaps),
    register(freshness),
    register(writesPerDate),
    register(reference),
    register(regression),
    register(joinRate),
    register(sql),
  ].map(type => [type.name, type]),
);
