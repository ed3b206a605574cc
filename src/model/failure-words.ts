// What a failing check says as a test: what was asked for, what was found there, in the same units, and on which dates.
import { isoRange } from './day-text';
import { countOf, formatCount, formatShare, formatThreshold } from './percent';
import type { Result, Threshold } from './report';

/** A failure: a sentence, and where both sides can be told, what was asked for against what is there. */
export interface FailureWords {
  readonly text: string;
  readonly expected?: string;
  readonly actual?: string;
}

/** How many ranges of dates a failure names. */
const MOST_RANGES = 5;
/** How many dates are named with their figures. */
const MOST_DATES = 3;
/** A share within a sentence: `44.0 %`. */
const SHARE = /(\d[\d,]*(?:\.\d+)?) %/;
/** Seasons with their shares, as a message names those that are short. */
const SHORT_IN = /, short in ((?:[^,;]+? \d[\d.,]* %)(?:, [^,;]+? \d[\d.,]* %)*)/;

/**
 * The words of a failure. What is asked for of each date, or of each season, is held against those that fail it: the figure of all
 * dates may well be what was asked for.
 */
export function failureWords(result: Result): FailureWords {
  const dates = datesWords(result);
  const text = [result.message, ...dates].join('\n');
  const { threshold } = result;
  const actual = threshold === undefined ? undefined : actualWords(result, threshold);
  if (threshold === undefined || actual === undefined) return { text };
  const { file, line } = threshold.source;
  return {
    text,
    expected: `${askedWords(result, threshold)} (${file}:${line})`,
    actual: [actual, ...dates].join('\n'),
  };
}

/** `19 dates: 2024-11-11 → 2024-12-01, …`, the newest first. */
function datesWords({ dates }: Result): readonly string[] {
  if (dates === undefined || dates.ranges.length === 0) return [];
  const newest = dates.ranges
    .slice(-MOST_RANGES)
    .reverse()
    .map(([from, to]) => isoRange(from, to));
  const more = dates.ranges.length - newest.length;
  return [`${countOf(dates.count, 'date')}: ${newest.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`];
}

function askedWords({ value }: Result, { op, value: asked, per }: Threshold): string {
  const isShare = value !== undefined && 'share' in value;
  const figure = (of: number): string => (isShare ? formatThreshold(of) : formatCount(of));
  const scope = per === 'range' ? '' : ` per ${per}`;
  if (typeof asked !== 'number') return `from ${figure(asked[0])} to ${figure(asked[1])}${scope}`;
  const least = { '>=': 'at least', '<=': 'at most', '==': 'exactly', between: 'exactly' }[op];
  return `${least} ${figure(asked)}${scope}`;
}

/** What is there instead; `undefined` where no figure is known that fails. */
function actualWords(result: Result, threshold: Threshold): string | undefined {
  const { value } = result;
  if (value === undefined) return undefined;
  const isShare = 'share' in value;
  if (threshold.per === 'date') {
    const worst = worstDates(result, threshold, isShare);
    if (worst !== undefined) return worst;
  }
  if (threshold.per === 'season') {
    const short = SHORT_IN.exec(result.message)?.[1];
    if (short !== undefined) return short;
  }
  if (holds(isShare ? value.share : value.count, threshold)) return undefined;
  return isShare
    ? `${formatShare(value.part, value.whole)} (${formatCount(value.part)} of ${formatCount(value.whole)})`
    : formatCount(value.count);
}

/** `0.0 % on 2024-12-01, 12.5 % on 2024-11-30`: of the dates whose figures are told, those that miss most. */
function worstDates({ examples }: Result, { op }: Threshold, isShare: boolean): string | undefined {
  const told = [...(examples ?? [])].reverse().map(({ date, reason }) => ({ date, reason, share: SHARE.exec(reason) }));
  if (told.length === 0) return undefined;
  if (!isShare || told.some(({ share }) => share === null))
    return told
      .slice(0, MOST_DATES)
      .map(({ date, reason }) => `${date}: ${reason}`)
      .join('\n');
  const figureOf = (share: RegExpExecArray | null): number => Number((share?.[1] ?? '').replaceAll(',', ''));
  const sign = op === '<=' ? -1 : 1;
  return told
    .sort((a, b) => sign * (figureOf(a.share) - figureOf(b.share)))
    .slice(0, MOST_DATES)
    .map(({ date, share }) => `${share?.[0] ?? ''} on ${date}`)
    .join(', ');
}

function holds(value: number, { op, value: asked }: Threshold): boolean {
  const [from, to] = typeof asked === 'number' ? [asked, asked] : asked;
  switch (op) {
    case '>=':
      return value >= from;
    case '<=':
      return value <= to;
    case '==':
    case 'between':
      return value >= from && value <= to;
  }
}
