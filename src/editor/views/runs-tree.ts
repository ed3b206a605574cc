// The Runs view: runs, newest first, with their steps, and the dates of each step by how they stand.
import * as vscode from 'vscode';
import { isoRange } from '../../model/day-text';
import { formatInstant } from '../../model/instant';
import { countOf, formatCount, formatShare } from '../../model/percent';
import type { StepDates, StepSummary } from '../../protocol';
import { dateStateIcon, runIcon } from '../icons';
import { type RunView, type Runs, isGoingOn, runProgress, runTitle } from '../runs';

export type RunNode =
  | ({ readonly kind: 'backfill' } & RunView)
  | ({ readonly kind: 'step'; readonly step: StepSummary } & RunView)
  | ({ readonly kind: 'stepDates'; readonly step: StepSummary; readonly dates: StepDates } & RunView);

/** So many runs of dates of a step are listed; the run's page has them all. */
const MOST_DATES = 200;

class RunsTree implements vscode.TreeDataProvider<RunNode> {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly runs: Runs;

  constructor(runs: Runs) {
    this.runs = runs;
  }

  refresh(): void {
    this.changed.fire();
  }

  getTreeItem(node: RunNode): vscode.TreeItem {
    switch (node.kind) {
      case 'backfill':
        return backfillItem(node);
      case 'step':
        return stepItem(node);
      case 'stepDates':
        return datesItem(node);
    }
  }

  getChildren(node?: RunNode): RunNode[] {
    if (node === undefined) return this.runs.all.map(each => ({ kind: 'backfill', ...each }));
    const { view, run } = node;
    if (node.kind === 'backfill') return run.steps.map(step => ({ kind: 'step', view, run, step }));
    if (node.kind !== 'step') return [];
    const { step } = node;
    return [...step.dates]
      .sort((a, b) => WORST_FIRST.indexOf(a[3]) - WORST_FIRST.indexOf(b[3]))
      .slice(0, MOST_DATES)
      .map(dates => ({ kind: 'stepDates', view, run, step, dates }));
  }
}

const WORST_FIRST: readonly StepDates[3][] = ['needs-someone', 'failed', 'running', 'written', 'waiting', 'done'];

function backfillItem({ view, run }: Extract<RunNode, { kind: 'backfill' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(
    runTitle(run),
    isGoingOn(run) ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = `backfill ${view.folder.uri.toString()} ${run.id}`;
  item.description = `${runProgress(run)}${run.startedAt === undefined ? '' : `  ${formatInstant(run.startedAt)}`}`;
  item.iconPath = runIcon(run.state);
  item.contextValue = `backfill.${run.state}`;
  item.tooltip = tooltip([
    `**${run.id}** on ${run.target}`,
    run.message,
    `${formatCount(run.done)} of ${countOf(run.planned, 'date')} done`,
    run.host,
    ...run.notes,
  ]);
  item.accessibilityInformation = { label: `Backfill of ${runTitle(run)}: ${run.state}, ${item.description}` };
  item.command = {
    command: 'phasegate.openRun',
    title: 'Open Run',
    arguments: [{ folder: view.folder.uri.fsPath, id: run.id }],
  };
  return item;
}

function stepItem({ view, run, step }: Extract<RunNode, { kind: 'step' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(step.id, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `step ${view.folder.uri.toString()} ${run.id} ${step.id}`;
  const wrong = step.counts.failed + step.counts['needs-someone'];
  item.description = [
    step.state === 'waiting' || step.state === 'blocked' ? step.state : formatShare(step.counts.done, step.planned),
    ...(wrong > 0 ? [`${formatCount(wrong)} wrong`] : []),
  ].join(' · ');
  item.iconPath = runIcon(step.state);
  item.contextValue = 'step';
  item.tooltip = tooltip([
    `**${step.table}**: ${step.state}`,
    step.message,
    `${formatCount(step.counts.done)} of ${countOf(step.planned, 'date')} done`,
    ...step.gates.map(({ gate, verdict, message }) => `${gate} ${verdict}: ${message}`),
  ]);
  item.accessibilityInformation = { label: `${step.id}: ${step.state}, ${item.description}` };
  return item;
}

function datesItem({ view, run, step, dates }: Extract<RunNode, { kind: 'stepDates' }>): vscode.TreeItem {
  const [from, to, count, state, words] = dates;
  const range = isoRange(from, to);
  const item = new vscode.TreeItem(range);
  item.id = `dates ${view.folder.uri.toString()} ${run.id} ${step.id} ${from}`;
  item.description = `${count > 1 ? `(${formatCount(count)}) ` : ''}${state.replace('-', ' ')}${words === '' ? '' : `: ${words}`}`;
  item.iconPath = dateStateIcon(state);
  item.contextValue = state === 'failed' || state === 'needs-someone' ? 'stepDates.wrong' : 'stepDates';
  item.tooltip = `${step.table} ${range}: ${item.description}`;
  return item;
}

function tooltip(lines: readonly string[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  for (const line of lines.filter(each => each !== '')) {
    const [, strong, rest] = /^\*\*(.+?)\*\*(.*)$/s.exec(line) ?? [];
    if (strong === undefined) text.appendText(line);
    else
      text
        .appendMarkdown('**')
        .appendText(strong)
        .appendMarkdown('**')
        .appendText(rest ?? '');
    text.appendMarkdown('\n\n');
  }
  return text;
}

/** The view, kept up with what is known. */
export function createRunsTree(runs: Runs): vscode.Disposable {
  const tree = new RunsTree(runs);
  const view = vscode.window.createTreeView('phasegate.runs', { treeDataProvider: tree, showCollapseAll: true });
  const update = (): void => {
    tree.refresh();
    const running = runs.all.filter(({ run }) => isGoingOn(run)).length;
    view.badge = running === 0 ? undefined : { value: running, tooltip: `${countOf(running, 'backfill')} running` };
    void vscode.commands.executeCommand('setContext', 'phasegate.hasRuns', runs.all.length > 0);
    void vscode.commands.executeCommand('setContext', 'phasegate.isRunning', running > 0);
  };
  update();
  return vscode.Disposable.from(view, runs.onDidChange(update));
}
