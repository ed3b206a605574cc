// Which names Python code mentions, where, and whether it writes them: the line that computes a column.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type NameMention, pythonNames } from '../../../src/scripts/python-names';

const SAMPLE = path.resolve(import.meta.dirname, '../../../media/sample');

/** Mentions in one word each: `key usage_rate`, with `=` before a name that is written. */
function mentions(source: string): readonly string[] {
  return pythonNames(source).mentions.map(({ kind, name, writes }) => `${kind} ${writes ? '=' : ''}${name}`);
}

function expectPlaced(source: string, found: readonly NameMention[]): void {
  const lines = source.split('\n');
  for (const { name, line, from, to } of found) {
    expect(source.slice(from, to)).toBe(name);
    expect(lines[line - 1]).toContain(name);
  }
}

describe('keys, subscripts, keywords and attributes', () => {
  test.each<[string, readonly string[]]>([
    [`rows.append({'usage_rate': x, "points": 1})`, ['key =usage_rate', 'key =points']],
    [`rows.append({**base, name: 1, f'{a}_x': 2, 'b': {'c': x}})`, ['key =b', 'key c']],
    [`rows.append({'a'\n 'b': x, 'it\\'s': 2, '': 3})`, []],
    [`row['usage_rate'] = x`, ['subscript =usage_rate']],
    [`row['usage_rate'] += x`, ['subscript =usage_rate']],
    [`row['a']['b'] = row['c']`, ['subscript a', 'subscript b', 'subscript c']],
    [`rows[i]['a'] = x; rows[row['k']]['b'] = x`, ['subscript =a', 'subscript k', 'subscript =b']],
    [`df.iloc[0]['a'] = LABELS['b'] = x`, ['subscript =a', 'subscript b']],
    [`a['x'] = b['y'] = 0`, ['subscript =x', 'subscript =y']],
    [`a['x'], (b['y'], *c['z']) = values`, ['subscript =x', 'subscript =y', 'subscript =z']],
    [`row['a']: int = 1`, ['subscript =a']],
    [`del row['a']`, ['subscript a']],
    [`x = row['usage_rate']`, ['subscript usage_rate']],
    [`print(f"{row['usage_rate']:.1f}")`, ['subscript usage_rate']],
    [`df[['a', 'b']] = df[('c', 'd')]`, ['subscript =a', 'subscript =b', 'subscript c', 'subscript d']],
    [`df.loc[:, 'usage_rate'] = x`, ['subscript =usage_rate']],
    [`df.loc[df['m'] > 0, ['a', 'b']] = x`, ['subscript m', 'subscript =a', 'subscript =b']],
    // Labels of rows and bounds of slices are no columns.
    [`df.loc['2024-01-01', 'a'] = df.at['x', 'b']`, ['subscript =a', 'subscript b']],
    [`x = df.loc['2024-01-01']`, []],
    [`x = df['a':'b']`, []],
    [`x = rows[0][key][f'{a}']`, []],
    [`row.usage_rate = x`, ['attribute =usage_rate']],
    [`row.usage_rate += x`, ['attribute =usage_rate']],
    [`x = row.usage_rate`, []],
    [`self.usage_rate = cls.usage_rate = x`, ['attribute usage_rate', 'attribute usage_rate']],
    [`yield dict(usage_rate=x, points=1)`, ['keyword =usage_rate', 'keyword =points']],
    [`df = df.assign(usage_rate=lambda d: d['a'] / d['b'])`, ['keyword =usage_rate', 'subscript a', 'subscript b']],
    [`yield Row(usage_rate=x, **rest)`, ['keyword =usage_rate']],
    [`df.rename(columns={'a': 'usage_rate'}, index={'b': 'c'})`, ['key a', 'key =usage_rate', 'key b']],
    [`df.rename({'a': 'b'}, axis=1).rename({'c': 'd'})`, ['key a', 'key =b', 'key c']],
    [`df.withColumn('usage_rate', a / b).withColumnRenamed('c', 'd')`, ['keyword =usage_rate', 'keyword =d']],
    [`df.select((a / b).alias('usage_rate'))`, ['keyword =usage_rate']],
    [`row.setdefault('usage_rate', x)`, ['keyword =usage_rate']],
    [`df.insert(0, 'usage_rate', x); names.insert(0, 'b')`, ['keyword =usage_rate']],
    [`df.assign(**{'usage_rate': x}).withColumns({'b': y})`, ['key =usage_rate', 'key =b']],
    [`row = row._replace(usage_rate=x)`, ['keyword =usage_rate']],
    // Keywords of other calls are their own, and so are those of a library's classes.
    [`x = usage_of(minutes=1)`, []],
    [`parser = argparse.ArgumentParser(description='x')`, []],
    [`x = d.get('usage_rate')`, []],
    [`# row['usage_rate'] = x`, []],
    [`x = "row['usage_rate'] = 1"`, []],
  ])('%j', (source, expected) => {
    expect(mentions(`${source}\n`)).toEqual(expected);
    expectPlaced(source, pythonNames(source).mentions);
  });
});

describe('a map of names is a row by what becomes of it', () => {
  const row = `{'game_id': game, 'usage_rate': x}`;
  test.each([
    `rows.append(${row})`,
    `self.rows.append(dict(game_id=game, usage_rate=x))`,
    `rows.append(Row(game_id=game, usage_rate=x))`,
    `rows.extend(${row} for box in boxes)`,
    `def f():\n    return ${row} if box else None`,
    `def f():\n    yield ${row}`,
    `def f():\n    return [${row}]`,
    `rows = [${row} for box in boxes]`,
    `rows += [${row}]`,
    `rows[key] = ${row}`,
    `frame = pd.DataFrame(${row})`,
    `frame = pd.DataFrame(data=[${row}])`,
    `client.insert_rows_json(table, [${row}])`,
    `writer.writerow(${row})`,
    `def f():\n    row = ${row}\n    row['b'] = 1\n    return row`,
    `for box in boxes:\n    row: dict[str, object] = ${row}\n    rows.append(row)`,
    `def f():\n    base = ${row}\n    return {**base, 'b': 1}`,
    `rows.append({**base, 'usage_rate': None})`,
    `rows.append(base | ${row})`,
    `import shared\nrows.append({'game_id': box.get('game'), 'usage_rate': shared.rate(box)})`,
  ])('%j', source => {
    expect(mentions(source)).toContainEqual(expect.stringMatching(/^(?:key|keyword) =usage_rate$/));
  });

  test.each([
    `DTYPES = {'game_id': 'str', 'usage_rate': 'float64'}`,
    `SCHEMA = {'game_id': pl.Utf8, 'usage_rate': column(1)}`,
    `class C:\n    labels = {'game_id': title, 'usage_rate': other}`,
    `def schema():\n    return {'game_id': str, 'usage_rate': pl.Float64(), 'b': Decimal('0')}`,
    `import pyarrow as pa\ndef schema():\n    return {'game_id': pa.string(), 'usage_rate': pa.float64()}`,
    `def labels():\n    return {'game_id': _('Game'), 'usage_rate': _('Usage')}`,
    `rows.append({'game_id': '1', 'usage_rate': -1.5, 'b': [None, True, {'c': ()}]})`,
    `df.rename(columns=${row})`,
    `df.fillna(${row})`,
    `df.astype(${row})`,
    `df.agg(${row})`,
    `defaults = ${row}\ndf.fillna(defaults)`,
    `log.info('done', extra=${row})`,
    `log.info('done', extra=dict(game_id=game, usage_rate=x))`,
    `Config(usage_rate=3, game_id=game)`,
    `def f():\n    return Config(game_id=1, usage_rate='a')`,
    `row['nested'] = ${row}`,
    `rows.append({'nested': ${row}})`,
    `for key in ${row}: pass`,
    `row = ${row}`,
    `def f():\n    row = ${row}\ndef g(row):\n    return row`,
    `def test_rows():\n    rows.append(${row})\n    row['usage_rate'] = 1`,
    `class TestRows:\n    def expected(self):\n        return ${row}`,
  ])('not %j', source => {
    expect(mentions(source)).not.toContainEqual(expect.stringMatching(/=usage_rate$/));
  });

  test.each<[string, readonly string[] | undefined]>([
    [`rows.append(${row})`, ['game_id']],
    [`rows.append({'usage_rate': x})`, []],
    [`rows.append({**box, 'usage_rate': x})`, undefined],
    [`rows.append({**DEFAULTS, 'usage_rate': x})`, []],
    [`rows.append(dict(box, usage_rate=x))`, undefined],
    [`rows.append(Row(usage_rate=x, **rest))`, []],
    [`row.usage_rate = x\nother.b = row.c = y`, ['usage_rate', 'c']],
    [`row['usage_rate'] = x`, undefined],
  ])('%j has beside it %j', (source, beside) => {
    expect(pythonNames(source).mentions.find(({ name }) => name === 'usage_rate')?.beside).toEqual(beside);
  });
});

describe('SQL in strings', () => {
  test.each<[string, readonly string[]]>([
    [`q = "SELECT a / b AS usage_rate, t.points FROM t"`, ['sql =usage_rate', 'sql points']],
    [`q = """\n  -- rates\n  WITH x AS (SELECT a FROM t)\n  SELECT a AS b FROM x\n"""`, ['sql a', 'sql =b']],
    [`q = f"SELECT {cols}, x AS y, {p}_rate, z AS {q} FROM {table}"`, ['sql =y']],
    [`q = f"{cte} SELECT x AS y FROM t"`, ['sql =y']],
    [`q = f"SELECT '{{x}}' AS y FROM {row['t']}"`, ['sql =y', 'subscript t']],
    [`q = ("SELECT a AS x, "\n     "b AS y "\n     f"FROM {t}")`, ['sql =x', 'sql =y']],
    [String.raw`q = "SELECT a AS x,\n\tb AS \"y\" FROM t"`, ['sql =x', 'sql =y']],
    [`q = "SELECT a AS long" "_name FROM t"`, []],
    [`db.execute("INSERT INTO t (a, b) VALUES (?, ?)", row)`, ['sql =a', 'sql =b']],
    [`db.execute("UPDATE t SET a = %s WHERE b = %s", row)`, ['sql =a']],
    [`q = "CREATE TABLE t AS SELECT a, 1 AS b FROM u"`, ['sql =a', 'sql =b']],
    [`q = {'sql': 'SELECT a FROM t'}`, ['key sql', 'sql a']],
    // no statements
    [`def f():\n    """SELECT a AS b FROM t"""`, []],
    [`log.info("Select a team from the list")`, []],
    [`x = "select an option"`, []],
    [`x = "we SELECT a AS b FROM t"`, []],
    [`x = "with care, update the table"`, []],
    [`# "SELECT a AS b FROM t"`, []],
  ])('%j', (source, expected) => {
    expect(mentions(`${source}\n`)).toEqual(expected);
    expectPlaced(source, pythonNames(source).mentions);
  });

  test('a name is on the line where it stands in the string', () => {
    const source = 'q = """\nSELECT\n  a,\n  b AS usage_rate\nFROM t\n"""\n';
    expect(pythonNames(source).mentions.map(({ name, line }) => `${name} ${line}`)).toEqual(['a 3', 'usage_rate 4']);
  });
});

describe('rows that are spelt out', () => {
  test.each([
    [`row = {'a': 1, 'b': 2}`, [{ kind: 'dict', names: ['a', 'b'], line: 1 }]],
    [`\nrows.append(\n  {'a': 1, **rest, 'b': 2, c: 3}\n)`, [{ kind: 'dict', names: ['a', 'b'], line: 3 }]],
    [`COLUMNS = [\n  'a',\n  'b',  # more\n]`, [{ kind: 'list', names: ['a', 'b'], line: 1 }]],
    [`COLUMNS: list[str] = ('a', 'b')`, [{ kind: 'list', names: ['a', 'b'], line: 1 }]],
    [
      `write(['a', 'b'], columns=('c', 'd'))`,
      [
        { kind: 'list', names: ['a', 'b'], line: 1 },
        { kind: 'list', names: ['c', 'd'], line: 1 },
      ],
    ],
    [`x = {'a': 1}`, []],
    [`x = ['a']`, []],
    [`x = ['a', b]`, []],
    [`x = df[['a', 'b']]`, []],
    [`for x in ['a', 'b']: pass`, []],
    [`x = ['a', f'{b}']`, []],
  ])('%j', (source, expected) => {
    expect(pythonNames(source).shapes).toEqual(expected);
  });
});

describe('errors of syntax', () => {
  test.each<[string, readonly string[]]>([
    [`a = {'x': 1}\nb = {'y': 1, 'z' 2}\nc = {'w': 3}\n`, ['key x', 'key w']],
    [`def f(:\n    row['a'] = 1\n`, ['subscript =a']],
    [`x = 'never closed\nrow['a'] = 1\n`, ['subscript =a']],
    [`row['a'] = \nrow['b'] = 1\n`, ['subscript =b']],
    [`q = """SELECT a AS b FROM t\nrow['a'] = 1\n`, []],
    [`row = {'a': 1, 'b': 2\n`, []],
    [`x = ['a', 'b'\n`, []],
  ])('leave out what their statement says: %j', (source, expected) => {
    expect(mentions(source)).toEqual(expected);
  });
});

describe('the processors of the sample', () => {
  const file = path.join(SAMPLE, 'data_processors/analytics/player_game_summary/player_game_summary_processor.py');
  const source = readFileSync(file, 'utf8');

  test('the line that computes usage_rate', () => {
    const found = pythonNames(source).mentions.filter(({ name, writes }) => name === 'usage_rate' && writes);
    expect(found.map(({ kind, line }) => [kind, line])).toEqual([['key', 64]]);
    expect(source.split('\n')[63]).toContain('"usage_rate": usage_of(box, minutes, team)');
  });

  test('the columns that it declares, and those that it writes', () => {
    const [declared, written] = pythonNames(source).shapes;
    expect(declared).toMatchObject({ kind: 'list', line: 8 });
    expect(written).toMatchObject({ kind: 'dict', line: 55 });
    expect(declared?.names).toEqual(written?.names);
    expect(declared?.names).toHaveLength(10);
  });

  test('cut off anywhere, or with a piece cut out, every name is where it is said to be', () => {
    const more = `${source}\nq = f"""\nSELECT a AS "b", {x}_c, d\nFROM t\n"""\ndf.loc[:, ['e', 'f']] = dict(g=1)\n`;
    fc.assert(
      fc.property(fc.nat(more.length), fc.nat(more.length), (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        for (const text of [more.slice(0, to), more.slice(from), more.slice(0, from) + more.slice(to)])
          expectPlaced(text, pythonNames(text).mentions);
      }),
    );
  });
});

test('any pieces of Python in any order are read without fail', () => {
  const piece = fc.constantFrom(
    ...`{|}|[|]|(|)|:|,|=|.|'|"|"""|f"|r'|\\|\n|\n    |a|row|'a'|"SELECT a AS b FROM t"|def f|if|for|in|lambda|**|#|@`.split(
      '|',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), pieces => {
      const source = pieces.join('');
      expectPlaced(source, pythonNames(source).mentions);
    }),
  );
});
