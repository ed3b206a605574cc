// The header of a CSV file, from its first bytes: as DuckDB names the columns, however long, quoted or packed it is.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { CsvHeaders } from '../../src/warehouse/files/csv-header';
import { HeaderMemory } from '../../src/warehouse/files/header-memory';

const root = mkdtempSync(path.join(tmpdir(), 'phasegate-headers-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const memory = new HeaderMemory();
let count = 0;
/** The columns of a file of its own. */
function columns(content: string | Buffer, { name = 'a.csv', delimiter = ',' } = {}): readonly string[] {
  const file = path.join(root, `${count++}-${name}`);
  writeFileSync(file, content);
  const header = new CsvHeaders(delimiter, memory).of({ path: file, stamp: { text: '1', changedAt: 0 } });
  if (!header.ok) throw new Error(header.message);
  return header.columns;
}

const MANY = Array.from({ length: 900 }, (_, i) => `column_${i}`); // some 10 kB

describe('the columns of a file', () => {
  it.each<[string, string, readonly string[]]>([
    ['of one line', 'a,b\n1,2\n', ['a', 'b']],
    ['that has no rows, and no end of its line', 'a,b', ['a', 'b']],
    ['of Windows', 'a,b\r\n1,2\r\n', ['a', 'b']],
    ['whose lines end with a return alone', 'a,b\r1,2\r', ['a', 'b']],
    ['with a mark of its encoding', '\uFEFFa,b\n', ['a', 'b']],
    ['with letters of any language', 'größe,名前\n', ['größe', '名前']],
    ['with a line break in a name', '"a\nb",c\n1,2\n', ['a\nb', 'c']],
    ['with a delimiter and quotes in a name', '"a,""b""",c\n', ['a,"b"', 'c']],
    ['with names that are there twice, or not at all', 'a,a,,A\n', ['a', 'a_1', 'column2', 'A_2']],
    ['with nothing in it', '', []],
    ['longer than most', `${MANY.join(',')}\n1,2\n`, MANY],
    ['longer than most, with a line break in its last name', `${MANY.join(',')},"x\ny"\n1,2\n`, [...MANY, 'x\ny']],
  ])('%s', (_, text, wanted) => {
    expect(columns(text)).toEqual(wanted);
    expect(columns(gzipSync(text), { name: 'a.csv.gz' })).toEqual(wanted);
  });

  it('are told apart by the delimiter, also where two files begin alike', () => {
    expect(columns('a;b,c\n')).toEqual(['a;b', 'c']);
    expect(columns('a;b,c\n', { delimiter: ';' })).toEqual(['a', 'b,c']);
  });

  it('are one array where they are equal, for thousands of files have the same', () => {
    expect(columns('a,b\n1,2\n')).toBe(columns('"a",b\n'));
  });

  it('are read again when the file is another', () => {
    const file = path.join(root, 'changed.csv');
    const headers = new CsvHeaders(',', memory);
    writeFileSync(file, 'a\n');
    expect(headers.of({ path: file, stamp: { text: '1', changedAt: 0 } })).toMatchObject({ columns: ['a'] });
    writeFileSync(file, 'b\n');
    expect(headers.of({ path: file, stamp: { text: '2', changedAt: 0 } })).toMatchObject({ columns: ['b'] });
  });

  it('of a file that is not there are a message', () => {
    const header = new CsvHeaders(',', memory).of({
      path: path.join(root, 'gone.csv'),
      stamp: { text: '1', changedAt: 0 },
    });
    expect(header.ok ? '' : header.message).toMatch(/gone\.csv could not be read: ENOENT/);
  });
});

describe('what is remembered of files', () => {
  const kept = path.join(root, 'headers.json');
  const stamp = { text: '1', changedAt: 0 };
  const file = path.join(root, 'remembered', 'a.csv');

  it('is the same in another process, and of files as they were alone', () => {
    const first = new HeaderMemory(kept);
    first.set({ path: file, stamp }, ',', ['a', 'b']);
    first.save();
    const next = new HeaderMemory(kept);
    expect(next.get({ path: file, stamp }, ',')).toEqual(['a', 'b']);
    expect(next.get({ path: file, stamp: { text: '2', changedAt: 0 } }, ',')).toBeUndefined();
    expect(next.get({ path: file, stamp }, ';')).toBeUndefined();
    expect(next.get({ path: `${file}x`, stamp }, ',')).toBeUndefined();
  });

  it('is no file that may change again within the tick of its clock', () => {
    const one = new HeaderMemory(kept);
    const now = { path: path.join(root, 'new.csv'), stamp: { text: '1', changedAt: Date.now() } };
    expect(one.set(now, ',', ['a'])).toEqual(['a']);
    expect(one.get(now, ',')).toBeUndefined();
  });

  it.each([
    ['spoilt', '{"version":1,"headers":[[",",["a"'],
    ['of another version', '{"version":0,"headers":[[",",["z"]]],"files":{}}'],
    ['of another shape', '{"version":1,"headers":3,"files":null}'],
    ['nothing', 'null'],
  ])('is nothing where what was kept is %s', (_, text) => {
    writeFileSync(kept, text);
    const one = new HeaderMemory(kept);
    expect(one.get({ path: file, stamp }, ',')).toBeUndefined();
    one.set({ path: file, stamp }, ',', ['a']);
    one.save();
    expect(new HeaderMemory(kept).get({ path: file, stamp }, ',')).toEqual(['a']);
  });

  it('is kept nowhere where the folder is not there', () => {
    const away = path.join(root, 'away', 'headers.json');
    const one = new HeaderMemory(away);
    one.set({ path: file, stamp }, ',', ['a']);
    one.save();
    expect(existsSync(path.dirname(away))).toBe(false);
  });
});
