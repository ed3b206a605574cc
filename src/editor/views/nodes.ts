// What the trees are made of, and how each thing looks in them.
import * as vscode from 'vscode';
import type { DateState } from '../../model/coverage';
import { countOf, formatCount, formatShare } from '../../model/percent';
import type { CoverageReport, SeasonGrid } from '../../model/report';
import { outcomeIcon, stateIcon, worst } from '../icons';
import type { PipelineView } from '../pipelines';

/** A run of dates of one state and reason. */
export interface Run {
  readonly from: string;
  readonly to: string;
  readonly state: DateState;
  readonly reason: string;
}

export type Node =
  | { readonly kind: 'pipeline'; readonly view: PipelineView }
  | {
      readonly kind: 'phase';
      readonly view: PipelineView;
      readonly id: string;
      readonly name: string;
      readonly line: number;
    }
  | {
      readonly kind: 'table';
      readonly view: PipelineView;
      readonly name: string;
      readonly shortName: string;
      readonly line: number;
    }
  | {
      readonly kind: 'season';
      readonly view: PipelineView;
      readonly coverage: CoverageReport;
      readonly season: SeasonGrid;
    }
  | { readonly kind: 'run'; readonly view: PipelineView; readonly coverage: CoverageReport; readonly run: Run };

export type TableNode = Extract<Node, { kind: 'table' }>;

/** The coverage of a table as last measured. */
export function coverageOf(view: PipelineView, table: string): CoverageReport | undefined {
  return view.coverage?.report.coverage.find(each => each.table === table);
}

/** The tables of a phase, as the manifest orders them. */
export function tablesOf(view: PipelineView, phase: string): readonly TableNode[] {
  const found = view.manifest.outline?.phases.find(({ id }) => id === phase);
  return (found?.tables ?? []).map(table => ({ kind: 'table', view, ...table }));
}

/** How many tables are short: failed, or not to be told. */
export function shortTables(view: PipelineView): number {
  return (view.coverage?.report.coverage ?? []).filter(({ outcome }) => outcome === 'fail' || outcome === 'error')
    .length;
}

export function pipelineItem(view: PipelineView, target: string | undefined): vscode.TreeItem {
  const item = new vscode.TreeItem(
    view.manifest.outline?.name ?? view.folder.name,
    vscode.TreeItemCollapsibleState.Expanded,
  );
  item.id = `pipeline ${view.folder.uri.toString()}`;
  item.description = [target, view.coverage?.report.verdict].filter(part => part !== undefined).join(' · ');
  item.iconPath = outcomeIcon(view.coverage?.report.verdict);
  item.contextValue = 'pipeline';
  return item;
}

export function phaseItem(node: Extract<Node, { kind: 'phase' }>): vscode.TreeItem {
  const reports = tablesOf(node.view, node.id).map(({ name }) => coverageOf(node.view, name));
  const short = reports.filter(each => each?.outcome === 'fail' || each?.outcome === 'error').length;
  const outcome = worst(reports.map(each => each?.outcome));
  const notStarted =
    reports.length > 0 &&
    reports.every(each => each !== undefined && each.expected > 0 && each.counts.missing === each.expected);
  const item = new vscode.TreeItem(
    `${node.id} ${node.name === node.id ? '' : node.name}`.trim(),
    outcome === 'pass' ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.Expanded,
  );
  item.id = `phase ${node.view.folder.uri.toString()} ${node.id}`;
  item.description =
    outcome === undefined
      ? 'not measured'
      : notStarted
        ? 'not started'
        : short > 0
          ? `${short} short`
          : outcome === 'warn'
            ? 'warnings'
            : 'all there';
  item.iconPath = outcomeIcon(outcome);
  item.contextValue = 'phase';
  item.accessibilityInformation = { label: `Phase ${node.id} ${node.name}: ${item.description}` };
  return item;
}

export function tableItem(node: TableNode, collapsible: boolean): vscode.TreeItem {
  const coverage = coverageOf(node.view, node.name);
  const item = new vscode.TreeItem(
    node.shortName,
    collapsible && coverage !== undefined && coverage.states.length > 0
      ? vscode.TreeItemCollapsibleState.Collapsed
      : vscode.TreeItemCollapsibleState.None,
  );
  item.id = `table ${node.view.folder.uri.toString()} ${node.name}`;
  item.contextValue = 'table';
  item.iconPath = outcomeIcon(coverage?.outcome);
  // A table without dates is in the report without coverage: its checks are all there is of it.
  item.description =
    coverage !== undefined
      ? // The other tree says which dates; here the share is enough, and fits.
        [percentage(coverage), collapsible ? shortStates(coverage) : ''].join(' ').trim()
      : node.view.coverage === undefined
        ? ''
        : 'no dates';
  if (coverage === undefined || !collapsible)
    item.command = { command: 'phasegate.openManifestLine', title: 'Open Manifest Line', arguments: [node] };
  item.accessibilityInformation = {
    label: `${node.shortName}: ${coverage === undefined ? 'not measured' : `${coverage.outcome}, ${percentage(coverage)}, ${shortStates(coverage)}`}`,
  };
  return item;
}

/** The tooltip of a table: the sentence, the figures, when it was measured. Made when it is asked for. */
export function tableTooltip(node: TableNode): vscode.MarkdownString {
  const coverage = coverageOf(node.view, node.name);
  const text = new vscode.MarkdownString();
  text.appendMarkdown(`**`).appendText(node.name).appendMarkdown(`**\n\n`);
  if (coverage === undefined) return text.appendText('not measured yet');
  text.appendText(coverage.message === '' ? coverage.outcome : coverage.message).appendMarkdown('\n\n');
  const rows = [
    ['expected dates', formatCount(coverage.expected)],
    ...(['complete', 'partial', 'missing', 'degraded', 'stale', 'unknown'] as const).flatMap(state =>
      coverage.counts[state] === 0 ? [] : [[state, formatCount(coverage.counts[state])]],
    ),
    ...(coverage.unexpected === 0 ? [] : [['unexpected', formatCount(coverage.unexpected)]]),
    ...(coverage.lastWrite === undefined
      ? []
      : [['last write', `${coverage.lastWrite.slice(0, 16).replace('T', ' ')} UTC`]]),
    ...(coverage.measuredAt === undefined
      ? []
      : [['measured', `${coverage.measuredAt.slice(0, 19).replace('T', ' ')} UTC`]]),
  ];
  text.appendMarkdown(
    `| | |\n|---|---:|\n${rows.map(([name, value]) => `| ${name ?? ''} | ${value ?? ''} |`).join('\n')}`,
  );
  return text;
}

export function seasonItem({ view, coverage, season }: Extract<Node, { kind: 'season' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(season.season, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `season ${view.folder.uri.toString()} ${coverage.table} ${season.season}`;
  item.description = `${formatCount(season.covered)} of ${formatCount(season.expected)}`;
  item.contextValue = 'season';
  return item;
}

export function runItem({ view, coverage, run }: Extract<Node, { kind: 'run' }>): vscode.TreeItem {
  const days = 1 + (Date.parse(run.to) - Date.parse(run.from)) / 86_400_000;
  const range = run.from === run.to ? run.from : `${run.from} → ${run.to}`;
  const item = new vscode.TreeItem(range, vscode.TreeItemCollapsibleState.None);
  item.id = `run ${view.folder.uri.toString()} ${coverage.table} ${run.from} ${run.state}`;
  item.description = `${run.state}${run.reason === '' ? '' : `: ${run.reason}`}${days > 1 ? ` (${countOf(days, 'day')})` : ''}`;
  item.iconPath = stateIcon(run.state);
  item.contextValue = 'run';
  item.tooltip = `${coverage.table} ${range}: ${item.description}`;
  return item;
}

function percentage({ share, expected, counts }: CoverageReport): string {
  if (expected > 0 && counts.unknown === expected) return 'unknown';
  return share === null ? '–' : formatShare(share * 1e6, 1e6);
}

function shortStates({ counts }: CoverageReport): string {
  const words = (['unknown', 'missing', 'partial', 'degraded', 'stale'] as const).flatMap(state =>
    counts[state] === 0 ? [] : [`${formatCount(counts[state])} ${state}`],
  );
  return words.slice(0, 2).join(', ');
}
