// Reading back: what each date that a job was asked for has come to, by its rows now and before; and what nobody asked for.
import { describe, expect, test } from 'vitest';
import { contentFigure, firstWriteFigure, lastWriteFigure } from '../../../src/facts/request';
import type { Day } from '../../../src/model/day';
import { DaySet } from '../../../src/model/day-set';
import type { TableReading } from '../../../src/model/facts';
import { type FigureId, figureId } from '../../../src/model/figures';
import { readManifest } from '../../../src/pipeline/manifest';
import type { Table } from '../../../src/pipeline/pipeline';
import { type DateProof, othersWords, othersWritten, proofs } from '../../../src/validation/read-back';
import type { Before } from '../../../src/validation/verify';
import { FIRST, daysIn, standing } from '../backfill/pipelines';
import { day, days } from '../coverage/tables';

/** When the work began. */
const BEGAN = Date.parse('2024-02-01T09:00:00Z');
const LONG_AGO = BEGAN - 86_400_000;
const SINCE = BEGAN + 5000;

const MANIFEST = readManifest(
  `version: 1
name: league
targets: { local: { type: duckdb, path: w.duckdb } }
defaults: { date: d, calendar: game-days }
calendars: { game-days: { table: l.schedule, date: d, units: { games: count(*) } } }
phases:
  - id: 1
    tables:
      - { name: l.schedule, date: none, written: none }
      - { name: l.timed, written: processed_at, rows: { per: games, exactly: 2 } }
      - { name: l.untimed, rows: { per: games, min: 1 } }
`,
  { folder: '/w', file: 'phasegate.yaml', env: {} },
);
function declared(name: string): Table {
  const table = MANIFEST.ok ? MANIFEST.pipeline.tables.get(name) : undefined;
  if (table === undefined) throw new Error(JSON.stringify(MANIFEST));
  return table;
}
/** A table that says when its rows were written, and one that does not. */
const TIMED = declared('l.timed');
const UNTIMED = declared('l.untimed');

interface Rows {
  readonly rows: number;
  /** What they are: another number where any of them is another. */
  readonly content?: number;
  /** When the newest and the oldest of them was written. */
  readonly last?: number;
  readonly first?: number;
}

/** A table that holds these rows, from the first day on; `undefined`: none. */
function reading(table: Table, given: readonly (Rows | undefined)[]): Extract<TableReading, { state: 'measured' }> {
  const held = given.flatMap((rows, i) => (rows === undefined ? [] : [{ day: (FIRST + i) as Day, ...rows }]));
  const column = (of: (rows: Rows) => number | undefined): readonly (number | null)[] =>
    held.map(rows => of(rows) ?? null);
  const values = new Map<FigureId, readonly (number | null)[]>([
    [figureId(contentFigure(table)), column(({ content }) => content)],
  ]);
  if (table.written !== undefined) {
    values.set(
      figureId(lastWriteFigure(table.written)),
      column(({ last }) => last),
    );
    values.set(
      figureId(firstWriteFigure(table.written)),
      column(({ first, last }) => first ?? last),
    );
  }
  const { reading: usual } = standing(table, 'c'.repeat(given.length));
  if (usual.state !== 'measured') throw new Error('it is not measured');
  return {
    state: 'measured',
    facts: { ...usual.facts, days: held.map(({ day: at }) => at), rows: held.map(({ rows }) => rows), values },
  };
}

/** What was known before; nothing at all where nothing is given. */
function before(given?: readonly (Rows | undefined)[]): Before {
  const known = (given ?? []).flatMap((rows, i) => (rows === undefined ? [] : [[(FIRST + i) as Day, rows] as const]));
  const of = (value: (rows: Rows) => number | undefined): ReadonlyMap<Day, number> =>
    new Map(
      known.flatMap(([at, rows]) => {
        const found = value(rows);
        return found === undefined ? [] : [[at, found] as const];
      }),
    );
  return {
    rows: of(({ rows }) => rows),
    contents: of(({ content }) => content),
    writes: of(({ last }) => last),
    measured: given !== undefined,
    isFresh: given !== undefined,
  };
}

/** What the first day has come to, whose state coverage says. */
function prove(table: Table, letter: string, now: Rows | undefined, was?: readonly (Rows | undefined)[]): DateProof {
  const measured = reading(table, [now]);
  const proven = proofs({
    assessment: standing(table, letter, { reading: measured }),
    units: () => 8,
    before: before(was),
    since: BEGAN,
    dates: DaySet.of([FIRST]),
  }).get(FIRST);
  if (proven === undefined) throw new Error('nothing is said of it');
  return proven;
}

const OLD = { rows: 16, content: 1, last: LONG_AGO };
const NEW = { rows: 16, content: 2, last: SINCE };

describe('a date whose rows say when they were written', () => {
  test.each<
    [string, string, Rows | undefined, readonly (Rows | undefined)[] | undefined, Omit<DateProof, 'rows' | 'counted'>]
  >([
    [
      'is done where it was missing and is whole',
      'c',
      NEW,
      [undefined],
      { state: 'done', written: 'written', words: '' },
    ],
    ['is done where it was written anew', 'c', NEW, [OLD], { state: 'done', written: 'rewritten', words: '' }],
    [
      'is done where it was written anew with the same rows',
      'c',
      { ...OLD, last: SINCE },
      [OLD],
      { state: 'done', written: 'touched', words: '' },
    ],
    [
      'is done where nobody looked before, and its rows are new',
      'c',
      NEW,
      undefined,
      { state: 'done', written: 'written', words: '' },
    ],
    [
      'is done where it is stale: it was written, and what it is computed from later still',
      's',
      NEW,
      [OLD],
      { state: 'done', written: 'rewritten', words: '' },
    ],
    [
      'has failed where there are no rows',
      'm',
      undefined,
      [undefined],
      { state: 'failed', written: 'not written', words: 'wrote nothing' },
    ],
    [
      'has failed where its rows are gone',
      'm',
      undefined,
      [OLD],
      { state: 'failed', written: 'not written', words: 'wrote nothing' },
    ],
    [
      'has failed where its rows are as they were, however whole they are',
      'c',
      OLD,
      [OLD],
      { state: 'failed', written: 'unchanged', words: 'left the rows as they were' },
    ],
    [
      'has failed where they are partial and as they were',
      'p',
      OLD,
      [OLD],
      { state: 'failed', written: 'unchanged', words: 'left the rows as they were' },
    ],
    [
      'has failed where a part was written',
      'p',
      { ...NEW, rows: 2 },
      [undefined],
      { state: 'failed', written: 'written', words: 'wrote 2 of 16 teams' },
    ],
    [
      'has failed where wrong rows were written',
      'd',
      NEW,
      [OLD],
      { state: 'failed', written: 'rewritten', words: 'wrote rows that are wrong: usage is NULL' },
    ],
    [
      'has failed where new rows stand beside old ones',
      'd',
      { rows: 32, content: 3, last: SINCE, first: LONG_AGO },
      [OLD],
      { state: 'failed', written: 'appended', words: 'wrote rows that are wrong: usage is NULL' },
    ],
  ])('%s', (_what, letter, now, was, expected) => {
    expect(prove(TIMED, letter, now, was)).toMatchObject({ ...expected, rows: now?.rows ?? 0 });
  });

  test('is done where nobody looked before and it is whole: of what nobody knew, nobody can say that it was left alone', () => {
    expect(prove(TIMED, 'c', OLD, undefined)).toMatchObject({ state: 'done', written: 'unchanged' });
  });
});

describe('a date whose rows do not say when they were written', () => {
  test.each<
    [string, string, Rows | undefined, readonly (Rows | undefined)[] | undefined, Omit<DateProof, 'rows' | 'counted'>]
  >([
    [
      'is done where it was missing and is whole',
      'c',
      { rows: 16, content: 2 },
      [undefined],
      { state: 'done', written: 'written', words: '' },
    ],
    [
      'is done where other rows are there',
      'c',
      { rows: 16, content: 2 },
      [{ rows: 16, content: 1 }],
      { state: 'done', written: 'rewritten', words: '' },
    ],
    [
      'is done where the same rows are there and it is whole: nothing tells that they are new',
      'c',
      { rows: 16, content: 1 },
      [{ rows: 16, content: 1 }],
      { state: 'done', written: 'unchanged', words: '' },
    ],
    [
      'has failed where the same rows are there and they are a part',
      'p',
      { rows: 2, content: 1 },
      [{ rows: 2, content: 1 }],
      { state: 'failed', written: 'unchanged', words: 'left the rows as they were' },
    ],
    [
      'has failed where the same rows are there and they are wrong',
      'd',
      { rows: 16, content: 1 },
      [{ rows: 16, content: 1 }],
      { state: 'failed', written: 'unchanged', words: 'left the rows as they were' },
    ],
    [
      'has failed where there are none',
      'm',
      undefined,
      undefined,
      { state: 'failed', written: 'not written', words: 'wrote nothing' },
    ],
    [
      'is done where nobody looked before and it is whole',
      'c',
      { rows: 16, content: 1 },
      undefined,
      { state: 'done', written: 'unknown', words: '' },
    ],
  ])('%s', (_what, letter, now, was, expected) => {
    expect(prove(UNTIMED, letter, now, was)).toMatchObject(expected);
  });
});

describe('a date that cannot be told', () => {
  test('is unknown, and is asked for again: its rows could not be read', () => {
    const measured = reading(TIMED, [undefined]);
    const unread: TableReading = {
      ...measured,
      facts: { ...measured.facts, unread: new Map([[FIRST, 'a.csv line 3 is torn']]) },
    };
    const proven = proofs({
      assessment: standing(TIMED, 'u', { reading: unread }),
      units: () => 8,
      before: before([undefined]),
      since: BEGAN,
      dates: DaySet.of([FIRST]),
    });
    expect(proven.get(FIRST)).toMatchObject({
      state: 'unknown',
      words: 'could not be read back: a.csv line 3 is torn',
    });
  });

  test.each<[string, TableReading, Partial<DateProof>]>([
    [
      'of a table that could not be read',
      { state: 'unreadable', message: 'the file is locked' },
      { state: 'unknown', written: 'unknown', words: 'could not be read back: the file is locked', rows: 0 },
    ],
    [
      'of a table that was there and is gone',
      { state: 'absent', knownBefore: true, message: 'no such table' },
      { state: 'unknown', words: 'could not be read back: no such table' },
    ],
    [
      'of a table that never was there: nothing was written',
      { state: 'absent', knownBefore: false, message: 'no such table' },
      { state: 'failed', written: 'not written', words: 'wrote nothing: the table is not there' },
    ],
  ])('%s', (_what, unmeasured, expected) => {
    const proven = proofs({
      assessment: standing(TIMED, 'mm', { reading: unmeasured }),
      units: () => 8,
      before: before(),
      since: BEGAN,
      dates: daysIn('xx'),
    });
    expect(proven.size).toBe(2);
    for (const proof of proven.values()) expect(proof).toMatchObject({ ...expected, counted: false });
  });
});

describe('a date that holds exactly as many rows as are declared', () => {
  test('is known to lack nothing, however its command ended', () => {
    expect(prove(TIMED, 'c', NEW, [undefined]).counted).toBe(true);
    expect(prove(TIMED, 'c', { ...NEW, rows: 15 }, [undefined]).counted).toBe(false);
  });
  test('is not known to where the table declares no exact number, or it is not done', () => {
    expect(prove(UNTIMED, 'c', { rows: 16, content: 1 }, [undefined]).counted).toBe(false);
    expect(prove(TIMED, 'd', NEW, [undefined]).counted).toBe(false);
  });
});

test('each date that was asked for is judged by itself', () => {
  const proven = proofs({
    assessment: standing(TIMED, 'cpmc', { reading: reading(TIMED, [NEW, { ...NEW, rows: 2 }, undefined, OLD]) }),
    units: () => 8,
    before: before([undefined, undefined, undefined, OLD]),
    since: BEGAN,
    dates: daysIn('xxxx'),
  });
  expect([...proven.values()].map(({ state, words }) => (words === '' ? state : `${state}: ${words}`))).toEqual([
    'done',
    'failed: wrote 2 of 16 teams',
    'failed: wrote nothing',
    'failed: left the rows as they were',
  ]);
});

describe('dates that were written and not asked for', () => {
  const others = (
    now: readonly (Rows | undefined)[],
    was: readonly (Rows | undefined)[] | undefined,
    asked: string,
  ): readonly string[] =>
    othersWritten(TIMED, reading(TIMED, now), before(was), BEGAN, daysIn(asked))
      .toIso()
      .map(([from]) => from);

  test('are those whose rows are other ones, or newer than the work', () => {
    expect(others([NEW, NEW, OLD, { ...OLD, last: SINCE }, undefined], [undefined, OLD, OLD, OLD, OLD], 'x')).toEqual([
      '2024-01-02',
      '2024-01-04',
    ]);
  });
  test('are none of those that were asked for', () => {
    expect(others([NEW, NEW], [OLD, OLD], 'xx')).toEqual([]);
  });
  test('are told by the rows’ own times where nobody looked before', () => {
    expect(others([OLD, NEW], undefined, '')).toEqual(['2024-01-02']);
  });
  test('are none where the table cannot be read', () => {
    expect(othersWritten(TIMED, { state: 'unreadable', message: 'x' }, before(), BEGAN, DaySet.empty).isEmpty).toBe(
      true,
    );
  });
  test('are told by name', () => {
    expect(othersWords(days('2024-11-13'))).toBe('wrote 1 date that it was not asked for: 2024-11-13');
    expect(othersWords(DaySet.range(day('2024-11-13'), day('2024-11-20')))).toBe(
      'wrote 8 dates that it was not asked for: 2024-11-13 → 2024-11-20 (8)',
    );
  });
});
