// A report that holds one of everything: every outcome, every state, accepted findings, text that would like to be markup.
import type { CoverageReport, Report, Result } from '../../../src/model/report';

const SOURCE = { file: 'phasegate.yaml', line: 61, column: 9 };
const NONE = { unknown: 0, missing: 0, partial: 0, degraded: 0, stale: 0, complete: 0 };
const EXCLUDED = { 'off-day': 4, 'not-yet-due': 1, 'known-gap': 0, bootstrap: 0 };

function table(name: string, more: Partial<CoverageReport>): CoverageReport {
  return {
    table: `league.${name}`,
    phase: '3',
    outcome: 'pass',
    message: '',
    days: 15,
    expected: 10,
    counts: { ...NONE, complete: 10 },
    excluded: EXCLUDED,
    unexpected: 0,
    unexpectedDates: [],
    accepted: {},
    share: 1,
    maximum: { expected: 10, scheduled: 10, share: 1 },
    states: [],
    seasons: [],
    source: SOURCE,
    ...more,
  };
}

const result = (more: Partial<Result> & Pick<Result, 'outcome' | 'message'>): Result => ({
  id: `league.players/${more.check ?? 'not_null'}`,
  gate: 'validate',
  table: 'league.players',
  check: 'not_null',
  source: SOURCE,
  ...more,
});

/** @param command decides what stands first: `preflight` and `check` begin with the verdict */
export function reportOf(command: string): Report {
  return {
    schema: 'phasegate.report/1',
    command,
    pipeline: 'sample',
    target: 'local',
    verdict: 'error',
    asOf: '2026-01-04',
    asOfFrom: 'manifest',
    from: '2025-12-21',
    to: '2026-01-04',
    phases: [
      { id: '3', name: 'Analytics', tables: ['league.players', 'league.teams', 'league.defence', 'league.broken'] },
      { id: '4', name: 'Precompute', tables: ['league.factors'] },
    ],
    results: [
      result({
        outcome: 'error',
        check: 'expression',
        message: 'the engine refused it: no function nonsense(VARCHAR)',
      }),
      result({
        outcome: 'fail',
        column: 'usage_rate',
        value: { part: 44, whole: 100, share: 0.44 },
        threshold: { op: '>=', value: 0.95, per: 'season', source: SOURCE },
        dates: {
          count: 4,
          ranges: [
            ['2025-12-22', '2025-12-24'],
            ['2026-01-01', '2026-01-01'],
          ],
        },
        examples: [{ date: '2026-01-01', reason: 'usage_rate is filled in 0.0 % of 155 rows' }],
        message: 'usage_rate is filled in 44.0 % of 100 rows with minutes > 0; 95 % are asked for',
      }),
      result({ outcome: 'warn', check: 'unique', message: '<b>2</b> of 16 rows repeat a key (a|b, `c`)' }),
      result({ outcome: 'skipped', check: 'range', column: 'points', message: 'the table is not there yet' }),
      result({ outcome: 'pass', check: 'row_count', message: '1,234 rows; at least 1,000 are asked for' }),
      result({
        outcome: 'fail',
        check: 'range',
        column: 'minutes',
        message: '1 row is outside 0 … 70',
        accepted: { reason: 'four overtimes', until: '2026-06-30', source: { file: 'phasegate.yaml', line: 99 } },
      }),
    ],
    coverage: [
      table('players', {
        outcome: 'fail',
        counts: { ...NONE, unknown: 1, missing: 2, partial: 2, degraded: 1, stale: 1, complete: 3 },
        share: 0.4,
        states: [
          ['2025-12-22', '2025-12-22', 'partial', '2 of 16 teams'],
          ['2025-12-23', '2025-12-24', 'missing', ''],
          ['2025-12-25', '2025-12-25', 'degraded', 'usage_rate is filled in 12.0 % of 140 rows'],
          ['2025-12-26', '2025-12-26', 'stale', 'upstream written 6 h later'],
          ['2025-12-27', '2025-12-27', 'unknown', 'a.csv line 3 could not be read'],
          ['2026-01-01', '2026-01-01', 'partial', '7 of 14 teams'],
        ],
        seasons: [{ season: '2025-26', expected: 10, covered: 4, from: '2025-12-21', days: 'cpmdsuobkn' }],
        lastWrite: '2026-01-03T23:10:00.000Z',
      }),
      table('teams', { accepted: { degraded: 1 }, counts: { ...NONE, complete: 9, degraded: 1 } }),
      table('defence', {
        outcome: 'warn',
        unexpected: 2,
        unexpectedDates: [['2025-12-28', '2025-12-29']],
        share: 0.9996,
        counts: { ...NONE, complete: 2499, missing: 1 },
        expected: 2500,
        states: [['2025-12-30', '2025-12-30', 'missing', '']],
      }),
      table('broken', {
        outcome: 'error',
        counts: { ...NONE, unknown: 10 },
        share: 0,
        states: [['2025-12-21', '2026-01-03', 'unknown', 'the file is locked by process 4711']],
      }),
      table('factors', {
        phase: '4',
        outcome: 'fail',
        expected: 8,
        counts: { ...NONE, missing: 8 },
        excluded: { ...EXCLUDED, bootstrap: 2 },
        share: 0,
        maximum: { expected: 8, scheduled: 10, share: 0.8 },
        states: [['2025-12-23', '2026-01-03', 'missing', '']],
      }),
    ],
    next: [{ command: 'phasegate preflight players', why: 'the first table that is short' }],
    cost: { statements: 5, lookups: 3, bytes: null, bytesKnown: false, ms: 61 },
  };
}
