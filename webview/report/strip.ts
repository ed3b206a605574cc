// Strips of dates: a season or a range as one thin picture, states told apart by height as well as by colour.
import { type DateState, type Exclusion, daysOfLetters } from '../../src/model/coverage';
import type { SeasonGrid } from '../../src/model/report';
import { svg } from '../shared/dom';

const HEIGHT = 14;
const DAY_MS = 86_400_000;

/** How tall a date of a state is drawn, of the strip's height. What is excluded is not drawn at all. */
const HEIGHTS: Readonly<Partial<Record<DateState | Exclusion, number>>> = {
  complete: 1,
  stale: 0.85,
  degraded: 0.7,
  partial: 0.5,
  missing: 0.22,
  unknown: 0.35,
};

function box(x: number, width: number, state: string, height: number): SVGElement {
  return svg('rect', { x, width, y: HEIGHT * (1 - height), height: HEIGHT * height, class: `state-${state}` });
}

function strip(days: number, label: string, ...children: readonly Node[]): SVGElement {
  const title = svg('title', {});
  title.append(label);
  return svg(
    'svg',
    { class: 'strip', viewBox: `0 0 ${days} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
    title,
    svg('rect', { x: 0, y: HEIGHT - 1, width: days, height: 1, class: 'ground' }),
    ...children,
  );
}

/** A season of a table, a date after another. */
export function seasonStrip(season: SeasonGrid): SVGElement {
  const boxes: SVGElement[] = [];
  const days = daysOfLetters(season.days);
  for (let i = 0; i < days.length;) {
    const state = days[i];
    let end = i + 1;
    while (end < days.length && days[end] === state) end++;
    const height = state === undefined ? undefined : HEIGHTS[state];
    if (state !== undefined && height !== undefined) boxes.push(box(i, end - i, state, height));
    i = end;
  }
  return strip(Math.max(1, days.length), `${season.season}: ${season.covered} of ${season.expected} dates`, ...boxes);
}

/** The dates of a finding within the range of its report. */
export function rangesStrip(from: string, to: string, ranges: readonly (readonly [string, string])[]): SVGElement {
  const first = Date.parse(from);
  const days = Math.max(1, 1 + (Date.parse(to) - first) / DAY_MS);
  // A single date of five years would be thinner than a pixel.
  const least = days / 400;
  const boxes = ranges.map(([start, end]) => {
    const x = (Date.parse(start) - first) / DAY_MS;
    return box(x, Math.max(least, 1 + (Date.parse(end) - Date.parse(start)) / DAY_MS), 'marked', 1);
  });
  return strip(days, `${ranges.length} ranges of dates between ${from} and ${to}`, ...boxes);
}
