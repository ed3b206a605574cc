// Plans for tests: made from how tables stand, or written down.
import { type PlanInput, type PlannedJob, makePlan } from '../../../src/backfill/make-plan';
import { DEFAULT_OPTIONS, type Plan, type PlanOptions, type PlanStep } from '../../../src/backfill/plan';
import { addDays } from '../../../src/model/day';
import type { Pipeline } from '../../../src/pipeline/pipeline';
import type { Assessment } from '../../../src/validation/assess';
import { FIRST, standing, tableOf } from './pipelines';

/** A job of which nothing speaks against running it, and no earlier run tells how long it takes. */
export const FINE: PlannedJob = {
  problems: [],
  script: undefined,
  listInWords: false,
  sql: undefined,
  perDate: undefined,
};

export interface Asked extends Partial<Omit<PlanInput, 'options' | 'tables' | 'jobs'>> {
  readonly options?: Partial<PlanOptions>;
  /** Short names; all tables with a job unless said. */
  readonly tables?: readonly string[];
  readonly jobs?: Readonly<Record<string, Partial<PlannedJob>>>;
}

/** Plans by how tables stand, in letters, by their short names. */
export function planOf(
  pipeline: Pipeline,
  stand: Readonly<Record<string, string | Assessment>>,
  { options, tables, jobs, ...given }: Asked = {},
): Plan {
  const assessments = Object.entries(stand).map(([name, how]) =>
    typeof how === 'string' ? standing(tableOf(pipeline, name), how) : how,
  );
  return makePlan({
    pipeline,
    target: { name: 'local', identity: 'duckdb:///w/w.duckdb', protected: false },
    cost: 'not applicable (duckdb)',
    createdAt: '2024-02-01T09:00:00.000Z',
    manifestHash: '0123456789abcdef',
    asOf: addDays(FIRST, 30),
    range: { from: FIRST, to: addDays(FIRST, 30) },
    tables: [...pipeline.tables.values()].filter(({ job, shortName }) =>
      tables === undefined ? job !== undefined : tables.includes(shortName),
    ),
    assessments: new Map(assessments.map(each => [each.table.name, each])),
    upstreams: new Map(),
    options: { ...DEFAULT_OPTIONS, ...options },
    takenOut: new Map(),
    python: { path: '/w/.venv/bin/python', from: "the workspace's .venv" },
    pythonProblem: undefined,
    jobs: new Map(Object.entries(jobs ?? {}).map(([name, known]) => [name, { ...FINE, ...known }])),
    resourceOf: table => `duckdb:///w/w.duckdb ${table.name}`,
    ...given,
  });
}

/** The one step of a plan about a table. */
export function stepOf(plan: Plan, id: string): PlanStep {
  const step = plan.steps.find(each => each.id === id);
  if (step === undefined) throw new Error(`the plan has no step ${id}`);
  return step;
}

/** What is left out of a plan, as a test reads it. */
export function leftOut({ excluded }: Plan): readonly string[] {
  return excluded.map(
    ({ table, ranges, count, reason }) =>
      `${table} ${ranges.map(([from, to]) => (from === to ? from : `${from} → ${to}`)).join(', ')} (${count}): ${reason}`,
  );
}
