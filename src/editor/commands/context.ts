// What commands share: whom they speak to, and how it is found out which pipeline and which tables are meant.
import * as vscode from 'vscode';
import type { Method } from '../../protocol';
import type { Filter } from '../filter';
import type { ReportPanel } from '../panels/report-panel';
import type { PipelineView, Pipelines } from '../pipelines';
import type { Runs } from '../runs';
import type { Node } from '../views/nodes';

/** What a command may be called with: a node of a tree, or what a lens or the page names. */
export type Argument =
  Node | { readonly folder: string; readonly table?: string; readonly from?: string; readonly to?: string } | undefined;

export interface CommandContext {
  readonly pipelines: Pipelines;
  readonly runs: Runs;
  readonly panel: ReportPanel;
  readonly filter: Filter;
  readonly log: vscode.LogOutputChannel;
  readonly memory: vscode.Memento;
  readonly restartEngine: () => Promise<void>;
}

/** Whether anything may be measured: says why not where it may not. */
export function mayMeasure({ pipelines }: CommandContext): boolean {
  const why = !vscode.workspace.isTrusted
    ? 'this workspace is not trusted: trust it to measure'
    : pipelines.unavailable !== undefined
      ? `the engine is unavailable: ${pipelines.unavailable}`
      : pipelines.withManifest.length === 0
        ? 'no folder of this window has a phasegate.yaml: open the sample, or create a manifest'
        : undefined;
  if (why !== undefined) void vscode.window.showWarningMessage(`Phasegate: ${why}`);
  return why === undefined;
}

export function folderOf(argument: Argument): string | undefined {
  if (argument === undefined) return undefined;
  return 'view' in argument ? argument.view.folder.uri.fsPath : argument.folder;
}

export function tableOf(argument: Argument): string | undefined {
  if (argument === undefined) return undefined;
  if ('kind' in argument) {
    if (argument.kind === 'table') return argument.name;
    return argument.kind === 'season' || argument.kind === 'run' ? argument.coverage.table : undefined;
  }
  return argument.table;
}

/** The pipeline that is meant: the one named, the only one, or the one picked. */
export async function pipelineFor(
  { pipelines }: CommandContext,
  argument: Argument,
): Promise<PipelineView | undefined> {
  const folder = folderOf(argument);
  if (folder !== undefined) return pipelines.of(folder);
  const views = pipelines.withManifest;
  if (views.length <= 1) return views[0];
  const picked = await vscode.window.showQuickPick(
    views.map(view => ({
      label: view.manifest.outline?.name ?? view.folder.name,
      description: view.folder.uri.fsPath,
      view,
    })),
    { title: 'Phasegate: which pipeline?' },
  );
  return picked?.view;
}

/** Asks for tables; the ones asked about last time are picked beforehand. */
export async function pickTables(
  { memory }: CommandContext,
  view: PipelineView,
  question: Method,
  what: string,
): Promise<readonly string[] | undefined> {
  const key = `phasegate.picked ${question} ${view.folder.uri.fsPath}`;
  const last = new Set(memory.get<readonly string[]>(key, []));
  const items = (view.manifest.outline?.phases ?? []).flatMap(phase =>
    phase.tables.map(({ name, shortName }) => ({
      label: shortName,
      description: `phase ${phase.id} ${phase.name}`,
      name,
      picked: last.has(name),
    })),
  );
  const picked = await vscode.window.showQuickPick(items, {
    title: `Phasegate: ${what}`,
    canPickMany: true,
    matchOnDescription: true,
  });
  if (picked === undefined) return undefined;
  const names = picked.map(({ name }) => name);
  await memory.update(key, names);
  return names;
}
