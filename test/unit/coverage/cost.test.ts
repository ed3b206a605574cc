// What coverage costs grows with tables and with runs of days, not faster. Ratios only: how fast the machine is does not matter.
import { expect, test } from 'vitest';
import { coverTables, makeTables } from '../../../bench/coverage-scene';
import { type Day, civilDay } from '../../../src/model/day';
import { DaySet } from '../../../src/model/day-set';

/** More rounds only take noise away: as many are made as it takes, at most so many. */
const MOST_ROUNDS = 80;
const LEAST_ROUNDS = 5;
/** The work in one piece may take this many times as long as in two halves: what grows with its square takes twice as long. */
const MOST = 1.6;

/** How many times as long a work takes as two of half its size, by the best of rounds in turn: whatever else runs only adds time. */
function ratioOf(half: () => unknown, whole: () => unknown): number {
  const best = { halves: Infinity, whole: Infinity };
  const time = (work: () => unknown): number => {
    const start = performance.now();
    work();
    return performance.now() - start;
  };
  const halves = (): void => {
    half();
    half();
  };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    best.halves = Math.min(best.halves, time(halves));
    best.whole = Math.min(best.whole, time(whole));
    if (round >= LEAST_ROUNDS && best.whole / best.halves < MOST) break;
  }
  return best.whole / best.halves;
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
