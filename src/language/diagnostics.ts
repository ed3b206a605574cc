// What is wrong with a manifest, as diagnostics at its place.
import type { RelatedPlace } from '../pipeline/manifest-problems';
import type { ManifestDocument } from './manifest-document';
import type { Range } from './text';

/** The name under which Problems shows what we say. */
export const DIAGNOSTIC_SOURCE = 'phasegate';

/** Severities as the Language Server Protocol numbers them. */
const SEVERITY = { error: 1, warning: 2 } as const;

export interface Diagnostic {
  readonly range: Range;
  readonly severity: 1 | 2;
  readonly source: string;
  readonly message: string;
  /** What a quick fix puts in the place of what is marked. */
  readonly data?: { readonly suggestion: string };
  /** Other places that it is about. */
  readonly related?: readonly RelatedPlace[];
}

/** Every problem of a manifest, in the order of the text. */
export function diagnosticsOf({ reading }: ManifestDocument): readonly Diagnostic[] {
  const problems = reading.ok ? reading.warnings : reading.problems;
  return problems.map(({ line, column, endLine, endColumn, severity, message, suggestion, related }) => ({
    range: {
      start: { line: line - 1, character: column - 1 },
      end: { line: endLine - 1, character: endColumn - 1 },
    },
    severity: SEVERITY[severity],
    source: DIAGNOSTIC_SOURCE,
    message,
    ...(suggestion === undefined ? {} : { data: { suggestion } }),
    ...(related === undefined ? {} : { related }),
  }));
}

/** The thresholds that are not to be trusted, at their lines of a file that the manifest takes numbers from. */
export function doubtsIn({ reading }: ManifestDocument, file: string): readonly Diagnostic[] {
  const doubts = reading.ok ? reading.pipeline.doubts : [];
  return doubts.flatMap(({ message, places }) =>
    places
      .filter(place => place.file === file)
      .map(place => {
        const start = { line: place.line - 1, character: (place.column ?? 1) - 1 };
        return {
          range: { start, end: { line: place.line, character: 0 } },
          severity: SEVERITY.warning,
          source: DIAGNOSTIC_SOURCE,
          message,
          related: places.filter(other => other !== place).map(other => ({ ...other, message: 'another source' })),
        };
      }),
  );
}
