// Findings beside the code: where each stands, what it says, and when it goes.
import { describe, expect, test } from 'vitest';
import { type FindingsInput, findingsOf } from '../../../src/language/source-findings';
import { trendStrip } from '../../../src/language/source-hovers';
import type { Report, Result } from '../../../src/model/report';

const MANIFEST = 'version: 1\nphases:\n  - tables:\n      - name: raw.t # the table\n        checks: []\n';

const TABLE = {
  source: { file: 'phasegate.yaml', line: 4 },
  checks: [{ id: 'not_null/usage', source: { file: 'phasegate.yaml', line: 5 } }],
};

const ACCEPTED = [{ table: 'raw.t', source: { file: 'phasegate.yaml', line: 3 } }];

const RESULT: Result = {
  id: 'raw.t/not_null/usage',
  gate: 'validate',
  table: 'raw.t',
  check: 'not_null',
  column: 'usage',
  outcome: 'fail',
  message: 'usage is filled in 12.0 % of 100 rows; 95 % are asked for per date',
  threshold: { op: '>=', value: 0.95, per: 'date', source: { file: 'phasegate.yaml', line: 5 } },
  dates: { count: 2, ranges: [['2024-01-01', '2024-01-02']] },
  measuredAt: '2024-01-03T10:00:00.000Z',
  source: { file: 'phasegate.yaml', line: 4 },
};

const SOURCE = 'row = {\n  "usage": 1,\n}\n';
const PLACE = { file: 'p.py', line: 2, from: SOURCE.indexOf('usage'), to: SOURCE.indexOf('usage') + 5 };

function manifestWith(checks: (typeof TABLE)['checks']): FindingsInput['manifest'] {
  return {
    file: 'phasegate.yaml',
    text: MANIFEST,
    pipeline: { tables: new Map([['raw.t', { ...TABLE, checks }]]), accepted: ACCEPTED },
  };
}

function found(results: readonly Result[], options: Partial<FindingsInput> = {}) {
  return findingsOf({
    report: { results, phases: [{ id: '1', name: 'Raw', tables: ['raw.t'] }], coverage: [] } as unknown as Report,
    manifest: manifestWith(TABLE.checks),
    lineOf: () => PLACE,
    textOf: () => SOURCE,
    changedAt: () => Date.parse('2024-01-01T00:00:00Z'),
    ...options,
  });
}

describe('a failing check', () => {
  test('stands at the name of its column, with its figure, dates and threshold', () => {
    const [finding] = found([RESULT]).get('p.py') ?? [];
    expect(finding).toMatchObject({
      range: { start: { line: 1, character: 3 }, end: { line: 1, character: 8 } },
      severity: 1,
      code: 'not_null usage',
      threshold: { file: 'phasegate.yaml', line: 5 },
      data: {
        finding: {
          table: 'raw.t',
          check: 'not_null/usage',
          words: 'not_null/usage',
          ranges: [['2024-01-01', '2024-01-02']],
        },
      },
    });
    expect(finding?.message).toBe(
      't not_null usage: usage is filled in 12.0 % of 100 rows; 95 % are asked for per date\n2024-01-01 → 2024-01-02\nasked by phasegate.yaml:5',
    );
  });

  test('stands at its line of the manifest where no line computes it, or its file has vanished', () => {
    for (const options of [
      { lineOf: () => undefined },
      { textOf: () => undefined },
    ] satisfies Partial<FindingsInput>[]) {
      const all = found([RESULT], options);
      expect([...all.keys()]).toEqual(['phasegate.yaml']);
      expect(all.get('phasegate.yaml')?.[0]?.range).toEqual({
        start: { line: 4, character: 8 },
        end: { line: 4, character: 18 },
      });
    }
  });

  test('stands where its check is declared now, and nowhere when it is declared no more', () => {
    const declaredAt = (checks: Parameters<typeof manifestWith>[0]): unknown =>
      found([RESULT], { lineOf: () => undefined, manifest: manifestWith(checks) }).get('phasegate.yaml')?.[0];
    expect(declaredAt([{ id: 'not_null/usage', source: { file: 'phasegate.yaml', line: 2 } }])).toMatchObject({
      range: { start: { line: 1, character: 0 } },
      message: expect.stringContaining('asked by phasegate.yaml:2') as string,
    });
    expect(declaredAt([])).toBeUndefined();
  });

  test('of the table itself stands at the table', () => {
    const unread: Result = {
      id: 'raw.t/readable',
      gate: 'validate',
      table: 'raw.t',
      check: 'readable',
      outcome: 'error',
      message: 'no',
    };
    expect(found([unread]).get('phasegate.yaml')?.[0]?.range.start).toEqual({ line: 3, character: 6 });
  });

  test.each([
    ['where the acceptance is that it is about', 3, 2],
    ['at the table where that has gone', 2, 3],
  ])('of an acceptance that covers nothing stands %s', (_, declared, line) => {
    const idle: Result = {
      id: 'raw.t/accepted/not_null/usage',
      gate: 'validate',
      table: 'raw.t',
      check: 'accepted',
      outcome: 'warn',
      message: 'nothing is found any more',
      source: { file: 'phasegate.yaml', line: declared },
    };
    expect(found([idle]).get('phasegate.yaml')?.[0]?.range.start.line).toBe(line);
  });

  test.each(['rows', 'row_count', 'unique'])('of %s stands at its check: no line of a column writes rows', check => {
    const id = `raw.t/${check}/usage`;
    const checks = [{ id: `${check}/usage`, source: { file: 'phasegate.yaml', line: 5 } }];
    const all = found([{ ...RESULT, id, check }], { manifest: manifestWith(checks) });
    expect([...all.keys()]).toEqual(['phasegate.yaml']);
  });

  test('says that it was measured before its file was changed', () => {
    const [finding] = found([RESULT], { changedAt: () => Date.parse('2024-01-03T11:00:00Z') }).get('p.py') ?? [];
    expect(finding?.message).toContain('measured 2024-01-03 10:00 UTC, before this file was changed');
  });

  test.each([
    ['warn', 2],
    ['error', 1],
  ] as const)('that is %s has severity %i', (outcome, severity) => {
    expect(found([{ ...RESULT, outcome }]).get('p.py')?.[0]?.severity).toBe(severity);
  });
});

test.each([
  ['passes', { ...RESULT, outcome: 'pass' }],
  ['was skipped', { ...RESULT, outcome: 'skipped' }],
  [
    'is accepted',
    { ...RESULT, accepted: { reason: 'known', until: undefined, source: { file: 'phasegate.yaml', line: 9 } } },
  ],
  ['is about a phase', { ...RESULT, id: 'phase 3/complete', table: 'phase 3' }],
] as const)('a check that %s is no finding', (_, result) => {
  expect(found([result]).size).toBe(0);
});

test.each([
  [[], ''],
  [[0.5], ''],
  [[0, 0.5, 1], '▁▅█'],
  [[1, 1], '██'],
  [[10, 20, 40], '▃▅█'],
  [[0, 0], '▁▁'],
] as const)('the trend %j is drawn as %j', (values, strip) => {
  expect(trendStrip([...values])).toBe(strip);
});
