// Bug 4: a checkpoint and a log that claim every date, whatever was written.
import { type Day, formatDay } from '../model/day';
import type { FileWriter } from './files';

const JOB = 'team_offense_game_summary';
/** When the run that claims it all began and ended. */
const BEGAN = '2026-01-03T23:10:00';
const ENDED = '2026-01-04T01:52:00';

/** Writes them into the workspace, where the jobs keep theirs. */
export function writeClaims(writer: FileWriter, held: readonly Day[]): void {
  const dates = held.map(formatDay);
  const first = dates[0] ?? '';
  const last = dates.at(-1) ?? '';
  const checkpoint = {
    job_name: JOB,
    start_date: first,
    end_date: last,
    created_at: `${BEGAN}+00:00`,
    last_updated: `${ENDED}+00:00`,
    last_successful_date: last,
    successful_dates: dates,
    failed_dates: [],
    skipped_dates: [],
    stats: { total_days: dates.length, processed: dates.length, successful: dates.length, failed: 0, skipped: 0 },
  };
  writer.text(`.checkpoints/${JOB}_${first}_${last}.json`, `${JSON.stringify(checkpoint, undefined, 2)}\n`);
  const at = `${BEGAN.replace('T', ' ')},000 - INFO -`;
  const lines = dates.flatMap((date, i) => [
    `${at} Processing day ${i + 1}/${dates.length}: ${date}`,
    `${at}   ✓ Success: 12 teams in 0.1s`,
  ]);
  writer.text(
    'logs/team_offense_backfill.log',
    `${[...lines, `${at} DAY-BY-DAY BACKFILL SUMMARY:`, `${at}   Successful days: ${dates.length}`, `${at}   Failed days: 0`].join('\n')}\n`,
  );
}
