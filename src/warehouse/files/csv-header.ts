// The header of a CSV file, read from its first bytes: nothing is sniffed and no type is guessed.
import { closeSync, openSync, readSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { errorWords } from '../../model/error-words';
import type { DataFile } from './listing';

/** The names of a file's columns; none where the file is empty; or why it could not be read. */
export type CsvHeader =
  { readonly ok: true; readonly columns: readonly string[] } | { readonly ok: false; readonly message: string };

/** Long enough for every header that people write. Bytes. */
const FIRST_BYTES = 64 * 1024;

/** Reads the header of a CSV file (plain, or gzip by its name). */
export function readCsvHeader(
  path: string,
  delimiter: string,
  buffer: Buffer = Buffer.allocUnsafe(FIRST_BYTES),
): CsvHeader {
  let text: string;
  try {
    const file = openSync(path, 'r');
    try {
      const length = readSync(file, buffer, 0, buffer.length, 0);
      const bytes = buffer.subarray(0, length);
      text = (path.endsWith('.gz') ? gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }) : bytes).toString(
        'utf8',
      );
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return {
      ok: false,
      message: `${path} could not be read: ${errorWords(error)}`,
    };
  }
  return { ok: true, columns: parseHeader(text, delimiter) };
}

/** Headers of files as they were last read, by path: whoever looks again and again, as a run does, reads what is new. */
const known = new Map<
  string,
  { readonly stamp: string; readonly delimiter: string; readonly columns: readonly string[] }
>();
/** Most files have the header of the one before: it is kept once. */
const same = new Map<string, readonly string[]>();
/** So many files are remembered. */
const MOST_KNOWN = 200_000;

/** The header of a file, read only where its stamp is not that of the last time. */
export function csvHeaderOf({ path, stamp }: DataFile, delimiter: string, buffer: Buffer): CsvHeader {
  const before = known.get(path);
  if (before?.stamp === stamp.text && before.delimiter === delimiter) return { ok: true, columns: before.columns };
  const header = readCsvHeader(path, delimiter, buffer);
  if (!header.ok) return header;
  if (known.size >= MOST_KNOWN) known.clear();
  const key = JSON.stringify(header.columns);
  const columns = same.get(key) ?? header.columns;
  same.set(key, columns);
  known.set(path, { stamp: stamp.text, delimiter, columns });
  return { ok: true, columns };
}

/** A buffer for reading many headers one after another. */
export function headerBuffer(): Buffer {
  return Buffer.allocUnsafe(FIRST_BYTES);
}

/** The names in the first line; nameless and repeated ones get a name of their own, as DuckDB would give them. */
export function parseHeader(text: string, delimiter: string): readonly string[] {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  if (text.length === start) return [];
  const names: string[] = [];
  let name = '';
  let quoted = false;
  let i = start;
  for (; i < text.length; i++) {
    const character = text.charAt(i);
    if (quoted) {
      if (character !== '"') name += character;
      else if (text.charAt(i + 1) === '"') {
        name += '"';
        i++;
      } else quoted = false;
    } else if (character === '"' && name === '') quoted = true;
    else if (character === delimiter) {
      names.push(name);
      name = '';
    } else if (character === '\n' || character === '\r') break;
    else name += character;
  }
  if (names.length > 0 || name !== '') names.push(name);
  const used = new Set<string>();
  return names.map((each, position) => {
    const base = each.trim() === '' ? `column${position}` : each;
    let unique = base;
    for (let n = 1; used.has(unique.toLowerCase()); n++) unique = `${base}_${n}`;
    used.add(unique.toLowerCase());
    return unique;
  });
}
