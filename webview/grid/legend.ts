// What the marks of the grid mean: the states, and of what is excluded that which there is.
import type { Exclusion } from '../../src/model/coverage';
import type { Report } from '../../src/model/report';
import { element } from '../shared/dom';

export const legend = element('p', { class: 'legend' });

const STATES = ['complete', 'stale', 'degraded', 'partial', 'unknown', 'missing'] as const;
/** Off-days are empty and thin: they need no mark. */
const MARKED = ['known-gap', 'bootstrap', 'not-yet-due'] as const satisfies readonly Exclusion[];

export function describeLegend({ coverage }: Report): void {
  const excluded = MARKED.filter(each => coverage.some(table => table.excluded[each] > 0));
  legend.replaceChildren(
    ...[...STATES, ...excluded].map(each =>
      element('span', {}, element('i', { class: `swatch swatch-${each}` }), each.replaceAll('-', ' ')),
    ),
    element('span', {}, 'Drag, or Shift with the arrow keys, selects dates; + and − zoom; 0 shows all'),
  );
}
