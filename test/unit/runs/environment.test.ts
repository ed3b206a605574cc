// What a command runs with and how it is shown: variables, the interpreter, and secrets that nobody ever sees.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { shownCommand } from '../../../src/model/command-line';
import type { CommandJob } from '../../../src/pipeline/pipeline';
import { type JobEnvironment, findPython, jobEnvironment, redact, whyNoProgram } from '../../../src/runs/environment';
import { commandJob } from '../backfill/pipelines';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasegate-environment-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(path: string, text = '', mode = 0o644): string {
  const whole = join(folder, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  chmodSync(whole, mode);
  return whole;
}

/** A job that runs `job.sh`, with more of its declaration. */
function job(more = ''): CommandJob {
  return commandJob(`{ command: [job.sh]${more === '' ? '' : `, ${more}`} }`);
}

function environment(of: CommandJob, base: NodeJS.ProcessEnv = {}): JobEnvironment {
  const made = jobEnvironment(of, folder, base);
  if (!made.ok) throw new Error(made.message);
  return made.value;
}

function problem(of: CommandJob, base: NodeJS.ProcessEnv = {}): string {
  const made = jobEnvironment(of, folder, base);
  if (made.ok) throw new Error('nothing is wrong');
  return made.message;
}

describe('a job’s environment', () => {
  test('is ours, then its file, then what it declares: the last one says what holds', () => {
    file('.env', 'A=file\nB=file\nQUOTED="two words"\n# C=comment\n');
    const { env } = environment(job('envFile: .env, env: { A: job }'), { A: 'ours', B: 'ours', D: 'ours' });
    expect(env).toEqual({ A: 'job', B: 'file', D: 'ours', QUOTED: 'two words' });
  });

  test('reads ${env:NAME} in its values and in the path of its file, from ours', () => {
    file('secret/prod.env', 'FROM_FILE=1');
    const { env } = environment(job('envFile: "secret/${env:STAGE}.env", env: { ROOT: "/data/${env:STAGE}" }'), {
      STAGE: 'prod',
    });
    expect(env).toMatchObject({ ROOT: '/data/prod', FROM_FILE: '1' });
  });

  test('takes a file by its absolute path', () => {
    const path = file('elsewhere/x.env', 'X=1');
    expect(environment(job(`envFile: ${path}`)).env['X']).toBe('1');
  });

  test('begins its PATH with the workspace’s .venv, where there is one', () => {
    mkdirSync(join(folder, '.venv', 'bin'), { recursive: true });
    expect(environment(job(), { PATH: '/usr/bin:/bin' }).env).toEqual({
      PATH: `${folder}/.venv/bin:/usr/bin:/bin`,
      VIRTUAL_ENV: join(folder, '.venv'),
    });
    expect(environment(job('env: { PATH: /opt/bin }'), { PATH: '/usr/bin' }).env['PATH']).toBe('/opt/bin');
  });

  test('never has an empty part in its PATH: that would be the folder in which it runs', () => {
    mkdirSync(join(folder, '.venv', 'bin'), { recursive: true });
    expect(environment(job(), {}).env['PATH']).toBe(`${folder}/.venv/bin`);
  });

  test('is left as it is without one', () => {
    expect(environment(job(), { PATH: '/usr/bin' }).env).toEqual({ PATH: '/usr/bin' });
  });

  test('is not told to be Node, as our own process is where it is an editor’s', () => {
    expect(environment(job(), { ELECTRON_RUN_AS_NODE: '1', A: '1' }).env).toEqual({ A: '1' });
  });
});

describe('a job whose environment is not there', () => {
  test.each<[string, string, string | RegExp]>([
    ['a variable that is not set', 'env: { X: "${env:GONE}" }', /^job it: the environment variable GONE is not set/],
    ['a file that is not there', 'envFile: gone.env', /^job it: .*gone\.env could not be read: ENOENT/],
    ['a secret that is not set', 'secrets: [TOKEN]', 'job it: the secret TOKEN is not set: set it in the environment'],
    [
      'a secret that is empty, which may stand in its file',
      'envFile: .env, secrets: [EMPTY]',
      'job it: the secret EMPTY is not set: set it in the environment or in .env',
    ],
  ])('for %s does not run, and says what to do', (_what, declared, message) => {
    file('.env', 'EMPTY=\n');
    expect(problem(job(declared))).toMatch(message);
  });

  test('tells everything that is lacking at once', () => {
    expect(problem(job('env: { X: "${env:GONE}" }, secrets: [A, B]')).split('; ')).toHaveLength(3);
  });
});

describe('secrets', () => {
  test('are the values of what is named so, from ours, the file or the job itself', () => {
    file('.env', 'FROM_FILE=hunter2');
    const { secrets } = environment(
      job('envFile: .env, env: { DECLARED: "x${env:OURS}" }, secrets: [OURS, FROM_FILE, DECLARED]'),
      {
        OURS: 'correct horse',
        OTHER: 'not secret',
      },
    );
    expect([...secrets].sort()).toEqual(['correct horse', 'hunter2', 'xcorrect horse']);
  });

  test('come longest first, so that one which begins with another is taken out whole', () => {
    const { secrets } = environment(job('secrets: [SHORT, LONG]'), { SHORT: 'abc', LONG: 'abcdef' });
    expect(redact('the token is abcdef, not abc', secrets)).toBe('the token is ***, not ***');
  });

  test('of several lines are known by each of their lines too: a log is shown line by line', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBg\n}\n-----END KEY-----';
    const { secrets } = environment(job('secrets: [KEY]'), { KEY: key });
    expect(redact(key, secrets)).toBe('***');
    expect(redact('line: MIIEvQIBADANBg', secrets)).toBe('line: ***');
    expect(redact('{}', secrets)).toBe('{}');
  });

  test('are taken out of any text, however often and with whatever signs', () => {
    const secret = fc.string({ minLength: 1, maxLength: 12 }).filter(text => !/^\**$/.test(text));
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.array(fc.string(), { maxLength: 6 }),
        (all, texts) => {
          const env = Object.fromEntries(all.map((value, i) => [`S${i}`, value]));
          const { secrets } = environment(job(`secrets: [${Object.keys(env).join(', ')}]`), env);
          const text = texts.join(all[0]);
          for (const each of all.filter(value => !value.includes('*')))
            expect(redact(text, secrets)).not.toContain(each);
        },
      ),
    );
  });
});

describe('the Python of a workspace', () => {
  const python = (path: string): string => file(path, '#!/bin/sh\n', 0o755);
  const PATH = (): NodeJS.ProcessEnv => ({ PATH: `${folder}/nothing:${folder}/bin` });

  test('is the one that was chosen, before its own and the system’s', () => {
    const chosen = python('other/python');
    python('.venv/bin/python');
    python('bin/python3');
    expect(findPython(folder, { path: chosen, from: 'the setting phasegate.python' }, PATH())).toEqual({
      ok: true,
      value: { path: chosen, from: 'the setting phasegate.python' },
    });
  });

  test('may be chosen from the workspace, or by a name on the PATH', () => {
    const inside = python('env/bin/python');
    const named = python('bin/python3.12');
    expect(findPython(folder, { path: 'env/bin/python', from: 'x' }, {})).toMatchObject({ value: { path: inside } });
    expect(findPython(folder, { path: 'python3.12', from: 'x' }, PATH())).toMatchObject({ value: { path: named } });
  });

  test.each(['gone/python', 'python9', '/gone/python', 'plain.txt', 'bin'])(
    'that was chosen and is no program (%s) is a problem: no other one is taken in its place',
    path => {
      python('.venv/bin/python');
      file('plain.txt');
      mkdirSync(join(folder, 'bin'));
      expect(findPython(folder, { path, from: '--python' }, PATH())).toEqual({
        ok: false,
        message: `there is no Python ${path}, which --python names: choose another interpreter`,
      });
    },
  );

  test('is its own .venv’s before the system’s', () => {
    const own = python('.venv/bin/python');
    python('bin/python3');
    expect(findPython(folder, undefined, PATH())).toEqual({
      ok: true,
      value: { path: own, from: "the workspace's .venv" },
    });
  });

  test('is the system’s where its .venv is broken: python3, else python', () => {
    mkdirSync(join(folder, '.venv', 'bin'), { recursive: true });
    symlinkSync('/gone/python3', join(folder, '.venv', 'bin', 'python'));
    const plain = python('bin/python');
    expect(findPython(folder, undefined, PATH())).toEqual({ ok: true, value: { path: plain, from: 'the PATH' } });
    const three = python('bin/python3');
    expect(findPython(folder, undefined, PATH())).toEqual({ ok: true, value: { path: three, from: 'the PATH' } });
  });

  test('is none where there is none', () => {
    expect(findPython(folder, undefined, PATH())).toEqual({
      ok: false,
      message: `there is no Python: make a .venv in ${folder}, or install python3`,
    });
  });
});

describe('a program', () => {
  test.each([
    ['tool', undefined],
    ['bin/tool', undefined],
    ['./bin/tool', undefined],
    ['tool2', 'there is no such program on the PATH'],
    ['plain.txt', 'there is no such program on the PATH'],
    ['./plain.txt', 'it is there and may not be run: "chmod +x ./plain.txt", or name its interpreter before it'],
    ['./bin', 'there is no such program'],
    ['gone/tool', 'there is no such program'],
  ])('named %s cannot be run, for: %s', (program, why) => {
    file('bin/tool', '#!/bin/sh\n', 0o755);
    file('plain.txt');
    expect(whyNoProgram(program, folder, { PATH: join(folder, 'bin') })).toBe(why);
    if (!program.includes('/')) expect(whyNoProgram(program, folder, {})).toBe('there is no such program on the PATH');
  });
});

describe('a command as it is shown', () => {
  test.each<[readonly string[], string]>([
    [['python3', 'jobs/x.py', '--dates=2024-01-01,2024-01-02'], 'python3 jobs/x.py --dates=2024-01-01,2024-01-02'],
    [['${python}', '--token', '${env:TOKEN}'], '${python} --token ${env:TOKEN}'],
    [['a word', ''], "'a word' ''"],
    [["it's"], String.raw`'it'\''s'`],
    [['$HOME', '{a,b}', '*', '~', 'a;b', '$(rm)'], "'$HOME' '{a,b}' '*' '~' 'a;b' '$(rm)'"],
  ])('of %j is %s', (argv, shown) => {
    expect(shownCommand(argv)).toBe(shown);
  });

  test('is what a shell makes the same words of', () => {
    const words = fc.array(
      fc.string({ unit: 'grapheme', maxLength: 12 }).map(text => text.replaceAll('\0', '')),
      {
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(words, argv => {
        const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' - ${shownCommand(argv)}`], { encoding: 'utf8' });
        expect(stdout.split('\0').slice(1, -1)).toEqual(argv);
      }),
      { numRuns: 40 },
    );
  });
});
