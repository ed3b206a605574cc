// Data blame: since when a check of a column fails, by its dates and their write times, and which commits touched the table's code in between. Pure.
import type { Check, Judgement, SeasonRange } from '../checks/check';
import { type Window, windowIn } from '../checks/declare-dates';
import { lastWriteFigure } from '../facts/request';
import type { Commits } from '../git/commits';
import { type Day, formatDay } from '../model/day';
import { DaySet } from '../model/day-set';
import type { FigureValue, TableFacts } from '../model/facts';
import { figureId } from '../model/figures';
import { formatInstant, isoInstant } from '../model/instant';
import { countOf, formatCount } from '../model/percent';
import type { Blame } from '../model/report';
import type { Table } from '../pipeline/pipeline';
import { type Break, breakOf } from './breaks';

export interface BlameInput {
  readonly table: Pick<Table, 'sources' | 'written'>;
  readonly check: Check;
  readonly judgement: Judgement;
  readonly facts: TableFacts;
  readonly seasons: readonly SeasonRange[];
}

/** A write of a date, milliseconds since 1970 UTC. */
interface Write {
  readonly day: Day;
  readonly at: number;
}

/** What is known of a failing check before git is asked. */
export interface Suspicion {
  readonly found: Break;
  /** How the column fails, as in `usage_rate is empty`. */
  readonly subject: string;
  /** The last good write and the first bad one: between them something changed. Absent where there are no two such. */
  readonly between: { readonly good: Write; readonly bad: Write } | undefined;
  /** Why commits are not to be looked for; `undefined` where they are. */
  readonly leftOut: string | undefined;
}

/** Finds since when a check of a column fails, and between which writes that began. */
export function suspect({ table, check, judgement, facts, seasons }: BlameInput): Suspicion {
  const failing = DaySet.of(judgement.findings.map(({ day }) => day));
  // Facts of a table without dates stand under a day of their own, which is none.
  const judged = facts.dated ? (judgement.judged ?? daysIn(check.window, facts)) : [];
  const found = breakOf(judged, failing, seasons);
  const subject = subjectOf(check, facts, found.kind === 'break' ? found.bad : [...failing]);
  if (found.kind !== 'break') return { found, subject, between: undefined, leftOut: undefined };
  if (table.written === undefined)
    return { found, subject, between: undefined, leftOut: 'the table declares no column of write times (`written`)' };
  const writes = writesOf(facts, facts.values.get(figureId(lastWriteFigure(table.written))) ?? []);
  const bad = earliest(found.bad, writes);
  const good = bad === undefined ? undefined : latestBefore(found.good, writes, bad.at);
  if (bad === undefined || good === undefined)
    return {
      found,
      subject,
      between: undefined,
      leftOut:
        bad === undefined
          ? 'no write time of the dates that fail is known'
          : found.good.some(day => writes.has(day))
            ? 'the good dates before were written later, or at the same time: the same code wrote both, or they were rewritten since'
            : 'no write time of the good dates before is known',
    };
  return {
    found,
    subject,
    between: { good, bad },
    leftOut: table.sources.length === 0 ? 'the table declares no `sources`' : undefined,
  };
}

/** What a suspicion comes to. @param known the commits since the last good write or earlier; absent where they were not looked for */
export function blameOf({ found, subject, between, leftOut }: Suspicion, known: Commits | undefined): Blame {
  switch (found.kind) {
    case 'none':
      return { words: `${subject}: no single date of it fails, so none tells since when`, commits: [] };
    case 'alternating':
      return {
        words: `${subject} on ${formatCount(found.bad)} of ${countOf(found.judged, 'date')}: good and bad ones alternate, so there is no date from which it fails`,
        commits: [],
      };
    case 'from-the-beginning':
      return {
        words: `${subject} from the beginning: from the first date that was judged, ${formatDay(found.first)}, ${found.isOngoing ? 'on' : `to ${formatDay(found.last)}`}`,
        from: formatDay(found.first),
        commits: [],
      };
    case 'break': {
      const commits =
        known?.ok === true && between !== undefined && leftOut === undefined
          ? known.commits.filter(({ at }) => at > between.good.at && at <= between.bad.at)
          : [];
      const cut =
        known?.ok === true && known.cutAt !== undefined && between !== undefined && known.cutAt > between.good.at
          ? `history before ${formatInstant(known.cutAt)} is not in this clone`
          : undefined;
      // Of a history that is cut off, no commit is no answer, and some are not all.
      const cutOff = commits.length === 0 ? cut : undefined;
      const unknown = leftOut ?? (known === undefined ? 'git was not asked' : known.ok ? cutOff : known.message);
      return {
        words: `${subject} ${span(found)}${between === undefined ? '' : writtenWords(between, found.first)}${found.wasRestless ? '; before, dates failed now and then' : ''}; ${
          unknown === undefined
            ? `${cut === undefined ? '' : 'at least '}${commitWords(commits.length)} in between${cut === undefined ? '' : `; ${cut}`}`
            : `left out which commits: ${unknown}`
        }`,
        from: formatDay(found.first),
        ...(between === undefined ? {} : { lastGood: dateOf(between.good), firstBad: dateOf(between.bad) }),
        commits: commits.map(({ hash, at, subject: said }) => ({ hash, at: isoInstant(at), subject: said })),
        ...(unknown === undefined ? {} : { leftOut: unknown }),
      };
    }
  }
}

/** The dates that hold rows, of those that a check is for. */
function daysIn(window: Window | undefined, { days, range }: TableFacts): readonly Day[] {
  const within = window === undefined ? range : windowIn(window, range);
  return within === undefined ? [] : days.filter(day => day >= within.from && day <= within.to);
}

/** `usage_rate is empty` where no row of the failing dates holds a value, else that it fails its check. */
function subjectOf(check: Check, facts: TableFacts, bad: readonly Day[]): string {
  const name = check.column ?? check.id;
  // The figures of not_null are the rows of the population, and those of them without a value.
  const [whole, empty] = check.figures.map(figure => facts.values.get(figureId(figure)) ?? []);
  const days = new Set(bad);
  const isEmpty =
    check.type === 'not_null' &&
    bad.length > 0 &&
    facts.days.every((day, i) => !days.has(day) || (whole?.[i] ?? 0) === (empty?.[i] ?? -1));
  return isEmpty ? `${name} is empty` : `${name} fails ${check.type}`;
}

function span({ first, last, isOngoing }: { first: Day; last: Day; isOngoing: boolean }): string {
  if (isOngoing) return `from ${formatDay(first)} on`;
  return first === last ? `on ${formatDay(first)}` : `from ${formatDay(first)} to ${formatDay(last)}`;
}

/** When both sides were written, to the day where that tells them apart. @param from the first date that fails: it need not be the one that tells */
function writtenWords({ good, bad }: { readonly good: Write; readonly bad: Write }, from: Day): string {
  const dayOf = (text: string): string => text.slice(0, text.indexOf(' '));
  const [first, last] = [formatInstant(bad.at), formatInstant(good.at)];
  const short = (text: string): string => (dayOf(first) === dayOf(last) ? text : dayOf(text));
  const began = bad.day === from ? 'written' : `${formatDay(bad.day)} written`;
  return `, ${began} ${short(first)} (last good: ${formatDay(good.day)}, written ${short(last)})`;
}

function commitWords(count: number): string {
  return count === 0 ? 'no commit touched its sources' : `${countOf(count, 'commit')} touched its sources`;
}

function dateOf({ day, at }: Write): { readonly date: string; readonly written: string } {
  return { date: formatDay(day), written: isoInstant(at) };
}

function writesOf({ days }: TableFacts, values: readonly FigureValue[]): ReadonlyMap<Day, number> {
  return new Map(
    days.flatMap((day, i) => {
      const at = values[i] ?? null;
      return at === null ? [] : [[day, at] as const];
    }),
  );
}

/** The write that came first. */
function earliest(days: readonly Day[], writes: ReadonlyMap<Day, number>): Write | undefined {
  return pick(
    days,
    writes,
    (at, best) => at < best,
    () => true,
  );
}

/** The write that came last of those before an instant; of several at once the latest date's. */
function latestBefore(days: readonly Day[], writes: ReadonlyMap<Day, number>, before: number): Write | undefined {
  return pick(
    days,
    writes,
    (at, best) => at >= best,
    at => at < before,
  );
}

function pick(
  days: readonly Day[],
  writes: ReadonlyMap<Day, number>,
  isBetter: (at: number, best: number) => boolean,
  counts: (at: number) => boolean,
): Write | undefined {
  let best: Write | undefined;
  for (const day of days) {
    const at = writes.get(day);
    if (at !== undefined && counts(at) && (best === undefined || isBetter(at, best.at))) best = { day, at };
  }
  return best;
}
