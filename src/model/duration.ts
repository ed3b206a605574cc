// Durations as people read them.

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** A duration in its two largest units: `2 h 40 min`, `3 min 20 s`, `4.2 s`, `120 ms`. */
export function formatDuration(milliseconds: number): string {
  // What would be rounded up to the next larger unit is told in that one.
  if (milliseconds < SECOND_MS - 0.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 9.95 * SECOND_MS) return `${(milliseconds / SECOND_MS).toFixed(1)} s`;
  if (milliseconds < MINUTE_MS - SECOND_MS / 2) return `${Math.round(milliseconds / SECOND_MS)} s`;
  if (milliseconds < HOUR_MS - SECOND_MS / 2) return pair(milliseconds, MINUTE_MS, 'min', SECOND_MS, 's');
  return pair(milliseconds, HOUR_MS, 'h', MINUTE_MS, 'min');
}

/** A duration with how far it may be off: `38 min (31 to 52 min)`. */
export function formatExpected({
  ms,
  low,
  high,
}: {
  readonly ms: number;
  readonly low: number;
  readonly high: number;
}): string {
  const [from, to] = [formatDuration(low), formatDuration(high)];
  return from === to ? `about ${formatDuration(ms)}` : `about ${formatDuration(ms)} (${from} to ${to})`;
}

function pair(milliseconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const rounded = Math.round(milliseconds / small);
  const whole = Math.floor((rounded * small) / large);
  const rest = rounded - (whole * large) / small;
  return rest === 0 ? `${whole} ${largeName}` : `${whole} ${largeName} ${rest} ${smallName}`;
}
