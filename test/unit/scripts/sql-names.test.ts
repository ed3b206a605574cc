// The columns that SQL gives out or fills, told by its tokens, in DuckDB's and BigQuery's spelling.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sqlOutputs } from '../../../src/scripts/sql-names';

const SQL = path.resolve(import.meta.dirname, '../../../media/sample/sql');

/** The names of a text, those that are computed with `=`, those that are filled with `>`. */
function names(sql: string): readonly string[] {
  const signs = { computed: '=', target: '>', passed: '' };
  return sqlOutputs(sql).map(({ name, role }) => `${signs[role]}${name}`);
}

describe('a SELECT list', () => {
  test.each<[string, readonly string[]]>([
    ['SELECT a, t.b, d.t.c FROM t', ['a', 'b', 'c']],
    ['select a as b, sum(x) AS "Total Points" from t', ['=b', '=Total Points']],
    ['select a as b, y As `z` from `d.t`', ['=b', '=z']],
    [
      'SELECT sum(x) total, 1 one, \'form\' system, "a b" c, arr[1] first FROM t',
      ['=total', '=one', '=system', '=c', '=first'],
    ],
    ['SELECT points pts, t.points AS p FROM t', ['=pts', '=p']],
    ['SELECT a FROM t WHERE b = 1 GROUP BY c ORDER BY d LIMIT 3', ['a']],
    ['SELECT DISTINCT a, b FROM t', ['a', 'b']],
    ['SELECT ALL a FROM t', ['a']],
    ['SELECT DISTINCT ON (a, b) c FROM t', ['c']],
    ['SELECT AS STRUCT a, 1 AS b', ['a', '=b']],
    ['SELECT a, b,\nFROM t', ['a', 'b']],
    ['FROM t SELECT a', ['a']],
    ['SELECT 1 AS a UNION ALL SELECT b FROM t', ['=a', 'b']],
    ['SELECT a EXCEPT SELECT b FROM t', ['a', 'b']],
    ['SELECT a; SELECT b', ['a', 'b']],
    // commas and keywords within brackets and CASE
    ['SELECT coalesce(a, b) AS c, round(avg(x) FILTER (WHERE y <= 5), 2) AS d FROM t', ['=c', '=d']],
    ['SELECT row_number() OVER (PARTITION BY a ORDER BY b DESC) AS back FROM t', ['=back']],
    [
      'SELECT sum(a) OVER (ORDER BY b) total, max(a) OVER w AS most FROM t WINDOW w AS (ORDER BY b)',
      ['=total', '=most'],
    ],
    ['SELECT CASE WHEN a THEN b ELSE c END AS d, CASE x WHEN 1 THEN 2 END e FROM t', ['=d', '=e']],
    ['SELECT extract(year FROM day) AS year, CAST(a AS date) AS d, a::int i FROM t', ['=year', '=d', '=i']],
    ['SELECT a IS DISTINCT FROM b AS changed, c FROM t', ['=changed', 'c']],
    ["SELECT STRUCT<a INT64, b STRING>(1, 'x') AS s, [1, 2] AS l FROM t", ['=s', '=l']],
    [`SELECT {'a': x, 'b': y} AS s FROM t`, ['=s']],
    ['SELECT 1 AS date, t.order FROM t', ['=date', 'order']],
    // what gives out no name of its own
    ["SELECT *, t.*, count(*), a + b, 1, NULL, current_date, 'text' FROM t", []],
    ['SELECT sum(x) OVER w, interval 1 day, interval (n) day, x IS NULL, a AND b, NOT c, x COLLATE nocase FROM t', []],
    ["SELECT a AT TIME ZONE 'UTC', date '2024-01-01', x BETWEEN 1 AND y FROM t", []],
    ['SELECT one of these', []],
    ['SELECT one of these things', []],
    ['SELECT', []],
    ['', []],
  ])('%s', (sql, expected) => {
    expect(names(sql)).toEqual(expected);
  });

  test.each<[string, readonly string[]]>([
    ['SELECT * EXCEPT (a, b) FROM t', []],
    ['SELECT * EXCEPT (a) REPLACE (b / 2 AS x, upper(c) AS y), d FROM t', ['=x', '=y', 'd']],
    ['SELECT t.* EXCLUDE (a) REPLACE (1 AS x) FROM t', ['=x']],
    ['SELECT * RENAME (a AS b) FROM t', ['=b']],
    ['SELECT * EXCLUDE a, b FROM t', ['b']],
  ])('a star and what is changed of it: %s', (sql, expected) => {
    expect(names(sql)).toEqual(expected);
  });

  test.each<[string, readonly string[]]>([
    [
      'WITH a AS (SELECT x, y + 1 AS z FROM t), b AS (SELECT w FROM u) SELECT a.x AS xx FROM a',
      ['x', '=z', 'w', '=xx'],
    ],
    ['SELECT (SELECT max(a) AS m FROM t) AS n FROM (SELECT b FROM u) AS v', ['=m', '=n', 'b']],
    ['SELECT a FROM t WHERE b IN (SELECT c FROM u)', ['a', 'c']],
  ])('within a statement: %s', (sql, expected) => {
    expect(names(sql)).toEqual(expected);
  });
});

describe('what a statement fills', () => {
  test.each<[string, readonly string[]]>([
    ['INSERT INTO t (a, b, "c d") VALUES (1, 2, 3)', ['>a', '>b', '>c d']],
    ['INSERT INTO `p-x.d.t` (a, b) SELECT c, d + 1 AS e FROM u', ['>a', '>b', '>c', '=e']],
    ['INSERT OR REPLACE INTO s.t(a) SELECT b FROM u', ['>a', '>b']],
    ['INSERT INTO my-project.d.t (a) VALUES (1)', ['>a']],
    ['INSERT INTO t BY NAME SELECT a FROM u', ['>a']],
    ['INSERT INTO t VALUES (a, b)', []],
    ['UPDATE t SET a = 1, b = b + 1 WHERE c = 2', ['>a', '>b']],
    ['UPDATE t AS x SET x.a = (SELECT max(b) FROM u) FROM v', ['>a']],
    [
      'MERGE t USING u ON t.a = u.a WHEN MATCHED THEN UPDATE SET b = u.b WHEN NOT MATCHED THEN INSERT (a, c) VALUES (u.a, 1)',
      ['>b', '>a', '>c'],
    ],
    ['INSERT INTO t (a) VALUES (1) ON CONFLICT DO UPDATE SET a = 2', ['>a', '>a']],
    ['CREATE TABLE t AS SELECT a, b + 1 AS c FROM u', ['>a', '=c']],
    ['CREATE OR REPLACE TABLE `d.t` PARTITION BY day AS (SELECT a FROM u)', ['>a']],
    // Common table expressions pass their columns on; only the last SELECT fills the table.
    ['CREATE TABLE t AS WITH w AS (SELECT a FROM u) SELECT b FROM w', ['a', '>b']],
    ['CREATE VIEW v AS SELECT a FROM (SELECT b FROM u)', ['>a', 'b']],
    ['CREATE TABLE t (a INT, b TEXT)', []],
    ['CREATE TABLE t AS SELECT a FROM u; SELECT b FROM t', ['>a', 'b']],
  ])('%s', (sql, expected) => {
    expect(names(sql)).toEqual(expected);
  });
});

describe('what is no SQL is not read as such', () => {
  test.each<[string, readonly string[]]>([
    ["SELECT 'SELECT x FROM t, y' AS a FROM t", ['=a']],
    ["SELECT 'it''s, so' AS a", ['=a']],
    ['SELECT a, -- b AS c,\n d /* , e AS f */ FROM t # g, h', ['a', 'd']],
    ['-- SELECT x\nSELECT a FROM t', ['a']],
    // BigQuery: backticks name, both quotes are strings, and a backslash escapes.
    ['SELECT "a, b", "c" AS d, \'it\\\'s, e\' AS f FROM `t`', ['=d', '=f']],
    ['SELECT """x, "y" AS z""" AS a FROM `t`', ['=a']],
    ["SELECT r'\\d, x' AS a FROM `t`", ['=a']],
    ['SELECT $$a, b$$ AS c', ['=c']],
    // templates and parameters
    [
      '{{ config(materialized="table") }}\nSELECT a, {{ columns }}, {{ x }} AS b, {{ p }}_rate, c AS {{ q }}_x FROM {{ ref("t") }}',
      ['a', '=b'],
    ],
    ['SELECT a {% if x %}, b AS c {% endif %} {# , d #} FROM t', ['a', '=c']],
    ['SELECT $1, @day, :name, ${NAME}, %s, %(day)s, {column}, {x:>3}, a FROM t', ['a']],
    ['SELECT a FROM t WHERE day = %(day)s', ['a']],
    // cut off: what is not closed is not read
    ["SELECT a AS b, 'never closed, c AS d FROM t", ['=b']],
    ['SELECT a AS b /* never closed, c AS d', ['=b']],
    ['SELECT coalesce(a, b AS c', []],
    ['SELECT a ) AS b', ['a']],
  ])('%j', (sql, expected) => {
    expect(names(sql)).toEqual(expected);
  });
});

test('places are those of the names in the text', () => {
  expect(sqlOutputs('SELECT\n  t.a,\n  sum(b) AS "c d"\nFROM t')).toEqual([
    { name: 'a', line: 2, from: 11, to: 12, role: 'passed', makes: true },
    { name: 'c d', line: 3, from: 27, to: 30, role: 'computed', makes: true },
  ]);
});

describe('the SQL of the sample', () => {
  test('gives out the columns of each table', () => {
    const outputs = names(readFileSync(path.join(SQL, 'player_shot_zone_analysis.sql'), 'utf8'));
    expect(outputs).toEqual([
      'analysis_date',
      'player_lookup',
      '=games',
      '=minutes',
      '=attempts_per_36',
      '=field_goal_pct',
      '=processed_at',
      '=analysis_date',
    ]);
    expect(names(readFileSync(path.join(SQL, 'player_daily_cache.sql'), 'utf8'))).toContain('=usage_last_10');
  });

  test.each(readdirSync(SQL))('%s, cut off anywhere: a name is always where it is said to be', file => {
    const sql = readFileSync(path.join(SQL, file), 'utf8');
    fc.assert(
      fc.property(fc.nat(sql.length), fc.nat(sql.length), (from, to) => {
        const text = sql.slice(Math.min(from, to), Math.max(from, to));
        for (const found of sqlOutputs(text)) {
          expect(text.slice(found.from, found.to)).toBe(found.name);
          expect(found.line).toBe(text.slice(0, found.from).split('\n').length);
        }
      }),
    );
  });
});

test('any pieces of SQL in any order are read without fail, each name once and in order', () => {
  const piece = fc.constantFrom(
    ...'SELECT|FROM|a|b.c|AS|,|(|)|[|]|*|EXCEPT|REPLACE|CASE|WHEN|END|INSERT INTO|UPDATE|SET|=|;|\'|"|`|--|\n|/*|*/|{{|}}|{%|%}|1|$x|WITH|::|<|>|\uFFFC'.split(
      '|',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
      const sql = pieces.join(' ');
      const found = sqlOutputs(sql);
      for (const { name, from, to } of found) expect(sql.slice(from, to)).toBe(name);
      expect(found.map(({ from }) => from)).toEqual([...new Set(found.map(({ from }) => from))].sort((a, b) => a - b));
    }),
  );
});
