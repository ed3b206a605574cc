// What a preflight asks of a table's job from outside of the tables: its script, who else writes, the columns its code writes, how long it takes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { type RunDurations, expectedPerDate } from '../backfill/durations';
import { formatDuration, formatExpected } from '../model/duration';
import { formatInstant } from '../model/instant';
import { countOf } from '../model/percent';
import type { SourceRef } from '../model/source';
import type { Job, Table } from '../pipeline/pipeline';
import type { ResolvedTarget } from '../pipeline/targets';
import { lockHolder } from '../runs/locks';
import { type RunningProcess, allProcesses, foreignRunners, isOfRun } from '../runs/processes';
import { type RowShape, pythonNames } from '../scripts/python-names';
import { ScriptCache } from '../scripts/script-cache';
import { tableIdentity } from '../warehouse/identity';
import type { JobFacts } from '../validation/job-results';
import { type JobScript, jobScript } from './job-scripts';

export interface JobFactsOptions {
  /** The workspace. */
  readonly folder: string;
  readonly target: ResolvedTarget;
  /** Where locks lie. */
  readonly locks: string;
  /** Durations of earlier runs, newest first. */
  readonly durations: readonly RunDurations[];
  /** The run that asks: what it writes itself is nobody else's work. */
  readonly run?: string;
  /** How many dates of a table are about to be written, where that is known. */
  readonly dates?: (table: Table) => number | undefined;
  /** The columns that the live table has; `undefined` where it is not there. */
  readonly live: (table: Table) => readonly string[] | undefined;
}

const cache = new ScriptCache();
/** So many files of code are read for a table. */
const MOST_SOURCES = 200;

/** The facts about the jobs of some tables, by table; none for a table without a job. */
export function jobFacts(
  tables: readonly Table[],
  jobs: ReadonlyMap<string, Job>,
  options: JobFactsOptions,
): ReadonlyMap<string, JobFacts> {
  let processes: readonly RunningProcess[] | undefined;
  return new Map(
    tables.flatMap((table): readonly (readonly [string, JobFacts])[] => {
      const job = table.job === undefined ? undefined : jobs.get(table.job);
      if (job === undefined) return [];
      const script = job.kind === 'command' ? jobScript(job, options.folder) : undefined;
      processes ??= allProcesses();
      return [
        [
          table.name,
          {
            name: job.name,
            source: job.source,
            problems: script?.problems ?? [],
            script: job.kind === 'sql' ? job.sql : script?.script?.path,
            writers: writersOf(table, script, processes, options),
            columns: columnsOf(table, options),
            duration: durationWords(job, options.dates?.(table), options.durations),
          },
        ],
      ];
    }),
  );
}

function writersOf(
  table: Table,
  script: JobScript | undefined,
  processes: readonly RunningProcess[],
  { folder, target, locks, run }: JobFactsOptions,
): JobFacts['writers'] {
  const holder = lockHolder(locks, tableIdentity(table, target, folder));
  const ours =
    holder === undefined || holder.run === run
      ? []
      : [
          {
            ours: true,
            words: `run ${holder.run} of ${holder.folder} writes it since ${formatInstant(holder.since)} (process ${holder.process.pid} on ${holder.process.host})`,
          },
        ];
  const path = script?.script?.path;
  const foreign =
    path === undefined
      ? []
      : foreignRunners(path, processes)
          .filter(({ pid }) => !isOfRun(pid))
          .map(({ pid }) => ({ ours: false, words: `process ${pid} runs ${path} as well` }));
  return [...ours, ...foreign];
}

function durationWords(job: Job, dates: number | undefined, durations: readonly RunDurations[]): string | undefined {
  const perDate = expectedPerDate(job.name, durations);
  if (perDate === undefined) return undefined;
  const each = `${formatDuration(perDate.ms)} a date in earlier runs`;
  if (dates === undefined) return each;
  const times = dates / job.parallel;
  return `${formatExpected({ ms: perDate.ms * times, low: perDate.low * times, high: perDate.high * times })} for ${countOf(dates, 'date')}, ${each}`;
}

/** The columns that a table's code writes, held against the live ones and the declared ones. */
function columnsOf(table: Table, { folder, live }: JobFactsOptions): JobFacts['columns'] {
  const shape = rowShape(table, folder);
  if (shape === undefined) return undefined;
  const written = new Set(shape.names.map(name => name.toLowerCase()));
  const there = live(table);
  const has = new Set((there ?? []).map(name => name.toLowerCase()));
  return {
    notThere: there === undefined ? [] : shape.names.filter(name => !has.has(name.toLowerCase())),
    notWritten: [...table.columns.keys()].filter(name => !written.has(name.toLowerCase())),
    where: shape.where,
  };
}

/** The largest row that the table's code makes, told by the table's key: a list or a map of names that holds all of it. */
function rowShape(table: Table, folder: string): (RowShape & { readonly where: SourceRef }) | undefined {
  if (table.key.length === 0) return undefined;
  let found: (RowShape & { readonly where: SourceRef }) | undefined;
  for (const file of sourceFiles(table, folder).filter(name => name.endsWith('.py'))) {
    for (const shape of pythonShapes(join(folder, file))) {
      const names = new Set(shape.names.map(name => name.toLowerCase()));
      if (!table.key.every(name => names.has(name.toLowerCase()))) continue;
      if (found === undefined || shape.names.length > found.names.length)
        found = { ...shape, where: { file, line: shape.line } };
    }
  }
  return found;
}

function pythonShapes(path: string): readonly RowShape[] {
  try {
    return cache.get(readFileSync(path, 'utf8'), pythonNames).shapes;
  } catch {
    return []; // it went away meanwhile
  }
}

/** The files of the code that writes a table, from the workspace, in their order. */
export function sourceFiles({ sources }: Pick<Table, 'sources'>, folder: string): readonly string[] {
  if (sources.length === 0) return [];
  return globSync([...sources], {
    cwd: folder,
    ignore: ['**/__pycache__/**', '**/node_modules/**', '**/.git/**'],
    followSymbolicLinks: false,
  })
    .sort()
    .slice(0, MOST_SOURCES);
}
