// Data blame as its user asks for it, on the sample: the built program as a process, and the git processes that it starts.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report';
import type { ColumnBlame } from '../../src/services/blame';

const PROGRAM = path.resolve(import.meta.dirname, '../../bin/phasegate.cjs');
const root = mkdtempSync(path.join(tmpdir(), 'phasegate-blame-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    encoding: 'utf8',
    // Nobody's temporary folder is a repository for this.
    env: { ...process.env, GIT_CEILING_DIRECTORIES: root, ...env },
  });
  return { code: status, out: stdout, err: stderr };
}

const sample = path.join(root, 'sample');
const blame = (...args: readonly string[]): Ran => run(sample, ['blame', ...args]);
beforeAll(() => {
  const written = run(root, ['sample', sample]);
  if (written.code !== 0) throw new Error(written.err);
});

/** The sample without its history. */
function withoutGit(name: string): string {
  const folder = path.join(root, name);
  cpSync(sample, folder, { recursive: true, filter: from => !/[/\\](?:\.git|\.phasegate)$/.test(from) });
  return folder;
}

/** The arguments of each git that a run starts. */
function gitCalls(
  folder: string,
  ...args: readonly string[]
): { readonly ran: Ran; readonly calls: readonly string[] } {
  const [bin, log] = [path.join(root, 'bin'), path.join(root, 'calls')];
  const [real = ''] = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.split('\n');
  mkdirSync(bin, { recursive: true });
  writeFileSync(path.join(bin, 'git'), `#!/bin/sh\necho "$*" >> '${log}'\nexec '${real}' "$@"\n`);
  chmodSync(path.join(bin, 'git'), 0o755);
  writeFileSync(log, '');
  const ran = run(folder, args, { PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` });
  return { ran, calls: readFileSync(log, 'utf8').split('\n').slice(0, -1) };
}

describe('blame on the sample', () => {
  it('names the commit that left usage_rate for later, once for two checks', () => {
    const { code, out, err } = blame('player_game_summary', 'usage_rate');
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n').slice(2, 6)).toEqual([
      '      usage_rate is empty from 2025-10-21 on, written 2025-10-22 (last good: 2025-06-21, written 2025-06-22); before, dates failed now and then; 2 commits touched its sources in between',
      expect.stringMatching(
        /^ {8}[0-9a-f]{7,} {2}2025-10-20 22:15 UTC {2}Leave usage_rate for later, possessions are late tonight$/,
      ),
      expect.stringMatching(/^ {8}[0-9a-f]{7,} {2}2025-10-21 19:20 UTC {2}Log records, not rows$/),
      expect.stringMatching(/✘ fail {4}not_null {2}usage_rate/),
    ]);
    expect(out.split('Leave usage_rate for later')).toHaveLength(2);
    expect(out).toContain('      the same\n');
  });

  it('names the commit that broke minutes_played, and none that mended it', () => {
    const { code, out } = blame('player_game_summary', 'minutes_played');
    expect(code).toBe(0);
    expect(out).toContain('minutes_played is empty from 2024-11-11 to 2024-12-01, written 2024-11-12');
    expect(out).toMatch(/ 2024-11-11 21:40 UTC {2}Read minutes like the other numbers\n/);
    expect(out).not.toContain('Minutes are MM:SS');
  });

  it('answers whatever way table and column are written', () => {
    const { out } = blame('league_analytics.player_game_summary', 'Usage_Rate');
    expect(out).toBe(blame('player_game_summary', 'usage_rate').out);
  });

  it('is one document with --json', () => {
    const { code, out } = blame('player_game_summary', 'minutes_played', '--json');
    expect(code).toBe(0);
    const document = JSON.parse(out) as ColumnBlame & { readonly schema: string };
    expect(document).toMatchObject({
      schema: 'phasegate.blame/1',
      pipeline: 'sample-league',
      target: 'local',
      table: 'league_analytics.player_game_summary',
      column: 'minutes_played',
      verdict: 'fail',
    });
    expect(document.checks.map(({ check, outcome, blame: found }) => [check, outcome, found])).toEqual([
      [
        'not_null',
        'fail',
        {
          words: expect.stringMatching(
            /^minutes_played is empty from 2024-11-11 to 2024-12-01, .* 1 commit touched/,
          ) as string,
          from: '2024-11-11',
          lastGood: { date: '2024-11-10', written: '2024-11-11T09:00:00.000Z' },
          firstBad: { date: '2024-11-11', written: '2024-11-12T09:00:00.000Z' },
          commits: [
            {
              hash: expect.stringMatching(/^[0-9a-f]{7,}$/) as string,
              at: '2024-11-11T21:40:00.000Z',
              subject: 'Read minutes like the other numbers',
            },
          ],
        },
      ],
      ['range', 'pass', undefined],
    ]);
  });

  it.each([
    ['a break with a commit', ['player_game_summary', 'usage_rate'], 0, '2 commits touched'],
    ['a break without one', ['team_offense_game_summary', 'team_abbr'], 1, 'no commit touched its sources in between'],
    ['nothing that fails', ['player_game_summary', 'minutes_played', '--from', '2025-11-01'], 0, '✔ pass'],
    [
      'no good date in the range',
      ['player_game_summary', 'usage_rate', '--from', '2025-11-01'],
      1,
      'from the beginning',
    ],
  ])('%s: %j ends with %i', (_what, args, code, words) => {
    const ran = blame(...args);
    expect(ran.code).toBe(code);
    expect(ran.out).toContain(words);
  });

  it.each([
    [
      'a column that is nearly one',
      ['player_game_summary', 'usage_rat'],
      'league_analytics.player_game_summary has no check of a column usage_rat: did you mean usage_rate?',
    ],
    [
      'a column that is none',
      ['player_game_summary', 'height'],
      'has no check of a column height; its checks are of minutes_played, usage_rate',
    ],
    ['a table that is nearly one', ['player_game_sumary', 'usage_rate'], 'did you mean player_game_summary?'],
    ['a phase', ['3', 'usage_rate'], '3 is a phase of 3 tables: name one of them'],
    ['no column', ['player_game_summary'], "missing required argument 'column'"],
  ])('%s is wrong usage: %j', (_what, args, message) => {
    const ran = blame(...args);
    expect(ran).toMatchObject({ code: 64, out: '' });
    expect(ran.err).toContain(message);
  });

  it('says what is wrong with its usage as a document too', () => {
    const { code, out } = blame('player_game_summary', 'usage_rat', '--json');
    expect(code).toBe(64);
    expect(JSON.stringify(JSON.parse(out))).toContain('did you mean usage_rate?');
  });
});

describe('where git tells nothing, everything else stands', () => {
  it.each<[string, (folder: string) => NodeJS.ProcessEnv, string]>([
    ['no repository', () => ({}), 'the workspace is in no git repository'],
    ['no git', () => ({ PATH: root }), 'git is not installed'],
    [
      'no commit',
      folder => {
        spawnSync('git', ['init', '--quiet'], { cwd: folder });
        return {};
      },
      'the git repository has no commit yet',
    ],
  ])('%s', (name, prepare, why) => {
    const folder = withoutGit(name);
    const ran = run(folder, ['blame', 'player_game_summary', 'minutes_played'], prepare(folder));
    expect(ran).toMatchObject({ code: 1, err: '' });
    expect(ran.out).toContain(
      `minutes_played is empty from 2024-11-11 to 2024-12-01, written 2024-11-12 (last good: 2024-11-10, written 2024-11-11); left out which commits: ${why}\n`,
    );
  });
});

describe('validate', () => {
  const validated = (ran: Ran): Report => JSON.parse(ran.out) as Report;

  it('tells with each failing check of a column since when, and asks git once a table', () => {
    const { ran, calls } = gitCalls(sample, 'validate', '--json');
    const blamed = validated(ran).results.filter(result => result.blame !== undefined);
    expect(blamed.map(({ id, blame: found }) => [id, found?.from, found?.commits.length])).toEqual([
      ['league_analytics.team_offense_game_summary/rows/games/team_abbr', '2025-12-26', 0],
      ['league_analytics.player_game_summary/not_null/minutes_played', '2024-11-11', 1],
      ['league_analytics.player_game_summary/not_null/usage_rate', '2025-10-21', 2],
      ['league_analytics.player_game_summary/not_null/usage_rate#2', '2025-10-21', 2],
    ]);
    const asked = (command: string, table: string): number =>
      calls.filter(call => call.includes(` ${command} `) && call.includes(table)).length;
    expect(asked('log', 'player_game_summary')).toBe(1);
    expect(asked('log', 'team_offense_game_summary')).toBe(1);
    // Where no commit is found, git is asked whether it knows the files at all.
    expect(asked('ls-files', 'team_offense_game_summary')).toBe(1);
    expect(calls).toHaveLength(3);
  });

  it('asks no git where no check of a column fails', () => {
    expect(gitCalls(sample, 'validate', 'team_defense_game_summary', '--json').calls).toEqual([]);
    expect(gitCalls(sample, 'coverage', '--json').calls).toEqual([]);
  });

  it('asks the warehouse not one statement more for it', () => {
    const [whole, bare] = [sample, withoutGit('bare')].map(folder => {
      const report = validated(run(folder, ['validate', '--json', '--no-cache']));
      return {
        cost: [report.cost.statements, report.cost.lookups],
        blamed: report.results.map(({ blame: of }) => of?.commits.length ?? 0),
      };
    });
    expect(whole?.cost).toEqual(bare?.cost);
    expect(whole?.blamed).not.toEqual(bare?.blamed);
    const one = validated(run(sample, ['validate', 'player_game_summary', '--json', '--no-cache']));
    expect(one.cost.statements).toBe(
      validated(run(sample, ['coverage', 'player_game_summary', '--json', '--no-cache'])).cost.statements,
    );
  });

  it('says it in the terminal once for two checks, and in its report as Markdown', () => {
    const { out } = run(sample, ['validate', 'player_game_summary']);
    expect(out.split('Leave usage_rate for later')).toHaveLength(2);
    const [, file = ''] = /^Report: (.*\.md)$/m.exec(out) ?? [];
    const markdown = readFileSync(file, 'utf8');
    expect(markdown).toContain('## Since when');
    expect(markdown.split('Leave usage\\_rate for later')).toHaveLength(2);
  });
});
