// What a table's coverage comes to in a few words, the same on every surface: terminal, trees, lenses, pages.
import { INCOMPLETE_STATES } from './coverage';
import { OUTCOMES_WORST_FIRST, type Outcome } from './outcome';
import { countOf, formatCount, formatShare } from './percent';
import type { CoverageReport, Report } from './report';

/** A table's name without what stands before its last dot. */
export function shortName(table: string): string {
  return table.slice(table.lastIndexOf('.') + 1);
}

/** The coverage of a table in a report, if that speaks of it. */
export function coverageIn(report: Report | undefined, table: string): CoverageReport | undefined {
  return report?.coverage.find(each => each.table === table);
}

/** The covered share of a table's dates: `20.1 %`, `unknown` where none of them could be read, `none` where none counts. */
export function coveredShare({ share, expected, counts }: CoverageReport, none = '–'): string {
  if (expected > 0 && counts.unknown === expected) return 'unknown';
  return share === null ? none : formatShare(share * 1e6, 1e6);
}

/** How many dates are in each state that is not complete, worst first: `673 missing`. */
export function incompleteCounts({ counts }: CoverageReport): readonly string[] {
  return INCOMPLETE_STATES.flatMap(state => (counts[state] === 0 ? [] : [`${formatCount(counts[state])} ${state}`]));
}

/** Whether a table is short of the coverage asked for, or cannot be told. */
export function isShort({ outcome }: { readonly outcome: Outcome }): boolean {
  return outcome === 'fail' || outcome === 'error';
}

/** Whether every date that is expected of a table is missing. */
function isNotStarted({ expected, counts }: CoverageReport): boolean {
  return expected > 0 && counts.missing === expected;
}

/** How a phase stands, by its measured tables: `2 of 3 tables short`. */
export function phaseWords(tables: readonly CoverageReport[]): string {
  const short = tables.filter(isShort).length;
  if (tables.length > 0 && tables.every(isNotStarted)) return 'not started';
  if (short > 0) return `${formatCount(short)} of ${countOf(tables.length, 'table')} short`;
  return tables.some(({ outcome }) => outcome === 'warn') ? 'warnings' : 'all there';
}

/** For sorting: the worst outcome first. */
export function byWorst(a: { readonly outcome: Outcome }, b: { readonly outcome: Outcome }): number {
  return OUTCOMES_WORST_FIRST.indexOf(a.outcome) - OUTCOMES_WORST_FIRST.indexOf(b.outcome);
}
