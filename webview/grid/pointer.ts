// The mouse: what lies under it, dates selected by dragging, zooming and panning by the wheel.
import type { CoverageReport } from '../../src/model/report';
import { type Day, addDays, formatDay, parseDay } from '../../src/model/day';
import { shortName } from '../../src/model/coverage-summary';
import { countOf, formatCount } from '../../src/model/percent';
import { element } from '../shared/dom';
import { hasEditor } from '../shared/vscode-api';
import { ROW_PX } from './paint';
import { dateWords, focusRow, select } from './selection';
import { grid, pan, send, sheet, zoom } from './sheet';

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

function placeAt(event: MouseEvent): Place | undefined {
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
  grid.focus({ preventScroll: true });
  select(place.row, place.day, event.shiftKey);
  event.preventDefault();
});
grid.addEventListener('pointermove', event => {
  const place = placeAt(event);
  if (dragged && place !== undefined) {
    if (place.day !== sheet.state.day) select(focusRow(), place.day, true);
    return;
  }
  hover(place, event);
});
for (const end of ['pointerup', 'pointercancel'] as const)
  grid.addEventListener(end, () => {
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
let hoverAsk: number | undefined;
function hover(place: Place | undefined, event?: MouseEvent): void {
  if (place?.row === hoverPlace?.row && place?.day === hoverPlace?.day) return;
  const start = performance.now();
  hoverPlace = place;
  window.clearTimeout(hoverAsk);
  tip.hidden = place === undefined;
  hovered.hidden = place === undefined;
  if (place === undefined || event === undefined) return;
  refreshTip();
  const row = grid.querySelector<HTMLElement>(`[data-row="${place.row}"]`);
  const around = grid.parentElement;
  const span = sheet.axis.of(place.day);
  if (row !== null && around !== null && span !== undefined) {
    const top = row.getBoundingClientRect().top - around.getBoundingClientRect().top;
    hovered.style.top = `${top}px`;
    hovered.style.left = `calc(var(--names) + ${(span[0] - sheet.state.left) * sheet.state.scale - 1}px)`;
    hovered.style.width = `${Math.max(3, (span[1] - span[0]) * sheet.state.scale + 1)}px`;
  }
  const beside = event.clientX + 14 + 340 > window.innerWidth ? event.clientX - 354 : event.clientX + 14;
  tip.style.left = `${Math.max(4, beside)}px`;
  tip.style.top = `${Math.min(window.innerHeight - 96, event.clientY + 16)}px`;
  const table = sheet.rows[place.row]?.coverage.table ?? '';
  const date = formatDay(place.day);
  asked = `${table} ${date}`;
  if (hasEditor && !told.has(asked)) hoverAsk = window.setTimeout(() => send({ type: 'date', table, date }), 150);
  performance.measure('phasegate hover', { start, end: performance.now() });
}

export function refreshTip(): void {
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
