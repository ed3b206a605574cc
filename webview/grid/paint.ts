// Paints rows of dates: only what is in view, runs of one state at once, and where dates are thinner than a pixel the worst of them.
import type { DateState, Exclusion } from '../../src/model/coverage';
import { type GridRow, NOTHING, RANK } from './rows';

export const ROW_PX = 24;
/** How much of a row's height is drawn upon. */
const DRAWN_PX = 18;
/** From this width on dates stand apart. Pixels. */
const APART_PX = 3;

/** How tall a date of a state is drawn, of the row's height: states are told apart without colour too. */
const HEIGHTS: Readonly<Partial<Record<DateState | Exclusion, number>>> = {
  complete: 1,
  stale: 0.8,
  degraded: 0.62,
  partial: 0.44,
  unknown: 0.3,
  missing: 0.16,
};

/** How high above the ground thin lines hover for a date that is excluded, of the row's height: what is there stands on the ground. */
const HOVERING: Readonly<Partial<Record<DateState | Exclusion, readonly number[]>>> = {
  'known-gap': [0.4, 0.65],
  bootstrap: [0.85],
  'not-yet-due': [0.25],
};
const LINE_PX = 2;

/** The colours of the states, of what is excluded, and of the ground. */
export type Colours = Readonly<Record<DateState, string>> & { readonly excluded: string; readonly ground: string };

/** What is in view: the position at its left edge and how many pixels a date is wide. */
export interface View {
  readonly left: number;
  readonly scale: number;
  readonly width: number;
}

/** What paints: of a canvas's context that which is needed. */
export interface Pen {
  fillStyle: unknown;
  clearRect(x: number, y: number, width: number, height: number): void;
  fillRect(x: number, y: number, width: number, height: number): void;
}

/** Paints rows one below the other. The context is set to pixels of the page. */
export function paintRows(
  context: Pen,
  rows: readonly GridRow[],
  { left, scale, width }: View,
  colours: Colours,
): void {
  context.clearRect(0, 0, width, rows.length * ROW_PX);
  const right = left + width / scale;
  rows.forEach((row, i) => {
    const bottom = i * ROW_PX + (ROW_PX + DRAWN_PX) / 2;
    for (const { segment, from, ranks } of row.pieces) {
      const { at } = segment;
      const offset = from - segment.from;
      const [start, end] = [at[offset] ?? 0, at[offset + ranks.length] ?? 0];
      if (end < left || start > right) continue;
      context.fillStyle = colours.ground;
      const groundFrom = Math.max(0, (start - left) * scale);
      context.fillRect(groundFrom, bottom, Math.min(width, (end - left) * scale) - groundFrom, 1);
      const box = (x: number, boxWidth: number, rank: number): void => {
        const state = RANK[rank];
        if (state === undefined) return;
        for (const above of HOVERING[state] ?? []) {
          context.fillStyle = colours.excluded;
          context.fillRect(x, bottom - Math.round(DRAWN_PX * above), boxWidth, LINE_PX);
        }
        const height = HEIGHTS[state];
        if (height === undefined) return;
        context.fillStyle = colours[state as DateState];
        const tall = Math.max(2, Math.round(DRAWN_PX * height));
        context.fillRect(x, bottom - tall, boxWidth, tall);
      };
      let day = firstInView(at, offset, ranks.length, left);
      if (scale >= APART_PX) {
        for (; day < ranks.length; day++) {
          const x = (at[offset + day] ?? 0) - left;
          if (x * scale > width) break;
          const x0 = Math.round(x * scale);
          const x1 = Math.round(((at[offset + day + 1] ?? 0) - left) * scale);
          box(x0, Math.max(1, x1 - x0 - 1), ranks[day] ?? NOTHING);
        }
        continue;
      }
      // Pixel by pixel: the worst of the dates in each, runs of pixels alike at once.
      let runFrom = 0;
      let runRank = -1;
      let pixel = -1;
      let worst = NOTHING;
      const flush = (upTo: number): void => {
        if (runRank >= 0 && upTo > runFrom) box(runFrom, upTo - runFrom, runRank);
      };
      const close = (): void => {
        if (pixel < 0 || worst === runRank) return;
        flush(pixel);
        runFrom = pixel;
        runRank = worst;
      };
      for (; day < ranks.length; day++) {
        const from0 = Math.max(0, Math.floor(((at[offset + day] ?? 0) - left) * scale));
        const to0 = Math.max(from0 + 1, Math.floor(((at[offset + day + 1] ?? 0) - left) * scale));
        if (from0 > width) break;
        const rank = ranks[day] ?? NOTHING;
        if (from0 !== pixel) {
          close();
          pixel = from0;
          worst = rank;
        } else if (rank < worst) worst = rank;
        if (to0 > from0 + 1) {
          close();
          pixel = to0 - 1;
          worst = rank;
        }
      }
      close();
      flush(Math.min(width, Math.max(pixel + 1, runFrom + 1)));
    }
  });
}

/** The first day of a piece that is in view. */
function firstInView(at: Float64Array, offset: number, days: number, left: number): number {
  let low = 0;
  let high = days;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((at[offset + middle + 1] ?? 0) <= left) low = middle + 1;
    else high = middle;
  }
  return low;
}
