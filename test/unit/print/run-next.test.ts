// What to do after a run that did not do everything: each end has a way on, and what is done has none.
import { expect, test } from 'vitest';
import type { RunStanding, StepSummary } from '../../../src/backfill/run-summary';
import { nextWords } from '../../../src/print/run-next';

test.each<[string, RunStanding, readonly StepSummary['state'][], readonly string[]]>([
  ['was cancelled', 'cancelled', ['cancelled'], ['Next: "phasegate runs resume r1" goes on with what is not proven']],
  [
    'failed in a job',
    'failed',
    ['failed', 'blocked'],
    [
      'Next: "phasegate runs show r1 --log" shows what the jobs printed; when the cause is mended, "phasegate runs resume r1" goes on with what is not proven',
    ],
  ],
  [
    'was blocked by a gate',
    'failed',
    ['done', 'blocked', 'blocked'],
    [
      'Next: "phasegate preflight l.t2" tells what is in its way; when that is mended, "phasegate runs resume r1" goes on with what is not proven',
    ],
  ],
  [
    'could not begin',
    'failed',
    ['waiting'],
    ['Next: when what it says is mended, "phasegate runs resume r1" goes on with what is not proven'],
  ],
  [
    'needs someone',
    'needs-someone',
    ['needs-someone'],
    [
      'Next: look at the dates that need someone, and delete what is not whole of them; then "phasegate runs resume r1" goes on with what is not proven',
    ],
  ],
  ['is done', 'done', ['done'], []],
  ['goes on', 'running', ['running'], []],
  ['waits', 'waiting', ['waiting'], []],
  ['is lost: its last words come first', 'lost', ['running'], []],
])('after a run that %s', (_how, state, steps, words) => {
  const tables = steps.map((each, i) => ({ table: `l.t${i + 1}`, state: each }));
  expect(nextWords({ id: 'r1', state, steps: tables })).toEqual(words);
});

test('commands are set off as the place wants it', () => {
  expect(nextWords({ id: 'r1', state: 'cancelled', steps: [] }, text => `<${text}>`)).toEqual([
    'Next: <phasegate runs resume r1> goes on with what is not proven',
  ]);
});
