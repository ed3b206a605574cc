// The header of a CSV file, read from its first bytes: nothing is sniffed and no type is guessed.
import { closeSync, openSync, readSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { errorWords } from '../../model/error-words';
import type { HeaderMemory } from './header-memory';
import type { DataFile } from './listing';

/** The names of a file's columns; none where the file is empty; or why it could not be read. */
export type CsvHeader =
  { readonly ok: true; readonly columns: readonly string[] } | { readonly ok: false; readonly message: string };

/** Long enough for nearly every header, and for every header that people write. Bytes. */
const READ_BYTES = [2 * 1024, 64 * 1024] as const;
const LINE_FEED = 10;

/** Reads headers of CSV files (plain, or gzip by their names), one after another. Equal headers are one array. */
export class CsvHeaders {
  private readonly delimiter: string;
  private readonly memory: HeaderMemory;
  private readonly buffer = Buffer.allocUnsafe(READ_BYTES[1]);
  /** Headers by the line that says them. */
  private readonly byLine = new Map<string, readonly string[]>();

  constructor(delimiter: string, memory: HeaderMemory) {
    this.delimiter = delimiter;
    this.memory = memory;
  }

  /** The header of a file, read only where its stamp is not that of the last time. */
  of(file: Pick<DataFile, 'path' | 'stamp'>): CsvHeader {
    const known = this.memory.get(file, this.delimiter);
    if (known !== undefined) return { ok: true, columns: known };
    try {
      return { ok: true, columns: this.memory.set(file, this.delimiter, this.read(file.path)) };
    } catch (error) {
      return { ok: false, message: `${file.path} could not be read: ${errorWords(error)}` };
    }
  }

  private read(path: string): readonly string[] {
    const { buffer } = this;
    const file = openSync(path, 'r');
    try {
      if (path.endsWith('.gz')) {
        const bytes = buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0));
        return this.columnsOf(gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }));
      }
      const [few, many] = READ_BYTES;
      const length = readSync(file, buffer, 0, few, 0);
      const first = buffer.subarray(0, length);
      if (length < few || isWhole(first)) return this.columnsOf(first);
      return this.columnsOf(buffer.subarray(0, readSync(file, buffer, 0, many, 0)));
    } finally {
      closeSync(file);
    }
  }

  /** Files of one table mostly begin with the same bytes: those are looked at once. */
  private columnsOf(bytes: Buffer): readonly string[] {
    if (!isWhole(bytes)) return parseHeader(bytes.toString('utf8'), this.delimiter);
    const line = bytes.toString('latin1', 0, bytes.indexOf(LINE_FEED));
    const columns = this.byLine.get(line) ?? parseHeader(bytes.toString('utf8'), this.delimiter);
    this.byLine.set(line, columns);
    return columns;
  }
}

/** Whether the first line is the header and nothing but: no quote in it may hide its end. */
function isWhole(bytes: Buffer): boolean {
  const end = bytes.indexOf(LINE_FEED);
  return end >= 0 && !bytes.subarray(0, end).includes('"');
}

/** The names in the first line; nameless and repeated ones get a name of their own, as DuckDB would give them. */
function parseHeader(text: string, delimiter: string): readonly string[] {
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
