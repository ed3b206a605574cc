// What a target and a table's rows are, wherever they are reached from: two worktrees that write the same rows name them alike.
import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { TableSource } from '../pipeline/pipeline';
import type { ResolvedTarget } from '../pipeline/targets';

/** The name of a target: its database, its project, or nothing but the files of a workspace. */
export function targetIdentity(target: ResolvedTarget, folder: string): string {
  if (target.type === 'bigquery') return `bigquery:${target.project}`;
  return target.path === undefined ? `files:${real(folder)}` : `duckdb:${real(absolute(target.path, folder))}`;
}

/** The name of what a table's rows are: a table of a database, or a pattern of files. */
export function tableIdentity({ name, location }: TableSource, target: ResolvedTarget, folder: string): string {
  switch (location.kind) {
    case 'target':
      return `${targetIdentity(target, folder)}#${name.toLowerCase()}`;
    case 'file-per-date':
      return `files:${realPattern(location.pattern, folder)}`;
    case 'files':
      return `files:${location.patterns.map(pattern => realPattern(pattern, folder)).join('|')}`;
  }
}

/** A pattern with the folders before its first placeholder as they really are: a link to a folder is that folder. */
function realPattern(pattern: string, folder: string): string {
  const levels = absolute(pattern, folder).split('/');
  const open = levels.findIndex(level => /[*?{]/.test(level));
  const fixed = open < 0 ? levels.length : open;
  return [real(levels.slice(0, fixed).join('/')), ...levels.slice(fixed)].join('/');
}

function absolute(path: string, folder: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

/** The path without links, as far as it is there. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(real(parent), basename(path));
  }
}
