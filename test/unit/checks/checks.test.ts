// What each check type says of given figures: the specification of the checks.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CHECK_TYPES } from '../../../src/checks/registry';
import { window, windowIn } from '../../../src/checks/declare-dates';
import { formatDay } from '../../../src/model/day';
import { dates, day, evidenceFor, judge, partsOf } from './evidence';

describe('rows (for each unit of the calendar)', () => {
  const teams = { per: 'games', exactly: 2, of: 'team_abbr' };
  // figures: rows, distinct teams
  it('calls a date partial where the schedule wants more: 2 of 16 teams', () => {
    const judgement = judge('rows', teams, [
      { date: '2026-01-02', figures: [20, 20], games: 10 },
      { date: '2026-01-03', figures: [2, 2], games: 8 },
    ]);
    expect(judgement).toMatchObject({ outcome: 'fail', value: { part: 1, whole: 2 } });
    expect(judgement.findings).toMatchObject([{ state: 'partial', reason: '2 of 16 team_abbr' }]);
  });
  it('is not deceived by eight copies of two teams', () => {
    expect(dates(judge('rows', teams, [{ date: '2026-01-03', figures: [16, 2], games: 8 }]))).toEqual([
      '2026-01-03 partial',
    ]);
  });
  it('calls an excess degraded', () => {
    expect(dates(judge('rows', teams, [{ date: '2026-01-03', figures: [18, 18], games: 8 }]))).toEqual([
      '2026-01-03 degraded',
    ]);
  });
  it('says nothing of dates that are not expected: those are unexpected, whatever they hold', () => {
    const judgement = judge('rows', teams, [{ date: '2026-01-03', figures: [2, 2], games: 8, expected: false }]);
    expect(judgement.outcome).toBe('skipped');
  });
  it('counts rows where no column is named, between min and max', () => {
    const playerRows = { per: 'games', min: 17, max: 30 };
    expect(
      dates(
        judge('rows', playerRows, [
          { date: '2026-01-01', figures: [33], games: 2 },
          { date: '2026-01-02', figures: [34], games: 2 },
          { date: '2026-01-03', figures: [61], games: 2 },
        ]),
      ),
    ).toEqual(['2026-01-01 partial', '2026-01-03 degraded']);
  });
});

describe('unique', () => {
  it('finds the rows that repeat a key, by date', () => {
    const judgement = judge(
      'unique',
      ['game_id', 'team_abbr'],
      [
        { date: '2026-01-02', figures: [20, 20] },
        { date: '2026-01-03', figures: [18, 16] },
      ],
    );
    expect(judgement).toMatchObject({ outcome: 'fail', value: { count: 2 } });
    expect(dates(judgement)).toEqual(['2026-01-03 degraded']);
  });
  it('makes NULL parts of a key a finding of their own', () => {
    const [duplicates, incomplete] = partsOf('unique', ['a', 'b']);
    expect([duplicates?.id, incomplete?.id]).toEqual(['unique/a,b', 'key_null/a,b']);
    expect(judge('unique', ['a', 'b'], [{ date: '2026-01-03', figures: [10, 3] }], 1)).toMatchObject({
      outcome: 'fail',
      value: { count: 3 },
    });
  });
});

describe('not_null', () => {
  // figures: rows of the population, NULLs among them
  const given = [
    { date: '2023-11-01', figures: [100, 0] },
    { date: '2023-11-02', figures: [100, 100] },
    { date: '2024-11-01', figures: [100, 2] },
    { date: '2024-11-02', figures: [4, 4] },
  ];
  it('per date: finds the day on which a column is empty, which no percentage of the whole can', () => {
    const judgement = judge('not_null', { column: 'team', min: '50%', per: 'date', minRows: 8 }, given);
    expect(dates(judgement)).toEqual(['2023-11-02 degraded']);
    expect(judgement.message).toContain('not judged: 1 date with fewer than 8 rows');
  });
  it('per season (the default): a dead season does not average out, and its dates get no state', () => {
    const judgement = judge('not_null', { column: 'team', min: '90%' }, given);
    expect(judgement.outcome).toBe('fail');
    expect(judgement.message).toContain('short in 2023-24 50.0 %');
    expect(dates(judgement)).toEqual(['2023-11-02 –']);
  });
  it('over the range: one share of everything', () => {
    expect(judge('not_null', { column: 'team', min: '65%', per: 'range' }, given)).toMatchObject({
      outcome: 'pass',
      value: { part: 198, whole: 304 },
    });
  });
  it('is skipped, never green, where its population has no rows', () => {
    expect(
      judge('not_null', { column: 'usage', where: 'minutes > 0' }, [{ date: '2024-11-01', figures: [0, 0] }]),
    ).toMatchObject({
      outcome: 'skipped',
      message: 'there are no rows with minutes > 0 to judge',
    });
  });
  it('judges several columns each by itself', () => {
    expect(partsOf('not_null', { columns: ['a', 'b'] }).map(part => part.id)).toEqual(['not_null/a', 'not_null/b']);
  });
});

describe('range', () => {
  // figures: filled, outside, unreadable, least, greatest
  it('counts values outside and values that read as no number', () => {
    const judgement = judge('range', { column: 'minutes', min: 0, max: 70, per: 'date' }, [
      { date: '2024-11-01', figures: [100, 1, 0, 0, 99] },
      { date: '2024-11-02', figures: [100, 0, 3, 0, 48] },
      { date: '2024-11-03', figures: [100, 0, 0, 2, 48] },
    ]);
    expect(dates(judgement)).toEqual(['2024-11-01 degraded', '2024-11-02 degraded']);
    expect(judgement.message).toContain('3 values read as no number; values from 0 to 99 were found');
  });
});

describe('expression', () => {
  // figures: population, true, false, NULL
  it('fails on false, and says how many rows cannot be told', () => {
    const judgement = judge('expression', { name: 'zones', holds: 'paint + mid <= fga + 1', per: 'range' }, [
      { date: '2024-11-01', figures: [100, 89, 1, 10] },
    ]);
    expect(judgement).toMatchObject({ outcome: 'fail', value: { part: 99, whole: 100 } });
    expect(judgement.message).toContain('in 10 rows a part of it is NULL');
  });
});

describe('row_count', () => {
  it('says of one date what it holds, and of several what they hold', () => {
    const at = (...counts: readonly number[]): string =>
      judge(
        'row_count',
        { min: 5, per: 'date' },
        counts.map((rows, i) => ({ date: `2026-01-0${i + 1}`, figures: [rows] })),
      ).message;
    expect(at(2, 9)).toContain('1 date holds other than');
    expect(at(2, 3)).toContain('2 dates hold other than');
  });
  it('per date: too few is partial, too many degraded, a date that is not expected is left alone', () => {
    const judgement = judge('row_count', { min: 10, max: 20, per: 'date' }, [
      { date: '2024-11-01', figures: [9] },
      { date: '2024-11-02', figures: [10] },
      { date: '2024-11-03', figures: [21] },
      { date: '2024-11-04', figures: [1], expected: false },
    ]);
    expect(dates(judgement)).toEqual(['2024-11-01 partial', '2024-11-03 degraded']);
  });
  it('over the range and per season', () => {
    const rows = [
      { date: '2023-11-01', figures: [100] },
      { date: '2024-11-01', figures: [10] },
    ];
    expect(judge('row_count', { min: 111 }, rows).outcome).toBe('fail');
    expect(judge('row_count', { min: 110 }, rows).outcome).toBe('pass');
    expect(judge('row_count', { min: 11, per: 'season' }, rows).message).toBe(
      '2024-25: 10 rows; at least 11 asked for',
    );
  });
});

describe('declarations', () => {
  const refused: readonly [string, unknown, string][] = [
    ['rows', { per: 'games' }, 'exactly'],
    ['rows', { per: 'games', exactly: 2, min: 1 }, 'either'],
    ['row_count', {}, 'min'],
    ['row_count', { min: 3, max: 2 }, 'above'],
    ['range', { column: 'a' }, 'min'],
    ['range', { column: 'a', min: 2, max: 1 }, 'above'],
    ['not_null', {}, 'column'],
    ['not_null', { column: 'a', columns: ['b'] }, 'either'],
    ['not_null', { column: 'a', min: 95 }, 'write 95%'],
    ['not_null', { column: 'a', min: '101%' }, 'not a share'],
    ['expression', { holds: 'a' }, 'name'],
    ['unique', [], '1'],
  ];
  it.each(refused)('%s %j is refused, saying %s', (type, declared, word) => {
    const parsed = CHECK_TYPES.get(type)?.declaration.safeParse(declared);
    expect(parsed?.success).toBe(false);
    expect(JSON.stringify(parsed?.error)).toContain(word);
  });
});

describe('every share check', () => {
  it('passes exactly where no scope misses the threshold', () => {
    const part = partsOf('not_null', { column: 'a', min: '80%', per: 'date', minRows: 5 })[0];
    if (part === undefined) throw new Error('no part');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { maxLength: 20 }), pairs => {
        const given = pairs.map(([whole, nulls], i) => ({
          date: `2024-11-${String(i + 1).padStart(2, '0')}`,
          figures: [whole, Math.min(whole, nulls)],
        }));
        const wrong = given.filter(
          ({ figures: [whole = 0, nulls = 0] }) => whole >= 5 && (whole - nulls) / whole < 0.8,
        );
        const judgement = part.judge(evidenceFor(part.figures, given));
        expect(judgement.findings.length).toBe(wrong.length);
        expect(judgement.outcome === 'fail').toBe(wrong.length > 0);
      }),
    );
  });
});

describe('constant', () => {
  // figures: filled rows, rows that hold the most frequent value
  const rows = (filled: number, most: number): { date: string; figures: number[] } => ({
    date: '2024-01-02',
    figures: [filled, most],
  });
  it.each([
    ['just under', 98, 'pass'],
    ['at', 99, 'pass'],
    ['just over', 100, 'fail'],
  ])('%s the most that one value may hold', (_where, most, outcome) => {
    expect(judge('constant', { column: 'x' }, [rows(100, most)]).outcome).toBe(outcome);
  });
  it('says nothing of dates with too few rows', () => {
    expect(judge('constant', { column: 'x' }, [rows(7, 7)]).outcome).toBe('skipped');
    expect(dates(judge('constant', { column: 'x' }, [rows(8, 8)]))).toEqual(['2024-01-02 degraded']);
  });
  it('per season: one value throughout a season is found, though another season has another', () => {
    // figures: filled rows, least and greatest of what stands for the values
    const given = [
      { date: '2023-11-01', figures: [10, 7, 7] },
      { date: '2023-11-02', figures: [10, 7, 7] },
      { date: '2024-11-01', figures: [10, 8, 8] },
      { date: '2024-11-02', figures: [10, 9, 9] },
    ];
    const judgement = judge('constant', { column: 'x', per: 'season' }, given);
    expect(judgement).toMatchObject({ outcome: 'fail', value: { count: 1 } });
    expect(judgement.message).toBe('x holds one value throughout (2023-24: 20 rows)');
    expect(dates(judgement)).toEqual(['2023-11-01 –', '2023-11-02 –']);
    expect(judge('constant', { column: 'x', per: 'range' }, given)).toMatchObject({ outcome: 'pass' });
  });
  it.each([
    ['just under', 49, 'pass'],
    ['at', 50, 'pass'],
    ['just over', 51, 'fail'],
  ])('%s the most that one value may hold of a season, counted by a statement of its own', (_where, part, outcome) => {
    const [made] = partsOf('constant', { column: 'x', per: 'season', max: '50%' });
    const days = ['2023-11-01', '2023-11-02', '2024-11-01'].map(day);
    const query = {
      state: 'measured',
      days,
      values: [
        [50, 50, 100],
        [part - 20, 20, 10],
      ],
      undated: 0,
    } as const;
    const judgement = made?.judge(
      evidenceFor(
        [],
        days.map(each => ({ date: formatDay(each), figures: [] })),
        { query },
      ),
    );
    expect(judgement?.outcome).toBe(outcome);
    expect(judgement?.findings.map(each => formatDay(each.day))).toEqual(outcome === 'fail' ? ['2023-11-01'] : []);
  });
});

describe('a window', () => {
  it.each<[unknown, string, string | undefined]>([
    ['30d', '2024-01-31', '2024-01-02'],
    ['1d', '2024-01-31', '2024-01-31'],
    [{ from: '2024-01-15' }, '2024-01-31', '2024-01-15'],
    [{ to: '2024-01-03' }, '2024-01-03', '2024-01-01'],
    [{ from: '2023-01-01', to: '2024-01-02' }, '2024-01-02', '2024-01-01'],
    [{ from: '2024-02-01' }, '', undefined],
  ])('of %j in January', (declared, to, from) => {
    const found = windowIn(window.parse(declared), { from: day('2024-01-01'), to: day('2024-01-31') });
    expect(found === undefined ? undefined : [formatDay(found.from), formatDay(found.to)]).toEqual(
      from === undefined ? undefined : [from, to],
    );
  });
  it.each([['30'], [{}], [{ from: '2024-02-01', to: '2024-01-01' }]])('is not %j', declared => {
    expect(window.safeParse(declared).success).toBe(false);
  });
  it('may be said of every check that is more than a list', () => {
    for (const { name, declaration } of CHECK_TYPES.values())
      expect(
        `${name} ${JSON.stringify(z.toJSONSchema(declaration, { io: 'input', unrepresentable: 'any' }))}`,
      ).toContain('"window"');
  });
});

describe('not_default and pattern', () => {
  it('judge the share of filled rows', () => {
    const given = [{ date: '2024-01-02', figures: [100, 6] }];
    expect(judge('not_default', { column: 'x', values: [0], min: '95%' }, given).outcome).toBe('fail');
    expect(judge('not_default', { column: 'x', values: [0], min: '94%' }, given).outcome).toBe('pass');
    expect(judge('pattern', { column: 'x', matches: '00[0-9]{8}', min: '94%' }, given).outcome).toBe('pass');
    expect(judge('pattern', { column: 'x', matches: '00[0-9]{8}' }, given).outcome).toBe('fail');
  });
  it('refuse what is no regular expression', () => {
    expect(CHECK_TYPES.get('pattern')?.declaration.safeParse({ column: 'x', matches: '(' }).success).toBe(false);
  });
});

describe('date_gaps', () => {
  const week = (present: readonly number[]): { date: string; figures: number[] }[] =>
    [2, 3, 4, 5, 6].map(date => ({ date: `2024-01-0${date}`, figures: [present.includes(date) ? 5 : 0] }));
  it.each([
    ['no gap', [2, 3, 4, 5, 6], 0, 'pass'],
    ['a gap that is allowed', [2, 3, 6], 2, 'pass'],
    ['a gap that is one too long', [2, 6], 2, 'fail'],
    ['a gap at the end', [2, 3], 2, 'fail'],
  ])('%s', (_what, present, max, outcome) => {
    expect(judge('date_gaps', { max }, week(present)).outcome).toBe(outcome);
  });
  it('names the dates of gaps that are too long, and no others', () => {
    expect(dates(judge('date_gaps', { max: 1 }, week([2, 4])))).toEqual(['2024-01-05 –', '2024-01-06 –']);
  });
  it('makes no gap of off-days', () => {
    const given = week([2, 6]).map(each => ({ ...each, expected: each.figures[0] !== 0 }));
    expect(judge('date_gaps', { max: 0 }, given).outcome).toBe('pass');
  });
});

describe('freshness', () => {
  // 2024-01-03 is due on the 4th at six
  const due = Date.UTC(2024, 0, 4, 6);
  const written = (hoursBefore: number): { date: string; figures: number[] }[] => [
    { date: '2024-01-03', figures: [due - hoursBefore * 3_600_000] },
  ];
  it.each([
    [29.9, 'pass'],
    [30, 'pass'],
    [30.1, 'fail'],
    [-5, 'pass'],
  ])('a newest write %s hours before the newest date was due', (hours, outcome) => {
    expect(judge('freshness', { maxAge: '30h' }, written(hours)).outcome).toBe(outcome);
  });
});

describe('writes_per_date', () => {
  it('finds dates that were written more often than they may', () => {
    const judgement = judge('writes_per_date', { max: 2 }, [
      { date: '2024-01-02', figures: [2] },
      { date: '2024-01-03', figures: [3] },
    ]);
    expect(dates(judgement)).toEqual(['2024-01-03 degraded']);
  });
});

describe('reference', () => {
  const declared = { table: 'd.teams', this: 'sum(points)', that: 'sum(points_scored)', tolerance: 2 };
  const [part] = partsOf('reference', declared);
  if (part === undefined) throw new Error('no part');
  const teams = evidenceFor(part.others?.[0]?.figures ?? [], [
    { date: '2024-01-02', figures: [200] },
    { date: '2024-01-03', figures: [210] },
    { date: '2024-01-04', figures: [220] },
  ]).facts;
  const compared = (players: readonly number[]): ReturnType<typeof part.judge> =>
    part.judge(
      evidenceFor(
        part.figures,
        players.map((points, i) => ({ date: `2024-01-0${i + 2}`, figures: [points] })),
        { other: { state: 'measured', facts: teams } },
      ),
    );
  it.each([
    ['the same', [200, 210, 220], []],
    ['at the tolerance', [198, 212, 220], []],
    ['over the tolerance', [197, 213, 220], ['2024-01-02 degraded', '2024-01-03 degraded']],
  ])('%s', (_what, players, found) => {
    expect(dates(compared(players))).toEqual(found);
  });
  it('leaves dates out that the other table does not hold, and says so', () => {
    expect(compared([200, 210, 220, 230])).toMatchObject({ outcome: 'pass' });
    expect(compared([200, 210, 220, 230]).message).toContain('not compared: 1 date');
  });
  it('is an error where the other table cannot be read', () => {
    const judgement = part.judge(
      evidenceFor(part.figures, [{ date: '2024-01-02', figures: [200] }], {
        other: { state: 'unreadable', message: 'no rights' },
      }),
    );
    expect(judgement).toMatchObject({ outcome: 'error' });
    expect(judgement.message).toContain('no rights');
  });
});

describe('regression', () => {
  // figures: rows, rows in which the column holds a value
  const share = (now: number, from = '2024-01-04', before = 100): ReturnType<typeof judge> => {
    const [part] = partsOf('regression', { filled: 'x' });
    if (part === undefined) throw new Error('no part');
    const given = [2, 3, 4, 5].map(on => ({ date: `2024-01-0${on}`, figures: [100, on < 4 ? before : now] }));
    return part.judge(evidenceFor(part.figures, given, { from }));
  };
  it.each([
    [95, 'pass'],
    [94.9, 'warn'],
    [90, 'warn'],
    [89.9, 'fail'],
    [110, 'pass'],
  ])('%s %% of the baseline', (now, outcome) => {
    expect(share(now).outcome).toBe(outcome);
  });
  it('is an error without a baseline, and no improvement', () => {
    expect(share(100, '2024-01-02').outcome).toBe('error');
    expect(share(100, '2024-01-04', 0).outcome).toBe('error');
  });
  it('compares the newest dates with as many before where it is told how many', () => {
    const rows = [2, 3, 4, 5].map(on => ({
      date: `2024-01-0${on}`,
      figures: [on === 5 ? 50 : 100, on === 5 ? 50 : 100],
    }));
    expect(judge('regression', { rows: true, dates: 1 }, rows)).toMatchObject({ outcome: 'fail' });
    expect(partsOf('regression', { rows: true, dates: 3 })[0]?.reach?.(4)).toBe(2);
  });
});
