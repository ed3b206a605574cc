// Samples written for tests, and read back by nothing of ours: a naive reader, so that what it finds is evidence.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeSample } from '../../src/sample/write';

export const TEMPLATES = path.resolve(import.meta.dirname, '../../media/sample');

/** A new folder with a sample in it. */
export async function sampleIn(root: string, options: { state: 'start' | 'healthy'; dates?: number }): Promise<string> {
  const folder = mkdtempSync(path.join(root, 'sample-'));
  const written = await writeSample(folder, { templates: TEMPLATES, onProgress: () => undefined, ...options });
  if (!written.ok) throw new Error(written.message);
  return folder;
}

/** A folder for one test file. */
export function temporaryRoot(): { readonly root: string; readonly remove: () => void } {
  const root = mkdtempSync(path.join(tmpdir(), 'phasegate-sample-'));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

export type Row = Readonly<Record<string, string>>;

/** The rows of a CSV file, as text: the sample quotes nothing. */
export function csvRows(file: string): readonly Row[] {
  const [header = '', ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const names = header.split(',');
  return lines.map(line => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
  });
}

/** The dates of a folder of dated files, ascending. */
export function datesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .map(name => name.slice(0, 10))
    .sort();
}
