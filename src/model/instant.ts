// Instants as text: ISO in reports, and as people read them.

/** The furthest instants that a `Date` can hold; a warehouse holds later ones, and whoever writes them means no instant. Milliseconds. */
const FURTHEST_MS = 8.64e15;

/** An ISO instant, to the millisecond, UTC. @param milliseconds since 1970 UTC */
export function isoInstant(milliseconds: number): string {
  return new Date(Math.min(FURTHEST_MS, Math.max(-FURTHEST_MS, milliseconds))).toISOString();
}

/** Characters of an ISO instant from its `T` up to its minutes, or its seconds. */
const PRECISION = { minutes: 6, seconds: 9 } as const;

/** An instant as people read it: `2026-01-04 09:30 UTC`. @param at milliseconds since 1970 UTC, or an ISO instant in UTC */
export function formatInstant(at: number | string, to: keyof typeof PRECISION = 'minutes'): string {
  const iso = typeof at === 'number' ? isoInstant(at) : at;
  return `${iso.slice(0, iso.indexOf('T') + PRECISION[to]).replace('T', ' ')} UTC`;
}
