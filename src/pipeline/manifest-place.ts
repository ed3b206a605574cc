// The manifest as a tree of places: plain values that know where in the text they stand, and what was said of them.

/** Offsets into the text, UTF-16 units; the end is exclusive. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A value of the manifest and its place in the text. */
export interface Place {
  /** The plain value; `${env:…}` is filled in where it is read at once. */
  readonly value: unknown;
  readonly range: TextRange;
  /** The key it stands at; `undefined` for entries of lists and the whole. */
  readonly key: TextRange | undefined;
  /** Its name or number in what holds it. */
  readonly step: string | number | undefined;
  readonly parent: Place | undefined;
  /** A map's entries, in order. */
  readonly entries: ReadonlyMap<string, Place> | undefined;
  /** A list's entries. */
  readonly items: readonly Place[] | undefined;
  /** A scalar as it is written, without quotes: `007`, not 7. */
  readonly written: string | undefined;
  /** Where a map is an unquoted placeholder that YAML took for a map: the placeholder. */
  readonly placeholder: string | undefined;
}

/** The place's path from the top: `phases[0].tables[2].key`. */
export function pathOf(place: Place): string {
  const steps: string[] = [];
  for (let at: Place | undefined = place; at?.step !== undefined; at = at.parent) {
    steps.push(
      typeof at.step === 'number'
        ? `[${at.step}]`
        : /^[\w-]+$/.test(at.step)
          ? `.${at.step}`
          : `[${JSON.stringify(at.step)}]`,
    );
  }
  return steps.reverse().join('').replace(/^\./, '');
}

/** The name of what stands at a place, for a sentence: its key, or which entry of which list. */
export function subjectOf(place: Place): string {
  if (place.step === undefined) return 'the manifest';
  if (typeof place.step === 'string') return place.step;
  const list = place.parent === undefined ? 'the list' : subjectOf(place.parent);
  return `entry ${place.step + 1} of ${list}`;
}

/** The place below, if there is one. */
export function childOf(place: Place, step: PropertyKey): Place | undefined {
  return typeof step === 'number' ? place.items?.[step] : place.entries?.get(String(step));
}

/** Puts what was meant in the place of what is written, once, before anything is read of it: here and in what holds it. */
export function putValue(place: Place, value: unknown): void {
  (place as { value: unknown }).value = value;
  const { parent, step } = place;
  // The plain values of maps and lists hold those of what is in them.
  if (parent !== undefined && step !== undefined) (parent.value as Record<string | number, unknown>)[step] = value;
}

/** The part of the text that stands for a map or list as a whole: its key, else its first key, else all of it. */
export function headOf(place: Place): TextRange {
  if (place.key !== undefined) return place.key;
  const first = place.entries?.values().next().value;
  return first?.key ?? place.range;
}

/** Where a table's value is said: at the table, in its phase's defaults, or in everybody's. */
export function placeOfDefault(table: Place, key: string): Place | undefined {
  const phase = table.parent?.parent;
  const root = phase?.parent?.parent;
  const inDefaults = (of: Place | undefined): Place | undefined => {
    const defaults = of === undefined ? undefined : childOf(of, 'defaults');
    return defaults === undefined ? undefined : childOf(defaults, key);
  };
  return childOf(table, key) ?? inDefaults(phase) ?? inDefaults(root);
}
