// Sets of days against a naive model: a plain set of numbers.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Day } from '../../../src/model/day';
import { type DayRange, DaySet } from '../../../src/model/day-set';

const someDay = fc.integer({ min: -40, max: 40 }).map(day => day as Day);
const someDays = fc.array(someDay, { maxLength: 60 });
const someRange = fc.tuple(someDay, someDay).map(([from, to]): DayRange => ({ from, to }));

function sorted(days: Iterable<number>): readonly number[] {
  return [...new Set(days)].sort((a, b) => a - b);
}

/** What must be true of a set's ranges whatever made it: ascending, not empty, not touching. */
function expectWellFormed(set: DaySet): void {
  const ranges = [...set.ranges()];
  ranges.forEach(({ from, to }, i) => {
    expect(to).toBeGreaterThanOrEqual(from);
    const next = ranges[i + 1];
    if (next !== undefined) expect(next.from).toBeGreaterThan(to + 1);
  });
  expect(set.rangeCount).toBe(ranges.length);
  expect(set.size).toBe(ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0));
}

describe('a set of days', () => {
  test('holds the days it was made of, in any order, repeated or not', () => {
    fc.assert(
      fc.property(someDays, days => {
        const set = DaySet.of(days);
        expectWellFormed(set);
        expect([...set]).toEqual(sorted(days));
        expect(set.first).toBe(sorted(days)[0]);
        expect(set.last).toBe(sorted(days).at(-1));
        expect(set.isEmpty).toBe(days.length === 0);
      }),
    );
  });

  test('leaves alone the days it was made of', () => {
    const days = [3, 1, 2] as Day[];
    DaySet.of(days);
    expect(days).toEqual([3, 1, 2]);
  });

  test('is the union of the ranges it was made of, those the wrong way round being empty', () => {
    fc.assert(
      fc.property(fc.array(someRange, { maxLength: 8 }), ranges => {
        const set = DaySet.ofRanges(ranges);
        expectWellFormed(set);
        const model: number[] = [];
        for (const { from, to } of ranges) for (let day: number = from; day <= to; day++) model.push(day);
        expect([...set]).toEqual(sorted(model));
      }),
    );
  });

  test.each([
    ['union', (a: DaySet, b: DaySet) => a.union(b), (inA: boolean, inB: boolean) => inA || inB],
    ['intersect', (a: DaySet, b: DaySet) => a.intersect(b), (inA: boolean, inB: boolean) => inA && inB],
    ['minus', (a: DaySet, b: DaySet) => a.minus(b), (inA: boolean, inB: boolean) => inA && !inB],
  ])('%s decides each day by itself', (_, operate, keep) => {
    fc.assert(
      fc.property(someDays, someDays, (first, second) => {
        const result = operate(DaySet.of(first), DaySet.of(second));
        expectWellFormed(result);
        const model = sorted([...first, ...second]).filter(day =>
          keep(first.includes(day as Day), second.includes(day as Day)),
        );
        expect([...result]).toEqual(model);
      }),
      { numRuns: 400 },
    );
  });

  test('operations on a set and itself', () => {
    const set = DaySet.of([1, 2, 5] as Day[]);
    expect(set.union(set)).toBe(set);
    expect(set.intersect(set)).toBe(set);
    expect(set.minus(set).isEmpty).toBe(true);
  });

  test('a result that equals an operand is that operand, so that thousands of tables share it', () => {
    const all = DaySet.of([1, 2, 5, 9] as Day[]);
    const same = DaySet.of([1, 2, 5, 9] as Day[]);
    expect(all.intersect(same)).toBe(all);
    expect(all.union(DaySet.of([2] as Day[]))).toBe(all);
    expect(all.minus(DaySet.of([3, 4] as Day[]))).toBe(all);
  });

  test('knows its days, and the run that each lies in', () => {
    fc.assert(
      fc.property(someDays, someDay, (days, day) => {
        const set = DaySet.of(days);
        expect(set.has(day)).toBe(days.includes(day));
        const run = [...set.ranges()].find(({ from, to }) => from <= day && day <= to);
        expect(set.rangeAt(day)).toEqual(run);
      }),
    );
  });

  test('cuts to a range', () => {
    fc.assert(
      fc.property(someDays, someRange, (days, range) => {
        expect([...DaySet.of(days).within(range)]).toEqual(
          sorted(days).filter(day => day >= range.from && day <= range.to),
        );
      }),
    );
  });

  test('equals another by its days', () => {
    fc.assert(
      fc.property(someDays, someDays, (first, second) => {
        expect(DaySet.of(first).equals(DaySet.of(second))).toBe(
          JSON.stringify(sorted(first)) === JSON.stringify(sorted(second)),
        );
        expect(DaySet.of(first).equals(DaySet.of(first))).toBe(true);
      }),
    );
  });
});
