/** A generator of numbers from 0 up to and without 1: the same seed gives the same numbers. */
export function chance(seed: number): () => number;
/** One of several. */
export function pick<T>(next: () => number, of: readonly T[]): T;
