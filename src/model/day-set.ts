// Sets of days as sorted, disjoint, non-adjacent ranges: the currency of coverage, cheap at 10,000 tables × 10 years.
import { type Day, formatDay } from './day';

/** An inclusive run of days. */
export interface DayRange {
  readonly from: Day;
  readonly to: Day;
}

/** Where results are put together before their length is known; every operation leaves before another begins. */
let scratch = new Int32Array(1024);

function room(bounds: number): Int32Array<ArrayBuffer> {
  if (scratch.length < bounds) scratch = new Int32Array(bounds * 2);
  return scratch;
}

/** An immutable set of days. Every operation takes time linear in the number of ranges, never of days. */
export class DaySet {
  /** `[start, endExclusive, start, endExclusive, …]`, strictly increasing. Packed: ten years of scattered dates are a few kilobytes. */
  private readonly bounds: Int32Array;
  /** How many days are in the set. */
  readonly size: number;

  private constructor(bounds: Int32Array) {
    this.bounds = bounds;
    let size = 0;
    for (let i = 0; i < bounds.length; i += 2) size += at(bounds, i + 1) - at(bounds, i);
    this.size = size;
  }

  /** The set without days. */
  static readonly empty: DaySet = new DaySet(new Int32Array(0));

  /** All days of an inclusive range; the empty set where `to` lies before `from`. */
  static range(from: Day, to: Day): DaySet {
    return to < from ? DaySet.empty : new DaySet(Int32Array.of(from, to + 1));
  }

  /** The set of these days, in any order, repeated or not. */
  static of(days: Iterable<Day>): DaySet {
    const sorted = Array.isArray(days) ? (days as readonly Day[]) : [...days];
    for (let i = 1; i < sorted.length; i++) {
      if ((sorted[i] ?? 0) < (sorted[i - 1] ?? 0)) return DaySet.of([...sorted].sort((a, b) => a - b));
    }
    const out = room(sorted.length * 2);
    let n = 0;
    for (const day of sorted) {
      const end = n === 0 ? undefined : at(out, n - 1);
      if (end !== undefined && day < end) continue;
      if (end === day) out[n - 1] = day + 1;
      else {
        out[n++] = day;
        out[n++] = day + 1;
      }
    }
    return DaySet.from(out, n);
  }

  /** The union of inclusive ranges, in any order, overlapping or not. */
  static ofRanges(ranges: Iterable<DayRange>): DaySet {
    const sorted = [...ranges].filter(range => range.to >= range.from).sort((a, b) => a.from - b.from);
    const out = room(sorted.length * 2);
    let n = 0;
    for (const { from, to } of sorted) {
      if (n > 0 && from <= at(out, n - 1)) out[n - 1] = Math.max(at(out, n - 1), to + 1);
      else {
        out[n++] = from;
        out[n++] = to + 1;
      }
    }
    return DaySet.from(out, n);
  }

  /** The first `n` bounds as a set: one of `others` where it is the same, so that equal results share their memory. */
  private static from(bounds: Int32Array<ArrayBuffer>, n: number, ...others: readonly DaySet[]): DaySet {
    if (n === 0) return DaySet.empty;
    for (const other of others) if (sameBounds(bounds, n, other.bounds)) return other;
    return new DaySet(bounds.slice(0, n));
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  get first(): Day | undefined {
    return this.bounds[0] as Day | undefined;
  }

  get last(): Day | undefined {
    const end = this.bounds.at(-1);
    return end === undefined ? undefined : ((end - 1) as Day);
  }

  has(day: Day): boolean {
    return this.boundsUpTo(day) % 2 === 1;
  }

  /** The run of consecutive days of the set that a day lies in. */
  rangeAt(day: Day): DayRange | undefined {
    const next = this.boundsUpTo(day);
    if (next % 2 === 0) return undefined;
    return { from: at(this.bounds, next - 1) as Day, to: (at(this.bounds, next) - 1) as Day };
  }

  /** How many bounds are at or before a day: an odd number inside a run. */
  private boundsUpTo(day: Day): number {
    let low = 0;
    let high = this.bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at(this.bounds, middle) <= day) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  union(other: DaySet): DaySet {
    const a = this.bounds;
    const b = other.bounds;
    if (b.length === 0 || this === other) return this;
    if (a.length === 0) return other;
    const out = room(a.length + b.length);
    let n = 0;
    for (let i = 0, j = 0; i < a.length || j < b.length;) {
      const fromA = j >= b.length || (i < a.length && at(a, i) <= at(b, j));
      const start = fromA ? at(a, i) : at(b, j);
      const end = fromA ? at(a, i + 1) : at(b, j + 1);
      if (fromA) i += 2;
      else j += 2;
      if (n > 0 && start <= at(out, n - 1)) {
        if (end > at(out, n - 1)) out[n - 1] = end;
      } else {
        out[n++] = start;
        out[n++] = end;
      }
    }
    return DaySet.from(out, n, this, other);
  }

  intersect(other: DaySet): DaySet {
    const a = this.bounds;
    const b = other.bounds;
    if (this === other) return this;
    const out = room(a.length + b.length);
    let n = 0;
    for (let i = 0, j = 0; i < a.length && j < b.length;) {
      const start = Math.max(at(a, i), at(b, j));
      const endA = at(a, i + 1);
      const endB = at(b, j + 1);
      const end = Math.min(endA, endB);
      if (start < end) {
        out[n++] = start;
        out[n++] = end;
      }
      if (endA <= endB) i += 2;
      if (endB <= endA) j += 2;
    }
    return DaySet.from(out, n, this, other);
  }

  minus(other: DaySet): DaySet {
    const a = this.bounds;
    const b = other.bounds;
    if (b.length === 0) return this;
    if (this === other) return DaySet.empty;
    const out = room(a.length + b.length);
    let n = 0;
    for (let i = 0, j = 0; i < a.length; i += 2) {
      let start = at(a, i);
      const end = at(a, i + 1);
      while (j < b.length && at(b, j + 1) <= start) j += 2;
      for (; j < b.length && at(b, j) < end; j += 2) {
        if (at(b, j) > start) {
          out[n++] = start;
          out[n++] = at(b, j);
        }
        start = at(b, j + 1);
        if (start >= end) break;
      }
      if (start < end) {
        out[n++] = start;
        out[n++] = end;
      }
    }
    return DaySet.from(out, n, this);
  }

  /** The days of the set inside an inclusive range. */
  within(range: DayRange): DaySet {
    return this.intersect(DaySet.range(range.from, range.to));
  }

  equals(other: DaySet): boolean {
    return this === other || sameBounds(this.bounds, this.bounds.length, other.bounds);
  }

  /** The inclusive runs of consecutive days, in order. */
  *ranges(): Generator<DayRange> {
    for (let i = 0; i < this.bounds.length; i += 2) {
      yield { from: at(this.bounds, i) as Day, to: (at(this.bounds, i + 1) - 1) as Day };
    }
  }

  /** How many runs of consecutive days the set has. */
  get rangeCount(): number {
    return this.bounds.length / 2;
  }

  *[Symbol.iterator](): Generator<Day> {
    for (let i = 0; i < this.bounds.length; i += 2) {
      for (let day = at(this.bounds, i); day < at(this.bounds, i + 1); day++) yield day as Day;
    }
  }

  /** The runs as ISO pairs, as reports print them. */
  toIso(): [string, string][] {
    return [...this.ranges()].map(({ from, to }) => [formatDay(from), formatDay(to)]);
  }
}

/** A bound that the caller knows to be there. */
function at(bounds: Int32Array, index: number): number {
  return bounds[index] as number;
}

function sameBounds(bounds: Int32Array, n: number, other: Int32Array): boolean {
  if (other.length !== n) return false;
  for (let i = 0; i < n; i++) if (bounds[i] !== other[i]) return false;
  return true;
}
