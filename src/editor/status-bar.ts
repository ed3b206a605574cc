// The one item of the status bar: the backfill that runs, else the pipeline's verdict, and its target; a protected one is unmistakable.
import * as vscode from 'vscode';
import { countOf } from '../model/percent';
import { outcomeIcon } from './icons';
import type { Pipelines } from './pipelines';
import { type Runs, isGoingOn, runProgress, runTitle } from './runs';
import { shortTables } from './views/nodes';

export function createStatusBar(pipelines: Pipelines, runs: Runs): vscode.Disposable {
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
    const running = runs.all.find(({ run }) => isGoingOn(run));
    const state =
      running !== undefined
        ? `$(sync~spin) ${runTitle(running.run)} ${runProgress(running.run)}`
        : view.measuring.length > 0
          ? '$(sync~spin) measuring'
          : verdict === undefined
            ? '$(circle-outline) not measured'
            : `$(${outcomeIcon(verdict).id}) ${short > 0 ? `${countOf(short, 'table')} short` : verdict}`;
    item.text = `${state} · ${isProtected ? '$(lock) ' : ''}${target ?? 'no target'}${isProtected ? ' (protected)' : ''}`;
    item.tooltip = `Phasegate: ${view.manifest.outline?.name ?? view.folder.name}, target ${target ?? 'none'}${isProtected ? ', protected: writing needs a further confirmation' : ''}. Opens ${running === undefined ? 'the report' : 'the run'}.`;
    item.backgroundColor = isProtected ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.command =
      running === undefined
        ? 'phasegate.openReport'
        : {
            command: 'phasegate.openRun',
            title: 'Open Run',
            arguments: [{ folder: running.view.folder.uri.fsPath, id: running.run.id }],
          };
    item.show();
  };
  update();
  return vscode.Disposable.from(item, pipelines.onDidChange(update), runs.onDidChange(update));
}
