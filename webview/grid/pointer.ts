// The mouse: what lies under it, dates selected by dragging, zooming and panning by the wheel.
import type { CoverageReport } from '../../src/model/report';
import { type Day, addDays, formatDay, parseDay } from '../../src/model/day';
import { shortName } from '../../src/model/coverage-summary';
import { countOf, formatCount } from '../../src/model/percent';
import { element } from '../shared/dom';
import { hasEditor } from '../shared/vscode-api';
import { ROW_PX } from './paint';
import { dateWords } from './rows';
import { focusRow, select } from './selection';
import { grid, isPast, pan, send, sheet, width, zoom } from './sheet';

export const tip = element('div', { class: 'tip', role: 'tooltip', hidden: '' });
export const hovered = element('div', { class: 'hovered', hidden: '' });
/** What the panel told of dates, by table and date. */
const told = new Map<string, string>();
let asked = '';

/** The panel tells what is known of a date. */
export function tellDate(table: string, date: string, words: string): void {
  told.set(`${table} ${date}`, words);
  if (asked === `${table} ${date}`) refreshTip();
}

/** What was told is of another measuring. */
export function forgetDates(): void {
  told.clear();
}

interface Place {
  readonly row: number;
  readonly day: Day;
}

/** A point of the window. */
type Pointed = Pick<MouseEvent, 'clientX' | 'clientY'>;

function placeAt(event: Pointed): Place | undefined {
  for (const [n, { canvas, rows: some }] of sheet.bands.entries()) {
    const box = canvas.getBoundingClientRect();
    if (event.clientY < box.top || event.clientY >= box.bottom) continue;
    const x = event.clientX - box.left;
    if (x < 0 || x > box.width) return undefined;
    const day = sheet.axis.dayAt(sheet.state.left + x / sheet.state.scale);
    const before = sheet.bands.slice(0, n).reduce((sum, band) => sum + band.rows.length, 0);
    const row = before + Math.min(some.length - 1, Math.floor((event.clientY - box.top) / ROW_PX));
    return day === undefined ? undefined : { row, day };
  }
  return undefined;
}

let dragged = false;
grid.addEventListener('pointerdown', event => {
  const place = placeAt(event);
  if (place === undefined || event.button !== 0) return;
  dragged = true;
  grid.setPointerCapture(event.pointerId);
  select(place.row, place.day, event.shiftKey);
  grid.focus({ preventScroll: true });
  hover(undefined); // what is selected is told below; the tip would lie over it
  event.preventDefault();
});
grid.addEventListener('pointermove', event => {
  const place = placeAt(event);
  if (dragged) {
    if (place !== undefined && place.day !== sheet.state.day) select(focusRow(), place.day, true);
    return;
  }
  hover(place, event);
});
grid.addEventListener('pointerup', event => {
  dragged = false;
  hover(placeAt(event), event);
});
grid.addEventListener('pointercancel', () => {
  dragged = false;
});
grid.addEventListener('pointerleave', () => hover(undefined));
grid.addEventListener(
  'wheel',
  event => {
    const [first] = sheet.bands;
    const box = first?.canvas.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY / 200), event.clientX - (box?.left ?? 0));
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      pan(event.deltaX === 0 ? event.deltaY : event.deltaX);
    }
  },
  { passive: false },
);

let hoverPlace: Place | undefined;
/** Where the mouse is, while it is over a date. */
let hoverAt: Pointed | undefined;
let hoverAsk: number | undefined;

function hover(place: Place | undefined, at?: Pointed): void {
  const isSame = place?.row === hoverPlace?.row && place?.day === hoverPlace?.day;
  hoverAt = place === undefined || at === undefined ? undefined : { clientX: at.clientX, clientY: at.clientY };
  if (isSame) return;
  const start = performance.now();
  hoverPlace = place;
  window.clearTimeout(hoverAsk);
  tip.hidden = place === undefined;
  hovered.hidden = place === undefined;
  if (place === undefined || hoverAt === undefined) return;
  refreshTip();
  placeHovered(place);
  const { clientX, clientY } = hoverAt;
  const beside = clientX + 14 + 340 > window.innerWidth ? clientX - 354 : clientX + 14;
  tip.style.left = `${Math.max(4, beside)}px`;
  tip.style.top = `${Math.min(window.innerHeight - 96, clientY + 16)}px`;
  const table = sheet.rows[place.row]?.coverage.table ?? '';
  const date = formatDay(place.day);
  asked = `${table} ${date}`;
  // Rows and writes are known as they are now: of the past nothing is asked.
  if (hasEditor && !isPast() && !told.has(asked))
    hoverAsk = window.setTimeout(() => send({ type: 'date', table, date }), 150);
  performance.measure('phasegate hover', { start, end: performance.now() });
}

/** Puts the outline over the date under the mouse. */
function placeHovered({ row: index, day }: Place): void {
  const row = grid.querySelector<HTMLElement>(`[data-row="${index}"]`);
  const around = grid.parentElement;
  const span = sheet.axis.of(day);
  if (row === null || around === null || span === undefined) return;
  const right = sheet.state.left + width() / sheet.state.scale;
  const [from, to] = [Math.max(span[0], sheet.state.left), Math.min(span[1], right)];
  hovered.style.top = `${row.getBoundingClientRect().top - around.getBoundingClientRect().top}px`;
  hovered.style.left = `calc(var(--names) + ${(from - sheet.state.left) * sheet.state.scale - 1}px)`;
  hovered.style.width = `${Math.max(3, (to - from) * sheet.state.scale + 1)}px`;
}

/** The sheet moved under a mouse that stays: it is over another date, or the same one elsewhere. */
function hoverAnew(): void {
  if (hoverAt === undefined) return;
  hover(placeAt(hoverAt), hoverAt);
  if (hoverPlace === undefined) return;
  placeHovered(hoverPlace);
  refreshTip();
}
sheet.laidOut.push(hoverAnew);
window.addEventListener('scroll', hoverAnew, { passive: true });

function refreshTip(): void {
  const row = hoverPlace === undefined ? undefined : sheet.rows[hoverPlace.row];
  if (hoverPlace === undefined || row === undefined) return;
  const { table, seasons: its } = row.coverage;
  const date = formatDay(hoverPlace.day);
  const season = its.find(
    ({ from, days }) => date >= from && date <= formatDay(addDays(parseDay(from) ?? (0 as Day), days.length - 1)),
  );
  const more = told.get(`${table} ${date}`);
  tip.replaceChildren(
    element('b', {}, shortName(table)),
    element('div', {}, dateWords(row, hoverPlace.day)),
    ...(more === undefined || more === '' ? [] : [element('div', {}, more)]),
    ...(season === undefined ? [] : [element('div', { class: 'facts' }, seasonWords(season))]),
  );
}

function seasonWords({ season, covered, expected }: CoverageReport['seasons'][number]): string {
  return `${season}: ${formatCount(covered)} of ${countOf(expected, 'date')}`;
}
