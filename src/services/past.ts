// What was: the ledger's facts of earlier moments, judged by today's rules.
import type { Ledger, PastFacts } from '../facts/ledger';
import type { Report } from '../model/report';
import type { AsOf } from '../pipeline/clock';
import type { Pipeline, Table } from '../pipeline/pipeline';
import { type GateOptions, keptNames } from '../validation/assessing';
import type { Gates } from '../validation/gates';
import type { Warehouse } from '../warehouse/warehouse';
import { MOST_EARLIER } from './kept-reports';

/** So many earlier moments can be gone back to. */
const MOST_MOMENTS = 200;

/** A report about more tables has no trends out of the ledger: judging each of them ten times would be waited for. */
const MOST_WITH_PAST = 100;

export interface PastOptions {
  readonly pipeline: Pipeline;
  /** The name of the target. */
  readonly target: string;
  readonly asOf: AsOf;
  readonly ledger: Ledger;
  /** Gates whose facts are those of the past. */
  readonly gates: (warehouse: Warehouse, over: Partial<GateOptions>) => Gates;
}

export class Past {
  private readonly options: PastOptions;

  constructor(options: PastOptions) {
    this.options = options;
  }

  /** The same question as a report's at earlier moments, oldest first. None without a warehouse, which says how figures are named. */
  async reports({ command, phases, subject }: Report, warehouse: Warehouse | undefined): Promise<readonly Report[]> {
    const { pipeline, gates } = this.options;
    const training = subject === undefined ? undefined : pipeline.trainings.get(subject);
    const tables = phases.flatMap(phase => phase.tables).flatMap(name => pipeline.tables.get(name) ?? []);
    if ((command !== 'validate' && training === undefined) || warehouse === undefined) return [];
    if (tables.length > MOST_WITH_PAST) return [];
    const found: Report[] = [];
    for (const past of this.at(tables, moments => moments.slice(-MOST_EARLIER))) {
      const window = training === undefined ? {} : { window: training.range };
      const then = gates(warehouse, { asOf: this.asOf(past), past, ...window });
      found.push(await (training === undefined ? then.validate(tables) : then.ready(training)));
    }
    return found;
  }

  /** When something was found to be other than before, milliseconds since 1970 UTC, oldest first; the newest of them. */
  moments(): readonly number[] {
    let found: readonly number[] = [];
    const none = this.at(this.allTables, moments => {
      found = moments.slice(-MOST_MOMENTS);
      return [];
    });
    none.next();
    return found;
  }

  /** The coverage of every table by what had been measured until an instant, milliseconds since 1970 UTC; `undefined` where nothing had. */
  async coverageAt(instant: number, warehouse: Warehouse): Promise<Report | undefined> {
    const [past] = this.at(this.allTables, moments => moments.filter(moment => moment <= instant).slice(-1));
    if (past === undefined) return undefined;
    const gates = this.options.gates(warehouse, { asOf: this.asOf(past), past });
    return (await gates.coverage(this.allTables)).report;
  }

  private get allTables(): readonly Table[] {
    return [...this.options.pipeline.tables.values()];
  }

  /** The facts of moments that are chosen. */
  private at(
    tables: readonly Table[],
    choose: (moments: readonly number[]) => readonly number[],
  ): Generator<PastFacts> {
    const { ledger, target, pipeline } = this.options;
    return ledger.past(target, keptNames(tables, pipeline), new Set(tables.map(({ name }) => name)), choose);
  }

  /** The day that it was then, unless a day is asked for. */
  private asOf({ at }: PastFacts): AsOf {
    const { asOf } = this.options;
    return asOf.from === 'now' ? { from: 'now', now: at } : asOf;
  }
}
