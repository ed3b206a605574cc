// A report as a person reads it in a terminal: worst first, aligned, dates as ranges, and what to do next.
import { INCOMPLETE_STATES } from '../model/coverage';
import { byWorst, coveredShare, phaseWords, isShort, shortName } from '../model/coverage-summary';
import { ASKS_OF_WRITES, type CoverageReport, type Report, type Result } from '../model/report';
import { formatInstant } from '../model/instant';
import { formatCount, formatShare } from '../model/percent';
import { blameLines } from './blame';
import { type Paint, painter } from './paint';
import { gridLines } from './grid';
import { OUTCOME_SIGNS, changeLines, dateRanges, stateWords, thresholdSource, verdictSentence } from './words';

export interface TerminalOptions {
  /** Width to keep to, characters. */
  readonly columns: number;
  readonly colour: boolean;
  /** Season grids of every table, not only of short ones; reasons of every date. */
  readonly verbose: boolean;
}

/** Prints a report. Colour adds escape codes and changes nothing else. */
export function printTerminal(report: Report, options: TerminalOptions): string {
  const paint = painter(options.colour);
  const lines = [head(report, options, paint), ''];
  if (ASKS_OF_WRITES.has(report.command) || report.command === 'check') {
    lines.push(paint[report.verdict](`${OUTCOME_SIGNS[report.verdict]} ${verdictSentence(report)}`));
    lines.push(...resultLines(report.results.filter(isOpen), paint, options));
  } else {
    lines.push(...report.phases.flatMap(phase => phaseLines(report, phase, paint, options)));
    const results = report.results.filter(
      result =>
        isOpen(result) &&
        !isSaidAbove(result) &&
        (report.command === 'validate' || report.command === 'ready' || result.outcome !== 'pass'),
    );
    if (results.length > 0)
      lines.push(
        report.command === 'validate' || report.command === 'ready' ? 'Checks' : 'Findings',
        ...resultLines(results, paint, options),
        '',
      );
    lines.push(paint[report.verdict](`${OUTCOME_SIGNS[report.verdict]} ${verdictSentence(report)}`));
  }
  const accepted = report.results.filter(result => result.accepted !== undefined);
  const acceptedDates = report.coverage.filter(each => Object.values(each.accepted).some(count => count > 0));
  if (accepted.length + acceptedDates.length > 0) {
    lines.push('', `Accepted (${accepted.length + acceptedDates.length})`);
    for (const result of accepted)
      lines.push(
        `  ${OUTCOME_SIGNS[result.outcome]} ${shortName(result.table)} ${result.check}: ${result.message} (${result.accepted?.reason ?? ''}${until(result)})`,
      );
    for (const each of acceptedDates) {
      const what = Object.entries(each.accepted)
        .map(([state, count]) => `${formatCount(count)} ${state}`)
        .join(', ');
      lines.push(`  ${shortName(each.table)}: ${what}`);
    }
  }
  const changes = changeLines(report);
  if (changes.length > 0) lines.push('', ...changes);
  for (const [i, step] of report.next.entries())
    lines.push(
      ...(i === 0 ? [''] : []),
      `${i === 0 ? 'Next:' : '     '} ${paint.strong(step.command)}   ${paint.quiet(step.why)}`,
    );
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`;
}

function isOpen(result: Result): boolean {
  return result.accepted === undefined;
}

/** A table that is not there is a line of its phase already. */
function isSaidAbove({ check, outcome }: Result): boolean {
  return check === 'readable' && outcome === 'fail';
}

function until(result: Result): string {
  return result.accepted?.until === undefined ? '' : `, until ${result.accepted.until}`;
}

function head(report: Report, { columns }: TerminalOptions, paint: Paint): string {
  const asOf =
    report.asOfFrom === 'now'
      ? `as of ${report.asOf}`
      : `as of ${report.asOf} (${report.asOfFrom === 'manifest' ? 'frozen by the manifest' : 'given'})`;
  const range = report.command === 'check' ? '' : ` · ${report.from} → ${report.to}`;
  const left = `${report.pipeline} · ${report.target}${range} · ${asOf}`;
  const { statements, lookups, ms } = report.cost;
  const right = `${statements} statement${statements === 1 ? '' : 's'}, ${lookups} look-up${lookups === 1 ? '' : 's'} · ${formatCount(ms)} ms`;
  const gap = columns - left.length - right.length;
  return gap >= 2 ? `${left}${' '.repeat(gap)}${paint.quiet(right)}` : `${left}\n${paint.quiet(right)}`;
}

function phaseLines(
  report: Report,
  phase: Report['phases'][number],
  paint: Paint,
  options: TerminalOptions,
): readonly string[] {
  const tables = report.coverage.filter(each => phase.tables.includes(each.table));
  if (tables.length === 0) return [];
  const title = `Phase ${phase.id}  ${phase.name}`;
  const state = phaseWords(tables);
  const sorted = [...tables].sort(byWorst);
  const width = Math.max(...tables.map(each => shortName(each.table).length));
  const gap = Math.max(2, Math.min(options.columns, 100) - title.length - state.length);
  return [
    paint.strong(title) + ' '.repeat(gap) + paint.quiet(state),
    ...sorted.flatMap(each => tableLines(each, width, report.coverage.length <= MOST_GRIDS, paint, options)),
    '',
  ];
}

/** Up to so many tables are shown with the grids of all their seasons. */
const MOST_GRIDS = 2;

/** How many of a table's runs of dates are listed unless more are asked for. */
const MOST_RUNS = 3;

/** @param alone whether few enough tables are shown for five seasons of each to fit a screen */
function tableLines(
  coverage: CoverageReport,
  width: number,
  alone: boolean,
  paint: Paint,
  options: TerminalOptions,
): readonly string[] {
  const { outcome, counts, expected } = coverage;
  const word = OUTCOME_SIGNS[outcome];
  const lines = [
    `  ${paint[outcome](word)} ${shortName(coverage.table).padEnd(width)}  ${coveredShare(coverage).padStart(8)}   ${stateWords(counts)}` +
      (coverage.unexpected > 0 ? ` · ${formatCount(coverage.unexpected)} unexpected` : '') +
      (coverage.lastWrite === undefined ? '' : paint.quiet(`   last write ${formatInstant(coverage.lastWrite)}`)),
  ];
  const isOpenTable = isShort(coverage) || outcome === 'warn';
  const most = mostThereCanBe(coverage);
  if (isOpenTable && most !== undefined) lines.push(`      ${paint.quiet(most)}`);
  if (counts.missing === expected && !options.verbose) return lines;
  const fits = coverage.seasons.length <= 1 || alone;
  if ((fits && isOpenTable) || options.verbose)
    lines.push(...gridLines(coverage.seasons, Math.min(options.columns, 100)).map(line => `      ${line}`));
  if (isOpenTable) lines.push(...runLines(coverage, paint, options).map(line => `      ${line}`));
  return lines;
}

/** Why less than the whole schedule is all that can be there, computed from the range (rule 3). Known gaps alone are no news. */
function mostThereCanBe({ maximum, excluded }: CoverageReport): string | undefined {
  if (maximum === null || maximum.share === 1 || excluded.bootstrap === 0) return undefined;
  const less = (['bootstrap', 'known-gap'] as const).flatMap(reason => {
    const count = excluded[reason];
    return count === 0 ? [] : [`− ${formatCount(count)} ${reason.replace('-', ' ')}`];
  });
  return `${formatCount(maximum.scheduled)} scheduled dates ${less.join(' ')}: ${formatCount(maximum.expected)}, or ${formatShare(maximum.expected, maximum.scheduled)}, is the most there can be`;
}

/** The runs of dates that are not complete: worst states first, each state's newest runs named with their reasons. */
function runLines(coverage: CoverageReport, paint: Paint, { verbose }: TerminalOptions): readonly string[] {
  return INCOMPLETE_STATES.flatMap(state => {
    const runs = coverage.states.filter(run => run[2] === state);
    if (runs.length === 0) return [];
    const most = verbose ? runs.length : MOST_RUNS;
    const shown = runs.slice(-most).reverse();
    const count = formatCount(coverage.counts[state]);
    if (state === 'missing')
      return [
        `${count} missing: ${dateRanges(
          shown.map(([from, to]) => [from, to]),
          runs.length,
        )}`,
      ];
    return [
      ...shown.map(
        ([from, to, , reason], i) =>
          `${i === 0 ? `${count} ${state}: ` : ' '.repeat(count.length + state.length + 3)}${dateRanges([[from, to]], 1)} ${reason}`,
      ),
      ...(runs.length > shown.length
        ? [
            paint.quiet(
              `${' '.repeat(count.length + state.length + 3)}and ${formatCount(runs.length - shown.length)} more`,
            ),
          ]
        : []),
    ];
  });
}

function resultLines(results: readonly Result[], paint: Paint, { verbose }: TerminalOptions): readonly string[] {
  const names = new Set(results.map(result => result.table));
  const what = (result: Result): string =>
    `${names.size > 1 ? `${shortName(result.table)} ` : ''}${result.check}${result.column === undefined ? '' : ` ${result.column}`}`;
  const width = Math.min(48, Math.max(0, ...results.map(result => what(result).length)));
  /** Two checks of one column mostly tell of one break: it is said once. */
  const blamed = new Set<string>();
  return results.flatMap(result => {
    const source = thresholdSource(result);
    const lines = [
      `  ${paint[result.outcome](`${OUTCOME_SIGNS[result.outcome]} ${result.outcome.padEnd(7)}`)} ${what(result).padEnd(width)}  ${result.message}${source === '' ? '' : `   ${paint.quiet(source)}`}`,
    ];
    if (result.outcome === 'pass' || result.outcome === 'skipped') return lines;
    const { blame } = result;
    const tells = `${result.table} ${blame?.words}`;
    const since = blame === undefined || blamed.has(tells) ? [] : blameLines(blame, verbose);
    if (blame !== undefined) blamed.add(tells);
    const behind = since.map(line => `      ${line}`);
    if (result.dates === undefined) return [...lines, ...behind];
    const { ranges, count } = result.dates;
    const newest = ranges
      .slice(verbose ? 0 : -MOST_RUNS)
      .map(([from, to]): [string, string] => [from, to])
      .reverse();
    lines.push(`      ${formatCount(count)} date${count === 1 ? '' : 's'}: ${dateRanges(newest, ranges.length)}`);
    for (const example of (result.examples ?? []).slice(verbose ? 0 : -1))
      lines.push(`      ${paint.quiet(`${example.date}: ${example.reason}`)}`);
    return [...lines, ...behind];
  });
}
