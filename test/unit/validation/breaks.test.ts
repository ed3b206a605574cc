// From which date a check fails: dates as letters, one a day, good or failing.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { SeasonRange } from '../../../src/checks/check';
import type { Day } from '../../../src/model/day';
import { DaySet } from '../../../src/model/day-set';
import { type Break, breakOf } from '../../../src/validation/breaks';
import { day } from '../checks/evidence';

const FIRST = day('2024-01-01');
const at = (index: number): Day => (FIRST + index) as Day;

/**
 * The break of dates that are told as letters: `.` good, `x` failing, ` ` not judged, `|` where a season begins.
 * Days are told by their place in the text, the `|` not counted.
 */
function breakIn(text: string): Break {
  const letters = text.replaceAll('|', '');
  const seasons: SeasonRange[] = [];
  for (const [i, part] of text.split('|').entries())
    if (i > 0) {
      const from = text.split('|').slice(0, i).join('').length;
      seasons.push({ id: `season ${i}`, range: { from: at(from), to: at(from + Math.max(part.length, 1) - 1) } });
    }
  const days = (letter: RegExp): readonly Day[] =>
    [...letters].flatMap((each, i) => (letter.test(each) ? [at(i)] : []));
  return breakOf(days(/[.x]/), DaySet.of(days(/x/)), seasons);
}

/** A break in words: `6-9 on` where it goes on, `sure 7` where the dates before make its beginning doubtful, `restless` where there were any. */
function words(found: Break): string {
  const span = ({ first, last, isOngoing }: { first: Day; last: Day; isOngoing: boolean }): string =>
    `${first - FIRST}-${last - FIRST}${isOngoing ? ' on' : ''}`;
  switch (found.kind) {
    case 'none':
      return 'none';
    case 'alternating':
      return `alternating ${found.bad} of ${found.judged}`;
    case 'from-the-beginning':
      return `from the beginning ${span(found)}`;
    case 'break':
      return [
        span(found),
        ...(found.sure === found.first ? [] : [`sure ${found.sure - FIRST}`]),
        ...(found.wasRestless ? ['restless'] : []),
      ].join(', ');
  }
}

const told = (text: string): string => words(breakIn(text));

describe('where no date fails, or all do', () => {
  test.each([
    ['', 'none'],
    ['......', 'none'],
    ['x', 'from the beginning 0-0 on'],
    ['xxxx', 'from the beginning 0-3 on'],
    ['xxx...', 'from the beginning 0-2'],
    ['   xx .', 'from the beginning 3-4'],
  ])('"%s": %s', (text, expected) => expect(told(text)).toBe(expected));
});

describe('a break', () => {
  test.each([
    ['...xx', '3-4 on'],
    ['.x', '1-1 on'],
    ['...xx..', '3-4'],
    ['.....x....', '5-5'],
    ['...  xx  x  .', '5-9'], // what is not judged says nothing
    ['xx.....xxx', '7-9 on'], // five good dates are firm ground
    ['xx....xxx', '6-8 on, sure 8, restless'], // four are not
    ['.....x.....xx', '11-12 on'],
    ['.x.xx', '3-4 on, sure 4, restless'],
    ['.xx.xxxx..', '4-7, sure 6, restless'],
    ['xx.xxx', '3-5 on, sure 5, restless'],
    ['.xxxx.....x.xx', '12-13 on, sure 13, restless'], // only the dates since then
  ])('"%s": %s', (text, expected) => expect(told(text)).toBe(expected));

  it('has its good dates, wherever they were, and the failing ones that are sure', () => {
    expect(breakIn('..x.xxx.')).toEqual({
      kind: 'break',
      first: at(4),
      last: at(6),
      isOngoing: false,
      sure: at(5),
      good: [at(0), at(1), at(3)],
      bad: [at(5), at(6)],
      wasRestless: true,
    });
  });
});

describe('good and bad dates that alternate', () => {
  test.each([
    ['.x.x', 'alternating 2 of 4'],
    ['.x.x.', 'alternating 2 of 5'],
    ['x.x', 'alternating 2 of 3'],
    ['.xxx..xx', 'alternating 5 of 8'],
    ['.xx....xx', 'alternating 4 of 9'], // four good dates are no firm ground
    ['.x. x .x', 'alternating 3 of 6'],
  ])('"%s": %s', (text, expected) => expect(told(text)).toBe(expected));
});

describe('a season', () => {
  test.each([
    ['|.x.x.|xxx', '5-7 on, restless'], // all of it fails: its first date is sure
    ['|.x.x|xxx', '4-6 on, restless'], // the last of the season before failed by chance
    ['|.x. | xxx', '5-7 on, restless'], // its first judged date may come later
    ['|.xx.x|xxx', '5-7 on, restless'],
    ['|.xxx.xx|xx', '7-8 on, restless'],
    ['|.x.xxx|xx', '3-7 on, sure 4, restless'], // it was sure before the season began
    ['|.x.|.xx', '4-5 on, sure 5, restless'], // it began well
    ['|.....|xxx', '5-7 on'],
    ['|...xx|xx', '3-6 on'],
    ['|.x.|x', 'alternating 2 of 4'],
  ])('"%s": %s', (text, expected) => expect(told(text)).toBe(expected));
});

describe('whatever the dates', () => {
  const letters = (most = 40): fc.Arbitrary<string> =>
    fc.array(fc.constantFrom('.', '.', 'x', ' '), { maxLength: most }).map(each => each.join(''));
  const seasoned = fc.array(fc.constantFrom('.', '.', 'x', ' ', '|'), { maxLength: 40 }).map(each => each.join(''));

  it('fails from the first on to the last, and not on the date before, nor behind', () => {
    fc.assert(
      fc.property(letters(), text => {
        const found = breakIn(text);
        if (found.kind !== 'break') return;
        const judged = [...text].flatMap((letter, i) => (letter === ' ' ? [] : [{ letter, i: at(i) }]));
        const inside = judged.filter(({ i }) => i >= found.first && i <= found.last);
        expect(inside.map(({ letter }) => letter).join('')).toMatch(/^x+$/);
        expect(judged.findLast(({ i }) => i < found.first)?.letter).toBe('.');
        expect(judged.filter(({ i, letter }) => i > found.last && letter === 'x')).toEqual([]);
        expect(found.isOngoing).toBe(judged.at(-1)?.i === found.last);
        expect(found.good).toEqual(
          judged.filter(({ i, letter }) => i < found.first && letter === '.').map(({ i }) => i),
        );
        expect(found.bad).toEqual(inside.filter(({ i }) => i >= found.sure).map(({ i }) => i));
        expect(found.bad.length).toBeGreaterThan(0);
      }),
    );
  });
  it('is doubtful for as many dates as failed in a row since there was firm ground', () => {
    fc.assert(
      fc.property(letters(), text => {
        const judged = text.replaceAll(' ', '');
        const run = /x+(?=\.*$)/.exec(judged)?.[0] ?? '';
        const before =
          judged
            .slice(0, judged.lastIndexOf(run))
            .split(/\.{5,}/)
            .at(-1) ?? '';
        const longest = Math.max(0, ...(before.match(/x+/g) ?? []).map(each => each.length));
        const found = breakIn(text);
        if (found.kind === 'break') {
          expect(run.length - found.bad.length).toBe(longest);
          expect(found.wasRestless).toBe(longest > 0);
        } else expect(found.kind === 'alternating').toBe(run !== '' && run.length <= longest);
      }),
    );
  });
  it('is the same after good dates, but that it does not go on', () => {
    fc.assert(
      fc.property(seasoned, text => {
        const [before, after] = [breakIn(text), breakIn(`${text}.`)];
        if (before.kind === 'alternating') expect(after).toEqual({ ...before, judged: before.judged + 1 });
        else if (before.kind === 'none') expect(after).toEqual(before);
        else expect(after).toEqual({ ...before, isOngoing: false });
      }),
    );
  });
  it('is the same whatever was before firm ground, but for what was good then', () => {
    fc.assert(
      fc.property(letters(), letters(), (before, text) => {
        const [without, within] = [breakIn(`.....${text}`), breakIn(`${before}.....${text}`)];
        if (without.kind === 'none') return;
        const moved = words(without).replaceAll(/(?<=^|-|sure )\d+/g, of => String(Number(of) + before.length));
        if (without.kind === 'break') expect(words(within)).toBe(moved);
        else expect(within.kind).toBe(without.kind);
      }),
    );
  });
  it('a season moves its beginning forward at most, to its own first date', () => {
    fc.assert(
      fc.property(seasoned, text => {
        const [within, without] = [breakIn(text), breakIn(text.replaceAll('|', ''))];
        if (without.kind !== 'break' || within.kind !== 'break') {
          expect(within).toEqual(without);
          return;
        }
        expect(within.first).toBeGreaterThanOrEqual(without.first);
        expect(within.sure).toBeLessThanOrEqual(without.sure);
        expect(within).toMatchObject({ last: without.last, isOngoing: without.isOngoing, good: without.good });
      }),
    );
  });
  it('takes note of no failing date that was not judged', () => {
    const judged = [at(0), at(1), at(3)];
    expect(breakOf(judged, DaySet.of([at(2), at(9)]), [])).toEqual({ kind: 'none' });
  });
});
