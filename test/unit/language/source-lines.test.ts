// The line that computes a column: told where exactly one does, and never a wrong one.
import { describe, expect, test } from 'vitest';
import { knownColumns, lineOfColumn, writerLine } from '../../../src/language/source-lines';
import { pythonNames } from '../../../src/scripts/python-names';
import { sqlOutputs } from '../../../src/scripts/sql-names';

const READERS = { python: pythonNames, sql: sqlOutputs };

/** Columns that are declared of the table. */
const KNOWN = ['game_id', 'points', 'usage_rate'];

/** `file:line` of where `usage_rate` is computed. */
function line(sources: Readonly<Record<string, string>>, column = 'usage_rate'): string | undefined {
  const found = lineOfColumn(
    column,
    KNOWN,
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
    ['the key of a row', 'rows.append({\n  "game_id": game,\n  "usage_rate": usage(box),\n})\n', 'p.py:3'],
    [
      'the key of a row that gets a name',
      'def f():\n  row = {"points": p,\n    "usage_rate": x}\n  return row\n',
      'p.py:3',
    ],
    ['the key of a copy of a row', 'rows.append({**box,\n  "usage_rate": usage(box)})\n', 'p.py:2'],
    [
      'the row, and none of the maps beside it',
      'DTYPES = {"game_id": "str", "usage_rate": "float64"}\nframe = frame.fillna({"usage_rate": 0, "points": zero})\nlog.info("x", extra={"game_id": g, "usage_rate": u})\nrows.append({"game_id": g, "usage_rate": u})\n',
      'p.py:4',
    ],
    ['a column that gets its name', 'frame = raw.rename(columns={"usage": "usage_rate"})\n', 'p.py:1'],
    [
      'the row that a statement is filled with',
      'db.execute("INSERT INTO t (game_id, usage_rate) VALUES (?, ?)", row)\nrow["usage_rate"] = 1\n',
      'p.py:2',
    ],
    ['the statement alone', 'db.execute("INSERT INTO t (game_id, usage_rate) VALUES (?, ?)", row)\n', 'p.py:1'],
    ['a column of a frame', 'frame["points"] = 1\nframe["usage_rate"] = frame["a"] / frame["b"]\n', 'p.py:2'],
    ['a keyword', 'frame = frame.assign(points=1,\n  usage_rate=lambda f: f.a)\n', 'p.py:2'],
    ['an alias in the SQL of a string', 'SQL = """\nSELECT a,\n  b / c AS usage_rate\nFROM t\n"""\n', 'p.py:3'],
    ['in any case', 'rows.append({"Usage_Rate": x, "Game_Id": 2})\n', 'p.py:1'],
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
    ['in a map that holds no other column of the table', 'rows.append({"usage_rate": x, "colour": y})\n'],
    ['an attribute beside no column of the table', 'chart.usage_rate = x\nchart.colour = y\n'],
    ['renamed away', 'frame = raw.rename(columns={"usage_rate": "usage"})\n'],
    ['renamed away, beside others', 'frame = raw.rename(columns={"usage_rate": "usage", "game_id": "game"})\n'],
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

test.each(['test_p.py', 'p_test.py', 'tests/p.py', 'a/test/p.py', 'a/conftest.py'])(
  'code of tests says nothing: %s',
  file => {
    expect(line({ [file]: 'row["usage_rate"] = 1\n' })).toBeUndefined();
  },
);

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

  const TWO =
    'WITH schedule AS (\n  SELECT count(*) AS usage_rate FROM raw.schedule\n), stats AS (\n  SELECT usage_rate FROM raw.stats\n), rates AS (\n  SELECT a / b AS usage_rate FROM raw.r\n)\n';
  test.each<[string, string, number | undefined]>([
    [
      'the expression that it is passed from',
      `${TWO}SELECT schedule.usage_rate FROM schedule JOIN stats USING (id)`,
      2,
    ],
    ['by an alias', `${TWO}SELECT r.usage_rate FROM stats AS s JOIN rates r ON s.id = r.id`, 6],
    ['by the same name again', `${TWO}SELECT r.usage_rate AS usage_rate FROM stats s, rates r`, 6],
    ['by the only source', `${TWO}SELECT usage_rate FROM rates`, 6],
    ['by a star', `${TWO}SELECT * FROM rates`, 6],
    ['by a star of one', `${TWO}SELECT s.id, r.* FROM stats s JOIN rates r USING (id)`, 6],
    ['where it is read from a table', `${TWO}SELECT stats.usage_rate FROM stats JOIN schedule USING (id)`, 4],
    ['where it is read from a file', "SELECT usage_rate FROM read_csv('a.csv')", 1],
    ['in a subquery', 'SELECT x.usage_rate FROM (\n  SELECT a AS usage_rate FROM t\n) AS x', 2],
    [
      'over several',
      'WITH a AS (\nSELECT x AS usage_rate FROM t\n), b AS (SELECT * FROM a) SELECT usage_rate FROM b',
      2,
    ],
    ['of a table that is created', 'CREATE TABLE t AS\nSELECT r.game_id,\n  r.usage_rate FROM raw.r AS r', 3],
    ['of a table that is created in brackets', `CREATE TABLE t AS (${TWO}SELECT usage_rate FROM rates)`, 6],
    ['of one that is filled', 'INSERT INTO t (game_id, usage_rate)\nSELECT game_id,\n a / b AS usage_rate FROM u', 3],
    ['of one that is updated', 'UPDATE t\nSET usage_rate = a / b', 2],
    ['beside a count in a filter', 'SELECT a AS usage_rate FROM t\nWHERE x IN (SELECT b AS usage_rate FROM u)', 1],
    // in doubt none
    ['from neither of two sources', `${TWO}SELECT usage_rate FROM schedule JOIN rates USING (id)`, undefined],
    ['from both parts of a union', 'SELECT a AS usage_rate FROM t UNION ALL SELECT b AS usage_rate FROM u', undefined],
    ['from a part of a union', 'SELECT a AS usage_rate FROM t UNION ALL SELECT b FROM u', undefined],
    ['where it is not given out', `${TWO}SELECT rates.points FROM rates`, undefined],
    ['from a star of a table', 'SELECT * FROM t', undefined],
    [
      'where columns get other names',
      'WITH a (usage_rate) AS (SELECT x AS usage_rate FROM t) SELECT usage_rate FROM a',
      undefined,
    ],
    ['of a name that is nowhere', `${TWO}SELECT z.usage_rate FROM rates`, undefined],
    ['from itself', 'WITH RECURSIVE a AS (SELECT usage_rate FROM a) SELECT usage_rate FROM a', undefined],
  ])('%s: %s', (_, text, wanted) => {
    expect(line({ 'q.sql': text })).toBe(wanted === undefined ? undefined : `q.sql:${wanted}`);
  });
});

test('the columns of a table are its key, those that are declared, and those that it is asked of', () => {
  const table = {
    key: ['game_id'],
    columns: new Map([['points', 'integer']]),
    date: { column: 'game_date' },
    written: undefined,
    checks: [{ column: 'usage_rate' }, { column: 'points' }, {}],
  };
  expect(knownColumns(table)).toEqual(['game_id', 'points', 'game_date', 'usage_rate']);
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
