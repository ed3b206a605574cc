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
 * @param past what the facts of before come to by today's rules, oldest first; what no fact tells is taken from the reports of before
 */
export function historyOf(
  report: Report,
  earlier: readonly EarlierReport[],
  past: readonly Report[] = [],
): History | undefined {
  const [last] = earlier;
  if (last === undefined) return undefined;
  const [before, now] = [outcomesOf(last.report), outcomesOf(report)];
  const changes = [...new Set([...now.keys(), ...before.keys()])].flatMap((id): readonly Change[] => {
    const [was, is] = [before.get(id), now.get(id)];
    const said = is ?? was;
    if (said === undefined || was?.outcome === is?.outcome) return [];
    return [{ id, table: said.table, was: was?.outcome, is: is?.outcome, message: said.message }];
  });
  const facts = past.map(valuesById);
  const reports = [...earlier].reverse().map(each => valuesById(each.report));
  const trends: Record<string, readonly number[]> = {};
  for (const [id, value] of valuesById(report)) {
    const known = (of: readonly ReadonlyMap<string, number>[]): readonly number[] =>
      of.flatMap(values => values.get(id) ?? []);
    const earlierFacts = known(facts);
    const values = [...(earlierFacts.length > 0 ? earlierFacts : known(reports)), value];
    if (values.length > 1) trends[id] = values;
  }
  return { since: last.at, changes, trends };
}

/** The measured value of each result, a share or a count, by its id. */
function valuesById({ results }: Report): ReadonlyMap<string, number> {
  return new Map(
    results.flatMap(({ id, value }) =>
      value === undefined ? [] : [[id, 'share' in value ? value.share : value.count] as const],
    ),
  );
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
