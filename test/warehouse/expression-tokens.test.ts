// Which columns a user's expression names, and which expressions may not be used at all.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOfExpression } from '../../src/warehouse/expression-tokens';

const LIVE = ['minutes', 'Points', 'date', 'select', 'my col'];
const of = (text: string, dialect: 'duckdb' | 'bigquery' = 'duckdb'): unknown => {
  const found = columnsOfExpression(text, LIVE, dialect);
  return found.ok ? [found.columns, found.absent] : 'refused';
};

describe('columnsOfExpression', () => {
  it.each<[string, unknown]>([
    ['minutes > 0', [['minutes'], []]],
    ['MINUTES > 0 AND points IS NOT NULL', [['minutes', 'Points'], []]],
    ['minuts > 0', [[], ['minuts']]],
    ['"my col" = \'minuts\'', [['my col'], []]],
    ['coalesce(minutes, 0) > 0', [['minutes'], []]],
    ['CAST(minutes AS date) > x', [['minutes'], ['x']]],
    ["date '2024-01-01' < date", [['date'], []]],
    ['minutes::double > 0 -- wrong', [['minutes'], []]],
    ['minutes /* x */ > 1e3', [['minutes'], []]],
    ['minutes > interval 3 day', [['minutes'], []]],
    ['select > 1', [['select'], []]],
  ])('%s', (text, expected) => {
    expect(of(text)).toEqual(expected);
  });

  it.each([
    'minutes > 0; DROP TABLE t',
    '(minutes',
    'minutes)',
    "minutes = 'x",
    'minutes /* ',
    'minutes IN (SELECT 1)',
  ])('refuses %s', text => {
    const found = columnsOfExpression(text, ['minutes'], 'duckdb');
    expect(found.ok).toBe(false);
  });

  it("knows BigQuery's quotes", () => {
    expect(of('`my col` = "minuts"', 'bigquery')).toEqual([['my col'], []]);
    expect(of(String.raw`minutes = 'it\'s'`, 'bigquery')).toEqual([['minutes'], []]);
  });

  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.string(), text => void columnsOfExpression(text, LIVE, 'duckdb')));
  });
});
