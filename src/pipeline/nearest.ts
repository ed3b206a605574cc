// The nearest valid name to a mistyped one: "did you mean …?".

/** Longer names are not compared letter by letter: they come from generated text, and the work grows with the square. */
const LONGEST_COMPARED = 200;

/**
 * The candidate that was most likely meant, or `undefined` where none is near: the one with the fewest letters changed, added,
 * lost or swapped (about one in three may be wrong), else one that differs in case only, or that the name is the last part of.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  if (wanted === '' || wanted.length > LONGEST_COMPARED) return undefined;
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let least = limit + 1;
  let ending: string | undefined;
  for (const candidate of candidates) {
    if (candidate === name || candidate.length > LONGEST_COMPARED) continue;
    const valid = candidate.toLowerCase();
    if (valid === wanted) return candidate;
    // Beyond the best so far only the last part can help: a.b.name for name.
    if (valid.endsWith(`.${wanted}`) || wanted.endsWith(`.${valid}`)) ending ??= candidate;
    if (Math.abs(valid.length - wanted.length) >= least) continue;
    const edits = distance(wanted, valid, least);
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return ending ?? best;
}

/** Letters to change, add, drop or swap with the next one to turn `a` into `b`; `limit` where it takes that many or more. */
function distance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        edits = Math.min(edits, (before[j - 2] ?? 0) + 1);
      }
      current.push(edits);
      if (edits < least) least = edits;
    }
    if (least >= limit) return limit;
    before = previous;
    previous = current;
  }
  return Math.min(limit, previous[b.length] ?? limit);
}
