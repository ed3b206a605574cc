// Questions about pipelines: each opens its target, asks, and gives it up. What was answered last is kept for lenses and fixes.
import { join } from 'node:path';
import type { LiveColumns } from '../language/completion';
import { type Day, parseDay } from '../model/day';
import { isoInstant } from '../model/instant';
import type { Report } from '../model/report';
import { MANIFEST_NAME } from '../pipeline/manifest-file';
import { printMarkdown } from '../print/markdown';
import { pythonConstants } from '../scripts/python-constants';
import type { QuestionAnswer, QuestionParams, TargetRef, TextAnswer } from '../protocol';
import { type Answer, type Opened, Services } from '../services';

/** What was answered last about one pipeline. */
interface Kept {
  /** The last report about every table, for lenses and hovers. */
  coverage: Report | undefined;
  /** The last report of checks: what quick fixes offer to accept, and what stands beside the code. */
  checks: Report | undefined;
  /** The same with what earlier moments say beside it; `undefined` until somebody asks. */
  withHistory: Promise<Report | undefined> | undefined;
  /** The columns of each table; `undefined` until completion asks, and again after each coverage: tables may have changed. */
  columns: Promise<LiveColumns> | undefined;
  /** The target that was measured last; absent: the manifest's default one. */
  target: string | undefined;
}

/** The signal of what nobody waits for so long that they would cancel it. */
const NEVER = new AbortController().signal;

export const UNTRUSTED =
  'this workspace is not trusted: its manifest is read, and nothing is opened or run. Trust it to measure';

export interface QuestionsOptions {
  readonly isTrusted: () => boolean;
  readonly onProgress: (folder: string, message: string) => void;
  /** The coverage of every table of a folder is another than it was. */
  readonly onCoverage: (folder: string) => void;
  /** What checks say of a folder is another than it was. */
  readonly onChecks: (folder: string) => void;
}

export class Questions {
  private readonly options: QuestionsOptions;
  private readonly kept = new Map<string, Kept>();

  constructor(options: QuestionsOptions) {
    this.options = options;
  }

  /** What was answered last about a folder's pipeline. */
  of(folder: string): Kept {
    const known = this.kept.get(folder);
    if (known !== undefined) return known;
    const made: Kept = {
      coverage: undefined,
      checks: undefined,
      withHistory: undefined,
      columns: undefined,
      target: undefined,
    };
    this.kept.set(folder, made);
    return made;
  }

  /** Whether anything was asked of a folder. */
  isKnown(folder: string): boolean {
    return this.kept.has(folder);
  }

  /** Opens a pipeline, unless the workspace is not trusted. @param over the range and the day, where they are not the manifest's */
  open(
    { folder, target }: TargetRef,
    fresh: boolean,
    signal: AbortSignal = NEVER,
    over: { readonly from?: Day | undefined; readonly to?: Day | undefined; readonly asOf?: Day | undefined } = {},
  ): Opened {
    const { from, to, asOf } = over;
    if (!this.options.isTrusted()) return { ok: false, kind: 'error', problems: [{ message: UNTRUSTED }] };
    return Services.open({
      cwd: folder,
      manifest: join(folder, MANIFEST_NAME),
      env: process.env,
      useCache: !fresh,
      python: pythonConstants,
      signal,
      onProgress: message => this.options.onProgress(folder, message),
      ...(target === undefined ? {} : { target }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(asOf === undefined ? {} : { asOf }),
    });
  }

  /** Asks for a report, and keeps it. */
  async report(
    params: QuestionParams & { readonly isPast?: boolean },
    signal: AbortSignal,
    ask: (services: Services) => Promise<Answer>,
  ): Promise<QuestionAnswer> {
    const opened = this.open(params, params.fresh, signal, { from: dayOf(params.from), to: dayOf(params.to) });
    if (!opened.ok) return { ok: false, message: firstOf(opened.problems) };
    const { services } = opened;
    const { folder } = params;
    try {
      const answer = await ask(services);
      if (signal.aborted) return { ok: false, message: 'cancelled' };
      if (!answer.ok) return { ok: false, message: firstOf(answer.problems) };
      // Coverage keeps no reports that it could be compared with.
      const report = answer.report.command === 'coverage' ? answer.report : await services.withHistory(answer.report);
      const markdown = printMarkdown(report);
      const saved = report.command === 'coverage' ? undefined : await services.saveReport(report, markdown);
      if (saved?.ok === false) this.options.onProgress(folder, saved.message);
      const kept = this.of(folder);
      // A report about some dates says nothing of the others.
      if (report.command === 'validate' && params.from === undefined && params.to === undefined)
        this.keepChecks(folder, report);
      else if (params.tables.length === 0 && params.isPast !== true) {
        kept.coverage = report;
        kept.columns = undefined;
        kept.target = params.target;
        this.options.onCoverage(folder);
        if (answer.checks !== undefined) this.judgeLater(folder, report, answer.checks);
      }
      return { ok: true, report, markdown };
    } finally {
      await services.close();
    }
  }

  /** Judges the checks of what was measured when the answer is on its way: the trees are not to wait for them. */
  private judgeLater(folder: string, coverage: Report, checks: () => Promise<Report>): void {
    setImmediate(() => {
      const judge = async (): Promise<void> => {
        const report = await checks();
        if (this.of(folder).coverage === coverage) this.keepChecks(folder, report, true);
      };
      void judge();
    });
  }

  /** The last report of checks with its trends, for hovers: made when it is asked for. */
  checksWithHistory(folder: string): Promise<Report | undefined> {
    const kept = this.of(folder);
    const { checks, target } = kept;
    if (checks === undefined || checks.history !== undefined) return Promise.resolve(checks);
    const make = async (): Promise<Report | undefined> => {
      const opened = this.open({ folder, ...(target === undefined ? {} : { target }) }, false);
      if (!opened.ok) return checks;
      try {
        return await opened.services.withHistory(checks);
      } finally {
        await opened.services.close();
      }
    };
    return (kept.withHistory ??= make());
  }

  /** Keeps what checks say, each by its last word: a report about one table leaves what is known of the others. */
  private keepChecks(folder: string, report: Report, isPartial = false): void {
    const kept = this.of(folder);
    const about = new Set(report.results.map(({ id }) => id));
    const tables = new Set(report.phases.flatMap(phase => phase.tables));
    const others = (kept.checks?.results ?? []).filter(
      ({ id, table }) => !about.has(id) && (isPartial || !tables.has(table)),
    );
    kept.checks = { ...report, results: [...report.results, ...others] };
    kept.withHistory = undefined;
    this.options.onChecks(folder);
  }

  /** Takes what another process has found: of the same target and the same dates, by the newest word of all. */
  takeReport(folder: string, report: Report): void {
    const { coverage, checks } = this.of(folder);
    const like = coverage ?? checks;
    if (like !== undefined && (like.target !== report.target || like.from !== report.from || like.to !== report.to))
      return;
    this.keepChecks(folder, report);
  }

  /** When something was found to be other than before, ISO, oldest first. */
  async moments(params: TargetRef): Promise<readonly string[]> {
    const opened = this.open(params, false);
    if (!opened.ok) return [];
    const found = opened.services.moments().map(isoInstant);
    await opened.services.close();
    return found;
  }

  /** A text about an opened pipeline, for people. */
  async text(
    params: TargetRef,
    signal: AbortSignal,
    ask: (services: Services) => Promise<TextAnswer>,
  ): Promise<TextAnswer> {
    const opened = this.open(params, false, signal);
    if (!opened.ok) return { ok: false, message: firstOf(opened.problems) };
    try {
      return await ask(opened.services);
    } finally {
      await opened.services.close();
    }
  }

  /** The columns of each table of the target, described once between two coverages; none where the target cannot be opened. */
  liveColumns(folder: string): Promise<LiveColumns> {
    const kept = this.of(folder);
    const describe = async (): Promise<LiveColumns> => {
      const { target } = kept;
      const opened = this.open({ folder, ...(target === undefined ? {} : { target }) }, false);
      if (!opened.ok) {
        kept.columns = undefined; // a manifest that is being typed may be good again at the next key
        return new Map();
      }
      try {
        return await opened.services.liveColumns();
      } finally {
        await opened.services.close();
      }
    };
    return (kept.columns ??= describe());
  }
}

function dayOf(text: string | undefined): Day | undefined {
  return text === undefined ? undefined : parseDay(text);
}

/** The first of some problems, and how many more there are. */
export function firstOf(problems: readonly { readonly message: string }[]): string {
  const [first] = problems;
  return `${first?.message ?? 'nothing is known of why'}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''}`;
}
