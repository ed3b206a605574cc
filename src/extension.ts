// Activation: shows what is there at once, and starts the engine beside. Nothing of the engine is loaded in the extension host.
import { delimiter } from 'node:path';
import * as vscode from 'vscode';
import { registerCommands } from './editor/commands/commands';
import type { Engine } from './editor/engine-client';
import { Filter } from './editor/filter';
import { ReportPanel } from './editor/panels/report-panel';
import { Pipelines } from './editor/pipelines';
import { createStatusBar } from './editor/status-bar';
import { createTrees } from './editor/views/trees';

let engine: Engine | undefined;

/** What tests look at. */
export interface Api {
  readonly pipelines: Pipelines;
  /** Whether the engine was up when activation returned: it never is, for nobody waits for it. */
  readonly engineWasUp: boolean;
}

export function activate(context: vscode.ExtensionContext): Api {
  const start = performance.now();
  const log = vscode.window.createOutputChannel('Phasegate', { log: true });
  const pipelines = new Pipelines(context.workspaceState, log);
  const filter = new Filter(context.workspaceState);
  const panel = new ReportPanel(context.extensionUri, pipelines, log);
  context.subscriptions.push(
    log,
    pipelines,
    filter,
    createTrees(pipelines, filter),
    createStatusBar(pipelines),
    panel.register(),
    registerCommands({
      pipelines,
      panel,
      filter,
      log,
      memory: context.workspaceState,
      restartEngine: async () => {
        await engine?.stop();
        await startEngine(context, pipelines, log);
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
  void startEngine(context, pipelines, log);
  log.info(`activated in ${(performance.now() - start).toFixed(1)} ms`);
  return { pipelines, engineWasUp: engine !== undefined };
}

async function startEngine(
  context: vscode.ExtensionContext,
  pipelines: Pipelines,
  log: vscode.LogOutputChannel,
): Promise<void> {
  try {
    const client = await import('./editor/engine-client');
    engine = await client.startEngine(context, log, {
      trusted: vscode.workspace.isTrusted,
      sampleTemplates: context.asAbsolutePath('media/sample'),
    });
    await pipelines.connect(engine);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    log.error(`the engine could not be started: ${message}`);
    pipelines.fail(`its process could not be started (${message})`);
  }
}

export async function deactivate(): Promise<void> {
  await engine?.stop();
}
