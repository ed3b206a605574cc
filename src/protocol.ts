// What the editor and the engine process say to each other beside the Language Server Protocol: plain data, typed once.
import type { Plan } from './backfill/plan';
import type { RunSummary } from './backfill/run-summary';
import type { Report } from './model/report';

export type { Plan, PlanChunk, PlanExclusion, PlanStep } from './backfill/plan';
export type { RunningSummary, RunStanding, RunSummary, StepDates, StepSummary } from './backfill/run-summary';

/** A pipeline as the editor asks for it: the folder that holds its manifest. */
export interface PipelineRef {
  /** Absolute path of the workspace folder. */
  readonly folder: string;
}

/** Asked of one target. Absent: the manifest's default one. */
export interface TargetRef extends PipelineRef {
  readonly target?: string;
}

/** A declared check, as trees show it. */
export interface OutlineCheck {
  /** Within its table, such as `not_null/usage_rate`. */
  readonly id: string;
  readonly label: string;
  readonly line: number;
}

export interface OutlineTable {
  readonly name: string;
  readonly shortName: string;
  readonly checks: readonly OutlineCheck[];
  /** Where it is declared, from 1. */
  readonly line: number;
}

/** What the manifest declares, as far as trees and pickers show it. */
export interface Outline {
  readonly name: string;
  readonly targets: readonly { readonly name: string; readonly type: string; readonly protected: boolean }[];
  readonly defaultTarget: string;
  /** Names of the trainings. */
  readonly trainings: readonly string[];
  readonly phases: readonly {
    readonly id: string;
    readonly name: string;
    readonly line: number;
    readonly tables: readonly OutlineTable[];
  }[];
}

/** A manifest as it is now. A broken one keeps the outline of when it was last good. */
export interface ManifestState {
  readonly folder: string;
  readonly state: 'none' | 'broken' | 'good';
  /** Absolute path, where there is one. */
  readonly file: string | undefined;
  /** Names the text that is on disk: what is measured. Another one means that what was measured may be judged otherwise. */
  readonly saved: string | undefined;
  /** What is wrong, in a sentence; `undefined` where nothing is. */
  readonly problem: string | undefined;
  readonly outline: Outline | undefined;
}

export interface QuestionParams extends TargetRef {
  /** Tables by full name; all where there is none. */
  readonly tables: readonly string[];
  /** Whether facts that are proven unchanged are measured again all the same. */
  readonly fresh: boolean;
  /** ISO instant since which writes are looked for: of a verification. */
  readonly since?: string;
  /** The dates that are asked about, ISO; absent: all. */
  readonly from?: string;
  readonly to?: string;
}

/** A report, and what goes with it. */
export type QuestionAnswer =
  | {
      readonly ok: true;
      readonly report: Report;
      /** The same as Markdown, for the clipboard. */
      readonly markdown: string;
    }
  | { readonly ok: false; readonly message: string };

export type TextAnswer =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

/** A finding that is to be accepted, or dates that are to be a known gap, with the reason. */
export interface AcceptParams extends PipelineRef {
  readonly table: string;
  readonly reason: string;
  /** The check whose finding is accepted, or the dates that will never hold rows. */
  readonly what: { readonly check: string } | { readonly from: string; readonly to: string };
}

/** What a backfill is planned for. */
export interface PlanParams extends TargetRef {
  /** Tables by full name. */
  readonly tables: readonly string[];
  /** Whether tables that those need and that are short come first. */
  readonly upstream: boolean;
  readonly stale: boolean;
  readonly rebuild: boolean;
  readonly keepGoing: boolean;
  readonly canary: boolean;
  /** Ranges of dates that are not wanted, ISO, by table. */
  readonly takenOut: readonly TableRanges[];
  /** The only dates that are wanted of a table, where somebody has chosen some. */
  readonly only: readonly TableRanges[];
  /** The interpreter that somebody chose, and where. */
  readonly python?: { readonly path: string; readonly from: string };
}

export interface TableRanges {
  readonly table: string;
  readonly ranges: readonly (readonly [from: string, to: string])[];
}

export type PlanAnswer = { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly message: string };

export type StartAnswer =
  | { readonly ok: true; readonly id: string }
  /** `changes`: why the plan is not what it was; empty where it is something else. */
  | {
      readonly ok: false;
      readonly message: string;
      readonly changes: readonly string[];
      /** The name of the target that has to be typed first. */
      readonly protectedTarget?: string;
    };

/** A run of a pipeline. */
export interface RunRef extends PipelineRef {
  readonly id: string;
}

/** A change of the manifest's text, positions from 0. */
export type EditAnswer =
  | {
      readonly ok: true;
      readonly file: string;
      readonly start: { readonly line: number; readonly character: number };
      readonly end: { readonly line: number; readonly character: number };
      readonly newText: string;
    }
  | { readonly ok: false; readonly message: string };

/** Requests of the editor, by method: what they carry and what is answered. Each may be cancelled. */
export interface Requests {
  /** The manifest of a folder, from the open document or the disk. */
  'phasegate/manifest': { readonly params: PipelineRef; readonly result: ManifestState };
  'phasegate/coverage': { readonly params: QuestionParams; readonly result: QuestionAnswer };
  'phasegate/preflight': { readonly params: QuestionParams; readonly result: QuestionAnswer };
  /** The first of `tables` is the name of a training. */
  'phasegate/ready': { readonly params: QuestionParams; readonly result: QuestionAnswer };
  /** Needs `since`. */
  'phasegate/verify': { readonly params: QuestionParams; readonly result: QuestionAnswer };
  'phasegate/validate': { readonly params: QuestionParams; readonly result: QuestionAnswer };
  /** When something was found to be other than before, ISO, oldest first. */
  'phasegate/moments': { readonly params: TargetRef; readonly result: readonly string[] };
  /** The coverage of every table as it was at an instant, ISO: by what was measured until then. Nothing is asked of a warehouse. */
  'phasegate/coverageAt': { readonly params: TargetRef & { readonly at: string }; readonly result: QuestionAnswer };
  /** What was last measured of a date of a table, in words. */
  'phasegate/date': {
    readonly params: TargetRef & { readonly table: string; readonly date: string };
    readonly result: TextAnswer;
  };
  /** The one statement that a table is measured by. */
  'phasegate/sql': { readonly params: TargetRef & { readonly table: string }; readonly result: TextAnswer };
  /** Some rows that a result is about, as aligned text. */
  'phasegate/rows': {
    readonly params: TargetRef & {
      readonly table: string;
      readonly id: string;
      /** The training that the result is of. */
      readonly training?: string;
    };
    readonly result: TextAnswer;
  };
  /** How the manifest has to be changed to accept something. Nothing is written: the editor applies it. */
  'phasegate/accept': { readonly params: AcceptParams; readonly result: EditAnswer };
  /** What a backfill would run. It only reads. */
  'phasegate/plan': { readonly params: PlanParams; readonly result: PlanAnswer };
  /** Runs a plan that was shown, exactly as it was shown, or says what has changed. */
  'phasegate/start': {
    readonly params: PipelineRef & {
      readonly plan: Plan;
      /** What somebody typed as the name of a protected target. */
      readonly confirmed?: string;
    };
    readonly result: StartAnswer;
  };
  /** The runs of a pipeline, newest first; from then on it is told when one changes. */
  'phasegate/runs': { readonly params: PipelineRef; readonly result: readonly RunSummary[] };
  'phasegate/cancelRun': { readonly params: RunRef; readonly result: TextAnswer };
  /** `confirmed`: the name of the target, typed by the person, where that is protected. */
  'phasegate/resumeRun': {
    readonly params: RunRef & { readonly confirmed?: string };
    readonly result: StartAnswer;
  };
  /** The end of a step's log, or the lines of it that hold a text. */
  'phasegate/runLog': {
    readonly params: RunRef & { readonly step: string; readonly search: string };
    readonly result: TextAnswer;
  };
  /** The report of a run that has ended, as Markdown. */
  'phasegate/runReport': { readonly params: RunRef; readonly result: TextAnswer };
  /** Writes the sample into a folder that is new or empty. */
  'phasegate/sample': { readonly params: { readonly folder: string }; readonly result: TextAnswer };
}
export type Method = keyof Requests;

/** What the engine tells without being asked, by method. */
export interface Notifications {
  /** A manifest is another than it was: its file or its open document changed. */
  'phasegate/manifestChanged': ManifestState;
  /** What the declared checks say, each by its last word, whoever asked. */
  'phasegate/checks': { readonly folder: string; readonly report: Report };
  /** Runs that are new or other than they were. */
  'phasegate/runsChanged': { readonly folder: string; readonly runs: readonly RunSummary[] };
  /** What a long question is doing. */
  'phasegate/progress': { readonly folder: string; readonly message: string };
}

/** What the editor gives the engine when it starts. */
export interface EngineOptions {
  /** An untrusted workspace: manifests are read, and nothing is opened or run. */
  readonly trusted: boolean;
  /** Where our own programs are: the runner is one of them. */
  readonly programs: string;
  readonly version: string;
  /** Where the sample's templates lie. */
  readonly sampleTemplates: string;
}

/** The editor tells that the workspace is trusted from now on. */
export const TRUSTED = 'phasegate/trusted';

/** Commands of the editor that lenses and quick fixes of the engine run. */
export const EDITOR_COMMANDS = {
  preflight: 'phasegate.preflight',
  openReport: 'phasegate.openReport',
  accept: 'phasegate.accept',
  backfill: 'phasegate.backfill',
} as const;
