// Stale dates by their cause, against a naive model: a date is stale when anything in its look-back was written after it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { staleCauses } from '../../../src/coverage/stale';
import { lastWriteFigure } from '../../../src/facts/request';
import { type Day, addDays } from '../../../src/model/day';
import { NO_STRAYS, type TableReading } from '../../../src/model/facts';
import { figureId } from '../../../src/model/figures';
import type { Dependency, TableSource } from '../../../src/pipeline/pipeline';
import { day } from '../checks/evidence';

const FIRST = day('2024-01-01');
const written = { column: 'w', timezone: 'UTC' };
const source = (name: string): TableSource => ({
  name,
  location: { kind: 'target' },
  date: { column: 'd', timezone: undefined },
  dated: true,
  columns: new Map(),
  written,
});
const dependency = (lookbackDays: number): Dependency => ({
  table: 'up',
  lookbackDays,
  coverage: 1,
  stale: 'warn',
  optional: false,
  source: { file: 'phasegate.yaml', line: 1 },
});

/** A table whose dates were last written at these times; `null`: the date holds no rows. */
function reading(times: readonly (number | null)[]): TableReading {
  const there = times.flatMap((time, i) => (time === null ? [] : [{ day: addDays(FIRST, i), time }]));
  return {
    state: 'measured',
    facts: {
      table: 't',
      dated: true,
      range: { from: FIRST, to: addDays(FIRST, times.length) },
      days: there.map(each => each.day),
      rows: there.map(() => 1),
      values: new Map([[figureId(lastWriteFigure(written)), there.map(each => each.time)]]),
      unmeasured: new Map(),
      unread: new Map(),
      strays: NO_STRAYS,
      measuredAt: 0,
    },
  };
}

const stale = (own: readonly (number | null)[], up: readonly (number | null)[], lookback: number): readonly Day[] =>
  staleCauses(source('t'), reading(own), [
    { dependency: dependency(lookback), source: source('up'), reading: reading(up) },
  ]).flatMap(cause => [...cause.dates]);

describe('a date', () => {
  it('is stale when a date that it looks back to was written later', () => {
    expect(stale([5, 5, 5, 5], [1, 9, 1, 1], 1)).toEqual([addDays(FIRST, 1), addDays(FIRST, 2)]);
  });
  it('is not stale when both were written in the same moment', () => {
    expect(stale([5, 5], [5, 5], 1)).toEqual([]);
  });
  it('is told by its cause: which dates of the other table, and when', () => {
    const [cause] = staleCauses(source('t'), reading([5, 5, 5, 5]), [
      { dependency: dependency(3), source: source('up'), reading: reading([1, 9, 7, 1]) },
    ]);
    expect(cause?.newest).toBe(9);
    expect([...(cause?.written ?? [])]).toEqual([addDays(FIRST, 1)]);
  });

  it('is stale exactly when the naive model says so', () => {
    const times = fc.array(fc.option(fc.integer({ min: 0, max: 6 })), { minLength: 0, maxLength: 25 });
    fc.assert(
      fc.property(times, times, fc.integer({ min: 0, max: 8 }), (own, up, lookback) => {
        const naive = own.flatMap((time, i) =>
          time !== null && up.some((its, j) => its !== null && j <= i && j >= i - lookback && its > time)
            ? [addDays(FIRST, i)]
            : [],
        );
        expect(stale(own, up, lookback)).toEqual(naive);
      }),
    );
  });
});
