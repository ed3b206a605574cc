// The icons and words of outcomes and states of dates: never colour alone, the word always stands beside.
import { ThemeColor, ThemeIcon } from 'vscode';
import type { DateState } from '../model/coverage';
import type { RunStanding, StepDates, StepSummary } from '../protocol';
import { OUTCOMES_WORST_FIRST, type Outcome } from '../model/outcome';

const OUTCOME_ICONS: Readonly<Record<Outcome, readonly [icon: string, color: string | undefined]>> = {
  pass: ['pass', 'testing.iconPassed'],
  warn: ['warning', 'charts.yellow'],
  fail: ['error', 'testing.iconFailed'],
  error: ['question', 'charts.blue'],
  skipped: ['circle-slash', 'testing.iconSkipped'],
};

const STATE_ICONS: Readonly<Record<DateState, readonly [icon: string, color: string]>> = {
  complete: ['pass', 'testing.iconPassed'],
  partial: ['circle-large', 'charts.yellow'],
  missing: ['circle-outline', 'charts.red'],
  degraded: ['pulse', 'charts.orange'],
  stale: ['history', 'charts.purple'],
  unknown: ['question', 'charts.blue'],
};

export function outcomeIcon(outcome: Outcome | undefined): ThemeIcon {
  if (outcome === undefined) return new ThemeIcon('circle-outline');
  const [icon, color] = OUTCOME_ICONS[outcome];
  return new ThemeIcon(icon, color === undefined ? undefined : new ThemeColor(color));
}

export function stateIcon(state: DateState): ThemeIcon {
  const [icon, color] = STATE_ICONS[state];
  return new ThemeIcon(icon, new ThemeColor(color));
}

/** The worst of some outcomes; `undefined` of none. */
export function worst(outcomes: readonly (Outcome | undefined)[]): Outcome | undefined {
  return OUTCOMES_WORST_FIRST.find(outcome => outcomes.includes(outcome));
}

const RUN_ICONS: Readonly<
  Record<RunStanding | StepSummary['state'], readonly [icon: string, color: string | undefined]>
> = {
  waiting: ['circle-outline', undefined],
  running: ['sync~spin', undefined],
  done: ['pass', 'testing.iconPassed'],
  failed: ['error', 'testing.iconFailed'],
  blocked: ['circle-slash', 'testing.iconFailed'],
  cancelled: ['debug-stop', 'charts.yellow'],
  'needs-someone': ['account', 'charts.orange'],
  lost: ['question', 'charts.blue'],
};

/** The icon of a backfill, or of a step of it. */
export function runIcon(state: RunStanding | StepSummary['state']): ThemeIcon {
  const [icon, color] = RUN_ICONS[state];
  return new ThemeIcon(icon, color === undefined ? undefined : new ThemeColor(color));
}

/** The icon of a date of a step. */
export function dateStateIcon(state: StepDates[3]): ThemeIcon {
  return state === 'written' ? new ThemeIcon('edit') : runIcon(state);
}
