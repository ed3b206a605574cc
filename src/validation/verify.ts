// The write verification: were these dates written since the job began, and whole? Answered from facts before and after (§1.5). Pure.
import type { DateFinding } from '../checks/check';
import type { TableHistory } from '../facts/ledger';
import { contentFigure, firstWriteFigure, lastWriteFigure } from '../facts/request';
import type { Day } from '../model/day';
import { DaySet } from '../model/day-set';
import type { TableFacts } from '../model/facts';
import { type Figure, figureId } from '../model/figures';
import { formatInstant } from '../model/instant';
import type { Outcome } from '../model/outcome';
import { countOf, formatCount } from '../model/percent';
import type { Result } from '../model/report';
import type { Job, Table } from '../pipeline/pipeline';
import type { Assessment } from './assess';
import { type ResultContext, measuredAtOf, tableResult, withAcceptance } from './results';

/** What became of a date since an instant. `touched`: written again, with the same rows. */
export type WriteState = 'written' | 'rewritten' | 'touched' | 'appended' | 'unchanged' | 'not written' | 'unknown';

/** The states of dates that somebody wrote. */
export const WRITTEN: readonly WriteState[] = ['written', 'rewritten', 'touched', 'appended'];

/** What was known of a table before the job began. */
export interface Before {
  readonly rows: ReadonlyMap<Day, number>;
  /** What the rows of a date were; a date without an entry was not looked at closely enough to tell a rewrite. */
  readonly contents: ReadonlyMap<Day, number>;
  /** When the rows of a date were last written, milliseconds since 1970 UTC by the clock of who wrote them. */
  readonly writes: ReadonlyMap<Day, number>;
  /** Whether anything was measured at all: else a date without rows is not known to have had none. */
  readonly measured: boolean;
  /** Whether it was measured when the work began: whatever is otherwise now was written since, also by a clock that is off. */
  readonly isFresh: boolean;
}

/** The state of a table before, out of the ledger as it was. */
export function beforeOf(table: Table, history: TableHistory, isFresh = false): Before {
  const known = (figure: Figure): ReadonlyMap<Day, number> =>
    new Map(
      [...(history.values.get(figureId(figure)) ?? [])].flatMap(([day, value]) =>
        value === null ? [] : [[day, value]],
      ),
    );
  return {
    rows: new Map([...history.rows].map(([day, count]) => [day, count ?? 0])),
    contents: known(contentFigure(table)),
    writes: table.written === undefined ? new Map() : known(lastWriteFigure(table.written)),
    measured: !history.isEmpty,
    isFresh,
  };
}

/** The dates of a table by what became of them since an instant, milliseconds since 1970 UTC. */
export function writeStates(
  table: Table,
  facts: TableFacts,
  before: Before,
  since: number,
  dates: DaySet,
): ReadonlyMap<Day, WriteState> {
  const column = (id: ReturnType<typeof figureId> | undefined): ReadonlyMap<Day, number | null> => {
    const values = id === undefined ? undefined : facts.values.get(id);
    return new Map(facts.days.map((day, i) => [day, values?.[i] ?? null]));
  };
  const { written } = table;
  const rows = new Map(facts.days.map((day, i) => [day, facts.rows[i] ?? 0]));
  const contents = column(figureId(contentFigure(table)));
  const newest = column(written === undefined ? undefined : figureId(lastWriteFigure(written)));
  const oldest = column(written === undefined ? undefined : figureId(firstWriteFigure(written)));
  const states = new Map<Day, WriteState>();
  for (const day of dates) {
    const now = rows.get(day) ?? 0;
    const last = newest.get(day) ?? null;
    const first = oldest.get(day) ?? null;
    const earlier = before.writes.get(day);
    const wrote = last === null ? undefined : wroteSince(last, earlier);
    const was = before.rows.get(day) ?? 0;
    const content = before.contents.get(day);
    states.set(day, stateOf());

    function stateOf(): WriteState {
      if (now === 0) return 'not written';
      if (before.measured && was === 0) return wrote === false && !before.isFresh ? 'unchanged' : 'written';
      if (content !== undefined) {
        if (content === contents.get(day)) return wrote === true ? 'touched' : 'unchanged';
        return now > was && first !== null && first < since ? 'appended' : 'rewritten';
      }
      // Nobody looked at its rows before: write times are all there is to tell by.
      if (wrote === undefined) return now === was || !before.measured ? 'unknown' : 'rewritten';
      if (!wrote) return 'unchanged';
      return first !== null && first < since ? 'appended' : 'written';
    }
  }
  return states;

  /** Clocks of writers are compared with themselves first: one that is ahead writes what seems to be of later, one that is behind of before. */
  function wroteSince(last: number, earlier: number | undefined): boolean {
    if (earlier === undefined) return last >= since;
    return last !== earlier && (before.isFresh || last >= since);
  }
}

export interface VerifyInput {
  readonly context: ResultContext;
  readonly assessment: Assessment;
  readonly before: Before;
  /** When the job began, milliseconds since 1970 UTC. */
  readonly since: number;
  /** Whether dates were named: then each of them has to have been written. Else it is told which were. */
  readonly named: boolean;
  readonly job: Job | undefined;
}

/** The results of a write verification of one table. */
export function verifyResults(input: VerifyInput): readonly Result[] {
  const { context, assessment, before, since, named, job } = input;
  const { table, reading, coverage } = assessment;
  if (reading.state !== 'measured')
    return [
      result(
        context,
        'written',
        reading.state === 'absent' ? 'fail' : 'error',
        `${table.name} could not be read: ${reading.message}`,
      ),
    ];
  const states = writeStates(table, reading.facts, before, since, coverage.calendarDays.expected);
  const of = (...wanted: readonly WriteState[]): DaySet =>
    DaySet.of([...states].flatMap(([day, state]) => (wanted.includes(state) ? [day] : [])));
  const counts = (
    ['written', 'rewritten', 'touched', 'appended', 'unchanged', 'not written', 'unknown'] as const
  ).flatMap(state => {
    const { size } = of(state);
    return size === 0
      ? []
      : [`${formatCount(size)} ${state === 'touched' ? 'written again with the same rows' : state}`];
  });
  const summary = counts.length === 0 ? 'no date is expected' : counts.join(' · ');
  const done = of(...WRITTEN);
  const short = done.intersect(coverage.states.partial.union(coverage.states.degraded));
  const from = formatInstant(since, 'seconds');
  return [
    ...writtenResults(),
    short.isEmpty
      ? {
          ...result(
            context,
            'whole',
            done.isEmpty ? 'skipped' : 'pass',
            done.isEmpty
              ? 'nothing was written that could be short'
              : `each of ${countOf(done.size, 'date')} that were written is whole`,
          ),
        }
      : result(
          context,
          'whole',
          'fail',
          `${formatCount(short.size)} of ${countOf(done.size, 'date')} written ${short.size === 1 ? 'is' : 'are'} short or wrong${reasonOfLast(short)}`,
        ),
    ...rowsResults(),
  ].flatMap(each => withAcceptance(each, [each.check], findingsOf(each.check), context));

  function writtenResults(): readonly Result[] {
    const lacking = of('unchanged', 'not written');
    const untold = of('unknown');
    if (!named) {
      const outcome: Outcome = done.isEmpty ? (untold.isEmpty ? 'fail' : 'error') : 'pass';
      // What is unknown may have been written: then nothing may be said of all of them.
      const what = outcome === 'fail' ? `nothing was written since ${from}` : `since ${from}`;
      return [result(context, 'written', outcome, `${what}: ${summary}${whyUntold(untold)}`)];
    }
    const outcome: Outcome = !untold.isEmpty ? 'error' : lacking.isEmpty ? 'pass' : 'fail';
    return [result(context, 'written', outcome, `since ${from}: ${summary}${whyUntold(untold)}`)];
  }

  /** Why it cannot be told of some dates whether they were written, and what would tell it the next time. */
  function whyUntold(untold: DaySet): string {
    if (untold.isEmpty) return '';
    const { written } = table;
    const times =
      written === undefined ? 'the table declares no `written` column' : `column ${written.column} is empty there`;
    const facts = before.measured
      ? 'what was measured before tells how many rows there were, not which'
      : 'nothing was measured before';
    const remedy = `run "phasegate preflight ${table.name}" before the job, which keeps the facts that tell`;
    return `. It cannot be told of ${countOf(untold.size, 'date')} whether ${untold.size === 1 ? 'it was' : 'they were'} written: ${times}, and ${facts}. The next time, ${remedy}${written === undefined ? ', or declare `written`' : ''}`;
  }

  function reasonOfLast(days: DaySet): string {
    const reason = days.last === undefined ? undefined : coverage.reasons.get(days.last);
    return reason === undefined ? '' : `: ${reason}`;
  }

  function rowsResults(): readonly Result[] {
    const fewer = fewerRows();
    const appended = of('appended');
    return [
      ...(fewer.isEmpty
        ? []
        : [
            result(
              context,
              'fewer',
              'warn',
              `${countOf(fewer.size, 'date')} ${fewer.size === 1 ? 'holds' : 'hold'} fewer rows than before`,
            ),
          ]),
      ...(appended.isEmpty || job?.rewrites === 'append'
        ? []
        : [
            result(
              context,
              'appended',
              'warn',
              `${countOf(appended.size, 'date')} ${appended.size === 1 ? 'holds' : 'hold'} rows from before the job beside new ones, and the job is not declared to append`,
            ),
          ]),
    ];
  }

  function fewerRows(): DaySet {
    const facts = reading.state === 'measured' ? reading.facts : undefined;
    return DaySet.of(
      (facts?.days ?? []).filter((day, i) => done.has(day) && (facts?.rows[i] ?? 0) < (before.rows.get(day) ?? 0)),
    );
  }

  function findingsOf(check: string): readonly DateFinding[] {
    switch (check) {
      case 'written':
        return named
          ? [...of('unchanged', 'not written', 'unknown')].map(day => ({ day, reason: states.get(day) ?? '' }))
          : [];
      case 'whole':
        return [...short].map(day => ({ day, reason: coverage.reasons.get(day) ?? 'short' }));
      case 'appended':
        return [...of('appended')].map(day => ({ day, reason: 'old rows beside new ones' }));
      case 'fewer':
        return [...fewerRows()].map(day => ({
          day,
          reason: `fewer than the ${formatCount(before.rows.get(day) ?? 0)} rows before`,
        }));
      default:
        return [];
    }
  }
}

function result(context: ResultContext, check: string, outcome: Outcome, message: string): Result {
  return { ...tableResult(context, check, outcome, message), ...measuredAtOf(context.reading) };
}
