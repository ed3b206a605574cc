// Blame for the failing column checks of assessed tables: git is asked once a table, for all of its checks together.
import type { SeasonRange } from '../checks/check';
import type { Commits } from '../git/commits';
import type { Blame, Result } from '../model/report';
import type { Table } from '../pipeline/pipeline';
import type { Assessment } from './assess';
import { type Suspicion, blameOf, suspect } from './blame';

/** Tells the commits that touched a table's sources after an instant, milliseconds since 1970 UTC. */
export type AskCommits = (table: Table, after: number) => Promise<Commits>;

/** So many tables are asked about at once. */
const AT_ONCE = 4;

/** The blame of each failing check of a column, by the result's id. */
export async function blames(
  assessments: readonly Assessment[],
  seasonsOf: (table: Table) => readonly SeasonRange[],
  ask: AskCommits,
): Promise<ReadonlyMap<string, Blame>> {
  const found = new Map<string, Blame>();
  const open = assessments.map(assessment => ({ ...assessment, suspicions: suspicionsOf(assessment, seasonsOf) }));
  const next = async (): Promise<void> => {
    for (let each = open.pop(); each !== undefined; each = open.pop()) {
      const { table, suspicions } = each;
      const asked = [...suspicions.values()].flatMap(({ between, leftOut }) =>
        between === undefined || leftOut !== undefined ? [] : [between.good.at],
      );
      const known = asked.length === 0 ? undefined : await ask(table, Math.min(...asked));
      for (const [id, suspicion] of suspicions) found.set(`${table.name}/${id}`, blameOf(suspicion, known));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return found;
}

/** The results with their blame: where no commits could be looked for, it says why. */
export function withBlame(results: readonly Result[], found: ReadonlyMap<string, Blame>): readonly Result[] {
  return results.map(result => {
    const blame = result.accepted === undefined ? found.get(result.id) : undefined;
    return blame === undefined ? result : { ...result, blame };
  });
}

function suspicionsOf(
  { table, reading, outcomes }: Assessment,
  seasonsOf: (table: Table) => readonly SeasonRange[],
): ReadonlyMap<string, Suspicion> {
  if (reading.state !== 'measured') return new Map();
  const { facts } = reading;
  return new Map(
    outcomes.flatMap(outcome => {
      if (outcome.state !== 'judged' || outcome.check.column === undefined || outcome.judgement.outcome !== 'fail')
        return [];
      const { check, judgement } = outcome;
      return [[check.id, suspect({ table, check, judgement, facts, seasons: seasonsOf(table) })] as const];
    }),
  );
}
