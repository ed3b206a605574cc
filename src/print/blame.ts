// Data blame as text: since when a check fails, and the commits in between, one a line.
import { formatInstant } from '../model/instant';
import type { Blame, BlamedCommit, Result } from '../model/report';
import { shortName } from '../model/coverage-summary';
import { countOf } from '../model/percent';
import { painter } from './paint';
import { OUTCOME_SIGNS, thresholdSource } from './words';

/** So many commits are named unless more are asked for. */
const MOST_COMMITS = 5;

/** A commit in a line: `cf20573 2025-10-20 22:15 UTC Leave usage_rate for later`. */
export function commitLine({ hash, at, subject }: BlamedCommit): string {
  return `${hash}  ${formatInstant(at)}  ${subject}`;
}

/** A blame as lines: its sentence, then its commits. Of many the newest: the last before the first bad write. */
export function blameLines({ words, commits }: Blame, verbose: boolean): readonly string[] {
  const shown = verbose ? commits : commits.slice(-MOST_COMMITS);
  const more = commits.length - shown.length;
  return [
    words,
    ...(more > 0 ? [`  ${countOf(more, 'earlier commit')}, and`] : []),
    ...shown.map(commit => `  ${commitLine(commit)}`),
  ];
}

/** The checks of a column with their blame, as a person reads them in a terminal. */
export function printBlame(
  { table, column, checks }: { readonly table: string; readonly column: string; readonly checks: readonly Result[] },
  { colour, verbose }: { readonly colour: boolean; readonly verbose: boolean },
): string {
  const paint = painter(colour);
  const lines = [paint.strong(`${shortName(table)} ${column}`)];
  let said = '';
  for (const result of checks) {
    const { outcome, check, message, accepted, blame } = result;
    const source = thresholdSource(result);
    lines.push(
      `  ${paint[outcome](`${OUTCOME_SIGNS[outcome]} ${outcome.padEnd(7)}`)} ${check}  ${message}${accepted === undefined ? '' : ` (accepted: ${accepted.reason})`}${source === '' ? '' : `   ${paint.quiet(source)}`}`,
    );
    if (blame === undefined) continue;
    // Two checks of one column mostly tell of one break.
    const text = JSON.stringify(blame);
    lines.push(...(text === said ? ['the same'] : blameLines(blame, verbose)).map(line => `      ${line}`));
    said = text;
  }
  return `${lines.join('\n')}\n`;
}
