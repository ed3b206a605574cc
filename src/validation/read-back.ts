// Reading back: did a job that ended really write the dates that it was asked for, whole, and no others? From facts before and after. Pure.
import { DaySet } from '../model/day-set';
import type { Day } from '../model/day';
import type { TableReading } from '../model/facts';
import { describeDays } from '../model/day-text';
import { countOf } from '../model/percent';
import type { Table } from '../pipeline/pipeline';
import type { Assessment } from './assess';
import { type Before, WRITTEN, type WriteState, writeStates } from './verify';

/** What the rows say of a date. `unknown`: they could not be read, so that it has to be asked again. */
export interface DateProof {
  readonly state: 'done' | 'failed' | 'unknown';
  /** What became of its rows. */
  readonly written: WriteState;
  /** Why it is not done. */
  readonly words: string;
  readonly rows: number;
  /** Whether it holds exactly as many rows as are declared: then nothing is lacking, however its command ended. */
  readonly counted: boolean;
}

export interface ReadBackInput {
  readonly assessment: Assessment;
  /** Expected units of a date by the table's calendar. */
  readonly units: (day: Day, unit: string) => number | undefined;
  readonly before: Before;
  /** When the work began, milliseconds since 1970 UTC. */
  readonly since: number;
  /** The dates that were asked for and are to be proven. */
  readonly dates: DaySet;
}

/** What each date that was asked for has come to. */
export function proofs({ assessment, units, before, since, dates }: ReadBackInput): ReadonlyMap<Day, DateProof> {
  const { table, reading, coverage } = assessment;
  const proven = new Map<Day, DateProof>();
  if (reading.state !== 'measured') {
    for (const day of dates)
      proven.set(
        day,
        reading.state === 'absent' && !reading.knownBefore
          ? { ...NOTHING, state: 'failed', written: 'not written', words: 'wrote nothing: the table is not there' }
          : { ...NOTHING, state: 'unknown', written: 'unknown', words: `could not be read back: ${reading.message}` },
      );
    return proven;
  }
  const states = writeStates(table, reading.facts, before, since, dates);
  const rows = new Map(reading.facts.days.map((day, i) => [day, reading.facts.rows[i] ?? 0]));
  for (const day of dates) {
    const written = states.get(day) ?? 'unknown';
    const reason = coverage.reasons.get(day);
    const count = rows.get(day) ?? 0;
    const say = (state: DateProof['state'], words: string): void =>
      void proven.set(day, { state, written, words, rows: count, counted: state === 'done' && isCounted(day, count) });
    if (coverage.states.unknown.has(day)) say('unknown', `could not be read back: ${reason ?? 'nothing tells why'}`);
    else if (count === 0) say('failed', 'wrote nothing');
    else if (written === 'unchanged' && wasKnown(before, day) && (table.written !== undefined || !complete(day)))
      say('failed', 'left the rows as they were');
    else if (coverage.states.partial.has(day)) say('failed', `wrote ${reason ?? 'a part'}`);
    else if (coverage.states.degraded.has(day))
      say('failed', `wrote rows that are wrong: ${reason ?? 'a check failed'}`);
    else say('done', '');
  }
  return proven;

  function isCounted(day: Day, count: number): boolean {
    return table.checks.some(({ exactly, unit }) => {
      const each = unit === undefined ? 1 : units(day, unit);
      return exactly !== undefined && each !== undefined && count === exactly * each;
    });
  }

  /** The same rows again are all that can be asked for where no write time tells that they are new. */
  function complete(day: Day): boolean {
    return coverage.states.complete.has(day);
  }
}

const NOTHING = { rows: 0, counted: false } as const;

/** Of what nobody had looked at before, nobody can say that it was left alone. */
function wasKnown(before: Before, day: Day): boolean {
  return before.measured && (before.rows.get(day) ?? 0) > 0;
}

/** The dates that were written since an instant, or hold other rows than before, and were not asked for. */
export function othersWritten(
  table: Table,
  reading: TableReading,
  before: Before,
  since: number,
  asked: DaySet,
): DaySet {
  if (reading.state !== 'measured' || !reading.facts.dated) return DaySet.empty;
  const others = DaySet.of(reading.facts.days).minus(asked);
  const states = writeStates(table, reading.facts, before, since, others);
  return DaySet.of([...states].flatMap(([day, state]) => (WRITTEN.includes(state) ? [day] : [])));
}

/** `2 other dates than it was asked for were written: 2024-11-13, 2024-11-20`. */
export function othersWords(others: DaySet): string {
  return `wrote ${countOf(others.size, 'date')} that it was not asked for: ${describeDays(others)}`;
}
