// What a command runs with: its environment, its interpreter, and the values that are never shown.
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { errorWords } from '../model/error-words';
import type { CommandJob } from '../pipeline/pipeline';
import { resolveTemplate } from '../pipeline/templates';

export type Resolved<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

export interface JobEnvironment {
  readonly env: NodeJS.ProcessEnv;
  /** Values of secrets, and the lines of those that have several, longest first: whatever is shown of the job is searched for them. */
  readonly secrets: readonly string[];
}

/** A shorter line of a secret, such as a brace, is none by itself. Characters. */
const LEAST_LINE = 8;
/** The folder of a workspace's own Python, where it has one. */
const VENV = '.venv';

/**
 * The environment of a job: what we have ourselves, its `envFile`, its `env`. The workspace's `.venv` comes first on the PATH.
 * @param folder the workspace
 */
export function jobEnvironment(job: CommandJob, folder: string, base: NodeJS.ProcessEnv): Resolved<JobEnvironment> {
  const problems: string[] = [];
  const fill = (text: string): string => {
    const resolved = resolveTemplate(text, base);
    if (resolved.ok) return resolved.text;
    problems.push(resolved.message);
    return '';
  };
  let fromFile: NodeJS.ProcessEnv = {};
  if (job.envFile !== undefined) {
    const named = fill(job.envFile);
    const path = isAbsolute(named) ? named : join(folder, named);
    try {
      fromFile = parseEnv(readFileSync(path, 'utf8'));
    } catch (error) {
      problems.push(`${path} could not be read: ${errorWords(error)}`);
    }
  }
  const venv = join(folder, VENV, process.platform === 'win32' ? 'Scripts' : 'bin');
  const env: NodeJS.ProcessEnv = {
    ...base,
    // An empty part of the PATH would be the folder in which a job runs.
    ...(existsSync(venv)
      ? {
          PATH: [venv, base['PATH'] ?? ''].filter(part => part !== '').join(delimiter),
          VIRTUAL_ENV: join(folder, VENV),
        }
      : {}),
    ...fromFile,
    ...Object.fromEntries([...job.env].map(([name, text]) => [name, fill(text)])),
  };
  // Our own process is told to be Node where it is an editor's: the job is none of that.
  delete env['ELECTRON_RUN_AS_NODE'];
  const secrets: string[] = [];
  for (const name of job.secrets) {
    const value = env[name];
    if (value === undefined || value === '')
      problems.push(
        `the secret ${name} is not set: set it in the environment${job.envFile === undefined ? '' : ` or in ${job.envFile}`}`,
      );
    else secrets.push(value, ...value.split(/\r?\n/).filter(line => line !== value && line.length >= LEAST_LINE));
  }
  return problems.length === 0
    ? { ok: true, value: { env, secrets: secrets.sort((a, b) => b.length - a.length) } }
    : { ok: false, message: `job ${job.name}: ${problems.join('; ')}` };
}

/** Text without the values of secrets. @param secrets longest first: one may be the beginning of another */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}

export interface Interpreter {
  readonly path: string;
  /** Where it comes from, in words. */
  readonly from: string;
}

/**
 * The Python of a workspace: the one that was chosen, the one of its `.venv`, or the system's.
 * @param chosen an interpreter that somebody chose, and where
 */
export function findPython(
  folder: string,
  chosen: Interpreter | undefined,
  env: NodeJS.ProcessEnv,
): Resolved<Interpreter> {
  if (chosen !== undefined) {
    const path = isAbsolute(chosen.path) || !/[/\\]/.test(chosen.path) ? chosen.path : join(folder, chosen.path);
    const found = isAbsolute(path) ? (isProgram(path) ? path : undefined) : onPath(path, env);
    return found === undefined
      ? {
          ok: false,
          message: `there is no Python ${chosen.path}, which ${chosen.from} names: choose another interpreter`,
        }
      : { ok: true, value: { path: found, from: chosen.from } };
  }
  const own = join(folder, VENV, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));
  if (isProgram(own)) return { ok: true, value: { path: own, from: `the workspace's ${VENV}` } };
  for (const name of ['python3', 'python']) {
    const found = onPath(name, env);
    if (found !== undefined) return { ok: true, value: { path: found, from: 'the PATH' } };
  }
  return { ok: false, message: `there is no Python: make a ${VENV} in ${folder}, or install python3` };
}

/** Why a command's program cannot be run, as the system looks for it; `undefined` where it can. @param folder where it is run */
export function whyNoProgram(program: string, folder: string, env: NodeJS.ProcessEnv): string | undefined {
  if (!/[/\\]/.test(program))
    return onPath(program, env) === undefined ? 'there is no such program on the PATH' : undefined;
  const path = resolve(folder, program);
  if (isProgram(path)) return undefined;
  return existsSync(path) && statSync(path).isFile()
    ? `it is there and may not be run: "chmod +x ${program}", or name its interpreter before it`
    : 'there is no such program';
}

function onPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter(folder => folder !== '')
    .map(folder => join(folder, process.platform === 'win32' ? `${name}.exe` : name))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
