// The package as users get it: what `npm pack` takes along, and that it works installed into an empty folder.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const ROOT = path.resolve(import.meta.dirname, '../..');
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')));

const folder = mkdtempSync(path.join(tmpdir(), 'phasegate-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program to its end; what it says on both streams is in the message where it does not end as expected. */
function run(
  command: string,
  args: readonly string[],
  cwd: string,
  expected = 0,
  env: NodeJS.ProcessEnv = process.env,
): { stdout: string; stderr: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (error !== undefined) throw error;
  expect(status, `${command} ${args.join(' ')}\n${stdout}\n${stderr}`).toBe(expected);
  return { stdout, stderr };
}

/** Every file below a folder, as paths relative to the project. */
function filesBelow(relative: string): string[] {
  return readdirSync(path.join(ROOT, relative), { recursive: true, encoding: 'utf8' })
    .map(name => path.posix.join(relative, name))
    .filter(name => statSync(path.join(ROOT, name)).isFile());
}

let tarball = '';
let packed: readonly string[] = [];
beforeAll(() => {
  // The build is there already: building again would pull the program from under the tests that run beside this one.
  const { stdout } = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], ROOT);
  const answer: unknown = JSON.parse(stdout);
  const one = z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) });
  // A list in npm 10 and 11, a map by name afterwards.
  const [pack] = z.union([z.array(one), z.record(z.string(), one).transform(map => Object.values(map))]).parse(answer);
  if (pack === undefined) throw new Error(`npm pack made nothing: ${stdout}`);
  tarball = path.join(folder, pack.filename);
  packed = pack.files.map(file => file.path);
});

test('the package holds the program, its licences, its schema, its documents and the sample, and nothing else', () => {
  const expected = [
    ...['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'phasegate.schema.json'],
    ...['bin/phasegate.cjs', 'dist/cli.js', 'dist/cli-late.js', 'dist/job-facts.js', 'dist/runner.js'],
    ...['dist/third-party-licenses.txt', 'dist/webview/grid.js', 'dist/webview/grid.css'],
    ...filesBelow('media/sample'),
  ];
  expect([...packed].sort()).toEqual(expected.sort());
});

test('what is bundled is named with its licence, and every licence allows it', () => {
  const notices = readFileSync(path.join(ROOT, 'dist/third-party-licenses.txt'), 'utf8');
  const named = [...notices.matchAll(/^(\S+) \d+\.\d+\.\d+ \((.+)\)$/gm)].map(([, name, license]) => [name, license]);
  expect(named.map(([name]) => name)).toEqual(expect.arrayContaining(['commander', 'yaml', 'zod']));
  for (const [, license] of named)
    expect(['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0']).toContain(license);
});

test('an older Node is told which one is needed, in words that it can parse', () => {
  const program = readFileSync(path.join(ROOT, 'bin/phasegate.cjs'), 'utf8');
  // The check runs before anything that an old Node has not; `var` and plain functions only.
  const before = program.slice(0, program.indexOf('require('));
  expect(before).not.toMatch(/\b(?:let|const|class|import|async)\b|=>|\?\?|\?\.|`/);
  const pretended = `Object.defineProperty(process.versions, 'node', { value: '20.20.2' }); require(${JSON.stringify(path.join(ROOT, 'bin/phasegate.cjs'))})`;
  const { stdout, stderr } = run(process.execPath, ['-e', pretended], ROOT, 64);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^phasegate needs Node 22 or newer, and this is v[\d.]+: install a newer Node/);
});

describe('installed into an empty folder', () => {
  const home = path.join(folder, 'home');
  const program = path.join(home, 'node_modules/.bin/phasegate');

  beforeAll(() => {
    mkdirSync(home);
    writeFileSync(path.join(home, 'package.json'), '{ "name": "home", "private": true }\n');
    // The native DuckDB comes from npm's cache where the set-up has put it there.
    run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', tarball], home);
  }, 300_000);

  test('it says its version', () => {
    expect(run(program, ['--version'], home).stdout.trim()).toBe(version);
  });

  test('it brings the native database, what that needs, and no other package', () => {
    const installed = readdirSync(path.join(home, 'node_modules')).filter(name => !name.startsWith('.'));
    expect(installed.sort()).toEqual(['@duckdb', 'detect-libc', 'phasegate']);
  });

  test('it writes the sample, and coverage in it ends 1 with who is short and by how much', () => {
    run(program, ['sample', 'x'], home);
    const workspace = path.join(home, 'x');
    const { stdout } = run(program, ['coverage'], workspace, 1);
    const lines = stdout.split('\n').map(line => line.replaceAll(/\s+/g, ' ').trim());
    expect(lines[0]).toMatch(/^sample-league · local · 2021-10-19 → 2026-01-04 · as of 2026-01-04/);
    for (const [table, figures] of [
      ['✘ team_offense_game_summary', '20.0 % 184 complete · 61 partial · 673 missing'],
      ['✘ player_game_summary', 'degraded'],
      ['✔ team_defense_game_summary', '100.0 % 918 complete'],
      ['✘ player_composite_factors', '0.0 % 848 missing'],
    ] as const) {
      expect(lines.find(line => line.startsWith(table))).toContain(figures);
    }
    expect(lines.find(line => line.startsWith('Next: '))).toMatch(/^Next: phasegate \w+/);

    const document: unknown = JSON.parse(run(program, ['coverage', '--json'], workspace, 1).stdout);
    expect(document).toMatchObject({ schema: 'phasegate.report/1', command: 'coverage', verdict: 'fail' });
  });

  test('it fills what is missing by a runner of its own, with the native part that it brings', () => {
    run(program, ['sample', 'small', '--dates', '4'], home);
    const small = path.join(home, 'small');
    const env = { ...process.env, PHASEGATE_STATE: path.join(home, 'state') };
    const { stdout } = run(program, ['backfill', 'Analytics', '--yes'], small, 0, env);
    expect(stdout).toMatch(/✔ done: \d+ dates of 2 tables written and proven/);
    expect(run(program, ['runs'], small, 0, env).stdout).toMatch(/^✔ .*_and_1_more {2}done/);
  });
});
