// How long a date takes, by what earlier runs of its job took: the middle and the quartiles, and never a guess from nothing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JobDuration, MOST_RUNS, durationOf, expectedPerDate, together } from '../../../src/backfill/durations';

describe('the duration of a job in a run', () => {
  test('is the median of its dates with their quartiles: one slow command says little', () => {
    const chunks = [100, 110, 120, 130, 9000].map(ms => ({ ms, dates: 1 }));
    expect(durationOf(chunks)).toEqual({ ms: 120, low: 110, high: 130, dates: 5 });
  });

  test('shares a command’s time among its dates, so that a large command counts for more', () => {
    expect(
      durationOf([
        { ms: 1000, dates: 1 },
        { ms: 300, dates: 3 },
      ]),
    ).toEqual({ ms: 100, low: 100, high: 1000, dates: 4 });
  });

  test.each([
    ['no command', []],
    ['commands for no date', [{ ms: 500, dates: 0 }]],
  ])('is not known from %s', (_what, chunks) => {
    expect(durationOf(chunks)).toBeUndefined();
  });

  test('lies between the fastest and the slowest date, its quartiles around its middle', () => {
    const chunk = fc.record({ ms: fc.integer({ min: 0, max: 1e6 }), dates: fc.integer({ min: 0, max: 9 }) });
    fc.assert(
      fc.property(fc.array(chunk, { minLength: 1, maxLength: 20 }), chunks => {
        const duration = durationOf(chunks);
        const perDate = chunks.filter(({ dates }) => dates > 0).map(({ ms, dates }) => ms / dates);
        if (duration === undefined) {
          expect(perDate).toEqual([]);
          return;
        }
        const { ms, low, high, dates } = duration;
        expect(dates).toBe(chunks.reduce((sum, each) => sum + each.dates, 0));
        expect(low).toBeGreaterThanOrEqual(Math.min(...perDate));
        expect(ms).toBeGreaterThanOrEqual(low);
        expect(high).toBeGreaterThanOrEqual(ms);
        expect(high).toBeLessThanOrEqual(Math.max(...perDate));
      }),
    );
  });
});

describe('what a date is expected to take', () => {
  const run = (ms: number, dates = 10): Readonly<Record<string, JobDuration>> => ({
    job: { ms, low: ms / 2, high: ms * 2, dates },
  });

  test('is the mean of earlier runs, each as heavy as it had dates', () => {
    expect(expectedPerDate('job', [run(100, 30), run(200, 10)])).toEqual({ ms: 125, low: 62.5, high: 250 });
  });

  test('is told by the newest runs that know the job', () => {
    const runs = [run(100), {}, ...Array.from({ length: MOST_RUNS - 1 }, () => run(100)), run(9_000_000)];
    expect(expectedPerDate('job', runs)?.ms).toBe(100);
  });

  test('is not known of a job that never ran', () => {
    expect(expectedPerDate('other', [run(100)])).toBeUndefined();
    expect(expectedPerDate('job', [])).toBeUndefined();
    expect(expectedPerDate('job', [run(100, 0)])).toBeUndefined();
  });
});

describe('how long steps take together', () => {
  const step = (group: number, ms: number): Parameters<typeof together>[0][number] => ({
    group,
    expected: { ms, low: ms / 2, high: ms * 2 },
  });

  test.each([
    ['one after the other where only one may run', [step(1, 4000), step(1, 6000), step(2, 1000)], 1, 11_000],
    ['the longest of a group where all may run at once', [step(1, 4000), step(1, 6000), step(2, 1000)], 4, 7000],
    ['no less than their share of what may run at once', [step(1, 4000), step(1, 4000), step(1, 4000)], 2, 6000],
    ['nothing where there are none', [], 2, 0],
    ['without those of which nothing is known', [step(1, 4000), { group: 1, expected: undefined }], 1, 4000],
  ])('is %s', (_what, steps, atOnce, ms) => {
    expect(together(steps, { steps: atOnce })).toEqual({ ms, low: ms / 2, high: ms * 2 });
  });
});
