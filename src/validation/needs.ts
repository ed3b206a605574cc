// What has to be measured to judge tables: their own figures, those of the tables they are compared with, and the dates before.
import { type FactRequest, lastWriteFigure, requestFor, unitedRequests } from '../facts/request';
import { type Day, addDays } from '../model/day';
import type { DayRange } from '../model/day-set';
import type { Dependency, Pipeline, Table, WrittenColumn } from '../pipeline/pipeline';

/** The dependencies of a table whose rewriting makes its dates stale. */
export function cascades(
  table: Table,
  pipeline: Pipeline,
): readonly { dependency: Dependency; upstream: Table; written: WrittenColumn }[] {
  return table.written === undefined || !table.dated
    ? []
    : table.dependsOn.flatMap(dependency => {
        const upstream = pipeline.tables.get(dependency.table);
        return dependency.stale === 'ignore' || upstream?.written === undefined || !upstream.dated
          ? []
          : [{ dependency, upstream, written: upstream.written }];
      });
}

/**
 * One request for each table that is needed.
 * @param earliest The first day that a table's checks look back to, where that lies before the range.
 */
export function neededRequests(
  tables: readonly Table[],
  range: DayRange,
  pipeline: Pipeline,
  earliest: (table: Table) => Day,
): readonly FactRequest[] {
  const own = tables.map(table => requestFor(table, { from: earliest(table), to: range.to }));
  const others = tables.flatMap(table => [
    ...cascades(table, pipeline).map(({ dependency, upstream, written }) => ({
      source: upstream,
      range: { from: addDays(range.from, -dependency.lookbackDays), to: range.to },
      figures: [lastWriteFigure(written)],
    })),
    ...table.checks.flatMap(check =>
      (check.others ?? []).flatMap(({ table: name, figures }) => {
        const source = pipeline.tables.get(name);
        return source?.dated === true ? [{ source, range, figures }] : [];
      }),
    ),
  ]);
  return unitedRequests([...own, ...others]);
}
