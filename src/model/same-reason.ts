// One reason for a whole set of days, as a map that takes no room for each of them: a target that cannot be read has many.
import type { Day } from './day';
import type { DaySet } from './day-set';

/** Every day of a set mapped to the same text. */
export class SameReason implements ReadonlyMap<Day, string> {
  private readonly days: DaySet;
  private readonly reason: string;

  constructor(days: DaySet, reason: string) {
    this.days = days;
    this.reason = reason;
  }

  get size(): number {
    return this.days.size;
  }

  has(day: Day): boolean {
    return this.days.has(day);
  }

  get(day: Day): string | undefined {
    return this.days.has(day) ? this.reason : undefined;
  }

  *keys(): Generator<Day, undefined> {
    yield* this.days;
    return undefined;
  }

  *values(): Generator<string, undefined> {
    for (const _ of this.days) yield this.reason;
    return undefined;
  }

  *entries(): Generator<[Day, string], undefined> {
    for (const day of this.days) yield [day, this.reason];
    return undefined;
  }

  [Symbol.iterator](): Generator<[Day, string], undefined> {
    return this.entries();
  }

  forEach(visit: (reason: string, day: Day, map: ReadonlyMap<Day, string>) => void): void {
    for (const day of this.days) visit(this.reason, day, this);
  }
}
