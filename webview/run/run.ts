// The run page: how a backfill goes on; what failed first, with its reason; each step with its gates; the logs.
import { wrongDates } from '../../src/backfill/run-summary';
import { type FromRunPage, toRunPage } from '../../src/editor/panels/run-messages';
import { formatDuration } from '../../src/model/duration';
import { formatInstant } from '../../src/model/instant';
import { countOf, formatCount, formatShare } from '../../src/model/percent';
import { STATE_OUTCOMES, leftWords, progressWords, spanWords, stateWord } from '../../src/print/run-progress';
import { OUTCOME_SIGNS, dateRanges } from '../../src/print/words';
import type { RunSummary, StepSummary } from '../../src/protocol';
import { button, choice, searchField } from '../shared/controls';
import { action, element } from '../shared/dom';
import { keepingFocus } from '../shared/focus';
import { vscodeApi } from '../shared/vscode-api';

interface PageState {
  readonly folder: string;
  readonly run: RunSummary | undefined;
  /** The step whose log is shown; empty: the one that runs. */
  readonly step: string;
  readonly search: string;
  /** Steps whose gates and failed dates are shown whole. */
  readonly open: readonly string[];
}

/** How often the log of a run that goes on is asked for. */
const LOG_MS = 1_000;
/** How many failed dates of a step are named before they are asked for. */
const MOST_WRONG = 5;

let state: PageState = {
  folder: '',
  run: undefined,
  step: '',
  search: '',
  open: [],
  ...(vscodeApi.getState() as Partial<PageState> | undefined),
};
const page = document.getElementById('page') ?? document.body;
const head = element('section', { 'aria-label': 'Run' });
const wrong = element('section', { 'aria-label': 'Failures' });
const steps = element('section', { 'aria-label': 'Steps' });
const logHead = element('div', { class: 'filters', role: 'search' });
const logText = element('pre', { class: 'sql log', tabindex: '0', 'aria-label': 'Log' });
const log = element('section', { 'aria-label': 'Log' }, element('h2', {}, 'Log'), logHead, logText);

function send(message: FromRunPage): void {
  vscodeApi.postMessage(message);
}

function set(change: Partial<PageState>): void {
  state = { ...state, ...change };
  vscodeApi.setState(state);
}

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const message = toRunPage(data);
  if (message === undefined) return;
  switch (message.type) {
    case 'run':
      if (state.run?.id !== message.run.id) {
        set({ step: '', search: '', open: [] });
        logText.textContent = '';
      }
      set({ folder: message.folder, run: message.run });
      render();
      askLog();
      return;
    case 'log':
      if (message.step === shownStep() && message.search === state.search) showLog(message.text);
      return;
    case 'nothing':
      page.replaceChildren(element('p', {}, message.message));
  }
});

/** A part of the page, made anew only where what it shows has changed: what is being read stays where it is. */
const drawn = new Map<HTMLElement, string>();
function draw(part: HTMLElement, data: unknown, children: () => readonly Node[]): void {
  const text = JSON.stringify(data);
  if (drawn.get(part) === text) return;
  drawn.set(part, text);
  keepingFocus(page, () => part.replaceChildren(...children()));
}

function render(): void {
  const { run } = state;
  if (run === undefined) {
    page.replaceChildren(element('p', { class: 'waiting' }, 'Waiting for the run …'));
    return;
  }
  if (!page.contains(head)) page.replaceChildren(head, wrong, steps, log);
  const hasWrong = run.steps.filter(step => wrongDates(step).length > 0 || isBad(step));
  draw(head, [headFacts(run), run.state, run.cancelAsked, run.report], () => headParts(run));
  draw(wrong, [hasWrong, state.open], () =>
    hasWrong.length === 0 ? [] : [element('h2', {}, 'What is not done'), ...hasWrong.map(wrongPart)],
  );
  draw(steps, [run.steps, state.open], () => [
    element('h2', {}, 'Steps'),
    element('ul', { class: 'rows' }, ...run.steps.map(stepRow)),
  ]);
  draw(logHead, [run.steps.map(({ id, log: file }) => [id, file]), state.step], () => logControls(run));
}

function isBad({ state: is }: StepSummary): boolean {
  return is === 'failed' || is === 'blocked' || is === 'needs-someone' || is === 'cancelled';
}

function isGoingOn({ state: is }: RunSummary): boolean {
  return is === 'running' || is === 'waiting';
}

function headFacts(run: RunSummary): readonly string[] {
  const took = run.startedAt === undefined ? '' : `took ${formatDuration((run.endedAt ?? Date.now()) - run.startedAt)}`;
  return [
    `${formatCount(run.done)} of ${countOf(run.planned, 'date')} done (${formatShare(run.done, run.planned)})`,
    leftWords(run),
    isGoingOn(run) ? '' : took,
    run.startedAt === undefined ? '' : `began ${formatInstant(run.startedAt)}`,
    `target ${run.target}`,
    run.commit === undefined ? 'code unknown (no git)' : `commit ${run.commit}`,
    `${countOf(run.readBacks, 'read-back')}, ${countOf(run.statements, 'statement')}`,
  ].filter(part => part !== '');
}

function headParts(run: RunSummary): readonly Node[] {
  const outcome = STATE_OUTCOMES[run.state];
  const running = run.cancelAsked && isGoingOn(run) ? 'being cancelled' : stateWord(run.state);
  return [
    element(
      'h1',
      { class: `outcome-${outcome}` },
      `${isGoingOn(run) ? '▶' : OUTCOME_SIGNS[outcome]} ${running}${run.message === '' ? '' : `: ${run.message}`}`,
    ),
    element('p', { class: 'facts' }, headFacts(run).join(' · ')),
    ...(run.host === '' || !isGoingOn(run) ? [] : [element('p', { class: 'facts' }, run.host)]),
    element(
      'div',
      { class: 'actions' },
      ...(isGoingOn(run) || run.state === 'lost' ? [button('Cancel…', () => send({ type: 'cancel' }))] : []),
      ...(!isGoingOn(run) && run.state !== 'done' ? [button('Resume', () => send({ type: 'resume' }), 'primary')] : []),
      ...(run.report === undefined
        ? []
        : [
            button('Open Report', () => send({ type: 'report' }), run.state === 'done' ? 'primary' : 'quiet'),
            button('Copy as Markdown', () => send({ type: 'copy' })),
          ]),
      button('Open Plan', () => send({ type: 'plan' })),
    ),
    ...run.notes.map(note => element('p', { class: 'facts' }, note)),
  ];
}

function wrongPart(step: StepSummary): HTMLElement {
  const all = wrongDates(step);
  const isOpen = state.open.includes(step.id);
  const shown = isOpen ? all : all.slice(0, MOST_WRONG);
  const outcome = STATE_OUTCOMES[step.state];
  return element(
    'div',
    { class: 'wrong', 'data-id': `wrong ${step.id}` },
    element('h3', { class: `outcome-${outcome}` }, `${OUTCOME_SIGNS[outcome]} ${step.id} ${stateWord(step.state)}`),
    ...(step.message === '' ? [] : [element('p', {}, step.message)]),
    element(
      'ul',
      { class: 'examples' },
      ...shown.map(([from, to, , each, words]) =>
        element(
          'li',
          {},
          `${dateRanges([[from, to]], 1)} ${each === 'needs-someone' ? 'needs someone: ' : ''}${words}`,
        ),
      ),
      ...(shown.length < all.length
        ? [
            element(
              'li',
              {},
              action(
                `and ${formatCount(all.length - shown.length)} more`,
                () => {
                  set({ open: [...state.open, step.id] });
                  render();
                },
                'Show all of them',
              ),
            ),
          ]
        : []),
    ),
    ...(all.length === 0
      ? []
      : [
          element(
            'div',
            { class: 'actions' },
            button('Retry These…', () => send({ type: 'retry', step: step.id })),
          ),
        ]),
  );
}

function stepRow(step: StepSummary): HTMLElement {
  const outcome = STATE_OUTCOMES[step.state];
  const sign = step.state === 'running' ? '▶' : OUTCOME_SIGNS[outcome];
  return element(
    'li',
    { 'data-id': `step ${step.id}` },
    element(
      'div',
      { class: 'row' },
      element('span', { class: `sign outcome-${outcome}` }, `${sign} ${stateWord(step.state)}`),
      element('span', { class: 'what' }, element('b', {}, step.id)),
      bar(step),
      element('span', { class: 'message' }, progressWords(step)),
    ),
    ...step.running.map(each =>
      element(
        'p',
        { class: 'facts inset' },
        `${spanWords(each)} since ${formatInstant(each.since, 'seconds')}${each.attempt > 1 ? `, attempt ${each.attempt}` : ''}${each.pid === undefined ? '' : `, process ${each.pid}`}${each.message === undefined ? '' : `: ${each.message}`}`,
      ),
    ),
    ...step.waiting.map(({ until, why }) =>
      element('p', { class: 'facts inset' }, `tried again at ${formatInstant(until, 'seconds')}: ${why}`),
    ),
    ...step.gates.map(({ gate, verdict, message, report }) =>
      element(
        'p',
        { class: 'inset' },
        element('span', { class: `outcome-${verdict}` }, `${OUTCOME_SIGNS[verdict]} ${gate} ${verdict}`),
        ` ${message} `,
        ...(report === undefined
          ? []
          : [
              action('report', () => send({ type: 'openReport', path: report }), `Open the report of the ${gate} gate`),
            ]),
      ),
    ),
  );
}

/** How much of a step is done, wrong, and said to be done. */
function bar({ counts, claimed, planned, id }: StepSummary): HTMLElement {
  const made = element('span', {
    class: 'bar',
    role: 'progressbar',
    'aria-label': id,
    'aria-valuemin': '0',
    'aria-valuemax': String(planned),
    'aria-valuenow': String(counts.done),
  });
  const failed = counts.failed + counts['needs-someone'];
  const said = Math.min(planned - counts.done - failed, counts.written + claimed);
  for (const [kind, count] of [
    ['done', counts.done],
    ['wrong', failed],
    ['said', said],
  ] as const) {
    if (count <= 0 || planned === 0) continue;
    const part = element('i', { class: `bar-${kind}` });
    part.style.width = `${(count / planned) * 100}%`;
    made.append(part);
  }
  return made;
}

/** The step whose log is shown: the one that was chosen, the one that runs, or the last that ran. */
function shownStep(): string {
  const { run, step } = state;
  const withLog = (run?.steps ?? []).filter(({ log: file }) => file !== undefined);
  const chosen = withLog.find(({ id }) => id === step);
  return (chosen ?? withLog.find(({ state: is }) => is === 'running') ?? withLog.at(-1))?.id ?? '';
}

function logControls(run: RunSummary): readonly HTMLElement[] {
  const withLog = run.steps.filter(({ log: file }) => file !== undefined);
  if (withLog.length === 0) return [element('p', { class: 'facts' }, 'No command has printed anything yet')];
  return [
    choice(
      'Step',
      withLog.map(({ id }) => [id, id] as const),
      shownStep(),
      step => {
        set({ step });
        askLog();
      },
    ),
    searchField('Search the log', state.search, search => {
      set({ search });
      askLog();
    }),
    button('Open Log', () => send({ type: 'openLog', step: shownStep() })),
  ];
}

function askLog(): void {
  const step = shownStep();
  if (step !== '') send({ type: 'log', step, search: state.search });
}

/** Shows the text, and follows its end unless somebody reads further up. */
function showLog(text: string): void {
  if (logText.textContent === text) return;
  const atEnd = logText.scrollHeight - logText.scrollTop - logText.clientHeight < 40;
  logText.textContent = text;
  if (atEnd) logText.scrollTop = logText.scrollHeight;
}

setInterval(() => {
  if (state.run === undefined || !isGoingOn(state.run) || document.hidden) return;
  askLog();
  render(); // how long it takes goes on by itself
}, LOG_MS);
render();
send({ type: 'ready' });
