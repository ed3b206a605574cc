// Some rows as an aligned text, for people who asked to see what is wrong.

/** A row's values; `null` is NULL. */
type Row = readonly (string | null)[];

/** Values longer than this are cut. Characters. */
const MOST_CHARACTERS = 32;

/** Columns and rows as lines, the columns aligned; a line that says so where there are no rows. */
export function rowLines(columns: readonly string[], rows: readonly Row[]): readonly string[] {
  if (rows.length === 0) return ['no row is like that in the range'];
  const texts = [columns, ...rows].map(row => row.map(value => cut(value ?? 'NULL')));
  const widths = columns.map((_, i) => Math.max(...texts.map(row => row[i]?.length ?? 0)));
  return texts.map(row =>
    row
      .map((text, i) => text.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function cut(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS - 1)}…` : line;
}
