// The runner's own copy: whole or not there, one for each version, and alive when what it was copied from is gone.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { installRunner } from '../../../src/runs/install-runner';
import { bundle, run } from './programs';

let folder: string;
let programs: string;
let state: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasegate-install-'));
  programs = join(folder, 'extension', 'dist');
  state = join(folder, 'state');
  file('extension/dist/runner.js', "console.log('runner with ' + require('@duckdb/node-bindings'));\n");
  // As npm lays them out: beside our programs, and one of them within another.
  pack(
    'extension/node_modules/@duckdb/node-bindings',
    "module.exports = 'bindings ' + require('inner') + require('libs');",
    {
      dependencies: { inner: '1' },
      optionalDependencies: { libs: '1', 'libs-of-another-system': '1' },
    },
  );
  pack('extension/node_modules/@duckdb/node-bindings/node_modules/inner', "module.exports = 'inner ';", {});
  pack('extension/node_modules/libs', "module.exports = 'libs';", { dependencies: { '@duckdb/node-bindings': '1' } });
  pack('extension/node_modules/unrelated', "module.exports = 'unrelated';", {});
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(path: string, text: string): void {
  const whole = join(folder, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
}

function pack(path: string, text: string, manifest: object): void {
  file(`${path}/index.js`, text);
  file(`${path}/package.json`, JSON.stringify({ main: 'index.js', ...manifest }));
}

function installed(version = '1.2.3'): string {
  const result = installRunner(programs, state, version);
  if (!result.ok) throw new Error(result.message);
  return result.program;
}

const runners = (): readonly string[] => readdirSync(join(state, 'runners'));

describe('the copy of the runner', () => {
  test('runs when the extension that it came from is gone, with its native parts', async () => {
    const program = installed();
    rmSync(join(folder, 'extension'), { recursive: true });
    expect(await run(program, [])).toBe('runner with bindings inner libs\n');
    expect(readdirSync(join(dirname(program), 'node_modules')).sort()).toEqual(['@duckdb', 'inner', 'libs']);
  });

  test('is made of links’ targets: nothing of it points outside', async () => {
    file('elsewhere/index.js', "module.exports = 'linked';");
    rmSync(join(folder, 'extension/node_modules/libs/index.js'));
    symlinkSync(join(folder, 'elsewhere/index.js'), join(folder, 'extension/node_modules/libs/index.js'));
    const program = installed();
    rmSync(join(folder, 'elsewhere'), { recursive: true });
    expect(await run(program, [])).toContain('linked');
  });

  test('is used again as it is, and says by its time that somebody still needs it', () => {
    const program = installed();
    const old = new Date('2020-01-01T00:00:00Z');
    utimesSync(program, old, old);
    utimesSync(dirname(program), old, old);
    expect(installed()).toBe(program);
    expect(statSync(program).mtimeMs).toBe(old.getTime());
    expect(statSync(dirname(program)).mtimeMs).toBeGreaterThan(old.getTime());
    expect(runners()).toHaveLength(1);
  });

  test('is another one for another version, and for another text of the same', () => {
    const first = installed('1.2.3');
    const next = installed('1.2.4');
    file('extension/dist/runner.js', '// a development version\n');
    const changed = installed('1.2.4');
    expect(new Set([first, next, changed]).size).toBe(3);
    expect(readFileSync(changed, 'utf8')).toBe('// a development version\n');
    expect(readFileSync(next, 'utf8')).toContain('runner with');
  });

  test('goes when nothing was begun by it for a month and another one is made', () => {
    const old = dirname(installed('1.2.2'));
    const recent = dirname(installed('1.2.3'));
    const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);
    utimesSync(old, daysAgo(31), daysAgo(31));
    utimesSync(recent, daysAgo(29), daysAgo(29));
    installed('1.2.4');
    expect([existsSync(old), existsSync(recent)]).toEqual([false, true]);
  });

  test('is whole when several processes make it at the same time', async () => {
    const program = join(folder, 'installer.cjs');
    await bundle(
      `import { installRunner } from './src/runs/install-runner';
       const [programs = '', state = ''] = process.argv.slice(2);
       process.stdout.write(JSON.stringify(installRunner(programs, state, '1.2.3')));`,
      program,
    );
    const told = await Promise.all([1, 2, 3, 4].map(() => run(program, [programs, state])));
    expect(new Set(told)).toEqual(new Set([JSON.stringify({ ok: true, program: installed() })]));
    expect(runners()).toHaveLength(1);
    expect(await run(installed(), [])).toBe('runner with bindings inner libs\n');
  });
});

describe('a runner that cannot be copied', () => {
  test('says where and what to do, where the state folder cannot be written', () => {
    writeFileSync(state, 'a file in its place');
    const result = installRunner(programs, state, '1.2.3');
    expect(result).toMatchObject({ ok: false });
    expect(result.ok ? '' : result.message).toMatch(
      /^the runner could not be copied to .*state: .*\. Make the folder writable, or name another one in PHASEGATE_STATE$/,
    );
  });

  test('says so where there is none', () => {
    rmSync(join(programs, 'runner.js'));
    expect(installRunner(programs, state, '1.2.3')).toMatchObject({ ok: false });
    expect(existsSync(state)).toBe(false);
  });

  test('leaves nothing behind that was copied by half', () => {
    symlinkSync(join(folder, 'gone'), join(folder, 'extension/node_modules/libs/dangling.node'));
    expect(installRunner(programs, state, '1.2.3')).toMatchObject({ ok: false });
    expect(runners()).toEqual([]);
  });
});
