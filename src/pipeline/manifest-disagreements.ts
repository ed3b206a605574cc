// Two sources of one figure that say different numbers (§1.12): told at each place that says one, in the manifest and in the files.
import { THRESHOLD_KEYS, isNamedPercent } from '../checks/sourced';
import { formatCount, formatThreshold } from '../model/percent';
import type { SourceRef } from '../model/source';
import { type Place, childOf } from './manifest-place';
import type { Problems } from './manifest-problems';
import { sourcedBelow, takenAt } from './manifest-sourced';
import type { ThresholdDoubt } from './pipeline';

/** A number that is asked of something, and where that is said. */
export interface AskedNumber {
  /** What it is asked of, the same for two that may disagree. */
  readonly of: string;
  readonly value: number;
  /** Where in the manifest. */
  readonly place: Place;
}

/** What a check declares besides what it asks for, and how it counts: two checks that differ in it are about two figures. */
const NOT_THE_FIGURE = new Set([...THRESHOLD_KEYS, 'severity', 'minRows', 'column', 'columns', 'per']);
/** Over which dates thresholds hold that do not say it. */
const SCOPES: Readonly<Record<string, string>> = { constant: 'date', row_count: 'range', rows: 'date' };

/** The numbers that a check's declaration asks for. @param part the id of one of its parts, such as `not_null/usage_rate` */
export function askedBy(type: string, part: string, declared: unknown, place: Place): readonly AskedNumber[] {
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared)) return [];
  const entries = Object.entries(declared);
  const { per = SCOPES[type] ?? 'season' } = declared as { readonly per?: string };
  const figure = JSON.stringify([
    part,
    per,
    entries.filter(([key, value]) => !NOT_THE_FIGURE.has(key) && value !== undefined),
  ]);
  return entries.flatMap(([key, value]) =>
    THRESHOLD_KEYS.has(key) && typeof value === 'number'
      ? [{ of: `${figure} ${key}`, value, place: childOf(place, key) ?? place }]
      : [],
  );
}

/** Tells of checks of one table that ask different numbers of one figure, where at least one of them comes from another file. */
export function tellDisagreements(
  table: string,
  checks: readonly { readonly id: string; readonly asked: readonly AskedNumber[] }[],
  problems: Problems,
): void {
  const groups = Map.groupBy(
    checks.flatMap(({ id, asked }) => asked.map(each => ({ ...each, id }))),
    ({ of }) => of,
  );
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined || group.every(({ value }) => value === first.value)) continue;
    const isShare = group.map(({ place }) => takenAt(place)?.isShare).find(each => each !== undefined);
    if (isShare === undefined) continue; // all of them stand in the manifest, one under the other
    const said = group.map(({ place, value }) => ({
      value,
      source: takenAt(place)?.used.source ?? problems.source(place, 'value'),
    }));
    const words = wordsOf(said, isShare);
    tell({ table, check: first.id, words, said, places: group.map(({ place }) => place) }, problems);
  }
}

/** Tells of lists of sources that say different numbers: the strictest counts, and somebody should know. */
export function tellDisagreeingLists(root: Place, problems: Problems): void {
  for (const { place, number } of sourcedBelow(root)) {
    const { taken, readings } = number;
    if (taken === undefined || taken.values.every(value => value === taken.values[0])) continue;
    const said = readings.map(({ source }, i) => ({ value: taken.values[i] ?? 0, source }));
    const used = numberWords(taken.values[readings.indexOf(taken.used)] ?? 0, taken.isShare);
    const words = `${wordsOf(said, taken.isShare)}; ${used}, the strictest, counts`;
    tell({ ...ownerOf(place), words, said, places: [place] }, problems);
  }
}

/** Tells of numbers that can be meant in two ways: 0.95 under a name that says percent is taken by its name. */
export function tellPercentDoubts(root: Place, problems: Problems): void {
  for (const { place, number } of sourcedBelow(root)) {
    if (number.taken?.isShare !== true) continue;
    for (const reading of number.readings) {
      const { value, at, source } = reading;
      if (reading.isPercent || !isNamedPercent(reading) || value <= 0 || value > 1) continue;
      const message = `${at} in ${source.file}:${source.line} is ${value}, taken as ${value} % by its name: write ${Number((value * 100).toFixed(6))} there if that is meant, or "${value}%"`;
      problems.add(place, message, { severity: 'warning', related: [{ ...source, message: `${at} is ${value}` }] });
      problems.doubt({ ...ownerOf(place), message, places: [problems.source(place, 'value'), source] });
    }
  }
}

interface Told {
  readonly table: string;
  readonly check: string;
  readonly words: string;
  readonly said: readonly { readonly source: SourceRef }[];
  readonly places: readonly Place[];
}

function tell({ table, check, words, said, places }: Told, problems: Problems): void {
  const message = `sources disagree on one figure: ${words}. Correct one of them`;
  const related = said.map(({ source }) => ({ ...source, message: words }));
  for (const place of places) problems.add(place, message, { severity: 'warning', related });
  const own = places.map(place => problems.source(place, 'value'));
  const once = new Map([...own, ...said.map(({ source }) => source)].map(each => [`${each.file}:${each.line}`, each]));
  problems.doubt({ table, check, message, places: [...once.values()] });
}

function wordsOf(said: readonly { readonly value: number; readonly source: SourceRef }[], isShare: boolean): string {
  return said
    .map(({ value, source }) => `${source.file}:${source.line} says ${numberWords(value, isShare)}`)
    .join(', ');
}

function numberWords(value: number, isShare: boolean): string {
  return isShare ? formatThreshold(value) : formatCount(value);
}

/** Of which table and of what a number is asked that stands at a place. */
function ownerOf(place: Place): Pick<ThresholdDoubt, 'table' | 'check'> {
  let check = String(place.step);
  for (let at: Place | undefined = place; at !== undefined; at = at.parent) {
    if (at.parent?.step === 'checks') check = [...(at.entries?.keys() ?? [])].join();
    const list = at.parent?.step;
    const name = childOf(at, list === 'needs' ? 'table' : 'name')?.value;
    if ((list === 'tables' || list === 'needs') && typeof name === 'string') return { table: name, check };
  }
  return { table: '', check };
}
