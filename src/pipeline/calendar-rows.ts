// A measured calendar's dates by what their rows say: held, called off, or neither.
import type { Day } from '../model/day';
import { DaySet } from '../model/day-set';
import type { FigureValue, TableFacts, Unmeasured } from '../model/facts';
import { type Figure, ROWS, figureId } from '../model/figures';
import { figuresOfCalendar } from './calendar-figures';
import type { MeasuredCalendar } from './pipeline';

/** Why a figure of the calendar could not be measured. */
export function describeUnmeasured(problem: Unmeasured, table: string): string {
  if (problem.reason === 'failed') return problem.message;
  const near = problem.nearest === undefined ? '' : ` (the nearest is ${problem.nearest})`;
  return `${table} has no ${problem.columns.length === 1 ? 'column' : 'columns'} ${problem.columns.join(', ')}${near}`;
}

/** The calendar's dates by what their rows say; disjoint: held, undecided and called off. */
export interface Classified {
  /** Dates with any row. */
  readonly any: DaySet;
  /** Dates with a held row. */
  readonly held: DaySet;
  /** Dates without a held row, with rows that are neither held nor called off. */
  readonly undecided: DaySet;
  /** Dates all of whose rows are called off. */
  readonly calledOff: DaySet;
  /** Held dates with further rows that are neither. */
  readonly mixed: DaySet;
  /** Dates with rows that are said to be both held and called off. */
  readonly contradictory: DaySet;
  /** Rows that are neither, where there are any. */
  readonly neither: ReadonlyMap<Day, number>;
  readonly notHeldProblem: string | undefined;
}

/** Sorts a calendar's dates by what their rows say. */
export function classify(calendar: MeasuredCalendar, facts: TableFacts): Classified {
  const figures = figuresOfCalendar(calendar);
  const heldRows = columnOf(figures.held, facts);
  const notHeldRows = figures.notHeld === undefined ? undefined : columnOf(figures.notHeld, facts);
  const bothRows = figures.both === undefined ? undefined : columnOf(figures.both, facts);
  const problem = [figures.notHeld, figures.both]
    .map(each => (each === undefined ? undefined : facts.unmeasured.get(figureId(each))))
    .find(each => each !== undefined);
  const days: Record<'any' | 'held' | 'undecided' | 'calledOff' | 'mixed' | 'contradictory', Day[]> = {
    any: [],
    held: [],
    undecided: [],
    calledOff: [],
    mixed: [],
    contradictory: [],
  };
  const neither = new Map<Day, number>();
  facts.days.forEach((day, i) => {
    const all = facts.rows[i] ?? 0;
    if (all === 0) return;
    days.any.push(day);
    const held = heldRows[i] ?? 0;
    const both = bothRows?.[i] ?? 0;
    const open = all - held - (notHeldRows?.[i] ?? 0) + both;
    if (held > 0) days.held.push(day);
    else if (open > 0) days.undecided.push(day);
    else days.calledOff.push(day);
    if (both > 0) days.contradictory.push(day);
    if (open > 0) {
      neither.set(day, open);
      if (held > 0) days.mixed.push(day);
    }
  });
  return {
    any: DaySet.of(days.any),
    held: DaySet.of(days.held),
    undecided: DaySet.of(days.undecided),
    calledOff: DaySet.of(days.calledOff),
    mixed: DaySet.of(days.mixed),
    contradictory: DaySet.of(days.contradictory),
    neither,
    notHeldProblem: problem === undefined ? undefined : describeUnmeasured(problem, facts.table),
  };
}

/** A figure's values, parallel to the days; none where it could not be measured. The rows of a date need no figure of their own. */
export function columnOf(of: Figure, facts: TableFacts): readonly FigureValue[] {
  const id = figureId(of);
  return facts.values.get(id) ?? (id === figureId(ROWS) ? facts.rows : []);
}
