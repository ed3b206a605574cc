// One figure's values by date, packed: a ledger of ten thousand dates is replayed before the first answer, so that each date must be cheap.
import { type Day } from '../model/day';
import { DaySet } from '../model/day-set';
import type { FigureValue } from '../model/facts';

/** What is known of a date, as bits. */
const KNOWN = 1;
const IS_NULL = 2;
const EVER_POSITIVE = 4;

/** Days of room that a column begins with, and adds at the least when it grows. */
const ROOM_DAYS = 512;

/** The values that are known by their dates, whole-table figures included (they stand at one date). Iterates in the dates' order. */
export interface DayValues extends Iterable<readonly [Day, FigureValue]> {
  /** `undefined`: nothing is known of the date. */
  get(day: Day): FigureValue | undefined;
}

export class DayColumn implements DayValues {
  /** The date of the first place. */
  private base = 0;
  private values = new Float64Array(0);
  private bits = new Uint8Array(0);
  private known = 0;

  /** How many dates are known. */
  get size(): number {
    return this.known;
  }

  get(day: Day): FigureValue | undefined {
    const bits = this.bits[day - this.base] ?? 0;
    if ((bits & KNOWN) === 0) return undefined;
    return (bits & IS_NULL) === 0 ? this.values[day - this.base] : null;
  }

  set(day: Day, value: FigureValue): void {
    if (day < this.base || day >= this.base + this.bits.length) this.grow(day);
    const at = day - this.base;
    const before = this.bits[at] ?? 0;
    if ((before & KNOWN) === 0) this.known++;
    if (value === null) {
      this.bits[at] = (before & EVER_POSITIVE) | KNOWN | IS_NULL;
      return;
    }
    this.values[at] = value;
    this.bits[at] = (before & EVER_POSITIVE) | KNOWN | (value > 0 ? EVER_POSITIVE : 0);
  }

  /** Forgets a date's value, and not whether it was ever positive. */
  delete(day: Day): void {
    const before = this.bits[day - this.base] ?? 0;
    if ((before & KNOWN) === 0) return;
    this.bits[day - this.base] = before & EVER_POSITIVE;
    this.known--;
  }

  /** The dates whose value was ever above zero. */
  everPositive(): DaySet {
    return DaySet.of(this.daysWith(EVER_POSITIVE));
  }

  /** The dates that are known, ascending. */
  days(): Generator<Day> {
    return this.daysWith(KNOWN);
  }

  *[Symbol.iterator](): Generator<readonly [Day, FigureValue]> {
    for (const day of this.daysWith(KNOWN)) yield [day, this.get(day) ?? null];
  }

  private *daysWith(bit: number): Generator<Day> {
    for (let at = 0; at < this.bits.length; at++) if (((this.bits[at] ?? 0) & bit) !== 0) yield (this.base + at) as Day;
  }

  /** Makes room for a date, with as much again beyond it: dates come in their order, or from today backwards. */
  private grow(day: Day): void {
    const empty = this.bits.length === 0;
    const from = empty ? day : Math.min(this.base, day);
    const to = empty ? day : Math.max(this.base + this.bits.length - 1, day);
    const room = Math.max(ROOM_DAYS, to - from);
    const base = empty ? day : day < this.base ? from - room : this.base;
    const length = (day < this.base && !empty ? to : to + room) - base + 1;
    const values = new Float64Array(length);
    const bits = new Uint8Array(length);
    if (!empty) {
      values.set(this.values, this.base - base);
      bits.set(this.bits, this.base - base);
    }
    this.base = base;
    this.values = values;
    this.bits = bits;
  }
}
