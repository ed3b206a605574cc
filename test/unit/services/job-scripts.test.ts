// A job's command against its script: what may not be run as it is declared, what to know of it, and what is fine.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readManifest } from '../../../src/pipeline/manifest';
import { type JobScript, jobScript } from '../../../src/services/job-scripts';
import { commandJob } from '../backfill/pipelines';

/** As the jobs of the reference pipeline are: a list or a range of days, a checkpoint, workers, a dry run that is not always one. */
const SCRIPT = `
import argparse
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--start-date")
    parser.add_argument("--end-date")
    parser.add_argument("--dates", help="comma-separated")
    parser.add_argument("--days", nargs="+")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--no-resume", action="store_true")
    parser.add_argument("--parallel", action="store_true")
    parser.add_argument("--workers", type=int, default=15)
    parser.add_argument("--legacy-mode", action="store_true")
    parser.add_argument("--mode", choices=["fast", "slow"])
    args = parser.parse_args()
    run(args.start_date, args.end_date, args.dates, args.days, args.dry_run, args.no_resume, args.parallel, args.workers, args.mode)
main()
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasegate-scripts-'));
  file('jobs/teams.py', SCRIPT);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(path: string, text: string): void {
  const whole = join(folder, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
}

const LIST = 'dates: { list: --dates }';
const RANGE = 'dates: { range: [--start-date, --end-date] }';

/** What is said of a job, whose command is `python jobs/teams.py` with more words, and which declares more beside. */
function scriptOf(words: readonly string[], declared = LIST): JobScript {
  return jobScript(commandJob(`{ command: [python, ${['jobs/teams.py', ...words].join(', ')}], ${declared} }`), folder);
}

function problems(words: readonly string[], declared = LIST): readonly string[] {
  return scriptOf(words, declared).problems.map(({ severity, message }) => `${severity}: ${message}`);
}

describe('a command that is fine', () => {
  test.each<[string, readonly string[], string]>([
    ['is told its dates as a list', [], LIST],
    ['is told its dates one by one', [], 'dates: { one: --dates }'],
    ['takes flags of its own', ['--mode', 'fast', '--workers=4'], LIST],
    ['is told a range and forgets its checkpoint', [], `${RANGE}, options: { fresh: --no-resume }`],
    ['is told a range and forgets its checkpoint by the command itself', ['--no-resume'], RANGE],
    ['takes options that its script knows', [], `${LIST}, options: { workers: --workers, parallel: --parallel }`],
  ])('%s', (_what, words, declared) => {
    expect(problems(words, declared)).toEqual([]);
  });

  test('names its script from the workspace, with what it is now', () => {
    const { script } = scriptOf([]);
    expect(script).toMatchObject({ path: 'jobs/teams.py', text: SCRIPT });
    file('jobs/teams.py', `${SCRIPT}# changed\n`);
    expect(scriptOf([]).script?.hash).not.toBe(script?.hash);
  });

  test.each([
    ['--dates', false],
    ['--days', true],
  ])('whose script takes %s is told a list in words: %s', (flag, inWords) => {
    expect(scriptOf([], `dates: { list: ${flag} }`).listInWords).toBe(inWords);
  });
});

describe('a command that may not be run so', () => {
  test.each<[string, readonly string[], string, string]>([
    [
      'gives a flag that its script does not take, with the nearest one',
      ['--wrokers', '4'],
      LIST,
      'the script takes no --wrokers: did you mean --workers?',
    ],
    [
      'is told its dates by a flag that its script does not take',
      [],
      'dates: { list: --date-list }',
      'the script takes no --date-list',
    ],
    [
      'gives a flag that its script never looks at',
      ['--legacy-mode'],
      LIST,
      'accepts --legacy-mode and never looks at it',
    ],
    [
      'gives a value that is no choice',
      ['--mode', 'fats'],
      LIST,
      '--mode is fast or slow, not fats: did you mean fast?',
    ],
    [
      'only says what it would do',
      ['--dry-run'],
      LIST,
      'its command holds --dry-run: a backfill that writes nothing is none. Take it out; "phasegate plan" shows what would be done',
    ],
    [
      'would write although it says that it does not: its workers never look at --dry-run',
      ['--dry-run', '--parallel'],
      `${RANGE}, options: { fresh: --no-resume }`,
      'its command holds --dry-run beside --parallel: such jobs write all the same, for their workers never look at --dry-run. Take --dry-run out',
    ],
    [
      'would write nothing and forget its real checkpoint',
      ['--dry-run', '--no-resume'],
      LIST,
      'its command holds --dry-run beside --no-resume: such jobs write nothing and forget their real checkpoint. Take --dry-run out',
    ],
    [
      'goes on from a checkpoint in a range, and leaves out what lies before',
      [],
      RANGE,
      'asked for a range it would go on from its checkpoint and leave out dates before: declare `options: { fresh: --no-resume }`, or a flag that takes a list',
    ],
  ])('%s', (_what, words, declared, message) => {
    const refused = problems(words, declared).filter(problem => problem.startsWith('refuse: '));
    expect(refused).toHaveLength(1);
    expect(refused[0]).toContain(message);
  });

  test('calls a script that is not there', () => {
    const { script, problems: found } = jobScript(commandJob(`{ command: [python, jobs/taems.py], ${LIST} }`), folder);
    expect(script).toBeUndefined();
    expect(found).toEqual([
      { severity: 'refuse', message: 'there is no jobs/taems.py: correct the command of job it' },
    ]);
  });
});

describe('a command of which something is to be known', () => {
  test.each<[string, readonly string[], string, string]>([
    [
      'asks for workers beside a list, which such jobs work off date by date',
      ['--parallel'],
      LIST,
      'warn: --parallel has no effect beside --dates: such jobs work a list off date by date. Declare `parallel` on the job for several commands at once',
    ],
    [
      'declares an option that its script does not take',
      [],
      `${LIST}, options: { workers: --worker }`,
      'warn: its option workers names --worker, which the script does not take: did you mean --workers?',
    ],
    [
      'shortens a flag that may be several',
      ['--d'],
      LIST,
      'warn: --d may be --dates, --days or --dry-run: write it in full',
    ],
  ])('%s', (_what, words, declared, message) => {
    expect(problems(words, declared)).toEqual([message]);
  });

  test('may have a range with workers: that is what they are for', () => {
    expect(problems(['--parallel'], `${RANGE}, options: { fresh: --no-resume }`)).toEqual([]);
  });
});

describe('the script of a command', () => {
  const pathOf = (command: string): string | undefined =>
    jobScript(commandJob(`{ command: ${command}, ${LIST} }`), folder).script?.path;
  const problemsOf = (command: string): readonly string[] =>
    jobScript(commandJob(`{ command: ${command}, ${LIST} }`), folder).problems.map(({ message }) => message);

  test.each([
    ['[python, -u, jobs/teams.py]', 'jobs/teams.py'],
    ['[jobs/teams.py, --mode, fast]', 'jobs/teams.py'],
    ['[nice, -n, "5", python, ./jobs/teams.py]', 'jobs/teams.py'],
    ['[python, -m, jobs.teams]', 'jobs/teams.py'],
    ['[python, -m, package]', 'package/__main__.py'],
    ['[python, jobs/teams.py, --config, other.py]', 'jobs/teams.py'],
    ['[tool, --script, jobs/teams.py]', undefined],
    ['[python, -c, "import x.py"]', undefined],
    ['[make, teams]', undefined],
    ['[python, "${env:JOBS}/teams.py"]', undefined],
  ])('%s is %s', (command, path) => {
    file('package/__main__.py', SCRIPT);
    expect(pathOf(command)).toBe(path);
  });

  test('is not a module that is no part of the workspace: it may be installed', () => {
    expect(problemsOf('[python, -m, dbt.cli, run]')).toEqual([]);
  });

  test('is a module of the workspace that is not there', () => {
    expect(problemsOf('[python, -m, jobs.taems]')).toEqual([
      'there is no jobs/taems.py: correct the command of job it',
    ]);
  });

  test('is not what follows a flag -m of its own', () => {
    file('jobs/teams.py', SCRIPT.replace('"--mode"', '"-m", "--mode"'));
    expect(pathOf('[python, jobs/teams.py, -m, fast]')).toBe('jobs/teams.py');
    expect(problemsOf('[python, jobs/teams.py, -m, fast]')).toEqual([]);
  });

  test('may be a shell script', () => {
    file(
      'bin/run.sh',
      'while [ $# -gt 0 ]; do case $1 in --dates) D=$2; shift 2;; *) exit 2;; esac; done; load "$D"\n',
    );
    expect(pathOf('[bash, bin/run.sh]')).toBe('bin/run.sh');
    expect(problemsOf('[bash, bin/run.sh]')).toEqual([]);
    expect(problemsOf('[bash, bin/run.sh, --date, x]')[0]).toContain(
      'the script takes no --date: did you mean --dates?',
    );
  });

  test('that cannot be read as a script is no problem: a folder, or one that is no Python', () => {
    mkdirSync(join(folder, 'folder.py'));
    expect(problemsOf('[python, folder.py]')).toEqual([]);
    file('jobs/odd.py', '\0\u0001 def (((');
    expect(problemsOf('[python, jobs/odd.py]')).toEqual([]);
  });
});

test('the jobs of the sample are fine', () => {
  const sample = resolve('media/sample');
  const reading = readManifest(readFileSync(join(sample, 'phasegate.yaml'), 'utf8'), {
    folder: sample,
    file: 'phasegate.yaml',
    env: {},
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const jobs = [...reading.pipeline.jobs.values()].filter(job => job.kind === 'command');
  expect(jobs).toHaveLength(3);
  for (const job of jobs) {
    const { script, problems: found } = jobScript(job, sample);
    expect(script?.path).toMatch(/^backfill_jobs\/.*_backfill\.py$/);
    expect(found).toEqual([]);
  }
});
