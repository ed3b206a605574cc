// The coverage grid: tables by phase against dates, seasons side by side. What is short, and since when, is seen by looking.
import type { Report } from '../../src/model/report';
import { type ToGridPage, toGridPage } from '../../src/editor/panels/grid-messages';
import { coveredShare, phaseWords, shortName } from '../../src/model/coverage-summary';
import { OUTCOME_SIGNS, stateWords } from '../../src/print/words';
import { progressRing } from '../shared/controls';
import { action, element } from '../shared/dom';
import { hasEditor } from '../shared/vscode-api';
import { Axis } from './axis';
import { describeHead, head, showNotice } from './head';
import { describeLegend, legend } from './legend';
import { ROW_PX } from './paint';
import { forgetDates, hovered, tellDate, tip } from './pointer';
import { type GridRow, gridRow } from './rows';
import { describeSelection, selectionBar } from './selection';
import {
  type Band,
  fitIfNew,
  grid,
  keep,
  layOut,
  months,
  page,
  scroller,
  seasons,
  send,
  set,
  sheet,
  watchBands,
} from './sheet';

/** Rows of one canvas: those out of view are not painted. */
const BAND_ROWS = 50;

function take(message: ToGridPage): void {
  switch (message.type) {
    case 'coverage':
      set({ message });
      forgetDates();
      show(message.report);
      keep();
      return;
    case 'date':
      tellDate(message.table, message.date, message.words);
      return;
    case 'notice':
      showNotice(message.message);
      return;
    case 'nothing':
      page.replaceChildren(element('h1', {}, '‽ There is no coverage'), element('p', {}, message.message));
  }
}

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const message = toGridPage(data);
  if (message !== undefined) take(message);
});

/** Makes the page for a report: its sheet.axis and rows, the names beside them, and the canvases that are painted. */
function show(report: Report): void {
  const start = performance.now();
  const dated = report.coverage.filter(({ seasons: its }) => its.length > 0);
  sheet.axis = new Axis(dated);
  const laid = new Map(dated.map(coverage => [coverage.table, gridRow(coverage, sheet.axis)]));
  const sections: HTMLElement[] = [];
  const made: Band[] = [];
  const inOrder: GridRow[] = [];
  for (const phase of report.phases) {
    const its = phase.tables.flatMap(name => laid.get(name) ?? []);
    if (its.length === 0) continue;
    const body: HTMLElement[] = [];
    for (let at = 0; at < its.length; at += BAND_ROWS) {
      const some = its.slice(at, at + BAND_ROWS);
      const canvas = document.createElement('canvas');
      canvas.setAttribute('aria-hidden', 'true');
      canvas.style.height = `${some.length * ROW_PX}px`;
      made.push({ canvas, rows: some, isInView: true });
      body.push(
        element(
          'div',
          { class: 'band', role: 'presentation' },
          element(
            'div',
            { class: 'names', role: 'presentation' },
            ...some.map((row, i) => nameRow(row, inOrder.length + i)),
          ),
          element('div', { class: 'dates', role: 'presentation' }, canvas),
        ),
      );
      inOrder.push(...some);
    }
    sections.push(
      element(
        'div',
        { class: 'phase', role: 'rowgroup', 'aria-label': `Phase ${phase.id} ${phase.name}` },
        element(
          'div',
          { class: 'phase-name', role: 'presentation' },
          `${phase.name === phase.id ? phase.id : `${phase.id} ${phase.name}`} · `,
          element('span', { class: 'facts' }, phaseWords(its.map(({ coverage }) => coverage))),
        ),
        ...body,
      ),
    );
  }
  sheet.rows = inOrder;
  sheet.bands = made;
  grid.setAttribute('aria-rowcount', String(sheet.rows.length));
  grid.setAttribute('aria-colcount', String(sheet.axis.segments.reduce((sum, { from, to }) => sum + to - from + 1, 0)));
  describeHead(report);
  describeLegend(report);
  grid.replaceChildren(...sections);
  if (!page.contains(grid))
    page.replaceChildren(
      head,
      element('div', { class: 'sheet' }, element('div', { class: 'axis' }, seasons, months), grid, scroller, hovered),
      selectionBar,
      legend,
      tip,
    );
  if (sheet.rows.length === 0)
    grid.replaceChildren(element('p', { class: 'empty' }, 'No table with dates is declared'));
  watchBands();
  fitIfNew();
  layOut();
  describeSelection();
  performance.measure('phasegate first paint', { start, end: performance.now() });
}

function nameRow({ coverage }: GridRow, index: number): HTMLElement {
  const { table, outcome } = coverage;
  const share = coveredShare(coverage);
  return element(
    'div',
    { class: 'name', role: 'row', 'aria-rowindex': String(index + 1), 'data-row': String(index) },
    element(
      'div',
      { class: 'name-cell', role: 'rowheader', title: `${table}: ${stateWords(coverage.counts)}` },
      element('span', { class: `outcome-${outcome}`, 'aria-label': outcome }, OUTCOME_SIGNS[outcome]),
      ' ',
      hasEditor
        ? action(shortName(table), () => send({ type: 'openTable', table }), `Open ${table} in the manifest`)
        : shortName(table),
      element('span', { class: 'share' }, share),
    ),
    element('div', { class: 'cell', role: 'gridcell', id: `cell-${index}`, hidden: '' }),
  );
}

const written = document.getElementById('coverage-data')?.textContent;
if (written !== undefined) {
  const message = toGridPage(JSON.parse(written));
  if (message !== undefined) take(message);
} else if (sheet.state.message === undefined)
  page.replaceChildren(element('p', { class: 'waiting' }, progressRing('Measuring'), ' Measuring …'));
else take(sheet.state.message);
send({ type: 'ready' });
