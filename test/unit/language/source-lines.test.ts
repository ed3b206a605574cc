// The line that computes a column: told where exactly one does, and never a wrong one.
import { describe, expect, test } from 'vitest';
import { lineOfColumn, writerLine } from '../../../src/language/source-lines';
import { pythonNames } from '../../../src/scripts/python-names';
import { sqlOutputs } from '../../../src/scripts/sql-names';

const READERS = { python: pythonNames, sql: sqlOutputs };

/** `file:line` of where `usage_rate` is computed. */
function line(sources: Readonly<Record<string, string>>, column = 'usage_rate'): string | undefined {
  const found = lineOfColumn(
    column,
    Object.entries(sources).map(([file, text]) => ({ file, text })),
    READERS,
  );
  if (found === undefined) return undefined;
  const text = sources[found.file] ?? '';
  expect(text.slice(found.from, found.to).toLowerCase()).toBe(column.toLowerCase());
  return `${found.file}:${found.line}`;
}

describe('in Python', () => {
  test.each([
    ['the key of a row', 'row = {\n  "game_id": game,\n  "usage_rate": usage(box),\n}\n', 'p.py:3'],
    ['a column of a frame', 'frame["points"] = 1\nframe["usage_rate"] = frame["a"] / frame["b"]\n', 'p.py:2'],
    ['a keyword', 'frame = frame.assign(points=1,\n  usage_rate=lambda f: f.a)\n', 'p.py:2'],
    ['an alias in the SQL of a string', 'SQL = """\nSELECT a,\n  b / c AS usage_rate\nFROM t\n"""\n', 'p.py:3'],
    ['in any case', 'row = {"Usage_Rate": 1, "game_id": 2}\n', 'p.py:1'],
    [
      'beside reads of it',
      'row["usage_rate"] = 1\nprint(row["usage_rate"])\nif box["usage_rate"] > 3: pass\n',
      'p.py:1',
    ],
  ])('%s', (_, text, wanted) => {
    expect(line({ 'p.py': text })).toBe(wanted);
  });

  test.each([
    ['read, and never computed', 'print(row["usage_rate"])\n'],
    ['computed under another name', 'row = {"usage": 1, "game_id": 2}\n'],
    ['named by an f-string', 'row[f"{prefix}_rate"] = 1\n'],
    ['computed twice', 'row["usage_rate"] = None\nrow["usage_rate"] = 3\n'],
    ['in a statement with an error of syntax', 'row = {"usage_rate": (1, "game_id": 2}\n'],
    ['in a comment', '# row["usage_rate"] = 1\n'],
    ['listed only', 'COLUMNS = ["game_id", "usage_rate"]\n'],
  ])('not where it is %s', (_, text) => {
    expect(line({ 'p.py': text })).toBeUndefined();
  });

  test('not where two files compute it', () => {
    const text = 'row["usage_rate"] = 1\n';
    expect(line({ 'a.py': text })).toBe('a.py:1');
    expect(line({ 'a.py': text, 'b.py': text })).toBeUndefined();
  });
});

describe('in SQL', () => {
  test.each([
    ['an expression with its name', 'SELECT game_id,\n  100 * used / possessions AS usage_rate\nFROM t\n', 'q.sql:2'],
    [
      'where it is computed, not where it is passed on',
      'WITH a AS (\n  SELECT used / possessions AS usage_rate FROM t\n)\nSELECT usage_rate FROM a\n',
      'q.sql:2',
    ],
    ['the one that passes it on', 'SELECT game_id, usage_rate FROM t\n', 'q.sql:1'],
  ])('%s', (_, text, wanted) => {
    expect(line({ 'q.sql': text })).toBe(wanted);
  });

  test('not where a union computes it twice', () => {
    expect(
      line({ 'q.sql': 'SELECT a AS usage_rate FROM t UNION ALL SELECT b AS usage_rate FROM u\n' }),
    ).toBeUndefined();
  });
});

test('other files say nothing', () => {
  expect(line({ 'README.md': 'usage_rate = 1', 'job.sh': 'usage_rate=1' })).toBeUndefined();
});

describe('the function that writes a table', () => {
  const writer = (text: string): number | undefined =>
    writerLine(['game_id', 'team_abbr'], [{ file: 'p.py', text }], READERS)?.line;

  test('is the one around the row that holds the whole key', () => {
    expect(
      writer(
        'def helper(box):\n    return {"game_id": box, "points": 1}\n\n\ndef process(day):\n    rows = []\n    for box in read(day):\n        rows.append(\n            {\n                "game_id": box["g"],\n                "team_abbr": box["t"],\n            }\n        )\n    return rows\n',
      ),
    ).toBe(5);
  });

  test('is a method as well', () => {
    expect(
      writer(
        'class Job:\n    async def rows(self, day):\n        return [{"game_id": g, "team_abbr": t} for g, t in x]\n',
      ),
    ).toBe(2);
  });

  test.each([
    [
      'two functions make such rows',
      'def a():\n    return {"game_id": 1, "team_abbr": 2}\ndef b():\n    return {"game_id": 1, "team_abbr": 2}\n',
    ],
    ['no row holds the whole key', 'def a():\n    return {"game_id": 1, "points": 2}\n'],
    ['the row stands outside of all functions', 'ROW = {"game_id": 1, "team_abbr": 2}\n'],
  ])('is not told where %s', (_, text) => {
    expect(writer(text)).toBeUndefined();
  });
});
