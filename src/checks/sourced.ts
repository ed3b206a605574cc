// Numbers that the manifest takes from another file, `{ from: FILE, at: PATH }`: how a threshold reads one, and which of several it goes by.
import { z } from 'zod';
import type { SourceRef } from '../model/source';

/** A number as another file spells it out. */
export interface SourcedReading {
  readonly value: number;
  /** Whether it is written with a percent sign: `95%`. */
  readonly isPercent: boolean;
  /** Where in its file: `player_game_summary.minutes_played_pct`. */
  readonly at: string;
  readonly source: SourceRef;
}

/** The keys whose number may be taken from elsewhere; so may the columns of `features`. Elsewhere `from` and `at` are names like any. */
export const THRESHOLD_KEYS: ReadonlySet<string> = new Set([
  'min',
  'max',
  'exactly',
  'share',
  'tolerance',
  'degradation',
  'regression',
  'coverage',
  'rows',
]);

/** A name that says that its number is one of a hundred. */
const PERCENT_NAME = /(?:pct|percent|percentage)$/i;

/** Whether the name of a number says that it is a percentage. */
export function isNamedPercent({ at }: Pick<SourcedReading, 'at'>): boolean {
  return PERCENT_NAME.test(at.replace(/(?:\.\d+|\[\d+\])+$/, ''));
}

/** A number as a share: written with %, named so or above 1 it is a percentage, else a share already. */
export function shareOf(reading: SourcedReading): number {
  return reading.isPercent || isNamedPercent(reading) || reading.value > 1 ? reading.value / 100 : reading.value;
}

/** What a threshold takes from elsewhere: one reading, or several of which the strictest counts. Stands in the manifest's tree where `{ from, at }` was written. */
export class SourcedNumber {
  readonly readings: readonly SourcedReading[];
  /** What each reading means to the threshold that takes it, and which it goes by: known once a declaration has been read. */
  taken: { readonly values: readonly number[]; readonly used: SourcedReading; readonly isShare: boolean } | undefined;

  constructor(readings: readonly SourcedReading[]) {
    this.readings = readings;
  }
}

/** How several numbers are made one: a least number asked for is strictest where it is greatest. `none`: no number is stricter than another. */
type Strictest = 'greatest' | 'least' | 'none';

const PLACE =
  'A number of another file, YAML, JSON or Python (read by its syntax, never run): the file from the manifest’s folder, and where in it, as in player_game_summary.minutes_played_pct';
const PERCENT_RULE =
  'Where a share is asked for, a number is a percentage if it is above 1, written with %, or its name ends in pct or percent; else it is a share from 0 to 1';
const oneSource = {
  type: 'object',
  properties: {
    from: { type: 'string', minLength: 1, description: 'The file, from the manifest’s folder and inside of it' },
    at: {
      type: 'string',
      minLength: 1,
      description: 'Where in the file: names, and places of lists, joined by dots; a constant of Python by its name',
    },
  },
  required: ['from', 'at'],
  additionalProperties: false,
} as const;

/** A place of the manifest at which `{ from, at }` was written: the reader puts a `SourcedNumber` there. */
export const sourced = z.instanceof(SourcedNumber).register(z.globalRegistry, {
  id: 'sourced',
  description: `${PLACE}. ${PERCENT_RULE}. Of a list of sources the strictest counts, and a warning is given where they differ`,
  anyOf: [oneSource, { type: 'array', minItems: 1, items: oneSource }],
});

/** What stands where a number or a source of one is wanted, for a sentence. */
export const OR_SOURCED = 'or { from: FILE, at: PATH }';

/** The number that a threshold takes from elsewhere; what cannot be taken is an issue. */
export function takeSourced(
  from: SourcedNumber,
  as: 'share' | 'number',
  strictest: Strictest,
  context: { addIssue(issue: { code: 'custom'; message: string }): void },
): number {
  const refuse = (message: string): number => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  const { readings } = from;
  for (const reading of readings) {
    if (as === 'number' && reading.isPercent)
      return refuse(`${nameOf(reading)} is ${reading.value}%, and no share is asked for here: a plain number is`);
    const share = shareOf(reading);
    if (as === 'share' && !(share >= 0 && share <= 1))
      return refuse(
        `${nameOf(reading)} is ${reading.value}, which is no share: a percentage from 0 to 100 or a number from 0 to 1 is`,
      );
  }
  const values = readings.map(reading => (as === 'share' ? shareOf(reading) : reading.value));
  const value = strictest === 'least' ? Math.min(...values) : Math.max(...values);
  const used = readings[values.indexOf(value)];
  if (used === undefined) return refuse('the list of sources is empty: name one');
  if (strictest === 'none' && values.some(each => each !== value))
    return refuse(
      `${readings.map((reading, i) => `${nameOf(reading)} is ${values[i] ?? ''}`).join(', ')}: neither is stricter, so name one of them`,
    );
  from.taken = { values, used, isShare: as === 'share' };
  return value;
}

function nameOf({ at, source }: SourcedReading): string {
  return `${at} in ${source.file}:${source.line}`;
}

/**
 * A number of a declaration that may be taken from elsewhere.
 * @param words what it is, for a sentence: `a whole number from 0`
 * @param strictest which of several sources counts
 */
export function orSourced(
  of: z.ZodType<number, number>,
  words: string,
  strictest: Strictest = 'greatest',
): z.ZodType<number> {
  const taken = sourced.transform((from, context) => {
    const value = takeSourced(from, 'number', strictest, context);
    if (from.taken === undefined || of.safeParse(value, { jitless: true }).success) return value;
    context.addIssue({ code: 'custom', message: `${nameOf(from.taken.used)} is ${value}, and ${words} is asked for` });
    return z.NEVER;
  });
  return z.union([of, taken], { error: () => `${words} ${OR_SOURCED}` });
}
