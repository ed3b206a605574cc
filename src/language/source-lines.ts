// The line of a table's source that computes a column: told only where exactly one does, for a wrong line is worse than none. Pure.
import type { NameMention, PythonNames } from '../scripts/python-names';
import type { SqlName } from '../scripts/sql-names';

/** A file of the code that writes a table. */
export interface SourceText {
  /** From the workspace. */
  readonly file: string;
  readonly text: string;
}

/** How files are read: given, so that an unchanged one is read once. */
export interface SourceReaders {
  python(text: string): PythonNames;
  sql(text: string): readonly SqlName[];
}

/** Where a column gets its value. */
export interface SourceLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Offsets of the name in the file's text. */
  readonly from: number;
  readonly to: number;
}

/** Code that tries the code of a table out: what it expects is written by nobody. */
const TESTS = /(?:^|\/)(?:tests?\/|conftest\.py$|test_[^/]*\.py$|[^/]*_test\.py$)/;

/**
 * The one place in a table's sources that computes a column; `undefined` where none does, or several, or nobody can tell.
 * @param known columns of the table: a map of names is a row of it if it holds one more of them
 */
export function lineOfColumn(
  column: string,
  known: readonly string[],
  sources: readonly SourceText[],
  readers: SourceReaders,
): SourceLine | undefined {
  const wanted = column.toLowerCase();
  const others = new Set(known.map(name => name.toLowerCase()).filter(name => name !== wanted));
  const found = sources.flatMap(({ file, text }): readonly Found[] => {
    if (TESTS.test(file)) return [];
    if (file.endsWith('.py'))
      return readers
        .python(text)
        .mentions.filter(
          ({ writes, name, beside }) =>
            writes &&
            name.toLowerCase() === wanted &&
            (beside === undefined || beside.some(each => others.has(each.toLowerCase()))),
        )
        .map(each => ({ ...at(file, each), isFilled: each.isFilled === true }));
    if (!file.endsWith('.sql')) return [];
    return readers
      .sql(text)
      .filter(({ makes, name }) => makes && name.toLowerCase() === wanted)
      .map(each => ({ ...at(file, each), isFilled: false }));
  });
  // Where a statement is filled with a row, the row is what computes.
  const computed = found.filter(({ isFilled }) => !isFilled);
  const [first, ...more] = computed.length > 0 ? computed : found;
  if (first === undefined || more.length > 0) return undefined;
  const { isFilled: _, ...line } = first;
  return line;
}

interface Found extends SourceLine {
  readonly isFilled: boolean;
}

/** What a table is known to have for columns, by what is declared of it. */
export function knownColumns(table: {
  readonly key: readonly string[];
  readonly columns: ReadonlyMap<string, unknown>;
  readonly date?: { readonly column: string } | undefined;
  readonly written?: { readonly column: string } | undefined;
  readonly checks: readonly { readonly column?: string | undefined }[];
}): readonly string[] {
  const { key, columns, date, written, checks } = table;
  const named = [date?.column, written?.column, ...checks.map(each => each.column)];
  return [...new Set([...key, ...columns.keys(), ...named.filter(name => name !== undefined)])];
}

function at(file: string, { line, from, to }: Pick<NameMention, 'line' | 'from' | 'to'>): SourceLine {
  return { file, line, from, to };
}

/**
 * The line of the function that makes a table's rows: the one around the only row that holds all of the table's key.
 * @param key the table's key
 */
export function writerLine(
  key: readonly string[],
  sources: readonly SourceText[],
  readers: SourceReaders,
): SourceLine | undefined {
  if (key.length === 0) return undefined;
  const found = sources.flatMap(({ file, text }): readonly SourceLine[] => {
    if (!file.endsWith('.py') || TESTS.test(file)) return [];
    return readers
      .python(text)
      .shapes.filter(({ kind, names }) => {
        const has = new Set(names.map(name => name.toLowerCase()));
        return kind === 'dict' && key.every(name => has.has(name.toLowerCase()));
      })
      .flatMap(({ line }) => functionAround(file, text, line) ?? []);
  });
  const lines = new Map(found.map(each => [`${each.file}:${each.line}`, each]));
  const [first] = lines.values();
  return lines.size === 1 ? first : undefined;
}

/** The innermost function whose body a line is in, by its indentation. */
function functionAround(file: string, text: string, line: number): SourceLine | undefined {
  const lines = text.split('\n');
  const indentOf = (of: string): number => /^\s*/.exec(of)?.[0].length ?? 0;
  let indent = indentOf(lines[line - 1] ?? '');
  for (let i = line - 2; i >= 0; i--) {
    const each = lines[i] ?? '';
    if (each.trim() === '' || indentOf(each) >= indent) continue;
    const header = /^(\s*)(?:async\s+)?def\s+(\w+)/.exec(each);
    if (header !== null) {
      const from = lines.slice(0, i).reduce((sum, before) => sum + before.length + 1, 0) + each.indexOf('def');
      return { file, line: i + 1, from, to: from + (header[0].length - (header[1] ?? '').length) };
    }
    // A closing bracket of the row itself ends nothing.
    if (/^\s*[)\]}]/.test(each)) continue;
    indent = indentOf(each);
  }
  return undefined;
}
