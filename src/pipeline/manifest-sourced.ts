// Thresholds from elsewhere: puts in the place of each `{ from: FILE, at: PATH }` of a manifest what that file says, or says why it cannot.
import { SourcedNumber, type SourcedReading, THRESHOLD_KEYS } from '../checks/sourced';
import type { SourceRef } from '../model/source';
import { type Place, childOf, putValue } from './manifest-place';
import type { Problems } from './manifest-problems';
import { nearest } from './nearest';
import type { ThresholdFiles } from './threshold-files';

const KEYS = ['from', 'at'] as const;

/** Reads every number that a manifest takes from a file, and puts it where it was asked for. */
export function takeNumbers(root: Place, files: ThresholdFiles, problems: Problems): void {
  const open = [root];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (isThreshold(place) && isSource(place)) take(place, files, problems);
    else if (isThreshold(place) && place.items?.some(isSource) === true) {
      for (const item of place.items) if (isSource(item)) take(item, files, problems);
      unite(place, problems);
    } else open.push(...(place.entries?.values() ?? place.items ?? []));
  }
}

function isThreshold({ step, parent }: Place): boolean {
  return typeof step === 'string' && (THRESHOLD_KEYS.has(step) || parent?.step === 'features');
}

function isSource({ entries }: Place): boolean {
  return entries?.has('at') === true;
}

function take(place: Place, files: ThresholdFiles, problems: Problems): void {
  const unknown = [...(place.entries ?? [])].find(([key]) => key !== 'from' && key !== 'at');
  const [from, at] = KEYS.map(key => childOf(place, key));
  const missing = KEYS.find(key => childOf(place, key) === undefined);
  if (unknown !== undefined) {
    const [key, child] = unknown;
    const near = nearest(key, KEYS);
    problems.add(
      child,
      `a number from another file has no key ${key}${near === undefined ? ': it is { from: FILE, at: PATH }' : `: did you mean ${near}?`}`,
      { at: 'key', suggestion: near },
    );
  } else if (missing !== undefined || from === undefined || at === undefined) {
    problems.add(place, `a number from another file needs ${missing ?? ''}: it is { from: FILE, at: PATH }`, {
      at: 'head',
    });
  } else {
    const [path, name] = [textOf(from, problems), textOf(at, problems)];
    const found = path === undefined || name === undefined ? undefined : files.number(path, name);
    if (found?.ok === true) {
      putValue(place, new SourcedNumber([found.reading]));
      return;
    }
    if (found !== undefined)
      problems.add(found.of === 'from' ? from : at, found.message, { suggestion: found.suggestion });
  }
  problems.spoil(place);
}

/** The text of `from` or `at`: a constant whose name looks like a number is taken as it is written. */
function textOf(place: Place, problems: Problems): string | undefined {
  const text = place.written ?? (typeof place.value === 'string' ? place.value : undefined);
  if (text !== undefined && text !== '') return typeof place.value === 'string' ? place.value : text;
  problems.add(
    place,
    `${String(place.step)} takes text, such as ${place.step === 'from' ? 'config/thresholds.yaml' : 'usage_rate.min'}`,
  );
  return undefined;
}

/** A list of sources is one number: the strictest of them, told by whoever takes it. */
function unite(list: Place, problems: Problems): void {
  const readings: SourcedReading[] = [];
  for (const item of list.items ?? []) {
    if (item.value instanceof SourcedNumber) readings.push(...item.value.readings);
    else {
      if (!isSource(item))
        problems.add(item, 'a list of thresholds is a list of sources: each is { from: FILE, at: PATH }');
      problems.spoil(list);
    }
  }
  if (!problems.isSpoilt(list)) putValue(list, new SourcedNumber(readings));
}

/** What was taken from elsewhere for a place, where its number comes from another file. */
export function takenAt(place: Place | undefined): NonNullable<SourcedNumber['taken']> | undefined {
  return place?.value instanceof SourcedNumber ? place.value.taken : undefined;
}

/** Where the number at a place is said: in the file that it is taken from; `undefined` where it stands in the manifest. */
export function elsewhere(place: Place | undefined): SourceRef | undefined {
  return takenAt(place)?.used.source;
}

/** Every number below a place that is taken from elsewhere, once it has been read what for. */
export function sourcedBelow(root: Place): readonly { readonly place: Place; readonly number: SourcedNumber }[] {
  const found: { place: Place; number: SourcedNumber }[] = [];
  const open = [root];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (place.value instanceof SourcedNumber) found.push({ place, number: place.value });
    else open.push(...(place.entries?.values() ?? place.items ?? []));
  }
  return found;
}
