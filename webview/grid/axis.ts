// The dates of all tables along one axis: seasons side by side, months within them, days on which nothing is expected thinner. Pure.
import { DAY_LETTERS } from '../../src/model/coverage';
import { type Day, addDays, parseDay } from '../../src/model/day';
import type { CoverageReport } from '../../src/model/report';

/** How wide a day on which nothing is expected is, of the width of one on which something is. */
const THIN = 0.3;
/** The room between two seasons, in widths of a date. */
const GAP = 6;

/** A name and the days that it stands for. */
export interface Span {
  readonly label: string;
  readonly from: Day;
  readonly to: Day;
}

/** A stretch of days that some table has a season of; seasons that overlap lie in one stretch, which then bears the names of its ends. */
export interface Segment extends Span {
  /** Where each day begins, and where the last one ends. Widths of a date. */
  readonly at: Float64Array;
}

/** The axis. Positions are in widths of a date, from its beginning. */
export class Axis {
  readonly segments: readonly Segment[];
  /** Every season by its name, in the order of their beginnings: of calendars that overlap each keeps its own. */
  readonly seasons: readonly Span[];
  readonly width: number;

  constructor(coverage: readonly CoverageReport[]) {
    const off = DAY_LETTERS['off-day'];
    const ranges: Span[] = [];
    const wide = new Set<Day>();
    for (const { seasons } of coverage) {
      for (const { season, from: first, days } of seasons) {
        const from = parseDay(first);
        if (from === undefined || days === '') continue;
        ranges.push({ label: season, from, to: addDays(from, days.length - 1) });
        for (let i = 0; i < days.length; i++) if (days[i] !== off) wide.add(addDays(from, i));
      }
    }
    this.seasons = named(ranges);
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
export function indexAt(at: Float64Array, x: number): number {
  let low = 0;
  let high = at.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((at[middle] ?? 0) <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Ranges that overlap are one, named by the season that begins it and the one that ends it. */
function merged(ranges: readonly Span[]): readonly Span[] {
  const found: { from: Day; to: Day; first: string; last: string }[] = [];
  for (const { label, from, to } of inOrder(ranges)) {
    const before = found.at(-1);
    if (before === undefined || from > before.to) found.push({ from, to, first: label, last: label });
    else if (to >= before.to) Object.assign(before, { to, last: label });
  }
  return found.map(({ from, to, first, last }) => ({
    label: first === last ? first : `${first} … ${last}`,
    from,
    to,
  }));
}

/** Ranges of one name are one: tables share their calendars. */
function named(ranges: readonly Span[]): readonly Span[] {
  const found = new Map<string, Span>();
  for (const range of ranges) {
    const { from, to } = found.get(range.label) ?? range;
    found.set(range.label, {
      label: range.label,
      from: Math.min(from, range.from) as Day,
      to: Math.max(to, range.to) as Day,
    });
  }
  return inOrder([...found.values()]);
}

function inOrder(ranges: readonly Span[]): readonly Span[] {
  return [...ranges].sort((a, b) => a.from - b.from || b.to - a.to);
}
