// Headers of CSV files as they were last read: read again only where a file's stamp is another one. Kept in a file between processes, for opening thousands of files takes longer than judging them.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { STAMP_GRAIN_MS } from '../warehouse';
import type { DataFile } from './listing';

/** So many files are remembered. */
const MOST_KNOWN = 200_000;

/** Of another meaning, it is another one: what an older version kept is read no more. */
const VERSION = 1;

/** What is kept, as JSON. */
interface Kept {
  readonly version: number;
  readonly headers: readonly (readonly [delimiter: string, columns: readonly string[]])[];
  /** By folder and name: the place of a file's header among them, and its stamp. */
  readonly files: Readonly<Record<string, Readonly<Record<string, readonly [place: number, stamp: string]>>>>;
}

interface Known {
  readonly stamp: string;
  readonly header: Header;
}

interface Header {
  readonly delimiter: string;
  readonly columns: readonly string[];
}

export class HeaderMemory {
  private readonly path: string | undefined;
  private readonly known = new Map<string, Known>();
  /** Equal headers are one. */
  private readonly headers = new Map<string, Header>();
  private isNew = false;

  /** @param path where it is kept between processes; absent where it is not */
  constructor(path?: string) {
    this.path = path;
    if (path !== undefined) this.load(path);
  }

  /** The columns of a file, if they were read of the file as it is. */
  get({ path, stamp }: Pick<DataFile, 'path' | 'stamp'>, delimiter: string): readonly string[] | undefined {
    const found = this.known.get(path);
    return found?.stamp === stamp.text && found.header.delimiter === delimiter ? found.header.columns : undefined;
  }

  /** Remembers the columns of a file. Gives them, or equal ones that are remembered already. */
  set(
    { path, stamp }: Pick<DataFile, 'path' | 'stamp'>,
    delimiter: string,
    columns: readonly string[],
  ): readonly string[] {
    const header = this.headerOf(delimiter, columns);
    if (stamp.changedAt < Date.now() - STAMP_GRAIN_MS) {
      if (this.known.size >= MOST_KNOWN) this.known.clear();
      this.known.set(path, { stamp: stamp.text, header });
      this.isNew = true;
    }
    return header.columns;
  }

  /** Keeps what is new. Where that cannot be done, headers are read again next time. */
  save(): void {
    if (this.path === undefined || !this.isNew || !existsSync(dirname(this.path))) return;
    this.isNew = false;
    const places = new Map<Header, number>();
    const files: Record<string, Record<string, readonly [number, string]>> = {};
    for (const [path, { stamp, header }] of this.known) {
      const place = places.get(header) ?? places.size;
      places.set(header, place);
      const folder = dirname(path);
      (files[folder] ??= {})[path.slice(folder.length + sep.length)] = [place, stamp];
    }
    const headers = [...places.keys()].map(({ delimiter, columns }) => [delimiter, columns] as const);
    const all: Kept = { version: VERSION, headers, files };
    const aside = `${this.path}.${process.pid}`;
    try {
      writeFileSync(aside, JSON.stringify(all));
      renameSync(aside, this.path);
    } catch {
      rmSync(aside, { force: true });
    }
  }

  private load(path: string): void {
    try {
      const kept = JSON.parse(readFileSync(path, 'utf8')) as Kept;
      if (kept.version !== VERSION) return;
      const headers = kept.headers.map(([delimiter, columns]) => this.headerOf(delimiter, columns));
      for (const [folder, files] of Object.entries(kept.files))
        for (const [name, [place, stamp]] of Object.entries(files)) {
          const header = headers[place];
          if (header !== undefined) this.known.set(`${folder}${sep}${name}`, { stamp, header });
        }
    } catch {
      this.known.clear(); // there is none yet, or it is spoilt: headers are read
    }
  }

  private headerOf(delimiter: string, columns: readonly string[]): Header {
    const key = JSON.stringify([delimiter, columns]);
    const header = this.headers.get(key) ?? { delimiter, columns };
    this.headers.set(key, header);
    return header;
  }
}
