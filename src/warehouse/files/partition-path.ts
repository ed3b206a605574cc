// The one file that a date of a table is, by the table's pattern.
import { isAbsolute, join } from 'node:path';
import { type Day, formatDay } from '../../model/day';
import type { Location } from '../../pipeline/pipeline';

/** The absolute path of a date's file; `undefined` where the pattern leaves open which file it is. */
export function partitionPath(
  { pattern }: Extract<Location, { kind: 'file-per-date' }>,
  folder: string,
  day: Day,
): string | undefined {
  const iso = formatDay(day);
  const path = pattern.replaceAll('{date:YYYYMMDD}', iso.replaceAll('-', '')).replaceAll('{date}', iso);
  if (/[*?]/.test(path)) return undefined;
  return isAbsolute(path) ? path : join(folder, path);
}
