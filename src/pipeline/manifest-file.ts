// Finding and reading the manifest's file: the one place of this room that touches a disk.
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { MAX_MANIFEST_BYTES } from './manifest';

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
  try {
    const { size } = statSync(path);
    if (size > MAX_MANIFEST_BYTES) {
      return {
        ok: false,
        message: `${path} has ${megabytes(size)} MB; a manifest has at most ${megabytes(MAX_MANIFEST_BYTES)} MB. Is it the right file?`,
      };
    }
    const bytes = readFileSync(path);
    if (bytes.includes(0))
      return { ok: false, message: `${path} is a binary file, not a manifest: a manifest is YAML text in UTF-8` };
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError)
      return { ok: false, message: `${path} is no UTF-8 text: save the manifest as UTF-8` };
    return {
      ok: false,
      message: `${path} could not be read: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
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
