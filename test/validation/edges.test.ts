// Checks on tables as bad as they come: what cannot be judged says so, and nothing else in the report changes.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report';
import { makeDatabase } from '../warehouse/workspace';
import { openPipeline } from './services';

const root = mkdtempSync(path.join(tmpdir(), 'phasegate-edges-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let made = 0;
/** Validates a table `t` of two dates, made by a SELECT of the columns beside its date, under some checks. */
async function judged(select: string, checks: readonly string[], relation = 'TABLE'): Promise<Report> {
  const folder = path.join(root, String(++made));
  const database = `${folder}.duckdb`;
  await makeDatabase(
    database,
    ...(relation === 'VIEW'
      ? [`CREATE TABLE base AS ${select}`, 'CREATE VIEW t AS SELECT * FROM base']
      : [`CREATE TABLE t AS ${select}`]),
  );
  const manifest = `${folder}.yaml`;
  writeFileSync(
    manifest,
    `version: 1
name: edges
asOf: 2024-01-02
targets: { local: { type: duckdb, path: ${JSON.stringify(database)} } }
calendars: { days: { days: daily, start: 2024-01-01, dueAfter: 0h } }
phases:
  - id: 1
    tables:
      - name: t
        date: d
        calendar: days
        checks:
${checks.map(check => `          - ${check}`).join('\n')}
`,
  );
  const services = openPipeline(root, { manifest });
  const answer = await services.validate([]);
  await services.close();
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
  return answer.report;
}

const outcomes = (report: Report): readonly string[] =>
  report.results.map(({ check, outcome }) => `${check} ${outcome}`);
const DAYS = "SELECT DATE '2024-01-01' + (i % 2)::INT AS d";
const EVERY = [
  'range: { column: x, min: 0, max: 10 }',
  'not_null: { column: x, min: 50% }',
  'constant: { column: x }',
  'not_default: { column: x, values: [0], min: 10% }',
  "pattern: { column: x, matches: '.*' }",
  'unique: [x]',
  'regression: { mean: x, dates: 1 }',
];

describe('a table', () => {
  it('whose column is NULL everywhere fails what asks for values, and skips what has none to judge', async () => {
    const report = await judged(`${DAYS}, NULL::DOUBLE AS x FROM range(40) r(i)`, EVERY);
    expect(outcomes(report)).toEqual([
      'regression error',
      'not_null fail',
      'unique fail',
      'unique fail',
      'range skipped',
      'constant skipped',
      'not_default skipped',
      'pattern skipped',
    ]);
  });

  it('of one row is judged by what one row can tell', async () => {
    const report = await judged("SELECT DATE '2024-01-01' AS d, 5 AS x UNION ALL SELECT DATE '2024-01-02', 5", EVERY);
    expect(outcomes(report).filter(each => !each.endsWith(' pass'))).toEqual(['constant skipped']);
  });

  it('with NaN and infinities holds values out of bounds, and no comparison makes them right', async () => {
    const report = await judged(
      `${DAYS}, CASE i % 4 WHEN 0 THEN 'NaN'::DOUBLE WHEN 1 THEN 'Infinity'::DOUBLE WHEN 2 THEN '-Infinity'::DOUBLE ELSE 5 END AS x FROM range(40) r(i)`,
      ['range: { column: x, min: 0, max: 10 }'],
    );
    expect(report.results.find(({ check }) => check === 'range')).toMatchObject({
      outcome: 'fail',
      value: { part: 10, whole: 40 },
    });
  });

  it('with text in a number column counts it, and goes on', async () => {
    const report = await judged(`${DAYS}, CASE WHEN i < 4 THEN 'n/a' ELSE '5' END AS x FROM range(40) r(i)`, [
      'range: { column: x, min: 0, max: 10, share: 95% }',
      'not_null: { column: x }',
    ]);
    expect([...outcomes(report)].sort()).toEqual(['not_null pass', 'range fail']);
    expect(report.results.find(({ check }) => check === 'range')?.message).toContain('4 values read as no number');
  });

  it('with a 40-digit decimal is measured', async () => {
    const report = await judged(
      `${DAYS}, CASE WHEN i = 1 THEN '1234567890123456789012345678901234567890' ELSE '5' END AS x FROM range(40) r(i)`,
      ['range: { column: x, min: 0, max: 10 }'],
    );
    expect(report.results[0]).toMatchObject({ outcome: 'fail', value: { part: 39, whole: 40 } });
  });

  it('with a thousand checks is read by one statement', async () => {
    const checks = Array.from({ length: 1000 }, (_, i) => `range: { column: x, min: -1, max: ${100 + i} }`);
    const report = await judged(`${DAYS}, i AS x FROM range(40) r(i)`, checks);
    expect(report.cost.statements).toBe(1);
    expect(report.results).toHaveLength(1000);
    expect(report.verdict).toBe('pass');
  });

  it('that is a view is judged like one that is not', async () => {
    const report = await judged(
      `${DAYS}, i % 9 AS x FROM range(40) r(i)`,
      ['range: { column: x, min: 0, max: 10 }', 'constant: { column: x }'],
      'VIEW',
    );
    expect(report.verdict).toBe('pass');
  });

  it('that holds a date twice fails by its key on that date alone', async () => {
    const report = await judged(`${DAYS}, i AS x FROM range(40) r(i) UNION ALL ${DAYS}, i FROM range(1, 40, 2) r(i)`, [
      'unique: [x]',
    ]);
    expect(report.results.find(({ outcome }) => outcome === 'fail')).toMatchObject({
      check: 'unique',
      dates: { count: 1, ranges: [['2024-01-02', '2024-01-02']] },
    });
  });
});

describe('a table in files of which there is none yet', () => {
  it('is empty and not broken: nobody knows its columns, and its job may make it', async () => {
    const folder = mkdtempSync(path.join(root, 'new-'));
    mkdirSync(path.join(folder, 'data'));
    writeFileSync(path.join(folder, 'job.sh'), 'echo "$2"\n');
    writeFileSync(
      path.join(folder, 'phasegate.yaml'),
      `version: 1
name: new
asOf: 2024-01-02
targets: { local: { type: duckdb } }
calendars: { days: { days: daily, start: 2024-01-01, dueAfter: 0h } }
jobs: { make: { command: [sh, job.sh], dates: { one: --date } } }
phases:
  - id: 1
    tables:
      - { name: t, files: "data/{date}.csv", key: [id], calendar: days, job: make, checks: [not_null: { column: x, min: 90% }] }
`,
    );
    const services = openPipeline(folder, {});
    const [validated, preflight] = [await services.validate([]), await services.preflight(['t'], { rebuild: false })];
    await services.close();
    if (!validated.ok || !preflight.ok) throw new Error('no report');
    expect(outcomes(validated.report).filter(each => each.endsWith('error'))).toEqual([]);
    expect(validated.report.coverage[0]?.counts.missing).toBe(2);
    expect(preflight.report.verdict).toBe('pass');
    expect(preflight.report.results.find(({ check }) => check === 'columns')).toMatchObject({ outcome: 'skipped' });
  });
});
