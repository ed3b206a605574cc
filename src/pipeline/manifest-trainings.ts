// The trainings of a manifest: which rows they learn from, and what has to hold of them, as checks like any others.
import type { Check } from '../checks/check';
import { type ImpliedCheck, checksOf, comparedTables } from './manifest-checks';
import { checkRange, entriesOf, unknownTable } from './manifest-parts';
import { type Place, childOf } from './manifest-place';
import type { Problems } from './manifest-problems';
import { trainingShape } from './manifest-schema';
import { parsePiece } from './manifest-shape-problems';
import { elsewhere } from './manifest-sourced';
import { DEFAULT_COVERAGE } from './manifest-tables';
import type { Table, Training, TrainingNeed } from './pipeline';

type Need = ReturnType<typeof trainingShape.parse>['needs'][number];

/**
 * The trainings by name. Their tables have to be declared.
 * @param names all names that are declared, also of tables that are wrong elsewhere
 */
export function readTrainings(
  section: Place | undefined,
  tables: ReadonlyMap<string, Table>,
  names: ReadonlySet<string>,
  whole: boolean,
  problems: Problems,
): ReadonlyMap<string, Training> {
  const trainings = new Map<string, Training>();
  for (const [name, place] of entriesOf(section, problems)) {
    const declared = parsePiece(trainingShape, place, problems);
    if (declared === undefined) continue;
    checkRange(declared, childOf(place, 'to') ?? place, problems);
    const list = childOf(place, 'needs');
    const needs = declared.needs.flatMap((need, i): readonly TrainingNeed[] => {
      const at = (list === undefined ? undefined : childOf(list, i)) ?? place;
      const tablePlace = childOf(at, 'table') ?? at;
      if (whole && !names.has(need.table)) unknownTable(need.table, tablePlace, names, problems);
      if (whole)
        for (const other of comparedTables(childOf(at, 'checks')))
          if (!names.has(other.table)) unknownTable(other.table, other.place, names, problems);
      const table = tables.get(need.table);
      return table === undefined
        ? []
        : [
            {
              table: need.table,
              coverage: {
                min: need.coverage ?? DEFAULT_COVERAGE,
                source: elsewhere(childOf(at, 'coverage')) ?? problems.source(childOf(at, 'coverage') ?? at),
              },
              checks: needChecks(need, table, at, problems),
            },
          ];
    });
    const twice = declared.needs.find((need, i) => declared.needs.findIndex(({ table }) => table === need.table) < i);
    if (twice !== undefined)
      problems.add(list ?? place, `${twice.table} is needed twice: put what is needed of it into one entry`);
    trainings.set(name, {
      name,
      range: { from: declared.from, to: declared.to },
      needs,
      source: problems.source(place),
    });
  }
  return trainings;
}

function needChecks(need: Need, table: Table, place: Place, problems: Problems): readonly Check[] {
  const population = need.where === undefined ? {} : { where: need.where };
  const rows = childOf(place, 'rows') ?? place;
  const features = childOf(place, 'features');
  const implied: readonly ImpliedCheck[] = [
    // A row that is twice is learnt twice.
    ...(table.key.length === 0 ? [] : [{ type: 'unique', declared: [...table.key], at: place }]),
    ...(need.rows === undefined
      ? []
      : [{ type: 'row_count', declared: { min: need.rows, per: 'range', ...population }, at: rows }]),
    ...Object.entries(need.features ?? {}).map(([column, min]) => ({
      type: 'not_null',
      declared: { column, min, per: 'season', ...population },
      at: (features === undefined ? undefined : childOf(features, column)) ?? place,
    })),
  ];
  const checked = { name: table.name, dated: table.dated, key: table.key, written: table.written?.column };
  return checksOf(implied, need.checks ?? [], checked, place, problems);
}
