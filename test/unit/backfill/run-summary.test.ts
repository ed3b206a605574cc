// How a run stands, as every surface shows it: what is done, what running commands claim, how fast it is and how long it will take.
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../src/backfill/plan';
import {
  type RunSummary,
  type StepSummary,
  type SummaryInput,
  runSummary,
  wrongDates,
} from '../../../src/backfill/run-summary';
import type { RunEvent } from '../../../src/runs/events';
import type { JobSaid } from '../../../src/runs/job-said';
import { runState } from '../../../src/runs/run-state';
import { day } from '../coverage/tables';
import {
  after,
  cancelAsked,
  chunkEnded,
  chunkStarted,
  chunkWaits,
  gate,
  judged,
  note,
  runEnded,
  runStarted,
  stepEnded,
  stepStarted,
} from '../runs/journals';
import { pipelineOf } from './pipelines';
import { type Asked, planOf } from './plans';

const PIPELINE = pipelineOf(`
jobs:
  teams: { command: [teams.sh], dates: { list: --dates } }
  players: { command: [players.sh], dates: { list: --dates } }
phases: [{ id: 1, tables: [{ name: l.teams, job: teams }, { name: l.players, job: players, dependsOn: [l.teams] }] }]
`);

/** Ten dates of teams, then four of players; a date is expected to take so many milliseconds. */
function plan(perDate: { readonly teams?: number; readonly players?: number } = {}): Plan {
  const jobs = Object.fromEntries(
    Object.entries(perDate).map(([name, ms]) => [name, { perDate: { ms, low: ms / 2, high: ms * 2 } }] as const),
  ) satisfies Asked['jobs'];
  return planOf(PIPELINE, { teams: 'mmmmmmmmmm', players: 'mmmmcccccc' }, { jobs });
}

const dates = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `2024-01-${String(from + i).padStart(2, '0')}`);

/** What a command says of itself: dates that are done, with so many rows. */
function said(done: readonly string[], more: Partial<JobSaid> = {}): JobSaid {
  return {
    done: done.map(day),
    failed: [],
    skipped: [],
    reported: done.length * 16,
    written: 0,
    blocked: 0,
    summary: false,
    traceback: false,
    fatal: false,
    ...more,
  };
}

function summary(events: readonly RunEvent[], given: Partial<SummaryInput> = {}): RunSummary {
  const made = given.plan ?? plan();
  return runSummary({
    id: '20240201T090000-teams',
    folder: '/w/.phasegate/runs/20240201T090000-teams',
    plan: made,
    state: runState(made, events),
    isOwned: true,
    progress: {},
    now: after(60),
    ...given,
  });
}

function step(run: RunSummary, id = 'teams'): StepSummary {
  const found = run.steps.find(each => each.id === id);
  if (found === undefined) throw new Error(`no step ${id}`);
  return found;
}

const BEGUN = [runStarted(0), stepStarted(1, 'teams'), gate(2, 'teams')];

describe('a run', () => {
  test('tells whose it is, what it is about and how much of it is done', () => {
    const run = summary([
      ...BEGUN,
      chunkStarted(10, 'teams', dates(1, 3)),
      chunkEnded(20, 'teams'),
      judged(21, 'teams', { done: dates(1, 2), failed: [['2024-01-03', 'wrote nothing']], rows: 32, statements: 2 }),
      note(22, 'took up process 12', 'teams'),
      note(23, 'the clock was set back'),
    ]);
    expect(run).toMatchObject({
      state: 'running',
      target: 'local',
      planned: 14,
      done: 2,
      pid: 4711,
      python: '/w/.venv/bin/python',
      commit: 'abc1234',
      readBacks: 1,
      statements: 2,
      notes: ['teams: took up process 12', 'the clock was set back'],
    });
    expect(step(run)).toMatchObject({
      planned: 10,
      rows: 32,
      counts: { waiting: 7, running: 0, written: 0, done: 2, failed: 1, 'needs-someone': 0 },
    });
  });

  test('says that somebody wants it to end', () => {
    expect(summary([...BEGUN, cancelAsked(3)]).cancelAsked).toBe(true);
  });

  test('tells how it ended, and then no time that is left', () => {
    const run = summary([...BEGUN, stepEnded(30, 'teams'), runEnded(31)]);
    expect(run).toMatchObject({
      state: 'done',
      endedAt: after(31),
      report: 'report.md',
      verdict: 'pass',
      left: undefined,
    });
  });
});

describe('a run whose runner is gone without a word', () => {
  const events = [...BEGUN, chunkStarted(10, 'teams', dates(1, 5)), chunkWaits(11, 'teams', { chunk: '2' })];
  const lost = summary([...events, judged(12, 'teams', { done: dates(6, 7) })], { isOwned: false, now: after(9000) });

  test('is lost, and says what to do', () => {
    expect(lost).toMatchObject({
      state: 'lost',
      message: 'its runner is gone without a word: resume it to go on with what is not proven',
      left: undefined,
    });
  });

  test('tells the commands that it left, for they may live; nothing of it has a speed, or time left, or waits', () => {
    expect(step(lost)).toMatchObject({
      state: 'running',
      running: [{ chunk: '1', pid: 99 }],
      waiting: [],
      rate: undefined,
      left: undefined,
    });
  });

  test('is none as soon as its journal has an end, whoever wrote that', () => {
    const run = summary(
      [...events, runEnded(100, { state: 'cancelled', message: 'cancelled when its runner had gone' })],
      {
        isOwned: false,
      },
    );
    expect(run.state).toBe('cancelled');
    expect(step(run)).toMatchObject({
      state: 'cancelled',
      message: 'cancelled when its runner had gone',
      running: [],
      waiting: [],
      left: { ms: 0 },
    });
    expect(step(run, 'players').state).toBe('waiting');
  });

  test('that has not begun waits for a minute: a runner may be about to; then it is lost', () => {
    expect(summary([], { isOwned: false }).state).toBe('waiting');
    expect(summary([], { isOwned: false, now: after(61) })).toMatchObject({
      state: 'lost',
      message: 'its runner never began, and nothing was run: resume it to begin',
    });
  });

  test('that has not begun waits where its name does not tell since when', () => {
    expect(summary([], { id: 'mine', isOwned: false, now: after(61) }).state).toBe('waiting');
  });
});

describe('what a running command says', () => {
  const events = [...BEGUN, chunkStarted(10, 'teams', dates(1, 4), { attempt: 2 })];
  const running = (says: JobSaid): StepSummary => step(summary(events, { progress: { teams: { 1: says } } }));

  test('stands beside what is done, and counts for nothing in it', () => {
    const { counts, claimed, running: commands } = running(said(dates(1, 2), { lastMessage: '2024-01-02: done' }));
    expect(counts.done).toBe(0);
    expect(claimed).toBe(2);
    expect(commands).toEqual([
      {
        chunk: '1',
        attempt: 2,
        from: '2024-01-01',
        to: '2024-01-04',
        dates: 4,
        shown: 'job.sh --dates 2024-01-01,2024-01-02,2024-01-03,2024-01-04',
        since: after(10),
        pid: 99,
        claimed: 2,
        claimedFailed: 0,
        claimedRows: 32,
        message: '2024-01-02: done',
      },
    ]);
  });

  test('is only counted of dates that it was asked for, each once, in its lines or its checkpoint', () => {
    const says = said(['2024-01-02', '2024-01-09'], { inCheckpoint: [day('2024-01-02'), day('2024-01-03')] });
    expect(running(says).claimed).toBe(2);
  });

  test('is not counted beside what the rows say of the same date', () => {
    const looked = [...events, judged(20, 'teams', { done: dates(1, 1), failed: [['2024-01-02', 'wrote nothing']] })];
    const run = summary(looked, { progress: { teams: { 1: said(dates(1, 3)) } } });
    expect(step(run)).toMatchObject({ claimed: 1, counts: { done: 1, failed: 1, running: 2 } });
  });

  test('of rows is unknown while it has called no date done', () => {
    expect(running(said([]))).toMatchObject({ claimed: 0, reportedRows: undefined });
    expect(running(said([])).running[0]?.claimedRows).toBeUndefined();
  });

  test('of rows is added to what ended commands said', () => {
    const ended = [
      chunkStarted(3, 'teams', dates(9, 9), { chunk: '2' }),
      chunkEnded(4, 'teams', { chunk: '2', reported: { rows: 20, dates: 1 } }),
    ];
    const run = summary([...BEGUN, ...ended, ...events.slice(-1)], { progress: { teams: { 1: said(dates(1, 2)) } } });
    expect(step(run).reportedRows).toBe(52);
  });

  test('is nothing when nobody has written it down yet', () => {
    expect(step(summary(events))).toMatchObject({ claimed: 0, reportedRows: undefined });
  });
});

describe('how fast a step is', () => {
  test('is told in dates a minute, from its first command on, by what ended and what running ones claim', () => {
    const events = [
      ...BEGUN,
      chunkStarted(10, 'teams', dates(1, 4)),
      chunkEnded(40, 'teams'),
      chunkStarted(40, 'teams', dates(5, 8)),
    ];
    const run = summary(events, { now: after(70), progress: { teams: { 1: said(dates(5, 6)) } } });
    expect(step(run).rate).toBe(6);
  });

  test('is unknown while nothing is done: parts that fail at once are no speed, and tell no time that is left', () => {
    const failing = [
      ...BEGUN,
      chunkStarted(10, 'teams', dates(1, 4)),
      chunkEnded(12, 'teams', { code: 1, problem: 'ended with 1' }),
      judged(13, 'teams', { failed: dates(1, 4).map(date => [date, 'wrote nothing'] as const) }),
    ];
    expect(step(summary(failing))).toMatchObject({ rate: undefined, left: undefined });
  });

  test('is unknown where nothing has ended and nothing is claimed', () => {
    expect(step(summary([...BEGUN, chunkStarted(10, 'teams', dates(1, 4))])).rate).toBeUndefined();
  });

  test('is not less because of the hours between two runners', () => {
    const events = [
      ...BEGUN,
      chunkStarted(10, 'teams', dates(1, 4)),
      chunkEnded(40, 'teams'),
      runStarted(90_000, { resumed: true }),
      stepStarted(90_001, 'teams'),
      gate(90_002, 'teams'),
      chunkStarted(90_010, 'teams', dates(5, 8)),
      chunkEnded(90_040, 'teams'),
    ];
    expect(step(summary(events, { now: after(90_070) })).rate).toBe(4);
  });
});

describe('how long a step will take', () => {
  const worked = [
    ...BEGUN,
    chunkStarted(10, 'teams', dates(1, 4)),
    chunkEnded(50, 'teams'),
    judged(51, 'teams', { done: dates(1, 4) }),
  ];

  test('is told by earlier runs until something has ended, for what is still open', () => {
    const known = plan({ teams: 1000, players: 500 });
    expect(step(summary(BEGUN, { plan: known })).left).toEqual({ ms: 10_000, low: 5000, high: 20_000 });
    expect(step(summary([...BEGUN, judged(3, 'teams', { done: dates(1, 5) })], { plan: known })).left).toEqual({
      ms: 5000,
      low: 2500,
      high: 10_000,
    });
  });

  test('is told by its own work after that, with a range around it', () => {
    expect(step(summary(worked, { plan: plan({ teams: 1 }), now: after(50) })).left).toEqual({
      ms: 60_000,
      low: 30_000,
      high: 90_000,
    });
  });

  test('is told more closely the more commands have ended', () => {
    const again = [1, 2, 3].flatMap(i => [
      chunkStarted(50, 'teams', [], { chunk: `a${i}` }),
      chunkEnded(50, 'teams', { chunk: `a${i}` }),
    ]);
    expect(step(summary([...worked, ...again], { now: after(50) })).left).toEqual({
      ms: 60_000,
      low: 45_000,
      high: 75_000,
    });
  });

  test('is less what a running command claims', () => {
    const running = [...worked, chunkStarted(50, 'teams', dates(5, 7), { chunk: '2' })];
    const run = summary(running, { now: after(50), progress: { teams: { 2: said(dates(5, 6)) } } });
    expect(step(run).left?.ms).toBeCloseTo(4 * (40_000 / 6));
  });

  test('is unknown where nothing tells, and nothing where it has ended', () => {
    expect(step(summary(BEGUN)).left).toBeUndefined();
    expect(step(summary([...BEGUN, stepEnded(9, 'teams', { state: 'failed' })])).left).toEqual({
      ms: 0,
      low: 0,
      high: 0,
    });
  });
});

describe('how long a run will take', () => {
  test('is the sum of its groups', () => {
    expect(summary(BEGUN, { plan: plan({ teams: 1000, players: 500 }) }).left).toEqual({
      ms: 12_000,
      low: 6000,
      high: 24_000,
      isLeast: false,
    });
  });

  test('is the longest step of each group, for those run side by side', () => {
    const sides = pipelineOf(`
jobs: { a: { sql: a.sql }, b: { sql: b.sql } }
phases: [{ id: 1, tables: [{ name: l.a, job: a }, { name: l.b, job: b }] }]
`);
    const each = (ms: number): { perDate: { ms: number; low: number; high: number } } => ({
      perDate: { ms, low: ms, high: ms },
    });
    const made = planOf(sides, { a: 'mm', b: 'mm' }, { jobs: { a: each(1000), b: each(3000) } });
    expect(summary([runStarted(0)], { plan: made }).left?.ms).toBe(6000);
  });

  test('is at least what is known where of some steps nothing tells', () => {
    expect(summary(BEGUN, { plan: plan({ teams: 1000 }) }).left).toMatchObject({ ms: 10_000, isLeast: true });
    expect(summary(BEGUN).left).toMatchObject({ ms: 0, isLeast: true });
  });
});

describe('the dates of a step', () => {
  const judgedSome = step(
    summary([
      ...BEGUN,
      judged(3, 'teams', {
        done: ['2024-01-01', '2024-01-02', '2024-01-06'],
        failed: [
          ['2024-01-03', 'wrote nothing'],
          ['2024-01-04', 'wrote nothing'],
          ['2024-01-05', 'wrote 2 of 16 teams'],
        ],
        needsSomeone: [['2024-01-07', 'holds new rows beside old ones']],
      }),
    ]),
  );

  test('come in runs of those that stand alike for the same reason', () => {
    expect(judgedSome.dates).toEqual([
      ['2024-01-01', '2024-01-02', 2, 'done', ''],
      ['2024-01-03', '2024-01-04', 2, 'failed', 'wrote nothing'],
      ['2024-01-05', '2024-01-05', 1, 'failed', 'wrote 2 of 16 teams'],
      ['2024-01-06', '2024-01-06', 1, 'done', ''],
      ['2024-01-07', '2024-01-07', 1, 'needs-someone', 'holds new rows beside old ones'],
      ['2024-01-08', '2024-01-10', 3, 'waiting', ''],
    ]);
  });

  test('that are wrong are those that failed and those that need someone', () => {
    expect(wrongDates(judgedSome).map(([from]) => from)).toEqual(['2024-01-03', '2024-01-05', '2024-01-07']);
  });
});
