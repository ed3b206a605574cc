// Values on their way into a statement and out of an answer.
import type { DuckDBValue } from '@duckdb/node-api';
import type { Parameter } from '../dialect';
import type { Statement } from '../render';

/** The parameters of a statement by name. */
export function bind({ parameters }: Statement): Readonly<Record<string, DuckDBValue>> {
  return Object.fromEntries(parameters.map(({ name, value }: Parameter) => [name, value]));
}

/** A number of the engine's; NaN and infinities are no values that anything can be judged by. */
export function numberOf(value: DuckDBValue | undefined): number | null {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}
