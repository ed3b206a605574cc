// Measuring so that one bad expression does not take the others with it: a statement that fails is split until the culprit stands alone.
import { type Figure, type FigureId, expressionsOf, figureId } from '../model/figures';
import type { FigureValue } from '../model/facts';
import type { MeasuredRows, Measurement, Warehouse, WarehouseAnswer, WarehouseFailure } from '../warehouse/warehouse';

/** What a measurement gave, with the figures that the engine refused. */
export interface SplitResult {
  readonly rows: MeasuredRows;
  readonly values: ReadonlyMap<FigureId, readonly FigureValue[]>;
  readonly failed: ReadonlyMap<FigureId, string>;
  /** Statements run, those that failed included. */
  readonly statements: number;
  readonly bytes: number | undefined;
}

/** Runs a measurement in one statement; only where that fails in as many as it takes to find what fails. */
export async function measureSplitting(
  warehouse: Warehouse,
  measurement: Measurement,
  signal?: AbortSignal,
): Promise<WarehouseAnswer<SplitResult> & { readonly statements: number }> {
  let statements = 0;
  let bytes: number | undefined = 0;
  const run = async (figures: readonly Figure[]): Promise<WarehouseAnswer<MeasuredRows>> => {
    statements++;
    const answer = await warehouse.measure({ ...measurement, figures }, signal);
    if (answer.ok)
      bytes = bytes === undefined || answer.value.bytes === undefined ? undefined : bytes + answer.value.bytes;
    return answer;
  };

  const whole = await run(measurement.figures);
  const values = new Map<FigureId, readonly FigureValue[]>();
  const failed = new Map<FigureId, string>();
  const keep = (figures: readonly Figure[], answer: MeasuredRows, base: MeasuredRows): void => {
    const place = answer === base ? undefined : new Map(answer.days.map((day, i) => [day, i]));
    figures.forEach((each, f) => {
      const column = answer.values[f] ?? [];
      values.set(
        figureId(each),
        place === undefined ? column : base.days.map(day => column[place.get(day) ?? -1] ?? null),
      );
    });
  };
  if (whole.ok) {
    keep(measurement.figures, whole.value, whole.value);
    return { ok: true, value: { rows: whole.value, values, failed, statements, bytes }, statements };
  }
  if (whole.failure.reason !== 'statement' || measurement.figures.length === 0) return { ...whole, statements };

  const base = await run([]);
  if (!base.ok) return { ...base, statements };
  const pending = [byExpression(measurement.figures)];
  let stopped: WarehouseFailure | undefined;
  // One group failed already as a whole: it is halved before it is asked again.
  const halve = (groups: readonly (readonly Figure[])[], message: string): void => {
    if (groups.length === 1) {
      for (const each of groups[0] ?? []) failed.set(figureId(each), message);
      return;
    }
    const middle = Math.ceil(groups.length / 2);
    pending.push(groups.slice(0, middle), groups.slice(middle));
  };
  halve(pending.pop() ?? [], whole.failure.message);
  for (let groups = pending.pop(); groups !== undefined && stopped === undefined; groups = pending.pop()) {
    const figures = groups.flat();
    const answer = await run(figures);
    if (answer.ok) keep(figures, answer.value, base.value);
    else if (answer.failure.reason === 'statement') halve(groups, answer.failure.message);
    else stopped = answer.failure;
  }
  if (stopped !== undefined) return { ok: false, failure: stopped, statements };
  return { ok: true, value: { rows: base.value, values, failed, statements, bytes }, statements };
}

/** Figures that hold the same expressions fail together: they are one suspect, not several. */
function byExpression(figures: readonly Figure[]): readonly (readonly Figure[])[] {
  const groups = new Map<string, Figure[]>();
  figures.forEach((each, i) => {
    const expressions = expressionsOf(each);
    const key = expressions.length === 0 ? `#${i}` : JSON.stringify(expressions);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  });
  return [...groups.values()];
}
