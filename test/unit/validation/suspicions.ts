// Dates, write times and commits of a check that fails, as a test writes them down, and what is suspected of them.
import { lastWriteFigure } from '../../../src/facts/request';
import type { Commits } from '../../../src/git/commits';
import { type Day, formatDay } from '../../../src/model/day';
import { figureId } from '../../../src/model/figures';
import type { Blame } from '../../../src/model/report';
import { type BlameInput, blameOf, suspect } from '../../../src/validation/blame';
import { day, evidenceFor, partsOf } from '../checks/evidence';

const WRITTEN = { column: 'processed_at', timezone: 'UTC' };
export const TABLE: BlameInput['table'] = { sources: ['p/**'], written: WRITTEN };
export const SOURCE = { file: 'phasegate.yaml', line: 1 };

/** Of ten rows of a date so many hold a value, and when they were written: the morning after unless said, `never` where that is not known. */
export type Given = readonly [date: string, filled: number, written?: string];

export interface Options {
  readonly table?: Partial<BlameInput['table']>;
  readonly check?: string;
  readonly declared?: unknown;
  readonly dated?: boolean;
}

/** What is suspected of a column's check, `not_null` per date unless another is given, by what it really says of the dates. */
export function suspected(given: readonly Given[], options: Options = {}): ReturnType<typeof suspect> {
  const { check: type = 'not_null', dated = true } = options;
  const declared = options.declared ?? { column: 'usage', per: 'date' };
  const [part] = partsOf(type, declared);
  if (part === undefined) throw new Error('no part');
  const evidence = evidenceFor(
    part.figures,
    given.map(([date, filled]) => ({ date, figures: type === 'not_null' ? [10, 10 - filled] : [10, 0, 10 - filled] })),
    { dated },
  );
  const writes = given.map(([date, , written]) =>
    written === 'never' ? null : written === undefined ? nextMorning(date) : Date.parse(written),
  );
  const facts = {
    ...evidence.facts,
    values: new Map([...evidence.facts.values, [figureId(lastWriteFigure(WRITTEN)), writes]]),
  };
  return suspect({
    table: { ...TABLE, ...options.table },
    check: { ...part, type, severity: 'fail', source: SOURCE },
    judgement: part.judge({ ...evidence, facts }),
    facts,
    seasons: [],
  });
}

const nextMorning = (date: string): number => Date.parse(`${formatDay((day(date) + 1) as Day)}T09:00:00Z`);

/** Commits at these instants, named by their places. */
export function commitsAt(...times: readonly (string | number)[]): Extract<Commits, { ok: true }> {
  return {
    ok: true,
    commits: times.map((time, i) => ({
      hash: `c${i}`,
      at: typeof time === 'number' ? time : Date.parse(time),
      subject: `Commit ${i}`,
    })),
  };
}

export const NO_COMMITS = commitsAt();
export const blamed = (
  given: readonly Given[],
  known: Commits | undefined = NO_COMMITS,
  options: Options = {},
): Blame => blameOf(suspected(given, options), known);

/** Good on the first three of six dates, empty on the last three. */
export const BROKEN: readonly Given[] = [
  ['2024-01-01', 10],
  ['2024-01-02', 10],
  ['2024-01-03', 10],
  ['2024-01-04', 0],
  ['2024-01-05', 0],
  ['2024-01-06', 0],
];
export const BETWEEN =
  'usage is empty from 2024-01-04 on, written 2024-01-05 (last good: 2024-01-03, written 2024-01-04)';
