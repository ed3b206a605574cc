// Finding and reading the manifest's file, and files beside it that it takes numbers from: the one place of this room that touches a disk.
import { readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { errorWords } from '../model/error-words';
import { nearest } from './nearest';

/** A larger manifest is refused before it is read. Bytes. */
export const MAX_MANIFEST_BYTES = 2_000_000;

/** The manifest's file name, at the workspace's root. */
export const MANIFEST_NAME = 'phasegate.yaml';

export type FoundFile = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly message: string };

/** The manifest that was named, else the one in the folder or the nearest folder above it. */
export function findManifest(cwd: string, named: string | undefined): FoundFile {
  if (named !== undefined) {
    const path = resolve(cwd, named);
    const kind = kindOf(path);
    if (kind === 'file') return { ok: true, path };
    if (kind === 'folder' && kindOf(join(path, MANIFEST_NAME)) === 'file')
      return { ok: true, path: join(path, MANIFEST_NAME) };
    return { ok: false, message: `there is no manifest ${path}: name an existing ${MANIFEST_NAME} with --manifest` };
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const path = join(folder, MANIFEST_NAME);
    if (kindOf(path) === 'file') return { ok: true, path };
    if (dirname(folder) === folder) break;
  }
  return {
    ok: false,
    message: `there is no ${MANIFEST_NAME} in ${resolve(cwd)} or above it: write one, name one with --manifest, or try the sample with "phasegate sample DIR"`,
  };
}

export type ReadFile = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

/** The text of a manifest. One that is too large, or no text, is refused with a message. */
export function readManifestFile(path: string): ReadFile {
  return readText(path, 'a manifest', 'YAML text in UTF-8');
}

function readText(path: string, kind: string, format: string): ReadFile {
  try {
    const { size } = statSync(path);
    if (size > MAX_MANIFEST_BYTES) {
      return {
        ok: false,
        message: `${path} has ${megabytes(size)} MB; ${kind} has at most ${megabytes(MAX_MANIFEST_BYTES)} MB. Is it the right file?`,
      };
    }
    const bytes = readFileSync(path);
    if (bytes.includes(0)) return { ok: false, message: `${path} is a binary file, not ${kind}: ${kind} is ${format}` };
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError) return { ok: false, message: `${path} is no UTF-8 text: save it as UTF-8` };
    return {
      ok: false,
      message: `${path} could not be read: ${errorWords(error)}`,
    };
  }
}

/** A file as it was when it was looked at: another text means that it may be another one. */
export interface FileStamp {
  /** Absolute path. */
  readonly path: string;
  readonly stamp: string;
}

/** The stamp of a file now; one that is not there has one too. */
export function stampOf(path: string): FileStamp {
  try {
    const { mtimeNs, size, ino } = statSync(path, { bigint: true });
    return { path, stamp: `${mtimeNs}:${size}:${ino}` };
  } catch {
    return { path, stamp: 'not there' };
  }
}

export type BesideFile =
  | { readonly ok: true; readonly path: string; readonly text: string; readonly stamp: FileStamp }
  | { readonly ok: false; readonly message: string; readonly suggestion?: string; readonly stamp: FileStamp };

/**
 * The text of a file beside the manifest: inside of its folder, and nowhere else.
 * @param from path from the folder; the path that is given back has `/` on every system
 * @param formats how names of files end that can be read, and in words what others are none of
 */
export function readBeside(
  folder: string,
  from: string,
  formats: { readonly pattern: RegExp; readonly words: string },
): BesideFile {
  const absolute = resolve(folder, from);
  const stamp = stampOf(absolute);
  const path = relative(folder, absolute).split(sep).join('/');
  const no = (message: string, suggestion?: string): BesideFile => ({
    ok: false,
    message,
    stamp,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
  const outside = `${from} lies outside of the manifest's folder: a threshold is taken from a file inside of it`;
  if (!isInside(folder, absolute)) return no(outside);
  const kind = kindOf(absolute);
  if (kind === 'none') {
    const near = nearest(path, filesBeside(folder, path, formats.pattern));
    return no(
      `there is no ${path} in the manifest's folder${near === undefined ? '' : `: did you mean ${near}?`}`,
      near,
    );
  }
  if (kind === 'folder') return no(`${path} is a folder: name a file in it`);
  if (!formats.pattern.test(path)) return no(`${path} is neither ${formats.words} by its name`);
  try {
    // A link may lead anywhere.
    if (!isInside(realpathSync(folder), realpathSync(absolute))) return no(outside);
    const file = readText(absolute, 'a file of thresholds', 'text in UTF-8');
    return file.ok ? { ok: true, path, text: file.text, stamp } : no(file.message);
  } catch (error) {
    return no(`${path} could not be read: ${errorWords(error)}`);
  }
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The files of the folder that a path names, and of the one above, from the manifest's folder. */
function filesBeside(folder: string, path: string, pattern: RegExp): readonly string[] {
  const own = dirname(path);
  const folders = own === '.' ? ['.'] : [own, dirname(own)];
  return folders.flatMap(each => {
    try {
      return readdirSync(join(folder, each), { withFileTypes: true })
        .filter(entry => entry.isFile() && pattern.test(entry.name))
        .map(({ name }) => (each === '.' ? name : `${each}/${name}`));
    } catch {
      return []; // there is no such folder
    }
  });
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}

function kindOf(path: string): 'file' | 'folder' | 'none' {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch {
    return 'none';
  }
}
