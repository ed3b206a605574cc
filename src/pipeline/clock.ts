// Clocks (rule 14): by which moment it is decided what is due and what has expired, and when the days of a zone begin.
import { fromEpochMilliseconds, toZonedDateTimeISO } from 'temporal-polyfill/fns/Instant';
import { create, toZonedDateTime } from 'temporal-polyfill/fns/PlainDate';
import { toPlainDate } from 'temporal-polyfill/fns/ZonedDateTime';
import { type Day, addDays, civilDay, civilParts, formatDay } from '../model/day';

/** The moment by which things are judged. A given day means its last instant, in whichever calendar's zone is looked at. */
export type AsOf =
  | { readonly from: 'command' | 'manifest'; readonly day: Day }
  /** `now`: milliseconds since 1970 UTC. */
  | { readonly from: 'now'; readonly now: number };

/** The moment to judge by: `--as-of`, else the manifest's `asOf`, else now (rule 14). */
export function resolveAsOf(given: Day | undefined, declared: Day | undefined, now: number): AsOf {
  if (given !== undefined) return { from: 'command', day: given };
  if (declared !== undefined) return { from: 'manifest', day: declared };
  return { from: 'now', now };
}

/** The last moment that counts, milliseconds since 1970 UTC: now, or the last millisecond of the given day in the zone. */
export function asOfInstant(asOf: AsOf, timezone: string): number {
  return asOf.from === 'now' ? asOf.now : startOfDay(addDays(asOf.day, 1), timezone) - 1;
}

/** The day it is in the zone. A given day is that day in every zone. */
export function asOfDay(asOf: AsOf, timezone: string): Day {
  return asOf.from === 'now' ? dayAt(asOf.now, timezone) : asOf.day;
}

/** What decides when a calendar's dates are due. */
export interface DueRule {
  /** IANA zone in which a date begins. */
  readonly timezone: string;
  /** Milliseconds after a date's own midnight began; `undefined`: when the date is over, after 23, 24 or 25 hours. */
  readonly dueAfterMs: number | undefined;
}

/** When a date is due, milliseconds since 1970 UTC. */
export function dueInstant(day: Day, { timezone, dueAfterMs }: DueRule): number {
  return dueAfterMs === undefined ? startOfDay(addDays(day, 1), timezone) : startOfDay(day, timezone) + dueAfterMs;
}

/** The last date that is due: it and all before it are, none after it is. */
export function lastDueDay(rule: DueRule, asOf: AsOf): Day {
  const moment = asOfInstant(asOf, rule.timezone);
  // Where clocks go back over midnight the local date is earlier than the last day begun, so the guess is corrected both ways.
  let day =
    rule.dueAfterMs === undefined
      ? addDays(dayAt(moment, rule.timezone), -1)
      : dayAt(moment - rule.dueAfterMs, rule.timezone);
  while (dueInstant(day, rule) > moment) day = addDays(day, -1);
  while (dueInstant(addDays(day, 1), rule) <= moment) day = addDays(day, 1);
  return day;
}

const DAY_MS = 86_400_000;

/** Zones without an offset need neither the zone database nor the time it takes to load it. */
function isUtc(timezone: string): boolean {
  return timezone === 'UTC' || timezone === 'Etc/UTC' || timezone === 'GMT';
}

/**
 * When a day begins in a zone, milliseconds since 1970 UTC: at its first midnight, at the first instant after it where clocks
 * skip it, and where the whole day was skipped (Apia 2011-12-30) with the next one.
 */
export function startOfDay(day: Day, timezone: string): number {
  if (isUtc(timezone)) return day * DAY_MS;
  const { year, month, dayOfMonth } = civilParts(day);
  return toZonedDateTime(create(year, month, dayOfMonth), timezone).epochMilliseconds;
}

/** The day it is in a zone at an instant, milliseconds since 1970 UTC. */
export function dayAt(instant: number, timezone: string): Day {
  if (isUtc(timezone)) return Math.floor(instant / DAY_MS) as Day;
  const { year, month, day } = toPlainDate(toZonedDateTimeISO(fromEpochMilliseconds(Math.floor(instant)), timezone));
  return civilDay(year, month, day);
}

/** Whether a zone is known, so that a manifest can be told where it is not. */
export function isTimeZone(text: string): boolean {
  if (isUtc(text)) return true;
  try {
    dayAt(0, text);
    return true;
  } catch {
    return false;
  }
}

/** The moment as a report's head shows it: a day, in the zone where it is now. */
export function describeAsOf(asOf: AsOf, timezone: string): string {
  return formatDay(asOfDay(asOf, timezone));
}
