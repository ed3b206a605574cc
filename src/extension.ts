// Activation: shows what is there at once, and starts the engine beside. Nothing of the engine is loaded in the extension host.
import { delimiter } from 'node:path';
import * as vscode from 'vscode';
import { errorWords } from './model/error-words';
import { registerCommands } from './editor/commands/commands';
import type { Engine } from './editor/engine-client';
import { Filter } from './editor/filter';
import { GridPanel } from './editor/panels/grid-panel';
import { PlanPanel } from './editor/panels/plan-panel';
import { ReportPanel } from './editor/panels/report-panel';
import { RunPanel } from './editor/panels/run-panel';
import { Pipelines } from './editor/pipelines';
import { Runs } from './editor/runs';
import { createStatusBar } from './editor/status-bar';
import { Tests } from './editor/tests';
import { createRunsTree } from './editor/views/runs-tree';
import { createTrees } from './editor/views/trees';

let engine: Engine | undefined;

/** What tests look at. */
export interface Api {
  readonly pipelines: Pipelines;
  readonly runs: Runs;
  /** Whether the engine was up when activation returned: it never is, for nobody waits for it. */
  readonly engineWasUp: boolean;
}

export function activate(context: vscode.ExtensionContext): Api {
  const start = performance.now();
  const log = vscode.window.createOutputChannel('Phasegate', { log: true });
  const pipelines = new Pipelines(context.workspaceState, log);
  const filter = new Filter(context.workspaceState);
  const runs = new Runs(pipelines, context.workspaceState);
  const panel = new ReportPanel(context.extensionUri, pipelines, log);
  const tests = new Tests(pipelines);
  const gridPanel = new GridPanel(context.extensionUri, pipelines, log);
  const runPanel = new RunPanel(context.extensionUri, pipelines, runs, log);
  const planPanel = new PlanPanel(context.extensionUri, pipelines, log, (view, id) =>
    runPanel.show({ folder: view.folder.uri.fsPath, id }),
  );
  context.subscriptions.push(
    log,
    pipelines,
    filter,
    runs,
    tests,
    createTrees(pipelines, filter),
    createRunsTree(runs),
    createStatusBar(pipelines, runs),
    panel.register(),
    runPanel.register(),
    planPanel.register(),
    gridPanel.register(),
    registerCommands({
      pipelines,
      runs,
      panel,
      runPanel,
      planPanel,
      gridPanel,
      filter,
      log,
      memory: context.workspaceState,
      restartEngine: async () => {
        await engine?.stop();
        await startEngine(context, pipelines, [runs, tests], log);
      },
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(() => void pipelines.readAll()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      engine?.trust();
      void pipelines.readAll();
    }),
  );
  // Terminals find the command line of this very version; a program of the same name that comes first on the PATH is left there.
  context.environmentVariableCollection.append('PATH', `${delimiter}${context.asAbsolutePath('bin')}`);
  context.environmentVariableCollection.replace('PHASEGATE_NODE', process.execPath);
  context.environmentVariableCollection.description = 'The `phasegate` command line of this version';
  void startEngine(context, pipelines, [runs, tests], log);
  log.info(`activated in ${(performance.now() - start).toFixed(1)} ms`);
  return { pipelines, runs, engineWasUp: engine !== undefined };
}

async function startEngine(
  context: vscode.ExtensionContext,
  pipelines: Pipelines,
  followers: readonly { connect(engine: Engine): void }[],
  log: vscode.LogOutputChannel,
): Promise<void> {
  try {
    const client = await import('./editor/engine-client');
    engine = await client.startEngine(context, log, {
      trusted: vscode.workspace.isTrusted,
      programs: context.asAbsolutePath('dist'),
      version: (context.extension.packageJSON as { readonly version: string }).version,
      sampleTemplates: context.asAbsolutePath('media/sample'),
    });
    for (const each of followers) each.connect(engine);
    await pipelines.connect(engine);
  } catch (error) {
    const message = errorWords(error);
    log.error(`the engine could not be started: ${message}`);
    pipelines.fail(`its process could not be started (${message})`);
  }
}

export async function deactivate(): Promise<void> {
  await engine?.stop();
}
