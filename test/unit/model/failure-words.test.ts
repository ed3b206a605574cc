// A failing check as a test says it: the figures that fail against what was asked of them, and the dates.
import { describe, expect, test } from 'vitest';
import { failureWords } from '../../../src/model/failure-words';
import type { MeasuredValue, Result, Threshold } from '../../../src/model/report';

const SOURCE = { file: 'phasegate.yaml', line: 12 };
const SHARE: MeasuredValue = { part: 99_620, whole: 101_342, share: 99_620 / 101_342 };
const least = (value: number, per: Threshold['per']): Threshold => ({ op: '>=', value, per, source: SOURCE });
const reason = (share: string): string => `usage is filled in ${share} of 1,204 rows`;
const DATES: Result['dates'] = {
  count: 19,
  ranges: [
    ['2024-11-11', '2024-11-20'],
    ['2024-11-25', '2024-12-01'],
    ['2024-12-03', '2024-12-03'],
    ['2024-12-05', '2024-12-05'],
  ],
};
const DATES_WORDS = '19 dates: 2024-12-05, 2024-12-03, 2024-11-25 → 2024-12-01, 2024-11-11 → 2024-11-20';

function words(result: Partial<Result>): ReturnType<typeof failureWords> {
  return failureWords({
    id: 'raw.t/c',
    gate: 'validate',
    table: 'raw.t',
    check: 'c',
    outcome: 'fail',
    message: 'it fails',
    ...result,
  });
}

describe('what is asked for per date', () => {
  test('is held against the worst of the dates that fail, and not against all of them', () => {
    const found = words({
      value: SHARE,
      threshold: least(0.95, 'date'),
      dates: DATES,
      examples: [
        { date: '2024-11-30', reason: reason('12.5 %') },
        { date: '2024-12-01', reason: reason('0.0 %') },
        { date: '2024-12-03', reason: reason('91.4 %') },
        { date: '2024-12-05', reason: reason('90.0 %') },
      ],
    });
    expect(found).toEqual({
      text: `it fails\n${DATES_WORDS}`,
      expected: 'at least 95 % per date (phasegate.yaml:12)',
      actual: `0.0 % on 2024-12-01, 12.5 % on 2024-11-30, 90.0 % on 2024-12-05\n${DATES_WORDS}`,
    });
  });

  test('as a count says what its dates say', () => {
    const found = words({
      value: { count: 1204 },
      threshold: { op: '<=', value: 0, per: 'date', source: SOURCE },
      dates: { count: 1, ranges: [['2024-12-01', '2024-12-01']] },
      examples: [{ date: '2024-12-01', reason: '1,204 rows repeat a key' }],
    });
    expect(found.expected).toBe('at most 0 per date (phasegate.yaml:12)');
    expect(found.actual).toBe('2024-12-01: 1,204 rows repeat a key\n1 date: 2024-12-01');
  });

  test('where no date is told with its figure, nothing that holds is called wrong', () => {
    const found = words({ value: SHARE, threshold: least(0.95, 'date'), dates: DATES });
    expect(found).toEqual({ text: `it fails\n${DATES_WORDS}` });
  });
});

test('what is asked for per season is held against the seasons that are short', () => {
  const message =
    'usage is filled in 98.3 % of 101,342 rows with minutes > 0; 95 % are asked for per season, short in 2024-25 80.1 %, 2025-26 0.0 %; 3 are 0';
  expect(words({ value: SHARE, threshold: least(0.95, 'season'), message })).toMatchObject({
    expected: 'at least 95 % per season (phasegate.yaml:12)',
    actual: '2024-25 80.1 %, 2025-26 0.0 %',
  });
});

describe('what is asked for of all', () => {
  test.each<[MeasuredValue, Omit<Threshold, 'source'>, string, string]>([
    [SHARE, { op: '>=', value: 0.99, per: 'range' }, 'at least 99 %', '98.3 % (99,620 of 101,342)'],
    [{ count: 69_999 }, { op: '>=', value: 70_000, per: 'range' }, 'at least 70,000', '69,999'],
    [{ count: 3 }, { op: '==', value: 2, per: 'range' }, 'exactly 2', '3'],
    [{ count: 1204 }, { op: 'between', value: [1, 1000], per: 'range' }, 'from 1 to 1,000', '1,204'],
    [{ count: 3 }, { op: '<=', value: 2.5, per: 'season' }, 'at most 2.5 per season', '3'],
  ])('%j against %j', (value, threshold, expected, actual) => {
    expect(words({ value, threshold: { ...threshold, source: SOURCE } })).toEqual({
      text: 'it fails',
      expected: `${expected} (phasegate.yaml:12)`,
      actual,
    });
  });
});

test.each<[string, Partial<Result>, string]>([
  ['no figure', { threshold: least(0.95, 'date') }, 'it fails'],
  ['no threshold', { value: SHARE }, 'it fails'],
  [
    'many dates',
    { dates: { count: 1204, ranges: Array.from({ length: 8 }, (_, i) => [`2024-01-0${i + 1}`, `2024-01-0${i + 1}`]) } },
    'it fails\n1,204 dates: 2024-01-08, 2024-01-07, 2024-01-06, 2024-01-05, 2024-01-04 and 3 more',
  ],
])('of %s the message is told', (_, result, text) => {
  expect(words(result)).toEqual({ text });
});
