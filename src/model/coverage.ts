// Coverage as plain data: what state each expected date of a table is in, and why the other dates are not expected (rule 3).
import type { Day } from './day';
import type { DaySet } from './day-set';

/** The states of an expected date, in the order in which they are decided: the first that holds. */
export const DATE_STATES = ['unknown', 'missing', 'partial', 'degraded', 'stale', 'complete'] as const;
/** Those that are not complete, in the same order. */
export const INCOMPLETE_STATES = [
  'unknown',
  'missing',
  'partial',
  'degraded',
  'stale',
] as const satisfies readonly DateState[];
export type DateState = (typeof DATE_STATES)[number];

/** Why a date is not expected, in the order in which they are decided: the first that holds. */
export const EXCLUSIONS = ['off-day', 'not-yet-due', 'known-gap', 'bootstrap'] as const;
export type Exclusion = (typeof EXCLUSIONS)[number];

/** The dates of a range that a table is expected to hold, and the others by reason. Expected and excluded days add up to the range. */
export interface ExpectedDays {
  readonly days: number;
  readonly expected: DaySet;
  /** Expected dates of which the calendar itself cannot tell whether they are (rule 4), with the reason; a part of `expected`. */
  readonly uncertain: ReadonlyMap<Day, string>;
  readonly excluded: Readonly<Record<Exclusion, DaySet>>;
}

/** One table's coverage over a range. */
export interface TableCoverage {
  readonly table: string;
  readonly calendarDays: ExpectedDays;
  readonly states: Readonly<Record<DateState, DaySet>>;
  /** Why a date is in a state that is not complete; a date without a line needs none (missing). */
  readonly reasons: ReadonlyMap<Day, string>;
  /** The ids of the checks whose findings made a date partial or degraded: the names under which it may be accepted. */
  readonly causes: ReadonlyMap<Day, readonly string[]>;
  /** Off-days that hold rows. */
  readonly unexpected: DaySet;
  /** Dates excluded for another reason that hold rows, by that reason. */
  readonly rowsOnExcluded: Readonly<Record<Exclude<Exclusion, 'off-day'>, DaySet>>;
}

/** Dates that count as covered: complete and stale (rule 7). */
export function covered(states: TableCoverage['states']): DaySet {
  return states.complete.union(states.stale);
}

/** Dates to be worked on: missing, partial and degraded. "The missing set is the work list." */
export function shortDates(states: TableCoverage['states']): DaySet {
  return states.missing.union(states.partial).union(states.degraded);
}

/** One letter for what a day is, so that a season of a table is one short text: ten thousand tables of ten years still fit a report. */
export const DAY_LETTERS = {
  complete: 'c',
  partial: 'p',
  missing: 'm',
  degraded: 'd',
  stale: 's',
  unknown: 'u',
  'off-day': 'o',
  'not-yet-due': 'n',
  'known-gap': 'k',
  bootstrap: 'b',
} as const satisfies Readonly<Record<DateState | Exclusion, string>>;

const OF_LETTER = new Map(
  Object.entries(DAY_LETTERS).map(([is, letter]) => [letter as string, is as DateState | Exclusion]),
);

/** What each day is that a text of letters tells. Letters that mean nothing are days about which nothing is known. */
export function daysOfLetters(letters: string): readonly (DateState | Exclusion)[] {
  return Array.from(letters, letter => OF_LETTER.get(letter) ?? 'unknown');
}
