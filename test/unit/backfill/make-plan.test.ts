// Which dates a plan is about: what is short, what somebody asks for beside, and why every other short date is left out.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Plan, type PlanOptions, planSize, reasonKinds } from '../../../src/backfill/plan';
import { DaySet } from '../../../src/model/day-set';
import type { Assessment } from '../../../src/validation/assess';
import { day, range } from '../coverage/tables';
import { daysIn, lettersOf, pipelineOf, standing, tableOf } from './pipelines';
import { type Asked, leftOut, planOf, stepOf } from './plans';

/** `teams` is computed from `raw`, which no job writes; `features` from `teams`, the day itself and the one before. */
const PIPELINE = pipelineOf(`
jobs:
  teams: { command: [teams.sh], dates: { list: --dates } }
  features: { sql: features.sql }
phases:
  - id: 1
    tables:
      - { name: l.raw }
      - { name: l.teams, job: teams, dependsOn: [{ table: l.raw, lookback: 0d }] }
      - { name: l.features, job: features, dependsOn: [{ table: l.teams, lookback: 1d, coverage: 50% }] }
`);
const TEAMS = tableOf(PIPELINE, 'teams');
const FEATURES = tableOf(PIPELINE, 'features');

/** The dates that are planned of a table, in letters. */
function planned(plan: Plan, id: string, length: number): string {
  return lettersOf(plan.steps.find(step => step.id === id)?.dates ?? [], length);
}

describe('planned are', () => {
  test.each<[string, string, string, Partial<PlanOptions>]>([
    ['dates that are missing', 'cmmc', '.xx.', {}],
    ['dates that are partial', 'cpcc', '.x..', {}],
    ['dates whose rows are wrong', 'cdcd', '.x.x', {}],
    ['nothing where all is complete', 'cccc', '....', {}],
    ['no off-days and no dates outside of what is expected', 'obknm', '....x', {}],
    ['no dates that are unknown: nobody knows what is there', 'umuc', '.x..', {}],
    ['no dates that are stale unless they are asked for', 'smsc', '.x..', {}],
    ['stale dates where they are asked for', 'smsc', 'xxx.', { stale: true }],
    ['all expected dates in a rebuild', 'cmpdso', 'xxxxx.', { rebuild: true }],
    ['no unknown date in a rebuild either', 'ccuc', 'xx.x', { rebuild: true }],
  ])('%s', (_what, letters, wanted, options) => {
    expect(planned(planOf(PIPELINE, { teams: letters }, { tables: ['teams'], options }), 'teams', letters.length)).toBe(
      wanted,
    );
  });

  test('dates that somebody accepted as they are not, not even in a rebuild: they will never be whole', () => {
    const accepted = standing(TEAMS, 'cpmc', { accepted: '.x..' });
    const plan = (rebuild: boolean): Plan =>
      planOf(PIPELINE, { teams: accepted }, { tables: ['teams'], options: { rebuild } });
    expect(planned(plan(false), 'teams', 4)).toBe('..x.');
    expect(planned(plan(true), 'teams', 4)).toBe('x.xx');
    for (const rebuild of [false, true])
      expect(leftOut(plan(rebuild))).toEqual(['l.teams 2024-01-02 (1): accepted as they are']);
  });
});

describe('what is short and not planned is told with its reason', () => {
  test.each<[string, string, Asked, readonly string[]]>([
    ['unknown', 'ucum', {}, ['l.teams 2024-01-01, 2024-01-03 (2): unknown: a.csv line 3 could not be read']],
    [
      'stale',
      'ssmc',
      {},
      ['l.teams 2024-01-01 → 2024-01-02 (2): stale: computed before what they are computed from was last written'],
    ],
    ['stale, where they are planned', 'ssmc', { options: { stale: true } }, []],
    ['stale, where all is rebuilt', 'ssmc', { options: { rebuild: true } }, []],
    [
      'taken out by hand',
      'mmmc',
      { takenOut: new Map([['l.teams', daysIn('.x.x')]]) },
      ['l.teams 2024-01-02 (1): taken out by hand'],
    ],
    [
      'taken out until nothing is left',
      'mmcc',
      { takenOut: new Map([['l.teams', daysIn('xx')]]) },
      ['l.teams 2024-01-01 → 2024-01-02 (2): taken out by hand'],
    ],
  ])('%s', (_what, letters, asked, expected) => {
    const plan = planOf(PIPELINE, { teams: letters }, { tables: ['teams'], ...asked });
    expect(leftOut(plan)).toEqual(expected);
    const short = [...letters].filter(letter => 'mpdus'.includes(letter)).length;
    const left = plan.excluded.reduce((sum, { count }) => sum + count, 0);
    if (asked.options?.rebuild !== true) expect(planSize(plan) + left).toBe(short);
  });

  test('a table that no job writes', () => {
    const raw = pipelineOf('phases: [{ id: 1, tables: [{ name: l.raw }] }]');
    const plan = planOf(raw, { raw: 'cmmc' }, { tables: ['raw'] });
    expect(plan.steps).toEqual([]);
    expect(leftOut(plan)).toEqual(['l.raw 2024-01-02 → 2024-01-03 (2): no job writes it']);
  });

  test('a table without dates is no part of any plan', () => {
    const undated = pipelineOf(
      'jobs: { it: { sql: it.sql } }\nphases: [{ id: 1, tables: [{ name: l.schedule, date: none, job: it }] }]',
    );
    expect(planOf(undated, { schedule: '' })).toMatchObject({ steps: [], excluded: [], refusals: [] });
  });
});

test('whatever the states and the options, each date that is not complete is either planned or left out, once', () => {
  const given = fc.record({
    letters: fc.string({ unit: fc.constantFrom('c', 'm', 'p', 'd', 's', 'u', 'o'), minLength: 1, maxLength: 30 }),
    accepted: fc.string({ unit: fc.constantFrom('x', '.'), maxLength: 30 }),
    takenOut: fc.string({ unit: fc.constantFrom('x', '.'), maxLength: 30 }),
    stale: fc.boolean(),
    rebuild: fc.boolean(),
  });
  fc.assert(
    fc.property(given, ({ letters, accepted, takenOut, stale, rebuild }) => {
      const of = (...wanted: readonly string[]): DaySet => daysIn(letters, wanted.join(''));
      const lived = of('m', 'p', 'd').intersect(daysIn(accepted));
      const teams: Assessment = { ...standing(TEAMS, letters), acceptedDates: lived };
      const plan = planOf(
        PIPELINE,
        { teams },
        { tables: ['teams'], options: { stale, rebuild }, takenOut: new Map([['l.teams', daysIn(takenOut)]]) },
      );
      const dates = DaySet.of(plan.steps.flatMap(step => step.dates.map(day)));
      let all = dates;
      let { size } = dates;
      for (const { ranges, count } of plan.excluded) {
        all = all.union(DaySet.ofRanges(ranges.map(([from, to]) => range(from, to))));
        size += count;
      }
      expect(all.size).toBe(size);
      expect(of('m', 'p', 'd', 's', 'u').minus(all).isEmpty).toBe(true);
      expect(dates.intersect(lived.union(of('u', 'o')).union(daysIn(takenOut))).isEmpty).toBe(true);
    }),
  );
});

describe('what a plan makes stale', () => {
  test('is planned too where stale dates are asked for: each date that is computed from one that is rewritten', () => {
    const stand = { teams: 'cmcccc', features: 'cccccc' };
    const plan = planOf(PIPELINE, stand, { options: { stale: true } });
    expect(planned(plan, 'features', 6)).toBe('.xx...');
    expect(stepOf(plan, 'features').why).toEqual([
      ['2024-01-02', '2024-01-03', 2, 'computed from l.teams, which this plan rewrites'],
    ]);
  });

  test('is not planned otherwise', () => {
    expect(planOf(PIPELINE, { teams: 'cmcccc', features: 'cccccc' }).steps.map(({ id }) => id)).toEqual(['teams']);
  });

  test('is no date that the table is not expected on, and none of a table that ignores it', () => {
    const plan = planOf(PIPELINE, { teams: 'mmm', features: 'oco' }, { options: { stale: true } });
    expect(planned(plan, 'features', 3)).toBe('.x.');
    const ignoring = pipelineOf(`
jobs: { it: { sql: it.sql } }
phases: [{ id: 1, tables: [{ name: l.a, job: it }, { name: l.b, job: it, dependsOn: [{ table: l.a, stale: ignore }] }] }]
`);
    const ignored = planOf(ignoring, { a: 'mmm', b: 'ccc' }, { options: { stale: true } });
    expect(ignored.steps.map(({ id }) => id)).toEqual(['a']);
  });

  test('goes on to what is computed from that in turn', () => {
    const chain = pipelineOf(`
jobs: { it: { sql: it.sql } }
phases:
  - id: 1
    tables:
      - { name: l.a, job: it }
      - { name: l.b, job: it, dependsOn: [{ table: l.a, lookback: 1d }] }
      - { name: l.c, job: it, dependsOn: [{ table: l.b, lookback: 2d }] }
`);
    const plan = planOf(chain, { a: 'mccccc', b: 'cccccc', c: 'cccccc' }, { options: { stale: true } });
    expect(['a', 'b', 'c'].map(id => planned(plan, id, 6))).toEqual(['x.....', 'xx....', 'xxxx..']);
  });
});

describe('why each date is planned', () => {
  test('is told for runs of one reason, with the reason that coverage gives', () => {
    const plan = planOf(PIPELINE, { teams: 'ccc', features: 'mmopcds' }, { options: { stale: true } });
    const step = stepOf(plan, 'features');
    expect(step.why).toEqual([
      ['2024-01-01', '2024-01-02', 2, 'missing'],
      ['2024-01-04', '2024-01-04', 1, 'partial: 2 of 16 teams'],
      ['2024-01-06', '2024-01-06', 1, 'degraded: usage is NULL'],
      ['2024-01-07', '2024-01-07', 1, 'stale: computed before teams was last written'],
    ]);
    expect([...reasonKinds(step)]).toEqual([
      ['missing', 2],
      ['partial', 1],
      ['degraded', 1],
      ['stale', 1],
    ]);
  });

  test('of complete dates that are rebuilt is that they are', () => {
    const plan = planOf(PIPELINE, { teams: 'ccmc' }, { tables: ['teams'], options: { rebuild: true } });
    expect(stepOf(plan, 'teams').why).toEqual([
      ['2024-01-01', '2024-01-02', 2, 'rebuilt'],
      ['2024-01-03', '2024-01-03', 1, 'missing'],
      ['2024-01-04', '2024-01-04', 1, 'rebuilt'],
    ]);
  });
});

describe('the first date that is tried', () => {
  const canary = (teams: string, features: string, options: Partial<PlanOptions> = {}): string | undefined => {
    const step = stepOf(planOf(PIPELINE, { teams, features }, { options, tables: ['features'] }), 'features');
    const [first] = step.chunks;
    return first === undefined ? undefined : step.dates.slice(first.at, first.at + first.count).join(' ');
  };
  test('is one of which all that it is computed from is there, so that its failure says something', () => {
    expect(canary('mmcccc', 'mmmmmm')).toBe('2024-01-04');
  });
  test('counts what the plan itself writes before', () => {
    const plan = planOf(PIPELINE, { teams: 'mmcccc', features: 'mmmmmm' });
    expect(stepOf(plan, 'features').chunks[0]).toMatchObject({ at: 0, count: 1 });
  });
  test('is the first where none is so', () => {
    expect(canary('mmmmmm', 'mmmmmm')).toBe('2024-01-01');
  });
  test('is none where no canary is wanted', () => {
    expect(canary('cccccc', 'mmmmmm', { canary: false })).toBe(
      '2024-01-01 2024-01-02 2024-01-03 2024-01-04 2024-01-05 2024-01-06',
    );
  });
});

test('a date that is accepted upstream counts as there for the first date', () => {
  const teams = standing(TEAMS, 'mmcc', { accepted: 'xx' });
  const plan = planOf(PIPELINE, { teams, features: standing(FEATURES, 'mmmm') }, { tables: ['features'] });
  expect(stepOf(plan, 'features').chunks[0]).toMatchObject({ at: 0, count: 1 });
});

describe('dates that hold rows', () => {
  const writing = (rewrites: string): Plan =>
    planOf(
      pipelineOf(
        `jobs: { teams: { command: [teams.sh], dates: { list: --dates }, rewrites: ${rewrites} } }\nphases: [{ id: 1, tables: [{ name: l.teams, job: teams }] }]\n`,
      ),
      { teams: 'mpdm' },
    );

  test('are left to somebody where the job adds rows: a second time would put them there twice', () => {
    const plan = writing('append');
    expect(planned(plan, 'teams', 4)).toBe('x..x');
    expect(leftOut(plan)).toEqual([
      'l.teams 2024-01-02 → 2024-01-03 (2): hold rows, and job teams adds rows: a second time would put them there twice. Take their rows away, then plan again',
    ]);
    expect(plan.excluded.map(({ open }) => open)).toEqual(['unwritable']);
  });

  test('are planned with a warning where the job does not say what it does with them', () => {
    const plan = writing('unknown');
    expect(planned(plan, 'teams', 4)).toBe('xxxx');
    expect(plan.warnings).toEqual([
      'teams: 2 dates of it hold rows already, and job teams does not say what it does with them: declare its `rewrites`',
    ]);
  });

  test.each(['replace', 'merge'])('are planned without a word where the job is declared to %s', rewrites => {
    const plan = writing(rewrites);
    expect(planned(plan, 'teams', 4)).toBe('xxxx');
    expect(plan.warnings).toEqual([]);
  });
});
