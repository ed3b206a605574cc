// What changed between two reports of the same question.
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/model/outcome';
import type { Report } from '../../../src/model/report';
import { changeLines, trendText } from '../../../src/print/words';
import { asksTheSame, historyOf } from '../../../src/validation/compare';
import { reportOf } from '../print/report';

const AT = '2026-01-04T09:00:00.000Z';

/** A report in which results have these outcomes and shares. */
function reported(results: Readonly<Record<string, readonly [Outcome, number]>>): Report {
  const base = reportOf('validate');
  return {
    ...base,
    coverage: [],
    results: Object.entries(results).map(([id, [outcome, share]]) => ({
      id,
      gate: 'validate',
      table: 't',
      check: 'not_null',
      outcome,
      value: { part: share * 100, whole: 100, share },
      message: `${id} said so`,
    })),
  };
}

describe('a report beside the one before', () => {
  const before = reported({ a: ['pass', 1], b: ['fail', 0.44], c: ['warn', 0.9], d: ['pass', 1] });
  const now = reported({ a: ['fail', 0.5], b: ['pass', 0.99], c: ['warn', 0.91], e: ['error', 0] });
  const history = historyOf(now, [{ at: AT, report: before }]);

  it('names what is new, worse, mended and gone, and nothing else', () => {
    expect(history?.changes.map(({ id, was, is }) => [id, was, is])).toEqual([
      ['a', 'pass', 'fail'],
      ['b', 'fail', 'pass'],
      ['e', undefined, 'error'],
      ['d', 'pass', undefined],
    ]);
  });
  it('says so worst first', () => {
    expect(changeLines({ ...now, history: history ?? { since: AT, changes: [], trends: {} } })).toEqual([
      'Since the report of 2026-01-04 09:00 UTC: 4 changes',
      '  new → error  e: e said so',
      '  pass → fail  a: a said so',
      '  fail → pass  b: b said so',
      '  pass → gone  d: d said so',
    ]);
  });
  it('has a trend where a value was measured before', () => {
    const [, mended] = now.results;
    if (mended === undefined || history === undefined) throw new Error('no result');
    expect(trendText(mended, { ...now, history })).toBe('44.0 % → 99.0 %');
    expect(history.trends['e']).toBeUndefined();
  });
  it('that is the same says that nothing changed', () => {
    const same = historyOf(before, [{ at: AT, report: before }]);
    expect(changeLines({ ...before, history: same ?? { since: '', changes: [], trends: {} } })).toEqual([
      'Since the report of 2026-01-04 09:00 UTC: nothing changed',
    ]);
  });
  it('is compared with none of another question', () => {
    expect(asksTheSame(now, { ...before, target: 'prod' })).toBe(false);
    expect(asksTheSame(now, { ...before, command: 'preflight' })).toBe(false);
    expect(historyOf(now, [])).toBeUndefined();
  });
});
