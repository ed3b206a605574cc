// What happens in runs, written down for tests: each event some seconds after nine o'clock, as usual unless said.
import fc from 'fast-check';
import type { EventOf, IsoDay, RunEvent, RunOutline } from '../../../src/runs/events';

/** When the runs of tests begin, milliseconds since 1970 UTC. */
export const NINE: number = Date.parse('2024-02-01T09:00:00Z');
/** Milliseconds since 1970 UTC, so many seconds after nine o'clock. */
export const after = (seconds: number): number => NINE + seconds * 1000;

type More<E extends RunEvent['event']> = Partial<Omit<EventOf<E>, 'at' | 'event'>>;

export const RUNNER = { pid: 4711, host: 'here', started: 'boot 1' };

export function runStarted(seconds: number, more: More<'run-started'> = {}): EventOf<'run-started'> {
  return {
    at: after(seconds),
    event: 'run-started',
    runner: RUNNER,
    version: '1.2.3',
    host: 'It goes on when the window is closed',
    python: '/w/.venv/bin/python',
    commit: 'abc1234',
    resumed: false,
    ...more,
  };
}

export function stepStarted(seconds: number, step: string): EventOf<'step-started'> {
  return { at: after(seconds), event: 'step-started', step };
}

export function gate(seconds: number, step: string, more: More<'gate'> = {}): EventOf<'gate'> {
  return {
    at: after(seconds),
    event: 'gate',
    step,
    gate: 'preflight',
    verdict: 'pass',
    message: `Ready: ${step} may be written`,
    report: undefined,
    ...more,
  };
}

export function chunkStarted(
  seconds: number,
  step: string,
  dates: readonly IsoDay[],
  more: More<'chunk-started'> = {},
): EventOf<'chunk-started'> {
  return {
    at: after(seconds),
    event: 'chunk-started',
    step,
    chunk: '1',
    attempt: 1,
    dates,
    shown: `job.sh --dates ${dates.join(',')}`,
    process: { pid: 99, host: 'here', started: 'boot 2' },
    log: `${step}.log`,
    logFrom: 0,
    ...more,
  };
}

export function chunkEnded(seconds: number, step: string, more: More<'chunk-ended'> = {}): EventOf<'chunk-ended'> {
  return {
    at: after(seconds),
    event: 'chunk-ended',
    step,
    chunk: '1',
    attempt: 1,
    code: 0,
    signal: null,
    ms: 1000,
    problem: undefined,
    reported: undefined,
    ...more,
  };
}

export function chunkWaits(seconds: number, step: string, more: More<'chunk-waits'> = {}): EventOf<'chunk-waits'> {
  return {
    at: after(seconds),
    event: 'chunk-waits',
    step,
    chunk: '1',
    attempt: 2,
    until: after(seconds + 10),
    why: 'ended with 1',
    ...more,
  };
}

export function judged(seconds: number, step: string, more: More<'dates-judged'> = {}): EventOf<'dates-judged'> {
  return {
    at: after(seconds),
    event: 'dates-judged',
    step,
    done: [],
    failed: [],
    needsSomeone: [],
    rows: 0,
    statements: 1,
    ...more,
  };
}

export function stepEnded(seconds: number, step: string, more: More<'step-ended'> = {}): EventOf<'step-ended'> {
  return {
    at: after(seconds),
    event: 'step-ended',
    step,
    state: 'done',
    message: '2 dates written and proven',
    ...more,
  };
}

export function runEnded(seconds: number, more: More<'run-ended'> = {}): EventOf<'run-ended'> {
  return {
    at: after(seconds),
    event: 'run-ended',
    state: 'done',
    message: '2 dates of 1 table written and proven',
    report: 'report.md',
    verdict: 'pass',
    ...more,
  };
}

export function note(seconds: number, message: string, step?: string): EventOf<'note'> {
  return { at: after(seconds), event: 'note', step, message };
}

export function cancelAsked(seconds: number, by = 'request'): EventOf<'cancel-asked'> {
  return { at: after(seconds), event: 'cancel-asked', by };
}

/** A run of two steps. */
export const OUTLINE: RunOutline = {
  steps: [
    { id: 'teams', table: 'l.teams', dates: ['2024-01-01', '2024-01-02', '2024-01-03', '2024-01-04'] },
    { id: 'players', table: 'l.players', dates: ['2024-01-01', '2024-01-02'] },
  ],
};

/** Any event of those steps or of one that is unknown, in any order: a fold has to live with all of them. */
export const someEvent: fc.Arbitrary<RunEvent> = fc
  .record({
    seconds: fc.nat(1000),
    step: fc.constantFrom('teams', 'players', 'somebody else'),
    dates: fc.subarray(['2024-01-01', '2024-01-02']),
    other: fc.subarray(['2024-01-03', '2024-01-04']),
    chunk: fc.constantFrom('1', '2', '3'),
    rows: fc.nat(500),
  })
  .chain(({ seconds, step, dates, other, chunk, rows }) =>
    fc.constantFrom<RunEvent>(
      runStarted(seconds),
      runStarted(seconds, { resumed: true }),
      stepStarted(seconds, step),
      gate(seconds, step),
      gate(seconds, step, { gate: 'post-backfill', verdict: 'fail' }),
      chunkStarted(seconds, step, dates, { chunk }),
      chunkEnded(seconds, step, { chunk, reported: { rows, dates: dates.length } }),
      chunkEnded(seconds, step, { chunk, code: 1, problem: 'ended with 1' }),
      chunkWaits(seconds, step, { chunk }),
      judged(seconds, step, { done: dates, rows }),
      judged(seconds, step, {
        failed: dates.map(date => [date, 'wrote nothing'] as const),
        needsSomeone: other.map(date => [date, 'look at it'] as const),
      }),
      stepEnded(seconds, step, { state: 'failed' }),
      note(seconds, 'something', step),
      cancelAsked(seconds),
      runEnded(seconds),
    ),
  );
