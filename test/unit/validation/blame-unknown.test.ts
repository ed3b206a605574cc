// What data blame cannot tell, and says so: commits that nobody could look for, and checks of which no date tells since when they fail.
import { describe, expect, test } from 'vitest';
import type { Commits } from '../../../src/git/commits';
import type { Blame } from '../../../src/model/report';
import { blameOf } from '../../../src/validation/blame';
import { BETWEEN, BROKEN, type Given, type Options, commitsAt, suspected } from './suspicions';

describe('commits are not told', () => {
  const NO_WRITES = BROKEN.map(([date, filled]): Given => [date, filled, 'never']);
  const rewritten = (at: string): readonly Given[] =>
    BROKEN.map(([date, filled]) => (filled === 0 ? [date, filled, '2024-01-09T12:00:00Z'] : [date, filled, at]));
  const LATER =
    'the good dates before were written later, or at the same time: the same code wrote both, or they were rewritten since';

  test.each<[string, readonly Given[], Options, string]>([
    [
      'no column of write times is declared',
      BROKEN,
      { table: { written: undefined } },
      'the table declares no column of write times (`written`)',
    ],
    [
      'the column of write times is not there',
      BROKEN,
      { table: { written: { column: 'gone', timezone: 'UTC' } } },
      'no write time of the dates that fail is known',
    ],
    ['no write time is known', NO_WRITES, {}, 'no write time of the dates that fail is known'],
    [
      'none of the good dates is known',
      [...NO_WRITES.slice(0, 3), ...BROKEN.slice(3)],
      {},
      'no write time of the good dates before is known',
    ],
    [
      'none of the bad dates is known',
      [...BROKEN.slice(0, 3), ...NO_WRITES.slice(3)],
      {},
      'no write time of the dates that fail is known',
    ],
    ['all was written at once', rewritten('2024-01-09T12:00:00Z'), {}, LATER],
    ['the good dates were written later', rewritten('2024-01-10T12:00:00Z'), {}, LATER],
  ])('where %s', (_what, given, options, why) => {
    const found = suspected(given, options);
    expect(found.between).toBeUndefined();
    expect(blameOf(found, undefined)).toEqual({
      words: `usage is empty from 2024-01-04 on; left out which commits: ${why}`,
      from: '2024-01-04',
      commits: [],
      leftOut: why,
    });
  });

  test.each<[string, Options, Commits | undefined, string]>([
    ['the table declares no sources', { table: { sources: [] } }, undefined, 'the table declares no `sources`'],
    [
      'the table declares no sources, whatever is known',
      { table: { sources: [] } },
      commitsAt('2024-01-04T12:00:00Z'),
      'the table declares no `sources`',
    ],
    ['git was not asked', {}, undefined, 'git was not asked'],
    ['git knows nothing', {}, { ok: false, message: 'git is not installed', ofAll: true }, 'git is not installed'],
  ])('where %s; both sides are', (_what, options, known, why) => {
    expect(blameOf(suspected(BROKEN, options), known)).toEqual({
      words: `${BETWEEN}; left out which commits: ${why}`,
      from: '2024-01-04',
      lastGood: { date: '2024-01-03', written: '2024-01-04T09:00:00.000Z' },
      firstBad: { date: '2024-01-04', written: '2024-01-05T09:00:00.000Z' },
      commits: [],
      leftOut: why,
    });
  });
});

describe('where nothing has broken, nobody is blamed', () => {
  test.each<[string, readonly Given[], Options, Blame]>([
    [
      'from the beginning on',
      BROKEN.slice(3),
      {},
      {
        words: 'usage is empty from the beginning: from the first date that was judged, 2024-01-04, on',
        from: '2024-01-04',
        commits: [],
      },
    ],
    [
      'from the beginning up to a date',
      [...BROKEN.slice(3), ['2024-01-07', 10]],
      {},
      {
        words: 'usage is empty from the beginning: from the first date that was judged, 2024-01-04, to 2024-01-06',
        from: '2024-01-04',
        commits: [],
      },
    ],
    [
      'now and then',
      [
        ['2024-01-01', 10],
        ['2024-01-02', 0],
        ['2024-01-03', 10],
        ['2024-01-04', 5],
      ],
      {},
      {
        words:
          'usage fails not_null on 2 of 4 dates: good and bad ones alternate, so there is no date from which it fails',
        commits: [],
      },
    ],
    [
      'on no date by itself',
      [
        ['2024-01-01', 9],
        ['2024-01-02', 9],
      ],
      { declared: { column: 'usage', per: 'range', minRows: 20 } },
      { words: 'usage fails not_null: no single date of it fails, so none tells since when', commits: [] },
    ],
    [
      'a table without dates',
      [['1970-01-01', 0]],
      { dated: false },
      { words: 'usage fails not_null: no single date of it fails, so none tells since when', commits: [] },
    ],
  ])('%s', (_what, given, options, expected) => {
    const found = suspected(given, options);
    expect(found).toMatchObject({ between: undefined, leftOut: undefined });
    expect(blameOf(found, commitsAt('2024-01-04T12:00:00Z'))).toEqual(expected);
  });
});
