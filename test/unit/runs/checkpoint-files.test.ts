// Checkpoint files as jobs leave them, as they are torn, and as nobody should: always a value, and never a file of ours beside them.
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Checkpoint, readCheckpoint } from '../../../src/runs/checkpoint-files';
import { day } from '../checks/evidence';

const NAME = 'player_game_summary_2024-03-01_2024-03-31.json';
/** As `shared/checkpoint.py` writes it (§2.3). */
const STATE = {
  job_name: 'player_game_summary',
  start_date: '2024-03-01',
  end_date: '2024-03-31',
  created_at: '2026-01-07T12:00:00.000000+00:00',
  last_updated: '2026-01-07T13:20:00.123456+00:00',
  last_successful_date: '2024-03-06',
  successful_dates: ['2024-03-01', '2024-03-02', '2024-03-06'],
  failed_dates: ['2024-03-04'],
  skipped_dates: ['2024-03-03'],
  stats: { total_days: 31, processed: 5, successful: 3, failed: 1, skipped: 1 },
};

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasegate-checkpoint-'));
  path = join(folder, NAME);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(state: unknown): Checkpoint {
  writeFileSync(path, typeof state === 'string' ? state : JSON.stringify(state, undefined, 2));
  const reading = readCheckpoint(path);
  if (!reading.ok) throw new Error(reading.message);
  return reading;
}

function iso(days: Checkpoint['done']): readonly (readonly [string, string])[] {
  return days.toIso();
}

describe('a checkpoint', () => {
  test('as a job writes it', () => {
    const reading = read(STATE);
    expect(reading).toMatchObject({
      job: 'player_game_summary',
      from: day('2024-03-01'),
      to: day('2024-03-31'),
      updatedAt: Date.UTC(2026, 0, 7, 13, 20, 0, 123),
      unreadable: 0,
    });
    expect(iso(reading.done)).toEqual([
      ['2024-03-01', '2024-03-02'],
      ['2024-03-06', '2024-03-06'],
    ]);
    expect(iso(reading.failed)).toEqual([['2024-03-04', '2024-03-04']]);
    expect(iso(reading.skipped)).toEqual([['2024-03-03', '2024-03-03']]);
    expect(reading.contradictory.isEmpty).toBe(true);
  });

  test('is left as it is, with nothing beside it', () => {
    read(STATE);
    const before = readFileSync(path);
    readCheckpoint(path);
    readCheckpoint(join(folder, 'absent.json'));
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(folder)).toEqual([NAME]);
  });

  test('with dates in both lists, for which a job starts over', () => {
    const reading = read({ ...STATE, failed_dates: ['2024-03-06', '2024-03-04', '2024-03-02'] });
    expect(iso(reading.contradictory)).toEqual([
      ['2024-03-02', '2024-03-02'],
      ['2024-03-06', '2024-03-06'],
    ]);
    expect(reading.failed.size).toBe(3);
  });

  test('without keys: its name tells whose it is, and the file when it was written', () => {
    writeFileSync(path, '{}');
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    expect(readCheckpoint(path)).toMatchObject({
      ok: true,
      job: 'player_game_summary',
      from: day('2024-03-01'),
      to: day('2024-03-31'),
      updatedAt: 1_700_000_000_000,
    });
  });

  test('with keys that nobody knows, empty ones, and ones of another type', () => {
    const reading = read({
      version: 3,
      job_name: 7,
      successful_dates: null,
      failed_dates: '2024-03-04',
      skipped_dates: 12,
    });
    expect(reading).toMatchObject({ job: 'player_game_summary', unreadable: 1 });
    expect(reading.done.isEmpty).toBe(true);
    expect(iso(reading.failed)).toEqual([['2024-03-04', '2024-03-04']]);
  });

  test('counts what is no date, and takes the date of a time', () => {
    const reading = read({
      ...STATE,
      successful_dates: [
        '2024-03-01T00:00:00',
        '2024-03-02 00:00:00',
        '2024-02-30',
        '2024-03-055',
        'soon',
        null,
        20240301,
        {},
      ],
    });
    expect(iso(reading.done)).toEqual([['2024-03-01', '2024-03-02']]);
    expect(reading.unreadable).toBe(6);
  });

  test('with a time without a zone, which is that of the machine', () => {
    expect(read({ ...STATE, last_updated: '2026-01-07T13:20:00.123456' }).updatedAt).toBe(
      new Date(2026, 0, 7, 13, 20, 0, 123).getTime(),
    );
  });

  test('wherever it is torn, is a message', () => {
    const whole = JSON.stringify(STATE);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole.slice(0, length));
      expect(readCheckpoint(path)).toEqual({ ok: false, message: expect.stringContaining('is not whole') as string });
    }
  });

  test.each(['[]', 'null', '"2024-03-01"', '7'])('that is %s is none', text => {
    writeFileSync(path, text);
    expect(readCheckpoint(path)).toEqual({ ok: false, message: `${path} is no checkpoint: it holds no JSON object` });
  });

  test('that is not there, that is a folder, that is too large', () => {
    expect(readCheckpoint(path)).toMatchObject({
      ok: false,
      message: expect.stringContaining('is not there') as string,
    });
    writeFileSync(path, '');
    truncateSync(path, 16 * 1024 * 1024 + 1);
    expect(readCheckpoint(path)).toMatchObject({
      ok: false,
      message: expect.stringContaining('16,777,217 bytes') as string,
    });
    rmSync(path);
    mkdirSync(path);
    expect(readCheckpoint(path)).toMatchObject({ ok: false, message: `${path} is not a file` });
  });
});
