// The one item of the status bar: the pipeline's verdict and its target; a protected target is unmistakable.
import * as vscode from 'vscode';
import { countOf } from '../model/percent';
import { outcomeIcon } from './icons';
import type { Pipelines } from './pipelines';
import { shortTables } from './views/nodes';

export function createStatusBar(pipelines: Pipelines): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('phasegate.status', vscode.StatusBarAlignment.Left, 10);
  item.name = 'Phasegate';
  const update = (): void => {
    if (pipelines.unavailable !== undefined) {
      item.text = '$(debug-disconnect) Phasegate engine unavailable';
      item.tooltip = `Phasegate: ${pipelines.unavailable}. Starts the engine again.`;
      item.backgroundColor = new vscode.ThemeColor('statusBarItem.errorBackground');
      item.command = 'phasegate.restartEngine';
      item.show();
      return;
    }
    const [view] = pipelines.withManifest;
    if (view === undefined) {
      item.hide();
      return;
    }
    const target = pipelines.targetOf(view);
    const isProtected =
      view.manifest.outline?.targets.some(({ name, protected: its }) => name === target && its) === true;
    const verdict = view.coverage?.report.verdict;
    const short = shortTables(view);
    const state =
      view.measuring.length > 0
        ? '$(sync~spin) measuring'
        : verdict === undefined
          ? '$(circle-outline) not measured'
          : `$(${outcomeIcon(verdict).id}) ${short > 0 ? `${countOf(short, 'table')} short` : verdict}`;
    item.text = `${state} · ${isProtected ? '$(lock) ' : ''}${target ?? 'no target'}${isProtected ? ' (protected)' : ''}`;
    item.tooltip = `Phasegate: ${view.manifest.outline?.name ?? view.folder.name}, target ${target ?? 'none'}${isProtected ? ', protected: writing needs a further confirmation' : ''}. Opens the report.`;
    item.backgroundColor = isProtected ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.command = 'phasegate.openReport';
    item.show();
  };
  update();
  return vscode.Disposable.from(item, pipelines.onDidChange(update));
}
