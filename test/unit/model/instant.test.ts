// Instants as text: as people read them, whatever a warehouse holds.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatInstant, isoInstant } from '../../../src/model/instant';

test.each<[number | string, 'minutes' | 'seconds', string]>([
  ['2026-01-04T09:30:59.000Z', 'minutes', '2026-01-04 09:30 UTC'],
  ['2026-01-04T09:30:59.999Z', 'seconds', '2026-01-04 09:30:59 UTC'],
  [0, 'minutes', '1970-01-01 00:00 UTC'],
  [-1, 'seconds', '1969-12-31 23:59:59 UTC'],
  [Date.UTC(9999, 11, 31, 23, 59), 'minutes', '9999-12-31 23:59 UTC'],
  [Date.UTC(10_000, 0, 1), 'minutes', '+010000-01-01 00:00 UTC'],
  [9_215_576_668_800_000, 'minutes', '+275760-09-13 00:00 UTC'], // a TIMESTAMP of DuckDB: the year 294000
])('%s to the %s: %s', (at, to, text) => {
  expect(formatInstant(at, to)).toBe(text);
});

test('every number is an instant, in its order', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
      const [first, last] = [Math.min(a, b), Math.max(a, b)].map(each => Date.parse(isoInstant(each)));
      expect(first).toBeLessThanOrEqual(last ?? Number.NaN);
    }),
  );
});
