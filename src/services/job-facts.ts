// What a preflight asks of a table's job from outside of the tables: its script, who else writes, the columns its code writes, how long it takes.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { type RunDurations, expectedPerDate } from '../backfill/durations';
import { formatDuration, formatExpected } from '../model/duration';
import type { DaySet } from '../model/day-set';
import { countOf } from '../model/percent';
import type { SourceRef } from '../model/source';
import type { Job, Table } from '../pipeline/pipeline';
import type { ResolvedTarget } from '../pipeline/targets';
import { lockHolder, locksFolder, writerWords } from '../runs/locks';
import { type RunningProcess, allProcesses, foreignRunners, isOfAnyRun } from '../runs/processes';
import { type RowShape, pythonNames } from '../scripts/python-names';
import { ScriptCache } from '../scripts/script-cache';
import type { TableDescription } from '../warehouse/warehouse';
import { tableIdentity } from '../warehouse/identity';
import type { JobFacts } from '../validation/job-results';
import { earlierDurations } from './earlier-runs';
import { type JobScript, jobScript } from './job-scripts';

export { pythonConstants } from '../scripts/python-constants'; // beside the other readers of Python, in their bundle

export interface JobFactsOptions {
  /** The workspace. */
  readonly folder: string;
  readonly target: ResolvedTarget;
  readonly env: NodeJS.ProcessEnv;
  /** The run that asks: what it writes itself is nobody else's work. */
  readonly run?: string;
}

const cache = new ScriptCache();
/** So many files of code are read for a table. */
const MOST_SOURCES = 200;

/** Tells of the job of a table that is about to be written; `undefined` for a table without one. */
export function jobFacts(
  jobs: ReadonlyMap<string, Job>,
  options: JobFactsOptions,
): (table: Table, work: DaySet, description: TableDescription) => JobFacts | undefined {
  let processes: readonly RunningProcess[] | undefined;
  const durations = earlierDurations(options.folder);
  return (table, work, description) => {
    const job = table.job === undefined ? undefined : jobs.get(table.job);
    if (job === undefined) return undefined;
    const script = job.kind === 'command' ? jobScript(job, options.folder) : undefined;
    processes ??= allProcesses();
    return {
      name: job.name,
      source: job.source,
      kind: job.kind,
      problems: job.kind === 'sql' ? statementProblems(job.sql, options.folder) : (script?.problems ?? []),
      script: job.kind === 'sql' ? job.sql : script?.script?.path,
      isTold: job.kind === 'sql' || script?.isTold === true,
      writers: writersOf(table, script, processes, options),
      columns: columnsOf(table, options.folder, description),
      duration: durationWords(job, work.size, durations),
    };
  };
}

function statementProblems(file: string, folder: string): JobFacts['problems'] {
  return existsSync(join(folder, file)) ? [] : [{ severity: 'refuse', message: `there is no ${file}` }];
}

function writersOf(
  table: Table,
  script: JobScript | undefined,
  processes: readonly RunningProcess[],
  { folder, target, env, run }: JobFactsOptions,
): JobFacts['writers'] {
  const holder = lockHolder(
    locksFolder(env),
    tableIdentity(table, target, folder),
    run === undefined ? undefined : { run, folder },
  );
  const ours = holder === undefined ? [] : [{ ours: true, words: writerWords(holder) }];
  const path = script?.script?.path;
  const foreign =
    path === undefined
      ? []
      : foreignRunners(path, processes)
          .filter(({ pid }) => !isOfAnyRun(pid))
          .map(({ pid }) => ({ ours: false, words: `process ${pid} runs ${path} as well` }));
  return [...ours, ...foreign];
}

function durationWords(job: Job, dates: number, durations: readonly RunDurations[]): string | undefined {
  const perDate = expectedPerDate(job.name, durations);
  if (perDate === undefined) return undefined;
  const each = `${formatDuration(perDate.ms)} a date in earlier runs`;
  if (dates === 0) return each;
  const times = dates / job.parallel;
  return `${formatExpected({ ms: perDate.ms * times, low: perDate.low * times, high: perDate.high * times })} for ${countOf(dates, 'date')}, ${each}`;
}

/** The columns that a table's code writes, held against the live ones and the declared ones. */
function columnsOf(table: Table, folder: string, description: TableDescription): JobFacts['columns'] {
  const shape = rowShape(table, folder);
  if (shape === undefined) return undefined;
  const written = new Set(shape.names.map(name => name.toLowerCase()));
  const there = description.state === 'present' ? description.columns.map(({ name }) => name) : undefined;
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
