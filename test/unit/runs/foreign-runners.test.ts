// Who else runs a script, by command lines: only what an interpreter was given to run, wherever it was started from.
import { describe, expect, test } from 'vitest';
import { type RunningProcess, foreignRunners } from '../../../src/runs/processes';

const SCRIPT = 'backfill_jobs/analytics/teams/teams_backfill.py';
const SHELL_SCRIPT = './bin/run.sh';

/** Whether a process with a command line runs a script. */
function runs(argv: readonly string[], script = SCRIPT): boolean {
  const running: RunningProcess = { pid: 4711, parent: 1, group: 4711, argv };
  return foreignRunners(script, [running]).length === 1;
}

describe('runs the script', () => {
  test.each<readonly string[][]>([
    [['python3', SCRIPT, '--dates', '2024-01-01']],
    [['/usr/bin/python3.12', '-u', `/srv/checkout/${SCRIPT}`]],
    [['.venv/bin/python', '-X', 'dev', '-W', 'ignore', `./${SCRIPT}`]],
    [['/Library/Frameworks/Python.app/Contents/MacOS/Python', SCRIPT]],
    [['python', '-m', 'backfill_jobs.analytics.teams.teams_backfill', '--dates', 'x']],
    [['python', '-m', 'pdb', SCRIPT]],
    [['python', '-m', 'cProfile', '-o', 'out', SCRIPT]],
    [['pypy3', `analytics/teams/teams_backfill.py`]],
    [[`/srv/checkout/${SCRIPT}`, '--dates', '2024-01-01']],
  ])('%j', argv => {
    expect(runs(argv)).toBe(true);
  });

  test.each<readonly string[][]>([
    [['bash', 'bin/run.sh']],
    [['-bash', '/w/bin/run.sh', '2024-01-01']],
    [['/bin/sh', '-e', '-o', 'pipefail', './bin/run.sh']],
    [['/w/bin/run.sh']],
  ])('%j, of a shell', argv => {
    expect(runs(argv, SHELL_SCRIPT)).toBe(true);
  });
});

describe('does not run the script', () => {
  test.each<[string, readonly string[]]>([
    ['an editor', ['vim', SCRIPT]],
    ['an editor that is a script itself', ['python3', '/usr/bin/idle', SCRIPT]],
    ['an editor that a shell has started', ['sh', '-c', `code /w/${SCRIPT}`]],
    ['a search', ['grep', '-n', 'dates', SCRIPT]],
    ['a search by a shell', ['bash', '-c', `grep dates /w/${SCRIPT}`]],
    ['a look at its end', ['tail', '-f', SCRIPT]],
    ['a linter', ['/usr/bin/python3', '/usr/bin/pylint', SCRIPT]],
    ['a linter as a module', ['python', '-m', 'pylint', SCRIPT]],
    ['a test of it', ['python', '-m', 'pytest', SCRIPT]],
    ['a language server', ['node', 'server.js', '--stdio', SCRIPT]],
    ['another script that is told its name', ['python', 'other.py', '--config', SCRIPT]],
    ['another script of the same name elsewhere', ['python', 'backfill_jobs/analytics/players/teams_backfill.py']],
    ['a script whose name ends like it', ['python', 'x/my_analytics/teams/teams_backfill.py']],
    ['an interpreter without a script', ['python3', '-i']],
    ['an interpreter of a text', ['python3', '-c', `run("${SCRIPT}")`]],
    ['a process without a command line', []],
  ])('%s', (_what, argv) => {
    expect(runs(argv)).toBe(false);
  });

  test.each<readonly string[]>([
    ['timeout', '60', 'python3', SCRIPT],
    ['uv', 'run', SCRIPT],
    ['time', 'python3', SCRIPT],
  ])('%s, which starts another process that does: one writer is not counted twice', (...argv) => {
    expect(runs(argv)).toBe(false);
  });

  test('this process itself', () => {
    expect(foreignRunners(SCRIPT, [{ pid: process.pid, parent: 1, group: 1, argv: ['python', SCRIPT] }])).toEqual([]);
  });
});

test('a script at the top of a workspace is known by its name alone', () => {
  expect(runs(['python', '/anywhere/backfill.py'], './backfill.py')).toBe(true);
  expect(runs(['python', '/anywhere/my_backfill.py'], './backfill.py')).toBe(false);
});
