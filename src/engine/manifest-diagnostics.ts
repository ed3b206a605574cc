// What is wrong with a manifest as diagnostics of the Language Server Protocol: in its own file, and in those that it takes numbers from.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Diagnostic } from 'vscode-languageserver/node';
import { diagnosticsOf, doubtsIn } from '../language/diagnostics';
import type { ManifestDocument } from '../language/manifest-document';
import { MANIFEST_NAME } from '../pipeline/manifest-file';

/** The diagnostics of a file of a folder that come of the folder's manifest. @param file from the folder, with `/` */
export function manifestDiagnostics(manifest: ManifestDocument, folder: string, file: string): readonly Diagnostic[] {
  const found = file === MANIFEST_NAME ? diagnosticsOf(manifest) : doubtsIn(manifest, file);
  return found.map(({ related, ...diagnostic }) => ({
    ...diagnostic,
    ...(related === undefined
      ? {}
      : {
          relatedInformation: related.map(place => ({
            location: {
              uri: pathToFileURL(join(folder, place.file)).href,
              range: lineStart(place.line, place.column),
            },
            message: place.message,
          })),
        }),
  }));
}

/** The files beside the manifest in which something is to be said. */
export function doubtedFiles({ reading }: ManifestDocument): readonly string[] {
  const places = reading.ok ? reading.pipeline.doubts.flatMap(doubt => doubt.places) : [];
  return [...new Set(places.map(({ file }) => file))].filter(file => file !== MANIFEST_NAME);
}

/** A place as a range of nothing. @param line from 1 @param column from 1 */
export function lineStart(line: number, column = 1): Diagnostic['range'] {
  const at = { line: line - 1, character: column - 1 };
  return { start: at, end: at };
}
