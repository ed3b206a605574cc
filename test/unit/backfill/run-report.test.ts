// What a run came to: what was short, what is there now, what failed and why; and that a rewrite which spoils dates does not hide it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlanOptions } from '../../../src/backfill/plan';
import { type RunReport, type SeasonChange, runReport } from '../../../src/backfill/run-report';
import { formatDay } from '../../../src/model/day';
import type { Report, SeasonGrid } from '../../../src/model/report';
import type { RunEvent } from '../../../src/runs/events';
import { runState } from '../../../src/runs/run-state';
import { reportOf } from '../print/report';
import {
  after,
  chunkEnded,
  chunkStarted,
  gate,
  judged,
  note,
  runStarted,
  stepEnded,
  stepStarted,
} from '../runs/journals';
import { FIRST, daysIn, pipelineOf } from './pipelines';
import { planOf } from './plans';

const PIPELINE = pipelineOf(`
jobs:
  teams: { command: ["\${python}", teams.py], dates: { list: --dates } }
  players: { sql: players.sql }
phases: [{ id: 1, tables: [{ name: l.teams, job: teams }, { name: l.players, job: players, dependsOn: [l.teams] }] }]
`);

/** The last validation, in which the teams stand as these seasons say. */
function validation(seasons: readonly SeasonGrid[]): Report {
  const last = reportOf('validate');
  const [coverage] = last.coverage;
  return { ...last, coverage: coverage === undefined ? [] : [{ ...coverage, table: 'l.teams', seasons }] };
}

function report(
  before: string,
  events: readonly RunEvent[],
  given: { readonly validation?: Report; readonly options?: Partial<PlanOptions> } = {},
): RunReport {
  const plan = planOf(PIPELINE, { teams: before, players: 'mm' }, given);
  return runReport({
    run: '20240201T090000-teams',
    plan,
    state: runState(plan, events),
    end: { state: 'failed', message: '1 step of 2 not done' },
    endedAt: after(3600),
    validation: given.validation,
  });
}

const EVENTS: readonly RunEvent[] = [
  runStarted(0),
  stepStarted(1, 'teams'),
  gate(2, 'teams'),
  chunkStarted(10, 'teams', ['2024-01-01', '2024-01-02', '2024-01-03']),
  chunkEnded(70, 'teams', { reported: { rows: 48, dates: 3 } }),
  judged(71, 'teams', {
    done: ['2024-01-01'],
    failed: [['2024-01-02', 'ended with 0 and wrote 2 of 16 teams']],
    needsSomeone: [['2024-01-03', 'holds new rows beside old ones']],
    rows: 16,
    statements: 2,
  }),
  note(72, 'the first attempt was slow', 'teams'),
  stepEnded(81, 'teams', { state: 'failed', message: '2 dates of 3 not done' }),
  stepEnded(82, 'players', { state: 'blocked', message: 'needs teams, which failed' }),
];

describe('the report of a run', () => {
  test('tells when it was, what it cost, and what its steps came to', () => {
    expect(report('mmp', EVENTS)).toMatchObject({
      schema: 'phasegate.run/1',
      run: '20240201T090000-teams',
      pipeline: 'league',
      target: 'local',
      state: 'failed',
      message: '1 step of 2 not done',
      startedAt: '2024-02-01T09:00:00.000Z',
      endedAt: '2024-02-01T10:00:00.000Z',
      ms: 3_600_000,
      commit: 'abc1234',
      python: '/w/.venv/bin/python',
      notes: ['teams: the first attempt was slow'],
      cost: { readBacks: 1, statements: 2, words: 'not applicable (duckdb)' },
      validation: null,
    });
  });

  test('tells of each step what was short, what became of it, and what its job said of itself', () => {
    expect(report('mmp', EVENTS).steps[0]).toEqual({
      id: 'teams',
      table: 'l.teams',
      state: 'failed',
      message: '2 dates of 3 not done',
      planned: 3,
      why: { missing: 2, partial: 1 },
      done: 1,
      failed: [['2024-01-02', 'ended with 0 and wrote 2 of 16 teams']],
      needsSomeone: [['2024-01-03', 'holds new rows beside old ones']],
      rows: 16,
      reportedRows: 48,
      ms: 80_000,
      seasons: [],
    });
    expect(report('mmp', EVENTS).steps[1]).toMatchObject({
      state: 'blocked',
      done: 0,
      rows: 0,
      reportedRows: null,
      ms: 0,
    });
  });

  test('of a run that began nothing says so, and takes no time', () => {
    const { steps, ms, commit, python } = report('mmp', []);
    expect(steps.map(({ state }) => state)).toEqual(['waiting', 'waiting']);
    expect([ms, commit, python]).toEqual([0, null, null]);
  });

  test('keeps what the plan left out', () => {
    expect(report('mus', EVENTS).excluded).toEqual([
      {
        table: 'l.teams',
        ranges: [['2024-01-02', '2024-01-02']],
        count: 1,
        reason: 'unknown: a.csv line 3 could not be read',
        open: 'unknown',
      },
    ]);
  });
});

describe('how a season stood before and stands now', () => {
  /** A season of the letters, which stood otherwise before. */
  const change = (before: string, now: string, options: Partial<PlanOptions> = {}): SeasonChange | undefined =>
    report(before, [], {
      options,
      validation: validation([
        {
          season: '2023-24',
          expected: [...now].filter(letter => letter !== 'o').length,
          covered: [...now].filter(letter => 'cs'.includes(letter)).length,
          from: formatDay(FIRST),
          days: now,
        },
      ]),
    }).steps[0]?.seasons[0];

  test.each<[string, string, string, Partial<PlanOptions>, readonly [number, number]]>([
    ['what is there now was missing', 'cmmc', 'cccc', {}, [2, 4]],
    ['what is there now was partial or wrong', 'cpdc', 'cccc', {}, [2, 4]],
    ['what failed is as short as it was', 'cmmc', 'ccmc', {}, [2, 3]],
    ['off-days count for nothing', 'omoc', 'ococ', {}, [1, 2]],
    ['dates of which nothing was planned are as they were', 'ccum', 'ccuc', {}, [2, 3]],
    ['what was rebuilt was there before', 'cccc', 'cccc', { rebuild: true }, [4, 4]],
    ['what was rebuilt and is broken now was there before', 'cccc', 'ccpm', { rebuild: true }, [4, 2]],
    ['what was short is there, and what was there is broken', 'mccc', 'cccp', { rebuild: true }, [3, 3]],
    ['what is there now may be stale', 'mccc', 'sccc', {}, [3, 4]],
  ])('where %s', (_what, before, now, options, [was, is]) => {
    expect(change(before, now, options)).toMatchObject({ season: '2023-24', before: was, after: is });
  });

  test('is told by the dates themselves: whatever they were and whatever they are now', () => {
    const letter = fc.constantFrom('c', 'm', 'p', 'd');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(letter, letter), { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        (days, rebuild) => {
          // What was complete and is not planned cannot change by the run.
          const now = `m${days.map(([was, is]) => (was === 'c' && !rebuild ? 'c' : is)).join('')}`;
          const before = `m${days.map(([was]) => was).join('')}`;
          expect(change(before, now, { rebuild })?.before).toBe(daysIn(before, 'c').size);
        },
      ),
    );
  });

  test('is told for each season by its own dates', () => {
    const { steps } = report('cmmmmc', EVENTS, {
      validation: validation([
        { season: 'first', expected: 3, covered: 3, from: '2024-01-01', days: 'ccc' },
        { season: 'second', expected: 3, covered: 2, from: '2024-01-04', days: 'mcc' },
      ]),
    });
    expect(steps[0]?.seasons).toEqual([
      { season: 'first', expected: 3, before: 1, after: 3 },
      { season: 'second', expected: 3, before: 1, after: 2 },
    ]);
  });
});
