// Checkpoint files of the jobs (§2.3), read for progress: never written, and never locked, for a lock is a file of its own.
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { errorWords } from '../model/error-words';
import { type Day, parseDay } from '../model/day';
import { DaySet } from '../model/day-set';
import { formatCount } from '../model/percent';

/** What a job has noted of a range: which dates it tried, not which are there; or why that cannot be told. */
export type CheckpointReading = Checkpoint | { readonly ok: false; readonly message: string };

/** See `CheckpointReading`. */
export interface Checkpoint {
  readonly ok: true;
  /** What the file says, else its name; `undefined` where neither does. */
  readonly job: string | undefined;
  readonly from: Day | undefined;
  readonly to: Day | undefined;
  readonly done: DaySet;
  /** Without their errors, which the job drops. */
  readonly failed: DaySet;
  readonly skipped: DaySet;
  /** When the job wrote it last, milliseconds since 1970 UTC. */
  readonly updatedAt: number;
  /** Done and failed at once: the job then believes nothing of the file, and starts over (§2.3). */
  readonly contradictory: DaySet;
  /** Entries of the lists that are no dates. */
  readonly unreadable: number;
}

/** A hundred years of dates take less than one of them. Bytes. */
const MOST_BYTES = 16 * 1024 * 1024;

/** `{job}_{first date}_{last date}.json`: a checkpoint belongs to one exact range (§2.3). */
const NAME = /^(.+)_(\d{4}-\d\d-\d\d)_(\d{4}-\d\d-\d\d)\.json$/;

/** Reads a checkpoint file. A key that is missing counts as empty, one that is unknown is left alone. */
export function readCheckpoint(path: string): CheckpointReading {
  let file: { readonly text: string; readonly modifiedAt: number };
  try {
    const read = readWhole(path);
    if (typeof read === 'string') return { ok: false, message: read };
    file = read;
  } catch (error) {
    return { ok: false, message: `${path} could not be read: ${errorWords(error)}` };
  }
  let content: unknown;
  try {
    content = JSON.parse(file.text);
  } catch (error) {
    return {
      ok: false,
      message: `${path} is not whole: ${errorWords(error)}. The job writes it anew after each date; if it has ended, only its log tells how far it came`,
    };
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    return { ok: false, message: `${path} is no checkpoint: it holds no JSON object` };
  const keys = new Map<string, unknown>(Object.entries(content));
  const [, job, from, to] = NAME.exec(basename(path)) ?? [];
  const done = datesOf(keys.get('successful_dates'));
  const failed = datesOf(keys.get('failed_dates'));
  const skipped = datesOf(keys.get('skipped_dates'));
  return {
    ok: true,
    job: textOf(keys.get('job_name')) ?? job,
    from: dayOf(keys.get('start_date')) ?? dayOf(from),
    to: dayOf(keys.get('end_date')) ?? dayOf(to),
    done: done.days,
    failed: failed.days,
    skipped: skipped.days,
    updatedAt: instantOf(keys.get('last_updated')) ?? file.modifiedAt,
    contradictory: done.days.intersect(failed.days),
    unreadable: done.unreadable + failed.unreadable + skipped.unreadable,
  };
}

/** The text of a file and when it was changed, milliseconds since 1970 UTC; or what is wrong with it. */
function readWhole(path: string): { readonly text: string; readonly modifiedAt: number } | string {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined)
    return `${path} is not there: the job has marked no date of this range yet, or the folder was emptied, as a reboot does with /tmp`;
  // Opening a pipe would wait for its writer.
  if (!there.isFile()) return `${path} is not a file`;
  const descriptor = openSync(path, 'r');
  try {
    const { size, mtimeMs } = fstatSync(descriptor);
    if (size > MOST_BYTES)
      return `${path} is no checkpoint: it has ${formatCount(size)} bytes, and ${formatCount(MOST_BYTES)} are enough for any range`;
    const bytes = Buffer.allocUnsafe(size);
    let length = 0;
    for (let read = -1; read !== 0 && length < size; length += read)
      read = readSync(descriptor, bytes, length, size - length, length);
    return { text: bytes.toString('utf8', 0, length), modifiedAt: Math.trunc(mtimeMs) };
  } finally {
    closeSync(descriptor);
  }
}

function datesOf(list: unknown): { readonly days: DaySet; readonly unreadable: number } {
  const entries: readonly unknown[] = Array.isArray(list) ? list : list === undefined || list === null ? [] : [list];
  const days = entries.map(dayOf).filter(day => day !== undefined);
  return { days: DaySet.of(days), unreadable: entries.length - days.length };
}

/** A date, or the date of a time. */
function dayOf(value: unknown): Day | undefined {
  const text = textOf(value) ?? '';
  return /^.{10}(?:$|[T ])/.test(text) ? parseDay(text.slice(0, 10)) : undefined;
}

/** Milliseconds since 1970 UTC. The jobs write it without a zone and mean their machine's, which is this one. */
function instantOf(value: unknown): number | undefined {
  const instant = Date.parse(textOf(value) ?? '');
  return Number.isNaN(instant) ? undefined : instant;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
