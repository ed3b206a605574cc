// The order of a plan, what speaks against running it, and what it will take.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PlannedJob } from '../../../src/backfill/make-plan';
import { type Plan, readPlan } from '../../../src/backfill/plan';
import { readManifest } from '../../../src/pipeline/manifest';
import type { Pipeline } from '../../../src/pipeline/pipeline';
import { costWords, durationWords, totalOf } from '../../../src/print/plan-words';
import { pipelineOf, standing, tableOf } from './pipelines';
import { type Asked, planOf, stepOf } from './plans';

function sample(): Pipeline {
  const reading = readManifest(readFileSync(resolve('media/sample/phasegate.yaml'), 'utf8'), {
    folder: '/w',
    file: 'phasegate.yaml',
    env: {},
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.pipeline;
}

/** The order of a plan: `group id < needs`. */
function order(plan: Plan): readonly string[] {
  return plan.steps.map(
    ({ group, id, needs }) => `${group} ${id}${needs.length === 0 ? '' : ` < ${needs.join(', ')}`}`,
  );
}

/** All tables of a phase of the sample as missing, the others as complete. */
function missing(pipeline: Pipeline, ...phases: readonly string[]): Plan {
  const tables = [...pipeline.tables.values()].filter(({ dated }) => dated);
  return planOf(
    pipeline,
    Object.fromEntries(tables.map(({ shortName, phase }) => [shortName, phases.includes(phase) ? 'mmmm' : 'cccc'])),
  );
}

describe('the sample’s phase 4 and 5', () => {
  test('begin with the two zone analyses side by side; each of the others waits for what it is computed from', () => {
    expect(order(missing(sample(), '4', '5'))).toEqual([
      '1 team_defense_zone_analysis',
      '1 player_shot_zone_analysis',
      '2 player_composite_factors < team_defense_zone_analysis, player_shot_zone_analysis',
      '3 player_daily_cache < player_composite_factors',
      '4 ml_feature_store_v2 < player_daily_cache',
      '5 player_prop_predictions < ml_feature_store_v2',
    ]);
  });

  test('wait for the analytics where those are short too', () => {
    expect(order(missing(sample(), '3', '4', '5')).slice(0, 5)).toEqual([
      '1 team_offense_game_summary',
      '1 team_defense_game_summary',
      '2 player_game_summary < team_offense_game_summary',
      '2 team_defense_zone_analysis < team_defense_game_summary',
      '3 player_shot_zone_analysis < player_game_summary',
    ]);
  });

  test('are one group where nothing of a plan is computed from another step of it', () => {
    const pipeline = sample();
    const plan = planOf(pipeline, {
      team_offense_game_summary: 'mmm',
      player_daily_cache: 'ccc',
      team_defense_game_summary: 'mmm',
    });
    expect(order(plan)).toEqual(['1 team_offense_game_summary', '1 team_defense_game_summary']);
  });
});

test('a step needs what it is computed from by way of tables that are not planned', () => {
  const chain = pipelineOf(`
jobs: { it: { sql: it.sql } }
phases:
  - id: 1
    tables: [{ name: l.a, job: it }, { name: l.b, job: it, dependsOn: [l.a] }, { name: l.c, job: it, dependsOn: [l.b] }]
`);
  expect(order(planOf(chain, { a: 'mm', b: 'cc', c: 'mm' }))).toEqual(['1 a', '2 c < a']);
});

test('a step is called by its short name, and by its full name where another table of the question has the same', () => {
  const twins = pipelineOf(`
jobs: { it: { sql: it.sql } }
phases: [{ id: 1, tables: [{ name: x.same, job: it }, { name: y.same, job: it }, { name: y.other, job: it }] }]
`);
  const tables = [...twins.tables.values()];
  const plan = planOf(
    twins,
    {},
    {
      assessments: new Map(tables.map(table => [table.name, standing(table, 'mm')])),
    },
  );
  expect(plan.steps.map(({ id }) => id)).toEqual(['x.same', 'y.same', 'other']);
});

describe('what will make a step’s gate say no', () => {
  const NEEDS = pipelineOf(`
jobs: { it: { sql: it.sql } }
phases:
  - id: 1
    tables:
      - { name: l.schedule, date: none }
      - { name: l.raw }
      - { name: l.extra }
      - name: l.teams
        job: it
        dependsOn: [l.schedule, { table: l.raw, lookback: 1d, coverage: 75% }, { table: l.extra, optional: true }]
`);
  const table = (name: string): ReturnType<typeof tableOf> => tableOf(NEEDS, name);
  const blockers = (stand: Parameters<typeof planOf>[1], asked: Asked = {}): readonly string[] =>
    stepOf(planOf(NEEDS, { teams: 'ccmm', ...stand }, { tables: ['teams'], ...asked }), 'teams').blockers;

  test.each<[string, Parameters<typeof planOf>[1], readonly string[]]>([
    ['nothing where all that is needed is there', { raw: 'mccc' }, []],
    [
      'too few of the dates that it needs, each date and its look-back',
      { raw: 'cccm' },
      ['needs raw, of which 66.7 % of 3 dates are there or in this plan (75 % asked)'],
    ],
    ['nothing where the dates that are short are not needed', { raw: 'mccc', extra: 'mmmm' }, []],
    ['nothing where what is needed is stale', { raw: 'ssss' }, []],
    ['nothing where what is needed is not expected at all', { raw: 'cooo' }, []],
    ['nothing by what is optional', { raw: 'cccc', extra: 'mmmm' }, []],
    [
      'a date of which nobody can tell whether it is there',
      { raw: 'cccu' },
      ['needs raw, of which 1 date could not be told: a.csv line 3 could not be read'],
    ],
    [
      'such a date even of what is optional, for then the gate cannot be evaluated',
      { raw: 'cccc', extra: 'cccu' },
      ['needs extra, of which 1 date could not be told: a.csv line 3 could not be read'],
    ],
  ])('is %s', (_what, stand, expected) => {
    expect(blockers(stand)).toEqual(expected);
  });

  test('is no date that the plan writes before', () => {
    const chain = pipelineOf(`
jobs: { it: { sql: it.sql } }
phases: [{ id: 1, tables: [{ name: l.a, job: it }, { name: l.b, job: it, dependsOn: [l.a] }] }]
`);
    expect(stepOf(planOf(chain, { a: 'mmmm', b: 'mmmm' }), 'b').blockers).toEqual([]);
    expect(stepOf(planOf(chain, { a: 'mmmm', b: 'mmmm' }, { tables: ['b'] }), 'b').blockers).toEqual([
      'needs a, of which 0.0 % of 4 dates are there or in this plan (95 % asked)',
    ]);
  });

  test('is no date that somebody accepted', () => {
    expect(blockers({ raw: standing(table('raw'), 'cmmm', { accepted: '.xxx' }) })).toEqual([]);
  });

  test('is a table without dates that is empty, not there, or cannot be read', () => {
    const schedule = (given: Parameters<typeof standing>[2]): readonly string[] =>
      blockers({ raw: 'cccc', schedule: standing(table('schedule'), '', given) });
    expect(schedule({ rows: 12 })).toEqual([]);
    expect(schedule({ rows: 0 })).toEqual(['needs schedule, which holds no rows']);
    expect(schedule({ reading: { state: 'absent', knownBefore: false, message: 'no such table' } })).toEqual([
      'needs schedule, which holds no rows',
    ]);
    expect(schedule({ reading: { state: 'unreadable', message: 'no permission' } })).toEqual([
      'needs schedule, which could not be read: no permission',
    ]);
  });

  test('is a date of which the calendar itself cannot tell whether it is expected', () => {
    expect(blockers({ raw: 'cccc', teams: standing(table('teams'), 'cmmm', { uncertain: 'x' }) })).toEqual([
      'the calendar cannot tell 1 date: a game was never marked final',
    ]);
  });
});

describe('a plan is refused', () => {
  const JOBS = pipelineOf(`
jobs:
  python: { command: ["\${python}", job.py], dates: { one: --date } }
  dateless: { command: [job.sh] }
  sql: { sql: job.sql }
phases:
  - id: 1
    tables:
      - { name: l.python, job: python }
      - { name: l.again, job: python }
      - { name: l.dateless, job: dateless }
      - { name: l.sql, job: sql }
`);
  const plan = (tables: readonly string[], jobs: Asked['jobs'] = {}, asked: Asked = {}): Plan =>
    planOf(JOBS, Object.fromEntries(tables.map(name => [name, 'mm'])), { tables, jobs, ...asked });

  test('once where there is no Python and a job asks for it', () => {
    const none = { python: undefined, pythonProblem: 'there is no Python: install python3' };
    expect(plan(['python', 'again'], {}, none).refusals).toEqual(['there is no Python: install python3']);
    expect(plan(['sql'], {}, none)).toMatchObject({ refusals: [] });
  });

  test('where something is wrong with a script, and warned where something is to be known of it', () => {
    const problems: PlannedJob['problems'] = [
      { severity: 'refuse', message: 'there is no job.py' },
      { severity: 'warn', message: 'it has no --workers' },
    ];
    expect(plan(['python'], { python: { problems } })).toMatchObject({
      refusals: ['python: there is no job.py'],
      warnings: ['python: it has no --workers'],
    });
  });

  test('where a statement cannot be read', () => {
    const sql = { ok: false, message: 'job.sql could not be read' } as const;
    expect(plan(['sql'], { sql: { sql } }).refusals).toEqual(['sql: job.sql could not be read']);
  });

  test('where a job is not told its dates; the step is then none', () => {
    const refused = plan(['dateless', 'sql']);
    expect(refused.steps.map(({ id }) => id)).toEqual(['sql']);
    expect(refused.refusals).toEqual([
      'dateless: job dateless does not say how it is told its dates, and would take dates of its own choice: declare `dates` with list, range or one',
    ]);
  });

  test('never for a job of which nothing is to be written', () => {
    const fine = planOf(JOBS, { dateless: 'cc' }, { python: undefined, pythonProblem: 'there is no Python' });
    expect(fine).toMatchObject({ steps: [], refusals: [] });
  });

  test('names the interpreter that it is run with, where a job asks for one', () => {
    expect(plan(['python']).python).toEqual({ path: '/w/.venv/bin/python', from: "the workspace's .venv" });
    expect(plan(['sql']).python).toBeUndefined();
    expect(stepOf(plan(['python']), 'python').chunks[0]?.argv).toEqual([
      '/w/.venv/bin/python',
      'job.py',
      '--date',
      '2024-01-01',
    ]);
  });
});

describe('how long it will take', () => {
  const SIDES = pipelineOf(`
jobs:
  a: { sql: a.sql }
  b: { sql: b.sql, parallel: 4 }
  c: { sql: c.sql }
phases: [{ id: 1, tables: [{ name: l.a, job: a }, { name: l.b, job: b }, { name: l.c, job: c, dependsOn: [l.a, l.b] }] }]
`);
  const each = (ms: number): Partial<PlannedJob> => ({ perDate: { ms, low: ms / 2, high: ms * 2 } });
  const all = { a: each(1000), b: each(6000), c: each(500) };
  const plan = (jobs: NonNullable<Asked['jobs']>): Plan => planOf(SIDES, { a: 'mmmm', b: 'mmmm', c: 'mmmm' }, { jobs });

  test('is a date’s time for each of them, less where several are worked on at once', () => {
    expect(plan(all).steps.map(({ expected }) => expected)).toEqual([
      { ms: 4000, low: 2000, high: 8000 },
      { ms: 6000, low: 3000, high: 12_000 },
      { ms: 2000, low: 1000, high: 4000 },
    ]);
  });

  test('is of a plan the longest step of each group, one group after the other', () => {
    expect(totalOf(plan(all))).toEqual({ ms: 8000, low: 4000, high: 16_000 });
    expect(durationWords(totalOf(plan(all)))).toBe('about 8.0 s (4.0 s to 16 s)');
  });

  test('is unknown where of one step no earlier run tells: never a number that leaves it out', () => {
    const made = plan({ a: all.a, c: all.c });
    expect(made.steps.map(({ expected }) => expected?.ms ?? null)).toEqual([4000, null, 2000]);
    expect(totalOf(made)).toBeNull();
    expect(durationWords(totalOf(made))).toBe('duration unknown (no earlier run)');
  });

  test('and what it costs is said in words, each once', () => {
    expect(costWords(plan(all).steps)).toBe('cost not applicable (duckdb)');
    expect(costWords(planOf(SIDES, { a: 'mm' }, { cost: 'unknown' }).steps)).toBe('cost unknown');
  });
});

describe('a step whose upstream is optional', () => {
  test('comes after it and does not need it', () => {
    const pipeline = pipelineOf(`
jobs: { p: { sql: p.sql }, q: { sql: q.sql }, r: { sql: r.sql } }
phases:
  - id: 1
    tables:
      - { name: l.p, job: p }
      - { name: l.q, job: q, dependsOn: [{ table: l.p, optional: true }] }
      - { name: l.r, job: r, dependsOn: [l.q] }
`);
    const plan = planOf(pipeline, { p: 'mm', q: 'mm', r: 'mm' });
    expect(plan.steps.map(({ id, group, needs, follows }) => [id, group, needs, follows])).toEqual([
      ['p', 1, [], []],
      ['q', 2, [], ['p']],
      ['r', 3, ['q'], []],
    ]);
  });
});

describe('a plan', () => {
  test('is plain data: read from its text it is the same', () => {
    const plan = missing(sample(), '3', '4');
    const read = readPlan(JSON.stringify(plan), 'plan.json');
    expect(read).toEqual({ ok: true, plan });
  });

  test.each(['', '{', '[]', 'null', '{"schema":"phasegate.report/1","steps":[]}'])('is not what %j is', text => {
    expect(readPlan(text, 'it.json')).toEqual({
      ok: false,
      message: 'it.json is no plan: make one with "phasegate plan TABLE… --out FILE"',
    });
  });

  test.each<[string, (plan: Record<string, unknown>) => void, string]>([
    ['no day of it', plan => (plan['asOf'] = 'hello'), 'its asOf is no date'],
    ['no options', plan => delete plan['options'], 'it has no options'],
    [
      'a limit that is none',
      plan => Object.assign(plan['options'] as object, { steps: -3 }),
      'its option steps is no whole number from 1',
    ],
    ['no target', plan => delete plan['target'], 'its target is not named'],
    ['steps that are no list', plan => (plan['steps'] = {}), 'its steps are no list'],
    [
      'a step without dates',
      plan => delete (plan['steps'] as Record<string, unknown>[])[0]?.['dates'],
      'the dates of team_defense_zone_analysis are none',
    ],
    [
      'a part that is none',
      plan => Object.assign((plan['steps'] as object[])[0] ?? {}, { chunks: [{ id: '1' }] }),
      'the parts of team_defense_zone_analysis are none',
    ],
  ])('with %s is spoilt, and says what of it', (_what, spoil, why) => {
    const plan = JSON.parse(JSON.stringify(missing(sample(), '4'))) as Record<string, unknown>;
    spoil(plan);
    expect(readPlan(JSON.stringify(plan), 'it.json')).toEqual({
      ok: false,
      message: `it.json is spoilt: ${why}. Make it again with "phasegate plan"`,
    });
  });

  test('of before steps could follow others is still read', () => {
    const plan = missing(sample(), '4');
    const text = JSON.stringify(plan).replaceAll('"follows":[],', '');
    expect(text).not.toContain('follows');
    expect(readPlan(text, 'it.json')).toEqual({ ok: true, plan });
  });

  test('keeps what it was made for: the target, the manifest, the statement and the script as they were', () => {
    const sql = { ok: true, text: 'SELECT 1' } as const;
    const script = { path: 'jobs/team_offense.py', hash: 'abcd' };
    const plan = planOf(
      sample(),
      { team_offense_game_summary: 'mm', player_daily_cache: 'mm' },
      {
        jobs: { team_offense: { script }, player_daily_cache: { sql } },
      },
    );
    expect(plan).toMatchObject({
      schema: 'phasegate.plan/1',
      pipeline: 'sample-league',
      folder: '/w',
      manifest: { file: 'phasegate.yaml', hash: '0123456789abcdef' },
      target: { name: 'local', identity: 'duckdb:///w/w.duckdb' },
    });
    expect(stepOf(plan, 'team_offense_game_summary')).toMatchObject({ kind: 'command', rewrites: 'replace', script });
    expect(stepOf(plan, 'player_daily_cache')).toMatchObject({
      kind: 'sql',
      rewrites: 'replace',
      sql: { file: 'sql/player_daily_cache.sql', text: 'SELECT 1' },
    });
  });
});
