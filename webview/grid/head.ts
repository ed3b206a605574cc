// The head of the coverage page: verdict, zooms, seasons, and the slider to what was. Its controls stay while coverage comes and goes: one may be in a hand.
import { formatInstant } from '../../src/model/instant';
import type { Report } from '../../src/model/report';
import { OUTCOME_SIGNS, verdictSentence } from '../../src/print/words';
import { button } from '../shared/controls';
import { element } from '../shared/dom';
import { hasEditor } from '../shared/vscode-api';
import { fit, send, sheet, showSegment, zoom } from './sheet';

/** A slider that is dragged over a hundred moments asks once, when it comes to rest. */
const REST_MS = 120;

const title = element('h1');
const facts = element('p', { class: 'facts' });
const seasonButtons = element('span', { class: 'season-buttons' });
const slider = document.createElement('input');
slider.type = 'range';
slider.min = '0';
slider.setAttribute('aria-label', 'As it was');
const when = element('span', { class: 'when' });
const past = element('label', { class: 'past', hidden: '' }, 'As it was', slider, when);
const notice = element('p', { class: 'notice', role: 'status' });

export const head = element(
  'section',
  { 'aria-label': 'Coverage' },
  title,
  facts,
  element(
    'div',
    { class: 'actions' },
    button('Zoom In', () => zoom(1.5)),
    button('Zoom Out', () => zoom(1 / 1.5)),
    button('Fit', () => fit()),
    seasonButtons,
    ...(hasEditor ? [button('Measure Again', () => send({ type: 'measure' }))] : []),
  ),
  past,
  notice,
);

/** The moment that was asked for and is not shown yet, empty for now: until it is, the slider stays where it was put. */
let asked: string | undefined;
let asking: number | undefined;

function ask(at: string): void {
  asked = at;
  notice.textContent = '';
  placeSlider();
  window.clearTimeout(asking);
  asking = window.setTimeout(() => send({ type: 'at', at }), REST_MS);
}

slider.addEventListener('input', () => ask(sheet.state.message?.moments[slider.valueAsNumber] ?? ''));

/** Leaves the past. */
export function returnToNow(): void {
  ask('');
}

/** Something went otherwise than it was asked for. */
export function showNotice(message: string): void {
  asked = undefined;
  notice.textContent = message;
}

function placeSlider(): void {
  const moments = sheet.state.message?.moments ?? [];
  const at = sheet.state.message?.at;
  const shown = asked ?? at ?? '';
  slider.max = String(moments.length);
  slider.value = String(shown === '' ? moments.length : Math.max(0, moments.indexOf(shown)));
  const words = shown === '' ? 'now' : formatInstant(shown);
  slider.setAttribute('aria-valuetext', words);
  when.textContent = words;
  past.hidden = moments.length === 0 && shown === '';
}

/** Tells of the coverage that is shown. */
export function describeHead(report: Report): void {
  const at = sheet.state.message?.at;
  if (asked === (at ?? '')) asked = undefined;
  title.className = `outcome-${report.verdict}`;
  title.textContent = `${OUTCOME_SIGNS[report.verdict]} ${verdictSentence(report)}`;
  facts.textContent = [
    `${report.pipeline} on ${report.target}`,
    `${report.from} → ${report.to}`,
    `as of ${report.asOf}`,
    ...(at === undefined ? [] : [`as it was ${formatInstant(at)}`]),
  ].join(' · ');
  describeSeasons();
  placeSlider();
}

let described = '';

/** A button for each season, made anew only where seasons are others. */
function describeSeasons(): void {
  const { seasons } = sheet.axis;
  const key = seasons.map(({ label, from, to }) => `${label} ${from} ${to}`).join('\n');
  if (key === described) return;
  described = key;
  seasonButtons.replaceChildren(...seasons.map(({ label, from, to }) => button(label, () => showSegment(from, to))));
}
