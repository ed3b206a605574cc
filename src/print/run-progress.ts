// A run while it goes on, as lines for a log and as a block for a terminal; and what it came to.
import type { Plan } from '../backfill/plan';
import {
  type RunStanding,
  type RunSummary,
  type RunningSummary,
  type StepSummary,
  wrongDates,
} from '../backfill/run-summary';
import { formatDuration, formatExpected } from '../model/duration';
import type { Outcome } from '../model/outcome';
import { countOf, formatCount, formatShare } from '../model/percent';
import type { RunEvent } from '../runs/events';
import { dateRanges, OUTCOME_SIGNS } from './words';
import { type Paint, painter } from './paint';
import { nextWords } from './run-next';

/** The outcome whose sign and colour stand for a state. */
export const STATE_OUTCOMES: Readonly<Record<StepSummary['state'] | RunStanding, Outcome>> = {
  waiting: 'skipped',
  running: 'skipped',
  done: 'pass',
  failed: 'fail',
  blocked: 'fail',
  cancelled: 'warn',
  'needs-someone': 'error',
  lost: 'error',
};

/** How many dates that failed at once are named in a log. */
const MOST_FAILED = 3;

/** What an event says in a log; none where it is told by the counts that follow. */
export function eventLines(
  event: RunEvent,
  { steps }: Pick<Plan, 'steps'>,
  paint: Paint = painter(false),
): readonly string[] {
  switch (event.event) {
    case 'run-started':
      return [
        `${event.resumed ? 'gone on with' : 'begun'} by process ${event.runner.pid}. ${event.host}`,
        ...(event.commit === undefined ? [] : [`code: commit ${event.commit}`]),
      ];
    case 'step-started': {
      const step = steps.find(({ id }) => id === event.step);
      return [`${event.step}: begun, ${countOf(step?.dates.length ?? 0, 'date')}`];
    }
    case 'gate':
      return [
        `${event.step}: ${event.gate} ${paint[event.verdict](`${OUTCOME_SIGNS[event.verdict]} ${event.verdict}`)}: ${event.message}`,
      ];
    case 'chunk-ended':
      return event.problem === undefined
        ? []
        : [`${event.step}: chunk ${event.chunk}, attempt ${event.attempt}: ${event.problem}`];
    case 'chunk-waits':
      return [
        `${event.step}: chunk ${event.chunk} is tried again in ${formatDuration(Math.max(0, event.until - event.at))}: ${event.why}`,
      ];
    case 'dates-judged': {
      const wrong = [...event.needsSomeone, ...event.failed];
      return [
        ...wrong.slice(0, MOST_FAILED).map(([date, words]) => paint.fail(`${event.step}: ${date} ${words}`)),
        ...(wrong.length > MOST_FAILED
          ? [`${event.step}: and ${countOf(wrong.length - MOST_FAILED, 'date')} more`]
          : []),
      ];
    }
    case 'step-ended': {
      const outcome = STATE_OUTCOMES[event.state];
      return [paint[outcome](`${OUTCOME_SIGNS[outcome]} ${event.step} ${stateWithWhy(event.state, event.message)}`)];
    }
    case 'note':
      return [event.step === undefined ? event.message : `${event.step}: ${event.message}`];
    case 'cancel-asked':
      return [`cancelled by ${event.by}: what runs is being ended`];
    case 'chunk-started':
    case 'run-ended':
    default: // of a later version
      return [];
  }
}

/** A state as people read it. */
export function stateWord(state: StepSummary['state'] | RunStanding): string {
  return state.replace('-', ' ');
}

/** A state with what is said of it, which may begin with the very word: `cancelled at 2024-01-05: 2 of 6 dates done`. */
export function stateWithWhy(state: StepSummary['state'] | RunStanding, message: string): string {
  const word = stateWord(state);
  if (message === '') return word;
  return `${message} `.startsWith(`${word} `) || message.startsWith(`${word}:`) ? message : `${word}: ${message}`;
}

/** How far a step is, in a line: `412 of 734 dates done · 3 failed · 120 a minute · about 4 min (3 to 5 min) left`. */
export function progressWords(step: StepSummary): string {
  return progressParts(step)
    .map(({ words }) => words)
    .join(' · ');
}

/** A part of what is said of a step. */
interface Part {
  readonly words: string;
  /** What is said in its place where there is less room; empty: nothing. */
  readonly short?: string;
  /** Parts give way in this order, the lowest first; those without never do. */
  readonly rank?: number;
}

function progressParts({
  state,
  counts,
  planned,
  claimed,
  rate,
  left,
  rows,
  reportedRows,
}: StepSummary): readonly Part[] {
  const goesOn = state === 'running';
  const need = counts['needs-someone'];
  return [
    { words: `${formatCount(counts.done)} of ${countOf(planned, 'date')} done` },
    ...(claimed > 0 ? [{ words: `${formatCount(claimed)} more reported`, short: '', rank: 2 }] : []),
    ...(counts.failed > 0 ? [{ words: `${formatCount(counts.failed)} failed` }] : []),
    ...(need > 0 ? [{ words: `${formatCount(need)} ${need === 1 ? 'needs' : 'need'} someone` }] : []),
    ...(rows > 0 || reportedRows !== undefined
      ? [
          {
            words: `${countOf(rows, 'row')} found${reportedRows === undefined ? '' : ` (${formatCount(reportedRows)} reported)`}`,
            short: '',
            rank: 1,
          },
        ]
      : []),
    ...(rate === undefined || !goesOn ? [] : [{ words: rateWords(rate), short: '', rank: 4 }]),
    ...(left === undefined || !goesOn
      ? []
      : [{ words: `${formatExpected(left)} left`, short: `${formatDuration(left.ms)} left`, rank: 3 }]),
  ];
}

/** What is said of a step in so much room: rows give way first, then what is only reported, the range of the time that is left, and the speed. */
function progressIn(step: StepSummary, room: number): string {
  let parts = progressParts(step);
  const joined = (): string => parts.flatMap(({ words }) => (words === '' ? [] : [words])).join(' · ');
  while (joined().length > room) {
    const [next] = parts.flatMap(({ rank }) => rank ?? []).sort((a, b) => a - b);
    if (next === undefined) break;
    parts = parts.map(part => (part.rank === next ? { words: part.short ?? '' } : part));
  }
  return joined();
}

/** @param rate dates a minute */
export function rateWords(rate: number): string {
  return rate >= 1
    ? `${rate >= 10 ? formatCount(Math.round(rate)) : rate.toFixed(1)} a minute`
    : `${(rate * 60).toFixed(1)} an hour`;
}

/** How long the rest of a run will take. */
export function leftWords({ left }: Pick<RunSummary, 'left'>): string {
  if (left === undefined) return '';
  return left.isLeast
    ? left.ms === 0
      ? 'time left unknown'
      : `at least ${formatDuration(left.ms)} left`
    : `${formatExpected(left)} left`;
}

/** How long a bar is where there is room for it, and how long it has to be in order to tell anything. Characters. */
const BAR = 24;
const SHORTEST_BAR = 4;

/** The block that a terminal shows while a run goes on. */
export function progressBlock(
  run: RunSummary,
  { columns, colour }: { readonly columns: number; readonly colour: boolean },
  now: number,
): string {
  const paint = painter(colour);
  const ended = run.steps.filter(({ state }) => state !== 'waiting' && state !== 'running').length;
  const took = run.startedAt === undefined ? '' : ` · ${formatDuration(now - run.startedAt)}`;
  const head = [`${ended} of ${countOf(run.steps.length, 'step')}${took}`, leftWords(run)]
    .filter(words => words !== '')
    .join(' · ');
  const width = Math.max(0, ...run.steps.map(({ id }) => id.length));
  const title = `${run.id}  ${head}`;
  // The run is known by then; how long it still takes is not.
  const lines = [paint.strong(cut(title.length > columns ? head : title, columns))];
  for (const step of run.steps.filter(({ state }) => state === 'running')) {
    // The figures come first: the bar only shows once more what they say.
    const words = progressIn(step, columns - width - 3);
    const room = Math.min(BAR, columns - width - 4 - words.length);
    lines.push(cut(`  ${step.id.padEnd(width)} ${room < SHORTEST_BAR ? '' : `${bar(step, room)} `}${words}`, columns));
    for (const each of step.running.slice(0, MOST_RUNNING))
      lines.push(
        paint.quiet(
          cut(
            `  ${' '.repeat(width)} ${spanWords(each)}${each.attempt > 1 ? `, attempt ${each.attempt}` : ''}${each.message === undefined ? '' : `: ${each.message}`}`,
            columns,
          ),
        ),
      );
    for (const { until, why } of step.waiting.slice(0, 1))
      lines.push(
        paint.quiet(
          cut(`  ${' '.repeat(width)} tried again in ${formatDuration(Math.max(0, until - now))}: ${why}`, columns),
        ),
      );
  }
  return lines.join('\n');
}

/** What a command is about: its first and last date, and how many there are. */
export function spanWords({ from, to, dates }: Pick<RunningSummary, 'from' | 'to' | 'dates'>): string {
  return from === to ? from : `${from} → ${to} (${countOf(dates, 'date')})`;
}

/** How many commands of a step are named. */
const MOST_RUNNING = 2;

function bar({ counts, claimed, planned }: StepSummary, length: number): string {
  const of = (count: number): number => (planned === 0 ? 0 : Math.floor((count / planned) * length));
  const done = of(counts.done);
  const wrong = of(counts.done + counts.failed + counts['needs-someone']) - done;
  const said = Math.max(
    0,
    of(counts.done + counts.failed + counts['needs-someone'] + claimed + counts.written) - done - wrong,
  );
  return `${'█'.repeat(done)}${'▒'.repeat(wrong)}${'░'.repeat(said)}${'·'.repeat(Math.max(0, length - done - wrong - said))}`;
}

function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(1, columns - 1))}…`;
}

/** A run step by step: how far each is and, where it did not do what it should, the first of its dates. */
export function printRun(
  run: RunSummary,
  { columns, colour, verbose }: { readonly columns: number; readonly colour: boolean; readonly verbose: boolean },
  now: number,
): string {
  const paint = painter(colour);
  const outcome = STATE_OUTCOMES[run.state];
  const width = Math.max(0, ...run.steps.map(({ id }) => id.length));
  const ms = run.startedAt === undefined ? 0 : (run.endedAt ?? now) - run.startedAt;
  const lines = [
    `${run.id} · ${run.target} · ${formatDuration(ms)}${run.commit === undefined ? '' : ` · commit ${run.commit}`}`,
    '',
    ...run.steps.flatMap(step => {
      const sign = STATE_OUTCOMES[step.state];
      const all = wrongDates(step);
      const wrong = verbose ? all : all.slice(0, MOST_FAILED);
      return [
        `  ${paint[sign](OUTCOME_SIGNS[sign])} ${step.id.padEnd(width)}  ${formatShare(step.counts.done, step.planned).padStart(8)}  ${progressWords(step)}`,
        ...(step.state === 'done' || step.message === ''
          ? []
          : [cut(`      ${stateWithWhy(step.state, step.message)}`, verbose ? Infinity : columns * 2)]),
        ...wrong.map(([from, to, , , words]) => `      ${dateRanges([[from, to]], 1)} ${words}`),
        ...(wrong.length < all.length
          ? [paint.quiet(`      and ${countOf(all.length - wrong.length, 'run')} of dates more (--verbose shows all)`)]
          : []),
      ];
    }),
    '',
    paint[outcome](`${OUTCOME_SIGNS[outcome]} ${stateWithWhy(run.state, run.message)}`),
    paint.quiet(`${countOf(run.readBacks, 'read-back')}, ${countOf(run.statements, 'statement')}`),
    ...nextWords(run),
  ];
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`;
}
