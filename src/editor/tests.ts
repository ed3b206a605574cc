// Every declared check as a test: phase → table → check. What was judged last is shown, whoever asked; running one validates its table.
import * as vscode from 'vscode';
import { failureWords } from '../model/failure-words';
import type { CoverageReport, Report, Result } from '../model/report';
import type { OutlineTable } from '../protocol';
import type { Engine } from './engine-client';
import type { PipelineView, Pipelines } from './pipelines';

/** The item that stands for a table's dates. */
const COVERAGE = 'coverage';

/** What an item is: a pipeline or phase has only others below it. */
interface Known {
  readonly view: PipelineView;
  /** The table that has to be validated for it; absent: all below. */
  readonly table: string | undefined;
  /** The result that tells its outcome; absent for what has others below. */
  readonly result: string | undefined;
}

export class Tests implements vscode.Disposable {
  private readonly controller = vscode.tests.createTestController('phasegate', 'Phasegate');
  private readonly known = new WeakMap<vscode.TestItem, Known>();
  private readonly pipelines: Pipelines;
  private readonly follow: vscode.Disposable;
  /** The outlines that the items were made from, by folder. */
  private made = '';
  /** Runs of the person that are on their way. */
  private running = 0;
  /** What was judged last, by folder: shown again when the items are made anew. */
  private readonly reports = new Map<string, Report>();

  constructor(pipelines: Pipelines) {
    this.pipelines = pipelines;
    this.controller.createRunProfile(
      'Validate',
      vscode.TestRunProfileKind.Run,
      (request, token) => this.run(request, token),
      true,
    );
    this.controller.refreshHandler = async () => {
      for (const view of pipelines.withManifest) await pipelines.measure(view, true);
    };
    this.follow = pipelines.onDidChange(() => this.make());
  }

  dispose(): void {
    this.follow.dispose();
    this.controller.dispose();
  }

  /** Takes the engine into use, which tells what checks say whenever that is other than before. */
  connect(engine: Engine): void {
    engine.on('phasegate/checks', ({ folder, report }) => {
      this.reports.set(folder, report);
      // What was run here is told by its own run.
      if (this.running === 0) this.show(folder);
    });
  }

  /** Makes the items out of the manifests, where these are other than they were. */
  private make(): void {
    const views = this.pipelines.withManifest.filter(view => view.manifest.outline !== undefined);
    const now = JSON.stringify(views.map(({ manifest }) => manifest.outline));
    if (now === this.made) return;
    this.made = now;
    const { controller } = this;
    const roots = views.flatMap(view => {
      const phases = this.phasesOf(view);
      if (views.length === 1) return phases;
      const folder = view.folder.uri;
      const root = controller.createTestItem(folder.toString(), view.manifest.outline?.name ?? view.folder.name);
      this.known.set(root, { view, table: undefined, result: undefined });
      root.children.replace(phases);
      return [root];
    });
    controller.items.replace(roots);
    for (const view of views) this.show(view.folder.uri.fsPath);
  }

  private phasesOf(view: PipelineView): vscode.TestItem[] {
    const { outline, file } = view.manifest;
    const uri = file === undefined ? undefined : vscode.Uri.file(file);
    const item = (id: string, label: string, line: number, known: Omit<Known, 'view'>): vscode.TestItem => {
      const made = this.controller.createTestItem(`${view.folder.uri.toString()} ${id}`, label, uri);
      made.range = new vscode.Range(Math.max(0, line - 1), 0, Math.max(0, line - 1), 0);
      this.known.set(made, { view, ...known });
      return made;
    };
    return (outline?.phases ?? []).map(phase => {
      const top = item(
        `phase ${phase.id}`,
        `${phase.id} ${phase.name === phase.id ? '' : phase.name}`.trim(),
        phase.line,
        {
          table: undefined,
          result: undefined,
        },
      );
      top.children.replace(
        phase.tables.map(table => {
          const { name, shortName, line } = table;
          const below = item(name, shortName, line, { table: name, result: undefined });
          below.children.replace(
            testsOf(table).map(test =>
              item(`${name}/${test.id}`, test.label, test.line, { table: name, result: test.id }),
            ),
          );
          return below;
        }),
      );
      return top;
    });
  }

  /** Shows what was judged last of a folder. */
  private show(folder: string): void {
    const report = this.reports.get(folder);
    if (report === undefined) return;
    const items: vscode.TestItem[] = [];
    this.controller.items.forEach(each => items.push(...leavesOf(each)));
    const own = items.filter(each => this.known.get(each)?.view.folder.uri.fsPath === folder);
    const request = new vscode.TestRunRequest(own);
    const run = this.controller.createTestRun(request, 'Measured', false);
    const said = saidBy(report);
    for (const each of own) this.tell(run, each, said);
    run.end();
  }

  /** Validates the tables of what is asked for: all of their checks, for one statement measures them together. */
  private async run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    const asked: vscode.TestItem[] = [];
    if (request.include === undefined) this.controller.items.forEach(each => asked.push(...leavesOf(each)));
    else for (const each of request.include) asked.push(...leavesOf(each));
    const left = new Set((request.exclude ?? []).flatMap(leavesOf));
    const items = asked.filter(each => !left.has(each));
    const run = this.controller.createTestRun(request);
    for (const each of items) run.enqueued(each);
    this.running++;
    const views = new Map<PipelineView, Set<string>>();
    for (const each of items) {
      const known = this.known.get(each);
      if (known?.table === undefined) continue;
      views.set(known.view, (views.get(known.view) ?? new Set()).add(known.table));
    }
    const isCancelled = (): boolean => token.isCancellationRequested;
    for (const [view, tables] of views) {
      if (isCancelled()) break;
      const own = items.filter(each => this.known.get(each)?.view === view);
      for (const each of own) run.started(each);
      const stop = token.onCancellationRequested(() => {
        for (const { question, cancel } of view.measuring) if (question === 'phasegate/validate') cancel();
      });
      const answer = await this.pipelines.ask(view, 'phasegate/validate', [...tables], true);
      stop.dispose();
      if (answer?.ok === true) {
        const said = saidBy(answer.report);
        for (const each of own) this.tell(run, each, said);
      } else if (!isCancelled())
        for (const each of own)
          run.errored(
            each,
            new vscode.TestMessage(answer?.message ?? 'the engine is not there, or the workspace is not trusted'),
          );
    }
    this.running--;
    run.end();
  }

  /** Tells the outcome of an item out of a report, where that says one. */
  private tell(run: vscode.TestRun, item: vscode.TestItem, said: Said): void {
    const known = this.known.get(item);
    if (known?.table === undefined || known.result === undefined) return;
    const { table, result: id } = known;
    if (id === COVERAGE) {
      const coverage = said.coverage.get(table);
      if (coverage === undefined) return;
      if (coverage.outcome === 'pass' || coverage.outcome === 'warn') run.passed(item);
      else {
        const message = new vscode.TestMessage(coverage.message);
        if (coverage.outcome === 'error') run.errored(item, message);
        else run.failed(item, message);
      }
      return;
    }
    const results = said.results.get(`${table}/${id}`) ?? [];
    const worst = ORDER.flatMap(outcome => results.find(each => each.outcome === outcome) ?? [])[0];
    if (worst === undefined) return;
    if (worst.accepted !== undefined) {
      run.appendOutput(`${worst.id}: accepted: ${worst.accepted.reason}\r\n`, undefined, item);
      run.skipped(item);
      return;
    }
    const message = messageOf(worst);
    switch (worst.outcome) {
      case 'pass':
        run.passed(item);
        return;
      case 'warn':
        run.appendOutput(`warning: ${worst.message}\r\n`, undefined, item);
        run.passed(item);
        return;
      case 'skipped':
        run.skipped(item);
        return;
      case 'fail':
        run.failed(item, message);
        return;
      case 'error':
        run.errored(item, message);
    }
  }
}

const ORDER: readonly Result['outcome'][] = ['error', 'fail', 'warn', 'pass', 'skipped'];

function testsOf({
  checks,
  line,
}: OutlineTable): readonly { readonly id: string; readonly label: string; readonly line: number }[] {
  return [{ id: COVERAGE, label: 'coverage', line }, ...checks];
}

/** What a report says, to be looked up: there may be ten thousand tables. */
interface Said {
  readonly results: ReadonlyMap<string, readonly Result[]>;
  readonly coverage: ReadonlyMap<string, CoverageReport>;
}

function saidBy({ results, coverage }: Report): Said {
  return {
    results: Map.groupBy(results, ({ id }) => id),
    coverage: new Map(coverage.map(each => [each.table, each])),
  };
}

function leavesOf(item: vscode.TestItem): vscode.TestItem[] {
  if (item.children.size === 0) return [item];
  const found: vscode.TestItem[] = [];
  item.children.forEach(each => found.push(...leavesOf(each)));
  return found;
}

/** The figure against its threshold, with the dates. */
function messageOf(result: Result): vscode.TestMessage {
  const { text, expected, actual } = failureWords(result);
  return expected === undefined || actual === undefined
    ? new vscode.TestMessage(text)
    : vscode.TestMessage.diff(text, expected, actual);
}
