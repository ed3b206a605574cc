// Every command of the palette: each is enabled only where it makes sense, and guarded here as well.
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { AcceptParams, QuestionParams } from '../../protocol';
import { openLine } from '../panels/page';
import type { GridPanel } from '../panels/grid-panel';
import type { PlanPanel } from '../panels/plan-panel';
import type { RunPanel } from '../panels/run-panel';
import { type PipelineView, type Question, cancelAll } from '../pipelines';
import { backfillCommands } from './backfill-commands';
import { type Argument, type CommandContext, folderOf, mayMeasure, pickTables, pipelineFor, tableOf } from './context';
import { STARTER_MANIFEST } from './starter-manifest';

/** Registers all commands. */
export function registerCommands(
  context: CommandContext & {
    readonly planPanel: PlanPanel;
    readonly runPanel: RunPanel;
    readonly gridPanel: GridPanel;
  },
): vscode.Disposable {
  const { pipelines, panel, filter, log } = context;
  const commands: Readonly<Record<string, (argument: Argument) => unknown>> = {
    'phasegate.preflight': argument => askAbout(context, 'phasegate/preflight', argument),
    'phasegate.validate': argument => askAbout(context, 'phasegate/validate', argument),
    'phasegate.verify': argument => verifyWrites(context, argument),
    'phasegate.ready': argument => checkReadiness(context, argument),
    'phasegate.measure': argument => measure(context, argument),
    'phasegate.cancel': () => {
      for (const view of pipelines.all) cancelAll(view);
    },
    'phasegate.openReport': async argument => {
      const view = await pipelineFor(context, argument);
      if (view !== undefined) panel.show(view);
    },
    'phasegate.openGrid': async argument => {
      if (!mayMeasure(context)) return;
      const view = await pipelineFor(context, argument);
      if (view !== undefined) await context.gridPanel.show(view);
    },
    'phasegate.showCoverage': () => vscode.commands.executeCommand('phasegate.coverage.focus'),
    'phasegate.switchTarget': () => switchTarget(context),
    'phasegate.openSample': () => openSample(context),
    'phasegate.createManifest': () => createManifest(),
    'phasegate.openManifest': async () => {
      const view = await pipelineFor(context, undefined);
      if (view?.manifest.file !== undefined) await openLine(vscode.Uri.file(view.manifest.file), 1);
    },
    'phasegate.openManifestLine': argument => openManifestLine(argument),
    'phasegate.copyName': async argument => {
      const name = tableOf(argument);
      if (name !== undefined) await vscode.env.clipboard.writeText(name);
    },
    'phasegate.filter': () => filter.ask(),
    'phasegate.clearFilter': () => filter.clear(),
    'phasegate.showLog': () => log.show(),
    'phasegate.restartEngine': () => context.restartEngine(),
  };
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([name, run]) =>
      vscode.commands.registerCommand(name, (argument?: Argument) => run(argument)),
    ),
    ...Object.entries(backfillCommands(context)).map(([name, run]) => vscode.commands.registerCommand(name, run)),
    vscode.commands.registerCommand('phasegate.accept', (finding: Omit<AcceptParams, 'reason'>) =>
      accept(context, finding),
    ),
  );
}

/** Asks a gate about tables and shows its report. */
async function askAbout(
  context: CommandContext,
  question: Question,
  argument: Argument,
  since?: () => Thenable<string | undefined>,
): Promise<void> {
  if (!mayMeasure(context)) return;
  const view = await pipelineFor(context, argument);
  if (view === undefined) return;
  const named = tableOf(argument);
  const tables = named === undefined ? await pickTables(context, view, question, PICKER_TITLES[question]) : [named];
  if (tables === undefined || tables.length === 0) return;
  const from = await since?.();
  if (since !== undefined && from === undefined) return;
  await ask(context, view, question, tables, { ...rangeOf(argument), ...(from === undefined ? {} : { since: from }) });
}

/** The dates that a command is called for; none where it is for all of them. */
function rangeOf(argument: Argument): { readonly from?: string; readonly to?: string } {
  if (argument === undefined) return {};
  if (!('kind' in argument))
    return {
      ...(argument.from === undefined ? {} : { from: argument.from }),
      ...(argument.to === undefined ? {} : { to: argument.to }),
    };
  return argument.kind === 'run' ? { from: argument.run.from, to: argument.run.to } : {};
}

/** Asks, and shows the report. */
async function ask(
  context: CommandContext,
  view: PipelineView,
  question: Question,
  tables: readonly string[],
  about: Pick<QuestionParams, 'since' | 'from' | 'to'> = {},
): Promise<void> {
  const answer = await vscode.window.withProgress({ location: { viewId: 'phasegate.phases' }, title: question }, () =>
    context.pipelines.ask(view, question, tables, true, about),
  );
  // A job is started after its preflight: what was written since then is what a verification is asked about.
  if (question === 'phasegate/preflight' && answer?.ok === true)
    await context.memory.update(SINCE_KEY, new Date().toISOString());
  if (answer === undefined || answer.ok) {
    context.panel.show(view);
    return;
  }
  if (answer.message !== 'cancelled') void vscode.window.showErrorMessage(`Phasegate: ${answer.message}`);
}

const SINCE_KEY = 'phasegate.since';
const HOUR_MS = 3_600_000;

/** Asks whether tables were written since an instant: since the last preflight unless another is said. */
function verifyWrites(context: CommandContext, argument: Argument): Promise<void> {
  return askAbout(context, 'phasegate/verify', argument, async () => {
    const known = context.memory.get<string>(SINCE_KEY, new Date(Date.now() - HOUR_MS).toISOString());
    const since = await vscode.window.showInputBox({
      title: 'Phasegate: written since when?',
      prompt:
        'When the job began: the last preflight unless you say otherwise. With its zone, as in 2026-01-04T09:30:00Z',
      value: known,
      validateInput: text =>
        Number.isNaN(Date.parse(text)) ? `${text} is no instant: write one as in 2026-01-04T09:30:00Z` : undefined,
    });
    return since === undefined ? undefined : new Date(since).toISOString();
  });
}

/** Asks whether a training may start: the only one, or the one picked. */
async function checkReadiness(context: CommandContext, argument: Argument): Promise<void> {
  if (!mayMeasure(context)) return;
  const view = await pipelineFor(context, argument);
  if (view === undefined) return;
  const names = view.manifest.outline?.trainings ?? [];
  if (names.length === 0) {
    void vscode.window.showWarningMessage('Phasegate: the manifest declares no trainings: add them under `trainings:`');
    return;
  }
  const picked =
    names.length === 1
      ? names[0]
      : await vscode.window.showQuickPick([...names], { title: 'Phasegate: may which training start?' });
  if (picked !== undefined) await ask(context, view, 'phasegate/ready', [picked]);
}

const PICKER_TITLES: Readonly<Record<Question, string>> = {
  'phasegate/coverage': 'Measure these tables',
  'phasegate/preflight': 'Preflight: may these tables be written now?',
  'phasegate/ready': 'Readiness: may these be trained on?',
  'phasegate/validate': 'Validate these tables',
  'phasegate/verify': 'Verify: were these tables written?',
};

async function measure(context: CommandContext, argument: Argument): Promise<void> {
  if (!mayMeasure(context)) return;
  const folder = folderOf(argument);
  const views = context.pipelines.withManifest.filter(
    view => folder === undefined || view.folder.uri.fsPath === folder,
  );
  await vscode.window.withProgress({ location: { viewId: 'phasegate.phases' } }, async () => {
    for (const view of views) await context.pipelines.measure(view, true);
  });
}

async function switchTarget(context: CommandContext): Promise<void> {
  if (!mayMeasure(context)) return;
  const view = await pipelineFor(context, undefined);
  const targets = view?.manifest.outline?.targets ?? [];
  if (view === undefined || targets.length === 0) return;
  const current = context.pipelines.targetOf(view);
  const picked = await vscode.window.showQuickPick(
    targets.map(target => ({
      label: `${target.protected ? '$(lock) ' : ''}${target.name}`,
      description: `${target.type}${target.protected ? ', protected' : ''}${target.name === current ? ', in use' : ''}`,
      target,
    })),
    { title: 'Phasegate: measure which target?' },
  );
  if (picked !== undefined) await context.pipelines.chooseTarget(view, picked.target.name);
}

async function openManifestLine(argument: Argument): Promise<void> {
  if (argument === undefined || !('kind' in argument)) return;
  const { file, outline } = argument.view.manifest;
  if (file === undefined) return;
  const table = tableOf(argument);
  const line =
    argument.kind === 'phase'
      ? argument.line
      : outline?.phases.flatMap(phase => phase.tables).find(({ name }) => name === table)?.line;
  await openLine(vscode.Uri.file(file), line ?? 1);
}

async function openSample({ pipelines }: CommandContext): Promise<void> {
  if (pipelines.unavailable !== undefined) {
    void vscode.window.showErrorMessage(`Phasegate: the engine is unavailable: ${pipelines.unavailable}`);
    return;
  }
  const [parent] =
    (await vscode.window.showOpenDialog({
      title: 'Where shall the sample pipeline be written? A folder "phasegate-sample" is made there',
      openLabel: 'Write the Sample Here',
      canSelectFiles: false,
      canSelectFolders: true,
      canSelectMany: false,
    })) ?? [];
  if (parent === undefined) return;
  const folder = join(parent.fsPath, 'phasegate-sample');
  const problem = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Phasegate: writing the sample pipeline' },
    () => pipelines.writeSample(folder),
  );
  if (problem !== undefined) {
    void vscode.window.showErrorMessage(`Phasegate: ${problem}`);
    return;
  }
  await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(folder), { forceReuseWindow: true });
}

/** Writes a manifest to begin with into the window's folder, unless there is one. */
async function createManifest(): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined) {
    void vscode.window.showWarningMessage('Phasegate: open a folder first: the manifest lies at its root');
    return;
  }
  const uri = vscode.Uri.joinPath(folder.uri, 'phasegate.yaml');
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(uri, { ignoreIfExists: true, contents: new TextEncoder().encode(STARTER_MANIFEST) });
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(uri);
}

/** Accepts a finding, or declares a known gap: asks for the reason, changes the manifest, and saves it where it was saved before. */
async function accept({ pipelines }: CommandContext, finding: Omit<AcceptParams, 'reason'>): Promise<void> {
  const subject = 'check' in finding.what ? finding.what.check : `${finding.what.from} → ${finding.what.to}`;
  const reason = await vscode.window.showInputBox({
    title: `Phasegate: why is ${subject} of ${finding.table} accepted?`,
    prompt: 'The reason is written into the manifest and shown with every report',
    validateInput: text => (text.trim() === '' ? 'A reason is needed: somebody will ask for it' : undefined),
  });
  if (reason === undefined) return;
  const answer = await pipelines.acceptance({ ...finding, reason: reason.trim() });
  if (!answer.ok) {
    void vscode.window.showErrorMessage(`Phasegate: ${answer.message}`);
    return;
  }
  const uri = vscode.Uri.file(answer.file);
  const document = await vscode.workspace.openTextDocument(uri);
  const wasSaved = !document.isDirty;
  const edit = new vscode.WorkspaceEdit();
  const { start, end, newText } = answer;
  edit.replace(uri, new vscode.Range(start.line, start.character, end.line, end.character), newText);
  await vscode.workspace.applyEdit(edit);
  if (wasSaved) await document.save();
}
