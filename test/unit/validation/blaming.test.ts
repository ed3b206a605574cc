// Blame for assessed tables: which checks are blamed at all, and how often somebody is asked for commits.
import { describe, expect, it } from 'vitest';
import type { Check } from '../../../src/checks/check';
import { lastWriteFigure } from '../../../src/facts/request';
import type { Commits } from '../../../src/git/commits';
import { DaySet } from '../../../src/model/day-set';
import { figureId } from '../../../src/model/figures';
import type { Result } from '../../../src/model/report';
import type { Table } from '../../../src/pipeline/pipeline';
import { type Assessment, assess } from '../../../src/validation/assess';
import { blames, withBlame } from '../../../src/validation/blaming';
import { day, evidenceFor, partsOf } from '../checks/evidence';
import { table } from '../coverage/tables';

const WRITTEN = { column: 'processed_at', timezone: 'UTC' };
const RANGE = { from: day('2024-01-01'), to: day('2024-01-09') };

function check(column: string, more: Partial<Check> = {}): Check {
  const [part] = partsOf('not_null', { column, per: 'date' });
  if (part === undefined) throw new Error('no part');
  return { ...part, type: 'not_null', severity: 'fail', source: { file: 'phasegate.yaml', line: 1 }, ...more };
}

/** A table of nine dates of ten rows, written the morning after, whose columns are empty from a date on. */
function assessed(
  name: string,
  emptyFrom: Readonly<Record<string, number>>,
  { dated = true, checks = Object.keys(emptyFrom).map(column => check(column)), ...more }: Partial<Table> = {},
): Assessment {
  const dates = Array.from({ length: 9 }, (_, i) => `2024-01-0${i + 1}`);
  const figures = checks.flatMap(each => each.figures);
  const columns = checks.flatMap(({ column = '', figures: own }) => own.map((_, i) => ({ column, isEmpty: i === 1 })));
  const { facts } = evidenceFor(
    [...figures, lastWriteFigure(WRITTEN)],
    dates.map((date, i) => ({
      date,
      figures: [
        ...columns.map(({ column, isEmpty }) => (isEmpty && i + 1 < (emptyFrom[column] ?? 99) ? 0 : 10)),
        Date.parse(`${date}T00:00:00Z`) + 33 * 3_600_000,
      ],
    })),
    { dated },
  );
  expect(facts.values.has(figureId(lastWriteFigure(WRITTEN)))).toBe(true);
  const own = table({ name, written: WRITTEN, sources: ['p/**'], calendar: undefined, dated, checks, ...more });
  return assess(own, { state: 'measured', facts }, undefined, RANGE, [], RANGE.to, {
    readings: new Map(),
    upstreams: [],
    expectedBefore: DaySet.empty,
  });
}

/** The blame of assessed tables, and what was asked for it: a table, and after which instant. */
async function blamed(
  assessments: readonly Assessment[],
  commits: Commits = { ok: true, commits: [] },
): Promise<{ readonly words: Readonly<Record<string, string>>; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const found = await blames(
    assessments,
    () => [],
    ({ name }, after) => {
      asked.push(`${name} after ${new Date(after).toISOString().slice(0, 10)}`);
      return Promise.resolve(commits);
    },
  );
  return { words: Object.fromEntries([...found].map(([id, { words }]) => [id, words])), asked: asked.sort() };
}

const wordsOf = (column: string, from: number): string =>
  `${column} is empty from 2024-01-0${from} on, written 2024-01-0${from + 1} (last good: 2024-01-0${from - 1}, written 2024-01-0${from}); no commit touched its sources in between`;

describe('blame', () => {
  it('is asked for once a table, as far back as the earliest of its checks needs', async () => {
    expect(await blamed([assessed('a', { early: 3, late: 7, good: 99 }), assessed('b', { late: 8 })])).toEqual({
      words: {
        'a/not_null/early': wordsOf('early', 3),
        'a/not_null/late': wordsOf('late', 7),
        'b/not_null/late': wordsOf('late', 8),
      },
      asked: ['a after 2024-01-03', 'b after 2024-01-08'],
    });
  });

  it('gives each check the commits between its own writes', async () => {
    const at = Date.parse('2024-01-07T12:00:00Z');
    const { words } = await blamed([assessed('a', { early: 3, late: 7 })], {
      ok: true,
      commits: [{ hash: 'c0', at, subject: 'Commit' }],
    });
    expect(words['a/not_null/early']).toMatch(/no commit touched/);
    expect(words['a/not_null/late']).toMatch(/1 commit touched/);
  });

  const { column: _column, ...ofNoColumn } = check('x');
  it.each<[string, Assessment, number]>([
    ['nothing fails', assessed('a', { x: 99 }), 0],
    ['it fails from the beginning', assessed('a', { x: 1 }), 1],
    ['the table has no sources', assessed('a', { x: 3 }, { sources: [] }), 1],
    ['the table has no write times', assessed('a', { x: 3 }, { written: undefined }), 1],
    ['the table has no dates', assessed('a', { x: 3 }, { dated: false }), 1],
    ['the check is of no column', assessed('a', { x: 3 }, { checks: [ofNoColumn] }), 0],
  ])('asks nobody where %s', async (_what, given, count) => {
    const { words, asked } = await blamed([given]);
    expect(Object.keys(words)).toHaveLength(count);
    expect(asked).toEqual([]);
  });

  it('asks nobody of a table that could not be read', async () => {
    const given: Assessment = { ...assessed('a', { x: 3 }), reading: { state: 'unreadable', message: 'locked' } };
    expect(await blamed([given])).toEqual({ words: {}, asked: [] });
  });

  it('is of a check that only warns too', async () => {
    const { words } = await blamed([assessed('a', { x: 3 }, { checks: [check('x', { severity: 'warn' })] })]);
    expect(words).toEqual({ 'a/not_null/x': wordsOf('x', 3) });
  });

  it('of many tables is that of each, whatever is asked at once', async () => {
    const names = Array.from({ length: 11 }, (_, i) => `t${i}`);
    const { words, asked } = await blamed(names.map((name, i) => assessed(name, { x: 2 + (i % 7) })));
    expect(asked).toHaveLength(names.length);
    expect(words).toEqual(
      Object.fromEntries(names.map((name, i) => [`${name}/not_null/x`, wordsOf('x', 2 + (i % 7))])),
    );
  });
});

describe('results with their blame', () => {
  const result = (id: string, more: Partial<Result> = {}): Result => ({
    id,
    gate: 'validate',
    table: 't',
    check: 'not_null',
    outcome: 'fail',
    message: '',
    ...more,
  });
  const blame = { words: 'x is empty', commits: [] };

  it('carry it where there is one, and where nobody has accepted them', () => {
    const accepted = { reason: 'known', until: undefined, source: { file: 'phasegate.yaml', line: 1 } };
    const results = [result('a'), result('b'), result('a', { accepted })];
    expect(withBlame(results, new Map([['a', blame]])).map(each => each.blame)).toEqual([blame, undefined, undefined]);
  });
});
