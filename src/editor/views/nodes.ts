// What the trees are made of, and how each thing looks in them.
import * as vscode from 'vscode';
import type { DateState } from '../../model/coverage';
import { coverageIn, coveredShare, incompleteCounts, phaseWords, isShort } from '../../model/coverage-summary';
import { formatInstant } from '../../model/instant';
import { countOf, formatCount } from '../../model/percent';
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
  return coverageIn(view.coverage?.report, table);
}

/** The tables of a phase, as the manifest orders them. */
export function tablesOf(view: PipelineView, phase: string): readonly TableNode[] {
  const found = view.manifest.outline?.phases.find(({ id }) => id === phase);
  return (found?.tables ?? []).map(table => ({ kind: 'table', view, ...table }));
}

/** How many tables are short: failed, or not to be told. */
export function shortTables(view: PipelineView): number {
  return (view.coverage?.report.coverage ?? []).filter(isShort).length;
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
  const outcome = worst(reports.map(each => each?.outcome));
  const item = new vscode.TreeItem(
    `${node.id} ${node.name === node.id ? '' : node.name}`.trim(),
    outcome === 'pass' ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.Expanded,
  );
  item.id = `phase ${node.view.folder.uri.toString()} ${node.id}`;
  item.description = outcome === undefined ? 'not measured' : phaseWords(reports.filter(each => each !== undefined));
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
        [coveredShare(coverage), collapsible ? worstCounts(coverage) : ''].join(' ').trim()
      : node.view.coverage === undefined
        ? ''
        : 'no dates';
  if (coverage === undefined || !collapsible)
    item.command = { command: 'phasegate.openManifestLine', title: 'Open Manifest Line', arguments: [node] };
  item.accessibilityInformation = {
    label: `${node.shortName}: ${coverage === undefined ? 'not measured' : `${coverage.outcome}, ${coveredShare(coverage)}, ${worstCounts(coverage)}`}`,
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
    ...(coverage.lastWrite === undefined ? [] : [['last write', formatInstant(coverage.lastWrite)]]),
    ...(coverage.measuredAt === undefined ? [] : [['measured', formatInstant(coverage.measuredAt, 'seconds')]]),
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

/** The two worst of what a table lacks: more does not fit. */
function worstCounts(coverage: CoverageReport): string {
  return incompleteCounts(coverage).slice(0, 2).join(', ');
}
