// The report panel: the last report as a page beside the code, whose links open the lines that asked for what is wrong.
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Report } from '../../model/report';
import type { PipelineView, Pipelines, Question } from '../pipelines';
import { openLine, openPanel, openTableLine, usePage } from './page';
import { type ToReportPage, fromReportPage, toReportPage } from './report-messages';

const VIEW_TYPE = 'phasegate.report';

/** Shows reports in one panel, which is made when it is first needed and comes back after a reload. */
export class ReportPanel implements vscode.WebviewPanelSerializer {
  private panel: vscode.WebviewPanel | undefined;
  private shown: PipelineView | undefined;
  /** The report that the page kept over a reload: shown until another is asked for, which the coverage of every start is not. */
  private restored: Report | undefined;
  /** The report that the page has. */
  private sent: Report | undefined;
  private readonly extension: vscode.Uri;
  private readonly pipelines: Pipelines;
  private readonly log: vscode.LogOutputChannel;

  constructor(extension: vscode.Uri, pipelines: Pipelines, log: vscode.LogOutputChannel) {
    this.extension = extension;
    this.pipelines = pipelines;
    this.log = log;
  }

  /** Registers what brings the panel back after a reload, and keeps it up with new reports. */
  register(): vscode.Disposable {
    return vscode.Disposable.from(
      vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this),
      this.pipelines.onDidChange(() => this.send()),
    );
  }

  /** Opens the panel, or brings it to the front, with the last report of a pipeline. */
  show(view: PipelineView): void {
    this.shown = view;
    this.restored = undefined;
    if (this.panel === undefined) this.use(openPanel(VIEW_TYPE, 'Phasegate Report'));
    else this.panel.reveal(undefined, false);
    this.send();
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const message = toReportPage({
      type: 'report',
      report: (state as { readonly report?: unknown } | undefined)?.report,
    });
    this.restored = message?.type === 'report' ? message.report : undefined;
    this.use(panel);
    return Promise.resolve();
  }

  private use(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    this.sent = undefined;
    usePage(panel, {
      extension: this.extension,
      name: 'report',
      title: 'Phasegate Report',
      onMessage: message => this.receive(message),
      onGone: () => {
        this.panel = undefined;
        this.shown = undefined;
      },
    });
  }

  /** Sends what is to be shown. Without a report yet, the page keeps what it had before a reload. */
  private send(): void {
    const { panel } = this;
    if (panel === undefined) return;
    const view = this.shown ?? this.pipelines.withManifest[0];
    if (view === undefined) return;
    const { last } = view;
    const isOnlyCoverage = last === undefined || last.report.command === 'coverage';
    if (this.restored !== undefined && this.restored.command !== 'coverage' && isOnlyCoverage) return;
    this.restored = undefined;
    const message: ToReportPage | undefined =
      last !== undefined
        ? { type: 'report', report: last.report }
        : view.problem !== undefined
          ? { type: 'nothing', message: view.problem }
          : undefined;
    if (message === undefined) return;
    // Much is told of pipelines that changes no report: the page is left alone then.
    if (last !== undefined && last.report === this.sent) return;
    this.sent = last?.report;
    panel.title = `Phasegate: ${last?.report.command ?? 'report'}`;
    void panel.webview.postMessage(message);
  }

  /** Asks what the shown report answers once more, of the same tables. */
  private async askAgain(view: PipelineView): Promise<void> {
    const report = this.restored ?? view.last?.report;
    const question = report === undefined ? undefined : QUESTIONS[report.command];
    if (report === undefined || question === undefined) await this.pipelines.measure(view, true);
    else {
      const tables = report.subject === undefined ? report.phases.flatMap(phase => phase.tables) : [report.subject];
      await this.pipelines.ask(view, question, tables, true, report.since === undefined ? {} : { since: report.since });
    }
  }

  private async receive(data: unknown): Promise<void> {
    const message = fromReportPage(data);
    if (message === undefined) {
      this.log.warn('the report page sent what is no message of its own: it was ignored');
      return;
    }
    const view = this.shown ?? this.pipelines.withManifest[0];
    if (message.type === 'ready') {
      this.sent = undefined;
      this.send();
    }
    if (view === undefined) return;
    switch (message.type) {
      case 'ready':
        return;
      case 'openSource':
        await openLine(vscode.Uri.file(join(view.folder.uri.fsPath, message.file)), message.line);
        return;
      case 'openTable':
        await openTableLine(view, message.table);
        return;
      case 'statement': {
        const sql = await this.pipelines.statement(view, message.table);
        const answer: ToReportPage = { type: 'statement', table: message.table, sql };
        await this.panel?.webview.postMessage(answer);
        return;
      }
      case 'rows': {
        const report = this.restored ?? view.last?.report;
        const text = await this.pipelines.rows(view, message.table, message.id, report?.subject);
        const answer: ToReportPage = { type: 'rows', id: message.id, text };
        await this.panel?.webview.postMessage(answer);
        return;
      }
      case 'accept':
        await vscode.commands.executeCommand('phasegate.accept', {
          folder: view.folder.uri.fsPath,
          table: message.table,
          what: { check: message.check },
        });
        return;
      case 'copy':
        if (this.restored !== undefined) await this.askAgain(view); // its Markdown went with the window that was reloaded
        if (view.last === undefined) return;
        await vscode.env.clipboard.writeText(view.last.markdown);
        void vscode.window.setStatusBarMessage('Phasegate: the report is on the clipboard, as Markdown', 4000);
        return;
      case 'measure':
        await this.askAgain(view);
    }
  }
}

/** The question that a report answers. */
const QUESTIONS: Readonly<Record<string, Question>> = {
  preflight: 'phasegate/preflight',
  validate: 'phasegate/validate',
  ready: 'phasegate/ready',
  verify: 'phasegate/verify',
};
