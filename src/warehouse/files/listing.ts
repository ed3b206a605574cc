// Which files hold a table's rows: patterns matched against folders, level by level, with a stamp for each file found.
import { type BigIntStats, readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { type Day, civilDay, formatDay, parseDay } from '../../model/day';
import type { Location } from '../../pipeline/pipeline';
import type { Stamp } from '../warehouse';

/** A file of a table. */
export interface DataFile {
  readonly path: string;
  /** The partition, where the file's path says it. */
  readonly day: Day | undefined;
  readonly bytes: number;
  readonly stamp: Stamp;
}

/** The files of a table, or why they cannot be told. */
export type Listing =
  | {
      readonly state: 'listed';
      readonly files: readonly DataFile[];
      /** Dates whose file is there and cannot be read, with the reason. */
      readonly unread: ReadonlyMap<Day, string>;
    }
  | { readonly state: 'absent'; readonly message: string }
  | { readonly state: 'unreadable'; readonly message: string };

/** Lists the files of a table that lives in files. Paths start at `folder`. */
export function listFiles(location: Exclude<Location, { kind: 'target' }>, folder: string): Listing {
  return location.kind === 'file-per-date' ? listDated(location, folder) : listGiven(location.patterns, folder);
}

function listDated(location: Extract<Location, { kind: 'file-per-date' }>, folder: string): Listing {
  const found = walk(location.pattern, folder);
  if (found.problem !== undefined) return found.problem;
  const files: DataFile[] = [];
  const unread = new Map<Day, string>();
  for (const { date, message } of found.unread) {
    const day = date === undefined ? undefined : dayOf(date);
    if (day === undefined) return { state: 'unreadable', message };
    unread.set(day, message);
  }
  for (const { path, date } of found.paths) {
    const day = date === undefined ? undefined : dayOf(date);
    if (day === undefined) continue; // a name of the pattern's shape that is no date, such as 2023-02-29.csv
    const stats = statOf(path);
    if (typeof stats === 'string') unread.set(day, `${path}: ${stats}`);
    else if (!stats.isFile()) unread.set(day, `${path} is no file`);
    else files.push({ path, day, bytes: Number(stats.size), stamp: stampOf(stats) });
  }
  files.sort((a, b) => (a.day ?? 0) - (b.day ?? 0) || (a.path < b.path ? -1 : 1));
  return { state: 'listed', files, unread };
}

function listGiven(patterns: readonly string[], folder: string): Listing {
  const files = new Map<string, DataFile>();
  for (const pattern of patterns) {
    const found = walk(pattern, folder);
    if (found.problem !== undefined) {
      // A file named outright that is not there means rows that are not there: it is never passed over.
      return hasWildcard(pattern)
        ? found.problem
        : {
            state: 'unreadable',
            message: `${pattern} is listed and not there: restore the file, or take it off the list`,
          };
    }
    const [shut] = found.unread;
    if (shut !== undefined) return { state: 'unreadable', message: shut.message };
    for (const { path } of found.paths) {
      const stats = statOf(path);
      if (typeof stats === 'string') return { state: 'unreadable', message: `${path}: ${stats}` };
      if (!stats.isFile()) return { state: 'unreadable', message: `${path} is no file` };
      files.set(path, { path, day: undefined, bytes: Number(stats.size), stamp: stampOf(stats) });
    }
  }
  if (files.size === 0) return { state: 'absent', message: `no file matches ${patterns.join(', ')}` };
  return { state: 'listed', files: [...files.values()], unread: new Map() };
}

interface Walked {
  readonly paths: readonly { readonly path: string; readonly date: string | undefined }[];
  /** Folders on the way that could not be read, with the date that their path says. */
  readonly unread: readonly { readonly date: string | undefined; readonly message: string }[];
  readonly problem?: Extract<Listing, { state: 'absent' | 'unreadable' }>;
}

/** Walks a pattern's folders one level at a time: a level without placeholder or wildcard is not listed at all. */
function walk(pattern: string, folder: string): Walked {
  const absolute = isAbsolute(pattern) ? pattern : join(folder, pattern);
  const levels = absolute.split('/').filter(level => level !== '');
  let at: { path: string; date: string | undefined }[] = [{ path: '/', date: undefined }];
  let literal = '/';
  const unread: { date: string | undefined; message: string }[] = [];
  for (const [i, level] of levels.entries()) {
    const last = i === levels.length - 1;
    if (!hasWildcard(level)) {
      at = at.map(({ path, date }) => ({ path: join(path, level), date }));
      if (at.length === 1 && at[0] !== undefined) literal = at[0].path;
      if (last && at.length === 1 && typeof statOf(literal) === 'string') return missing(literal);
      continue;
    }
    const shape = shapeOf(level);
    const next: { path: string; date: string | undefined }[] = [];
    for (const { path, date } of at) {
      let names: string[];
      try {
        names = readdirSync(path);
      } catch (error) {
        const found = missing(path, error);
        if (at.length === 1) return found;
        // One folder of many: its own date cannot be read, which is not the same as holding nothing.
        if (found.problem?.state === 'unreadable') unread.push({ date, message: found.problem.message });
        continue;
      }
      for (const name of names) {
        const match = shape.exec(name);
        if (match !== null) next.push({ path: join(path, name), date: date ?? match.groups?.['date'] });
      }
    }
    at = next;
  }
  return { paths: at, unread };
}

function missing(path: string, error?: unknown): Walked {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'ENOENT';
  if (code === 'ENOENT')
    return { paths: [], unread: [], problem: { state: 'absent', message: `${resolve(path)} is not there` } };
  return {
    paths: [],
    unread: [],
    problem: { state: 'unreadable', message: `${resolve(path)} could not be read: ${reasonOf(code)}` },
  };
}

function hasWildcard(level: string): boolean {
  return /[*?{]/.test(level);
}

/** A level of a pattern as an expression over names: `{date}` and `{date:YYYYMMDD}`, `*` and `?`. */
function shapeOf(level: string): RegExp {
  const source = level
    .split(/(\{date(?::[^}]*)?\}|\*|\?)/)
    .map(part => {
      if (part === '*') return '[^/]*';
      if (part === '?') return '[^/]';
      if (part === '{date:YYYYMMDD}') return '(?<date>\\d{8})';
      if (part.startsWith('{date')) return '(?<date>\\d{4}-\\d{2}-\\d{2})';
      return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${source}$`);
}

function dayOf(text: string): Day | undefined {
  if (text.includes('-')) return parseDay(text);
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6))];
  const found = civilDay(year, month, day);
  return formatDay(found).replaceAll('-', '') === text ? found : undefined;
}

function statOf(path: string): BigIntStats | string {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    return reasonOf(error instanceof Error && 'code' in error ? String(error.code) : String(error));
  }
}

function reasonOf(code: string): string {
  switch (code) {
    case 'ENOENT':
      return 'it is not there';
    case 'EACCES':
    case 'EPERM':
      return 'no permission to read it';
    case 'ENOTDIR':
      return 'a part of its path is no folder';
    default:
      return code;
  }
}

/** What proves a file unchanged: size, time of its last change in nanoseconds, and inode (rule 15). */
export function stampOf(stats: BigIntStats): Stamp {
  return { text: `${stats.size}-${stats.mtimeNs}-${stats.ino}`, changedAt: Number(stats.mtimeNs / 1_000_000n) };
}
