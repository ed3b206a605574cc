// A run on a terminal: its events as lines of a log, the block that is drawn again and again, and what it came to.
import { describe, expect, test } from 'vitest';
import type { RunSummary, StepSummary } from '../../../src/backfill/run-summary';
import type { RunEvent } from '../../../src/runs/events';
import {
  eventLines,
  leftWords,
  printRun,
  progressBlock,
  progressWords,
  rateWords,
  spanWords,
  stateWithWhy,
  stateWord,
} from '../../../src/print/run-progress';
import { formatDuration } from '../../../src/model/duration';
import { painter } from '../../../src/print/paint';
import {
  after,
  cancelAsked,
  chunkEnded,
  chunkWaits,
  gate,
  judged,
  note,
  runStarted,
  stepEnded,
} from '../runs/journals';
import { END, EVENTS, PLAN, runOf } from './runs';

const ESCAPES = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;]*m`, 'g');
const plain = { columns: 100, colour: false, verbose: false };

function teams(run: RunSummary = runOf(EVENTS)): StepSummary {
  const step = run.steps.find(({ id }) => id === 'teams');
  if (step === undefined) throw new Error('no step');
  return step;
}

describe('the log of a run', () => {
  test('tells each event that is not told by the counts', async () => {
    const lines = [...EVENTS, cancelAsked(119, 'somebody'), ...END].flatMap(event => eventLines(event, PLAN));
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/run.log.txt');
  });

  test.each<[string, RunEvent, readonly string[]]>([
    [
      'a runner that goes on with a run',
      runStarted(0, { resumed: true, commit: undefined, host: 'It goes on.' }),
      ['gone on with by process 4711. It goes on.'],
    ],
    ['a command that ended well: the rows tell the rest', chunkEnded(1, 'teams'), []],
    [
      'a command that did not',
      chunkEnded(1, 'teams', { chunk: '3', attempt: 2, problem: 'was ended by SIGKILL' }),
      ['teams: chunk 3, attempt 2: was ended by SIGKILL'],
    ],
    [
      'a command that is tried again at once, though the time for it has passed',
      chunkWaits(9, 'teams', { until: after(1) }),
      ['teams: chunk 1 is tried again in 0 ms: ended with 1'],
    ],
    ['dates that are done: the counts tell', judged(1, 'teams', { done: ['2024-01-01'] }), []],
    [
      'dates that failed, the first three by name',
      judged(1, 'teams', {
        needsSomeone: [['2024-01-09', 'look at it']],
        failed: ['2024-01-01', '2024-01-02', '2024-01-03'].map(date => [date, 'wrote nothing'] as const),
      }),
      [
        'teams: 2024-01-09 look at it',
        'teams: 2024-01-01 wrote nothing',
        'teams: 2024-01-02 wrote nothing',
        'teams: and 1 date more',
      ],
    ],
    ['a note of the run itself', note(1, 'the clock was set back'), ['the clock was set back']],
    ['a step that is not in the plan', { at: 1, event: 'step-started', step: 'other' }, ['other: begun, 0 dates']],
    ['an event of a later version', { at: 1, event: 'chunk-paused' } as unknown as RunEvent, []],
  ])('says of %s what there is to say', (_what, event, lines) => {
    expect(eventLines(event, PLAN)).toEqual(lines);
  });

  test('says the same in colour', () => {
    for (const event of [gate(1, 'teams', { verdict: 'fail' }), stepEnded(2, 'teams', { state: 'blocked' })]) {
      const coloured = eventLines(event, PLAN, painter(true)).join('\n');
      expect(coloured).toMatch(ESCAPES);
      expect(coloured.replaceAll(ESCAPES, '')).toBe(eventLines(event, PLAN).join('\n'));
    }
  });
});

describe('how far a step is', () => {
  test('is told by what its rows prove, what its commands claim beside, how fast it is and how long it will take', () => {
    expect(progressWords(teams())).toBe(
      '2 of 10 dates done · 2 more reported · 3 failed · 1 needs someone · 32 rows found (48 reported) · 2.1 a minute · about 59 s (38 s to 1 min 19 s) left',
    );
  });

  test('is told without speed and time when it has ended', () => {
    expect(progressWords(teams(runOf([...EVENTS, ...END])))).toBe(
      '2 of 10 dates done · 3 failed · 1 needs someone · 32 rows found (16 reported)',
    );
  });

  test('is told in few words where there is little to say', () => {
    const players = runOf([]).steps.find(({ id }) => id === 'players');
    expect(players === undefined ? '' : progressWords(players)).toBe('0 of 2 dates done');
  });
});

test.each([
  [1204.4, '1,204 a minute'],
  [10, '10 a minute'],
  [9.96, '10.0 a minute'],
  [1, '1.0 a minute'],
  [0.5, '30.0 an hour'],
  [0.02, '1.2 an hour'],
])('a speed of %d dates a minute is %s', (rate, words) => {
  expect(rateWords(rate)).toBe(words);
});

test.each<[string, RunSummary['left'], string]>([
  ['it has ended', undefined, ''],
  [
    'everything is known',
    { ms: 60_000, low: 50_000, high: 90_000, isLeast: false },
    'about 1 min (50 s to 1 min 30 s) left',
  ],
  ['of some steps nothing tells', { ms: 60_000, low: 50_000, high: 90_000, isLeast: true }, 'at least 1 min left'],
  ['nothing tells', { ms: 0, low: 0, high: 0, isLeast: true }, 'time left unknown'],
])('how long a run will take where %s', (_when, left, words) => {
  expect(leftWords({ left })).toBe(words);
});

test.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [999.7, '1.0 s'],
  [9949, '9.9 s'],
  [9960, '10 s'],
  [59_400, '59 s'],
  [59_600, '1 min'],
  [200_000, '3 min 20 s'],
  [3_599_400, '59 min 59 s'],
  [3_599_600, '1 h'],
  [9_600_000, '2 h 40 min'],
])('%d milliseconds are %s', (milliseconds, words) => {
  expect(formatDuration(milliseconds)).toBe(words);
});

test('a state stands once before what is said of it', () => {
  expect(stateWithWhy('cancelled', 'cancelled: 0 of 1 step done')).toBe('cancelled: 0 of 1 step done');
  expect(stateWithWhy('cancelled', 'cancelled at 2024-01-05: 2 of 6 dates done')).toBe(
    'cancelled at 2024-01-05: 2 of 6 dates done',
  );
  expect(stateWithWhy('failed', 'failedover.sh ended with 1')).toBe('failed: failedover.sh ended with 1');
  expect(stateWithWhy('running', '')).toBe('running');
});

test('a state is words, and a command is about one date or several', () => {
  expect(stateWord('needs-someone')).toBe('needs someone');
  expect(spanWords({ from: '2024-01-01', to: '2024-01-01', dates: 1 })).toBe('2024-01-01');
  expect(spanWords({ from: '2024-01-01', to: '2024-01-09', dates: 4 })).toBe('2024-01-01 → 2024-01-09 (4 dates)');
});

describe('the block of a run that goes on', () => {
  test('shows its running steps with a bar and their commands', async () => {
    await expect(`${progressBlock(runOf(EVENTS), plain, after(120))}\n`).toMatchFileSnapshot('golden/run.block.txt');
  });

  test.each([20, 60, 100, 300])('fits in %d columns', columns => {
    for (const line of progressBlock(runOf(EVENTS), { columns, colour: false }, after(120)).split('\n'))
      expect([...line].length).toBeLessThanOrEqual(columns);
  });

  test('keeps its figures where there is little room: the bar gives way, then rows, claims, the range of the time and the speed', () => {
    /** How long the bar of a line is, and what stands behind it. */
    const line = (columns: number): readonly [number, string] => {
      const text = progressBlock(runOf(EVENTS), { columns, colour: false }, after(120)).split('\n')[1] ?? '';
      const [, bar = '', words = ''] = /^ {2}teams {4}([█▒░·]*) ?(\d.*)$/.exec(text) ?? [];
      return [bar.length, words];
    };
    const all =
      '2 of 10 dates done · 2 more reported · 3 failed · 1 needs someone · 32 rows found (48 reported) · 2.1 a minute · about 59 s (38 s to 1 min 19 s) left';
    expect(line(300)).toEqual([24, all]);
    expect(line(170)).toEqual([9, all]);
    expect(line(160)).toEqual([0, all]);
    expect(line(140)).toEqual([9, all.replace('32 rows found (48 reported) · ', '')]);
    expect(line(113)).toEqual([
      0,
      '2 of 10 dates done · 3 failed · 1 needs someone · 2.1 a minute · about 59 s (38 s to 1 min 19 s) left',
    ]);
    expect(line(90)).toEqual([4, '2 of 10 dates done · 3 failed · 1 needs someone · 2.1 a minute · 59 s left']);
    const title = (columns: number): string =>
      progressBlock(runOf(EVENTS), { columns, colour: false }, after(120)).split('\n')[0] ?? '';
    expect(title(70)).toBe('1 of 3 steps · 2 min · about 1 min 2 s (41 s to 1 min 23 s) left');
    expect(line(70)).toEqual([0, '2 of 10 dates done · 3 failed · 1 needs someone · 59 s left']);
  });

  test('is identical without colour', () => {
    const coloured = progressBlock(runOf(EVENTS), { columns: 100, colour: true }, after(120));
    expect(coloured.replaceAll(ESCAPES, '')).toBe(progressBlock(runOf(EVENTS), plain, after(120)));
  });

  test('has a bar of 24 signs, whatever is done, claimed or wrong', () => {
    const bar = (events: readonly RunEvent[]): string =>
      /([█▒░·]{2,})/.exec(progressBlock(runOf(events), { columns: 300, colour: false }, after(120)))?.[1] ?? '';
    for (let events = 2; events <= EVENTS.length; events++) expect(bar(EVENTS.slice(0, events))).toHaveLength(24);
    expect(bar([...EVENTS, judged(100, 'teams', { done: PLAN.steps[0]?.dates ?? [] })])).toBe('█'.repeat(24));
  });
});

describe('a run step by step', () => {
  test('while it goes on', async () => {
    await expect(printRun(runOf(EVENTS), plain, after(120))).toMatchFileSnapshot('golden/run.txt');
  });

  test('when it has ended, with all that is wrong', async () => {
    const text = printRun(runOf([...EVENTS, ...END]), { ...plain, verbose: true }, after(9000));
    await expect(text).toMatchFileSnapshot('golden/run.ended.txt');
  });

  test('when its runner is gone without a word', async () => {
    await expect(printRun(runOf(EVENTS, false), plain, after(9000))).toMatchFileSnapshot('golden/run.lost.txt');
  });

  test('is identical without colour', () => {
    const run = runOf([...EVENTS, ...END]);
    const coloured = printRun(run, { ...plain, colour: true }, after(120));
    expect(coloured).toMatch(ESCAPES);
    expect(coloured.replaceAll(ESCAPES, '')).toBe(printRun(run, plain, after(120)));
  });

  test('takes as long as it took, not as long ago as it began', () => {
    expect(printRun(runOf([...EVENTS, ...END]), plain, after(99_999))).toContain(' · 2 min 2 s · ');
  });
});
