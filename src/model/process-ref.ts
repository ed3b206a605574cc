// A process that outlives whoever speaks of it.

/** A process of some machine, told apart from every other that had or will have its id. */
export interface ProcessRef {
  readonly pid: number;
  readonly host: string;
  /** When it started, as its system tells it; empty where that cannot be told. */
  readonly started: string;
}
