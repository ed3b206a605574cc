// What happens in a run, as lines of its journal: written before the next thing is done, so that whoever comes later knows.
import type { Verdict } from '../model/outcome';
import type { ProcessRef } from '../model/process-ref';

/** A date of a run, ISO. */
export type IsoDay = string;

/** What is to be done in a run, as far as a journal speaks of it. */
export interface RunOutline {
  readonly steps: readonly {
    readonly id: string;
    /** What the step writes. */
    readonly table: string;
    readonly dates: readonly IsoDay[];
  }[];
}

/** A date with what is wrong with it, in words. */
export type DateWords = readonly [date: IsoDay, words: string];

/** How a step ended. `blocked`: its gate said no, or what it needs did not succeed; nothing of it was run. */
export const STEP_ENDS = ['done', 'failed', 'blocked', 'cancelled', 'needs-someone'] as const;
export type StepEnd = (typeof STEP_ENDS)[number];

/** How a run ended. */
export type RunEnd = 'done' | 'failed' | 'cancelled' | 'needs-someone';

export type RunEvent = { readonly at: number } & (
  | {
      readonly event: 'run-started';
      /** The process that owns the run from now on. */
      readonly runner: ProcessRef;
      readonly version: string;
      /** What keeps the run alive and what ends it, in words. */
      readonly host: string;
      readonly python: string | undefined;
      /** The commit of the code that runs; absent without git. */
      readonly commit: string | undefined;
      readonly resumed: boolean;
    }
  | { readonly event: 'step-started'; readonly step: string }
  | {
      readonly event: 'gate';
      readonly step: string;
      readonly gate: 'preflight' | 'canary' | 'post-backfill';
      readonly verdict: Verdict;
      readonly message: string;
      /** Where its report is kept. */
      readonly report: string | undefined;
    }
  | {
      readonly event: 'chunk-started';
      readonly step: string;
      readonly chunk: string;
      readonly attempt: number;
      readonly dates: readonly IsoDay[];
      /** The command line as people read it, without secrets; absent for a statement. */
      readonly shown: string | undefined;
      /** The process that does it, leader of a group of its own; absent where the runner does it itself. */
      readonly process: ProcessRef | undefined;
      /** Where what it prints is: a file of the run's folder, from a byte on. */
      readonly log: string | undefined;
      readonly logFrom: number;
    }
  | {
      readonly event: 'chunk-ended';
      readonly step: string;
      readonly chunk: string;
      readonly attempt: number;
      /** Exit code; `null` where a signal ended it, or nobody was there to be told. */
      readonly code: number | null;
      readonly signal: string | null;
      readonly ms: number;
      /** Why it did not do what it should, as far as its end tells; the rows tell the rest. */
      readonly problem: string | undefined;
      /** Rows that it says it wrote, and dates that it says are done: shown, never believed. */
      readonly reported: { readonly rows: number | undefined; readonly dates: number } | undefined;
    }
  | {
      readonly event: 'chunk-waits';
      readonly step: string;
      readonly chunk: string;
      readonly attempt: number;
      /** When it is tried again, milliseconds since 1970 UTC. */
      readonly until: number;
      readonly why: string;
    }
  | {
      /** What the rows themselves say of dates that were written. */
      readonly event: 'dates-judged';
      readonly step: string;
      readonly done: readonly IsoDay[];
      readonly failed: readonly DateWords[];
      readonly needsSomeone: readonly DateWords[];
      /** Rows found on the dates that are done. */
      readonly rows: number;
      /** Statements that reading back took. */
      readonly statements: number;
    }
  | { readonly event: 'step-ended'; readonly step: string; readonly state: StepEnd; readonly message: string }
  | { readonly event: 'note'; readonly step: string | undefined; readonly message: string }
  | { readonly event: 'cancel-asked'; readonly by: string }
  | {
      readonly event: 'run-ended';
      readonly state: RunEnd;
      readonly message: string;
      /** What the last validation of its tables came to; absent where there was none. */
      readonly verdict: Verdict | undefined;
      /** Where the final report is, from the run's folder. */
      readonly report: string | undefined;
    }
);

export type EventOf<E extends RunEvent['event']> = Extract<RunEvent, { readonly event: E }>;
