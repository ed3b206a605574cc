// The engine process from the editor's side: started on demand, spoken to in types, started again with a message if it dies.
// A bundle of its own, loaded after activation: the language client is larger than all the rest of the extension.
import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  type ServerOptions,
  State,
  TransportKind,
} from 'vscode-languageclient/node';
import { setting } from './settings';
import { type EngineOptions, type Method, type Notifications, type Requests, TRUSTED } from '../protocol';

/** The engine as the rest of the editor sees it. */
export interface Engine {
  request<M extends Method>(
    method: M,
    params: Requests[M]['params'],
    token?: vscode.CancellationToken,
  ): Promise<Requests[M]['result']>;
  on<N extends keyof Notifications>(method: N, listen: (params: Notifications[N]) => void): vscode.Disposable;
  /** Tells that the workspace is trusted from now on. */
  trust(): void;
  /** Fires when the process has died and is up again: it knows nothing of before. */
  readonly onDidRestart: vscode.Event<void>;
  /** Fires with the reason when the process has died so often that it is left alone. */
  readonly onDidGiveUp: vscode.Event<string>;
  stop(): Promise<void>;
}

/** How often the engine is started again within the time below before it is left alone. */
const MOST_RESTARTS = 4;
const RESTARTS_WITHIN_MS = 3 * 60_000;

/**
 * Starts the engine process and waits until it answers.
 * @throws where it cannot be started: the native part does not load, the program is not there
 */
export async function startEngine(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  options: EngineOptions,
): Promise<Engine> {
  const module = context.asAbsolutePath('dist/engine.js');
  const server: ServerOptions = {
    command: process.execPath,
    args: [module],
    transport: TransportKind.stdio,
    // On a desktop the extension host's program is Electron, which is Node only when it is told so.
    options: { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } },
  };
  const restarted = new vscode.EventEmitter<void>();
  const gaveUp = new vscode.EventEmitter<string>();
  const deaths: number[] = [];
  let started = false;
  const client: LanguageClientOptions = {
    // Beside the manifest, the code that its tables are computed by: findings, lenses and hovers stand in it.
    documentSelector: [
      { scheme: 'file', pattern: '**/phasegate.yaml' },
      ...['python', 'sql', 'yaml'].map(language => ({ scheme: 'file', language })),
    ],
    synchronize: {
      fileEvents: [
        vscode.workspace.createFileSystemWatcher('**/phasegate.yaml'),
        vscode.workspace.createFileSystemWatcher('**/*.{py,sql}'),
      ],
    },
    initializationOptions: options,
    outputChannel: log,
    // The views and the status bar say it once; the log has the rest.
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationFailedHandler: () => false,
    middleware: {
      provideCodeLenses: (document, token, next) => (setting('codeLens', document.uri) ? next(document, token) : []),
    },
    errorHandler: {
      error: error => {
        log.error(`engine: ${error.message}`);
        return { action: ErrorAction.Continue, handled: true };
      },
      closed: () => {
        const now = Date.now();
        deaths.push(now);
        const recent = deaths.filter(at => now - at < RESTARTS_WITHIN_MS);
        log.warn(`the engine process ended (${recent.length} times in the last minutes)`);
        // Whoever waits for the first start is told by that; nobody is told twice.
        if (!started) return { action: CloseAction.DoNotRestart, handled: true };
        if (recent.length > MOST_RESTARTS) {
          gaveUp.fire('its process ends again and again and is left alone');
          return { action: CloseAction.DoNotRestart, handled: true };
        }
        return {
          action: CloseAction.Restart,
          message: 'Phasegate: the engine process ended and was started again. Nothing is lost; the log says more.',
        };
      },
    },
  };
  const languageClient = new LanguageClient('phasegate', 'Phasegate', server, client);
  languageClient.onDidChangeState(({ newState }) => {
    if (newState !== State.Running) return;
    if (started) restarted.fire();
    started = true;
  });
  await languageClient.start();
  const lenses = vscode.workspace.onDidChangeConfiguration(change => {
    if (!change.affectsConfiguration('phasegate.codeLens')) return;
    for (const document of vscode.workspace.textDocuments)
      languageClient.getFeature('textDocument/codeLens').getProvider(document)?.onDidChangeCodeLensEmitter.fire();
  });
  return {
    // A token of `undefined` would be sent as a second parameter.
    request: (method, params, token) =>
      token === undefined
        ? languageClient.sendRequest(method, params)
        : languageClient.sendRequest(method, params, token),
    on: (method, listen) => languageClient.onNotification(method, listen),
    trust: () => void languageClient.sendNotification(TRUSTED),
    onDidRestart: restarted.event,
    onDidGiveUp: gaveUp.event,
    stop: async () => {
      restarted.dispose();
      gaveUp.dispose();
      lenses.dispose();
      if (languageClient.state === State.Running) await languageClient.stop();
    },
  };
}
