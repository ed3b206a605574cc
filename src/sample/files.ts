// Writes the files of the sample and makes the folders that they need.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Cell = string | number | undefined;

export class FileWriter {
  /** How many files have been written. */
  files = 0;
  private readonly folder: string;
  private readonly made = new Set<string>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** A CSV file; `undefined` is an empty cell. */
  csv(path: string, header: string, rows: readonly (readonly Cell[])[]): void {
    this.text(path, `${[header, ...rows.map(row => row.map(cell => cell ?? '').join(','))].join('\n')}\n`);
  }

  text(path: string, text: string): void {
    const parent = join(this.folder, path, '..');
    if (!this.made.has(parent)) mkdirSync(parent, { recursive: true });
    this.made.add(parent);
    writeFileSync(join(this.folder, path), text);
    this.files++;
  }
}
