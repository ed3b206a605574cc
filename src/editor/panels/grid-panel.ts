// The grid panel: every date of every table in one picture, as it is and as it was, and what can be done with the dates that are selected.
import * as vscode from 'vscode';
import { addDays, formatDay, parseDay } from '../../model/day';
import { isoRange } from '../../model/day-text';
import type { PipelineView, Pipelines, ShownReport } from '../pipelines';
import { type DateAction, type FromGridPage, type ToGridPage, fromGridPage, toGridPage } from './grid-messages';
import { openPanel, openTableLine, usePage } from './page';

const VIEW_TYPE = 'phasegate.grid';

export class GridPanel implements vscode.WebviewPanelSerializer {
  private panel: vscode.WebviewPanel | undefined;
  private view: PipelineView | undefined;
  /** The coverage that the page has. */
  private sent: ShownReport | undefined;
  /** The instant that is shown; empty: now. */
  private at = '';
  private moments: readonly string[] = [];
  private readonly extension: vscode.Uri;
  private readonly pipelines: Pipelines;
  private readonly log: vscode.LogOutputChannel;

  constructor(extension: vscode.Uri, pipelines: Pipelines, log: vscode.LogOutputChannel) {
    this.extension = extension;
    this.pipelines = pipelines;
    this.log = log;
  }

  register(): vscode.Disposable {
    return vscode.Disposable.from(
      vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this),
      this.pipelines.onDidChange(() => void this.send()),
    );
  }

  /** Opens the panel, or brings it to the front, with the coverage of a pipeline. */
  async show(view: PipelineView): Promise<void> {
    if (view !== this.view) this.moments = [];
    this.view = view;
    this.at = '';
    this.sent = undefined;
    if (this.panel === undefined) this.use(openPanel(VIEW_TYPE, 'Phasegate Coverage'));
    else this.panel.reveal(undefined, false);
    if (view.coverage === undefined && view.measuring.length === 0) await this.pipelines.measure(view, false);
    await this.send();
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const message = toGridPage((state as { readonly message?: unknown } | undefined)?.message);
    if (message?.type === 'coverage') this.view = this.pipelines.of(message.folder);
    this.use(panel);
    return this.send();
  }

  private use(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    usePage(panel, {
      extension: this.extension,
      name: 'grid',
      title: 'Phasegate Coverage',
      onMessage: message => this.receive(message),
      onGone: () => {
        this.panel = undefined;
      },
    });
  }

  private post(message: ToGridPage): void {
    void this.panel?.webview.postMessage(message);
  }

  /** Sends the coverage where it is other than what the page has. The past stays what it was. */
  private async send(): Promise<void> {
    if (this.panel === undefined || this.at !== '') return;
    const view = this.view ?? this.pipelines.withManifest[0];
    if (view === undefined) return;
    this.view = view;
    const { coverage } = view;
    if (coverage === undefined) {
      if (view.problem !== undefined) this.post({ type: 'nothing', message: view.problem });
      return;
    }
    if (coverage === this.sent) return;
    this.sent = coverage;
    const folder = view.folder.uri.fsPath;
    // The picture first: which moments there are to go back to comes when it is known.
    this.post({ type: 'coverage', folder, report: coverage.report, moments: this.moments });
    const moments = await this.pipelines.request('phasegate/moments', this.targetRef(view));
    if (!Array.isArray(moments) || this.sent !== coverage || moments.join() === this.moments.join()) return;
    this.moments = moments;
    this.post({ type: 'coverage', folder, report: coverage.report, moments: this.moments });
  }

  private targetRef(view: PipelineView): { readonly folder: string; readonly target?: string } {
    const target = this.pipelines.targetOf(view);
    return { folder: view.folder.uri.fsPath, ...(target === undefined ? {} : { target }) };
  }

  private async receive(data: unknown): Promise<void> {
    const message = fromGridPage(data);
    if (message === undefined) {
      this.log.warn('the coverage page sent what is no message of its own: it was ignored');
      return;
    }
    if (message.type === 'ready') {
      this.sent = undefined;
      await this.send();
    }
    if (this.view !== undefined) await this.act(this.view, message);
  }

  private async act(view: PipelineView, message: FromGridPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        return;
      case 'measure':
        this.at = '';
        this.sent = undefined; // the page may show the past
        await this.pipelines.measure(view, true);
        await this.send();
        return;
      case 'at':
        await this.showAt(view, message.at);
        return;
      case 'date': {
        const { table, date } = message;
        const answer = await this.pipelines.request('phasegate/date', { ...this.targetRef(view), table, date });
        // What is known of dates is known of now.
        if (this.at === '') this.post({ type: 'date', table, date, words: answer.ok ? answer.text : '' });
        return;
      }
      case 'openTable':
        await openTableLine(view, message.table);
        return;
      default:
        await this.actOnDates(view, message.type, message);
    }
  }

  /** Coverage as it was at an instant; as it is where that is empty. */
  private async showAt(view: PipelineView, at: string): Promise<void> {
    this.at = at;
    if (at === '') {
      this.sent = undefined;
      await this.send();
      return;
    }
    const answer = await this.pipelines.request('phasegate/coverageAt', { ...this.targetRef(view), at });
    if (this.at !== at) return; // another moment was asked for meanwhile
    const { moments } = this;
    if (answer.ok) {
      this.post({ type: 'coverage', folder: view.folder.uri.fsPath, report: answer.report, moments, at });
      return;
    }
    // What was measured then may have been deleted meanwhile: there is always a now to go back to.
    this.post({ type: 'notice', message: `This is now: ${answer.message}` });
    this.at = '';
    this.sent = undefined;
    await this.send();
  }

  private async actOnDates(
    view: PipelineView,
    action: DateAction,
    { table, from, to }: { readonly table: string; readonly from: string; readonly to: string },
  ): Promise<void> {
    const folder = view.folder.uri.fsPath;
    switch (action) {
      case 'validate':
        await vscode.commands.executeCommand('phasegate.validate', { folder, table, from, to });
        return;
      case 'backfill':
        await vscode.commands.executeCommand('phasegate.backfill', { folder, table, ranges: [[from, to]] });
        return;
      case 'documents':
        await findInDocuments(from, to);
        return;
      case 'copy':
        await vscode.env.clipboard.writeText(`${table} ${isoRange(from, to)}`);
        void vscode.window.setStatusBarMessage('Phasegate: the dates are on the clipboard', 4000);
    }
  }
}

/** More dates than these make a search that nobody reads. */
const MOST_SEARCHED = 62;

/** Looks for the dates in the documents of the workspace. */
async function findInDocuments(from: string, to: string): Promise<void> {
  const [first, last] = [parseDay(from), parseDay(to)];
  if (first === undefined || last === undefined) return; // the page speaks of no other dates
  const dates = Array.from({ length: Math.min(last - first + 1, MOST_SEARCHED) }, (_, i) =>
    formatDay(addDays(first, i)),
  );
  await vscode.commands.executeCommand('workbench.action.findInFiles', {
    query: dates.join('|'),
    isRegex: true,
    triggerSearch: true,
    filesToInclude: '*.md,*.txt',
    filesToExclude: '.phasegate',
  });
}
