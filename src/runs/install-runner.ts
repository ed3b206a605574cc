// A copy of the runner in the user's state folder: an update of the extension, or its removal, does not end a night's run.
import { createHash, randomUUID } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorWords } from '../model/error-words';

/** The runner's program among those of a version. */
const PROGRAM = 'runner.js';
/** The package whose native part the runner needs, with what that is made of. */
const NATIVE = '@duckdb/node-bindings';
/** A copy by which nothing was begun for so long is removed when another is made: each has the size of a database engine. Milliseconds. */
const UNUSED_MS = 30 * 86_400_000;

export type Installed =
  { readonly ok: true; readonly program: string } | { readonly ok: false; readonly message: string };

/**
 * Copies the runner and its native parts, unless this very version is there already.
 * @param programs the folder of our own programs
 * @param stateFolder the user's state folder
 */
export function installRunner(programs: string, stateFolder: string, version: string): Installed {
  try {
    const source = join(programs, PROGRAM);
    const hash = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 12);
    const folder = join(stateFolder, 'runners', `${version}-${hash}`);
    const program = join(folder, PROGRAM);
    if (existsSync(program)) {
      const now = new Date();
      utimesSync(folder, now, now);
      return { ok: true, program };
    }
    const aside = `${folder}.${randomUUID()}`;
    try {
      mkdirSync(aside, { recursive: true });
      cpSync(source, join(aside, PROGRAM));
      for (const [name, from] of nativePackages(programs))
        cpSync(from, join(aside, 'node_modules', ...name.split('/')), {
          recursive: true,
          dereference: true,
          filter: () => true, // without one, Node copies links within a folder as links
        });
      try {
        renameSync(aside, folder);
      } catch {
        // Another process was quicker.
      }
    } finally {
      rmSync(aside, { recursive: true, force: true });
    }
    removeUnused(join(stateFolder, 'runners'));
    return existsSync(program) ? { ok: true, program } : { ok: false, message: `${program} could not be put in place` };
  } catch (error) {
    return {
      ok: false,
      message: `the runner could not be copied to ${stateFolder}: ${errorWords(error)}. Make the folder writable, or name another one in PHASEGATE_STATE`,
    };
  }
}

/** Removes copies that nobody has begun anything by for long. What cannot be removed stays: that is no reason not to run. */
function removeUnused(runners: string): void {
  try {
    for (const name of readdirSync(runners)) {
      const folder = join(runners, name);
      if (Date.now() - statSync(folder).mtimeMs > UNUSED_MS) rmSync(folder, { recursive: true, force: true });
    }
  } catch {
    // Another process was quicker, or may not.
  }
}

/** The packages of the native part that are installed beside our programs: itself, what it asks for, and this system's library. */
function nativePackages(programs: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (name: string, from: string): void => {
    if (found.has(name)) return;
    const folder = packageFolder(name, from);
    if (folder === undefined) return; // of another system
    found.set(name, folder);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      readonly dependencies?: Readonly<Record<string, string>>;
      readonly optionalDependencies?: Readonly<Record<string, string>>;
    };
    for (const each of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) visit(each, folder);
  };
  visit(NATIVE, programs);
  return found;
}

function packageFolder(name: string, from: string): string | undefined {
  const paths = createRequire(pathToFileURL(join(from, 'anything.js'))).resolve.paths(name) ?? [];
  return paths.map(path => join(path, ...name.split('/'))).find(path => existsSync(join(path, 'package.json')));
}
