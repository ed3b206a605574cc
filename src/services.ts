// The composition: from a manifest on disk to reports. The command line, the engine process and the runner all work through this.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorWords } from './model/error-words';
import { Ledger } from './facts/ledger';
import { requestFor } from './facts/request';
import { type Day, FIRST_SENSIBLE_DAY } from './model/day';
import type { DayRange } from './model/day-set';
import { formatInstant } from './model/instant';
import { countOf } from './model/percent';
import type { Report, Result } from './model/report';
import { type AsOf, asOfDay } from './pipeline/clock';
import { selectTables } from './pipeline/names';
import type { Pipeline, Table } from './pipeline/pipeline';
import { type ResolvedTarget, resolveTarget } from './pipeline/targets';
import type { GateOptions, Window } from './validation/assessing';
import { type ColumnBlame, columnBlame, gitCommits, noChecksOf } from './services/blame';
import { KeptReports, type Saved } from './services/kept-reports';
import { type Asked, type OpenOptions, type Refusal, didYouMean, readAsked, usage } from './services/opening';
import { Past } from './services/past';
import { historyOf } from './validation/compare';
import { Gates } from './validation/gates';
import type { JobText } from './validation/job-statement';
import { type Before, beforeOf } from './validation/verify';
import { openWarehouse, warmUp } from './warehouse/open';
import type { LiveColumn, SampledRows, Warehouse } from './warehouse/warehouse';

export type Opened = { readonly ok: true; readonly services: Services } | Refusal;
export type Answer =
  | {
      readonly ok: true;
      readonly report: Report;
      /** Of coverage: what the declared checks say of the same measuring, those that take no statement of their own. */
      readonly checks?: () => Promise<Report>;
    }
  | Refusal;

/** One pipeline and target, opened. Tables are named as on the command line. */
export class Services {
  readonly pipeline: Pipeline;
  private readonly options: OpenOptions;
  /** The name of the target. */
  readonly target: string;
  readonly asOf: AsOf;
  /** The range that was asked for, as far as it was. */
  readonly window: Window;
  readonly manifestText: string;
  private readonly ledger: Ledger;
  private readonly kept: KeptReports;
  private readonly past: Past;
  private warehouse: Warehouse | undefined;

  private constructor(options: OpenOptions, { text, pipeline, target, asOf, window }: Asked) {
    this.options = options;
    this.manifestText = text;
    this.pipeline = pipeline;
    this.target = target;
    this.asOf = asOf;
    this.window = window;
    this.ledger = new Ledger(this.stateFolder, options.onProgress);
    this.kept = new KeptReports(this.stateFolder, options.onProgress);
    this.past = new Past({ pipeline, target, asOf, ledger: this.ledger, gates: this.gates.bind(this) });
  }

  /** Finds, reads and resolves the manifest. The warehouse is opened by the first question that needs it. */
  static open(options: OpenOptions): Opened {
    const asked = readAsked(options);
    return asked.ok ? { ok: true, services: new Services(options, asked) } : asked;
  }

  /** The range asked for, or every date that may have been meant. */
  private get askedRange(): DayRange {
    return { from: this.window.from ?? FIRST_SENSIBLE_DAY, to: this.window.to ?? asOfDay(this.asOf, 'UTC') };
  }

  private get stateFolder(): string {
    return join(this.pipeline.folder, '.phasegate');
  }

  /** The manifest against the live schema and its `sql` jobs. */
  check(): Promise<Answer> {
    return this.ask(async gates => gates.check(await this.jobTexts()), true);
  }

  /** Which dates are there and right; of every table where none is named. */
  async coverage(names: readonly string[]): Promise<Answer> {
    const selected = selectTables(this.pipeline, names);
    if (!selected.ok) return usage(selected.message);
    const opened = await this.openGates({ useCache: this.options.useCache });
    if (!opened.ok) return opened;
    const { report, checks } = await opened.gates.coverage(selected.tables);
    return { ok: true, report, checks: () => checks(gitCommits(this.pipeline.folder)) };
  }

  /** The declared checks, judged; of every table where none is named. */
  validate(names: readonly string[]): Promise<Answer> {
    const commits = gitCommits(this.pipeline.folder);
    return this.ask(
      async gates => this.withTables(names, tables => gates.validate(tables, commits)),
      this.options.useCache,
    );
  }

  /** Since when the failing checks of a column fail, and which commits touched the table's code in between. Only reads. */
  async blame(name: string, column: string): Promise<{ readonly ok: true; readonly value: ColumnBlame } | Refusal> {
    const selected = selectTables(this.pipeline, [name]);
    if (!selected.ok) return usage(selected.message);
    const [table, ...more] = selected.tables;
    if (table === undefined || more.length > 0)
      return usage(`${name} is a phase of ${selected.tables.length} tables: name one of them`);
    const wrong = noChecksOf(table, column);
    if (wrong !== undefined) return usage(wrong);
    const opened = await this.openGates({ useCache: this.options.useCache });
    if (!opened.ok) return opened;
    const { report, blames } = await opened.gates.blame(table, gitCommits(this.pipeline.folder));
    return { ok: true, value: columnBlame(report, blames, table.name, column) };
  }

  /** Whether the tables may be written now. Facts are measured afresh (rule 15). */
  async preflight(names: readonly string[], options: { readonly rebuild: boolean }): Promise<Answer> {
    const target = this.resolvedTarget();
    if (!target.ok) return target;
    const { jobFacts } = await import('./services/job-facts'); // late: no other question needs it
    const { env } = this.options;
    const jobs = jobFacts(this.pipeline.jobs, { folder: this.pipeline.folder, target: target.value, env });
    return this.ask(
      async gates => this.withTables(names, tables => gates.preflight(tables, { ...options, jobs })),
      false,
    );
  }

  /**
   * Whether tables were written since an instant, and whole: every expected date where dates are named, else those that were.
   * @param since milliseconds since 1970 UTC
   */
  verify(names: readonly string[], since: number): Promise<Answer> {
    return this.ask(async gates => this.withTables(names, tables => gates.verify(tables, since)), false);
  }

  /** Whether a training may start, on its own range of dates. */
  async ready(name: string): Promise<Answer> {
    const training = this.pipeline.trainings.get(name);
    if (training === undefined)
      return usage(
        this.pipeline.trainings.size === 0
          ? `${this.pipeline.file} declares no trainings`
          : `${this.pipeline.file} declares no training ${name}${didYouMean(name, [...this.pipeline.trainings.keys()])}`,
      );
    return this.ask(async gates => gates.ready(training), false, training.range);
  }

  /** The one statement by which a table is measured, for people. */
  async statementOf(
    name: string,
  ): Promise<{ readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string }> {
    const table = this.pipeline.tables.get(name);
    if (table === undefined) return { ok: false, message: `${this.pipeline.file} declares no table ${name}` };
    const opened = await this.openWarehouse();
    if (!opened.ok) return { ok: false, message: opened.problems[0]?.message ?? 'the target could not be opened' };
    const { warehouse } = opened;
    const description = (await warehouse.describe([table])).get(name);
    if (description?.state !== 'present')
      return { ok: false, message: description?.message ?? `nothing is known of ${name}` };
    const range = this.askedRange;
    const { figures } = requestFor(table, range);
    const sql = warehouse.explain({ source: table, range, figures, strays: true });
    return { ok: true, text: shortLists(sql) };
  }

  /** The columns that the catalogue has of each table that is there, by the table's name. */
  async liveColumns(): Promise<ReadonlyMap<string, readonly LiveColumn[]>> {
    const opened = await this.openWarehouse();
    if (!opened.ok) return new Map();
    const found = await opened.warehouse.describe([...this.pipeline.tables.values()], this.options.signal);
    return new Map([...found].flatMap(([name, each]) => (each.state === 'present' ? [[name, each.columns]] : [])));
  }

  /**
   * Some rows that a result is about, newest first: asked for, never part of a report.
   * @param id the result's id
   * @param training the training whose readiness it is a result of
   */
  async rowsOf(
    { id, table: name }: Pick<Result, 'id' | 'table'>,
    most: number,
    training?: string,
  ): Promise<{ readonly ok: true; readonly value: SampledRows } | { readonly ok: false; readonly message: string }> {
    const table = this.pipeline.tables.get(name);
    const asked = training === undefined ? undefined : this.pipeline.trainings.get(training);
    const checks = asked === undefined ? table?.checks : asked.needs.find(need => need.table === name)?.checks;
    const tests = checks?.find(check => `${name}/${check.id}` === id)?.offending;
    if (table === undefined || tests === undefined)
      return { ok: false, message: `${id} is about no single rows: its dates say where to look` };
    const opened = await this.openWarehouse();
    if (!opened.ok) return { ok: false, message: opened.problems[0]?.message ?? 'the target could not be opened' };
    const description = (await opened.warehouse.describe([table])).get(name);
    if (description?.state !== 'present')
      return { ok: false, message: description?.message ?? `nothing is known of ${name}` };
    const range = asked?.range ?? this.askedRange;
    const answer = await opened.warehouse.sampleRows({ source: table, range, tests, most }, this.options.signal);
    return answer.ok ? answer : { ok: false, message: answer.failure.message };
  }

  /** The report with what changed since the one before, where one of the same question was kept. */
  async withHistory(report: Report): Promise<Report> {
    const earlier = await this.kept.before(report);
    const history = historyOf(
      report,
      earlier,
      earlier.length === 0 ? [] : await this.past.reports(report, this.warehouse),
    );
    return history === undefined ? report : { ...report, history };
  }

  /** When something was found to be other than before, milliseconds since 1970 UTC, oldest first; the newest of them. */
  moments(): readonly number[] {
    return this.past.moments();
  }

  /** The coverage of every table by what had been measured until an instant, milliseconds since 1970 UTC. */
  async coverageAt(at: number): Promise<Answer> {
    const opened = await this.openWarehouse();
    if (!opened.ok) return opened;
    const report = await this.past.coverageAt(at, opened.warehouse);
    return report === undefined ? usage(`nothing was measured until ${formatInstant(at)}`) : { ok: true, report };
  }

  /** What was last measured of a date of a table, and why nothing is expected of it where that is declared: in words. */
  dateWords(name: string, day: Day): string {
    const table = this.pipeline.tables.get(name);
    if (table === undefined) return '';
    const { rows, writes } = this.before(table, Date.now());
    const count = rows.get(day);
    const write = writes.get(day);
    const calendar = this.pipeline.calendars.get(table.calendar ?? '');
    const gap = [...table.knownGaps, ...(calendar?.knownGaps ?? [])].find(
      ({ range }) => day >= range.from && day <= range.to,
    );
    return [
      ...(gap === undefined ? [] : [gap.reason]),
      ...(count === undefined ? [] : [countOf(count, 'row')]),
      ...(write === undefined ? [] : [`last write ${formatInstant(write)}`]),
    ].join(' · ');
  }

  /** Keeps a report as Markdown and JSON under `.phasegate/reports`. Gives the Markdown's path. */
  saveReport(report: Report, markdown: string): Promise<Saved> {
    return this.kept.save(report, markdown);
  }

  /** Gives up the warehouse. */
  async close(): Promise<void> {
    await this.warehouse?.close();
    this.warehouse = undefined;
  }

  /** The text of each `sql` job's file, by the job's name. */
  async jobTexts(): Promise<ReadonlyMap<string, JobText>> {
    const texts = new Map<string, JobText>();
    for (const job of this.pipeline.jobs.values()) {
      if (job.kind !== 'sql') continue;
      try {
        texts.set(job.name, { ok: true, text: await readFile(join(this.pipeline.folder, job.sql), 'utf8') });
      } catch (error) {
        const why = errorWords(error);
        texts.set(job.name, { ok: false, message: `${job.sql} could not be read (${why})` });
      }
    }
    return texts;
  }

  /** Does something with the gates of the target, which is opened for it alone and given up again: several may be at it at once. */
  async withGates<T>(
    options: Partial<Pick<GateOptions, 'window' | 'useCache' | 'signal'>>,
    then: (gates: Gates, warehouse: Warehouse) => Promise<T>,
  ): Promise<{ readonly ok: true; readonly value: T } | Refusal> {
    const opened = await this.newWarehouse();
    if (!opened.ok) return opened;
    try {
      return { ok: true, value: await then(this.gates(opened.warehouse, options), opened.warehouse) };
    } finally {
      await opened.warehouse.close();
    }
  }

  /** What a table was when work on it began, milliseconds since 1970 UTC: by the ledger, with what its preflight has just measured. */
  before(table: Table, instant: number): Before {
    return beforeOf(table, this.ledger.historyAt(this.target, table.name, instant), true);
  }

  /** The target with its texts filled from the environment. */
  resolvedTarget(): { readonly ok: true; readonly value: ResolvedTarget } | Refusal {
    const declared = this.pipeline.targets.get(this.target);
    if (declared === undefined) return usage(`there is no target ${this.target}`);
    const target = resolveTarget(declared, this.options.env);
    return target.ok
      ? target
      : { ok: false, kind: 'error', problems: [{ message: target.message, ...declared.source }] };
  }

  private async ask(
    question: (gates: Gates) => Promise<Report | Refusal>,
    useCache: boolean,
    window: Window = this.window,
  ): Promise<Answer> {
    const opened = await this.openGates({ useCache, window });
    if (!opened.ok) return opened;
    const answer = await question(opened.gates);
    return 'schema' in answer ? { ok: true, report: answer } : answer;
  }

  /** The gates of the warehouse that all questions share. */
  private async openGates(
    options: Partial<GateOptions>,
  ): Promise<{ readonly ok: true; readonly gates: Gates } | Refusal> {
    const opened = await this.openWarehouse();
    return opened.ok ? { ok: true, gates: this.gates(opened.warehouse, options) } : opened;
  }

  private gates(warehouse: Warehouse, options: Partial<GateOptions>): Gates {
    const { pipeline, ledger, asOf, window } = this;
    const { signal, onProgress } = this.options;
    return new Gates({ pipeline, warehouse, ledger, asOf, window, useCache: true, signal, onProgress, ...options });
  }

  private async openWarehouse(): Promise<{ readonly ok: true; readonly warehouse: Warehouse } | Refusal> {
    if (this.warehouse !== undefined) return { ok: true, warehouse: this.warehouse };
    const opened = await this.newWarehouse();
    if (opened.ok) this.warehouse = opened.warehouse;
    return opened;
  }

  private async newWarehouse(): Promise<{ readonly ok: true; readonly warehouse: Warehouse } | Refusal> {
    const target = this.resolvedTarget();
    if (!target.ok) return target;
    const { lockWaitMs, onProgress } = this.options;
    const opened = await openWarehouse(target.value, {
      folder: this.pipeline.folder,
      onWaiting: onProgress,
      ...(this.options.useCache ? { headers: join(this.stateFolder, 'facts', 'headers.json') } : {}),
      ...(lockWaitMs === undefined ? {} : { lockWaitMs }),
    });
    return opened.ok
      ? { ok: true, warehouse: opened.value }
      : { ok: false, kind: 'error', problems: [{ message: opened.failure.message }] };
  }

  private withTables(
    names: readonly string[],
    then: (tables: readonly Table[]) => Promise<Report>,
  ): Promise<Report | Refusal> {
    const tables = selectTables(this.pipeline, names);
    return tables.ok ? then(tables.tables) : Promise.resolve(usage(tables.message));
  }
}

/** A statement over a thousand files names the first of them: nobody reads the others. */
function shortLists(sql: string): string {
  return sql.replaceAll(/\[('(?:[^']|'')*'(?:, )?)+\]/g, list => {
    const files = list.slice(1, -1).split(/(?<=')(?:, )(?=')/);
    return files.length <= 3 ? list : `[${files[0] ?? ''}, … and ${files.length - 1} more]`;
  });
}

/** Opens a pipeline, see `Services.open`, with the engine starting while the manifest is read: for who asks one question and ends. */
export async function openServices(options: OpenOptions): Promise<Opened> {
  await warmUp();
  const opened = Services.open(options);
  if (opened.ok || opened.needsPython !== true) return opened;
  const { pythonConstants } = await import('./services/job-facts'); // late: few manifests take numbers from Python
  return Services.open({ ...options, python: pythonConstants });
}
