// Shares as people read them: never rounded to all where something is missing, nor to none where something is there.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countOf, formatCount, formatShare, formatThreshold } from '../../../src/model/percent';

describe('a share', () => {
  test.each([
    [44590, 101342, '44.0 %'],
    [1, 3, '33.3 %'],
    [918, 918, '100.0 %'],
    [9999, 10000, '99.9 %'],
    [1_000_000, 1_000_001, '99.9 %'],
    [1, 1_000_000, '0.1 %'],
    [0, 5, '0.0 %'],
    [0, 0, '–'],
    [927, 918, '101.0 %'],
    [1_000_001, 1_000_000, '100.1 %'],
  ])('%i of %i is %s', (part, whole, text) => {
    expect(formatShare(part, whole)).toBe(text);
  });

  test('reads 100.0 % only of all and 0.0 % only of nothing, whatever the numbers', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1 }), (part, whole) => {
        expect(formatShare(part, whole) === '100.0 %').toBe(part === whole);
        expect(formatShare(part, whole) === '0.0 %').toBe(part === 0);
      }),
    );
  });
});

test.each([
  [0.95, '95 %'],
  [0.995, '99.5 %'],
  [1, '100 %'],
  [0.07, '7 %'],
])('a threshold of %d is shown as it was meant: %s', (share, text) => {
  expect(formatThreshold(share)).toBe(text);
});

test.each([
  [1, '1 date'],
  [0, '0 dates'],
  [1204, '1,204 dates'],
])('%i dates are counted as %s', (count, text) => {
  expect(countOf(count, 'date')).toBe(text);
});

describe('a count', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [119_632, '119,632'],
    [-1234.5, '-1,234.5'],
    [4.2704, '4.27'],
    [-0.0001, '0'],
    [1e15, '1,000,000,000,000,000'],
    [Infinity, '∞'],
  ])('%s reads as %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });
});
