// A step's dates cut into commands: every date once, never more than a job takes, and never a date that nobody planned.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ChunkOptions, chunksOf, commandOf } from '../../../src/backfill/chunks';
import { type Day, addDays, formatDay, parseDay } from '../../../src/model/day';
import { DaySet } from '../../../src/model/day-set';
import type { Job } from '../../../src/pipeline/pipeline';
import { day } from '../coverage/tables';
import { FIRST, commandJob, daysIn, jobOf } from './pipelines';

const LIST = '{ command: ["${python}", job.py], dates: { list: --dates }, chunk: 3 }';
const RANGE = '{ command: [job.sh, -v], dates: { range: [--from, --to] }, chunk: 3 }';
const FRESH_RANGE =
  '{ command: [job.sh], dates: { range: [--from, --to] }, options: { fresh: --no-resume }, chunk: 3 }';
const ONE = '{ command: [job.sh], dates: { one: --date }, chunk: 3 }';
const SQL = '{ sql: job.sql, chunk: 3 }';

/** Chunks as a test reads them: the days of each, with its command where it has one. */
function chunks(job: Job, dates: DaySet, given: Partial<ChunkOptions> = {}): readonly string[] {
  const chunked = chunksOf(job, dates, {
    expected: dates,
    python: undefined,
    canary: undefined,
    listInWords: false,
    ...given,
  });
  if (!chunked.ok) throw new Error(chunked.message);
  const all = [...dates];
  return chunked.chunks.map(({ id, at, count, argv }) =>
    argv === undefined
      ? `${id}: ${all
          .slice(at, at + count)
          .map(formatDay)
          .join(' ')}`
      : argv.join(' '),
  );
}

describe('a job that takes a list', () => {
  test('gets its dates with commas, as many as it takes at once', () => {
    expect(chunks(jobOf(LIST), daysIn('xx..xx'), { python: '/venv/bin/python' })).toEqual([
      '/venv/bin/python job.py --dates 2024-01-01,2024-01-02,2024-01-05',
      '/venv/bin/python job.py --dates 2024-01-06',
    ]);
  });

  test('gets them as words of their own where its script takes them so', () => {
    const argv = commandOf(commandJob(LIST), [day('2024-01-01'), day('2024-01-03')], {
      python: 'py',
      listInWords: true,
    });
    expect(argv).toEqual(['py', 'job.py', '--dates', '2024-01-01', '2024-01-03']);
  });

  test('skips over expected dates that are not planned, for it is told each date', () => {
    expect(chunks(jobOf(LIST), daysIn('x.x'), { expected: daysIn('xxx') })).toHaveLength(1);
  });

  test('is preferred to a range where a job takes both, and is then not told to forget its checkpoint', () => {
    const both =
      '{ command: [job.sh], dates: { list: --dates, range: [--from, --to] }, options: { fresh: --no-resume } }';
    expect(chunks(jobOf(both), daysIn('xx'))).toEqual(['job.sh --dates 2024-01-01,2024-01-02']);
  });
});

describe('a job that takes a range', () => {
  test('gets its first and its last date', () => {
    expect(chunks(jobOf(RANGE), daysIn('xxxxx'))).toEqual([
      'job.sh -v --from 2024-01-01 --to 2024-01-03',
      'job.sh -v --from 2024-01-04 --to 2024-01-05',
    ]);
  });

  test('sweeps over off-days, and never over an expected date that is not planned', () => {
    expect(chunks(jobOf(RANGE), daysIn('x.x.x'), { expected: daysIn('x.xxx') })).toEqual([
      'job.sh -v --from 2024-01-01 --to 2024-01-03',
      'job.sh -v --from 2024-01-05 --to 2024-01-05',
    ]);
  });

  test('is told to forget its checkpoint where its option is declared', () => {
    expect(chunks(jobOf(FRESH_RANGE), daysIn('xx'))).toEqual(['job.sh --from 2024-01-01 --to 2024-01-02 --no-resume']);
  });
});

test('a job that takes one date gets a command for each, whatever its chunk says', () => {
  expect(chunks(jobOf(ONE), daysIn('x.x'))).toEqual(['job.sh --date 2024-01-01', 'job.sh --date 2024-01-03']);
});

test('a statement takes any dates, and has no command', () => {
  expect(chunks(jobOf(SQL), daysIn('xx.xx'))).toEqual(['1: 2024-01-01 2024-01-02 2024-01-04', '2: 2024-01-05']);
});

test('a job that is not told its dates is refused: it would take dates of its own choice', () => {
  const chunked = chunksOf(jobOf('{ command: [job.sh] }'), daysIn('x'), {
    expected: daysIn('x'),
    python: undefined,
    canary: undefined,
    listInWords: false,
  });
  expect(chunked).toEqual({
    ok: false,
    message:
      'job it does not say how it is told its dates, and would take dates of its own choice: declare `dates` with list, range or one',
  });
});

describe('the interpreter', () => {
  test('stands wherever ${python} stands in the command', () => {
    const job = commandJob('{ command: ["${python}", -m, pkg, "--with=${python}"], dates: { one: --date } }');
    expect(commandOf(job, [FIRST], { python: '/py', listInWords: false })).toEqual([
      '/py',
      '-m',
      'pkg',
      '--with=/py',
      '--date',
      '2024-01-01',
    ]);
  });

  test('stays a name where none was found: the plan is refused for it, and shows what is lacking', () => {
    expect(commandOf(commandJob(LIST), [FIRST], { python: undefined, listInWords: false })[0]).toBe('${python}');
  });
});

describe('the canary', () => {
  test.each([
    ['the first date', 'xxxx', '2024-01-01', ['2024-01-01', '2024-01-02 2024-01-03 2024-01-04']],
    ['one in the middle', 'xxxx', '2024-01-03', ['2024-01-03', '2024-01-01 2024-01-02', '2024-01-04']],
    ['the last date', 'xxxx', '2024-01-04', ['2024-01-04', '2024-01-01 2024-01-02 2024-01-03']],
    ['the only date', 'x', '2024-01-01', ['2024-01-01']],
    ['a date that is not planned', 'xx', '2024-01-09', ['2024-01-01 2024-01-02']],
  ])('that is %s comes first and alone, the others after it in order', (_which, letters, canary, parts) => {
    expect(chunks(jobOf(SQL), daysIn(letters), { canary: parseDay(canary) })).toEqual(
      parts.map((part, i) => `${i + 1}: ${part}`),
    );
  });
});

describe('whatever the job and the dates', () => {
  /** A calendar of expected days, some of them planned, one of those perhaps the canary. */
  const someWork = fc
    .record({
      letters: fc.array(fc.constantFrom('planned', 'expected', 'off'), { maxLength: 40 }),
      canary: fc.nat(40),
      hasCanary: fc.boolean(),
      chunk: fc.integer({ min: 1, max: 9 }),
      kind: fc.constantFrom(LIST, RANGE, FRESH_RANGE, ONE, SQL),
    })
    .map(({ letters, canary, hasCanary, chunk, kind }) => {
      const of = (...wanted: readonly string[]): DaySet =>
        DaySet.of(letters.flatMap((letter, i) => (wanted.includes(letter) ? [addDays(FIRST, i)] : [])));
      const dates = of('planned');
      return {
        job: jobOf(kind.replace('chunk: 3', `chunk: ${chunk}`)),
        chunk,
        dates,
        expected: of('planned', 'expected'),
        canary: hasCanary ? [...dates][canary] : undefined,
      };
    });

  test('the chunks hold every date once, and none more than the job takes', () => {
    fc.assert(
      fc.property(someWork, ({ job, chunk, dates, expected, canary }) => {
        const chunked = chunksOf(job, dates, { expected, python: 'py', canary, listInWords: false });
        if (!chunked.ok) throw new Error(chunked.message);
        const all = [...dates];
        const covered = chunked.chunks.flatMap(({ at, count }) => all.slice(at, at + count));
        expect([...covered].sort((a, b) => a - b)).toEqual(all);
        expect(new Set(chunked.chunks.map(({ id }) => id)).size).toBe(chunked.chunks.length);
        for (const { count } of chunked.chunks) {
          expect(count).toBeGreaterThan(0);
          expect(count).toBeLessThanOrEqual(chunk);
        }
        if (canary !== undefined) expect(chunked.chunks[0]).toMatchObject({ at: all.indexOf(canary), count: 1 });
      }),
    );
  });

  test('a command names exactly its dates: a range holds no other expected one', () => {
    const named = (argv: readonly string[], expected: DaySet): readonly Day[] => {
      const dates = argv.flatMap(part => part.split(',')).flatMap(part => parseDay(part) ?? []);
      const [from, to] = dates;
      return argv.includes('--to') && from !== undefined && to !== undefined
        ? [...expected.within({ from, to })]
        : dates;
    };
    fc.assert(
      fc.property(someWork, ({ job, dates, expected, canary }) => {
        const chunked = chunksOf(job, dates, { expected, python: 'py', canary, listInWords: false });
        if (!chunked.ok) throw new Error(chunked.message);
        const all = [...dates];
        for (const { at, count, argv } of chunked.chunks)
          if (argv !== undefined) expect(named(argv, expected)).toEqual(all.slice(at, at + count));
      }),
    );
  });
});
