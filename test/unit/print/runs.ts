// A plan with something of everything, and its run: what is done, what fails, what waits, text that would like to be markup.
import type { Plan } from '../../../src/backfill/plan';
import { type RunSummary, runSummary } from '../../../src/backfill/run-summary';
import type { JobSaid } from '../../../src/runs/job-said';
import type { RunEvent } from '../../../src/runs/events';
import { runState } from '../../../src/runs/run-state';
import { daysIn, pipelineOf, standing, tableOf } from '../backfill/pipelines';
import { planOf } from '../backfill/plans';
import { day } from '../coverage/tables';
import {
  after,
  chunkEnded,
  chunkStarted,
  chunkWaits,
  gate,
  judged,
  note,
  runEnded,
  runStarted,
  stepEnded,
  stepStarted,
} from '../runs/journals';

const PIPELINE = pipelineOf(`
jobs:
  teams:
    command: ["\${python}", backfill_jobs/analytics/teams/teams_analytics_backfill.py]
    dates: { list: --dates }
    chunk: 5
    rewrites: replace
  players: { command: [bash, players.sh, "a word", "\${env:TOKEN}"], dates: { one: --date } }
  features: { sql: sql/features.sql, chunk: 4 }
phases:
  - id: 3
    tables:
      - { name: l.raw }
      - { name: l.teams, job: teams, dependsOn: [{ table: l.raw, lookback: 0d }] }
      - { name: l.players, job: players, dependsOn: [l.raw] }
  - id: 4
    tables:
      - { name: l.features, job: features, dependsOn: [{ table: l.teams, lookback: 1d }, l.players, l.raw] }
`);

/** Three steps in two groups; something left out, refused and warned of. */
export const PLAN: Plan = planOf(
  PIPELINE,
  {
    raw: standing(tableOf(PIPELINE, 'raw'), 'ccccccccccccccmm'),
    teams: standing(tableOf(PIPELINE, 'teams'), 'mmpcmmdocmmucmpsm', { accepted: '................x' }),
    players: 'ccccccccccccccmm',
    features: 'mmmmmmmmmmmmmmmm',
  },
  {
    target: { name: 'prod', identity: 'duckdb:///w/warehouse.duckdb', protected: true },
    takenOut: new Map([['l.features', daysIn('xx')]]),
    jobs: {
      teams: {
        perDate: { ms: 30_000, low: 20_000, high: 60_000 },
        problems: [{ severity: 'warn', message: 'its option workers names --worker, which the script does not take' }],
      },
      players: {
        perDate: { ms: 90_000, low: 80_000, high: 100_000 },
        problems: [{ severity: 'refuse', message: 'there is no players.sh: correct the command of job players' }],
      },
      features: {
        perDate: { ms: 250, low: 200, high: 300 },
        sql: { ok: true, text: 'SELECT 1' },
      },
    },
  },
);

export const EVENTS: readonly RunEvent[] = [
  runStarted(0),
  stepStarted(1, 'teams'),
  stepStarted(1, 'players'),
  gate(2, 'teams', { message: 'Ready, with 1 warning: teams may be written', verdict: 'warn' }),
  gate(2, 'players', { verdict: 'error', message: 'Could not be told: players: the file is locked' }),
  stepEnded(3, 'players', { state: 'blocked', message: 'Could not be told: players: the file is locked' }),
  chunkStarted(3, 'teams', ['2024-01-01']),
  chunkEnded(33, 'teams', { reported: { rows: 16, dates: 1 } }),
  judged(34, 'teams', { done: ['2024-01-01'], rows: 16, statements: 2 }),
  gate(35, 'teams', { gate: 'canary', message: '2024-01-01 holds by 4 checks' }),
  chunkStarted(36, 'teams', ['2024-01-02', '2024-01-03', '2024-01-05', '2024-01-06', '2024-01-07'], { chunk: '2' }),
  chunkEnded(96, 'teams', { chunk: '2', code: 1, problem: 'ended with 1: Traceback <b>' }),
  judged(97, 'teams', {
    done: ['2024-01-02'],
    failed: [
      ['2024-01-03', 'ended with 1 and wrote 2 of 16 teams'],
      ['2024-01-05', 'ended with 1 and wrote nothing'],
      ['2024-01-06', 'ended with 1 and wrote nothing'],
    ],
    needsSomeone: [['2024-01-07', 'holds new rows | beside old ones']],
    rows: 16,
    statements: 2,
  }),
  chunkWaits(98, 'teams', { chunk: '2', until: after(118), why: 'ended with 1: Traceback <b>' }),
  note(99, 'took up process 12 of chunk 2, which still ran', 'teams'),
  chunkStarted(99, 'teams', ['2024-01-10', '2024-01-11', '2024-01-14'], { chunk: '3' }),
  chunkStarted(99, 'teams', ['2024-01-15'], { chunk: '4', attempt: 2 }),
];

export const END: readonly RunEvent[] = [
  stepEnded(120, 'teams', {
    state: 'needs-someone',
    message: '1 date holds new rows that cannot be told from old ones',
  }),
  stepEnded(121, 'features', {
    state: 'blocked',
    message: 'needs teams, which needs someone, and players, which was blocked',
  }),
  runEnded(122, { state: 'needs-someone', message: '1 step of 3 needs someone' }),
];

const SAID: JobSaid = {
  done: [day('2024-01-10'), day('2024-01-11')],
  failed: [],
  skipped: [],
  reported: 32,
  written: 0,
  blocked: 0,
  summary: false,
  traceback: false,
  fatal: false,
  lastMessage: '✓ 2024-01-11: 16 records',
};

/** The run as it stands after some events, two minutes after it began. */
export function runOf(events: readonly RunEvent[], isOwned = true): RunSummary {
  return runSummary({
    id: '20240201T090000-teams_and_2_more',
    folder: '/w/.phasegate/runs/20240201T090000-teams_and_2_more',
    plan: PLAN,
    state: runState(PLAN, events),
    isOwned,
    progress: { teams: { 3: SAID } },
    now: after(120),
  });
}
