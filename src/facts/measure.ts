// From requests to facts: one statement a table, re-used where a stamp proves the rows unchanged, kept in the ledger.
import type { Day } from '../model/day';
import { DaySet } from '../model/day-set';
import { type FigureValue, type TableFacts, type TableReading, type Unmeasured } from '../model/facts';
import { type Figure, type FigureId, ROWS, columnsOf, expressionsOf, figureId } from '../model/figures';
import { nearest } from '../pipeline/nearest';
import type { TableSource } from '../pipeline/pipeline';
import { columnsOfExpression } from '../warehouse/expression-tokens';
import type { LiveColumn, MeasuredRows, TableDescription, Warehouse } from '../warehouse/warehouse';
import type { DayValues } from './day-column';
import type { Ledger } from './ledger';
import { type Known, keep, keepAbsence, loadProofs, recall } from './recall';
import { type FactRequest, keptName } from './request';
import { type SplitResult, measureSplitting } from './split';

export interface MeasureOptions {
  readonly warehouse: Warehouse;
  readonly ledger: Ledger;
  /** Whether facts of the ledger may be used. Gates before and after a write say no (rule 15). */
  readonly useCache: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (message: string) => void;
  /** Tables of the target that will be asked about next: the catalogue is looked up for them as well. */
  readonly soon?: readonly TableSource[];
}

/** What measuring several tables gave, and what it cost. */
export interface Measured {
  /** By the name under which a request is kept: a table's own, or its calendar's. */
  readonly readings: ReadonlyMap<string, TableReading>;
  readonly descriptions: ReadonlyMap<string, TableDescription>;
  /** Statements that read rows. */
  readonly statements: number;
  /** `undefined` where a statement did not tell. */
  readonly bytes: number | undefined;
}

type Present = Extract<TableDescription, { state: 'present' }>;

/** Statements on their way at once: while one is answered, what came of the other is kept. */
const AT_ONCE = 2;

/** Measures every request. A table that cannot be measured is a reading that says so, never an exception. */
export async function measureTables(requests: readonly FactRequest[], options: MeasureOptions): Promise<Measured> {
  const { warehouse, ledger, signal, onProgress, soon = [] } = options;
  const readings = new Map<string, TableReading>();
  const descriptions = await warehouse.describe([...requests.map(request => request.source), ...soon], signal);
  let statements = 0;
  let bytes: number | undefined = 0;
  let done = 0;
  const measureNext = async (request: FactRequest): Promise<void> => {
    const { name } = request.source;
    const keptAs = keptName(request);
    const description = descriptions.get(name) ?? { state: 'unreadable', message: `nothing is known of ${name}` };
    onProgress?.(`measuring ${name} (${++done} of ${requests.length})`);
    if (signal?.aborted === true) {
      readings.set(keptAs, { state: 'unreadable', message: 'measuring was cancelled' });
    } else if (description.state === 'absent') {
      const history = ledger.history(warehouse.target, keptAs);
      const knownBefore = history.rows.size > 0;
      if (!knownBefore) keepAbsence(ledger, history, warehouse.target, request);
      readings.set(keptAs, { state: 'absent', knownBefore, message: description.message });
    } else if (description.state === 'unreadable') {
      readings.set(keptAs, { state: 'unreadable', message: description.message });
    } else {
      const measured = await measureOne(request, description, options);
      statements += measured.statements;
      bytes = bytes === undefined || measured.bytes === undefined ? undefined : bytes + measured.bytes;
      readings.set(keptAs, measured.reading);
    }
  };
  const waiting = requests.values();
  const worker = async (): Promise<void> => {
    for (const request of waiting) await measureNext(request);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { readings, descriptions, statements, bytes };
}

interface OneMeasured {
  readonly reading: TableReading;
  readonly statements: number;
  readonly bytes: number | undefined;
}

async function measureOne(request: FactRequest, description: Present, options: MeasureOptions): Promise<OneMeasured> {
  const { warehouse, ledger, signal } = options;
  const { source, range } = request;
  const { columns: live, isEmpty = false } = description;
  const missingDate = isEmpty ? undefined : absentDateColumn(source, live);
  if (missingDate !== undefined)
    return { reading: { state: 'unreadable', message: missingDate }, statements: 0, bytes: 0 };

  // Of nothing every figure can be told: there are no rows.
  const { measurable, unmeasured } = isEmpty
    ? { measurable: request.figures, unmeasured: new Map<FigureId, Unmeasured>() }
    : sortOut(request.figures, live, warehouse.dialect);
  const history = ledger.history(warehouse.target, keptName(request));
  const known =
    options.useCache && request.only === undefined
      ? recall(history, description.stamps, request, measurable)
      : undefined;
  if (known?.complete === true) {
    return {
      reading: { state: 'measured', facts: factsOf(request, columnsOfKnown(known), unmeasured, description.unread) },
      statements: 0,
      bytes: 0,
    };
  }

  const startedAt = Date.now();
  const only = known?.toMeasure ?? request.only;
  const asked = measureSplitting(
    warehouse,
    { source, range, ...(only === undefined ? {} : { only }), figures: measurable, strays: only === undefined },
    signal,
  );
  loadProofs();
  const answer = await asked;
  if (!answer.ok) {
    return {
      reading: { state: 'unreadable', message: answer.failure.message },
      statements: answer.statements,
      bytes: undefined,
    };
  }
  const { rows, failed } = answer.value;
  const measuredFigures = measurable.filter(each => !failed.has(figureId(each)));
  keep(ledger, {
    target: warehouse.target,
    request,
    stamps: description.stamps,
    startedAt,
    only,
    figures: measuredFigures,
    result: answer.value,
  });
  for (const [id, message] of failed) unmeasured.set(id, { reason: 'failed', message });
  const columns =
    known === undefined
      ? columnsOfRows(rows, answer.value, startedAt)
      : columnsOfKnown(join(known, freshlyKnown(rows, answer.value, measuredFigures, startedAt), measuredFigures));
  return {
    reading: {
      state: 'measured',
      facts: factsOf(request, columns, unmeasured, new Map([...description.unread, ...rows.unread])),
    },
    statements: answer.statements,
    bytes: answer.value.bytes,
  };
}

/** Why the table cannot be dated, where its date column is not there. A file's name dates its rows whatever its columns. */
function absentDateColumn(source: TableSource, columns: readonly LiveColumn[]): string | undefined {
  if (!source.dated || source.location.kind === 'file-per-date' || source.date === undefined) return undefined;
  const wanted = source.date.column;
  if (hasColumn(columns, wanted)) return undefined;
  const near = nearest(
    wanted,
    columns.map(column => column.name),
  );
  return `${source.name} has no date column ${wanted}${near === undefined ? '' : ` (nearest: ${near})`}: correct \`date\` in the manifest, or restore the column`;
}

/** Which figures can be asked for at all. One absent column spoils only the figures that name it (rule 1). */
function sortOut(
  figures: readonly Figure[],
  columns: readonly LiveColumn[],
  dialect: Warehouse['dialect'],
): { measurable: readonly Figure[]; unmeasured: Map<FigureId, Unmeasured> } {
  const names = columns.map(column => column.name);
  const unmeasured = new Map<FigureId, Unmeasured>();
  const measurable = figures.filter(each => {
    const absent = columnsOf(each).filter(column => !hasColumn(columns, column));
    for (const text of expressionsOf(each)) {
      const found = columnsOfExpression(text, names, dialect);
      if (!found.ok) {
        unmeasured.set(figureId(each), { reason: 'failed', message: found.message });
        return false;
      }
      absent.push(...found.absent);
    }
    const [first] = absent;
    if (first === undefined) return true;
    unmeasured.set(figureId(each), {
      reason: 'absent-column',
      columns: [...new Set(absent)],
      nearest: nearest(first, names),
    });
    return false;
  });
  return { measurable, unmeasured };
}

/** Column names are the same in any case, on both engines. */
export function hasColumn(columns: readonly LiveColumn[], name: string): boolean {
  const wanted = name.toLowerCase();
  return columns.some(column => column.name.toLowerCase() === wanted);
}

function freshlyKnown(rows: MeasuredRows, result: SplitResult, figures: readonly Figure[], measuredAt: number): Known {
  const values = new Map<FigureId, DayValues>();
  for (const each of figures) {
    const column = result.values.get(figureId(each)) ?? [];
    values.set(figureId(each), new Map(rows.days.map((day, i) => [day, column[i] ?? null])));
  }
  return {
    complete: true,
    toMeasure: undefined,
    rows: new Map(rows.days.map((day, i) => [day, rows.rows[i] ?? 0])),
    values,
    strays: rows.strays,
    measuredAt,
  };
}

/** What was known of the other dates, and what was measured now. */
function join(known: Known, fresh: Known, figures: readonly Figure[]): Known {
  const values = new Map<FigureId, DayValues>();
  for (const each of figures) {
    const id = figureId(each);
    values.set(id, new Map([...(known.values.get(id) ?? []), ...(fresh.values.get(id) ?? [])]));
  }
  const measured = known.toMeasure ?? DaySet.empty;
  return {
    complete: true,
    toMeasure: undefined,
    rows: new Map([...known.rows, ...fresh.rows]),
    values,
    strays: {
      ...fresh.strays,
      misfiled: [...known.strays.misfiled.filter(({ day }) => !measured.has(day)), ...fresh.strays.misfiled].sort(
        (a, b) => a.day - b.day,
      ),
    },
    measuredAt: Math.min(known.measuredAt, fresh.measuredAt),
  };
}

/** Values parallel to the dates that hold rows, ascending. */
interface FactColumns {
  readonly days: readonly Day[];
  readonly rows: readonly number[];
  /** The values of a figure; `undefined` where it was not measured. */
  readonly column: (id: FigureId) => readonly FigureValue[] | undefined;
  readonly strays: Known['strays'];
  readonly measuredAt: number;
}

function columnsOfKnown(known: Known): FactColumns {
  const days = [...known.rows.keys()].sort((a, b) => a - b);
  return {
    days,
    rows: days.map(day => known.rows.get(day) ?? 0),
    column: id => {
      const values = known.values.get(id);
      return values === undefined ? undefined : days.map(day => values.get(day) ?? null);
    },
    strays: known.strays,
    measuredAt: known.measuredAt,
  };
}

/** What was measured just now, all of it: its dates ascend already. */
function columnsOfRows(rows: MeasuredRows, result: SplitResult, measuredAt: number): FactColumns {
  return {
    days: rows.days,
    rows: rows.rows,
    column: id => result.values.get(id),
    strays: rows.strays,
    measuredAt,
  };
}

/** Columns as facts. A figure whose values are not all known is unmeasured. */
function factsOf(
  request: FactRequest,
  { days, rows, column, strays, measuredAt }: FactColumns,
  unmeasured: ReadonlyMap<FigureId, Unmeasured>,
  unread: ReadonlyMap<Day, string>,
): TableFacts {
  const values = new Map<FigureId, readonly FigureValue[]>([[figureId(ROWS), rows]]);
  for (const each of request.figures) {
    const id = figureId(each);
    const found = unmeasured.has(id) ? undefined : column(id);
    if (found !== undefined) values.set(id, found);
  }
  const inRange = [...unread].filter(([day]) => day >= request.range.from && day <= request.range.to);
  return {
    table: request.source.name,
    dated: request.source.dated,
    range: request.range,
    days,
    rows,
    values,
    unmeasured,
    unread: new Map(inRange),
    strays,
    measuredAt,
  };
}
