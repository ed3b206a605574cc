// The plan page: what would be written, why, by which commands and how long; dates can be taken out; one button runs it.
import { isoRange } from '../../src/model/day-text';
import { TAKEN_OUT, reasonKinds } from '../../src/backfill/plan';
import {
  type PlanQuestion,
  type FromPlanPage,
  type PlanSwitch,
  toPlanPage,
} from '../../src/editor/panels/plan-messages';
import { parseDay } from '../../src/model/day';
import { shownCommand } from '../../src/model/command-line';
import { countOf, formatCount } from '../../src/model/percent';
import { costWords, durationWords, planSentence, rewritesWords, totalOf } from '../../src/print/plan-words';
import { OUTCOME_SIGNS, dateRanges } from '../../src/print/words';
import type { Plan, PlanExclusion, PlanStep } from '../../src/protocol';
import { button, checkbox, progressRing } from '../shared/controls';
import { action, element } from '../shared/dom';
import { keepingFocus } from '../shared/focus';
import { vscodeApi } from '../shared/vscode-api';

interface PageState {
  readonly folder: string;
  readonly plan: Plan | undefined;
  readonly question: PlanQuestion | undefined;
  /** Steps whose dates or commands are shown whole. */
  readonly open: readonly string[];
}

/** How many runs of dates of a step are shown before they are asked for. */
const MOST_RUNS = 6;
const MOST_COMMANDS = 2;

let state: PageState = {
  folder: '',
  plan: undefined,
  question: undefined,
  open: [],
  ...(vscodeApi.getState() as Partial<PageState> | undefined),
};
let busy: string | undefined;
let problem: { readonly message: string; readonly changes: readonly string[] } | undefined;
const page = document.getElementById('page') ?? document.body;

function send(message: FromPlanPage): void {
  vscodeApi.postMessage(message);
}

function set(change: Partial<PageState>): void {
  state = { ...state, ...change };
  // `type` lets the panel check what it is given back after a reload, as it does with any message.
  vscodeApi.setState({ type: 'plan', ...state });
}

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const message = toPlanPage(data);
  if (message === undefined) return;
  busy = message.type === 'busy' ? message.words : undefined;
  problem = message.type === 'problem' ? message : undefined;
  if (message.type === 'plan') set({ folder: message.folder, plan: message.plan, question: message.question });
  render();
});

function render(): void {
  keepingFocus(page, () => {
    const { plan, question } = state;
    page.replaceChildren(
      ...(plan === undefined || question === undefined ? [] : planParts(plan, question)),
      ...(plan === undefined && problem !== undefined ? [problemPart(problem)] : []),
      ...(plan === undefined && problem === undefined
        ? [element('p', { class: 'waiting' }, progressRing('Planning'), ` ${busy ?? 'Measuring what is short'} …`)]
        : []),
    );
  });
}

function problemPart({
  message,
  changes,
}: {
  readonly message: string;
  readonly changes: readonly string[];
}): HTMLElement {
  return element(
    'section',
    { class: 'problem', role: 'alert' },
    element('h2', { class: 'outcome-fail' }, `${OUTCOME_SIGNS.fail} ${message}`),
    ...(changes.length === 0 ? [] : [element('ul', {}, ...changes.map(each => element('li', {}, each)))]),
    element(
      'div',
      { class: 'actions' },
      button('Plan Again', () => send({ type: 'again' }), 'primary'),
    ),
  );
}

function planParts(plan: Plan, question: PlanQuestion): readonly HTMLElement[] {
  const { steps, target, refusals, warnings, excluded } = plan;
  const isRunnable = steps.length > 0 && refusals.length === 0 && problem === undefined;
  const run = button('Run This Plan', () => send({ type: 'run' }), 'primary');
  if (!isRunnable || busy !== undefined) run.setAttribute('disabled', '');
  return [
    element(
      'header',
      {},
      element('h1', {}, planSentence(plan)),
      element(
        'p',
        { class: 'facts' },
        [
          `${plan.pipeline} on ${target.name}`,
          `${plan.from} → ${plan.to}`,
          `as of ${plan.asOf}`,
          ...(steps.length === 0 ? [] : [durationWords(totalOf(plan)), costWords(steps)]),
        ].join(' · '),
      ),
      element('p', { class: 'facts' }, target.identity),
      ...(target.protected
        ? [
            element(
              'p',
              { class: 'outcome-warn' },
              `${OUTCOME_SIGNS.warn} ${target.name} is protected: its name is asked for before anything is written`,
            ),
          ]
        : []),
    ),
    element('div', { class: 'switches', role: 'group', 'aria-label': 'What is planned' }, ...switches(question)),
    element(
      'div',
      { class: 'actions' },
      run,
      button('Copy Commands', () => send({ type: 'copy' })),
      button('Save Plan…', () => send({ type: 'save' })),
      button('Plan Again', () => send({ type: 'again' })),
      ...(busy === undefined
        ? []
        : [element('span', { class: 'busy', role: 'status' }, progressRing(busy), ` ${busy} …`)]),
    ),
    ...(problem === undefined ? [] : [problemPart(problem)]),
    ...refusals.map(each => element('p', { class: 'outcome-fail' }, `${OUTCOME_SIGNS.fail} ${each}`)),
    ...warnings.map(each => element('p', { class: 'outcome-warn' }, `${OUTCOME_SIGNS.warn} ${each}`)),
    ...groups(steps).flatMap(([group, members]) => [
      element('h2', {}, `Group ${group}${members.length > 1 ? `: ${members.length} tables side by side` : ''}`),
      ...members.map(step => stepPart(step, question)),
    ]),
    ...(plan.python === undefined
      ? []
      : [element('p', { class: 'facts' }, `\${python} is ${plan.python.path} (${plan.python.from})`)]),
    ...(excluded.length === 0 ? [] : [excludedPart(excluded, question)]),
  ];
}

const SWITCH_LABELS: Readonly<Record<PlanSwitch, string>> = {
  upstream: 'Also the tables that these need and that are short',
  stale: 'Also stale dates, and those that this plan makes stale',
  rebuild: 'All expected dates, also those that are right',
  canary: 'Try one date through the whole gate first',
  keepGoing: 'After a failure, go on with what does not need it',
};

function switches(question: PlanQuestion): readonly HTMLElement[] {
  return (Object.keys(SWITCH_LABELS) as PlanSwitch[]).map(name =>
    checkbox(SWITCH_LABELS[name], question[name], on => send({ type: 'switch', name, on })),
  );
}

function groups(steps: readonly PlanStep[]): readonly (readonly [number, readonly PlanStep[]])[] {
  return [...new Set(steps.map(({ group }) => group))].map(group => [
    group,
    steps.filter(step => step.group === group),
  ]);
}

function stepPart(step: PlanStep, question: PlanQuestion): HTMLElement {
  const isOpen = state.open.includes(step.id);
  const newest = [...step.why].reverse();
  const shown = isOpen ? newest : newest.slice(0, MOST_RUNS);
  return element(
    'section',
    { class: 'step', 'data-id': step.id, 'aria-label': step.id },
    element(
      'h3',
      {},
      `${step.id}: ${countOf(step.dates.length, 'date')}, ${[...reasonKinds(step)].map(([kind, count]) => `${formatCount(count)} ${kind}`).join(', ')}`,
    ),
    element(
      'p',
      { class: 'facts' },
      [
        ...(step.needs.length === 0 ? [] : [`after ${step.needs.join(', ')}`]),
        `by ${step.job}, which ${rewritesWords(step.rewrites)}`,
        durationWords(step.expected),
        `cost ${step.cost}`,
      ].join(' · '),
    ),
    ...step.blockers.map(each =>
      element('p', { class: 'outcome-fail' }, `${OUTCOME_SIGNS.fail} ${each}: its gate will say no`),
    ),
    ...(step.blockers.length > 0 && !question.upstream
      ? [
          element(
            'p',
            {},
            action(
              'Plan what it needs too',
              () => send({ type: 'switch', name: 'upstream', on: true }),
              'Adds the tables that it needs and that are short',
            ),
          ),
        ]
      : []),
    element(
      'ul',
      { class: 'dates' },
      ...shown.map(([from, to, count, reason]) =>
        element(
          'li',
          {},
          checkbox(`${isoRange(from, to)}${count > 1 ? ` (${formatCount(count)})` : ''}`, true, () =>
            send({ type: 'takeOut', table: step.table, from, to }),
          ),
          element('span', { class: 'facts' }, reason),
        ),
      ),
    ),
    ...(step.why.length > shown.length
      ? [
          element(
            'p',
            {},
            action(
              `Show ${formatCount(step.why.length - shown.length)} more`,
              () => open(step.id),
              'Every run of dates, and every command',
            ),
          ),
        ]
      : []),
    leaveOut(step),
    commands(step, isOpen),
  );
}

function open(id: string): void {
  set({ open: [...state.open, id] });
  render();
}

/** A field for dates that are not to be written, a date or a range. */
function leaveOut(step: PlanStep): HTMLElement {
  const field = element('vscode-text-field', {
    placeholder: 'Leave out: 2024-12-25 or 2024-12-24..2024-12-26',
    'aria-label': `Leave out dates of ${step.id}`,
    size: '44',
  });
  field.addEventListener('keydown', event => {
    if (event.key !== 'Enter') return;
    const [from = '', to = from] = (field as HTMLElement & { value: string }).value.trim().split('..');
    const [first, last] = [parseDay(from), parseDay(to)];
    const isRange = first !== undefined && last !== undefined && first <= last;
    field.classList.toggle('invalid', !isRange);
    if (isRange) send({ type: 'takeOut', table: step.table, from, to });
  });
  return element('div', { class: 'leave-out' }, field);
}

function commands(step: PlanStep, isOpen: boolean): HTMLElement {
  const { chunks, sql } = step;
  if (sql !== undefined)
    return element(
      'details',
      { class: 'commands' },
      element(
        'summary',
        {},
        `${countOf(chunks.length, 'statement')} of ${sql.file}: exactly their partitions are replaced`,
      ),
      element('pre', { class: 'sql', tabindex: '0' }, sql.text),
    );
  const shown = isOpen ? chunks : chunks.slice(0, MOST_COMMANDS);
  return element(
    'details',
    { class: 'commands', open: '' },
    element('summary', {}, countOf(chunks.length, 'command')),
    element('pre', { class: 'sql', tabindex: '0' }, shown.map(({ argv }) => shownCommand(argv ?? [])).join('\n')),
    ...(shown.length < chunks.length
      ? [
          element(
            'p',
            {},
            action(
              `Show ${formatCount(chunks.length - shown.length)} more`,
              () => open(step.id),
              'Every run of dates, and every command',
            ),
          ),
        ]
      : []),
  );
}

function excludedPart(excluded: readonly PlanExclusion[], question: PlanQuestion): HTMLElement {
  return element(
    'section',
    { 'aria-label': 'Left out', 'data-id': 'left out' },
    element('h2', {}, 'Left out'),
    element(
      'ul',
      { class: 'left-out' },
      ...excluded.map(each => {
        const taken =
          each.reason === TAKEN_OUT ? (question.takenOut.find(({ table }) => table === each.table)?.ranges ?? []) : [];
        return element(
          'li',
          {},
          `${each.table}: ${countOf(each.count, 'date')} (${dateRanges(each.ranges.slice(-3), each.ranges.length)}): ${each.reason} `,
          ...taken.flatMap(([from, to]) => [
            action(
              `Put back ${isoRange(from, to)}`,
              () => send({ type: 'putBack', table: each.table, from, to }),
              'Plans these dates again',
            ),
            ' ',
          ]),
        );
      }),
    ),
  );
}

render();
send({ type: 'ready' });
