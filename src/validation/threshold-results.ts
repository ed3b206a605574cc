// Thresholds that are not to be trusted, as results: one at each place that says a number, in the manifest and in the files it takes numbers from.
import type { Result } from '../model/report';
import type { Pipeline } from '../pipeline/pipeline';

/** Sources that say different numbers of one figure (§1.12), and numbers that can be meant in two ways. */
export function thresholdResults(gate: string, { doubts, file }: Pick<Pipeline, 'doubts' | 'file'>): readonly Result[] {
  const used = new Map<string, number>();
  return doubts.flatMap(({ table, check, message, places }) => {
    const about = table === '' ? file : table;
    const id = `${about}/threshold/${check}`;
    return places.map((source): Result => {
      const count = (used.get(id) ?? 0) + 1;
      used.set(id, count);
      const own = count === 1 ? id : `${id}#${count}`;
      return { id: own, gate, table: about, check: 'threshold', outcome: 'warn', message, source };
    });
  });
}
