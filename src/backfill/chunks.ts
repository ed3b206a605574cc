// A step's dates in the parts that its job takes: lists, ranges or one by one, each as the exact command. Pure.
import type { Day } from '../model/day';
import { formatDay } from '../model/day';
import type { DaySet } from '../model/day-set';
import type { CommandJob, Job } from '../pipeline/pipeline';
import type { PlanChunk } from './plan';

/** The option that makes a job forget its checkpoint. */
export const FRESH = 'fresh';

export interface ChunkOptions {
  /** Dates that the table is expected to hold, planned or not: a range must not sweep over one that is not planned. */
  readonly expected: DaySet;
  /** The interpreter in the place of `${python}`. */
  readonly python: string | undefined;
  /** The date that is a part of its own, to be tried before the others; absent where none is. */
  readonly canary: Day | undefined;
  /** Whether the script takes a list as several words instead of one with commas. */
  readonly listInWords: boolean;
}

export type Chunked =
  { readonly ok: true; readonly chunks: readonly PlanChunk[] } | { readonly ok: false; readonly message: string };

/** A system takes arguments up to a length: Linux 128 kB each, Windows 32 kB together (documented by execve(2) and CreateProcess). Bytes. */
const MOST_LIST_BYTES = 30_000;
/** `2024-01-02,`. Bytes. */
const DATE_BYTES = 11;

/** Cuts dates into the parts that a job takes. */
export function chunksOf(job: Job, dates: DaySet, options: ChunkOptions): Chunked {
  if (job.kind === 'sql') return { ok: true, chunks: slices(dates, job.chunk, options, () => true).map(asChunk) };
  const { list, range, one } = job.dates;
  if (list === undefined && range === undefined && one === undefined)
    return {
      ok: false,
      message: `job ${job.name} does not say how it is told its dates, and would take dates of its own choice: declare \`dates\` with list, range or one`,
    };
  const most =
    list !== undefined
      ? Math.min(job.chunk, Math.floor(MOST_LIST_BYTES / DATE_BYTES))
      : range !== undefined
        ? job.chunk
        : 1;
  // A range sweeps over every day between its ends: off-days do no harm, an expected date that is not planned would be rewritten.
  const mayJoin =
    list !== undefined
      ? () => true
      : (before: Day, day: Day): boolean =>
          options.expected.within({ from: (before + 1) as Day, to: (day - 1) as Day }).isEmpty;
  const chunks = slices(dates, most, options, mayJoin).map((part, i) => ({
    ...asChunk(part, i),
    argv: commandOf(job, part.days, options),
  }));
  return { ok: true, chunks };
}

interface Slice {
  readonly at: number;
  readonly days: readonly Day[];
}

function asChunk({ at, days }: Slice, i: number): PlanChunk {
  return { id: String(i + 1), at, count: days.length };
}

/** The canary first, then what lies before it and after it in order. */
function slices(
  dates: DaySet,
  most: number,
  { canary }: ChunkOptions,
  mayJoin: (before: Day, day: Day) => boolean,
): readonly Slice[] {
  const days = [...dates];
  const first = canary === undefined ? -1 : days.indexOf(canary);
  if (first < 0 || days.length === 1) return slicesOf(days, 0, most, mayJoin);
  return [
    { at: first, days: days.slice(first, first + 1) },
    ...slicesOf(days.slice(0, first), 0, most, mayJoin),
    ...slicesOf(days.slice(first + 1), first + 1, most, mayJoin),
  ];
}

function slicesOf(
  days: readonly Day[],
  from: number,
  most: number,
  mayJoin: (before: Day, day: Day) => boolean,
): readonly Slice[] {
  const found: { at: number; days: Day[] }[] = [];
  days.forEach((day, i) => {
    const last = found.at(-1);
    const before = last?.days.at(-1);
    if (last === undefined || before === undefined || last.days.length >= most || !mayJoin(before, day))
      found.push({ at: from + i, days: [day] });
    else last.days.push(day);
  });
  return found;
}

/** The command for some dates, as it was declared but for the interpreter. */
export function commandOf(
  job: CommandJob,
  days: readonly Day[],
  { python, listInWords }: Pick<ChunkOptions, 'python' | 'listInWords'>,
): readonly string[] {
  const { list, range, one } = job.dates;
  const command = job.command.map(part => (python === undefined ? part : part.replaceAll('${python}', python)));
  const texts = days.map(formatDay);
  const [first = ''] = texts;
  if (list !== undefined) return [...command, list, ...(listInWords ? texts : [texts.join(',')])];
  if (range !== undefined) {
    const fresh = job.options.get(FRESH);
    return [...command, range[0], first, range[1], texts.at(-1) ?? first, ...(fresh === undefined ? [] : [fresh])];
  }
  return [...command, one ?? '', first];
}
