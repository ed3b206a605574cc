// The coverage grid's geometry: every day of every season has its place, off-days are thin, and what a stretch of days comes to.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_LETTERS, type DateState, type Exclusion } from '../../../src/model/coverage';
import { type Day, addDays, civilDay, formatDay } from '../../../src/model/day';
import type { CoverageReport } from '../../../src/model/report';
import { Axis } from '../../../webview/grid/axis';
import { type Colours, type Pen, paintRows } from '../../../webview/grid/paint';
import { RANK, countsBetween, dateWords, gridRow, reasonOf, stateOf } from '../../../webview/grid/rows';
import { dayTicks, monthAt, monthTicks } from '../../../webview/grid/ticks';

const START = civilDay(2024, 10, 22);
const day = (at: number): Day => addDays(START, at);

/** A table's coverage with seasons given as letters of days. */
function coverage(
  seasons: readonly (readonly [season: string, from: Day, days: string])[],
  states: CoverageReport['states'] = [],
): CoverageReport {
  return {
    table: 'raw.t',
    phase: '1',
    outcome: 'fail',
    message: '',
    days: 0,
    expected: 0,
    counts: { unknown: 0, missing: 0, partial: 0, degraded: 0, stale: 0, complete: 0 },
    excluded: { 'off-day': 0, 'not-yet-due': 0, 'known-gap': 0, bootstrap: 0 },
    unexpected: 0,
    unexpectedDates: [],
    accepted: {},
    share: null,
    maximum: null,
    states,
    seasons: seasons.map(([season, from, days]) => ({ season, from: formatDay(from), days, expected: 0, covered: 0 })),
    source: { file: 'phasegate.yaml', line: 1 },
  };
}

describe('the axis', () => {
  test('gives a day on which nothing is expected less room, unless another table expects something on it', () => {
    const one = coverage([['2024-25', START, 'coc']]);
    const other = coverage([['2024-25', START, 'ccc']]);
    const widths = (axis: Axis): readonly number[] =>
      [0, 1, 2].map(i => {
        const [from, to] = axis.of(day(i)) ?? [0, 0];
        return Number((to - from).toFixed(6));
      });
    expect(widths(new Axis([one]))).toEqual([1, 0.3, 1]);
    expect(widths(new Axis([one, other]))).toEqual([1, 1, 1]);
  });

  test('joins seasons that overlap under the names of both ends, and keeps others apart', () => {
    const axis = new Axis([
      coverage([
        ['2023-24', day(-300), 'c'.repeat(100)],
        ['2024-25', START, 'c'.repeat(10)],
      ]),
      coverage([['other calendar', day(5), 'c'.repeat(10)]]),
    ]);
    expect(axis.segments.map(({ label, from, to }) => [label, formatDay(from), formatDay(to)])).toEqual([
      ['2023-24', formatDay(day(-300)), formatDay(day(-201))],
      ['2024-25 … other calendar', '2024-10-22', formatDay(day(14))],
    ]);
    expect(axis.of(day(-100))).toBeUndefined();
  });

  test('knows every season of overlapping calendars by its name, whichever tables share it', () => {
    const years = ['2022', '2023', '2024'].map((year): readonly [string, Day, string] => [
      year,
      civilDay(Number(year), 1, 1),
      'c'.repeat(year === '2024' ? 366 : 365),
    ]);
    const axis = new Axis([
      coverage(years),
      coverage(years.slice(1)),
      coverage([
        ['22/23', civilDay(2022, 10, 1), 'c'.repeat(240)],
        ['23/24', civilDay(2023, 10, 1), 'c'.repeat(240)],
      ]),
    ]);
    expect(axis.segments.map(({ label }) => label)).toEqual(['2022 … 2024']);
    expect(axis.seasons.map(({ label, from, to }) => `${label}: ${formatDay(from)} ${formatDay(to)}`)).toEqual([
      '2022: 2022-01-01 2022-12-31',
      '22/23: 2022-10-01 2023-05-28',
      '2023: 2023-01-01 2023-12-31',
      '23/24: 2023-10-01 2024-05-27',
      '2024: 2024-01-01 2024-12-31',
    ]);
  });

  const letters = fc.string({ unit: fc.constantFrom('c', 'm', 'p', 'o', 'k'), minLength: 1, maxLength: 300 });
  const axes = fc
    .array(fc.record({ gap: fc.integer({ min: 1, max: 200 }), days: letters }), { minLength: 1, maxLength: 5 })
    .map(parts => {
      let from = START;
      const seasons = parts.map(({ gap, days }, i): readonly [string, Day, string] => {
        const start = addDays(from, gap);
        from = addDays(start, days.length);
        return [String(i), start, days];
      });
      return { axis: new Axis([coverage(seasons)]), seasons };
    });

  test('places every day, one after the other, and finds it again at its place', () => {
    fc.assert(
      fc.property(axes, ({ axis, seasons }) => {
        let end = 0;
        for (const [, from, days] of seasons) {
          for (let i = 0; i < days.length; i++) {
            const [left, right] = axis.of(addDays(from, i)) ?? [Number.NaN, Number.NaN];
            expect(left).toBeGreaterThanOrEqual(end);
            expect(right).toBeGreaterThan(left);
            expect(axis.dayAt((left + right) / 2)).toBe(addDays(from, i));
            end = right;
          }
        }
        expect(axis.width).toBeCloseTo(end, 6);
      }),
    );
  });

  test('steps over the room between seasons, there and back, and stops at its ends', () => {
    fc.assert(
      fc.property(axes, fc.nat(), fc.integer({ min: -400, max: 400 }), ({ axis, seasons }, pick, by) => {
        const all = seasons.flatMap(([, from, days]) =>
          Array.from({ length: days.length }, (_, i) => addDays(from, i)),
        );
        const at = pick % all.length;
        const wanted = all[Math.min(all.length - 1, Math.max(0, at + by))];
        expect(axis.step(all[at] ?? START, by)).toBe(wanted);
      }),
    );
  });

  test('marks the beginnings of months, and each day', () => {
    const axis = new Axis([coverage([['2024-25', START, 'c'.repeat(20)]])]);
    expect(monthTicks(axis).map(({ text }) => text)).toEqual(['Oct', 'Nov']);
    expect(
      dayTicks(axis)
        .map(({ text }) => text)
        .slice(8, 12),
    ).toEqual(['30', '31', 'Nov 1', '2']);
  });

  test('says the year at January, and of a month, only where months of several years stand together', () => {
    const ticksOf = (days: number): readonly string[] =>
      monthTicks(new Axis([coverage([['s', START, 'c'.repeat(days)]])])).map(({ text }) => text);
    expect(ticksOf(100)).toEqual(['Oct', 'Nov', 'Dec', 'Jan']);
    expect(ticksOf(400).slice(0, 5)).toEqual(['Oct', 'Nov', 'Dec', '2025', 'Feb']);
    const axisOfYears = new Axis([coverage([['s', START, 'c'.repeat(800)]])]);
    expect(monthTicks(axisOfYears, 70).map(({ text }) => text)).toEqual([
      'Oct',
      '2025',
      'Apr',
      'Jul',
      'Oct',
      '2026',
      'Apr',
      'Jul',
      'Oct',
    ]);
    expect(monthTicks(axisOfYears, 900).map(({ text }) => text)).toEqual(['Oct', '2025', '2026']);
    const monthOf = (days: number): string | undefined => {
      const axis = new Axis([coverage([['s', START, 'c'.repeat(days)]])]);
      return axis.segments.map(segment => monthAt(segment, 80))[0];
    };
    expect([monthOf(100), monthOf(400)]).toEqual(['Jan', 'Jan 2025']);
  });

  test('of nothing has no days', () => {
    const axis = new Axis([]);
    expect([axis.first, axis.last, axis.width, axis.dayAt(3)]).toEqual([undefined, undefined, 0, undefined]);
  });
});

describe('a row', () => {
  const states: CoverageReport['states'] = [
    [formatDay(day(1)), formatDay(day(2)), 'missing', ''],
    [formatDay(day(4)), formatDay(day(4)), 'partial', '2 of 16 teams'],
  ];
  const own = coverage([['2024-25', START, 'cmmopkb']], states);
  const axis = new Axis([own]);
  const row = gridRow(own, axis);

  test('knows what each of its days is, and that it has no others', () => {
    expect(Array.from({ length: 8 }, (_, i) => stateOf(row, day(i)))).toEqual([
      'complete',
      'missing',
      'missing',
      'off-day',
      'partial',
      'known-gap',
      'bootstrap',
      undefined,
    ]);
    expect(stateOf(row, day(-1))).toBeUndefined();
  });

  test('gives the reason of a date out of the runs of its report', () => {
    expect([0, 1, 4].map(i => reasonOf(row, formatDay(day(i))))).toEqual(['', '', '2 of 16 teams']);
  });

  test('says of each of its days what it is and why, of those too on which nothing is expected', () => {
    expect([0, 1, 3, 4, 5, 6, 7].map(i => dateWords(row, day(i)))).toEqual([
      '2024-10-22: complete',
      '2024-10-23: missing',
      '2024-10-25: off day, nothing is expected',
      '2024-10-26: partial, 2 of 16 teams',
      '2024-10-27: known gap, the manifest says that there is nothing to be had',
      '2024-10-28: bootstrap, the first dates are there to be built upon',
      '2024-10-29: no season',
    ]);
  });

  test('is drawn with a shape of its own for each state: what is there stands on the ground, what is excluded hovers', () => {
    const shapes = Array.from('csdpumkbno', letter => {
      const one = coverage([['s', START, letter]]);
      const itsAxis = new Axis([one]);
      const drawn: string[] = [];
      const pen: Pen = {
        fillStyle: '',
        clearRect: () => undefined,
        fillRect: (_x, y, _width, height) => void drawn.push(`${y}+${height}`),
      };
      const colours = Object.fromEntries([...RANK, 'excluded', 'ground'].map(name => [name, name]));
      paintRows(pen, [gridRow(one, itsAxis)], { left: 0, scale: 20, width: 20 }, colours as unknown as Colours);
      return drawn.slice(1); // the ground is the same for all
    });
    expect(shapes).toEqual([
      ['3+18'],
      ['7+14'],
      ['10+11'],
      ['13+8'],
      ['16+5'],
      ['18+3'],
      ['14+2', '9+2'],
      ['6+2'],
      ['16+2'],
      [],
    ]);
  });

  test('counts what a stretch of days holds', () => {
    expect([...countsBetween(row, day(0), day(4))]).toEqual([
      ['complete', 1],
      ['missing', 2],
      ['off-day', 1],
      ['partial', 1],
    ]);
  });

  test('reads every letter that a report may hold', () => {
    for (const [state, letter] of Object.entries(DAY_LETTERS) as [DateState | Exclusion, string][]) {
      const one = coverage([['s', START, letter]]);
      expect(stateOf(gridRow(one, new Axis([one])), START)).toBe(state);
    }
  });
});
