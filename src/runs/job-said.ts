// What running commands say of themselves, as plain data: shown, never believed.
import type { Day } from '../model/day';

/** How the pre-flight that a job runs by itself stands. */
export type PreflightState = 'begun' | 'passed' | 'failed' | 'skipped';

/** What the log has claimed so far, as plain data. Dates ascend; each is in one of the three lists, where its last claim put it. */
export interface ProgressSnapshot extends LogClaims {
  readonly done: readonly Day[];
  readonly failed: readonly { readonly day: Day; readonly message: string }[];
  readonly skipped: readonly { readonly day: Day; readonly reason: string }[];
  /** What the job says it transformed for the dates that are done, counted in `reportedUnit`: not the rows written (§2.4). */
  readonly reported: number;
}

/** What the lines of a log have told beside dates. */
export interface LogClaims {
  /** The date that was begun last. Jobs that work in parallel begin none. */
  readonly begun?: Day;
  /** The item begun last, in parallel the items behind the job, of the job's own total. */
  readonly position?: { readonly at: number; readonly of: number; readonly unit: string | undefined };
  readonly reportedUnit?: string;
  /** Rows that MERGEs touched, by the warehouse's own count. */
  readonly written: number;
  /** Writes that the streaming buffer refused. */
  readonly blocked: number;
  /** The job's own estimate. Hours. */
  readonly remainingHours?: number;
  readonly checkpoint?: string;
  readonly resumedFrom?: Day;
  readonly preflight?: PreflightState;
  /** Whether the summary with which a run ends was seen. */
  readonly summary: boolean;
  readonly traceback: boolean;
  readonly fatal: boolean;
  /** The last line that told more than how far the job is; of a traceback its exception. */
  readonly lastMessage?: string;
}

/** What a running command says of itself, in its lines and in the checkpoint file that they name. */
export interface JobSaid extends ProgressSnapshot {
  /** Dates that its checkpoint file calls done since the command began. */
  readonly inCheckpoint?: readonly Day[];
}

/** What running commands say of themselves, by step and chunk. */
export type RunProgress = Readonly<Record<string, Readonly<Record<string, JobSaid>>>>;
