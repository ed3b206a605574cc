// A calendar day as a branded whole number: parsed and printed here and nowhere else (rule 13).

declare const dayBrand: unique symbol;

/** A calendar day of the proleptic Gregorian calendar: whole days since 1970-01-01, without time or zone. */
export type Day = number & { readonly [dayBrand]: 'Day' };

const ISO_DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAYS_PER_ERA = 146_097; // 400 Gregorian years
const DAYS_TO_1970 = 719_468; // from 0000-03-01, where the arithmetic below starts its years

/** The day of a civil date. The caller vouches that the date exists: `parseDay` checks text from outside. */
export function civilDay(year: number, month: number, dayOfMonth: number): Day {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + dayOfMonth - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return (era * DAYS_PER_ERA + dayOfEra - DAYS_TO_1970) as Day;
}

/** Year, month (1–12) and day of the month (1–31) of a day. */
export function civilParts(day: Day): { readonly year: number; readonly month: number; readonly dayOfMonth: number } {
  const shifted = day + DAYS_TO_1970;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    dayOfMonth: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  };
}

/** The day written `YYYY-MM-DD`; `undefined` for any other text and for dates that do not exist (2023-02-29). */
export function parseDay(text: string): Day | undefined {
  const match = ISO_DAY.exec(text);
  if (match === null) return undefined;
  const [year, month, dayOfMonth] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || dayOfMonth < 1) return undefined;
  const day = civilDay(year, month, dayOfMonth);
  return formatDay(day) === text ? day : undefined;
}

/** A day as `YYYY-MM-DD`. */
export function formatDay(day: Day): string {
  const { year, month, dayOfMonth } = civilParts(day);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`;
}

/** The day `count` days later (earlier where negative). */
export function addDays(day: Day, count: number): Day {
  return (day + count) as Day;
}

/** Day of the week, Monday = 0 … Sunday = 6. */
export function weekday(day: Day): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** Dates in data before this or after `LAST_SENSIBLE_DAY` are findings of their own (rule 6): placeholders such as 9999-12-31. */
export const FIRST_SENSIBLE_DAY: Day = civilDay(1900, 1, 1);
/** See `FIRST_SENSIBLE_DAY`. */
export const LAST_SENSIBLE_DAY: Day = civilDay(2199, 12, 31);

/** Whether a date found in data can be meant. */
export function isSensible(day: Day): boolean {
  return day >= FIRST_SENSIBLE_DAY && day <= LAST_SENSIBLE_DAY;
}
