// Pipelines, and how their tables stand, written down for tests of plans: a manifest, and one letter a day.
import { dateStates } from '../../../src/coverage/states';
import type { CheckFinding } from '../../../src/coverage/judge';
import type { StaleCause } from '../../../src/coverage/stale';
import { type DateState, type Exclusion, daysOfLetters } from '../../../src/model/coverage';
import { type Day, addDays, formatDay } from '../../../src/model/day';
import { DaySet } from '../../../src/model/day-set';
import { NO_STRAYS, type TableReading } from '../../../src/model/facts';
import { readManifest } from '../../../src/pipeline/manifest';
import type { CommandJob, Job, Pipeline, SqlJob, Table } from '../../../src/pipeline/pipeline';
import type { Assessment } from '../../../src/validation/assess';
import { day, finding } from '../coverage/tables';

/** The first letter of a text stands for this day. */
export const FIRST = day('2024-01-01');

const HEAD = `version: 1
name: league
targets: { local: { type: duckdb, path: w.duckdb } }
defaults: { date: d, calendar: daily }
calendars: { daily: { days: daily, start: 2024-01-01 } }
`;

/** A pipeline whose calendar has every day, of jobs and phases in YAML. */
export function pipelineOf(text: string): Pipeline {
  const reading = readManifest(`${HEAD}${text}`, { folder: '/w', file: 'phasegate.yaml', env: {} });
  if (!reading.ok) throw new Error(reading.problems.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return reading.pipeline;
}

export function tableOf(pipeline: Pipeline, shortName: string): Table {
  const table = [...pipeline.tables.values()].find(each => each.shortName === shortName);
  if (table === undefined) throw new Error(`no table ${shortName}`);
  return table;
}

/** A job as a manifest declares it, such as `{ command: [python3, job.py], dates: { one: --date } }`. */
export function jobOf(declared: string): Job {
  const pipeline = pipelineOf(`jobs: { it: ${declared} }\nphases: [{ id: 1, tables: [{ name: t, job: it }] }]\n`);
  const job = pipeline.jobs.get('it');
  if (job === undefined) throw new Error('no job');
  return job;
}

export function commandJob(declared: string): CommandJob {
  const job = jobOf(declared);
  if (job.kind !== 'command') throw new Error(`${declared} is no command`);
  return job;
}

export function sqlJob(declared: string): SqlJob {
  const job = jobOf(declared);
  if (job.kind !== 'sql') throw new Error(`${declared} is no statement`);
  return job;
}

/** The days of the letters that are asked for, `x` where none is named: `..xx.` is the third and the fourth day. */
export function daysIn(letters: string, wanted = 'x'): DaySet {
  return DaySet.of([...letters].flatMap((letter, i) => (wanted.includes(letter) ? [addDays(FIRST, i)] : [])));
}

/** Dates as letters again, `x` for each that is among them. */
export function lettersOf(dates: Iterable<string>, length: number): string {
  const among = new Set(dates);
  return Array.from({ length }, (_, i) => (among.has(formatDay(addDays(FIRST, i))) ? 'x' : '.')).join('');
}

export interface Standing {
  /** Letters of days whose findings somebody accepted, `x`. */
  readonly accepted?: string;
  /** Days of which the calendar cannot tell whether they are expected, `x`. */
  readonly uncertain?: string;
  readonly reading?: TableReading;
  /** Rows of a table without dates. */
  readonly rows?: number;
}

/** How a table stands, one letter a day as in reports: `c` complete, `m` missing, `p` partial, `d` degraded, `s` stale, `u` unknown, `o` off-day. */
export function standing(table: Table, letters: string, given: Standing = {}): Assessment {
  const days = daysOfLetters(letters).map((is, i) => ({ is, day: addDays(FIRST, i) }));
  const of = (...wanted: readonly (DateState | Exclusion)[]): DaySet =>
    DaySet.of(days.flatMap(each => (wanted.includes(each.is) ? [each.day] : [])));
  const expected = of('complete', 'partial', 'missing', 'degraded', 'stale', 'unknown');
  const present = of('complete', 'partial', 'degraded', 'stale');
  const findings: readonly CheckFinding[] = days.flatMap(each => {
    if (each.is === 'partial') return [finding(formatDay(each.day), 'partial', '2 of 16 teams', 'rows/games')];
    if (each.is === 'degraded') return [finding(formatDay(each.day), 'degraded', 'usage is NULL', 'not_null/usage')];
    return [];
  });
  const [dependency] = table.dependsOn;
  const stale: readonly StaleCause[] =
    dependency === undefined ? [] : [{ dependency, dates: of('stale'), written: DaySet.empty, newest: 0 }];
  const measured = given.reading ?? {
    state: 'measured' as const,
    facts: {
      table: table.name,
      dated: table.dated,
      range: { from: FIRST, to: lastOf(letters) },
      days: table.dated ? [...present] : [FIRST],
      rows: table.dated ? [...present].map(() => 16) : [given.rows ?? 1],
      values: new Map(),
      unmeasured: new Map(),
      unread: new Map([...of('unknown')].map(each => [each, 'a.csv line 3 could not be read'])),
      strays: NO_STRAYS,
      measuredAt: 0,
    },
  };
  const coverage = dateStates(
    table.name,
    {
      days: letters.length,
      expected,
      uncertain: new Map([...daysIn(given.uncertain ?? '')].map(each => [each, 'a game was never marked final'])),
      excluded: {
        'off-day': of('off-day'),
        'not-yet-due': of('not-yet-due'),
        'known-gap': of('known-gap'),
        bootstrap: of('bootstrap'),
      },
    },
    measured,
    findings,
    stale,
  );
  return {
    table,
    reading: measured,
    outcomes: [],
    coverage,
    stale,
    acceptedDates: daysIn(given.accepted ?? ''),
    report: undefined,
  };
}

export function lastOf(letters: string): Day {
  return addDays(FIRST, Math.max(0, letters.length - 1));
}
