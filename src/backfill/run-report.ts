// What a run came to: what was short, what is there now, what failed and why, how long it took. Plain data, pure.
import { daysOfLetters } from '../model/coverage';
import { parseDay } from '../model/day';
import type { CoverageReport, Report } from '../model/report';
import type { DateWords, IsoDay, RunEnd, StepEnd } from '../runs/events';
import { type RunState, type StepState, dateCounts } from '../runs/run-state';
import { type Plan, type PlanExclusion, type PlanStep, reasonKinds } from './plan';

/** How a season of a table stood before the run and stands after it. */
export interface SeasonChange {
  readonly season: string;
  readonly expected: number;
  readonly before: number;
  readonly after: number;
}

export interface StepReport {
  readonly id: string;
  readonly table: string;
  readonly state: StepEnd | 'waiting' | 'running';
  readonly message: string;
  readonly planned: number;
  /** Planned dates by what was wrong with them: `missing`, `partial`, … */
  readonly why: Readonly<Record<string, number>>;
  readonly done: number;
  readonly failed: readonly DateWords[];
  readonly needsSomeone: readonly DateWords[];
  /** Rows found by reading back, and rows that the job says it wrote; `null` where it says nothing. */
  readonly rows: number;
  readonly reportedRows: number | null;
  readonly ms: number;
  readonly seasons: readonly SeasonChange[];
}

export interface RunReport {
  readonly schema: 'phasegate.run/1';
  readonly run: string;
  readonly pipeline: string;
  readonly target: string;
  readonly state: RunEnd;
  readonly message: string;
  /** ISO instants. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly ms: number;
  readonly commit: string | null;
  readonly python: string | null;
  readonly steps: readonly StepReport[];
  readonly excluded: readonly PlanExclusion[];
  readonly notes: readonly string[];
  readonly cost: { readonly readBacks: number; readonly statements: number; readonly words: string };
  /** The last validation of all tables of the plan. */
  readonly validation: Report | null;
}

export interface RunReportInput {
  readonly run: string;
  readonly plan: Plan;
  readonly state: RunState;
  readonly end: { readonly state: RunEnd; readonly message: string };
  readonly endedAt: number;
  readonly validation: Report | undefined;
}

/** Makes the report of a run that has ended. */
export function runReport({ run, plan, state, end, endedAt, validation }: RunReportInput): RunReport {
  const startedAt = state.startedAt ?? endedAt;
  return {
    schema: 'phasegate.run/1',
    run,
    pipeline: plan.pipeline,
    target: plan.target.name,
    state: end.state,
    message: end.message,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: new Date(endedAt).toISOString(),
    ms: endedAt - startedAt,
    commit: state.commit ?? null,
    python: state.python ?? null,
    steps: plan.steps.map(step =>
      stepReport(
        step,
        state.steps.find(({ id }) => id === step.id),
        validation?.coverage.find(({ table }) => table === step.table),
      ),
    ),
    excluded: plan.excluded,
    notes: state.notes.map(({ step, message }) => (step === undefined ? message : `${step}: ${message}`)),
    cost: {
      readBacks: state.readBacks,
      statements: state.statements,
      words: [...new Set(plan.steps.map(({ cost }) => cost))].join('; '),
    },
    validation: validation ?? null,
  };
}

function stepReport(step: PlanStep, state: StepState | undefined, coverage: CoverageReport | undefined): StepReport {
  const dates = state?.dates ?? new Map<IsoDay, never>();
  const words = (wanted: string): readonly DateWords[] =>
    [...dates].flatMap(([date, each]) => (each.state === wanted ? [[date, each.words] as const] : []));
  return {
    id: step.id,
    table: step.table,
    state: state?.state ?? 'waiting',
    message: state?.message ?? '',
    planned: step.dates.length,
    why: Object.fromEntries(reasonKinds(step)),
    done: state === undefined ? 0 : dateCounts(state).done,
    failed: words('failed'),
    needsSomeone: words('needs-someone'),
    rows: state?.rows ?? 0,
    reportedRows: state?.reportedRows ?? null,
    ms: state?.startedAt === undefined ? 0 : (state.endedAt ?? state.startedAt) - state.startedAt,
    seasons: seasonChanges(step, coverage),
  };
}

/** Reasons of dates that counted as covered before. */
const COVERED_BEFORE = /^(?:stale|rebuilt|computed from)/;

/** What is covered now, less what has come of the planned dates since, and with what was covered and is not any more. */
function seasonChanges(step: PlanStep, coverage: CoverageReport | undefined): readonly SeasonChange[] {
  const wasShort = (date: IsoDay): boolean =>
    step.why.some(([from, to, , reason]) => date >= from && date <= to && !COVERED_BEFORE.test(reason));
  return (coverage?.seasons ?? []).map(({ season, expected, covered, from, days }) => {
    const first = parseDay(from) ?? 0;
    const states = daysOfLetters(days);
    let before = covered;
    for (const date of step.dates) {
      const state = states[(parseDay(date) ?? Infinity) - first];
      if (state === undefined) continue; // of another season
      const isThere = state === 'complete' || state === 'stale';
      if (isThere === wasShort(date)) before += isThere ? -1 : 1;
    }
    return { season, expected, before, after: covered };
  });
}
