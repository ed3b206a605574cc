// A packed column says what a map of dates to values would.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DayColumn } from '../../../src/facts/day-column';
import type { Day } from '../../../src/model/day';

const change = fc.record({
  day: fc.integer({ min: 17_000, max: 21_000 }).map(day => day as Day),
  value: fc.oneof(fc.constant(null), fc.constant('forget' as const), fc.double({ noNaN: true })),
});

it('whatever is set and forgotten in whatever order', () => {
  fc.assert(
    fc.property(fc.array(change), changes => {
      const column = new DayColumn();
      const map = new Map<Day, number | null>();
      const positive = new Set<Day>();
      for (const { day, value } of changes) {
        if (value === 'forget') {
          column.delete(day);
          map.delete(day);
        } else {
          column.set(day, value);
          map.set(day, value);
          if (value !== null && value > 0) positive.add(day);
        }
      }
      expect([...column]).toEqual([...map].sort(([a], [b]) => a - b));
      expect(column.size).toBe(map.size);
      expect([...column.everPositive()]).toEqual([...positive].sort((a, b) => a - b));
      for (const { day } of changes) expect(column.get(day)).toBe(map.get(day));
      expect(column.get(16_000 as Day)).toBeUndefined();
    }),
  );
});
