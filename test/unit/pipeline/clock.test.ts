// Clocks: when days begin in their zone, when dates are due, and by which moment that is decided (rule 14).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Day, addDays, formatDay, parseDay } from '../../../src/model/day';
import {
  type AsOf,
  asOfDay,
  asOfInstant,
  dayAt,
  dueInstant,
  isTimeZone,
  lastDueDay,
  resolveAsOf,
  startOfDay,
} from '../../../src/pipeline/clock';

const HOUR_MS = 3_600_000;

function day(text: string): Day {
  const parsed = parseDay(text);
  if (parsed === undefined) throw new Error(`${text} is no day`);
  return parsed;
}

describe('the moment to judge by', () => {
  const given = day('2025-03-01');
  const declared = day('2026-01-04');
  const now = Date.parse('2026-02-01T12:00:00Z');

  test.each([
    ['the command line, before all', given, declared, { from: 'command', day: given }],
    ['the manifest, where it is frozen', undefined, declared, { from: 'manifest', day: declared }],
    ['now', undefined, undefined, { from: 'now', now }],
  ])('is that of %s', (_, command, manifest, expected) => {
    expect(resolveAsOf(command, manifest, now)).toEqual(expected);
  });

  test.each([
    ['UTC', '2026-01-04T23:59:59.999Z'],
    ['America/New_York', '2026-01-05T04:59:59.999Z'],
    ['Pacific/Kiritimati', '2026-01-04T09:59:59.999Z'],
  ])('of a given day is its last instant in %s', (zone, instant) => {
    expect(new Date(asOfInstant({ from: 'manifest', day: declared }, zone)).toISOString()).toBe(instant);
    expect(asOfDay({ from: 'manifest', day: declared }, zone)).toBe(declared);
  });

  test('of now is another day in another zone', () => {
    const asOf: AsOf = { from: 'now', now: Date.parse('2026-02-01T03:00:00Z') };
    expect(formatDay(asOfDay(asOf, 'UTC'))).toBe('2026-02-01');
    expect(formatDay(asOfDay(asOf, 'America/New_York'))).toBe('2026-01-31');
  });
});

describe('a day begins', () => {
  test.each([
    ['UTC', '2024-03-10', '2024-03-10T00:00:00.000Z', 24],
    ['America/New_York', '2024-03-10', '2024-03-10T05:00:00.000Z', 23],
    ['America/New_York', '2024-11-03', '2024-11-03T04:00:00.000Z', 25],
    ['Europe/London', '2024-03-31', '2024-03-31T00:00:00.000Z', 23],
    ['Europe/London', '2024-10-27', '2024-10-26T23:00:00.000Z', 25],
    // Clocks skipped midnight: the day begins at 01:00.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z', 23],
    // Clocks went back at midnight: 23:00 came twice, at the end of the day before.
    ['America/Sao_Paulo', '2018-02-17', '2018-02-17T02:00:00.000Z', 25],
    // Clocks went back at 00:01: midnight came twice, the day began with the first.
    ['America/St_Johns', '2010-11-07', '2010-11-07T02:30:00.000Z', 25],
    // A day that Samoa never had: it would begin where the next one does.
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z', 0],
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00.000Z', 24],
    ['Asia/Kathmandu', '2024-01-01', '2023-12-31T18:15:00.000Z', 24],
  ])('in %s on %s at %s and lasts %i hours', (zone, date, instant, hours) => {
    expect(new Date(startOfDay(day(date), zone)).toISOString()).toBe(instant);
    expect(startOfDay(addDays(day(date), 1), zone) - startOfDay(day(date), zone)).toBe(hours * HOUR_MS);
  });
});

describe('a date is due', () => {
  test.each([
    ['when it is over', 'UTC', undefined, '2024-05-01', '2024-05-02T00:00:00Z'],
    ['when it is over, after 23 hours', 'America/New_York', undefined, '2024-03-10', '2024-03-11T04:00:00Z'],
    ['when it is over, after 25 hours', 'America/New_York', undefined, '2024-11-03', '2024-11-04T05:00:00Z'],
    ['30 hours after its own midnight', 'America/New_York', 30, '2024-05-01', '2024-05-02T10:00:00Z'],
    ['30 hours on, though an hour is missing', 'America/New_York', 30, '2024-03-10', '2024-03-11T11:00:00Z'],
    ['30 hours on, though an hour came twice', 'America/New_York', 30, '2024-11-03', '2024-11-04T10:00:00Z'],
    ['after the first hour that there was', 'America/Sao_Paulo', 2, '2018-11-04', '2018-11-04T05:00:00Z'],
  ])('%s (%s)', (_, timezone, hours, date, instant) => {
    const rule = { timezone, dueAfterMs: hours === undefined ? undefined : hours * HOUR_MS };
    const due = Date.parse(instant);
    expect(dueInstant(day(date), rule)).toBe(due);
    expect(lastDueDay(rule, { from: 'now', now: due })).toBe(day(date));
    expect(lastDueDay(rule, { from: 'now', now: due - 1 })).toBe(addDays(day(date), -1));
  });

  test.each([
    ['a day is not due on that very day', undefined, '2026-01-03'],
    ['nor where it takes 30 hours', 30, '2026-01-03'],
    ['24 hours are over with the next day', 24, '2026-01-03'],
    ['less than a day is', 20, '2026-01-04'],
    ['two days and an hour', 49, '2026-01-02'],
  ])('as of 2026-01-04: %s', (_, hours, last) => {
    const rule = { timezone: 'America/New_York', dueAfterMs: hours === undefined ? undefined : hours * HOUR_MS };
    expect(formatDay(lastDueDay(rule, { from: 'manifest', day: day('2026-01-04') }))).toBe(last);
  });

  test('is the last due day and no other, in every zone at every moment', () => {
    const zones = [
      'UTC',
      'America/New_York',
      'Europe/London',
      'America/Sao_Paulo',
      'America/St_Johns',
      'Pacific/Apia',
      'Asia/Kathmandu',
      'Africa/Casablanca',
    ];
    const moment = fc.integer({ min: Date.parse('2005-01-01'), max: Date.parse('2027-01-01') });
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.option(fc.integer({ min: 0, max: 100 * HOUR_MS }), { nil: undefined }),
        moment,
        (timezone, dueAfterMs, now) => {
          const rule = { timezone, dueAfterMs };
          const last = lastDueDay(rule, { from: 'now', now });
          expect(dueInstant(last, rule)).toBeLessThanOrEqual(now);
          expect(dueInstant(addDays(last, 1), rule)).toBeGreaterThan(now);
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('an instant lies in the day that began last', () => {
  expect(formatDay(dayAt(Date.parse('2011-12-30T09:59:59.999Z'), 'Pacific/Apia'))).toBe('2011-12-29');
  expect(formatDay(dayAt(Date.parse('2011-12-30T10:00:00Z'), 'Pacific/Apia'))).toBe('2011-12-31');
  expect(formatDay(dayAt(-1, 'UTC'))).toBe('1969-12-31');
});

test.each([
  ['UTC', true],
  ['America/New_York', true],
  ['America/New_Yorck', false],
  ['', false],
])('%s is a zone: %s', (name, known) => {
  expect(isTimeZone(name)).toBe(known);
});
