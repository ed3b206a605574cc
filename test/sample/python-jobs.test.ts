// The sample's Python jobs: what they rebuild is what the generator wrote, byte for byte, and they have the habits of §2.2.
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { addDays, formatDay, parseDay } from '../../src/model/day';
import { datesIn, sampleIn, temporaryRoot } from './workspaces';

const { root, remove } = temporaryRoot();
afterAll(remove);

const TABLES = ['team_offense_game_summary', 'team_defense_game_summary', 'player_game_summary'] as const;
type JobTable = (typeof TABLES)[number];

let workspace = '';
beforeEach(async () => {
  workspace = await sampleIn(root, { state: 'healthy', dates: 6 });
});

function run(
  table: JobTable,
  args: readonly string[],
  now = '2026-01-04T09:00:00Z',
): { code: number | null; log: string } {
  const script = `backfill_jobs/analytics/${table}/${table}_analytics_backfill.py`;
  const { status, stderr } = spawnSync('python3', [script, ...args], {
    cwd: workspace,
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: '.', PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8', SAMPLE_NOW: now },
  });
  return { code: status, log: stderr };
}

const folderOf = (table: JobTable): string => path.join(workspace, 'data/analytics', table);
const fileOf = (table: JobTable, date: string): string => path.join(folderOf(table), `${date}.csv`);
const empty = (table: JobTable): void => rmSync(folderOf(table), { recursive: true });
/** When the generator says that a date was written: the next morning. */
const nextMorning = (date: string): string => {
  const day = parseDay(date);
  if (day === undefined) throw new Error(date);
  return `${formatDay(addDays(day, 1))}T09:00:00Z`;
};
const checkpoints = (): readonly string[] => {
  const folder = path.join(workspace, '.checkpoints');
  return existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.json')) : [];
};

describe('a job', () => {
  it.each(TABLES)('%s rebuilds healthy partitions byte for byte', table => {
    const dates = datesIn(folderOf(table));
    const before = dates.map(date => readFileSync(fileOf(table, date), 'utf8'));
    empty(table);
    for (const date of dates) expect(run(table, ['--dates', date], nextMorning(date)).code).toBe(0);
    expect(dates.map(date => readFileSync(fileOf(table, date), 'utf8'))).toEqual(before);
    expect(checkpoints()).toEqual([]); // a run of --dates leaves no trace
  });

  it('leaves usage_rate empty where the team has no possessions yet', () => {
    empty('team_offense_game_summary');
    const [date = ''] = datesIn(folderOf('player_game_summary'));
    run('player_game_summary', ['--dates', date]);
    expect(readFileSync(fileOf('player_game_summary', date), 'utf8')).toMatch(/,\d+,\d+,\d+,,2026-/);
  });

  it.each([
    ['one by one', []],
    ['in parallel', ['--parallel', '--workers', '3']],
  ] as const)('goes over a range %s, off-days included, with a checkpoint', (_how, flags) => {
    const dates = datesIn(folderOf('team_offense_game_summary'));
    const [first = '', last = ''] = [dates[0], dates.at(-1)];
    empty('team_offense_game_summary');
    const { code, log } = run('team_offense_game_summary', ['--start-date', first, '--end-date', last, ...flags]);
    expect(code).toBe(0);
    expect(datesIn(folderOf('team_offense_game_summary'))).toEqual(dates);
    expect(log).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - INFO - {3}✓ /m);
    expect(checkpoints()).toEqual([`team_offense_game_summary_${first}_${last}.json`]);
  });

  it('exits 0 although a date failed, and never tries that date again', () => {
    const dates = datesIn(folderOf('team_offense_game_summary'));
    const [first = '', second = '', last = ''] = [dates[0], dates[1], dates.at(-1)];
    empty('team_offense_game_summary');
    appendFileSync(
      path.join(workspace, 'data/raw/team_boxscore', `${second}.csv`),
      '20260101_AAA_BBB,x,AAA,many,1,1,x\n',
    );
    const range = ['--start-date', first, '--end-date', last];
    const { code, log } = run('team_offense_game_summary', range);
    expect(code).toBe(0);
    expect(log).toContain('✗ Failed');
    expect(log).toContain(`Failed dates: ${second}`);
    expect(existsSync(fileOf('team_offense_game_summary', second))).toBe(false);
  });

  it('resumes after its last success', () => {
    const dates = datesIn(folderOf('team_offense_game_summary'));
    const [first = '', second = '', last = ''] = [dates[0], dates[1], dates.at(-1)];
    const checkpoint = {
      job_name: 'team_offense_game_summary',
      start_date: first,
      end_date: last,
      last_successful_date: second,
      successful_dates: [second],
      failed_dates: [first],
      skipped_dates: [],
      stats: { total_days: 9, processed: 2, successful: 1, failed: 1, skipped: 0 },
    };
    run('team_offense_game_summary', ['--start-date', first, '--end-date', last, '--no-resume']);
    const file = path.join(workspace, '.checkpoints', `team_offense_game_summary_${first}_${last}.json`);
    rmSync(file);
    appendFileSync(file, JSON.stringify(checkpoint));
    empty('team_offense_game_summary');
    const { log } = run('team_offense_game_summary', ['--start-date', first, '--end-date', last]);
    expect(log).toContain('RESUMING from checkpoint');
    expect(datesIn(folderOf('team_offense_game_summary'))).toEqual(dates.slice(2));
  });

  it('writes in a parallel dry run, and forgets its checkpoint in a dry run without resuming (traps 1 and 2)', () => {
    const dates = datesIn(folderOf('team_offense_game_summary'));
    const range = ['--start-date', dates[0] ?? '', '--end-date', dates.at(-1) ?? ''];
    empty('team_offense_game_summary');
    run('team_offense_game_summary', [...range, '--dry-run']);
    expect(existsSync(folderOf('team_offense_game_summary'))).toBe(false);
    run('team_offense_game_summary', [...range, '--dry-run', '--parallel']);
    expect(datesIn(folderOf('team_offense_game_summary'))).toEqual(dates);
    run('team_offense_game_summary', [...range, '--dry-run', '--no-resume']);
    const states = checkpoints().map(
      name =>
        JSON.parse(readFileSync(path.join(workspace, '.checkpoints', name), 'utf8')) as {
          stats: { processed: number };
        },
    );
    expect(states.filter(state => state.stats.processed > 0)).toEqual([]);
  });

  it('exits 0 on a range in the future, and 1 on what is no date or none at all', () => {
    const future = run('team_offense_game_summary', ['--start-date', '2026-01-01', '--end-date', '2030-01-01']);
    expect(future).toMatchObject({ code: 0 });
    expect(future.log).toContain('in the future');
    expect(run('team_offense_game_summary', ['--dates', '2026-02-30']).code).toBe(1);
    expect(run('team_offense_game_summary', []).code).toBe(1);
    expect(run('player_game_summary', []).code).toBe(0); // the last seven days unless said
  });
});
