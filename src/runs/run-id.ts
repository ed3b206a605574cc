// The ids of runs: how one is given, and what it tells. Pure: pages read them too.
import { isoInstant } from '../model/instant';

/** A new id: runs are sorted by it as they began. @param words what the run is about */
export function newRunId(words: string, now: number): string {
  const at = isoInstant(now).slice(0, 19).replaceAll(/[-:]/g, '');
  return `${at}-${words.replaceAll(/[^\w.-]+/g, '_').slice(0, 40)}`;
}

/** The instant that an id tells, milliseconds since 1970 UTC; `undefined` where it is no id of ours. */
export function instantOfId(id: string): number | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)-/.exec(id) ?? [];
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(instant) ? undefined : instant;
}
