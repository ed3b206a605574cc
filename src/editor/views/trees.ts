// The two trees of the sidebar: phases with their tables, and tables with the dates that are not complete.
import * as vscode from 'vscode';
import type { Filter } from '../filter';
import type { PipelineView, Pipelines } from '../pipelines';
import {
  type Node,
  coverageOf,
  phaseItem,
  pipelineItem,
  runItem,
  seasonItem,
  shortTables,
  tableItem,
  tableTooltip,
  tablesOf,
} from './nodes';

const DAY_MS = 86_400_000;

/** What both trees have in common: the pipelines they show, and how a node becomes an item. */
abstract class PipelineTree implements vscode.TreeDataProvider<Node> {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  protected readonly pipelines: Pipelines;
  protected readonly filter: Filter;

  constructor(pipelines: Pipelines, filter: Filter) {
    this.pipelines = pipelines;
    this.filter = filter;
  }

  refresh(): void {
    this.changed.fire();
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case 'pipeline':
        return pipelineItem(node.view, this.pipelines.targetOf(node.view));
      case 'phase':
        return phaseItem(node);
      case 'table':
        return tableItem(node, this.opensTables);
      case 'season':
        return seasonItem(node);
      case 'run':
        return runItem(node);
    }
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    // eslint-disable-next-line no-param-reassign -- the API asks for the same item, filled in
    if (node.kind === 'table') item.tooltip = tableTooltip(node);
    return item;
  }

  getChildren(node?: Node): Node[] {
    if (node !== undefined) return this.below(node);
    const views = this.pipelines.withManifest.filter(view => view.manifest.outline !== undefined);
    // One pipeline needs no name above its phases.
    const [only] = views;
    return views.length === 1 && only !== undefined ? this.top(only) : views.map(view => ({ kind: 'pipeline', view }));
  }

  protected abstract readonly opensTables: boolean;
  protected abstract top(view: PipelineView): Node[];
  protected abstract below(node: Node): Node[];
}

/** Phases → tables. */
export class PhasesTree extends PipelineTree {
  protected readonly opensTables = false;

  protected top(view: PipelineView): Node[] {
    return (view.manifest.outline?.phases ?? [])
      .map(({ id, name, line }): Node => ({ kind: 'phase', view, id, name, line }))
      .filter(node => this.below(node).length > 0);
  }

  protected below(node: Node): Node[] {
    if (node.kind === 'pipeline') return this.top(node.view);
    if (node.kind !== 'phase') return [];
    return tablesOf(node.view, node.id).filter(({ name }) =>
      this.filter.shows(name, coverageOf(node.view, name)?.outcome),
    );
  }
}

/** Tables → seasons → runs of dates that are not complete. */
export class CoverageTree extends PipelineTree {
  protected readonly opensTables = true;

  protected top(view: PipelineView): Node[] {
    const tables = (view.manifest.outline?.phases ?? []).flatMap(({ id }) => tablesOf(view, id));
    return tables.filter(({ name }) => {
      const coverage = coverageOf(view, name);
      return coverage !== undefined && coverage.states.length > 0 && this.filter.shows(name, coverage.outcome);
    });
  }

  protected below(node: Node): Node[] {
    if (node.kind === 'pipeline') return this.top(node.view);
    if (node.kind === 'table') {
      const { view } = node;
      const coverage = coverageOf(view, node.name);
      if (coverage === undefined) return [];
      return coverage.seasons
        .filter(season => season.covered < season.expected)
        .map((season): Node => ({ kind: 'season', view, coverage, season }))
        .reverse();
    }
    if (node.kind !== 'season') return [];
    const { view, coverage, season } = node;
    const { from } = season;
    const to = new Date(Date.parse(from) + (season.days.length - 1) * DAY_MS).toISOString().slice(0, 10);
    return coverage.states
      .filter(([start]) => start >= from && start <= to)
      .map(([start, end, state, reason]): Node => ({
        kind: 'run',
        view,
        coverage,
        run: { from: start, to: end, state, reason },
      }))
      .reverse();
  }
}

/** The two views, kept up with what is known. */
export function createTrees(pipelines: Pipelines, filter: Filter): vscode.Disposable {
  const phases = new PhasesTree(pipelines, filter);
  const coverage = new CoverageTree(pipelines, filter);
  const phasesView = vscode.window.createTreeView('phasegate.phases', {
    treeDataProvider: phases,
    showCollapseAll: true,
  });
  const coverageView = vscode.window.createTreeView('phasegate.coverage', {
    treeDataProvider: coverage,
    showCollapseAll: true,
  });
  const update = (): void => {
    phases.refresh();
    coverage.refresh();
    const views = pipelines.withManifest;
    const short = views.reduce((sum, view) => sum + shortTables(view), 0);
    phasesView.badge = short === 0 ? undefined : { value: short, tooltip: `${short} tables are short` };
    const state = stateOf(pipelines);
    // A message would hide the welcome view, which says what to do where there is nothing to show.
    setMessage(phasesView, state === 'good' ? messageOf(pipelines, filter) : undefined);
    setMessage(coverageView, filter.words);
    const [measured] = views.flatMap(view => view.coverage?.report.coverage[0]?.measuredAt ?? []);
    phasesView.description = measured === undefined ? '' : `measured ${measured.slice(11, 16)} UTC`;
    void vscode.commands.executeCommand('setContext', 'phasegate.state', state);
    void vscode.commands.executeCommand(
      'setContext',
      'phasegate.measuring',
      pipelines.all.some(view => view.measuring.length > 0),
    );
  };
  update();
  return vscode.Disposable.from(phasesView, coverageView, pipelines.onDidChange(update), filter.onDidChange(update));
}

/** What there is to show, as the `when` clauses of package.json know it. What was shown before the engine was lost stays. */
function stateOf({ unavailable, withManifest }: Pipelines): 'unavailable' | 'none' | 'broken' | 'good' {
  if (withManifest.some(view => view.manifest.outline !== undefined)) return 'good';
  if (unavailable !== undefined) return 'unavailable';
  return withManifest.length === 0 ? 'none' : 'broken';
}

/** No message takes no room; the API's type does not say that it may be taken away. */
function setMessage(view: { message?: string }, message: string | undefined): void {
  // eslint-disable-next-line no-param-reassign -- the view is what is told
  view.message = message ?? '';
}

/** What stands above the phases: what is being done, or why what is shown is not the last word. */
function messageOf(pipelines: Pipelines, filter: Filter): string | undefined {
  const unavailable =
    pipelines.unavailable === undefined
      ? []
      : [`The engine is unavailable: ${pipelines.unavailable}. What it said last is shown.`];
  const untrusted = vscode.workspace.isTrusted
    ? []
    : ['This workspace is not trusted: its manifest is read, and nothing is measured.'];
  const found = pipelines.withManifest.flatMap(view => [
    ...view.measuring.map(({ question }) => `Measuring (${question.slice('phasegate/'.length)}) …`),
    ...(view.manifest.state === 'broken' && view.manifest.outline !== undefined
      ? [`The manifest is broken; what it said last is shown. ${view.manifest.problem ?? ''}`]
      : []),
    ...(view.problem === undefined ? [] : [view.problem]),
  ]);
  const lines = [...unavailable, ...untrusted, ...found, ...(filter.words === undefined ? [] : [filter.words])];
  return lines.length === 0 ? undefined : lines.join('\n');
}
