// Outcomes of judging and their order: an error is never green, and nothing hides behind anything (rules 1 and 7).

/** `error`: could not be evaluated. */
export type Outcome = 'pass' | 'warn' | 'fail' | 'skipped' | 'error';

/** Worst first: the order in which results are shown. */
export const OUTCOMES_WORST_FIRST = ['error', 'fail', 'warn', 'skipped', 'pass'] as const satisfies readonly Outcome[];

/** What a set of results amounts to. A verdict is never `skipped`. */
export type Verdict = 'pass' | 'warn' | 'fail' | 'error';

/** The worst of the outcomes; `pass` where there is none. */
export function verdictOf(outcomes: Iterable<Outcome>): Verdict {
  let verdict: Verdict = 'pass';
  for (const outcome of outcomes) {
    if (outcome === 'error') return 'error';
    if (outcome === 'fail') verdict = 'fail';
    else if (outcome === 'warn' && verdict === 'pass') verdict = 'warn';
  }
  return verdict;
}

/** Exit codes of the command line (rule 7). */
export const EXIT = { pass: 0, fail: 1, warn: 2, error: 3, usage: 64 } as const;

/** The exit code of a verdict: 3 error, 1 fail, 2 warnings (0 where they are declared fine), 0 pass. */
export function exitCode(verdict: Verdict, warningsOk = false): number {
  return verdict === 'warn' && warningsOk ? EXIT.pass : EXIT[verdict];
}
