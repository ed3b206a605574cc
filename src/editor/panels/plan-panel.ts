// The plan panel: what a backfill would run, to be looked at and cut down before anything is written.
import * as vscode from 'vscode';
import { shownCommand } from '../../model/command-line';
import type { Plan } from '../../protocol';
import { chosenPython } from '../python';
import type { PipelineView, Pipelines } from '../pipelines';
import { typedName } from '../protected-target';
import { openPanel, usePage } from './page';
import {
  type FromPlanPage,
  type PlanQuestion,
  type ToPlanPage,
  fromPlanPage,
  planQuestion,
  toPlanPage,
} from './plan-messages';

const VIEW_TYPE = 'phasegate.plan';

/** What is asked for unless somebody says otherwise. */
export const ASKED: Omit<PlanQuestion, 'tables'> = {
  upstream: false,
  stale: false,
  rebuild: false,
  keepGoing: false,
  canary: true,
  takenOut: [],
  only: [],
};

export class PlanPanel implements vscode.WebviewPanelSerializer {
  private panel: vscode.WebviewPanel | undefined;
  private view: PipelineView | undefined;
  private question: PlanQuestion | undefined;
  private plan: Plan | undefined;
  /** The planning that is on its way: another one takes its place. */
  private planning: vscode.CancellationTokenSource | undefined;
  private readonly extension: vscode.Uri;
  private readonly pipelines: Pipelines;
  private readonly log: vscode.LogOutputChannel;
  private readonly onStarted: (view: PipelineView, id: string) => void;

  constructor(
    extension: vscode.Uri,
    pipelines: Pipelines,
    log: vscode.LogOutputChannel,
    onStarted: (view: PipelineView, id: string) => void,
  ) {
    this.extension = extension;
    this.pipelines = pipelines;
    this.log = log;
    this.onStarted = onStarted;
  }

  register(): vscode.Disposable {
    return vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this);
  }

  /** Opens the panel with a plan that is made now. */
  async show(view: PipelineView, question: PlanQuestion): Promise<void> {
    this.view = view;
    this.question = question;
    this.plan = undefined;
    if (this.panel === undefined) this.use(openPanel(VIEW_TYPE, 'Phasegate Plan'));
    else this.panel.reveal(undefined, false);
    await this.make();
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const kept = toPlanPage(state);
    if (kept?.type === 'plan') {
      this.question = planQuestion(kept.question);
      this.view = this.pipelines.of(kept.folder);
    }
    this.use(panel);
    await this.make();
  }

  private use(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    usePage(panel, {
      extension: this.extension,
      name: 'plan',
      title: 'Phasegate Plan',
      onMessage: message => this.receive(message),
      onGone: () => {
        this.planning?.cancel();
        this.panel = undefined;
      },
    });
  }

  private send(message: ToPlanPage): void {
    void this.panel?.webview.postMessage(message);
  }

  private async make(): Promise<void> {
    const { view, question } = this;
    if (view === undefined || question === undefined) return;
    this.planning?.cancel();
    const source = new vscode.CancellationTokenSource();
    this.planning = source;
    this.plan = undefined;
    this.send({ type: 'busy', words: 'Measuring what is short' });
    const folder = view.folder.uri.fsPath;
    const target = this.pipelines.targetOf(view);
    const python = await chosenPython(view.folder.uri);
    const answer = await this.pipelines.request(
      'phasegate/plan',
      {
        folder,
        ...question,
        ...(target === undefined ? {} : { target }),
        ...(python === undefined ? {} : { python }),
      },
      source.token,
    );
    if (source.token.isCancellationRequested) return;
    if (answer.ok) {
      this.plan = answer.plan;
      this.send({ type: 'plan', folder, plan: answer.plan, question });
    } else this.send({ type: 'problem', message: answer.message, changes: [] });
  }

  private async receive(data: unknown): Promise<void> {
    const message = fromPlanPage(data);
    if (message === undefined) {
      this.log.warn('the plan page sent what is no message of its own: it was ignored');
      return;
    }
    switch (message.type) {
      case 'ready':
        if (this.plan !== undefined && this.view !== undefined && this.question !== undefined)
          this.send({ type: 'plan', folder: this.view.folder.uri.fsPath, plan: this.plan, question: this.question });
        return;
      case 'again':
        await this.make();
        return;
      case 'switch':
      case 'takeOut':
      case 'putBack':
        if (this.question === undefined) return;
        this.question = changed(this.question, message);
        await this.make();
        return;
      case 'copy':
        await vscode.env.clipboard.writeText(commandsOf(this.plan));
        void vscode.window.setStatusBarMessage('Phasegate: the commands are on the clipboard', 4000);
        return;
      case 'save':
        await this.save();
        return;
      case 'run':
        await this.run();
    }
  }

  private async save(): Promise<void> {
    const { plan, view } = this;
    if (plan === undefined || view === undefined) return;
    const uri = await vscode.window.showSaveDialog({
      title: 'Save the plan, for "phasegate backfill --plan"',
      defaultUri: vscode.Uri.joinPath(view.folder.uri, 'plan.json'),
      filters: { Plan: ['json'] },
    });
    if (uri !== undefined)
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(`${JSON.stringify(plan, undefined, 1)}\n`));
  }

  /** Runs the very plan that the page shows. A protected target asks for its name. */
  private async run(): Promise<void> {
    const { plan, view } = this;
    if (plan === undefined || view === undefined || !vscode.workspace.isTrusted) return;
    const { name, protected: isProtected } = plan.target;
    const confirmed = isProtected ? await typedName(name) : '';
    if (confirmed === undefined) return;
    this.send({ type: 'busy', words: 'Starting the run' });
    const answer = await this.pipelines.request('phasegate/start', {
      folder: view.folder.uri.fsPath,
      plan,
      confirmed,
    });
    if (!answer.ok) {
      this.send({
        type: 'problem',
        message: answer.message,
        changes: 'changes' in answer ? answer.changes : [],
      });
      return;
    }
    this.panel?.dispose();
    this.onStarted(view, answer.id);
  }
}

function changed(
  question: PlanQuestion,
  message: Extract<FromPlanPage, { type: 'switch' | 'takeOut' | 'putBack' }>,
): PlanQuestion {
  if (message.type === 'switch') return { ...question, [message.name]: message.on };
  const { table, from, to } = message;
  const others = question.takenOut.filter(each => each.table !== table);
  const ranges = question.takenOut.find(each => each.table === table)?.ranges ?? [];
  const isSame = ([first, last]: readonly [string, string]): boolean => first === from && last === to;
  const wanted =
    message.type === 'takeOut'
      ? [...ranges.filter(each => !isSame(each)), [from, to] as const]
      : ranges.filter(each => !isSame(each));
  return { ...question, takenOut: wanted.length === 0 ? others : [...others, { table, ranges: wanted }] };
}

/** Every command of a plan, a line each, as a shell takes it. */
function commandsOf(plan: Plan | undefined): string {
  const lines = (plan?.steps ?? []).flatMap(step =>
    step.chunks.flatMap(({ argv }) => (argv === undefined ? [] : [shownCommand(argv)])),
  );
  return `${lines.join('\n')}\n`;
}
