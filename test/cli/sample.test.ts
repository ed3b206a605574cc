// The command line as its user runs it, on the sample and on workspaces as bad as they come: the built program, as a process.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report';

const PROGRAM = path.resolve(import.meta.dirname, '../../bin/phasegate.cjs');
const root = mkdtempSync(path.join(tmpdir(), 'phasegate-cli-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function phasegate(folder: string, ...args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { cwd: folder, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

/** Root may read everything: run as somebody who may not. `undefined` where that somebody cannot run the program. */
function asSomebody(folder: string, ...args: readonly string[]): Ran | undefined {
  chmodSync(root, 0o755);
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const run = (what: readonly string[]): Ran => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...what], {
      cwd: folder,
      encoding: 'utf8',
      ...user,
    });
    return { code: status, out: stdout, err: stderr };
  };
  return run(['--version']).code === 0 ? run(args) : undefined;
}

/** The report of a `--json` run: one document and nothing else. */
function json(ran: Ran): Report {
  return JSON.parse(ran.out) as Report;
}

describe('on the sample', () => {
  const sample = path.join(root, 'sample');
  beforeAll(() => {
    const written = phasegate(root, 'sample', sample);
    if (written.code !== 0) throw new Error(written.err);
  });

  it('refuses a folder that is not empty', () => {
    const again = phasegate(root, 'sample', sample);
    expect(again.code).toBe(64);
    expect(again.err).toContain('is not empty');
  });

  it('coverage says who is short, by how much, and why: exit 1', () => {
    const ran = phasegate(sample, 'coverage', '--json');
    expect(ran.code).toBe(1);
    const report = json(ran);
    const of = (name: string): Report['coverage'][number] | undefined =>
      report.coverage.find(each => each.table.endsWith(`.${name}`));
    expect(of('team_offense_game_summary')).toMatchObject({
      expected: 918,
      counts: { complete: 184, partial: 61, missing: 673 },
    });
    expect(of('team_offense_game_summary')?.states.slice(-3)).toEqual([
      ['2025-12-31', '2025-12-31', 'partial', '7 of 14 team_abbr'],
      ['2026-01-01', '2026-01-01', 'missing', ''],
      ['2026-01-03', '2026-01-03', 'partial', '2 of 16 team_abbr'],
    ]);
    expect(of('team_defense_game_summary')).toMatchObject({
      outcome: 'pass',
      counts: { complete: 918 },
      unexpected: 4,
      accepted: { unexpected: 4 },
    });
    expect(of('player_composite_factors')).toMatchObject({
      expected: 848,
      counts: { missing: 848 },
      excluded: { bootstrap: 70, 'known-gap': 2, 'not-yet-due': 1 },
    });
    for (const each of report.coverage) {
      const { counts, excluded } = each;
      expect(Object.values(counts).reduce((a, b) => a + b)).toBe(each.expected);
      expect(each.expected + Object.values(excluded).reduce((a, b) => a + b)).toBe(each.days);
    }
  });

  it('asks nothing again of what is proven unchanged, and everything with --no-cache', () => {
    phasegate(sample, 'coverage');
    expect(json(phasegate(sample, 'coverage', '--json')).cost.statements).toBe(0);
    expect(json(phasegate(sample, 'coverage', '--json', '--no-cache')).cost.statements).toBe(8);
  });

  it('preflight of team_offense passes with one warning: duplicates in an optional raw source', () => {
    const ran = phasegate(sample, 'preflight', 'team_offense_game_summary', '--json');
    expect(ran.code).toBe(2);
    const warnings = json(ran).results.filter(result => result.outcome === 'warn');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain('bdl_player_boxscores (optional)');
    expect(phasegate(sample, 'preflight', 'team_offense_game_summary', '--warnings-ok').code).toBe(0);
  });

  it('preflight of the players fails: their upstream is short on the dates they need', () => {
    const ran = phasegate(sample, 'preflight', 'player_game_summary');
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('✘ Not ready: player_game_summary');
    expect(ran.out).toMatch(/^Report: .*\.md$/m);
  });

  it('validate judges the declared checks', () => {
    const report = json(phasegate(sample, 'validate', 'player_game_summary', '--json'));
    const usage = report.results.filter(result => result.column === 'usage_rate' && result.check === 'not_null');
    expect(usage.map(result => [result.threshold?.per, result.outcome])).toEqual([
      ['date', 'fail'],
      ['season', 'fail'],
    ]);
    expect(usage[1]?.message).toContain('2025-26 0.0 %');
  });

  it('check finds that the manifest fits, but for tables that are not there yet', () => {
    const ran = phasegate(sample, 'check');
    expect(ran.code).toBe(2);
    expect(ran.out).toContain('is not there yet');
  });

  it('wrong usage is 64, with the nearest name', () => {
    expect(phasegate(sample, 'coverage', 'player_game_sumary')).toMatchObject({ code: 64, out: '' });
    expect(phasegate(sample, 'coverage', 'player_game_sumary').err).toContain('did you mean player_game_summary?');
    expect(phasegate(sample, 'covrage').err).toContain('coverage');
    expect(phasegate(sample, 'coverage', '--from', '2023-02-29').err).toContain('2023-02-29 is no date');
    expect(phasegate(sample, 'coverage', '--from', '2024-01-02', '--to', '2024-01-01').code).toBe(64);
    expect(phasegate(sample, 'coverage', '--season', '2024-26').err).toContain('did you mean 2024-25?');
    expect(phasegate(sample, 'coverage', '--target', 'locl').err).toContain('did you mean local?');
  });
});

describe('on workspaces as bad as they come', () => {
  let count = 0;
  const workspace = (
    manifest: string | Uint8Array | undefined,
    files: Readonly<Record<string, string>> = {},
  ): string => {
    const folder = path.join(root, `w${count++}`);
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    mkdirSync(folder, { recursive: true });
    if (manifest !== undefined) writeFileSync(path.join(folder, 'phasegate.yaml'), manifest);
    return folder;
  };
  const manifest = (target: string, ...tables: readonly string[]): string =>
    [
      'version: 1',
      'name: bad',
      'asOf: 2024-01-05',
      `targets: { local: ${target} }`,
      'defaults: { date: d, calendar: days }',
      'calendars: { days: { days: daily, start: 2024-01-01 } }',
      'phases:',
      '  - id: 1',
      '    tables:',
      ...tables.map(table => `      - ${table}`),
      '',
    ].join('\n');
  const FILES = '{ type: duckdb }';
  const good = {
    'good/2024-01-01.csv': 'a\n1\n',
    'good/2024-01-02.csv': 'a\n1\n',
    'good/2024-01-03.csv': 'a\n1\n',
    'good/2024-01-04.csv': 'a\n1\n',
  };
  const GOOD = '{ name: good, files: "good/{date}.csv" }';

  it.each<[string, string | Uint8Array | undefined, number, RegExp]>([
    ['no manifest', undefined, 64, /there is no phasegate\.yaml/],
    ['an empty one', '', 3, /the manifest is empty/],
    ['one of 5 MB', `# ${'x'.repeat(5_000_000)}`, 3, /5\.0 MB; a manifest has at most 2\.0 MB/],
    ['a binary file', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]), 3, /binary file/],
    [
      'an unquoted placeholder in flow style',
      manifest(FILES, '{ name: t, files: good/{date}.csv }'),
      3,
      /phasegate\.yaml:10:\d+: .*quoted/,
    ],
    [
      'an unknown key',
      manifest(FILES, '{ name: t, files: "good/{date}.csv", cheks: [] }'),
      3,
      /phasegate\.yaml:10:\d+: .*no key cheks: did you mean checks\?/,
    ],
    ['no DuckDB file', manifest('{ type: duckdb, path: gone.duckdb }', '{ name: t }'), 3, /there is no DuckDB file/],
  ])('%s', (_what, text, code, message) => {
    const ran = phasegate(workspace(text), 'coverage');
    expect(ran.code).toBe(code);
    expect(ran.out + ran.err).toMatch(message);
    expect(ran.err).not.toContain('an error of its own');
  });

  it('a file with a bad line spoils its date, and the rest of the report stands', () => {
    const folder = workspace(manifest(FILES, GOOD, '{ name: bad, files: "bad/{date}.csv" }'), {
      ...good,
      'bad/2024-01-01.csv': 'a\n1\n',
      'bad/2024-01-02.csv': 'a\n1,2\n',
    });
    const ran = phasegate(folder, 'coverage', '--json');
    expect(ran.code).toBe(3);
    const [first, second] = [...json(ran).coverage].sort((a, b) => (a.table < b.table ? 1 : -1));
    expect(first).toMatchObject({ table: 'good', outcome: 'pass', counts: { complete: 4 } });
    expect(second).toMatchObject({ table: 'bad', outcome: 'error', counts: { complete: 1, unknown: 1, missing: 2 } });
  });

  it('an expression that fails stands alone beside good checks', () => {
    const table =
      '{ name: good, files: "good/{date}.csv", checks: [{ expression: { name: bad, holds: "nonsense(a) > 1" } }, { expression: { name: gone, holds: "b > 1" } }, { range: { column: a, min: 0 } }] }';
    const report = json(phasegate(workspace(manifest(FILES, table), good), 'validate', '--json'));
    expect(report.verdict).toBe('error');
    expect(report.results.map(result => [result.id, result.outcome])).toEqual([
      ['good/expression/bad', 'error'],
      ['good/expression/gone', 'error'],
      ['good/range/a', 'pass'],
    ]);
  });

  it('whatever a table can suffer from is its own finding, and the rest of the report stands', async () => {
    const check = (name: string, more: string): string => `{ name: '${name}', ${more} }`;
    const folder = workspace(
      manifest(
        '{ type: duckdb, path: w.duckdb }',
        check('good', 'key: [k]'),
        check('null_dates', 'key: [k]'),
        check('far_dates', 'key: [k]'),
        check('null_keys', 'key: [k]'),
        check('gone_column', 'checks: [{ not_null: { column: gone } }, { range: { column: k, min: 0 } }]'),
        check('reserved', 'key: [select]'),
        check('we"ird', 'key: [k]'),
        check('text_numbers', 'checks: [{ range: { column: k, min: 0, max: 9 } }]'),
        check('all_empty', 'checks: [{ not_null: { column: k } }]'),
      ),
    );
    const instance = await DuckDBInstance.create(path.join(folder, 'w.duckdb'));
    const connection = await instance.connect();
    const make = async (name: string, columns: string, more = ''): Promise<void> => {
      await connection.run(
        `CREATE TABLE ${name} AS SELECT DATE '2024-01-01' + i::INT AS d, ${columns} FROM range(4) r(i) ${more}`,
      );
    };
    await make('good', 'i AS k');
    await make('null_dates', 'i AS k', 'UNION ALL SELECT NULL, 99');
    await make('far_dates', 'i AS k', "UNION ALL SELECT DATE '9999-12-31', 99");
    await make('null_keys', 'CASE i WHEN 2 THEN NULL ELSE i END AS k');
    await make('gone_column', 'i AS k');
    await make('reserved', 'i AS "select"');
    await make('"we""ird"', 'i AS k');
    await make('text_numbers', "CASE i WHEN 2 THEN 'many' ELSE '1' END AS k");
    await make('all_empty', 'NULL::INT AS k');
    connection.closeSync();
    instance.closeSync();
    const report = json(phasegate(folder, 'validate', '--json'));
    const outcomes = new Map(report.results.map(result => [result.id, result.outcome]));
    expect(Object.fromEntries([...outcomes].filter(([, outcome]) => outcome !== 'pass'))).toEqual({
      'all_empty/not_null/k': 'fail',
      'far_dates/stray-rows/outside-sense': 'fail',
      'gone_column/not_null/gone': 'error',
      'null_dates/stray-rows/without-date': 'fail',
      'null_keys/key_null/k': 'fail',
      'phase 1/complete': 'error',
      'text_numbers/range/k': 'fail',
    });
    for (const id of ['good/unique/k', 'reserved/unique/select', 'we"ird/unique/k', 'gone_column/range/k'])
      expect([id, outcomes.get(id)]).toEqual([id, 'pass']);
    expect(report.verdict).toBe('error');
  });

  it('a folder that may not be read is an error with the reason', ({ skip }) => {
    const folder = workspace(manifest(FILES, GOOD, '{ name: closed, files: "closed/{date}.csv" }'), {
      ...good,
      'closed/2024-01-01.csv': 'a\n1\n',
    });
    chmodSync(path.join(folder, 'closed'), 0o000);
    const ran = asSomebody(folder, 'coverage', '--json');
    chmodSync(path.join(folder, 'closed'), 0o755);
    if (ran === undefined) return skip('this project lies where another user may not read it');
    expect(ran.code).toBe(3);
    const byTable = new Map(json(ran).coverage.map(each => [each.table, each.outcome]));
    expect([...byTable]).toEqual([
      ['good', 'pass'],
      ['closed', 'error'],
    ]);
    expect(ran.out).toContain('no permission to read it');
  });

  it('one folder of many that may not be read spoils its own date', ({ skip }) => {
    const folder = workspace(manifest(FILES, '{ name: hive, files: "hive/dt={date}/*.csv" }'), {
      'hive/dt=2024-01-01/a.csv': 'a\n1\n',
      'hive/dt=2024-01-02/a.csv': 'a\n1\n',
    });
    const shut = path.join(folder, 'hive/dt=2024-01-02');
    chmodSync(shut, 0o000);
    const ran = asSomebody(folder, 'coverage', '--json');
    chmodSync(shut, 0o755);
    if (ran === undefined) return skip('this project lies where another user may not read it');
    expect(json(ran).coverage[0]?.counts).toMatchObject({ complete: 1, unknown: 1, missing: 2 });
    expect(ran.code).toBe(3);
  });

  it('validate --compare says what changed since the last report of the same tables', () => {
    const table = '{ name: good, files: "good/{date}.csv", checks: [{ range: { column: a, min: 0 } }] }';
    const folder = workspace(manifest(FILES, table), good);
    expect(phasegate(folder, 'validate', 'good', '--compare').out).not.toContain('Since the report');
    expect(phasegate(folder, 'validate', 'good', '--compare').out).toContain('nothing changed');
    writeFileSync(path.join(folder, 'good', '2024-01-02.csv'), 'a,b\n-5,2\n');
    expect(phasegate(folder, 'validate', 'good', '--compare').out).toMatch(/pass → fail {2}good\/range\/a/);
  });

  it('validate --rows shows the rows that a failed check is about, and only then', () => {
    const table = '{ name: good, files: "good/{date}.csv", checks: [{ range: { column: a, min: 5 } }] }';
    const folder = workspace(manifest(FILES, table), { ...good, 'good/2024-01-04.csv': 'a,b\n1,x\n9,y\n' });
    expect(phasegate(folder, 'validate').out).not.toContain('good/range/a');
    expect(phasegate(folder, 'validate', '--rows', '1').out).toMatch(/good\/range\/a\n {2}a {2}b\n {2}1 {2}x\n$/);
    expect(phasegate(folder, 'validate', '--rows', 'many').code).toBe(64);
  });

  it('an acceptance that has ended hides nothing, and is warned of', () => {
    const accepted = (until: string): string =>
      `accepted: [{ table: good, check: range, reason: known, until: ${until} }]\n`;
    const table = '{ name: good, files: "good/{date}.csv", checks: [{ range: { column: a, min: 5 } }] }';
    const run = (until: string): Report =>
      json(phasegate(workspace(manifest(FILES, table) + accepted(until), good), 'validate', '--json'));
    expect(run('2024-01-05').results.map(result => [result.check, result.accepted?.reason])).toEqual([
      ['range', 'known'],
    ]);
    expect(run('2024-01-04').results.map(result => [result.check, result.outcome])).toEqual([
      ['range', 'fail'],
      ['accepted', 'warn'],
    ]);
  });

  it('a locked database is waited for, and then named with who holds it', async () => {
    const folder = workspace(manifest('{ type: duckdb, path: w.duckdb }', '{ name: t }'));
    const instance = await DuckDBInstance.create(path.join(folder, 'w.duckdb'));
    try {
      const ran = phasegate(folder, 'coverage');
      expect(ran.code).toBe(3);
      expect(ran.err).toContain('waiting up to 10 s');
      expect(ran.out).toMatch(new RegExp(`\\(process ${process.pid}\\) holds it`));
    } finally {
      instance.closeSync();
    }
  });

  it('a table that vanished is an error, not merely missing', async () => {
    const folder = workspace(manifest('{ type: duckdb, path: w.duckdb }', '{ name: t }'));
    const database = async (sql: string): Promise<void> => {
      const instance = await DuckDBInstance.create(path.join(folder, 'w.duckdb'));
      const connection = await instance.connect();
      await connection.run(sql);
      connection.closeSync();
      instance.closeSync();
    };
    await database("CREATE TABLE t AS SELECT DATE '2024-01-01' + i::INT AS d FROM range(4) r(i)");
    expect(phasegate(folder, 'coverage').code).toBe(0);
    await database('DROP TABLE t');
    const ran = phasegate(folder, 'coverage');
    expect(ran.code).toBe(3);
    expect(ran.out).toContain('is not there any more');
  });

  it('--json prints one document, also where nothing could be opened', () => {
    const ran = phasegate(workspace(''), 'coverage', '--json');
    expect(ran.code).toBe(3);
    expect(json(ran)).toMatchObject({ schema: 'phasegate.report/1', verdict: 'error' });
  });

  it('writes nothing beside its own state', () => {
    const folder = workspace(manifest(FILES, GOOD), good);
    phasegate(folder, 'preflight', 'good');
    expect(readdirSync(folder).sort()).toEqual(['.phasegate', 'good', 'phasegate.yaml']);
    expect(readFileSync(path.join(folder, '.phasegate', '.gitignore'), 'utf8')).toBe('*\n');
  });
});
