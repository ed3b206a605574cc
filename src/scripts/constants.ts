// A constant of a file as a tree of values, whichever language spells it: maps, lists and scalars, each with its place.

/** A value that a file spells out. What is below it is found when it is asked for. */
export interface Constant {
  /** Where it stands in its file, from 1. */
  readonly line: number;
  readonly column: number;
  /** A number, or a text, as it is spelt; `undefined` for everything else. */
  readonly scalar: number | string | undefined;
  /** What stands there, for a sentence: `a map`, `a list`, `the text abc`, `a call of float`. */
  readonly words: string;
  /** The names of what is below, in the order of the text; the places of a list as `0`, `1`, …. */
  readonly names: readonly string[];
  /** What is below under a name; of several of one name the last, as whoever loads the file has it. */
  child(name: string): Constant | undefined;
}

/** The constants of a file, or why there are none to be had. */
export type ConstantFile =
  | { readonly ok: true; readonly root: Constant }
  /** `line`: where reading ended, from 1, where that is known. */
  | { readonly ok: false; readonly message: string; readonly line?: number };
