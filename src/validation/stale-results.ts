// Stale dates as results: one for each upstream table that was written later, however many dates that concerns (§3.5). Pure.
import { formatDay } from '../model/day';
import { formatInstant } from '../model/instant';
import { countOf } from '../model/percent';
import type { Result } from '../model/report';
import type { Assessment } from './assess';
import { type ResultContext, withAcceptance } from './results';

/** The check under which stale dates are reported and accepted. */
const STALE = 'stale';
/** How many ranges of an upstream table's dates are named. */
const MOST_RANGES = 3;

/** A small correction far upstream makes many dates stale: it is told by what caused it, and fails only where that is asked for. */
export function staleResults({ table, coverage, stale }: Assessment, context: ResultContext): readonly Result[] {
  return stale.flatMap(({ dependency, dates, written, newest }) => {
    const days = dates.intersect(coverage.states.stale);
    if (days.isEmpty) return [];
    const id = `${STALE}/${dependency.table}`;
    const ranges = [...written.ranges()].reverse().slice(0, MOST_RANGES);
    const named = ranges.map(({ from, to }) =>
      from === to ? formatDay(from) : `${formatDay(from)} → ${formatDay(to)}`,
    );
    const more = [...written.ranges()].length - ranges.length;
    return withAcceptance(
      {
        id: `${table.name}/${id}`,
        gate: context.gate,
        table: table.name,
        check: STALE,
        outcome: dependency.stale === 'fail' ? 'fail' : 'warn',
        value: { count: days.size },
        message: `${countOf(days.size, 'date')} ${days.size === 1 ? 'was' : 'were'} computed before ${dependency.table} was last written (its ${named.join(', ')}${more > 0 ? ` and ${countOf(more, 'more range')}` : ''}; newest ${formatInstant(newest)}): compute ${days.size === 1 ? 'it' : 'them'} again, or accept it`,
        source: dependency.source,
      },
      [STALE, id],
      [...days].map(day => ({ day, reason: `computed before ${dependency.table} was last written` })),
      context,
    );
  });
}
