// A plan is run as it was shown or not at all, and only by somebody who said so; runs are looked at by their commands.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Plan } from '../../src/backfill/plan';
import type { RunSummary } from '../../src/backfill/run-summary';
import type { RunEvent } from '../../src/runs/events';
import { DATES, type Pipeline, RIGHT, type Ran, usePipelines } from './pipelines';

const { pipeline } = usePipelines();
const [FIRST, SECOND, THIRD] = DATES;
const ONE = { tables: { teams: {} }, dates: [FIRST, SECOND] } as const;

function planned(one: Pipeline, ...args: readonly string[]): Promise<Ran> {
  return one.phasegate('plan', 'teams', '--out', 'plan.json', ...args);
}
const run = (one: Pipeline, ...args: readonly string[]): Promise<Ran> =>
  one.phasegate('backfill', '--plan', 'plan.json', ...args);

describe('a plan that was made before', () => {
  it('is run as it is', async () => {
    const one = pipeline(ONE);
    expect((await planned(one, '--without', SECOND)).code).toBe(0);
    const ran = await run(one, '--yes');
    expect(ran.out).toContain('1 date of 1 table written and proven');
    expect(ran.code).toBe(1); // the table is short of its other date, which was left out
    expect([one.rows('teams', FIRST).length, one.rows('teams', SECOND).length]).toEqual([16, 0]);
  });

  const replace = (one: Pipeline, file: string, from: string, to: string): void => {
    const text = one.read(file);
    if (!text.includes(from)) throw new Error(`${file} holds no ${from}`);
    writeFileSync(one.at(file), text.replace(from, to));
  };
  it.each<[string, (one: Pipeline) => void, string]>([
    [
      'the manifest',
      one => replace(one, 'phasegate.yaml', 'name: small-league', 'name: league'),
      'phasegate.yaml is another one than it was',
    ],
    ['the script', one => one.does('teams', `${RIGHT} # better`), 'teams: jobs/teams.py is another one than it was'],
    ['the data, for the better', () => undefined, 'teams: 1 date of it is not short any more (2024-01-02)'],
    ['the data, for the worse', () => undefined, 'teams: 1 date more is short now (2024-01-05)'],
  ])('is refused when %s changed, with what changed', async (what, change, words) => {
    const one = pipeline({ tables: { teams: {} }, dates: [FIRST, SECOND, THIRD] });
    await one.backfill('teams', '--without', `${FIRST}..${SECOND}`);
    await planned(one);
    change(one);
    if (what.includes('better')) await one.backfill('teams', '--without', SECOND);
    if (what.includes('worse')) rmSync(one.at('data', 'teams', `${THIRD}.csv`));
    const before = one.runs.length;
    const refused = await run(one, '--yes');
    expect(refused.code).toBe(3);
    expect(refused.err).toContain(words);
    expect(refused.err).toContain(
      'The plan no longer fits what is there: nothing was run. Make it again with "phasegate plan"',
    );
    expect(one.runs).toHaveLength(before);
  });

  it('is refused with commands that somebody wrote into it, and with flags that would make it another one', async () => {
    const one = pipeline(ONE);
    await planned(one);
    const plan = JSON.parse(one.read('plan.json')) as { steps: { chunks: { argv: string[] }[] }[] };
    for (const { chunks } of plan.steps) for (const each of chunks) each.argv = ['bash', '-c', 'touch hacked'];
    writeFileSync(one.at('plan.json'), JSON.stringify(plan));
    const refused = await run(one, '--yes');
    expect(refused.code).toBe(3);
    expect(refused.err).toContain('teams: its commands, or their order, are others than those that are planned');
    expect(existsSync(one.at('hacked'))).toBe(false);
    expect((await run(one, '--yes', '--rebuild')).err).toContain('a plan is run as it was made: leave out --rebuild');
    expect(one.runs).toHaveLength(0);
  });

  it('is kept in a file of its own, and never in the place of something else', async () => {
    const one = pipeline(ONE);
    writeFileSync(one.at('plan.json'), 'notes');
    const kept = await planned(one);
    expect(kept.code).toBe(3);
    expect(kept.err).toContain('plan.json is there and is no plan: nothing was written. Name another file with --out');
    expect(one.read('plan.json')).toBe('notes');
  });

  it('is refused for another target, and in another checkout', async () => {
    const two = { ...ONE, otherTarget: 'duckdb, path: other.duckdb' } as const;
    const one = pipeline(two);
    await planned(one);
    const other = await run(one, '--target', 'other', '--yes');
    expect([other.code, other.err]).toEqual([
      3,
      expect.stringMatching(/it was made for target local \(.*\), and this is other \(.*\)/),
    ]);
    const elsewhere = pipeline(two);
    writeFileSync(elsewhere.at('plan.json'), one.read('plan.json'));
    const moved = await run(elsewhere, '--yes');
    expect([moved.code, moved.err]).toEqual([
      3,
      expect.stringContaining(`it was made in ${one.folder}, and this is ${elsewhere.folder}`),
    ]);
  });

  it('that is none, or that stands beside tables, is wrong usage', async () => {
    const one = pipeline(ONE);
    writeFileSync(one.at('plan.json'), '{}');
    expect((await run(one, '--yes')).err).toContain(
      'plan.json is no plan: make one with "phasegate plan TABLE… --out FILE"',
    );
    expect((await run(one, 'teams', '--yes')).code).toBe(64);
    expect((await one.phasegate('backfill', '--yes')).code).toBe(64);
    expect((await one.phasegate('backfill', '--plan', 'gone.json', '--yes')).code).toBe(64);
  });
});

it('a plan sees what its tables look back to, also before the day that it begins with', async () => {
  const one = pipeline({ tables: { teams: {} }, dates: [FIRST, SECOND, THIRD] });
  const manifest = one.read('phasegate.yaml');
  writeFileSync(
    one.at('phasegate.yaml'),
    manifest.replace('dependsOn: [league.raw]', 'dependsOn: [{ table: league.raw, lookback: 9d }]'),
  );
  rmSync(one.at('data', 'raw', `${SECOND}.csv`));
  const made = await one.phasegate('plan', 'teams', '--from', THIRD);
  expect(made.code).toBe(2);
  expect(made.out).toContain('needs raw, of which 66.7 % of 3 dates are there or in this plan (95 % asked)');
});

describe('nothing is written that nobody agreed to', () => {
  it('without a terminal --yes is needed; --dry-run shows the plan and runs nothing', async () => {
    const one = pipeline(ONE);
    const unasked = await one.phasegate('backfill', 'teams');
    expect([unasked.code, unasked.err]).toEqual([64, 'there is no terminal to ask: say --yes to run this plan\n']);
    const dry = await one.phasegate('backfill', 'teams', '--dry-run', '--yes');
    expect([dry.code, dry.out]).toEqual([0, expect.stringContaining('Plan: 2 dates of 1 table')]);
    expect(dry.out).toMatch(/\$ \S*python3 jobs\/teams\.py --dates 2024-01-02\n/);
    expect(one.runs).toEqual([]);
  });

  it('a protected target asks for its name, and --yes is not enough', async () => {
    const one = pipeline({ ...ONE, target: 'protected: true' });
    const yes = await one.phasegate('backfill', 'teams', '--yes');
    expect([yes.code, yes.err]).toEqual([64, 'target local is protected: say --confirm local to write to it\n']);
    const wrong = await one.phasegate('backfill', 'teams', '--confirm', 'prod');
    expect([wrong.code, wrong.err]).toEqual([64, '--confirm prod is not the target of the plan, local\n']);
    expect(one.runs).toEqual([]);
    expect((await one.phasegate('backfill', 'teams', '--confirm', 'local')).code).toBe(0);
    expect(one.rows('teams', FIRST)).toHaveLength(16);
  });

  it('nor does a run of a protected target go on unless its name is said again', async () => {
    const one = pipeline({ tables: { teams: { does: 'sys.exit(7)' } }, dates: [FIRST], target: 'protected: true' });
    await one.phasegate('backfill', 'teams', '--confirm', 'local');
    const [failed] = one.runs;
    if (failed === undefined) throw new Error('no run began');
    one.does('teams', RIGHT);
    const refused = await one.phasegate('runs', 'resume', failed.id);
    expect([refused.code, refused.err]).toEqual([
      3,
      'target local is protected: its name has to be typed to go on writing to it: say --confirm local\n',
    ]);
    expect(one.rows('teams', FIRST)).toHaveLength(0);
    expect((await one.phasegate('runs', 'resume', failed.id, '--confirm', 'local')).code).toBe(0);
    expect(one.rows('teams', FIRST)).toHaveLength(16);
  });

  it('a plan whose job would do something else is refused before anything is begun', async () => {
    const one = pipeline({ tables: { teams: { command: '"${python}", $JOB, --dry-run' } }, dates: [FIRST] });
    const refused = await one.phasegate('backfill', 'teams', '--yes');
    expect(refused.code).toBe(3);
    expect(refused.out).toContain('--dry-run');
    expect(one.runs).toEqual([]);
  });
});

describe('what is printed', () => {
  it('--json prints the events of the run and nothing else', async () => {
    const one = pipeline(ONE);
    const ran = await one.phasegate('backfill', 'teams', '--yes', '--json');
    const events = ran.out
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as RunEvent);
    expect(events[0]).toMatchObject({ event: 'run-started', resumed: false });
    expect(events.at(-1)).toMatchObject({ event: 'run-ended', state: 'done', verdict: 'pass' });
    expect(events).toEqual(one.runs[0]?.events);
    const plan = JSON.parse((await one.phasegate('plan', 'teams', '--rebuild', '--json')).out) as Plan;
    expect(plan).toMatchObject({ schema: 'phasegate.plan/1', steps: [{ id: 'teams', dates: [FIRST, SECOND] }] });
  });

  it('a run that is followed elsewhere says what attaches to it and what ends it', async () => {
    const one = pipeline({ tables: { teams: { does: `${RIGHT}\nsay("here"); hears("go on")` } }, dates: [FIRST] });
    const begun = await one.phasegate('backfill', 'teams', '--yes', '--detach');
    const [its] = one.runs;
    if (its === undefined) throw new Error('no run');
    expect([begun.code, begun.out]).toEqual([
      0,
      expect.stringContaining(
        `Run ${its.id} has begun. See it with "phasegate runs attach ${its.id}"; end it with "phasegate runs cancel ${its.id}"`,
      ),
    ]);
    await one.heard('here');
    const summaries = JSON.parse((await one.phasegate('runs', '--json')).out) as readonly RunSummary[];
    expect(summaries.map(({ id, state }) => [id, state])).toEqual([[its.id, 'running']]);
    expect((await one.phasegate('runs', 'show', '--json')).code).toBe(0);
    const attached = one.phasegate('runs', 'attach', its.id.slice(0, 15), '--json');
    one.say('go on');
    const { out, code } = await attached;
    expect(code).toBe(0);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line) as RunEvent),
    ).toEqual(its.events);
    const shown = await one.phasegate('runs', 'show', '--log');
    expect([shown.code, shown.out]).toEqual([0, expect.stringContaining('1 of 1 date done')]);
    expect((await one.phasegate('runs', 'show', 'nothing')).code).toBe(64);
    expect((await one.phasegate('runs')).out).toContain(`✔ ${its.id}`);
  });

  it.each<[string, Parameters<typeof pipeline>[0]['tables'], number]>([
    ['1 where something was not done', { teams: { does: 'pass' } }, 1],
    [
      '1 where a check of the last validation fails',
      { teams: { table: 'checks: [{ range: { column: points, max: 50, per: range } }]' } },
      1,
    ],
    [
      '2 where it only warns',
      { teams: { table: 'checks: [{ range: { column: points, max: 50, per: range, severity: warn } }]' } },
      2,
    ],
  ])('the exit code is %s', async (_what, tables, code) => {
    expect((await pipeline({ tables, dates: [FIRST] }).backfill('teams')).code).toBe(code);
  });

  it('3 where the runner went away, with what to do', async () => {
    const one = pipeline({ tables: { teams: { does: 'say("here"); hears("never")' } }, dates: [FIRST] });
    const attached = one.phasegate('backfill', 'teams', '--yes');
    await one.heard('here');
    const [its] = one.runs;
    if (its === undefined) throw new Error('no run');
    await its.kill(its.runner, ...its.jobs);
    const { code, out } = await attached;
    expect([code, out]).toEqual([
      3,
      expect.stringContaining('its runner is gone without a word: resume it to go on with what is not proven'),
    ]);
  });

  it('the report of a run says what was short, what is there now, and what it cost', async () => {
    const one = pipeline(ONE);
    const ran = await one.backfill('teams');
    const report = readFileSync(/^Report: (.*)$/m.exec(ran.out)?.[1] ?? '', 'utf8');
    expect(report).toContain('2 missing');
    expect(report).toContain('2 dates of 1 table written and proven');
  });
});
