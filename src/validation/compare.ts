// What changed since earlier reports of the same question: outcomes that are others now, and the trend of what was measured. Pure.
import type { Outcome } from '../model/outcome';
import type { Change, History, Report, Result } from '../model/report';

/** A report of before, with when it was made. */
export interface EarlierReport {
  /** ISO instant. */
  readonly at: string;
  readonly report: Report;
}

/** Whether an earlier report answers the same question: of the same tables of the same target. */
export function asksTheSame(one: Report, other: Report): boolean {
  const tables = (of: Report): string => of.phases.flatMap(phase => phase.tables).join('\n');
  return one.command === other.command && one.target === other.target && tables(one) === tables(other);
}

/**
 * Compares a report with earlier ones.
 * @param earlier newest first, of the same question; the first is what is compared with
 */
export function historyOf(report: Report, earlier: readonly EarlierReport[]): History | undefined {
  const [last] = earlier;
  if (last === undefined) return undefined;
  const [before, now] = [outcomesOf(last.report), outcomesOf(report)];
  const changes = [...new Set([...now.keys(), ...before.keys()])].flatMap((id): readonly Change[] => {
    const [was, is] = [before.get(id), now.get(id)];
    const said = is ?? was;
    if (said === undefined || was?.outcome === is?.outcome) return [];
    return [{ id, table: said.table, was: was?.outcome, is: is?.outcome, message: said.message }];
  });
  const oldestFirst = [...earlier].reverse();
  const trends = Object.fromEntries(
    report.results.flatMap(result => {
      const values = [...oldestFirst.map(each => each.report), report].flatMap(each => {
        const value = each.results.find(({ id }) => id === result.id)?.value;
        return value === undefined ? [] : ['share' in value ? value.share : value.count];
      });
      return values.length < 2 ? [] : [[result.id, values] as const];
    }),
  );
  return { since: last.at, changes, trends };
}

/** What each thing of a report came to; accepted findings are none, and a table's coverage is one thing more. */
function outcomesOf(
  report: Report,
): ReadonlyMap<string, Pick<Result, 'table' | 'message'> & { readonly outcome: Outcome }> {
  return new Map([
    ...report.coverage.map(
      ({ table, outcome, message }) => [`${table}/coverage`, { table, outcome, message }] as const,
    ),
    ...report.results
      .filter(({ accepted }) => accepted === undefined)
      .map(({ id, table, outcome, message }) => [id, { table, outcome, message }] as const),
  ]);
}
