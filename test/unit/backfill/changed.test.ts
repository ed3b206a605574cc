// A plan is run as it was shown, or not at all: what is told when the same question would be planned otherwise now.
import { describe, expect, test } from 'vitest';
import { changesSince } from '../../../src/backfill/changed';
import type { Plan, PlanStep } from '../../../src/backfill/plan';
import { pipelineOf } from './pipelines';
import { planOf } from './plans';

const PIPELINE = pipelineOf(`
jobs:
  teams: { command: [teams.sh], dates: { list: --dates } }
  features: { sql: features.sql }
phases: [{ id: 1, tables: [{ name: l.teams, job: teams }, { name: l.features, job: features }] }]
`);

function plan(teams = 'mmmmcc', features = 'mmcccc'): Plan {
  return planOf(
    PIPELINE,
    { teams, features },
    {
      jobs: {
        teams: { script: { path: 'teams.sh', hash: 'one' } },
        features: { sql: { ok: true, text: 'SELECT 1' } },
      },
    },
  );
}

/** The plan with one of its steps otherwise. */
function otherwise(id: string, step: Partial<PlanStep>): Plan {
  const made = plan();
  return { ...made, steps: made.steps.map(each => (each.id === id ? { ...each, ...step } : each)) };
}

test('of a plan that would be made the same, whenever that is, nothing has changed', () => {
  expect(changesSince(plan(), plan())).toEqual([]);
  expect(changesSince(plan(), { ...plan(), createdAt: '2030-01-01T00:00:00Z', asOf: '2030-01-01' })).toEqual([]);
});

describe('it is told', () => {
  const target = plan().target;
  test.each<[string, Plan, string]>([
    [
      'that it is another target',
      { ...plan(), target: { ...target, name: 'prod', identity: 'bigquery://p' } },
      'it was made for target local (duckdb:///w/w.duckdb), and this is prod (bigquery://p)',
    ],
    [
      'that the target of that name is elsewhere now',
      { ...plan(), target: { ...target, identity: 'duckdb:///other.duckdb' } },
      'it was made for target local (duckdb:///w/w.duckdb), and this is local (duckdb:///other.duckdb)',
    ],
    ['that it is another workspace', { ...plan(), folder: '/v' }, 'it was made in /w, and this is /v'],
    [
      'that the manifest is another one',
      { ...plan(), manifest: { file: 'phasegate.yaml', hash: 'two' } },
      'phasegate.yaml is another one than it was',
    ],
    ['that nothing of a step is short any more', plan('cccccc'), 'teams: nothing of it is short any more'],
    ['that a date is not short any more', plan('mcmmcc'), 'teams: 1 date of it is not short any more (2024-01-02)'],
    [
      'that many dates are not, the first three by name',
      plan('ccccmc'),
      'teams: 4 dates of it are not short any more (2024-01-01, 2024-01-02, 2024-01-03 and 1 more)',
    ],
    ['that a date is short as well', plan('mmmmmc'), 'teams: 1 date more is short now (2024-01-05)'],
    ['that dates are short as well', plan('mmmmmm'), 'teams: 2 dates more are short now (2024-01-05, 2024-01-06)'],
    [
      'that the script is another one',
      otherwise('teams', { script: { path: 'teams.sh', hash: 'two' } }),
      'teams: teams.sh is another one than it was',
    ],
    [
      'that the statement is another one',
      otherwise('features', { sql: { file: 'features.sql', text: 'SELECT 2' } }),
      'features: features.sql is another one than it was',
    ],
    ['that another job writes it', otherwise('teams', { job: 'other' }), 'teams: its job is another one than it was'],
    [
      'that its commands are others than would be planned',
      otherwise('teams', { chunks: [{ id: '1', at: 0, count: 4, argv: ['bash', '-c', 'echo'] }] }),
      'teams: its commands, or their order, are others than those that are planned for these dates',
    ],
    [
      'that it waits for something else',
      otherwise('features', { group: 7, needs: ['teams'] }),
      'features: its commands, or their order, are others than those that are planned for these dates',
    ],
    [
      'that the target is protected',
      { ...plan(), target: { ...target, protected: true } },
      'target local is protected now',
    ],
    [
      'that it is another interpreter',
      { ...plan(), python: { path: '/usr/bin/python', from: '--python' } },
      'its interpreter none is another one now: /usr/bin/python',
    ],
    [
      'that its job does something else with a date that is there',
      otherwise('teams', { rewrites: 'append' }),
      'teams: its job is another one than it was',
    ],
    [
      'that the table lies elsewhere',
      otherwise('teams', { resource: 'files /w/teams' }),
      'teams: it lies elsewhere than it did (files /w/teams)',
    ],
  ])('%s', (_what, now, message) => {
    expect(changesSince(plan(), now)).toContain(message);
  });

  test('that a script is gone that was there', () => {
    const { script, ...without } = plan().steps[0] ?? {};
    const now = { ...plan(), steps: plan().steps.map(step => (step.id === 'teams' ? (without as PlanStep) : step)) };
    expect(script).toBeDefined();
    expect(changesSince(plan(), now)).toEqual(['teams: teams.sh is another one than it was']);
    expect(changesSince(now, plan())).toEqual(['teams: teams.sh is another one than it was']);
  });

  test('everything at once, the plan before its steps', () => {
    expect(changesSince(plan(), { ...plan('mmmmmc', 'cmcccc'), folder: '/v' })).toEqual([
      'it was made in /w, and this is /v',
      'teams: 1 date more is short now (2024-01-05)',
      'features: 1 date of it is not short any more (2024-01-01)',
    ]);
  });
});

test('a step that somebody has put into a plan twice would be two writers of one table', () => {
  const made = plan();
  const doubled = { ...made, steps: [...made.steps, ...made.steps.slice(0, 1)] };
  expect(changesSince(doubled, made)).toContain('teams: it is in the plan twice');
});
