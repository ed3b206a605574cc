// How single values are written in the manifest: names, zones, sizes. Each is a zod type that parses the text.
import { z } from 'zod';
import { parsed } from '../checks/parsed';
import { isTimeZone } from './clock';
import { nearest } from './nearest';

/** A union whose message says what is wanted where a value is of no kind that it takes. */
export function either<T extends readonly [z.ZodType, z.ZodType, ...z.ZodType[]]>(
  wanted: string,
  options: T,
): z.ZodUnion<T> {
  return z.union(options, { error: () => wanted });
}

export const text = z.string().min(1);

/** A name that may look like a number: `2021`, `3`. The reader takes it as it was written. */
export const idText = either('text or a number', [text, z.number()]).transform(String);

/** A value that ends up as text on a command line or in an environment. */
export const scalarText = either('text, a number, true or false', [z.string(), z.number(), z.boolean()]).transform(
  String,
);

const zones = new Map<string, boolean>();

export const timezone: z.ZodType<string, string> = parsed((written): { value: string } | { message: string } => {
  const known = zones.get(written) ?? isTimeZone(written);
  zones.set(written, known);
  if (known) return { value: written };
  const near = nearest(written, Intl.supportedValuesOf('timeZone'));
  return {
    message: `${written} is no known time zone${near === undefined ? ': write an IANA name such as America/New_York or UTC' : `: did you mean ${near}?`}`,
  };
}).meta({ description: 'An IANA time zone, such as America/New_York or UTC' });

const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  PB: 1e15,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
  PIB: 2 ** 50,
};

/** A size, parsed to bytes; KB, MB, GB are decimal, KiB, MiB, GiB binary. */
export const size: z.ZodType<number, string> = parsed((written): { value: number } | { message: string } => {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*$/.exec(written);
  const unit = SIZE_UNITS[(match?.[2] ?? '').toUpperCase()];
  const bytes = match === null || unit === undefined ? undefined : Math.round(Number(match[1]) * unit);
  if (bytes === undefined || !Number.isSafeInteger(bytes))
    return { message: `${written} is no size: write a number and a unit, as in 20 GB, 500 MB or 4 GiB` };
  return bytes > 0 ? { value: bytes } : { message: `${written} is nothing: write a size such as 20 GB` };
}).meta({ description: 'A size, such as 20 GB, 500 MB or 4 GiB' });
