// The dates of all tables along one axis: seasons side by side, months within them, days on which nothing is expected thinner. Pure.
import { DAY_LETTERS } from '../../src/model/coverage';
import { type Day, addDays, formatDay, parseDay } from '../../src/model/day';
import type { CoverageReport } from '../../src/model/report';

/** How wide a day on which nothing is expected is, of the width of one on which something is. */
const THIN = 0.3;
/** The room between two seasons, in widths of a date. */
const GAP = 6;

/** A stretch of days that some table has a season of. */
export interface Segment {
  readonly label: string;
  readonly from: Day;
  readonly to: Day;
  /** Where each day begins, and where the last one ends. Widths of a date. */
  readonly at: Float64Array;
}

/** The axis. Positions are in widths of a date, from its beginning. */
export class Axis {
  readonly segments: readonly Segment[];
  readonly width: number;

  constructor(coverage: readonly CoverageReport[]) {
    const off = DAY_LETTERS['off-day'];
    const ranges: { label: string; from: Day; to: Day }[] = [];
    const wide = new Set<Day>();
    for (const { seasons } of coverage) {
      for (const { season, from: first, days } of seasons) {
        const from = parseDay(first);
        if (from === undefined || days === '') continue;
        ranges.push({ label: season, from, to: addDays(from, days.length - 1) });
        for (let i = 0; i < days.length; i++) if (days[i] !== off) wide.add(addDays(from, i));
      }
    }
    let x = 0;
    this.segments = merged(ranges).map(({ label, from, to }, i) => {
      if (i > 0) x += GAP;
      const at = new Float64Array(to - from + 2);
      for (let day = from; day <= to; day = addDays(day, 1)) {
        at[day - from] = x;
        x += wide.has(day) ? 1 : THIN;
      }
      at[to - from + 1] = x;
      return { label, from, to, at };
    });
    this.width = x;
  }

  /** Where a day begins and ends; `undefined` where no season holds it. */
  of(day: Day): readonly [from: number, to: number] | undefined {
    const segment = this.segments.find(each => day >= each.from && day <= each.to);
    if (segment === undefined) return undefined;
    const i = day - segment.from;
    return [segment.at[i] ?? 0, segment.at[i + 1] ?? 0];
  }

  /** The day at a position; the nearest one in the room between seasons. */
  dayAt(x: number): Day | undefined {
    for (const [n, segment] of this.segments.entries()) {
      const end = segment.at[segment.at.length - 1] ?? 0;
      const next = this.segments[n + 1]?.at[0] ?? Infinity;
      if (x >= (end + next) / 2) continue;
      return addDays(segment.from, indexAt(segment.at, x));
    }
    return undefined;
  }

  get first(): Day | undefined {
    return this.segments[0]?.from;
  }

  get last(): Day | undefined {
    return this.segments.at(-1)?.to;
  }

  /** The day that many days on, over the room between seasons; the last one there is where it would lie beyond. */
  step(day: Day, by: number): Day {
    let at = this.segments.findIndex(each => day <= each.to);
    if (at < 0) at = this.segments.length - 1;
    let left = by;
    let now = day;
    for (let segment = this.segments[at]; segment !== undefined; segment = this.segments[at]) {
      const room = left > 0 ? segment.to - now : now - segment.from;
      if (Math.abs(left) <= room) return addDays(now, left);
      const beyond = this.segments[at + Math.sign(left)];
      if (beyond === undefined) return left > 0 ? segment.to : segment.from;
      left -= Math.sign(left) * (room + 1);
      now = left >= 0 && by > 0 ? beyond.from : beyond.to;
      at += Math.sign(by);
    }
    return now;
  }
}

/** The last place at which something begins at or before a position. */
function indexAt(at: Float64Array, x: number): number {
  let low = 0;
  let high = at.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((at[middle] ?? 0) <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Ranges that touch or overlap are one, with the name of the first. */
function merged(
  ranges: readonly { readonly label: string; readonly from: Day; readonly to: Day }[],
): readonly { readonly label: string; readonly from: Day; readonly to: Day }[] {
  const found: { label: string; from: Day; to: Day }[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from || b.to - a.to)) {
    const last = found.at(-1);
    if (last !== undefined && range.from <= last.to) {
      if (range.to > last.to) last.to = range.to;
    } else found.push({ ...range });
  }
  return found;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A mark on the axis, with its text. */
export interface Tick {
  readonly x: number;
  readonly text: string;
}

/** The beginnings of months, each with its name. */
export function monthTicks({ segments }: Axis): readonly Tick[] {
  return segments.flatMap(({ from, at }) => {
    const ticks: Tick[] = [];
    for (let i = 0; i < at.length - 1; i++) {
      const text = formatDay(addDays(from, i));
      if (i === 0 || text.endsWith('-01'))
        ticks.push({ x: at[i] ?? 0, text: MONTHS[Number(text.slice(5, 7)) - 1] ?? '' });
    }
    return ticks;
  });
}

/** Every day of month, for when dates are wide enough to bear it. */
export function dayTicks({ segments }: Axis): readonly Tick[] {
  return segments.flatMap(({ from, at }) =>
    Array.from({ length: at.length - 1 }, (_, i) => ({
      x: at[i] ?? 0,
      text: String(Number(formatDay(addDays(from, i)).slice(8))),
    })),
  );
}
