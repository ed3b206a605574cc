// The sheet that tables and dates are laid upon: what is in view, how wide a date is, and the painting of it, once a frame.
import type { FromGridPage, ToGridPage } from '../../src/editor/panels/grid-messages';
import type { Day } from '../../src/model/day';
import { element } from '../shared/dom';
import { vscodeApi } from '../shared/vscode-api';
import { Axis } from './axis';
import { coloursNow } from './colours';
import { type Colours, ROW_PX, type View, paintRows } from './paint';
import type { GridRow } from './rows';
import { type Tick, dayTicks, hasYears, monthAt, monthTicks } from './ticks';

/** The widest a date gets: a month fills a panel. Pixels. */
const MOST_SCALE = 44;
/** From this width on a date bears its number. Pixels. */
const NUMBERED_PX = 18;
/** Room that a text on the axis needs. Pixels. */
const LABEL_PX = 34;
/** What a letter of a label takes at most. */
const LETTER_PX = 7;

export interface PageState {
  readonly message: Extract<ToGridPage, { type: 'coverage' }> | undefined;
  readonly scale: number;
  readonly left: number;
  readonly table: string;
  readonly day: number | undefined;
  /** Where the selection began; the same as `day` where nothing but the date in focus is selected. */
  readonly anchor: number | undefined;
}

export interface Band {
  readonly canvas: HTMLCanvasElement;
  readonly rows: readonly GridRow[];
  isInView: boolean;
}

export const page = document.getElementById('page') ?? document.body;

/** Everything that the page shows; there is one sheet. */
export const sheet: {
  state: PageState;
  axis: Axis;
  rows: readonly GridRow[];
  bands: readonly Band[];
  colours: Colours;
  /** Told after everything was laid out anew. */
  readonly laidOut: (() => void)[];
} = {
  state: {
    message: undefined,
    scale: 0,
    left: 0,
    table: '',
    day: undefined,
    anchor: undefined,
    ...(vscodeApi.getState() as Partial<PageState> | undefined),
  },
  axis: new Axis([]),
  rows: [],
  bands: [],
  colours: coloursNow(),
  laidOut: [],
};

export const grid = element('div', {
  class: 'grid',
  role: 'grid',
  tabindex: '0',
  'aria-label': 'Coverage: tables by dates',
  'aria-multiselectable': 'true',
});
export const seasons = element('div', { class: 'seasons-axis', 'aria-hidden': 'true' });
export const months = element('div', { class: 'months-axis', 'aria-hidden': 'true' });
export const scroller = element('div', { class: 'scroller', 'aria-hidden': 'true' }, element('div'));

export function send(message: FromGridPage): void {
  vscodeApi.postMessage(message);
}

export function set(change: Partial<PageState>): void {
  sheet.state = { ...sheet.state, ...change };
}

/** Whether what is shown is how it was. */
export function isPast(): boolean {
  return sheet.state.message?.at !== undefined;
}

/** What is kept over a reload; writing it down after each frame of a zoom would be felt. */
let keeping: number | undefined;
export function keep(): void {
  window.clearTimeout(keeping);
  keeping = window.setTimeout(() => vscodeApi.setState(sheet.state), 200);
}

export function width(): number {
  const [first] = sheet.bands;
  return first === undefined ? 0 : (first.canvas.parentElement?.clientWidth ?? 0);
}

function view(): View {
  return { left: sheet.state.left, scale: sheet.state.scale, width: width() };
}

function fitScale(): number {
  return sheet.axis.width === 0 ? 1 : Math.max(0.01, width() / sheet.axis.width);
}

export function fitIfNew(): void {
  if (sheet.state.scale === 0) set({ scale: fitScale(), left: 0 });
}

export function fit(): void {
  set({ scale: fitScale(), left: 0 });
  layOut();
}

export function showSegment(from: Day, to: Day): void {
  const [start, end] = [sheet.axis.of(from)?.[0] ?? 0, sheet.axis.of(to)?.[1] ?? sheet.axis.width];
  set({ scale: Math.min(MOST_SCALE, width() / Math.max(1, end - start)), left: start });
  layOut();
}

/** Zooms, and keeps what is at a place of the sheet.axis there. @param by how many times wider @param at pixels from the left */
export function zoom(by: number, at = width() / 2): void {
  const under = sheet.state.left + at / sheet.state.scale;
  const scale = Math.min(MOST_SCALE, Math.max(fitScale(), sheet.state.scale * by));
  set({ scale, left: under - at / scale });
  layOut();
}

export function pan(pixels: number): void {
  set({ left: sheet.state.left + pixels / sheet.state.scale });
  layOut();
}

let frame = 0;
/** Lays everything out in the next frame, once, however much has changed until then. */
export function layOut(): void {
  if (frame !== 0) return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    const start = performance.now();
    const most = Math.max(0, sheet.axis.width - width() / sheet.state.scale);
    set({ left: Math.min(most, Math.max(0, sheet.state.left)) });
    paintAxis();
    for (const band of sheet.bands) if (band.isInView) paint(band);
    for (const after of sheet.laidOut) after();
    syncScroller();
    keep();
    performance.measure('phasegate frame', { start, end: performance.now() });
  });
}

function paint({ canvas, rows: some }: Band): void {
  const now = view();
  const ratio = window.devicePixelRatio;
  const [pixelsWide, pixelsHigh] = [Math.round(now.width * ratio), Math.round(some.length * ROW_PX * ratio)];
  if (canvas.width !== pixelsWide || canvas.height !== pixelsHigh) {
    canvas.width = pixelsWide;
    canvas.height = pixelsHigh;
  }
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  paintRows(context, some, now, sheet.colours);
}

const observer = new IntersectionObserver(entries => {
  for (const { target, isIntersecting } of entries) {
    const band = sheet.bands.find(({ canvas }) => canvas === target);
    if (band === undefined || band.isInView === isIntersecting) continue;
    band.isInView = isIntersecting;
    if (isIntersecting) layOut();
  }
});

export function watchBands(): void {
  observer.disconnect();
  for (const { canvas } of sheet.bands) observer.observe(canvas);
}

function paintAxis(): void {
  const now = view();
  const place = (ticks: readonly Tick[], least: number): readonly HTMLElement[] => {
    const taken: (readonly [from: number, to: number])[] = [];
    const placed = (some: readonly Tick[]): readonly HTMLElement[] =>
      some.flatMap(({ x, text }) => {
        const begins = (x - now.left) * now.scale;
        if (begins < -4 || begins > now.width) return [];
        const at = Math.min(begins, now.width - text.length * LETTER_PX); // the last one stays whole
        const end = at + Math.max(least, text.length * LETTER_PX);
        if (taken.some(([from, to]) => at < to && end > from)) return [];
        taken.push([at, end]);
        const made = element('span', {}, text);
        made.style.left = `${at}px`;
        return [made];
      });
    const isMajor = (tick: Tick): boolean => tick.isMajor === true;
    return [...placed(ticks.filter(isMajor)), ...placed(ticks.filter(tick => !isMajor(tick)))];
  };
  const starts = sheet.axis.segments.map(segment => {
    const { label, at } = segment;
    const seen = Math.max(at[0] ?? 0, now.left);
    return {
      // A season that began to the left keeps its name in view.
      x: Math.min(seen, (at.at(-1) ?? 0) - LABEL_PX / now.scale),
      // Days alone would not say of which month they are, nor months of which year.
      text:
        now.scale >= NUMBERED_PX || (hasYears(segment) && seen > (at[0] ?? 0))
          ? `${label} · ${monthAt(segment, seen)}`
          : label,
    };
  });
  seasons.replaceChildren(...place(starts, LABEL_PX * 1.5));
  const ticks = now.scale >= NUMBERED_PX ? dayTicks(sheet.axis) : monthTicks(sheet.axis, LABEL_PX / now.scale);
  months.replaceChildren(...place(ticks, now.scale >= NUMBERED_PX ? NUMBERED_PX * 0.9 : LABEL_PX));
}

function syncScroller(): void {
  const inner = scroller.firstElementChild;
  if (!(inner instanceof HTMLElement)) return;
  inner.style.width = `${Math.ceil(sheet.axis.width * sheet.state.scale)}px`;
  const at = Math.round(sheet.state.left * sheet.state.scale);
  if (Math.abs(scroller.scrollLeft - at) > 1) scroller.scrollLeft = at;
}

scroller.addEventListener('scroll', () => {
  const at = scroller.scrollLeft / sheet.state.scale;
  if (Math.abs(at - sheet.state.left) * sheet.state.scale <= 1) return;
  set({ left: at });
  layOut();
});

new MutationObserver(() => {
  sheet.colours = coloursNow();
  layOut();
}).observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  sheet.colours = coloursNow();
  layOut();
});
let lastWidth = 0;
new ResizeObserver(() => {
  const now = width();
  if (now === lastWidth) return;
  // What was shown whole stays whole.
  if (lastWidth > 0 && Math.abs(sheet.state.scale * sheet.axis.width - lastWidth) < 2)
    set({ scale: fitScale(), left: 0 });
  lastWidth = now;
  layOut();
}).observe(page);
