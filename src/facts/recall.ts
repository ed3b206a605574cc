// What the ledger may answer for: facts are re-used only while a stamp proves the rows unchanged (rule 15).
import type * as NodeCrypto from 'node:crypto';
import { type Day } from '../model/day';
import { DaySet } from '../model/day-set';
import { NO_STRAYS, type StrayRows } from '../model/facts';
import { type Figure, type FigureId, figureId } from '../model/figures';
import type { TableSource } from '../pipeline/pipeline';
import { STAMP_GRAIN_MS, type Stamp, type TableStamps } from '../warehouse/warehouse';
import { DayColumn, type DayValues } from './day-column';
import type { Ledger, LedgerLine, TableHistory } from './ledger';
import { type FactRequest, keptName } from './request';
import type { SplitResult } from './split';

/** What is known of a table without asking: dates that hold rows, and their figures. */
export interface Known {
  /** Nothing need be measured. */
  readonly complete: boolean;
  /** The dates to be measured, where the others are known; `undefined`: the whole range. */
  readonly toMeasure: DaySet | undefined;
  readonly rows: ReadonlyMap<Day, number>;
  readonly values: ReadonlyMap<FigureId, DayValues>;
  readonly strays: StrayRows;
  readonly measuredAt: number;
}

/** Raised when what a figure means changes, so that facts of an older meaning are measured again. */
const FIGURES_VERSION = 1;

/** The part of a request that the ledger proves to be unchanged; `undefined` where it proves nothing. */
export function recall(
  history: TableHistory,
  stamps: TableStamps,
  request: FactRequest,
  figures: readonly Figure[],
): Known | undefined {
  if (stamps.kind === 'none') return undefined;
  const ids = figures.map(figureId);
  const meaning = meaningOf(request.source);
  if (stamps.kind === 'whole') {
    const whole = history.whole;
    if (
      whole === undefined ||
      whole.proof !== proofOf(meaning, stamps.stamp) ||
      whole.range.from > request.range.from ||
      whole.range.to < request.range.to ||
      !ids.every(id => whole.figures.has(id))
    ) {
      return undefined;
    }
    return {
      ...valuesIn(history, request, ids),
      complete: true,
      toMeasure: undefined,
      strays: history.strays,
      measuredAt: whole.at,
    };
  }
  const proven: Day[] = [];
  const open: Day[] = [];
  let measuredAt = Infinity;
  for (const [day, stamp] of stamps.stamps) {
    if (day < request.range.from || day > request.range.to) continue;
    const known = history.byDate.get(day);
    if (known !== undefined && known.proof === proofOf(meaning, stamp) && ids.every(id => known.figures.has(id))) {
      proven.push(day);
      measuredAt = Math.min(measuredAt, known.at);
    } else {
      open.push(day);
    }
  }
  if (proven.length === 0) return undefined;
  return {
    ...valuesIn(history, request, ids, DaySet.of(proven)),
    complete: open.length === 0,
    toMeasure: DaySet.of(open),
    strays: {
      ...NO_STRAYS,
      misfiled: history.strays.misfiled.filter(({ day }) => day >= request.range.from && day <= request.range.to),
    },
    measuredAt,
  };
}

function valuesIn(
  history: TableHistory,
  request: FactRequest,
  ids: readonly FigureId[],
  only?: DaySet,
): Pick<Known, 'rows' | 'values'> {
  const rows = new Map<Day, number>();
  for (const [day, count] of history.rows) {
    if (day >= request.range.from && day <= request.range.to && only?.has(day) !== false) rows.set(day, count ?? 0);
  }
  const values = new Map<FigureId, DayValues>();
  for (const id of ids) values.set(id, history.values.get(id) ?? new DayColumn());
  return { rows, values };
}

/** A measurement to be kept. */
export interface Kept {
  readonly target: string;
  readonly request: FactRequest;
  readonly stamps: TableStamps;
  /** When measuring began, milliseconds since 1970 UTC: what changed later is not proven. */
  readonly startedAt: number;
  readonly only: DaySet | undefined;
  readonly figures: readonly Figure[];
  readonly result: SplitResult;
}

/** Appends a measurement to the ledger: what it proves, and the values of the dates that changed. */
export function keep(ledger: Ledger, kept: Kept): void {
  const { request, stamps, startedAt, figures, result } = kept;
  const { rows } = result;
  const history = ledger.history(kept.target, keptName(request));
  const ids = figures.map(figureId);
  const meaning = meaningOf(request.source);
  const proof = (stamp: Stamp): string | null =>
    stamp.changedAt < startedAt - STAMP_GRAIN_MS ? proofOf(meaning, stamp) : null;

  const place = new Map(rows.days.map((day, i) => [day, i]));
  const columns = ids.map(id => ({ before: history.values.get(id), now: result.values.get(id) }));
  const changed = rows.days.filter(
    (day, i) =>
      !rows.unread.has(day) &&
      (history.rows.get(day) !== rows.rows[i] ||
        columns.some(({ before, now }) => before?.get(day) !== (now?.[i] ?? null))),
  );
  const measured = (day: Day): boolean =>
    day >= request.range.from &&
    day <= request.range.to &&
    (kept.only === undefined || kept.only.has(day)) &&
    !rows.unread.has(day);
  const gone = [...history.rows.days()].filter(day => measured(day) && !place.has(day));
  const days = [...changed, ...gone].sort((a, b) => a - b);

  const byDate =
    stamps.kind === 'by-date'
      ? [...stamps.stamps].filter(([day]) => measured(day)).map(([day, stamp]) => [day, proof(stamp)] as const)
      : undefined;
  const line: LedgerLine = {
    target: kept.target,
    table: keptName(request),
    at: startedAt,
    from: request.range.from,
    to: request.range.to,
    figures: ids,
    ...(byDate === undefined
      ? {
          proof:
            stamps.kind === 'whole' && kept.only === undefined && rows.unread.size === 0 ? proof(stamps.stamp) : null,
        }
      : { proofs: { days: byDate.map(([day]) => day), texts: byDate.map(([, text]) => text) } }),
    days,
    rows: days.map(day => rows.rows[place.get(day) ?? -1] ?? 0),
    values: ids.map(id => days.map(day => result.values.get(id)?.[place.get(day) ?? -1] ?? null)),
    strays: mergedStrays(history.strays, kept, measured),
  };
  ledger.append(line);
}

/** Remembers that a table was looked for and is not there, once: what is there later was written since. */
export function keepAbsence(ledger: Ledger, history: TableHistory, target: string, request: FactRequest): void {
  const { from, to } = request.range;
  if (DaySet.range(from, to).minus(history.measured).isEmpty) return;
  ledger.append({
    target,
    table: keptName(request),
    at: Date.now(),
    from,
    to,
    figures: [],
    proof: null,
    days: [],
    rows: [],
    values: [],
    strays: NO_STRAYS,
  });
}

/** Dates that were not measured now keep what was known of their rows. */
function mergedStrays(before: StrayRows, kept: Kept, measured: (day: Day) => boolean): StrayRows {
  const now = kept.result.rows.strays;
  if (kept.stamps.kind !== 'by-date') return kept.only === undefined ? now : before;
  return { ...now, misfiled: [...before.misfiled.filter(({ day }) => !measured(day)), ...now.misfiled] };
}

/** What decides how rows become figures: facts of another meaning prove nothing. */
function meaningOf(source: TableSource): string {
  return JSON.stringify([
    FIGURES_VERSION,
    source.location,
    source.date ?? null,
    source.dated,
    [...source.columns],
    source.written ?? null,
  ]);
}

const PROOF_BYTES = 12;
let crypto: typeof NodeCrypto | undefined;

/** Loads what proofs are made with: a short command does so while the engine works, and not before it is asked. */
export function loadProofs(): typeof NodeCrypto {
  return (crypto ??= process.getBuiltinModule('node:crypto'));
}

function proofOf(meaning: string, stamp: Stamp): string {
  return loadProofs()
    .createHash('sha256')
    .update(meaning)
    .update('\0')
    .update(stamp.text)
    .digest()
    .subarray(0, PROOF_BYTES)
    .toString('base64url');
}
