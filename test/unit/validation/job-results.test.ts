// What a preflight says of the job that is to write a table: its script, other writers, the columns its code writes, how long it takes.
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../src/model/outcome';
import type { Result } from '../../../src/model/report';
import { type JobFacts, jobResults } from '../../../src/validation/job-results';
import { day, reading, table } from '../coverage/tables';
import { DaySet } from '../../../src/model/day-set';

const SOURCE = { file: 'phasegate.yaml', line: 12 };
const CODE = { file: 'processors/teams.py', line: 88 };

const FINE: JobFacts = {
  name: 'teams',
  source: SOURCE,
  kind: 'command',
  problems: [],
  script: 'jobs/teams.py',
  isTold: true,
  writers: [],
  columns: undefined,
  duration: undefined,
};

function results(facts: Partial<JobFacts> = {}): readonly Result[] {
  return jobResults(
    { ...FINE, ...facts },
    {
      gate: 'preflight',
      table: table({ name: 'l.teams' }),
      reading: reading(DaySet.empty),
      accepted: [],
      asOf: day('2024-02-01'),
    },
  );
}

/** The one result of a check. */
function of(check: string, facts: Partial<JobFacts> = {}): Result | undefined {
  return results(facts).find(result => result.check === check);
}

test('all of them are about the table, at this gate, where the job is declared', () => {
  const all = results();
  expect(all.map(({ check }) => check)).toEqual(['job', 'writer', 'duration']);
  for (const result of all)
    expect(result).toMatchObject({
      gate: 'preflight',
      table: 'l.teams',
      id: `l.teams/${result.check}`,
      source: SOURCE,
    });
});

describe('the job', () => {
  const refuse = { severity: 'refuse', message: 'there is no jobs/teams.py' } as const;
  const warn = { severity: 'warn', message: '--parallel has no effect' } as const;
  test.each<[string, Partial<JobFacts>, Outcome, string]>([
    ['whose script takes all its flags passes', {}, 'pass', 'teams: jobs/teams.py takes every flag that it is given'],
    [
      'that is a statement passes',
      { kind: 'sql', script: 'sql/teams.sql' },
      'pass',
      'teams: sql/teams.sql replaces exactly the dates that it is asked for',
    ],
    [
      'of which no script can be read is not judged',
      { script: undefined },
      'skipped',
      'teams: its command is no script that can be read',
    ],
    ['that may not be run so fails', { problems: [refuse] }, 'fail', 'teams: there is no jobs/teams.py'],
    ['of which something is to be known warns', { problems: [warn] }, 'warn', 'teams: --parallel has no effect'],
    [
      'of which both is true fails, and tells both',
      { problems: [warn, refuse] },
      'fail',
      'teams: --parallel has no effect; there is no jobs/teams.py',
    ],
    [
      'of which no script can be read may still be a trap',
      { script: undefined, problems: [refuse] },
      'fail',
      'teams: there is no jobs/teams.py',
    ],
  ])('%s', (_what, facts, outcome, message) => {
    expect(of('job', facts)).toMatchObject({ outcome, message });
  });
});

describe('another writer', () => {
  const ours = (words: string): JobFacts['writers'][number] => ({ ours: true, words });
  const foreign = (words: string): JobFacts['writers'][number] => ({ ours: false, words });
  test.each<[string, JobFacts['writers'], Outcome, string]>([
    ['that nobody has seen is none', [], 'pass', 'nobody else is seen to write it'],
    [
      'that is a run fails: one table has one writer',
      [ours('run a writes it since nine')],
      'fail',
      'run a writes it since nine: one table has one writer. Wait for it, or cancel it',
    ],
    [
      'that is a process of somebody warns: it may write other dates',
      [foreign('process 12 runs jobs/teams.py as well'), foreign('process 13 runs jobs/teams.py as well')],
      'warn',
      "process 12 runs jobs/teams.py as well; process 13 runs jobs/teams.py as well: two writers of one table spoil each other's work. Make sure that it writes other dates, or end it",
    ],
    [
      'that is a run counts for more than a process',
      [foreign('process 12 runs it'), ours('run a writes it')],
      'fail',
      'run a writes it: one table has one writer. Wait for it, or cancel it',
    ],
  ])('%s', (_what, writers, outcome, message) => {
    expect(of('writer', { writers })).toMatchObject({ outcome, message });
  });
});

describe('the columns that its code writes', () => {
  test('say nothing where the code does not tell', () => {
    expect(of('job_columns')).toBeUndefined();
  });

  test.each<[string, readonly string[], readonly string[], Outcome, string]>([
    ['pass where they fit', [], [], 'pass', 'the columns that its code writes fit'],
    [
      'warn where the live table has not all of them',
      ['pace', 'rest'],
      [],
      'warn',
      'it writes pace, rest, which the live table has not (2 columns). Correct the code, or the manifest',
    ],
    [
      'warn where one that is declared is not among them',
      [],
      ['usage_rate'],
      'warn',
      'it does not write usage_rate, which is declared (1 column). Correct the code, or the manifest',
    ],
    [
      'warn of both at once',
      ['pace'],
      ['usage_rate', 'minutes'],
      'warn',
      'it writes pace, which the live table has not; it does not write usage_rate, minutes, which are declared (3 columns). Correct the code, or the manifest',
    ],
  ])('%s', (_what, notThere, notWritten, outcome, message) => {
    expect(of('job_columns', { columns: { notThere, notWritten, where: CODE } })).toMatchObject({
      outcome,
      message,
      source: CODE,
    });
  });
});

test.each<[string | undefined, string]>([
  ['about 3 min for 12 dates, 15 s a date in earlier runs', 'about 3 min for 12 dates, 15 s a date in earlier runs'],
  [undefined, 'unknown: no earlier run tells'],
])('how long it takes is told and judges nothing: %s', (duration, message) => {
  expect(of('duration', { duration })).toMatchObject({ outcome: 'skipped', message });
});
