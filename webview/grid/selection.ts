// The date in focus and the dates that are selected: by keyboard, told to whoever does not see them, with what can be done.
import { type Day, formatDay } from '../../src/model/day';
import { shortName } from '../../src/model/coverage-summary';
import { formatCount } from '../../src/model/percent';
import { button } from '../shared/controls';
import { element } from '../shared/dom';
import { hasEditor } from '../shared/vscode-api';
import { returnToNow } from './head';
import { type GridRow, countsBetween, dateWords, stateOf } from './rows';
import { fit, grid, isPast, layOut, send, set, sheet, width, zoom } from './sheet';

export const selectionBar = element('div', { class: 'selection', role: 'status', 'aria-live': 'polite' });

export function focusRow(): number {
  const found = sheet.rows.findIndex(({ coverage }) => coverage.table === sheet.state.table);
  return found < 0 ? 0 : found;
}

function selected(): readonly [from: Day, to: Day] | undefined {
  const { day, anchor } = sheet.state;
  if (day === undefined) return undefined;
  const other = anchor ?? day;
  return [Math.min(day, other) as Day, Math.max(day, other) as Day];
}

/** Puts the outline of the selection over its row, and says what it is to whoever does not see it. */
function placeCells(): void {
  const now = { left: sheet.state.left, scale: sheet.state.scale, width: width() };
  const chosen = selected();
  const at = focusRow();
  for (const made of grid.querySelectorAll<HTMLElement>('.cell')) made.hidden = true;
  const row = sheet.rows[at];
  const cell = document.getElementById(`cell-${at}`);
  if (row === undefined || cell === null || chosen === undefined) {
    grid.removeAttribute('aria-activedescendant');
    return;
  }
  const [from, to] = [sheet.axis.of(chosen[0])?.[0] ?? 0, sheet.axis.of(chosen[1])?.[1] ?? 0];
  const x0 = Math.max(-2, (from - now.left) * now.scale);
  const x1 = Math.min(now.width + 2, (to - now.left) * now.scale);
  cell.hidden = false;
  cell.style.left = `calc(var(--names) + ${x0 - 1}px)`;
  cell.style.width = `${Math.max(3, x1 - x0 + 1)}px`;
  cell.style.visibility = x1 < 0 || x0 > now.width ? 'hidden' : 'visible';
  cell.setAttribute('aria-colindex', String(columnOf((sheet.state.day ?? chosen[0]) as Day)));
  cell.setAttribute('aria-selected', 'true');
  cell.textContent = wordsOf(row, chosen);
  grid.setAttribute('aria-activedescendant', cell.id);
}

function columnOf(day: Day): number {
  let column = 1;
  for (const { from, to } of sheet.axis.segments) {
    if (day <= to) return column + Math.max(0, day - from);
    column += to - from + 1;
  }
  return column;
}

function wordsOf(row: GridRow, [from, to]: readonly [Day, Day]): string {
  if (from === to) return dateWords(row, from);
  const counts = [...countsBetween(row, from, to)]
    .filter(([each]) => each !== 'off-day')
    .map(([each, count]) => `${formatCount(count)} ${each.replaceAll('-', ' ')}`);
  return `${formatDay(from)} to ${formatDay(to)}: ${counts.length === 0 ? 'nothing is expected' : counts.join(', ')}`;
}

/** Selects a date, or all up to it. What is under the mouse stays there: nothing is panned. */
export function select(row: number, day: Day, extend: boolean): void {
  const table = sheet.rows[row]?.coverage.table ?? '';
  const anchor = extend && table === sheet.state.table ? (sheet.state.anchor ?? sheet.state.day) : day;
  set({ table, day, anchor });
  layOut();
  describeSelection();
}

/** Selects by keyboard: what is selected comes into view. */
function goTo(row: number, day: Day, extend: boolean): void {
  select(row, day, extend);
  intoView(day);
  grid.querySelector(`[data-row="${row}"]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

/** Pans as little as brings a day into view. */
function intoView(day: Day): void {
  const [from, to] = sheet.axis.of(day) ?? [0, 0];
  const room = width() / sheet.state.scale;
  if (from < sheet.state.left) set({ left: from - room * 0.1 });
  else if (to > sheet.state.left + room) set({ left: to - room * 0.9 });
}

/** The bar below: what is in the selection, and what can be done with it. */
export function describeSelection(): void {
  const chosen = selected();
  const row = sheet.rows[focusRow()];
  if (chosen === undefined || row === undefined) {
    selectionBar.replaceChildren(element('span', { class: 'facts' }, 'No dates are selected'));
    return;
  }
  selectionBar.replaceChildren(
    element('span', { class: 'words' }, element('b', {}, shortName(row.coverage.table)), ` ${wordsOf(row, chosen)}`),
    ...(hasEditor ? actionsOn(row.coverage.table, chosen) : []),
  );
  // Rows that are scrolled to stay clear of the bar, however many lines it has.
  document.documentElement.style.scrollPaddingBottom = `${selectionBar.offsetHeight + 4}px`;
}

/** What can be done with dates. The past can be looked at; what is done is done now. */
function actionsOn(table: string, chosen: readonly [Day, Day]): readonly HTMLElement[] {
  const about = { table, from: formatDay(chosen[0]), to: formatDay(chosen[1]) };
  const ofNow = [
    button('Validate', () => send({ type: 'validate', ...about })),
    button('Backfill…', () => send({ type: 'backfill', ...about })),
  ];
  if (isPast()) for (const each of ofNow) each.setAttribute('disabled', '');
  return [
    ...ofNow,
    button('Documents', () => send({ type: 'documents', ...about })),
    button('Copy', () => send({ type: 'copy', ...about })),
    ...(isPast()
      ? [
          button('Return to Now', returnToNow),
          element('span', { class: 'facts' }, 'Validate and Backfill are about dates as they are now'),
        ]
      : []),
  ];
}

grid.addEventListener('keydown', event => {
  const day = (sheet.state.day ?? sheet.axis.last) as Day | undefined;
  if (day === undefined || sheet.rows.length === 0) return;
  const row = focusRow();
  const by = (days: number): void =>
    goTo(row, nextExpected(row, sheet.axis.step(day, days), Math.sign(days)), event.shiftKey);
  const actions: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => by(-1),
    ArrowRight: () => by(1),
    ArrowUp: () => goTo(Math.max(0, row - 1), day, false),
    ArrowDown: () => goTo(Math.min(sheet.rows.length - 1, row + 1), day, false),
    PageUp: () => by(-30),
    PageDown: () => by(30),
    Home: () => goTo(row, nextExpected(row, sheet.axis.first ?? day, 1), event.shiftKey),
    End: () => goTo(row, nextExpected(row, sheet.axis.last ?? day, -1), event.shiftKey),
    '+': () => zoom(1.5, pixelOf(day)),
    '=': () => zoom(1.5, pixelOf(day)),
    '-': () => zoom(1 / 1.5, pixelOf(day)),
    '0': () => fit(),
    Escape: () => {
      set({ anchor: sheet.state.day });
      layOut();
      describeSelection();
    },
    Enter: () => selectionBar.querySelector<HTMLElement>('vscode-button:not([disabled])')?.focus(),
  };
  const act = actions[event.key];
  if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
});
let isPressed = false;
grid.addEventListener('pointerdown', () => {
  isPressed = true;
});
for (const end of ['pointerup', 'pointercancel'] as const)
  window.addEventListener(end, () => {
    isPressed = false;
  });
grid.addEventListener('focus', () => {
  // The keyboard needs a date to start from; the mouse brings its own.
  if (!isPressed && sheet.state.day === undefined && sheet.axis.last !== undefined)
    goTo(0, nextExpected(0, sheet.axis.last, -1), false);
});

function pixelOf(day: Day): number {
  return ((sheet.axis.of(day)?.[0] ?? 0) - sheet.state.left) * sheet.state.scale;
}

/** The next day on which something is expected: off-days hold nothing to stop at. */
function nextExpected(row: number, from: Day, by: number): Day {
  const found = sheet.rows[row];
  if (found === undefined || by === 0) return from;
  for (let day = from; ;) {
    const is = stateOf(found, day);
    if (is !== undefined && is !== 'off-day' && is !== 'not-yet-due') return day;
    const next = sheet.axis.step(day, Math.sign(by));
    if (next === day) return from;
    day = next;
  }
}

sheet.laidOut.push(placeCells);
