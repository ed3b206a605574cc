// Which dates were computed before what they are computed from was last written (§3.5), by cause. Pure.
import { type Day, addDays } from '../model/day';
import { DaySet } from '../model/day-set';
import { type TableReading } from '../model/facts';
import { figureId } from '../model/figures';
import { lastWriteFigure } from '../facts/request';
import type { Dependency, TableSource } from '../pipeline/pipeline';

/** An upstream table with the times at which its dates were last written. */
export interface UpstreamWrites {
  readonly dependency: Dependency;
  readonly source: TableSource;
  readonly reading: TableReading | undefined;
}

/** One upstream table that was written after dates were computed from it. */
export interface StaleCause {
  readonly dependency: Dependency;
  /** The dates that were computed too early. */
  readonly dates: DaySet;
  /** The dates of the upstream table that were written later. */
  readonly written: DaySet;
  /** The newest of those writes, milliseconds since 1970 UTC. */
  readonly newest: number;
}

/** The causes for which dates of a table are stale: one for each upstream table that has any. */
export function staleCauses(
  table: TableSource,
  reading: TableReading,
  upstreams: readonly UpstreamWrites[],
): readonly StaleCause[] {
  const own = writeTimes(table, reading);
  if (own === undefined) return [];
  return upstreams.flatMap(({ dependency, source, reading: upstream }): readonly StaleCause[] => {
    const its = upstream === undefined ? undefined : writeTimes(source, upstream);
    return its === undefined ? [] : (causeOf(own, its, dependency) ?? []);
  });
}

interface Writes {
  /** Ascending. */
  readonly days: readonly Day[];
  readonly times: readonly number[];
}

/** When each date was last written; `undefined` where nothing tells. */
function writeTimes({ written }: TableSource, reading: TableReading): Writes | undefined {
  if (written === undefined || reading.state !== 'measured' || !reading.facts.dated) return undefined;
  const values = reading.facts.values.get(figureId(lastWriteFigure(written)));
  if (values === undefined) return undefined;
  const days: Day[] = [];
  const times: number[] = [];
  reading.facts.days.forEach((day, i) => {
    const time = values[i] ?? null;
    if (time === null) return;
    days.push(day);
    times.push(time);
  });
  return { days, times };
}

/** Slides the look-back over the upstream's dates with its newest write in hand: one pass, however long the look-back is. */
function causeOf(own: Writes, upstream: Writes, dependency: Dependency): readonly StaleCause[] | undefined {
  const dates: Day[] = [];
  const written: Day[] = [];
  let newest = -Infinity;
  /** Places of upstream dates in the window whose writes are newer than all that follow, oldest date first. */
  const candidates: number[] = [];
  let next = 0;
  own.days.forEach((day, i) => {
    for (; next < upstream.days.length && (upstream.days[next] ?? day) <= day; next++) {
      const time = upstream.times[next] ?? 0;
      while (candidates.length > 0 && (upstream.times[candidates.at(-1) ?? 0] ?? 0) <= time) candidates.pop();
      candidates.push(next);
    }
    const from = addDays(day, -dependency.lookbackDays);
    while (candidates.length > 0 && (upstream.days[candidates[0] ?? 0] ?? day) < from) candidates.shift();
    const [latest] = candidates;
    if (latest === undefined) return;
    const time = upstream.times[latest] ?? 0;
    if (time <= (own.times[i] ?? 0)) return;
    dates.push(day);
    written.push(upstream.days[latest] ?? day);
    newest = Math.max(newest, time);
  });
  return dates.length === 0
    ? undefined
    : [{ dependency, dates: DaySet.of(dates), written: DaySet.of(written), newest }];
}
