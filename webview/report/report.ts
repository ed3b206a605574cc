// The report page: the verdict as a sentence, then what is wrong, worst first, each thing open to its dates and its source.
import type { CoverageReport, Report, Result } from '../../src/model/report';
import { byWorst, coveredShare, shortName } from '../../src/model/coverage-summary';
import { formatInstant } from '../../src/model/instant';
import { OUTCOMES_WORST_FIRST } from '../../src/model/outcome';
import { formatCount } from '../../src/model/percent';
import { type FromReportPage, toReportPage } from '../../src/editor/panels/report-messages';
import { commitLine } from '../../src/print/blame';
import { OUTCOME_SIGNS, changeLines, dateRanges, stateWords, trendText, verdictSentence } from '../../src/print/words';
import { button, choice, progressRing, searchField } from '../shared/controls';
import { action, element } from '../shared/dom';
import { keepingFocus } from '../shared/focus';
import { vscodeApi } from '../shared/vscode-api';
import { rangesStrip, seasonStrip } from './strip';

/** How many ranges of dates a finding names before they are asked for. */
const MOST_RANGES = 6;

interface PageState {
  readonly report: Report | undefined;
  readonly outcome: string;
  readonly table: string;
  readonly text: string;
  readonly open: readonly string[];
}

const EMPTY: PageState = { report: undefined, outcome: 'open', table: '', text: '', open: [] };
let state: PageState = { ...EMPTY, ...(vscodeApi.getState() as Partial<PageState> | undefined) };
/** Statements that were asked for, by table. */
const statements = new Map<string, string>();
/** Rows that were asked for, by result. */
const sampled = new Map<string, string>();
const page = document.getElementById('page') ?? document.body;

function send(message: FromReportPage): void {
  vscodeApi.postMessage(message);
}

function set(change: Partial<PageState>): void {
  state = { ...state, ...change };
  vscodeApi.setState(state);
}

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const message = toReportPage(data);
  if (message === undefined) return;
  switch (message.type) {
    case 'report':
      // The same report again leaves the page, its focus and its place as they are.
      if (JSON.stringify(message.report) === JSON.stringify(state.report)) return;
      set({ report: message.report });
      render();
      return;
    case 'nothing':
      page.replaceChildren(element('h1', {}, '‽ There is no report'), element('p', {}, message.message));
      return;
    case 'rows':
      sampled.set(message.id, message.text);
      renderList();
      return;
    case 'statement':
      statements.set(message.table, message.sql);
      renderList();
  }
});

function render(): void {
  const { report } = state;
  if (report === undefined) {
    page.replaceChildren(element('p', { class: 'waiting' }, progressRing('Measuring'), ' Measuring …'));
    return;
  }
  keepingFocus(page, () => renderPage(report));
}

function renderPage(report: Report): void {
  const { cost } = report;
  const bytes = cost.bytesKnown && cost.bytes !== null ? `${formatCount(cost.bytes)} bytes` : 'bytes unknown';
  page.replaceChildren(
    element(
      'header',
      {},
      element(
        'h1',
        { class: `outcome-${report.verdict}` },
        `${OUTCOME_SIGNS[report.verdict]} ${verdictSentence(report)}`,
      ),
      element(
        'p',
        { class: 'facts' },
        [
          report.command,
          `${report.pipeline} on ${report.target}`,
          report.command === 'check' ? '' : `${report.from} → ${report.to}`,
          `as of ${report.asOf}`,
          `${formatCount(cost.statements)} statements, ${bytes}, ${formatCount(cost.ms)} ms`,
        ]
          .filter(part => part !== '')
          .join(' · '),
      ),
      element(
        'div',
        { class: 'actions' },
        button('Measure Again', () => send({ type: 'measure' })),
        button('Copy as Markdown', () => send({ type: 'copy' })),
      ),
    ),
    ...changes(report),
    ...(report.results.length === 0 ? [] : [filters(report)]),
    element('section', { id: 'findings', 'aria-label': 'Findings' }),
    ...(report.coverage.length === 0 ? [] : [coverageSection(report)]),
  );
  renderList();
}

/** What is other than in the report before. */
function changes(report: Report): readonly HTMLElement[] {
  const [head, ...lines] = changeLines(report);
  return head === undefined
    ? []
    : [
        element(
          'section',
          { class: 'changes', 'aria-label': 'Changes' },
          element('p', { class: 'facts' }, head),
          ...(lines.length === 0 ? [] : [element('ul', {}, ...lines.map(line => element('li', {}, line.trim())))]),
        ),
      ];
}

function filters(report: Report): HTMLElement {
  const tables = [...new Set(report.results.map(({ table }) => table))];
  return element(
    'div',
    { class: 'filters', role: 'search' },
    choice(
      'Outcome',
      [
        ['open', 'What is not passed'],
        ['all', 'Every outcome'],
        ...OUTCOMES_WORST_FIRST.map(each => [each, each] as const),
      ],
      state.outcome,
      outcome => {
        set({ outcome });
        renderList();
      },
    ),
    choice('Table', [['', 'Every table'], ...tables.map(table => [table, table] as const)], state.table, table => {
      set({ table });
      renderList();
    }),
    searchField('Search', state.text, text => {
      set({ text });
      renderList();
    }),
  );
}

function shows(result: Result): boolean {
  const { outcome, table, text } = state;
  if (outcome === 'open' && (result.outcome === 'pass' || result.outcome === 'skipped')) return false;
  if (outcome !== 'open' && outcome !== 'all' && result.outcome !== outcome) return false;
  if (table !== '' && result.table !== table) return false;
  const words = `${result.table} ${result.check} ${result.column ?? ''} ${result.message}`.toLowerCase();
  return words.includes(text.trim().toLowerCase());
}

/** Renders the findings alone: the fields above keep their focus. */
function renderList(): void {
  const { report } = state;
  const list = document.getElementById('findings');
  if (report === undefined || list === null) return;
  const shown = report.results.filter(shows);
  const open = shown.filter(result => result.accepted === undefined);
  const accepted = shown.filter(result => result.accepted !== undefined);
  const empty =
    report.results.length === 0 || (state.outcome === 'open' && state.table === '' && state.text === '')
      ? report.verdict === 'pass'
        ? `Everything asked for holds: ${report.phases.flatMap(phase => phase.tables).join(', ')}`
        : ''
      : 'No finding is like that';
  keepingFocus(page, () =>
    list.replaceChildren(
      ...(open.length === 0 && accepted.length === 0 && empty !== '' ? [element('p', { class: 'empty' }, empty)] : []),
      ...(open.length === 0 ? [] : [element('ul', { class: 'rows' }, ...open.map(result => row(result, report)))]),
      ...(accepted.length === 0
        ? []
        : [
            element('h2', {}, `Accepted (${accepted.length})`),
            element('ul', { class: 'rows' }, ...accepted.map(result => row(result, report))),
          ]),
    ),
  );
}

function row(result: Result, report: Report): HTMLElement {
  const isOpen = state.open.includes(result.id);
  const name = `${result.check}${result.column === undefined ? '' : ` ${result.column}`}`;
  const head = element(
    'button',
    { class: 'row', type: 'button', 'aria-expanded': String(isOpen) },
    element('span', { class: `sign outcome-${result.outcome}` }, `${OUTCOME_SIGNS[result.outcome]} ${result.outcome}`),
    element('span', { class: 'what' }, element('b', {}, shortName(result.table)), ` ${name}`),
    element('span', { class: 'message' }, result.message),
  );
  head.addEventListener('click', () => {
    const open = isOpen ? state.open.filter(id => id !== result.id) : [...state.open, result.id];
    set({ open });
    renderList();
  });
  const { dates } = result;
  return element(
    'li',
    { 'data-id': result.id },
    head,
    ...(dates === undefined ? [] : [rangesStrip(report.from, report.to, dates.ranges) as Element]),
    ...(isOpen ? [details(result)] : []),
  );
}

/** What a gate says of other things than the table's own rows is mended, not accepted. */
const NOT_ACCEPTABLE = new Set(['upstream', 'columns', 'readable', 'calendar', 'accepted', 'job', 'cost']);

function isAcceptable({ accepted, outcome, check }: Result): boolean {
  return accepted === undefined && (outcome === 'fail' || outcome === 'warn') && !NOT_ACCEPTABLE.has(check);
}

function details(result: Result): HTMLElement {
  const source = result.threshold?.source ?? result.source;
  const { dates, examples = [], threshold } = result;
  const lines: HTMLElement[] = [];
  if (dates !== undefined) {
    const newest = [...dates.ranges].reverse().slice(0, MOST_RANGES);
    lines.push(
      element(
        'p',
        {},
        `${formatCount(dates.count)} date${dates.count === 1 ? '' : 's'}: ${dateRanges(newest, dates.ranges.length)}`,
      ),
    );
  }
  if (examples.length > 0)
    lines.push(
      element(
        'ul',
        { class: 'examples' },
        ...examples.map(({ date, reason }) => element('li', {}, `${date}: ${reason}`)),
      ),
    );
  if (threshold !== undefined)
    lines.push(element('p', {}, `asked: ${threshold.op} ${String(threshold.value)} per ${threshold.per}`));
  if (result.accepted !== undefined) {
    const until = result.accepted.until === undefined ? '' : `, until ${result.accepted.until}`;
    lines.push(element('p', {}, `accepted: ${result.accepted.reason}${until}`));
  }
  const { blame } = result;
  if (blame !== undefined)
    lines.push(
      element('p', { class: 'blame' }, blame.words),
      ...(blame.commits.length === 0
        ? []
        : [
            element('ul', { class: 'examples' }, ...blame.commits.map(commit => element('li', {}, commitLine(commit)))),
          ]),
    );
  const trend = state.report === undefined ? '' : trendText(result, state.report);
  if (trend !== '') lines.push(element('p', {}, `trend: ${trend}`));
  if (result.measuredAt !== undefined)
    lines.push(element('p', { class: 'facts' }, `measured ${formatInstant(result.measuredAt, 'seconds')}`));
  const sql = statements.get(result.table);
  lines.push(
    element(
      'div',
      { class: 'actions' },
      ...(source === undefined
        ? []
        : [
            button(`Open ${source.file}:${source.line}`, () =>
              send({ type: 'openSource', file: source.file, line: source.line }),
            ),
          ]),
      button('Show SQL', () => send({ type: 'statement', table: result.table })),
      ...(result.hasRows === true
        ? [button('Show Rows', () => send({ type: 'rows', table: result.table, id: result.id }))]
        : []),
      ...(isAcceptable(result)
        ? [
            button('Accept…', () =>
              send({ type: 'accept', table: result.table, check: result.id.slice(result.table.length + 1) }),
            ),
          ]
        : []),
    ),
  );
  const rows = sampled.get(result.id);
  if (rows !== undefined) lines.push(element('pre', { class: 'sql rows-shown', tabindex: '0' }, rows));
  if (sql !== undefined) lines.push(element('pre', { class: 'sql', tabindex: '0' }, sql));
  return element('div', { class: 'details' }, ...lines);
}

function coverageSection(report: Report): HTMLElement {
  return element(
    'section',
    { 'aria-label': 'Coverage' },
    element('h2', {}, 'Coverage'),
    ...report.phases.flatMap(phase => {
      const tables = report.coverage.filter(each => phase.tables.includes(each.table)).sort(byWorst);
      return tables.length === 0
        ? []
        : [
            element('h3', {}, `Phase ${phase.id} ${phase.name}`),
            element('ul', { class: 'rows' }, ...tables.map(tableRow)),
          ];
    }),
    legend(),
  );
}

function tableRow(coverage: CoverageReport): HTMLElement {
  const { counts, outcome, table, seasons, states, unexpected } = coverage;
  const newest = states.slice(-MOST_RANGES).reverse();
  return element(
    'li',
    { class: 'table' },
    element(
      'div',
      { class: 'row' },
      element('span', { class: `sign outcome-${outcome}` }, `${OUTCOME_SIGNS[outcome]} ${outcome}`),
      action(shortName(table), () => send({ type: 'openTable', table }), `Open ${table} in the manifest`),
      element('span', { class: 'number' }, coveredShare(coverage)),
      element(
        'span',
        { class: 'message' },
        `${stateWords(counts)}${unexpected > 0 ? ` · ${formatCount(unexpected)} unexpected` : ''}`,
      ),
    ),
    element(
      'div',
      { class: 'seasons' },
      ...seasons.map(season =>
        element('figure', {}, seasonStrip(season) as Element, element('figcaption', {}, season.season)),
      ),
    ),
    ...(newest.length === 0
      ? []
      : [
          element(
            'ul',
            { class: 'examples' },
            ...newest.map(([from, to, each, reason]) =>
              element('li', {}, `${dateRanges([[from, to]], 1)} ${each}${reason === '' ? '' : `: ${reason}`}`),
            ),
            ...(states.length > newest.length
              ? [element('li', {}, `and ${formatCount(states.length - newest.length)} more`)]
              : []),
          ),
        ]),
  );
}

function legend(): HTMLElement {
  return element(
    'p',
    { class: 'legend' },
    ...(['complete', 'partial', 'missing', 'degraded', 'stale', 'unknown'] as const).map(each =>
      element('span', {}, element('i', { class: `swatch swatch-${each}` }), each),
    ),
  );
}

render();
send({ type: 'ready' });
