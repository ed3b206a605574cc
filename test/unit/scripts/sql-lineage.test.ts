// Which names of a statement its result has from: cheap whatever the text, and never more than are there.
import { expect, test } from 'vitest';
import { sqlOutputs } from '../../../src/scripts/sql-names';

const made = (sql: string): readonly string[] =>
  sqlOutputs(sql)
    .filter(({ makes }) => makes)
    .map(({ name, from }) => `${name}@${from}`);

test('each statement has its own results', () => {
  expect(made('SELECT a FROM t; WITH x AS (SELECT b FROM t) SELECT c FROM x; SELECT d + 1 AS e FROM t')).toEqual([
    'a@7',
    'e@78',
  ]);
});

test('queries that read each other twice over are each looked at once', () => {
  const steps = Array.from({ length: 60 }, (_, i) => `q${i + 1} AS (SELECT * FROM q${i} a JOIN q${i} b USING (id))`);
  const start = performance.now();
  made(`WITH q0 AS (SELECT x AS y FROM t), ${steps.join(', ')} SELECT y FROM q60`);
  expect(performance.now() - start).toBeLessThan(1000);
});

test('many rows that are spelt out cost their length', () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => `(${i}, (${i}))`).join(', ');
  const start = performance.now();
  expect(made(`SELECT a AS b FROM (VALUES ${rows}) AS t`)).toEqual(['b@12']);
  expect(performance.now() - start).toBeLessThan(1000);
});
