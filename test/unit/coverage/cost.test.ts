// What coverage costs grows with tables and with runs of days, not faster. Ratios only: how fast the machine is does not matter.
import { expect, test } from 'vitest';
import { coverTables, makeTables } from '../../../bench/coverage-scene';
import { type Day, civilDay } from '../../../src/model/day';
import { DaySet } from '../../../src/model/day-set';

const ROUNDS = 15;
/** Twice the work may take this many times as long. */
const MOST = 2.6;

/** How many times as long the larger work takes, by the best of several rounds in turn: whatever else runs only ever adds time. */
function ratioOf(smaller: () => unknown, larger: () => unknown): number {
  const best = { smaller: Infinity, larger: Infinity };
  const time = (work: () => unknown): number => {
    const start = performance.now();
    work();
    return performance.now() - start;
  };
  for (let round = 0; round < ROUNDS; round++) {
    best.smaller = Math.min(best.smaller, time(smaller));
    best.larger = Math.min(best.larger, time(larger));
  }
  return best.larger / best.smaller;
}

test('twice the tables cost about twice as much', () => {
  const tables = makeTables(1600);
  const half = tables.slice(0, 800);
  expect(
    ratioOf(
      () => coverTables(half),
      () => coverTables(tables),
    ),
  ).toBeLessThan(MOST);
});

test('sets with twice the runs cost about twice as much', () => {
  const start = civilDay(2000, 1, 1);
  const every = (step: number, runs: number): DaySet =>
    DaySet.of(Array.from({ length: runs }, (_, i) => (start + i * step) as Day));
  const work = (runs: number): (() => unknown) => {
    const [a, b] = [every(2, runs), every(3, runs)];
    return () => Array.from({ length: 50 }, () => [a.union(b), a.intersect(b), a.minus(b)]);
  };
  expect(ratioOf(work(5000), work(10_000))).toBeLessThan(MOST);
});

test('a length of days costs nothing: a century is one run', () => {
  const century = DaySet.range(civilDay(1950, 1, 1), civilDay(2049, 12, 31));
  const gap = DaySet.range(civilDay(2000, 1, 1), civilDay(2000, 12, 31));
  expect(century.minus(gap).rangeCount).toBe(2);
  expect(century.minus(gap).union(gap).equals(century)).toBe(true);
});
