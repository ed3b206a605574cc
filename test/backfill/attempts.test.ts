// How often a command is tried, how long it may take, how many run at once, and what its failure stops.
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/runs/events';
import { DATES, RIGHT, type Ran, type Run, type TableOptions, usePipelines } from './pipelines';

const { pipeline } = usePipelines();
const [FIRST, SECOND, THIRD] = DATES;
const FAST = 'backoff: 0.1s';

describe('attempts', () => {
  const tables = {
    flaky: {
      does: `if first_time("a") or first_time("b"): sys.exit("no connection")\n${RIGHT}`,
      job: FAST,
    },
    hopeless: { does: 'print("✓ Success\\nis it the weather?"); sys.exit(7)', job: `attempts: 2, ${FAST}` },
    killed: { does: `if first_time("k"): os.kill(os.getpid(), signal.SIGKILL)\n${RIGHT}`, job: FAST },
    slow: { does: 'hears("never")', job: 'timeout: 0.5s, attempts: 2, backoff: 0.1s' },
    misused: { does: 'parser.error("no such date")' },
    closed: { command: 'bash, -c, "exec jobs/league.py"' },
    half: {
      does: `write(dates[0], rows(dates[0]))\nif first_time("h"): sys.exit("lost the way")\n${RIGHT}`,
      job: FAST,
    },
    untold: {
      does: `write(dates[0], rows(dates[0]))\nif first_time("u"): sys.exit("lost the way")\n${RIGHT}`,
      job: FAST,
      counted: false,
    },
  } as const satisfies Readonly<Record<string, TableOptions>>;
  type Table = keyof typeof tables;

  let run: Run & Ran;
  beforeAll(async () => {
    run = await pipeline({ tables, dates: [FIRST, SECOND] }).backfill(
      '2',
      '--keep-going',
      '--no-canary',
      '--parallel-steps',
      '4',
    );
  });
  const ends = (table: Table): readonly (string | undefined)[] =>
    run.of('chunk-ended').flatMap(({ step, problem }) => (step === table ? [problem] : []));
  const waits = (table: Table): readonly number[] =>
    run.of('chunk-waits').flatMap(({ step, until, at }) => (step === table ? [until - at] : []));

  it('what fails is tried again, each time after twice the wait, and says each time why', () => {
    expect(ends('flaky')).toEqual(['ended with 1: no connection', 'ended with 1: no connection', undefined]);
    const [first = 0, second = 0] = waits('flaky');
    expect([first, second].map(ms => Math.round(ms / 100) * 100)).toEqual([100, 200]);
    expect(run.counts('flaky')).toBe('done 2');
  });

  it('no more often than is declared, and then it has failed with the last words', () => {
    expect(ends('hopeless')).toEqual(['ended with 7: is it the weather?', 'ended with 7: is it the weather?']);
    expect(run.words('hopeless', SECOND)).toBe(
      'ended with 7: is it the weather? and wrote nothing: the table is not there',
    );
    expect(run.step('hopeless').state).toBe('failed');
  });

  it('what somebody killed is tried again', () => {
    expect(ends('killed')).toEqual(['was ended by SIGKILL', undefined]);
    expect(run.step('killed').state).toBe('done');
  });

  it('what hangs is ended after its time, and tried again', () => {
    expect(ends('slow')).toEqual(Array(2).fill('took longer than 500 ms and was ended'));
    expect(run.step('slow').state).toBe('failed');
  });

  it.each<[Table, string]>([
    ['misused', 'ended with 2 (it does not understand its arguments)'],
    ['closed', 'ended with 126 (its program cannot be run)'],
  ])('%s: what the same command will never do is not tried again', (table, words) => {
    expect(ends(table)).toEqual([expect.stringContaining(words)]);
    expect(run.step(table)).toMatchObject({ state: 'failed', message: expect.stringContaining(words) as string });
  });

  it.each([
    ['that is not there is named', 'jobs/nowhere', 'there is no such program'],
    [
      'that nobody may run is told what to do about',
      'jobs/teams.py',
      'it is there and may not be run: "chmod +x jobs/teams.py"',
    ],
  ])('a program %s before anything is begun', async (_what, program, why) => {
    const one = pipeline({ tables: { teams: { command: `${program}, $JOB` } }, dates: [FIRST] });
    const refused = await one.phasegate('backfill', 'teams', '--yes');
    expect(refused.code).toBe(3);
    expect(refused.out).toContain(`job teams runs ${program}, and ${why}`);
    expect(one.runs).toHaveLength(0);
  });

  it('a date with as many rows as are declared is proven, however its command ended: only the others are asked for again', () => {
    expect(run.begun('half')).toEqual({ [FIRST]: 1, [SECOND]: 2 });
    expect(run.step('half').state).toBe('done');
  });

  it('where nothing declares how many rows there have to be, only a command that ended well proves them', () => {
    expect(run.begun('untold')).toEqual({ [FIRST]: 2, [SECOND]: 2 });
    const [judged] = run.of('dates-judged').filter(({ step }) => step === 'untold');
    expect(judged?.failed[0]).toEqual([
      FIRST,
      'ended with 1: lost the way and holds rows of which nothing tells whether they are all',
    ]);
    expect(run.step('untold').state).toBe('done');
  });
});

describe('a failure', () => {
  const tables = {
    first: { does: 'sys.exit("no")', job: 'attempts: 1' },
    apart: {},
    after: { needs: ['first'] },
  } as const satisfies Readonly<Record<string, TableOptions>>;

  it('stops what comes after it', async () => {
    const run = await pipeline({ tables, dates: [FIRST] }).backfill('2', '--parallel-steps', '1');
    expect(run.state.steps.map(({ id, state, message }) => [id, state, message])).toEqual([
      ['first', 'failed', `1 date of 1 not done: ${FIRST} ended with 1: no and wrote nothing: the table is not there`],
      ['apart', 'blocked', 'stopped: first failed'],
      ['after', 'blocked', 'stopped: first failed'],
    ]);
    expect(run.code).toBe(1);
  });

  it('with --keep-going stops only what needs it', async () => {
    const run = await pipeline({ tables, dates: [FIRST] }).backfill('2', '--parallel-steps', '1', '--keep-going');
    expect(run.state.steps.map(({ id, state, message }) => [id, state, message])).toEqual([
      ['first', 'failed', expect.any(String)],
      ['apart', 'done', '1 date written and proven'],
      ['after', 'blocked', 'needs first, which failed'],
    ]);
    expect(run.code).toBe(1);
  });

  it('of three parts in a row is no chance: the rest of the step is not begun', async () => {
    const one = pipeline({
      tables: { teams: { does: 'sys.exit("no")', job: 'attempts: 2, backoff: 0.1s, chunk: 1' } },
    });
    const run = await one.backfill('teams', '--no-canary');
    expect(run.begun('teams')).toEqual({ [FIRST]: 2, [SECOND]: 2, [THIRD]: 2 });
    expect(run.step('teams').message).toBe(
      '6 dates of 6 not done; stopped after 3 parts in a row of which nothing was written right',
    );
  });
});

describe('gates between steps', () => {
  it('a step whose upstream is not there is blocked by its gate, and nothing of it is begun', async () => {
    const one = pipeline({ tables: { first: {}, after: { needs: ['first'] } }, dates: [FIRST] });
    const run = await one.backfill('after');
    expect(run.out).toContain('needs first, of which 0.0 % of 1 date are there or in this plan');
    expect(run.step('after')).toMatchObject({ state: 'blocked', message: expect.stringContaining('first') as string });
    expect(run.of('chunk-started')).toEqual([]);
    expect(run.code).toBe(1);
  });

  it('a step begins when what it needs is done, and its gate has seen the rows', async () => {
    const one = pipeline({ tables: { first: {}, after: { needs: ['first'] } }, dates: [FIRST, SECOND] });
    const run = await one.backfill('2');
    const order = run.events.flatMap(event =>
      event.event === 'step-ended' || event.event === 'step-started' ? [`${event.step} ${event.event}`] : [],
    );
    expect(order).toEqual(['first step-started', 'first step-ended', 'after step-started', 'after step-ended']);
    expect(run.code).toBe(0);
    expect((await one.phasegate('backfill', '2', '--yes')).out).toContain('Nothing to do');
  });
});

describe('limits', () => {
  it('no more steps and commands run at once than are asked for, and as many', async () => {
    const table = { job: 'chunk: 1, parallel: 3' };
    const one = pipeline({ tables: { a: table, b: table, c: table }, dates: [FIRST, SECOND, THIRD] });
    const run = await one.backfill('2', '--no-canary', '--parallel-steps', '2', '--parallel-commands', '3');
    expect(most(run.events, 'step-started', 'step-ended')).toBe(2);
    expect(most(run.events, 'chunk-started', 'chunk-ended')).toBe(3);
    expect(run.code).toBe(0);
  });

  it('what one command prints is not taken for what another says that runs beside it', async () => {
    const does = `
${RIGHT}
if dates == ["${FIRST}"]:
    print("Traceback (most recent call last):\\nOSError: mine alone"); say("printed"); hears("seen")
else:
    hears("printed"); print("✓ ${SECOND}: 16 teams"); say("seen")`;
    const run = await pipeline({
      tables: { teams: { does, job: 'chunk: 1, parallel: 2' } },
      dates: [FIRST, SECOND],
    }).backfill('teams', '--no-canary');
    const ended = run
      .of('chunk-ended')
      .map(({ chunk, problem, reported }) => [chunk, { problem, dates: reported?.dates }]);
    expect(Object.fromEntries(ended)).toEqual({
      1: { problem: 'ended with 0 although it printed an exception: OSError: mine alone', dates: undefined },
      2: { problem: undefined, dates: 1 },
    });
  });
});

/** How many things were on their way at once, at the most. */
function most(events: readonly RunEvent[], begins: RunEvent['event'], ends: RunEvent['event']): number {
  let [now, highest] = [0, 0];
  for (const { event } of events) {
    if (event === begins) highest = Math.max(highest, ++now);
    else if (event === ends) now--;
  }
  return highest;
}
