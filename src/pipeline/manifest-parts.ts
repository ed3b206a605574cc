// The smaller sections of a manifest: targets, jobs and accepted findings.
import type { Day } from '../model/day';
import { type Place, childOf } from './manifest-place';
import type { Problems } from './manifest-problems';
import { TARGET_SHAPES, acceptedShape, jobShape } from './manifest-schema';
import { parsePiece } from './manifest-shape-problems';
import { nearest } from './nearest';
import type { AcceptedFinding, Job, Target } from './pipeline';

/** The targets by name. */
export function readTargets(section: Place | undefined, problems: Problems): ReadonlyMap<string, Target> {
  const targets = new Map<string, Target>();
  for (const [name, place] of entriesOf(section, problems)) {
    const typePlace = childOf(place, 'type');
    const type = typePlace?.value;
    const base = { name, source: problems.source(place) };
    if (type === 'duckdb') {
      const declared = parsePiece(TARGET_SHAPES.duckdb, place, problems);
      if (declared === undefined) continue;
      targets.set(name, {
        ...base,
        type,
        protected: declared.protected ?? false,
        path: declared.path,
        memoryLimit: declared.memoryLimit,
        threads: declared.threads,
      });
    } else if (type === 'bigquery') {
      const declared = parsePiece(TARGET_SHAPES.bigquery, place, problems);
      if (declared === undefined) continue;
      targets.set(name, {
        ...base,
        type,
        protected: declared.protected ?? false,
        project: declared.project,
        location: declared.location,
        maximumBytesBilled: declared.maximumBytesBilled,
      });
    } else if (typePlace === undefined) {
      problems.add(place, `${name} needs type: duckdb or bigquery`, { at: 'head' });
    } else {
      const near = nearest(String(type), Object.keys(TARGET_SHAPES));
      problems.add(
        typePlace,
        `type is duckdb or bigquery, not ${String(type)}${near === undefined ? '' : `: did you mean ${near}?`}`,
        { suggestion: near },
      );
    }
  }
  return targets;
}

/** What a job is run by unless it says otherwise. */
const JOB_DEFAULTS = { parallel: 1, attempts: 3, backoffMs: 10_000 } as const;
/** The most dates at once. A statement reads its look-back for all of them together. */
const CHUNK = { command: 30, sql: 100 } as const;

/** The jobs by name. */
export function readJobs(section: Place | undefined, problems: Problems): ReadonlyMap<string, Job> {
  const jobs = new Map<string, Job>();
  for (const [name, place] of entriesOf(section, problems)) {
    const declared = parsePiece(jobShape, place, problems);
    if (declared === undefined) continue;
    const base = {
      name,
      chunk: declared.chunk ?? CHUNK[declared.sql === undefined ? 'command' : 'sql'],
      parallel: declared.parallel ?? JOB_DEFAULTS.parallel,
      timeoutMs: declared.timeout,
      attempts: declared.attempts ?? JOB_DEFAULTS.attempts,
      backoffMs: declared.backoff ?? JOB_DEFAULTS.backoffMs,
      source: problems.source(place),
    };
    if (declared.command !== undefined && declared.sql !== undefined) {
      problems.add(place, `job ${name} has both a command and sql: it is one of them`, { at: 'head' });
    } else if (declared.command !== undefined) {
      jobs.set(name, {
        ...base,
        kind: 'command',
        rewrites: declared.rewrites ?? 'unknown',
        command: declared.command,
        env: new Map(Object.entries(declared.env ?? {})),
        envFile: declared.envFile,
        dates: { list: declared.dates?.list, range: declared.dates?.range, one: declared.dates?.one },
        options: new Map(Object.entries(declared.options ?? {})),
        secrets: declared.secrets ?? [],
      });
    } else if (declared.sql !== undefined) {
      jobs.set(name, { ...base, kind: 'sql', rewrites: declared.rewrites ?? 'replace', sql: declared.sql });
    } else {
      problems.add(place, `job ${name} needs a command or sql`, { at: 'head' });
    }
  }
  return jobs;
}

/** The accepted findings. Their tables have to be declared. */
export function readAccepted(
  section: Place | undefined,
  tables: ReadonlySet<string>,
  whole: boolean,
  problems: Problems,
): readonly AcceptedFinding[] {
  return (section?.items ?? []).flatMap(place => {
    const declared = parsePiece(acceptedShape, place, problems);
    if (declared === undefined) return [];
    const tablePlace = childOf(place, 'table');
    if (whole && tablePlace !== undefined && !tables.has(declared.table))
      unknownTable(declared.table, tablePlace, tables, problems);
    const reversed = declared.dates?.find(range => range.to < range.from);
    const datesPlace = childOf(place, 'dates');
    if (reversed !== undefined && datesPlace !== undefined)
      problems.add(datesPlace, 'the range ends before it begins: exchange from and to');
    const { table, check, dates, reason, until } = declared;
    return [{ table, check, dates, reason, until, source: problems.source(place) }];
  });
}

/** Says that a table is not declared, with the nearest that is. */
export function unknownTable(name: string, place: Place, tables: Iterable<string>, problems: Problems): void {
  const near = nearest(name, tables);
  problems.add(place, `no table ${name} is declared${near === undefined ? '' : `: did you mean ${near}?`}`, {
    suggestion: near,
  });
}

/** The entries of a map of names; a section that is none is said to be none. */
export function entriesOf(section: Place | undefined, problems: Problems): Iterable<readonly [string, Place]> {
  if (section === undefined) return [];
  if (section.entries !== undefined) return section.entries;
  problems.add(section, `${String(section.step)} takes a map of names`);
  return [];
}

/** Says that a range ends before it begins. */
export function checkRange(
  range: { readonly from: Day; readonly to: Day },
  place: Place,
  problems: Problems,
  words = 'from and to',
): boolean {
  if (range.to >= range.from) return true;
  problems.add(place, `this ends before it begins: exchange ${words}`);
  return false;
}
