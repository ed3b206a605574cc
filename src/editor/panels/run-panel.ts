// The run panel: how a backfill goes on, what it could not do and why, and its logs.
import * as vscode from 'vscode';
import type { RunSummary } from '../../protocol';
import type { Pipelines } from '../pipelines';
import { type Runs, runTitle } from '../runs';
import { openPanel, usePage } from './page';
import { type FromRunPage, type ToRunPage, fromRunPage, toRunPage } from './run-messages';

const VIEW_TYPE = 'phasegate.run';

/** A run, wherever it is spoken of. */
export interface RunAt {
  readonly folder: string;
  readonly id: string;
}

export class RunPanel implements vscode.WebviewPanelSerializer {
  private panel: vscode.WebviewPanel | undefined;
  private shown: RunAt | undefined;
  private sent: RunSummary | undefined;
  private readonly extension: vscode.Uri;
  private readonly pipelines: Pipelines;
  private readonly runs: Runs;
  private readonly log: vscode.LogOutputChannel;

  constructor(extension: vscode.Uri, pipelines: Pipelines, runs: Runs, log: vscode.LogOutputChannel) {
    this.extension = extension;
    this.pipelines = pipelines;
    this.runs = runs;
    this.log = log;
  }

  register(): vscode.Disposable {
    return vscode.Disposable.from(
      vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this),
      this.runs.onDidChange(() => this.send()),
    );
  }

  show(run: RunAt): void {
    this.shown = run;
    this.sent = undefined;
    if (this.panel === undefined) this.use(openPanel(VIEW_TYPE, 'Phasegate Run'));
    else this.panel.reveal(undefined, false);
    this.send();
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const kept = toRunPage({ type: 'run', ...(state as object | undefined) });
    if (kept?.type === 'run') this.shown = { folder: kept.folder, id: kept.run.id };
    this.use(panel);
    this.send();
    return Promise.resolve();
  }

  private use(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    usePage(panel, {
      extension: this.extension,
      name: 'run',
      title: 'Phasegate Run',
      onMessage: message => this.receive(message),
      onGone: () => {
        this.panel = undefined;
        this.shown = undefined;
      },
    });
  }

  private send(): void {
    const { panel, shown } = this;
    if (panel === undefined || shown === undefined) return;
    const run = this.runs.find(shown.folder, shown.id)?.run;
    if (run === undefined || run === this.sent) return;
    this.sent = run;
    panel.title = `Phasegate: ${runTitle(run)}`;
    this.post({ type: 'run', folder: shown.folder, run });
  }

  private post(message: ToRunPage): void {
    void this.panel?.webview.postMessage(message);
  }

  private async receive(data: unknown): Promise<void> {
    const message = fromRunPage(data);
    if (message === undefined) {
      this.log.warn('the run page sent what is no message of its own: it was ignored');
      return;
    }
    if (message.type === 'ready') {
      this.sent = undefined;
      this.send();
    }
    if (this.shown !== undefined) await this.act(this.shown, message);
  }

  private async act(shown: RunAt, message: FromRunPage): Promise<void> {
    const run = this.runs.find(shown.folder, shown.id)?.run;
    switch (message.type) {
      case 'ready':
        return;
      case 'cancel':
        await vscode.commands.executeCommand('phasegate.cancelRun', shown);
        return;
      case 'resume':
        await vscode.commands.executeCommand('phasegate.resumeRun', shown);
        return;
      case 'report':
        await vscode.commands.executeCommand('phasegate.openRunReport', shown);
        return;
      case 'plan':
        if (run !== undefined) await openFile(run.folder, 'plan.json');
        return;
      case 'copy': {
        const answer = await this.pipelines.request('phasegate/runReport', shown);
        if (answer.ok) {
          await vscode.env.clipboard.writeText(answer.text);
          void vscode.window.setStatusBarMessage('Phasegate: the report is on the clipboard, as Markdown', 4000);
        } else void vscode.window.showWarningMessage(`Phasegate: ${answer.message}`);
        return;
      }
      case 'log': {
        const { step, search } = message;
        const answer = await this.pipelines.request('phasegate/runLog', { ...shown, step, search });
        this.post({ type: 'log', step, search, text: answer.ok ? answer.text : answer.message });
        return;
      }
      case 'openLog': {
        const log = run?.steps.find(({ id }) => id === message.step)?.log;
        if (run !== undefined && log !== undefined) await openFile(run.folder, log);
        return;
      }
      case 'openReport':
        await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(message.path));
        return;
      case 'retry': {
        const step = run?.steps.find(({ id }) => id === message.step);
        if (step === undefined) return;
        const ranges = step.dates.flatMap(([from, to, , state]) =>
          state === 'failed' || state === 'needs-someone' ? [[from, to] as const] : [],
        );
        await vscode.commands.executeCommand('phasegate.backfill', { folder: shown.folder, table: step.table, ranges });
      }
    }
  }
}

async function openFile(folder: string, name: string): Promise<void> {
  await vscode.window.showTextDocument(vscode.Uri.joinPath(vscode.Uri.file(folder), name), { preview: true });
}
