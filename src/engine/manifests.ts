// The manifests of the window's folders, from their open documents or the disk, each text read once.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { TextDocuments } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type ManifestDocument, outlineOf, readDocument } from '../language/manifest-document';
import { type FileStamp, MANIFEST_NAME, stampOf } from '../pipeline/manifest-file';
import type { ManifestState, Outline } from '../protocol';

export class Manifests {
  private readonly documents: TextDocuments<TextDocument>;
  private readonly onFiles: (files: readonly { readonly folder: string; readonly path: string }[]) => void;
  /** Manifests as last read, by path. */
  private readonly read = new Map<string, ManifestDocument>();
  /** Manifests as they last were whole YAML, by path. */
  private readonly whole = new Map<string, ManifestDocument>();
  /** The outline of when a folder's manifest was last good: a broken one keeps it on screen. */
  private readonly outlines = new Map<string, Outline>();

  /** @param onFiles told of all files that manifests take numbers from, whenever a manifest was read */
  constructor(
    documents: TextDocuments<TextDocument>,
    onFiles: (files: readonly { readonly folder: string; readonly path: string }[]) => void = () => undefined,
  ) {
    this.documents = documents;
    this.onFiles = onFiles;
  }

  /** The manifest that is open under a URI; other documents are none of ours. */
  open(uri: string): ManifestDocument | undefined {
    const document = this.documents.get(uri);
    if (document === undefined || !uri.startsWith('file:') || !uri.endsWith(`/${MANIFEST_NAME}`)) return undefined;
    return this.readOnce(fileURLToPath(uri), document.getText());
  }

  /** The manifest of a folder as it is now, open or not; `undefined` where there is none. */
  ofFolder(folder: string): ManifestDocument | undefined {
    const file = join(folder, MANIFEST_NAME);
    const text = this.documents.get(pathToFileURL(file).href)?.getText() ?? readText(file);
    return text === undefined ? undefined : this.readOnce(file, text);
  }

  /** The same manifest as it last was whole YAML. */
  lastWhole({ path }: ManifestDocument): ManifestDocument | undefined {
    return this.whole.get(path);
  }

  state(folder: string): ManifestState {
    const path = join(folder, MANIFEST_NAME);
    const onDisk = readText(path);
    const text = this.documents.get(pathToFileURL(path).href)?.getText() ?? onDisk;
    if (text === undefined) {
      this.outlines.delete(folder);
      return { folder, state: 'none', file: undefined, saved: undefined, problem: undefined, outline: undefined };
    }
    const { reading, files } = this.readOnce(path, text);
    const saved = onDisk === undefined ? undefined : savedAs(onDisk, files);
    if (reading.ok) {
      const outline = outlineOf(reading.pipeline);
      this.outlines.set(folder, outline);
      return { folder, state: 'good', file: path, saved, problem: undefined, outline };
    }
    const errors = reading.problems.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    const more = errors.length > 1 ? ` and ${errors.length - 1} more` : '';
    const problem = `${MANIFEST_NAME} line ${first?.line ?? 1}: ${first?.message ?? 'it cannot be read'}${more}`;
    return { folder, state: 'broken', file: path, saved, problem, outline: this.outlines.get(folder) };
  }

  /** The folders whose manifest takes numbers from a file: another text of it makes another pipeline. */
  takingFrom(path: string): readonly string[] {
    return [...this.read].flatMap(([manifest, { files }]) =>
      files.some(file => file.path === path) ? [dirname(manifest)] : [],
    );
  }

  /** A manifest is asked many things between two changes, and read once; a change of a file it takes numbers from is one. */
  private readOnce(path: string, text: string): ManifestDocument {
    const known = this.read.get(path);
    if (known?.text === text && known.files.every(isUnchanged)) return known;
    const document = readDocument(path, text, process.env);
    this.read.set(path, document);
    if (document.root !== undefined) this.whole.set(path, document);
    this.onFiles(
      [...this.read].flatMap(([manifest, { files }]) =>
        files.map(each => ({ folder: dirname(manifest), path: each.path })),
      ),
    );
    return document;
  }
}

/** Names what is saved, with the files that numbers are taken from. */
function savedAs(onDisk: string, files: readonly FileStamp[]): string {
  const hash = createHash('sha256').update(onDisk);
  for (const { path, stamp } of files) hash.update(`\0${path}\0${stamp}`);
  return hash.digest('base64url');
}

function isUnchanged({ path, stamp }: FileStamp): boolean {
  return stampOf(path).stamp === stamp;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
