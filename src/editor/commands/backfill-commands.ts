// The commands of backfills: plan one, look at a run, end it, go on with it. Each guards itself, whichever way it is called.
import * as vscode from 'vscode';
import type { PlanPanel } from '../panels/plan-panel';
import { ASKED } from '../panels/plan-panel';
import type { RunAt, RunPanel } from '../panels/run-panel';
import type { StartAnswer } from '../../protocol';
import { typedName } from '../protected-target';
import { type RunView, isGoingOn, runProgress, runTitle } from '../runs';
import { type Argument, type CommandContext, mayMeasure, pickTables, pipelineFor, tableOf } from './context';

/** What a command about a run is called with: a node of the view, what a page names, or nothing. */
type RunArgument = RunView | RunAt | undefined;

/** Dates of a table, where somebody has chosen some. */
interface Chosen {
  readonly folder: string;
  readonly table: string;
  readonly ranges: readonly (readonly [string, string])[];
}

export function backfillCommands(
  context: CommandContext & { readonly planPanel: PlanPanel; readonly runPanel: RunPanel },
): Readonly<Record<string, (argument: never) => unknown>> {
  const { planPanel, runPanel, pipelines } = context;
  const onRun = async (
    argument: RunArgument,
    among: (view: RunView) => boolean,
    then: (run: RunAt) => unknown,
  ): Promise<void> => {
    if (!mayMeasure(context)) return;
    const run = await pickRun(context, argument, among);
    if (run !== undefined) await then(run);
  };
  return {
    'phasegate.backfill': async (argument: Argument | Chosen) => {
      if (!mayMeasure(context)) return;
      const view = await pipelineFor(context, argument);
      if (view === undefined) return;
      const chosen = rangesOf(argument);
      const named = tableOf(argument);
      const tables =
        named !== undefined
          ? [named]
          : argument !== undefined && 'kind' in argument && argument.kind === 'phase'
            ? tablesOfPhase(view, argument.id)
            : await pickTables(context, view, 'phasegate/plan', 'Backfill what is missing of these tables');
      if (tables === undefined || tables.length === 0) return;
      const only = named === undefined || chosen === undefined ? [] : [{ table: named, ranges: chosen }];
      await planPanel.show(view, { ...ASKED, tables, only });
    },
    'phasegate.openRun': (argument: RunArgument) =>
      onRun(
        argument,
        () => true,
        run => runPanel.show(run),
      ),
    'phasegate.cancelRun': (argument: RunArgument) =>
      onRun(
        argument,
        ({ run }) => isGoingOn(run) || run.state === 'lost',
        async run => {
          const sure = await vscode.window.showWarningMessage(
            `Cancel backfill ${run.id}?`,
            { modal: true, detail: 'What it has started is ended. What it has proven stays, and it can be resumed.' },
            'Cancel the Backfill',
          );
          if (sure === undefined) return;
          const answer = await pipelines.request('phasegate/cancelRun', run);
          if (!answer.ok) void vscode.window.showErrorMessage(`Phasegate: ${answer.message}`);
        },
      ),
    'phasegate.resumeRun': (argument: RunArgument) =>
      onRun(
        argument,
        ({ run }) => !isGoingOn(run) && run.state !== 'done',
        async run => {
          const resume = (
            confirmed?: string,
          ): Thenable<StartAnswer | { readonly ok: false; readonly message: string }> =>
            vscode.window.withProgress({ location: { viewId: 'phasegate.runs' }, title: 'Resuming' }, () =>
              pipelines.request('phasegate/resumeRun', { ...run, ...(confirmed === undefined ? {} : { confirmed }) }),
            );
          let answer = await resume();
          if (!answer.ok && 'protectedTarget' in answer) {
            const name = await typedName(answer.protectedTarget);
            if (name === undefined) return;
            answer = await resume(name);
          }
          if (answer.ok) runPanel.show(run);
          else void vscode.window.showErrorMessage(`Phasegate: ${answer.message}`);
        },
      ),
    'phasegate.openRunReport': (argument: RunArgument) =>
      onRun(
        argument,
        ({ run }) => run.report !== undefined,
        async ({ folder, id }) => {
          const found = context.runs.find(folder, id)?.run;
          if (found?.report === undefined) {
            void vscode.window.showInformationMessage('Phasegate: the run has no report yet: it is written at its end');
            return;
          }
          const uri = vscode.Uri.joinPath(vscode.Uri.file(found.folder), found.report);
          await vscode.commands.executeCommand('markdown.showPreview', uri);
        },
      ),
  };
}

function rangesOf(argument: Argument | Chosen): Chosen['ranges'] | undefined {
  if (argument === undefined) return undefined;
  if ('ranges' in argument) return argument.ranges;
  return 'kind' in argument && argument.kind === 'run' ? [[argument.run.from, argument.run.to]] : undefined;
}

function tablesOfPhase(view: RunView['view'], phase: string): readonly string[] {
  return (view.manifest.outline?.phases ?? [])
    .filter(({ id }) => id === phase)
    .flatMap(({ tables }) => tables.map(({ name }) => name));
}

/** The run that is meant: the one named, the only one that fits, or the one picked. */
async function pickRun(
  { runs }: CommandContext,
  argument: RunArgument,
  among: (view: RunView) => boolean,
): Promise<RunAt | undefined> {
  if (argument !== undefined)
    return 'run' in argument ? { folder: argument.view.folder.uri.fsPath, id: argument.run.id } : argument;
  const found = runs.all.filter(among);
  const [first] = found;
  if (first === undefined) {
    void vscode.window.showInformationMessage('Phasegate: there is no such run');
    return undefined;
  }
  if (found.length === 1) return { folder: first.view.folder.uri.fsPath, id: first.run.id };
  const picked = await vscode.window.showQuickPick(
    found.map(each => ({ label: runTitle(each.run), description: runProgress(each.run), detail: each.run.id, each })),
    { title: 'Phasegate: which run?' },
  );
  return picked === undefined ? undefined : { folder: picked.each.view.folder.uri.fsPath, id: picked.each.run.id };
}
