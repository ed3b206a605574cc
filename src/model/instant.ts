// Instants as text: ISO in reports, and as people read them.

/** An ISO instant, to the millisecond, UTC. @param milliseconds since 1970 UTC */
export function isoInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** Characters of an ISO instant up to its minutes, or its seconds. */
const PRECISION = { minutes: 16, seconds: 19 } as const;

/** An instant as people read it: `2026-01-04 09:30 UTC`. @param at milliseconds since 1970 UTC, or an ISO instant in UTC */
export function formatInstant(at: number | string, to: keyof typeof PRECISION = 'minutes'): string {
  const iso = typeof at === 'number' ? isoInstant(at) : at;
  return `${iso.slice(0, PRECISION[to]).replace('T', ' ')} UTC`;
}
