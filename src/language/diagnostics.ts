// What is wrong with a manifest, as diagnostics at its place.
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
}

/** Every problem of a manifest, in the order of the text. */
export function diagnosticsOf({ reading }: ManifestDocument): readonly Diagnostic[] {
  const problems = reading.ok ? reading.warnings : reading.problems;
  return problems.map(({ line, column, endLine, endColumn, severity, message, suggestion }) => ({
    range: {
      start: { line: line - 1, character: column - 1 },
      end: { line: endLine - 1, character: endColumn - 1 },
    },
    severity: SEVERITY[severity],
    source: DIAGNOSTIC_SOURCE,
    message,
    ...(suggestion === undefined ? {} : { data: { suggestion } }),
  }));
}
