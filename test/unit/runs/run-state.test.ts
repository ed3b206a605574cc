// A journal folded into a state: what each event changes, and that whatever cannot be read changes nothing.
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/runs/events';
import { JournalReader } from '../../../src/runs/journal';
import { type RunState, type StepState, RunFold, dateCounts, runState } from '../../../src/runs/run-state';
import {
  OUTLINE,
  RUNNER,
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
  someEvent,
  stepEnded,
  stepStarted,
} from './journals';

const TWO = ['2024-01-01', '2024-01-02'];

function fold(...events: readonly RunEvent[]): RunState {
  return runState(OUTLINE, events);
}

/** The first step after some events. */
function teams(...events: readonly RunEvent[]): StepState {
  const [step] = fold(...events).steps;
  if (step === undefined) throw new Error('no step');
  return step;
}

/** The states of a step's dates, one letter each: waiting, running, written, done, failed, needs someone. */
function letters({ dates }: StepState): string {
  const letter = { waiting: '.', running: 'r', written: 'w', done: 'd', failed: 'f', 'needs-someone': 'n' };
  return [...dates.values()].map(({ state }) => letter[state]).join('');
}

describe('a run', () => {
  test('of which nobody has begun anything waits, and so do its steps and their dates', () => {
    const state = fold();
    expect(state).toMatchObject({ state: 'waiting', startedAt: undefined, cancelAsked: false, readBacks: 0 });
    expect(state.steps.map(({ id, table, state: of }) => [id, table, of])).toEqual([
      ['teams', 'l.teams', 'waiting'],
      ['players', 'l.players', 'waiting'],
    ]);
    expect(state.steps.map(letters)).toEqual(['....', '..']);
  });

  test('runs when a runner has begun, who is known', () => {
    expect(fold(runStarted(0))).toMatchObject({
      state: 'running',
      startedAt: after(0),
      runner: RUNNER,
      python: '/w/.venv/bin/python',
      commit: 'abc1234',
      host: 'It goes on when the window is closed',
    });
  });

  test('has ended as its last event says, with its report and its verdict', () => {
    expect(
      fold(runStarted(0), runEnded(60, { state: 'failed', message: '1 step not done', verdict: 'fail' })),
    ).toMatchObject({
      state: 'failed',
      message: '1 step not done',
      endedAt: after(60),
      report: 'report.md',
      verdict: 'fail',
    });
  });

  test('that is gone on with has no report and no verdict of its earlier end', () => {
    const resumed = fold(
      runStarted(0),
      runEnded(60, { state: 'failed', verdict: 'fail' }),
      runStarted(90, { resumed: true }),
    );
    expect(resumed).toMatchObject({ state: 'running', report: undefined, verdict: undefined });
  });

  test('that somebody wants to end says so until another runner goes on with it', () => {
    expect(fold(runStarted(0), cancelAsked(5)).cancelAsked).toBe(true);
    const resumed = fold(
      runStarted(0),
      cancelAsked(5),
      runEnded(6, { state: 'cancelled', message: 'cancelled' }),
      runStarted(60, { resumed: true, runner: { ...RUNNER, pid: 12 } }),
    );
    expect(resumed).toMatchObject({
      state: 'running',
      message: '',
      cancelAsked: false,
      startedAt: after(0),
      endedAt: undefined,
      runner: { pid: 12 },
    });
  });

  test('gathers notes, and counts what reading back took', () => {
    const state = fold(
      note(1, 'took up process 12', 'teams'),
      judged(2, 'teams', { statements: 2 }),
      judged(3, 'players', { statements: 3 }),
      judged(4, 'players', { statements: 0, failed: [['2024-01-01', 'could not be started']] }),
    );
    expect(state.notes.map(({ message }) => message)).toEqual(['took up process 12']);
    expect(state).toMatchObject({ statements: 5, readBacks: 2 });
  });
});

describe('a step', () => {
  test('runs from its first start on, also when another runner goes on with it', () => {
    expect(teams(stepStarted(10, 'teams'))).toMatchObject({ state: 'running', startedAt: after(10) });
    const again = teams(
      stepStarted(10, 'teams'),
      stepEnded(20, 'teams', { state: 'failed', message: 'stopped' }),
      stepStarted(30, 'teams'),
    );
    expect(again).toMatchObject({ state: 'running', startedAt: after(10), endedAt: undefined, message: '' });
  });

  test('keeps its gates in their order', () => {
    const { gates } = teams(gate(1, 'teams'), gate(2, 'teams', { gate: 'canary', verdict: 'warn' }));
    expect(gates.map(({ gate: of, verdict }) => `${of} ${verdict}`)).toEqual(['preflight pass', 'canary warn']);
  });

  test('has ended as it says, and nothing of it runs or waits any more', () => {
    const ended = teams(
      chunkStarted(1, 'teams', TWO),
      chunkWaits(2, 'teams', { chunk: '2' }),
      stepEnded(9, 'teams', { state: 'needs-someone', message: 'look at it' }),
    );
    expect(ended).toMatchObject({ state: 'needs-someone', message: 'look at it', endedAt: after(9) });
    expect([ended.running.size, ended.waiting.size]).toEqual([0, 0]);
  });
});

describe('a command', () => {
  test('runs with its process and its log; its dates run with it', () => {
    const step = teams(chunkStarted(5, 'teams', TWO, { chunk: '7', attempt: 2, logFrom: 120 }));
    expect(letters(step)).toBe('rr..');
    expect(step.running.get('7')).toEqual({
      chunk: '7',
      attempt: 2,
      dates: TWO,
      shown: 'job.sh --dates 2024-01-01,2024-01-02',
      process: { pid: 99, host: 'here', started: 'boot 2' },
      log: 'teams.log',
      logFrom: 120,
      since: after(5),
    });
    expect(step.log).toBe('teams.log');
  });

  test('that has ended leaves its dates written: nobody has looked at their rows', () => {
    const step = teams(chunkStarted(5, 'teams', TWO), chunkEnded(6, 'teams', { code: 1, problem: 'ended with 1' }));
    expect(letters(step)).toBe('ww..');
    expect(step.dates.get('2024-01-01')?.words).toBe('ended with 1');
    expect(step.running.size).toBe(0);
  });

  test('says of itself how many rows it wrote, which is added up and never believed', () => {
    const step = teams(
      chunkEnded(1, 'teams', { reported: { rows: 16, dates: 1 } }),
      chunkEnded(2, 'teams', { reported: undefined }),
      chunkEnded(3, 'teams', { reported: { rows: 20, dates: 1 } }),
    );
    expect(step).toMatchObject({ reportedRows: 36, rows: 0 });
    expect(teams(chunkEnded(1, 'teams')).reportedRows).toBeUndefined();
  });

  test('that is tried again waits until it is begun', () => {
    const waits = chunkWaits(5, 'teams', { chunk: '2', until: after(20), why: 'ended with 1' });
    expect([...teams(waits).waiting]).toEqual([['2', { until: after(20), why: 'ended with 1' }]]);
    expect(teams(waits, chunkStarted(20, 'teams', TWO, { chunk: '2' })).waiting.size).toBe(0);
  });

  test('of a runner that is gone is over when the next one has passed the gate: only behind it anything is begun', () => {
    const lost = [runStarted(0), stepStarted(1, 'teams'), gate(2, 'teams'), chunkStarted(3, 'teams', TWO)];
    const resumed = [...lost, runStarted(60, { resumed: true }), stepStarted(61, 'teams')];
    expect([...teams(...resumed).running.keys()]).toEqual(['1']); // it may live, and is waited for
    const again = teams(...resumed, chunkWaits(62, 'teams', { chunk: '3' }), gate(63, 'teams'));
    expect([again.running.size, again.waiting.size]).toEqual([0, 0]);
    expect(teams(...resumed, gate(63, 'teams', { gate: 'post-backfill' })).running.size).toBe(1);
  });
});

describe('dates that were judged by their rows', () => {
  test('are done, failed or need someone, with the words', () => {
    const step = teams(
      chunkStarted(1, 'teams', ['2024-01-01', '2024-01-02', '2024-01-03']),
      chunkEnded(2, 'teams'),
      judged(3, 'teams', {
        done: ['2024-01-01'],
        failed: [['2024-01-02', 'wrote nothing']],
        needsSomeone: [['2024-01-03', 'holds new rows beside old ones']],
        rows: 16,
      }),
    );
    expect(letters(step)).toBe('dfn.');
    expect(step.rows).toBe(16);
    expect([...step.dates.values()].map(({ words }) => words)).toEqual([
      '',
      'wrote nothing',
      'holds new rows beside old ones',
      '',
    ]);
    expect(dateCounts(step)).toEqual({ waiting: 1, running: 0, written: 0, done: 1, failed: 1, 'needs-someone': 1 });
  });

  test('hold the rows that they were found with last: another runner that asks again finds the same ones', () => {
    const found = judged(3, 'teams', { done: TWO, rows: 32 });
    expect(teams(found, runStarted(60, { resumed: true }), found).rows).toBe(32);
    const third = judged(70, 'teams', { done: ['2024-01-02', '2024-01-03'], rows: 20 });
    expect(teams(found, third).rows).toBe(36); // half of 32, for the journal tells no more, and 20
  });

  test('hold no rows that count where they are not right any more, or are written again', () => {
    const found = judged(3, 'teams', { done: TWO, rows: 32 });
    expect(teams(found, judged(4, 'teams', { failed: [['2024-01-02', 'is not right any more']] })).rows).toBe(16);
    expect(teams(found, chunkStarted(4, 'teams', ['2024-01-02'])).rows).toBe(16);
  });

  test('are what they were judged last, and an end that comes later takes nothing back', () => {
    const events = [chunkStarted(1, 'teams', TWO), judged(2, 'teams', { done: TWO }), chunkEnded(3, 'teams')];
    expect(letters(teams(...events))).toBe('dd..');
    expect(letters(teams(...events, judged(4, 'teams', { failed: [['2024-01-02', 'is not right any more']] })))).toBe(
      'df..',
    );
  });
});

describe('how fast a step is', () => {
  test('is told by what its commands have ended with since its first one began', () => {
    const step = teams(
      chunkStarted(5, 'teams', TWO),
      chunkEnded(15, 'teams'),
      chunkStarted(20, 'teams', ['2024-01-03'], { chunk: '2' }),
      chunkEnded(25, 'teams', { chunk: '2' }),
    );
    expect(step.worked).toEqual({ since: after(5), dates: 3, chunks: 2 });
  });

  test('is not told by what failed: neither by a command that did, nor by dates that are not right', () => {
    const begun = chunkStarted(5, 'teams', TWO);
    expect(teams(begun, chunkEnded(15, 'teams', { code: 1, problem: 'ended with 1' })).worked.dates).toBe(0);
    const ended = [begun, chunkEnded(15, 'teams')];
    expect(
      teams(...ended, judged(16, 'teams', { done: ['2024-01-01'], failed: [['2024-01-02', 'wrote nothing']] })).worked
        .dates,
    ).toBe(1);
  });

  test('is not told by what another runner had done', () => {
    const before = [
      runStarted(0),
      chunkStarted(5, 'teams', TWO),
      chunkEnded(15, 'teams'),
      judged(16, 'teams', { done: TWO }),
    ];
    const again = [runStarted(90, { resumed: true }), judged(91, 'teams', { done: TWO })];
    expect(teams(...before, ...again, chunkStarted(92, 'teams', ['2024-01-03'])).worked.dates).toBe(0);
  });

  test('is told anew by each runner: the time in which nobody worked says nothing', () => {
    const before = [runStarted(0), chunkStarted(5, 'teams', TWO), chunkEnded(15, 'teams')];
    const resumed = teams(...before, runStarted(9000, { resumed: true }));
    expect(resumed.worked).toEqual({ since: undefined, dates: 0, chunks: 0 });
    expect(teams(...before, runStarted(9000), chunkStarted(9005, 'teams', ['2024-01-03'])).worked.since).toBe(
      after(9005),
    );
  });
});

describe('events of a step that is not in the plan', () => {
  test('are passed over', () => {
    const others = [stepStarted(1, 'x'), chunkStarted(2, 'x', TWO), judged(3, 'x'), stepEnded(4, 'x'), gate(5, 'x')];
    expect(fold(...others)).toEqual(fold());
  });
});

describe('whatever happens', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'phasegate-run-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('each date of a step is in one state, and the states add up to them', () => {
    fc.assert(
      fc.property(fc.array(someEvent, { maxLength: 40 }), events => {
        for (const step of fold(...events).steps) {
          const total = Object.values(dateCounts(step)).reduce((sum, count) => sum + count, 0);
          expect(total).toBe(step.dates.size);
        }
      }),
    );
  });

  test('a fold that is fed bit by bit comes to the same as one that is fed at once', () => {
    fc.assert(
      fc.property(fc.array(someEvent, { maxLength: 40 }), events => {
        const bitByBit = new RunFold(OUTLINE);
        for (const event of events) {
          bitByBit.apply(event);
          expect(bitByBit.state.steps).toHaveLength(2);
        }
        expect(bitByBit.state).toEqual(fold(...events));
      }),
    );
  });

  test('lines that are torn, and events that a later version may write, are passed over', () => {
    const junk = fc.constantFrom(
      (event: RunEvent) => JSON.stringify(event).slice(0, -1),
      (event: RunEvent) => JSON.stringify(event).slice(0, 12),
      () => '',
      () => 'null',
      () => '[]',
      () => '{"event":"step-ended"}',
      () => '{"at":1,"event":"chunk-paused","step":"teams","chunk":"1"}',
      () => '{"at":1,"event":"chunk-paused"}',
      () => String.fromCodePoint(0, 0xff_fd),
    );
    const line = fc.record({ event: someEvent, junk: fc.option(junk) });
    let number = 0;
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), lines => {
        const path = join(folder, `${number++}.jsonl`);
        writeFileSync(path, '');
        for (const { event, junk: before } of lines)
          appendFileSync(path, `${before === null ? '' : `${before(event)}\n`}${JSON.stringify(event)}\n`);
        const read = new JournalReader(path).read();
        expect(runState(OUTLINE, read)).toEqual(fold(...lines.map(({ event }) => event)));
      }),
      { numRuns: 60 },
    );
  });
});
