// A threshold of a manifest under the cursor: what it asks for, and the file and line that say so. Pure.
import { basename } from 'node:path';
import { SourcedNumber, type SourcedReading, THRESHOLD_KEYS } from '../checks/sourced';
import { formatCount, formatThreshold } from '../model/percent';
import type { SourceRef } from '../model/source';
import type { Place, TextRange } from '../pipeline/manifest-place';
import { type ManifestDocument, placesAt } from './manifest-document';
import { markdownCode } from './markdown-text';

/** A threshold, and where the number is said that it goes by. */
export interface ThresholdHover {
  readonly range: TextRange;
  /** A line for each number that it takes from elsewhere, or one for its own. */
  readonly lines: readonly string[];
}

/**
 * The threshold at an offset, in words; `undefined` where none stands.
 * @param linkTo the address of a place of a file
 */
export function thresholdHover(
  document: ManifestDocument,
  offset: number,
  linkTo: (source: SourceRef) => string,
): ThresholdHover | undefined {
  const place = thresholdAt(document, offset);
  if (place === undefined) return undefined;
  const range = { start: (place.key ?? place.range).start, end: place.range.end };
  const name = markdownCode(String(place.step));
  const linked = (source: SourceRef): string => `[${source.file}:${source.line}](${linkTo(source)})`;
  if (!(place.value instanceof SourcedNumber)) {
    const { line } = document.positions.of(place.range.start);
    return {
      range,
      lines: [`${name} ${place.written ?? String(place.value)}, said in ${basename(document.path)}:${line + 1}`],
    };
  }
  const { readings, taken } = place.value;
  const words = ({ value, isPercent }: SourcedReading, i: number): string => {
    const meant = taken?.values[i];
    if (meant === undefined) return `${formatCount(value)}${isPercent ? '%' : ''}`;
    return taken?.isShare === true ? formatThreshold(meant) : formatCount(meant);
  };
  return {
    range,
    lines: readings.map((reading, i) => {
      const counts = readings.length > 1 && reading === taken?.used ? ': the strictest, it counts' : '';
      return `${name} ${words(reading, i)}, said in ${linked(reading.source)} at ${markdownCode(reading.at)}${counts}`;
    }),
  };
}

/** Where the number is said that `from` or `at` under the cursor takes; `undefined` where it takes none. */
export function thresholdDefinition(document: ManifestDocument, offset: number): SourceRef | undefined {
  const places = placesAt(document.root, offset);
  const innermost = places.findLast(({ value }) => value instanceof SourcedNumber);
  if (innermost === undefined || !(innermost.value instanceof SourcedNumber)) return undefined;
  return (innermost.value.taken?.used ?? innermost.value.readings[0])?.source;
}

/** The outermost place of a threshold at an offset: a list of sources is one. */
function thresholdAt(document: ManifestDocument, offset: number): Place | undefined {
  const places = placesAt(document.root, offset);
  return (
    places.find(({ value }) => value instanceof SourcedNumber) ??
    places.findLast(({ step, value, written, parent }) => {
      const isNamed = typeof step === 'string' && (THRESHOLD_KEYS.has(step) || parent?.step === 'features');
      return (
        isNamed && written !== undefined && (typeof value === 'number' || /^\s*[\d.]+\s*%\s*$/.test(String(value)))
      );
    })
  );
}
