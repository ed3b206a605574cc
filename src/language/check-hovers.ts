// A check of a manifest under the cursor: where its threshold is said, what it came to when it was judged last, and since when it fails. Pure.
import type { Report, Result } from '../model/report';
import type { SourceRef } from '../model/source';
import type { TextRange } from '../pipeline/manifest-place';
import { headOf } from '../pipeline/manifest-place';
import { type ManifestDocument, placesAt } from './manifest-document';
import { blameMarkdown, markdownText } from './markdown-text';
import { tableAround } from './names';
import { thresholdHover } from './thresholds';

/**
 * What is known of the check, or the threshold, at an offset. Markdown.
 * @param checks the last report of checks
 * @param linkTo the address of a place of a file
 */
export function checkHover(
  document: ManifestDocument,
  offset: number,
  checks: Report | undefined,
  linkTo: (source: SourceRef) => string,
): { readonly range: TextRange; readonly markdown: string } | undefined {
  const threshold = thresholdHover(document, offset, linkTo);
  const places = placesAt(document.root, offset);
  const check = places.findLast(
    ({ parent, step }) => parent?.parent?.step === 'checks' || (step === 'rows' && parent?.parent?.step === 'tables'),
  );
  const table = tableAround(document, offset);
  const results =
    check === undefined || table === undefined ? [] : resultsAt(document, headOf(check).start, table, checks);
  const lines = [...(threshold?.lines ?? []), ...results.flatMap(resultLines)];
  if (lines.length === 0) return undefined;
  const range = threshold?.range ?? (check === undefined ? undefined : headOf(check));
  return range === undefined ? undefined : { range, markdown: lines.join('\n\n') };
}

/** What the check that is declared at an offset came to: one that names several columns has a result for each. */
function resultsAt(
  { positions }: ManifestDocument,
  offset: number,
  table: string,
  checks: Report | undefined,
): readonly Result[] {
  const { line, character } = positions.of(offset);
  return (checks?.results ?? []).filter(
    result => result.table === table && result.source?.line === line + 1 && result.source.column === character + 1,
  );
}

function resultLines({ outcome, message, blame }: Result): readonly string[] {
  return [`${outcome}: ${markdownText(message)}`, ...(blame === undefined ? [] : [blameMarkdown(blame)])];
}
