// Data blame: since when a check fails, between which writes that began, and which commits lie in between. Given dates, write times and commits.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Check } from '../../../src/checks/check';
import type { Commits } from '../../../src/git/commits';
import { type Day, formatDay } from '../../../src/model/day';
import { suspect } from '../../../src/validation/blame';
import { day, evidenceFor, judge } from '../checks/evidence';
import { BETWEEN, BROKEN, type Given, NO_COMMITS, SOURCE, TABLE, blamed, commitsAt } from './suspicions';

describe('a break', () => {
  it('is told with both sides, and with the commits in between', () => {
    expect(blamed(BROKEN, commitsAt('2024-01-04T12:00:00Z', '2024-01-04T18:30:00Z'))).toEqual({
      words: `${BETWEEN}; 2 commits touched its sources in between`,
      from: '2024-01-04',
      lastGood: { date: '2024-01-03', written: '2024-01-04T09:00:00.000Z' },
      firstBad: { date: '2024-01-04', written: '2024-01-05T09:00:00.000Z' },
      commits: [
        { hash: 'c0', at: '2024-01-04T12:00:00.000Z', subject: 'Commit 0' },
        { hash: 'c1', at: '2024-01-04T18:30:00.000Z', subject: 'Commit 1' },
      ],
    });
  });

  test.each<[string, readonly Given[], string]>([
    ['goes on', BROKEN, `${BETWEEN}; no commit touched its sources in between`],
    [
      'has ended',
      [...BROKEN, ['2024-01-07', 10]],
      `${BETWEEN.replace('2024-01-04 on', '2024-01-04 to 2024-01-06')}; no commit touched its sources in between`,
    ],
    [
      'is of one date',
      [...BROKEN.slice(0, 4), ['2024-01-05', 10]],
      `${BETWEEN.replace('from 2024-01-04 on', 'on 2024-01-04')}; no commit touched its sources in between`,
    ],
    [
      'is not of every row',
      [...BROKEN.slice(0, 3), ['2024-01-04', 0], ['2024-01-05', 5]],
      `${BETWEEN.replace('is empty', 'fails not_null')}; no commit touched its sources in between`,
    ],
    [
      'is of one day, by the minute',
      [
        ['2024-01-03', 10, '2024-01-05T08:59:59Z'],
        ['2024-01-04', 0, '2024-01-05T09:00:00Z'],
      ],
      'usage is empty from 2024-01-04 on, written 2024-01-05 09:00 UTC (last good: 2024-01-03, written 2024-01-05 08:59 UTC); no commit touched its sources in between',
    ],
    [
      'comes after dates that failed now and then: it is told from the first date that is none of them',
      [
        ['2024-01-01', 10],
        ['2024-01-02', 2],
        ['2024-01-03', 10],
        ['2024-01-04', 0],
        ['2024-01-05', 0],
      ],
      'usage is empty from 2024-01-04 on, 2024-01-05 written 2024-01-06 (last good: 2024-01-03, written 2024-01-04); before, dates failed now and then; no commit touched its sources in between',
    ],
    [
      'whose first date was written again since: another date tells when it began',
      [...BROKEN.slice(0, 3), ['2024-01-04', 0, '2024-02-01T00:00:00Z'], ['2024-01-05', 0]],
      'usage is empty from 2024-01-04 on, 2024-01-05 written 2024-01-06 (last good: 2024-01-03, written 2024-01-04); no commit touched its sources in between',
    ],
    [
      'before which a good date was written again: of the others the last tells',
      [...BROKEN.slice(0, 2), ['2024-01-03', 10, '2024-02-01T00:00:00Z'], ...BROKEN.slice(3)],
      BETWEEN.replace('2024-01-03, written 2024-01-04', '2024-01-02, written 2024-01-03') +
        '; no commit touched its sources in between',
    ],
    [
      'before which all was written at once: of those the latest date tells',
      [
        ['2024-01-01', 10, '2024-01-04T00:00:00Z'],
        ['2024-01-02', 10, '2024-01-04T00:00:00Z'],
        ['2024-01-03', 10, '2024-01-03T00:00:00Z'],
        ['2024-01-04', 0, '2024-01-05T00:00:00Z'],
        ['2024-01-05', 0, '2024-01-05T00:00:00Z'],
      ],
      BETWEEN.replace('2024-01-03, written', '2024-01-02, written') + '; no commit touched its sources in between',
    ],
    [
      'whose write time is beyond what a clock shows',
      [
        ['2024-01-03', 10],
        ['2024-01-04', 0, '+200000-01-01T00:00:00Z'],
      ],
      'usage is empty from 2024-01-04 on, written +200000-01-01 (last good: 2024-01-03, written 2024-01-04); no commit touched its sources in between',
    ],
  ])('that %s', (_what, given, words) => {
    expect(blamed(given).words).toBe(words);
  });

  it('of another check fails that check', () => {
    const options = { check: 'range', declared: { column: 'usage', min: 0, max: 1, per: 'date' } };
    const { words } = blamed(BROKEN, NO_COMMITS, options);
    expect(words).toMatch(/^usage fails range from 2024-01-04 on, written 2024-01-05/);
  });

  it('names the date that tells when it began, and not the first, with its write time', () => {
    const rewritten: readonly Given[] = [
      ...BROKEN.slice(0, 3),
      ['2024-01-04', 0, '2024-02-01T00:00:00Z'],
      ['2024-01-05', 0],
    ];
    expect(blamed(rewritten)).toMatchObject({
      from: '2024-01-04',
      firstBad: { date: '2024-01-05', written: '2024-01-06T09:00:00.000Z' },
    });
  });

  it('of a check that has a window is none where all dates of the window fail: it judged no other', () => {
    const dates = BROKEN.map(([date]) => ({ date, figures: [10] }));
    const check: Check = {
      id: 'odd/usage',
      type: 'odd',
      column: 'usage',
      severity: 'fail',
      source: SOURCE,
      figures: [],
      window: { from: day('2024-01-04') },
      judge: () => ({
        outcome: 'fail',
        findings: BROKEN.slice(3).map(([date]) => ({ day: day(date), reason: '' })),
        message: '',
      }),
    };
    const evidence = evidenceFor([], dates);
    const given = { table: TABLE, judgement: check.judge(evidence), facts: evidence.facts, seasons: [] };
    const { window: _none, ...always } = check;
    expect(suspect({ ...given, check }).found.kind).toBe('from-the-beginning');
    expect(suspect({ ...given, check: always }).found.kind).toBe('break');
  });
});

test('a date on which no row holds a value is neither good nor bad for a column that never varies', () => {
  const given = [8, 0, 8].map((filled, i) => ({ date: `2024-01-0${i + 1}`, figures: [filled, 7, 7] }));
  const { outcome, judged } = judge('constant', { column: 'pace', per: 'range' }, given);
  expect([outcome, judged?.map(formatDay)]).toEqual(['fail', ['2024-01-01', '2024-01-03']]);
});

describe('a commit lies in between', () => {
  // The last good write is on the 4th at nine, the first bad one on the 5th at nine. A commit's time is whole seconds.
  test.each([
    ['long before the good write', '2023-12-01T00:00:00Z', false],
    ['a second before the good write', '2024-01-04T08:59:59Z', false],
    ['in the second of the good write', '2024-01-04T09:00:00Z', false],
    ['a second after the good write', '2024-01-04T09:00:01Z', true],
    ['a second before the bad write', '2024-01-05T08:59:59Z', true],
    ['in the second of the bad write', '2024-01-05T09:00:00Z', true],
    ['a second after the bad write', '2024-01-05T09:00:01Z', false],
  ])('that came %s: %s, %j', (_what, time, is) => {
    const { commits, words } = blamed(BROKEN, commitsAt(time));
    expect(commits).toHaveLength(is ? 1 : 0);
    expect(words).toBe(`${BETWEEN}; ${is ? '1 commit' : 'no commit'} touched its sources in between`);
  });
  it('by milliseconds where write times have them', () => {
    const given: readonly Given[] = [
      ['2024-01-03', 10, '2024-01-04T09:00:00.250Z'],
      ['2024-01-04', 0, '2024-01-05T09:00:00.750Z'],
    ];
    const times = ['2024-01-04T09:00:00Z', '2024-01-04T09:00:01Z', '2024-01-05T09:00:00Z', '2024-01-05T09:00:01Z'];
    expect(blamed(given, commitsAt(...times)).commits.map(({ hash }) => hash)).toEqual(['c1', 'c2']);
  });
});

describe('a clone whose history is cut off', () => {
  const cutAt = (at: string, ...times: readonly string[]): Commits => ({
    ...commitsAt(...times),
    cutAt: Date.parse(at),
  });
  test.each<[string, Commits, string, string | undefined]>([
    [
      'after the good write: what was before is not known',
      cutAt('2024-01-04T10:00:00Z', '2024-01-04T12:00:00Z'),
      'at least 1 commit touched its sources in between; history before 2024-01-04 10:00 UTC is not in this clone',
      undefined,
    ],
    [
      'after the bad write: nothing is',
      cutAt('2024-02-01T10:00:00Z', '2024-02-02T12:00:00Z'),
      'left out which commits: history before 2024-02-01 10:00 UTC is not in this clone',
      'history before 2024-02-01 10:00 UTC is not in this clone',
    ],
    [
      'between both, without a commit behind it: what was before may have been one',
      cutAt('2024-01-04T10:00:00Z'),
      'left out which commits: history before 2024-01-04 10:00 UTC is not in this clone',
      'history before 2024-01-04 10:00 UTC is not in this clone',
    ],
    [
      'at the good write: all is',
      cutAt('2024-01-04T09:00:00Z', '2024-01-04T12:00:00Z'),
      '1 commit touched its sources in between',
      undefined,
    ],
    ['before it: all is', cutAt('2023-01-01T00:00:00Z'), 'no commit touched its sources in between', undefined],
  ])('%s', (_what, known, words, leftOut) => {
    const blame = blamed(BROKEN, known);
    expect(blame.words).toBe(`${BETWEEN}; ${words}`);
    expect(blame.leftOut).toBe(leftOut);
  });
});

describe('whatever was written when', () => {
  const dates = fc.array(fc.record({ filled: fc.constantFrom(0, 0, 10, 10, 10, 4), hours: fc.option(fc.nat(400)) }), {
    minLength: 1,
    maxLength: 16,
  });
  const FIRST = Date.parse('2024-01-01T00:00:00Z');
  const given = (of: readonly { readonly filled: number; readonly hours: number | null }[]): readonly Given[] =>
    of.map(({ filled, hours }, i) => [
      formatDay((day('2024-01-01') + i) as Day),
      filled,
      hours === null ? 'never' : new Date(FIRST + hours * 3_600_000).toISOString(),
    ]);

  it('commits are those after a good write and not after a bad one, and nothing else is told of them', () => {
    fc.assert(
      fc.property(dates, fc.array(fc.nat(400), { maxLength: 8 }), (of, hours) => {
        const known = commitsAt(...hours.sort((a, b) => a - b).map(each => FIRST + each * 3_600_000));
        const all = given(of);
        if (all.every(([, filled]) => filled === 10)) return;
        const blame = blamed(all, known);
        const { lastGood, firstBad } = blame;
        expect(lastGood === undefined).toBe(firstBad === undefined);
        expect(blame.commits.length === 0 || blame.leftOut === undefined).toBe(true);
        if (lastGood === undefined || firstBad === undefined) {
          expect(blame.commits).toEqual([]);
          return;
        }
        const written = (of_: { date: string; written: string }): boolean =>
          all.some(([date, , at]) => date === of_.date && at === of_.written);
        expect([written(lastGood), written(firstBad)]).toEqual([true, true]);
        expect(lastGood.date < firstBad.date && lastGood.written < firstBad.written).toBe(true);
        expect(blame.from !== undefined && lastGood.date < blame.from && blame.from <= firstBad.date).toBe(true);
        expect(blame.commits.map(({ hash }) => hash)).toEqual(
          known.commits
            .filter(({ at }) => at > Date.parse(lastGood.written) && at <= Date.parse(firstBad.written))
            .map(({ hash }) => hash),
        );
      }),
    );
  });
});
