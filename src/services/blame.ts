// Data blame as it is asked for: git answers of commits, and the checks of one column say since when they fail.
import { type Commits, commitsAfter } from '../git/commits';
import { type Verdict, verdictOf } from '../model/outcome';
import type { Blame, Report, Result } from '../model/report';
import { nearest } from '../pipeline/nearest';
import type { Table } from '../pipeline/pipeline';
import type { AskCommits } from '../validation/blaming';

/** Asks the git repository that a folder is in. What is wrong with all of it is asked once: not there, too slow. */
export function gitCommits(folder: string): AskCommits {
  let gaveUp: Commits | undefined;
  return async (table, after) => {
    if (gaveUp !== undefined) return gaveUp;
    const found = await commitsAfter(folder, table.sources, after);
    if (!found.ok && found.ofAll) gaveUp = found;
    return found;
  };
}

/** The checks of one column, with the blame of those that fail. */
export interface ColumnBlame {
  readonly pipeline: string;
  readonly target: string;
  readonly table: string;
  readonly column: string;
  /** What its checks come to. */
  readonly verdict: Verdict;
  readonly checks: readonly (Result & { readonly blame?: Blame })[];
}

/** The results of a column, each with its blame. What was accepted is none of it. */
export function columnBlame(
  { pipeline, target, results }: Report,
  blames: ReadonlyMap<string, Blame>,
  table: string,
  column: string,
): ColumnBlame {
  const own = results.filter(result => result.table === table && isColumn(result.column, column));
  const open = own.filter(({ accepted }) => accepted === undefined);
  return {
    pipeline,
    target,
    table,
    column: own[0]?.column ?? column,
    verdict: verdictOf(open.map(({ outcome }) => outcome)),
    checks: own.map(result => {
      const blame = result.accepted === undefined ? blames.get(result.id) : undefined;
      return blame === undefined ? result : { ...result, blame };
    }),
  };
}

/** What to say where no check of a table is about a column; `undefined` where one is. */
export function noChecksOf({ name, checks }: Table, column: string): string | undefined {
  const columns = [...new Set(checks.flatMap(check => check.column ?? []))];
  if (columns.some(each => isColumn(each, column))) return undefined;
  const near = nearest(column, columns);
  const hint =
    near !== undefined
      ? `: did you mean ${near}?`
      : columns.length === 0
        ? ': none of its checks is of a column'
        : `; its checks are of ${columns.join(', ')}`;
  return `${name} has no check of a column ${column}${hint}`;
}

function isColumn(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}
