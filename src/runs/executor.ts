// What does the work of a chunk, behind one interface: a command of this machine, a statement, and one day an engine elsewhere.
import type { ProcessRef } from '../model/process-ref';
import type { IsoDay } from './events';
import type { Resolved } from './environment';

/** A part of a step that is to be done, once. */
export interface Work {
  readonly step: string;
  readonly chunk: string;
  readonly attempt: number;
  readonly dates: readonly IsoDay[];
}

/** How work ended, as far as its end tells. The rows tell the rest. */
export interface Ending {
  /** 0: it says that it succeeded. `null`: a signal ended it, or nobody saw its end. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly ms: number;
  /** Why it did not do what it should. */
  readonly problem: string | undefined;
  /** Whether the same may well succeed another time. */
  readonly worthRetrying: boolean;
  /** What it says of itself. */
  readonly reported: { readonly rows: number | undefined; readonly dates: number } | undefined;
}

/** Work that is ready: it begins when the journal knows of it. */
export interface Started {
  /** What the journal has to know, so that somebody later finds the work again. */
  readonly process: ProcessRef | undefined;
  readonly shown: string | undefined;
  readonly log: string | undefined;
  readonly logFrom: number;
  /** Lets it begin. Where we die before, it never does. */
  go(): void;
  readonly ended: Promise<Ending>;
  /** Ends it for real, all that it has started included. Settles when nothing of it is left. */
  cancel(): Promise<void>;
}

export interface Executor<W extends Work> {
  /** Makes ready. What cannot be begun is a message, and nothing was done. */
  start(work: W): Resolved<Started> | Promise<Resolved<Started>>;
}
