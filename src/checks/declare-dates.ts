// How dates are written in a declaration: one date, whole days, and the window in which a check holds.
import { z } from 'zod';
import { type Day, parseDay } from '../model/day';
import type { DayRange } from '../model/day-set';
import { parsed } from './parsed';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

export const day: z.ZodType<Day, string> = parsed((written): { value: Day } | { message: string } => {
  const value = parseDay(written);
  if (value !== undefined) return { value };
  const parts = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(written);
  if (parts === null) return { message: `${written} is no date: dates are written as in 2024-10-22` };
  const [year = '', month = '', dayOfMonth = ''] = parts.slice(1);
  const padded = `${year}-${month.padStart(2, '0')}-${dayOfMonth.padStart(2, '0')}`;
  if (padded !== written && parseDay(padded) !== undefined)
    return { message: `${written} is no date: write ${padded}` };
  const name = MONTHS[Number(month) - 1];
  if (name === undefined) return { message: `${written} does not exist: a year has the months 01 to 12` };
  const last =
    [31, 30, 29, 28].find(count => parseDay(`${year}-${month.padStart(2, '0')}-${count}`) !== undefined) ?? 31;
  return { message: `${written} does not exist: ${name} ${year} has ${last} days` };
}).meta({ pattern: String.raw`^\d{4}-\d{2}-\d{2}$`, description: 'A date, such as 2024-10-22' });

/** Whole days, parsed to their number. */
export const wholeDays: z.ZodType<number, string> = parsed((written): { value: number } | { message: string } => {
  const match = /^\s*(\d{1,5})\s*d\s*$/.exec(written);
  return match === null
    ? { message: `${written} is no number of days: write whole days, as in 21d` }
    : { value: Number(match[1]) };
}).meta({ description: 'Whole days, such as 21d' });

/** The dates for which a check is judged, of those that are asked for. */
export type Window =
  /** The newest so many calendar days of the range. */
  | { readonly lastDays: number }
  /** From a date on, up to a date, or between two. */
  | { readonly from?: Day | undefined; readonly to?: Day | undefined };

export const window: z.ZodType<Window> = z
  .union([
    wholeDays.transform(lastDays => ({ lastDays })),
    z
      .strictObject({ from: day.optional(), to: day.optional() })
      .refine(({ from, to }) => from !== undefined || to !== undefined, {
        message: 'window needs `from`, `to` or both',
      })
      .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
        message: 'window ends before it begins: exchange `from` and `to`',
        path: ['to'],
      }),
  ])
  .describe('The dates for which it is judged, as in 30d (the newest) or { from: 2024-10-22 }; all unless said');

/** The part of a range that lies in a window; `undefined` where none does. */
export function windowIn(of: Window, range: DayRange): DayRange | undefined {
  const from = 'lastDays' in of ? range.to - of.lastDays + 1 : (of.from ?? range.from);
  const to = 'lastDays' in of ? range.to : (of.to ?? range.to);
  const inside = { from: Math.max(range.from, from) as Day, to: Math.min(range.to, to) as Day };
  return inside.from <= inside.to ? inside : undefined;
}
