// Sets of days as sorted, disjoint, non-adjacent ranges: the currency of coverage, cheap at 10,000 tables × 10 years.
import { type Day, formatDay } from './day';

/** An inclusive run of days. */
export interface DayRange {
  readonly from: Day;
  readonly to: Day;
}

/** An immutable set of days. Every operation takes time linear in the number of ranges, never of days. */
export class DaySet {
  /** `[start, endExclusive, start, endExclusive, …]`, strictly increasing. */
  private readonly bounds: readonly number[];
  /** How many days are in the set. */
  readonly size: number;

  private constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    let size = 0;
    for (let i = 0; i < bounds.length; i += 2) size += (bounds[i + 1] ?? 0) - (bounds[i] ?? 0);
    this.size = size;
  }

  /** The set without days. */
  static readonly empty: DaySet = new DaySet([]);

  /** All days of an inclusive range; the empty set where `to` lies before `from`. */
  static range(from: Day, to: Day): DaySet {
    return to < from ? DaySet.empty : new DaySet([from, to + 1]);
  }

  /** The set of these days, in any order, repeated or not. */
  static of(days: Iterable<Day>): DaySet {
    const sorted = [...days];
    let inOrder = true;
    for (let i = 1; i < sorted.length; i++) {
      if ((sorted[i] ?? 0) < (sorted[i - 1] ?? 0)) {
        inOrder = false;
        break;
      }
    }
    if (!inOrder) sorted.sort((a, b) => a - b);
    const bounds: number[] = [];
    for (const day of sorted) {
      const end = bounds.at(-1);
      if (end !== undefined && day < end) continue;
      if (end === day) bounds[bounds.length - 1] = day + 1;
      else bounds.push(day, day + 1);
    }
    return bounds.length === 0 ? DaySet.empty : new DaySet(bounds);
  }

  /** The union of inclusive ranges, in any order, overlapping or not. */
  static ofRanges(ranges: Iterable<DayRange>): DaySet {
    const sorted = [...ranges].filter(range => range.to >= range.from).sort((a, b) => a.from - b.from);
    const bounds: number[] = [];
    for (const { from, to } of sorted) {
      const end = bounds.at(-1);
      if (end !== undefined && from <= end) bounds[bounds.length - 1] = Math.max(end, to + 1);
      else bounds.push(from, to + 1);
    }
    return bounds.length === 0 ? DaySet.empty : new DaySet(bounds);
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
    let low = 0;
    let high = this.bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.bounds[middle] ?? 0) <= day) low = middle + 1;
      else high = middle;
    }
    return low % 2 === 1;
  }

  /** The run of consecutive days of the set that a day lies in. */
  rangeAt(day: Day): DayRange | undefined {
    let low = 0;
    let high = this.bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.bounds[middle] ?? 0) <= day) low = middle + 1;
      else high = middle;
    }
    if (low % 2 === 0) return undefined;
    return { from: this.bounds[low - 1] as Day, to: ((this.bounds[low] ?? 0) - 1) as Day };
  }

  union(other: DaySet): DaySet {
    return this.merge(other, (a, b) => a || b);
  }

  intersect(other: DaySet): DaySet {
    return this.merge(other, (a, b) => a && b);
  }

  minus(other: DaySet): DaySet {
    return this.merge(other, (a, b) => a && !b);
  }

  /** The days of the set inside an inclusive range. */
  within(range: DayRange): DaySet {
    return this.intersect(DaySet.range(range.from, range.to));
  }

  equals(other: DaySet): boolean {
    return this.bounds.length === other.bounds.length && this.bounds.every((bound, i) => bound === other.bounds[i]);
  }

  /** The inclusive runs of consecutive days, in order. */
  *ranges(): Generator<DayRange> {
    for (let i = 0; i < this.bounds.length; i += 2) {
      yield { from: this.bounds[i] as Day, to: ((this.bounds[i + 1] ?? 0) - 1) as Day };
    }
  }

  /** How many runs of consecutive days the set has. */
  get rangeCount(): number {
    return this.bounds.length / 2;
  }

  *[Symbol.iterator](): Generator<Day> {
    for (let i = 0; i < this.bounds.length; i += 2) {
      for (let day = this.bounds[i] ?? 0; day < (this.bounds[i + 1] ?? 0); day++) yield day as Day;
    }
  }

  /** The runs as ISO pairs, as reports print them. */
  toIso(): [string, string][] {
    return [...this.ranges()].map(({ from, to }) => [formatDay(from), formatDay(to)]);
  }

  /** Sweeps both sets' bounds once; `keep` says for each stretch whether it belongs to the result. */
  private merge(other: DaySet, keep: (inThis: boolean, inOther: boolean) => boolean): DaySet {
    const a = this.bounds;
    const b = other.bounds;
    const result: number[] = [];
    let i = 0;
    let j = 0;
    let inside = false;
    while (i < a.length || j < b.length) {
      const nextA = a[i] ?? Infinity;
      const nextB = b[j] ?? Infinity;
      const at = nextA < nextB ? nextA : nextB;
      if (nextA === at) i++;
      if (nextB === at) j++;
      const now = keep(i % 2 === 1, j % 2 === 1);
      if (now !== inside) {
        result.push(at);
        inside = now;
      }
    }
    return result.length === 0 ? DaySet.empty : new DaySet(result);
  }
}
