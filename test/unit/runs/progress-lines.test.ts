// What lines of a log claim: every line of §2.4 behind every prefix, lines that only look like one, and whole runs in each mode.
import { describe, expect, test } from 'vitest';
import type { Day } from '../../../src/model/day';
import { type ProgressEvent, ProgressTracker, progressOf } from '../../../src/runs/progress-lines';
import { day } from '../checks/evidence';

const DAY = day('2024-03-07');

/** What each line says, by the table of §2.4 and the text of the jobs. */
const LINES: readonly (readonly [line: string, says: ProgressEvent])[] = [
  ['Processing day 3/1343: 2024-03-07', { kind: 'begun', day: DAY, position: 3, total: 1343, unit: 'days' }],
  ['Processing date 1/2: 2024-03-07', { kind: 'begun', day: DAY, position: 1, total: 2, unit: 'dates' }],
  [
    'Processing game date 70/848: 2024-03-07',
    { kind: 'begun', day: DAY, position: 70, total: 848, unit: 'game dates' },
  ],
  ['Grading date 4/60: 2024-03-07', { kind: 'begun', day: DAY, position: 4, total: 60, unit: 'dates' }],
  ['[5/12] Processing 2024-03-07', { kind: 'begun', day: DAY, position: 5, total: 12, unit: undefined }],

  ['  ✓ Success: 312 records from 9 games in 4.2s', done(undefined, 312, 'records')],
  ['  ✓ Success: 312 records from 9 games', done(undefined, 312, 'records')],
  ['  ✓ Success: 1,204 records', done(undefined, 1204, 'records')],
  ['  ✓ Success: 0 records in 0.0s', done(undefined, 0, 'records')],
  ['  ✓ Success: 30 teams processed', done(undefined, 30, 'teams')],
  ['  ✓ Success: 214 players, version=v2_33features', done(undefined, 214, 'players')],
  ['  ✓ Success: 1480 predictions in 63.5s', done(undefined, 1480, 'predictions')],
  ['  ✓ Success: 401 graded, MAE=4.91, bias=0.12 in 3.3s', done(undefined, 401, 'graded')],
  ['✔ Success', done(undefined)],
  ['  ✓ Complete: all 214 players already have predictions (use --force to regenerate)', done(undefined)],
  ['  ✓ 2024-03-07: 312 records', done(DAY, 312, 'records')],
  ['  ✓ 2024-03-07: 214 players', done(DAY, 214, 'players')],
  ['  ✓ 2024-03-07: 28 teams', done(DAY, 28, 'teams')],
  ['✅ 2024-03-07: Processed 214 players (3 failed)', done(DAY, 214, 'players')],
  ['✅ 2024-03-07: Processed 28 teams, 14 games', done(DAY, 28, 'teams')],
  ['✅ 2024-03-07: Processed', done(DAY)],
  ['2024-03-07: success', done(DAY)],
  ['2024-03-07: success - 401 graded, MAE=4.91, bias=0.12', done(DAY, 401, 'graded')],
  ['2024-03-07: success (mode=incremental, generated=12, skipped_existing=202)', done(DAY)],
  ['2024-03-07: all_players_have_predictions (mode=incremental, generated=0, skipped_existing=214)', done(DAY)],

  ['  ✗ 2024-03-07: quota exceeded: try later', failed(DAY, 'quota exceeded: try later')],
  ['  ✗ Failed: Unknown error', failed(undefined, 'Unknown error')],
  ['  ✗ Failed: 2024-03-07', failed(DAY, '')],
  ["  ✗ Exception: 'NoneType' object is not iterable", failed(undefined, "'NoneType' object is not iterable")],
  ['❌ 2024-03-07: Exception - timed out', failed(DAY, 'Exception - timed out')],
  ['⚠️  2024-03-07: Processing failed - no rows', failed(DAY, 'Processing failed - no rows')],
  ['⚠️  2024-03-07: Processing failed', failed(DAY, 'Processing failed')],
  ['  ⚠ Skipped: MLFS incomplete (71.0% coverage)', failed(undefined, 'Skipped: MLFS incomplete (71.0% coverage)')],
  ["  ⚠ Missing dependencies: {'pdc': 0}", failed(undefined, "Missing dependencies: {'pdc': 0}")],
  ['Exception processing 2024-03-07: timed out', failed(DAY, 'timed out')],
  ['Unexpected exception processing 2024-03-07: timed out', failed(DAY, 'timed out')],
  ['2024-03-07: exception', failed(DAY, 'exception')],
  ['2024-03-07: missing_dependencies', failed(DAY, 'missing_dependencies')],

  ['  ⏭ Skipped: bootstrap period', skipped(undefined, 'bootstrap period')],
  ['  ⏭ Skipped: no actuals (game not played?)', skipped(undefined, 'no actuals (game not played?)')],
  ['  ⏭ 2024-03-07: bootstrap period', skipped(DAY, 'bootstrap period')],
  ['2024-03-07: skipped_bootstrap', skipped(DAY, 'skipped_bootstrap')],
  ['2024-03-07: no_actuals - 0 graded, MAE=N/A, bias=N/A', skipped(DAY, 'no_actuals')],

  ['Progress: 20/100 days (95.0% success), 6240 total records (avg 312/day)', progress(20, 100, 'days')],
  ['Progress: 20/100 game dates', progress(20, 100, 'game dates')],
  ['Progress: 20/100 game dates (95.0% success)', progress(20, 100, 'game dates')],
  ['PROGRESS: 20/100 days (20.0%)', progress(20, 100, 'days')],
  ['PROGRESS: 20/100 (20.0%)', progress(20, 100, undefined)],
  ['Progress: 500/3100 files processed', progress(500, 3100, 'files')],
  ['Processing 31 days with 15 parallel workers', progress(0, 31, 'days')],
  ['Processing 80 game dates with 15 parallel workers', progress(0, 80, 'game dates')],
  ['20/100 game dates', progress(20, 100, 'game dates')],
  ['  ETA: 1.5 hours remaining', { kind: 'remaining', hours: 1.5 }],
  ['  ETA: 1 hour remaining', { kind: 'remaining', hours: 1 }],
  ['  Elapsed: 0.4h | Remaining: 2.1h', { kind: 'remaining', hours: 2.1 }],
  ['Remaining: 2h', { kind: 'remaining', hours: 2 }],

  [
    'Checkpoint: /tmp/backfill_checkpoints/a_2024-03-01_2024-03-31.json',
    { kind: 'checkpoint', path: '/tmp/backfill_checkpoints/a_2024-03-01_2024-03-31.json' },
  ],
  ['   Checkpoint file: .checkpoints/my job.json', { kind: 'checkpoint', path: '.checkpoints/my job.json' }],
  ['📂 RESUMING from checkpoint: 2024-03-07', { kind: 'resumed', day: DAY }],
  ['RESUMING from checkpoint: 2024-03-07', { kind: 'resumed', day: DAY }],
  ['📂 Resuming from 2024-03-07', { kind: 'resumed', day: DAY }],
  ['📂 Found checkpoint - resuming from 2024-03-07', { kind: 'resumed', day: DAY }],

  ['✅ MERGE completed: 312 rows affected', { kind: 'written', rows: 312 }],
  ['MERGE completed: 1,312 rows affected (2.41s)', { kind: 'written', rows: 1312 }],
  ['✅ MERGE completed successfully: 312 rows affected', { kind: 'written', rows: 312 }],
  ['✅ MERGE complete - 312 rows affected', { kind: 'written', rows: 312 }],
  ['⚠️ Delete blocked by streaming buffer', { kind: 'blocked', operation: 'delete' }],
  ['⚠️ MERGE blocked by streaming buffer - 28 records skipped', { kind: 'blocked', operation: 'merge' }],
  ['⚠️ Load blocked by streaming buffer - 28 rows skipped', { kind: 'blocked', operation: 'load' }],

  ...(
    [
      'DAY-BY-DAY BACKFILL SUMMARY:',
      'PARALLEL BACKFILL COMPLETE',
      'BACKFILL COMPLETE',
      'PHASE 4 BACKFILL SUMMARY - PlayerDailyCacheProcessor:',
      'PHASE 4 BACKFILL SUMMARY - MLFeatureStoreProcessor (FINAL):',
      'PHASE 5 PREDICTION BACKFILL SUMMARY:',
      'PHASE 5B GRADING BACKFILL SUMMARY:',
      'SPECIFIC DATES PROCESSING SUMMARY:',
      'SCORING TIER BACKFILL COMPLETE',
    ] as const
  ).map(line => [line, { kind: 'summary', title: line.replace(/:$/, '') }] as const),
  ['=== BACKFILL COMPLETE ===', { kind: 'summary', title: 'BACKFILL COMPLETE' }],
  ['Summary: 3 success, 1 skipped, 0 failed', { kind: 'summary', title: 'Summary: 3 success, 1 skipped, 0 failed' }],

  ['PHASE 3 PRE-FLIGHT CHECK', { kind: 'preflight', state: 'begun' }],
  ['PRE-FLIGHT COVERAGE CHECK', { kind: 'preflight', state: 'begun' }],
  ['✅ Pre-flight check passed: Phase 3 data is ready', { kind: 'preflight', state: 'passed' }],
  ['✅ Pre-flight check passed', { kind: 'preflight', state: 'passed' }],
  ['✅ Pre-flight coverage check complete - No issues found', { kind: 'preflight', state: 'passed' }],
  ['❌ PRE-FLIGHT CHECK FAILED: Phase 3 data is incomplete!', { kind: 'preflight', state: 'failed' }],
  ['❌ Pre-flight check failed. Aborting backfill.', { kind: 'preflight', state: 'failed' }],
  ['⚠️  PRE-FLIGHT CHECK FOUND ISSUES', { kind: 'preflight', state: 'failed' }],
  ['⚠️  Pre-flight check SKIPPED (--skip-preflight flag used)', { kind: 'preflight', state: 'skipped' }],

  ['Traceback (most recent call last):', { kind: 'traceback' }],
  ['  + Exception Group Traceback (most recent call last):', { kind: 'traceback' }],
];

function done(date?: Day, count?: number, unit?: string): ProgressEvent {
  return { kind: 'done', day: date, count, unit };
}

function failed(date: Day | undefined, message: string): ProgressEvent {
  return { kind: 'failed', day: date, message };
}

function skipped(date: Day | undefined, reason: string): ProgressEvent {
  return { kind: 'skipped', day: date, reason };
}

function progress(behind: number, total: number, unit: string | undefined): ProgressEvent {
  return { kind: 'progress', done: behind, total, unit };
}

/** What stands before a line: the same job writes several of these. */
const PREFIXES = [
  '',
  '2026-01-07 13:20:00,123 - INFO - ',
  '2026-01-07 13:20:00,123 - shared.day_runner - WARNING - ',
  '2026-01-07T13:20:00.123456+00:00 ERROR ',
  'INFO:__main__:',
  'ERROR:data_processors.analytics.team-offense:',
  '[13:20:00] ',
  '[13:20:00] INFO:root:',
];

describe('a line of a log', () => {
  test.each(LINES)('%s', (line, says) => {
    expect(PREFIXES.map(prefix => progressOf(prefix + line))).toEqual(PREFIXES.map(() => says));
  });

  test.each(LINES)('in colour, with signs drawn the other way, and with an end of line left over: %s', (line, says) => {
    const plain = line.replaceAll('\uFE0F', '');
    expect(progressOf(`\u001B[32m2026-01-07 13:20:00,123 - INFO - \u001B[1m${line}\u001B[0m\r`)).toEqual(says);
    expect(progressOf(plain)).toEqual(says);
    expect(progressOf(plain.replace(/[✓✗✅❌⚠⏭]/u, '$&\uFE0F'))).toEqual(says);
  });

  test.each([
    ['2026-01-07 13:20:00,123 - CRITICAL - out of memory', 'out of memory'],
    ['CRITICAL:root:out of memory', 'out of memory'],
    ['FATAL:  password authentication failed', 'FATAL:  password authentication failed'],
    ['[13:20:00] FATAL: no such table', 'no such table'],
  ])('is fatal: %s', (line, message) => {
    expect(progressOf(line)).toEqual({ kind: 'fatal', message });
  });

  test.each([
    '',
    '   ',
    '================================================================================',
    '2026-01-07 13:20:00,123 - INFO - ',
    'Success is not final',
    'INFO:__main__:Success rate: 97.0%',
    '  Success: 1204 (97.0%)',
    '  Success: 97.0% | Skipped: 3',
    '  Successful: 12, Skipped: 1, Failed: 2',
    '  Failed: 2',
    '  Failed dates: 2024-03-07, 2024-03-08',
    '  Failed dates (2 total):',
    '✓ Successfully connected',
    '  ✓ Dry run: 9 games available',
    '  ✓ Dry run complete',
    '  DRY RUN: would process 2024-03-07',
    '2024-03-07: dry_run_complete',
    '2024-03-07: 14 files',
    '2024-03-07: No files found',
    '  ✅ 2024-03-07: Data looks good (PGS: 214, UPCG: 210)',
    '  ✅ Coverage validation passed: 210/214 players (98.1%)',
    '  ❌ COVERAGE VALIDATION FAILED for 2024-03-07:',
    '⚠️  Backfill completed but validation found data quality issues',
    '  ⚠ 3 players not found in registry',
    '⏭️  Skipping gs://bucket/2024-03-07/boxscores.json (already in BigQuery)',
    'Processing 31 days individually (day-by-day approach)',
    'Processing 80 game dates (of 848 total game dates)',
    'Processing 2024-03-07: boxscores.json',
    'Processing day 1/3: 2024-02-30',
    'Processing day 1/3: 2024-03-07/part-0.csv',
    '[1/3] Processing 2024-03-07/rows.csv',
    '  ✓ 2024-13-01: 312 records',
    '  ✗ 2024-02-30: timed out',
    'Progress: see /tmp/3/4/progress.log',
    'Progress: 3/10/2024',
    'Progress is 3/4 days',
    '3/4 days are done',
    '/data/2024-03-07: success',
    'Checkpoint: None',
    '📊 Checkpoint Summary:',
    'Checkpoint would be: /tmp/backfill_checkpoints/a.json',
    'No checkpoint. Would be: /tmp/backfill_checkpoints/a.json',
    'Resuming from the last date',
    'Estimated completion time: 3357.5 hours',
    'Remaining Days: 12',
    '  Elapsed: 0.4h | Remaining: infh',
    'MERGE completed: None rows affected',
    'Loaded 312 rows into temp table (no streaming buffer)',
    'PARALLEL PROCESSING STARTED',
    'POST-BACKFILL VALIDATION',
    '❌ Post-backfill validation FAILED: 3 issues',
    '  ❌ Pre-flight check error: timed out',
    'A pre-flight check failed once before: see the handoff',
    'See Traceback (most recent call last) in the other log',
    '2026-01-07 13:20:00,123 - INFO - CRITICAL: This processor runs LAST',
    'CRITICAL THRESHOLD is 90 %',
    '\u001B[31m',
    '✓',
    '🚀 PARALLEL BACKFILL MODE - 15 CONCURRENT WORKERS',
    'Ünïcode first',
  ])('says nothing: %s', line => {
    expect(progressOf(line)).toBeUndefined();
  });

  test('keeps the beginning of a long error, and looks no further than a line is long', () => {
    const event = progressOf(`  ✗ 2024-03-07: ${'x'.repeat(60_000)}`);
    expect(event).toEqual(failed(DAY, `${'x'.repeat(500)}…`));
    expect(progressOf(`${' '.repeat(60_000)}✓ Success: 3 records`)).toBeUndefined();
  });
});

/** The log of a run, each line as `logging.basicConfig` writes it. */
function track(log: string, tracker = new ProgressTracker()): ProgressTracker {
  for (const line of log.split('\n'))
    tracker.take(/^(?:Traceback| {2}File|\w+Error)/.test(line) ? line : `2026-01-07 13:20:00,123 - INFO - ${line}`);
  return tracker;
}

describe('the tracker of a run', () => {
  test('day by day: lines without a date are about the date begun last', () => {
    const tracker = track(`Checkpoint: /tmp/backfill_checkpoints/pgs_2024-03-05_2024-03-08.json
Processing day 1/4: 2024-03-05
  ✓ Success: 312 records from 9 games in 4.2s
Processing day 2/4: 2024-03-06
Exception during processing: no rows
  ✗ Exception: no rows
Processing day 3/4: 2024-03-07
  ⏭ Skipped: bootstrap period
Progress: 3/4 days (33.3% success)
Processing day 4/4: 2024-03-08
Executing MERGE on primary keys: game_id, player_lookup
⚠️ Delete blocked by streaming buffer
✅ MERGE completed: 298 rows affected`);
    expect(tracker.snapshot()).toEqual({
      begun: day('2024-03-08'),
      position: { at: 4, of: 4, unit: 'days' },
      done: [day('2024-03-05')],
      failed: [{ day: day('2024-03-06'), message: 'no rows' }],
      skipped: [{ day: day('2024-03-07'), reason: 'bootstrap period' }],
      reported: 312,
      reportedUnit: 'records',
      written: 298,
      blocked: 1,
      checkpoint: '/tmp/backfill_checkpoints/pgs_2024-03-05_2024-03-08.json',
      summary: false,
      traceback: false,
      fatal: false,
      lastMessage: '✅ MERGE completed: 298 rows affected',
    });
    track(
      `  ✓ Success: 298 records from 8 games in 3.1s
================================================================================
DAY-BY-DAY BACKFILL SUMMARY:
  Total days: 4
  Successful days: 2
  Failed days: 1
  Failed dates: 2024-03-06`,
      tracker,
    );
    expect(tracker.snapshot()).toMatchObject({
      done: [day('2024-03-05'), day('2024-03-08')],
      failed: [{ day: day('2024-03-06') }],
      reported: 610,
      summary: true,
      lastMessage: 'DAY-BY-DAY BACKFILL SUMMARY:',
    });
  });

  test('in parallel: dates come out of order, their total from the lines, and each counts at once', () => {
    const tracker = track(`🚀 PARALLEL BACKFILL MODE - 15 CONCURRENT WORKERS
📂 RESUMING from checkpoint: 2024-03-04
Processing 4 days with 15 parallel workers
  ✓ 2024-03-07: 300 records
  ✗ 2024-03-05: Could not serialize access to table due to concurrent update
  ✓ 2024-03-04: 10 records
PROGRESS: 3/4 days (75.0%)
  Success: 2 (66.7%)
  Failed: 1
  Rate: 2520.0 days/hour
  ETA: 0.4 hours remaining
Exception processing 2024-03-06: timed out
Traceback (most recent call last):
  File "day_runner.py", line 96, in _parallel
TimeoutError: timed out
PARALLEL BACKFILL COMPLETE`);
    expect(tracker.snapshot()).toMatchObject({
      position: { at: 4, of: 4, unit: 'days' },
      done: [day('2024-03-04'), day('2024-03-07')],
      failed: [
        { day: day('2024-03-05'), message: 'Could not serialize access to table due to concurrent update' },
        { day: day('2024-03-06'), message: 'timed out' },
      ],
      reported: 310,
      remainingHours: 0.4,
      resumedFrom: day('2024-03-04'),
      traceback: true,
      summary: true,
    });
    expect(tracker.snapshot().begun).toBeUndefined();
  });

  test('a resumed job: what it begins is counted over all game dates, its progress over what is left', () => {
    const tracker = track(`RESUMING from checkpoint: 2024-03-07
Processing 2 game dates (of 848 total game dates)
Processing game date 847/848: 2024-03-07
  ✓ Success: 214 players
Progress: 1/2 game dates`);
    expect(tracker.snapshot().position).toEqual({ at: 847, of: 848, unit: 'game dates' });
  });

  test('single dates that are only named with how they ended', () => {
    const tracker = track('2024-03-07: success\n2024-03-05: exception\n2024-03-06: skipped_bootstrap');
    expect(tracker.snapshot()).toMatchObject({
      done: [day('2024-03-07')],
      failed: [{ day: day('2024-03-05'), message: 'exception' }],
      skipped: [{ day: day('2024-03-06'), reason: 'skipped_bootstrap' }],
    });
  });

  test('the last claim about a date counts, and what was reported for it before does not', () => {
    const tracker = track('  ✗ 2024-03-07: timed out\n  ✓ 2024-03-07: 5 records\n  ✓ 2024-03-07: 7 records');
    expect(tracker.snapshot()).toMatchObject({ done: [DAY], failed: [], reported: 7 });
    expect(track('  ✗ 2024-03-07: no rows', tracker).snapshot()).toMatchObject({ done: [], reported: 0 });
  });

  test('what a pre-flight finds about dates is no failure of theirs', () => {
    const tracker = track(`PRE-FLIGHT COVERAGE CHECK
  ✅ 2024-03-06: Data looks good (PGS: 214, UPCG: 210)
  ⚠️  2024-03-07: UPCG has partial data (20/214 = 9.3%, missing 194 players)
  ❌ 2024-03-08: Pre-flight check error - timed out`);
    expect(tracker.snapshot()).toMatchObject({ preflight: 'begun', done: [], failed: [] });
    track('✅ Pre-flight coverage check complete - No issues found\n  ✗ 2024-03-07: no rows', tracker);
    expect(tracker.snapshot()).toMatchObject({ preflight: 'passed', failed: [{ day: DAY, message: 'no rows' }] });
  });

  test('a run that dies: its exception is the last message, whatever other threads log in between', () => {
    const tracker = new ProgressTracker();
    for (const line of [
      'INFO:__main__:Processing date 1/1: 2024-03-07',
      'Traceback (most recent call last):',
      '  File "/srv/job.py", line 12, in <module>',
      '    main()',
      'INFO:urllib3.connectionpool:Connection pool is full',
      'ValueError: end date is before start date',
      'and another line of it',
    ])
      tracker.take(line);
    expect(tracker.snapshot()).toMatchObject({
      traceback: true,
      lastMessage: 'ValueError: end date is before start date',
    });
    tracker.take('CRITICAL:root:giving up');
    expect(tracker.snapshot()).toMatchObject({ fatal: true, lastMessage: 'giving up' });
  });

  test('a log that is followed from its middle: what is about an unknown date is about none', () => {
    expect(track('  ✓ Success: 312 records in 4.2s').snapshot()).toMatchObject({ done: [], reported: 0 });
  });

  test('a snapshot is data of its own', () => {
    const tracker = track('  ✓ 2024-03-07: 5 records');
    const before = tracker.snapshot();
    track('  ✗ 2024-03-07: no rows', tracker);
    expect(before).toMatchObject({ done: [DAY], failed: [] });
    expect(JSON.parse(JSON.stringify(before))).toEqual(before);
  });
});
