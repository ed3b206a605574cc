// A phase is complete when all of its tables are, and never because one of them is (§4). Pure.
import { shortName } from '../model/coverage-summary';
import { type Outcome, verdictOf } from '../model/outcome';
import { countOf } from '../model/percent';
import type { CoverageReport, Result } from '../model/report';
import type { Phase, Table } from '../pipeline/pipeline';

/** One result for each phase of several tables of which every one was asked about. */
export function phaseResults(
  gate: string,
  phases: readonly Phase[],
  asked: readonly Table[],
  results: readonly Result[],
  coverage: readonly CoverageReport[],
): readonly Result[] {
  const names = new Set(asked.map(table => table.name));
  const outcomes = new Map<string, Outcome[]>();
  for (const { table, outcome } of [...results.filter(({ accepted }) => accepted === undefined), ...coverage]) {
    const its = outcomes.get(table) ?? [];
    outcomes.set(table, its);
    its.push(outcome);
  }
  return phases
    .filter(phase => phase.tables.length > 1 && phase.tables.every(name => names.has(name)))
    .map(phase => {
      const verdicts = phase.tables.map(table => ({ table, verdict: verdictOf(outcomes.get(table) ?? []) }));
      const open = verdicts.filter(({ verdict }) => verdict === 'fail' || verdict === 'error');
      const outcome = verdictOf(verdicts.map(({ verdict }) => verdict));
      return {
        id: `phase ${phase.id}/complete`,
        gate,
        table: `phase ${phase.id}`,
        check: 'complete',
        outcome,
        value: {
          part: verdicts.length - open.length,
          whole: verdicts.length,
          share: (verdicts.length - open.length) / verdicts.length,
        },
        message:
          open.length === 0
            ? `${phase.name} is complete: all ${countOf(verdicts.length, 'table')} hold${outcome === 'warn' ? ', with warnings' : ''}`
            : `${phase.name} is not complete: ${countOf(open.length, 'table')} of ${verdicts.length} ${open.length === 1 ? 'does' : 'do'} not hold: ${open.map(({ table }) => shortName(table)).join(', ')}`,
        source: phase.source,
      };
    });
}
