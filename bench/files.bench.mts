// A table of 918 CSV files with 140 rows each, measured inside the process: medians of 9, in all, and looking at them alone.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openServices } from '../src/services';
import { addDays, formatDay, parseDay } from '../src/model/day';

const FILES = 918;
const ROWS = 140;
const ROUNDS = 9;
const first = parseDay('2021-10-19');
if (first === undefined) throw new Error('no first day');

const folder = mkdtempSync(path.join(tmpdir(), 'phasegate-files-'));
try {
  mkdirSync(path.join(folder, 'data'));
  for (let i = 0; i < FILES; i++) {
    const date = formatDay(addDays(first, i));
    const rows = Array.from(
      { length: ROWS },
      (_, r) => `${date}_${r % 7},${date},player${r},${r % 40},${r % 31},2024-01-01T00:00:00Z`,
    );
    writeFileSync(
      path.join(folder, 'data', `${date}.csv`),
      `game_id,game_date,player,minutes,points,processed_at\n${rows.join('\n')}\n`,
    );
  }
  writeFileSync(
    path.join(folder, 'phasegate.yaml'),
    `version: 1
name: files
asOf: ${formatDay(addDays(first, FILES))}
targets: { local: { type: duckdb } }
calendars: { days: { days: daily, start: ${formatDay(first)} } }
phases:
  - id: 1
    tables:
      - name: t
        files: data/{date}.csv
        calendar: days
        key: [game_id, player]
        checks:
          - not_null: { columns: [minutes, points], min: 99%, per: date }
          - range: { column: minutes, min: 0, max: 70 }
`,
  );
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const start = performance.now();
    const opened = await openServices({
      cwd: folder,
      env: process.env,
      useCache: false,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    if (!opened.ok) throw new Error(opened.problems[0]?.message);
    const answer = await opened.services.validate([]);
    await opened.services.close();
    if (!answer.ok || answer.report.coverage[0]?.counts.complete !== FILES)
      throw new Error('not all dates are complete');
    if (round > 0) times.push(performance.now() - start);
  }
  const median = times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
  console.log(`${FILES} CSV files of ${ROWS} rows, one statement: ${median.toFixed(0)} ms (goal 150)`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
