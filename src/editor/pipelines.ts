// The pipelines of the window's folders as last heard of: their manifests, their reports, and what is being measured.
import * as vscode from 'vscode';
import { errorWords } from '../model/error-words';
import type { Report } from '../model/report';
import type { EditAnswer, ManifestState, Method, QuestionAnswer, QuestionParams, Requests } from '../protocol';
import type { Engine } from './engine-client';
import { setting } from './settings';

/** A report as it is shown, with its Markdown for the clipboard. */
export interface ShownReport {
  readonly report: Report;
  readonly markdown: string;
}

/** One folder's pipeline. */
export interface PipelineView {
  readonly folder: vscode.WorkspaceFolder;
  manifest: ManifestState;
  /** Chosen in this window; `undefined`: the manifest's default. */
  target: string | undefined;
  coverage: ShownReport | undefined;
  /** The last report of any kind: what the panel opens with. */
  last: ShownReport | undefined;
  /** Why the last question could not be answered; `undefined` where it could. */
  problem: string | undefined;
  /** The questions that are being answered, oldest first. */
  measuring: readonly Measuring[];
}

/** A question on its way. */
export interface Measuring {
  readonly question: Question;
  readonly cancel: () => void;
}

export type Question =
  'phasegate/coverage' | 'phasegate/preflight' | 'phasegate/ready' | 'phasegate/validate' | 'phasegate/verify';

const TARGETS_KEY = 'phasegate.targets';

/** All pipelines of the window. Its event fires whenever something that is shown has changed. */
export class Pipelines implements vscode.Disposable {
  private readonly views = new Map<string, PipelineView>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly memory: vscode.Memento;
  private readonly log: vscode.LogOutputChannel;
  private engine: Engine | undefined;
  /** Why there is no engine; `undefined` where there is one or will be. */
  unavailable: string | undefined;
  readonly onDidChange = this.changed.event;

  constructor(memory: vscode.Memento, log: vscode.LogOutputChannel) {
    this.memory = memory;
    this.log = log;
  }

  dispose(): void {
    for (const view of this.views.values()) cancelAll(view);
    this.changed.dispose();
  }

  get all(): readonly PipelineView[] {
    return [...this.views.values()];
  }

  /** Those with a manifest, good or broken. */
  get withManifest(): readonly PipelineView[] {
    return this.all.filter(view => view.manifest.state !== 'none');
  }

  of(folder: string): PipelineView | undefined {
    return this.views.get(folder);
  }

  /** There is no engine, and why: what was shown stays, and nothing can be asked. */
  fail(message: string): void {
    this.engine = undefined;
    this.unavailable = message;
    this.changed.fire();
  }

  /** Takes the engine into use, and asks it for every folder's manifest and coverage. */
  async connect(engine: Engine): Promise<void> {
    this.engine = engine;
    this.unavailable = undefined;
    engine.on('phasegate/manifestChanged', state => this.take(state));
    engine.on('phasegate/progress', ({ message }) => this.log.info(message));
    engine.onDidRestart(() => void this.readAll());
    engine.onDidGiveUp(why => this.fail(why));
    await this.readAll();
  }

  /** The folders of the window have changed, or the engine is another. */
  async readAll(): Promise<void> {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    const paths = new Set(folders.map(({ uri }) => uri.fsPath));
    for (const [path, view] of this.views) {
      if (paths.has(path)) continue;
      cancelAll(view);
      this.views.delete(path);
    }
    const targets = this.memory.get<Record<string, string>>(TARGETS_KEY, {});
    for (const folder of folders) {
      const path = folder.uri.fsPath;
      if (!this.views.has(path)) {
        this.views.set(path, {
          folder,
          manifest: {
            folder: path,
            state: 'none',
            file: undefined,
            saved: undefined,
            problem: undefined,
            outline: undefined,
          },
          target: targets[path],
          coverage: undefined,
          last: undefined,
          problem: undefined,
          measuring: [],
        });
      }
      const state = await this.engine?.request('phasegate/manifest', { folder: path });
      if (state !== undefined) this.take(state);
    }
    this.changed.fire();
  }

  /** The target that is asked: the one chosen while the manifest still declares it, else its default. */
  targetOf(view: PipelineView): string | undefined {
    const { outline } = view.manifest;
    const chosen = outline?.targets.some(({ name }) => name === view.target) === true ? view.target : undefined;
    return chosen ?? outline?.defaultTarget;
  }

  async chooseTarget(view: PipelineView, target: string): Promise<void> {
    view.target = target;
    view.coverage = undefined;
    view.last = undefined;
    await this.memory.update(TARGETS_KEY, {
      ...this.memory.get<Record<string, string>>(TARGETS_KEY, {}),
      [view.folder.uri.fsPath]: target,
    });
    await this.measure(view, false);
  }

  /** Measures the coverage of every table. */
  async measure(view: PipelineView, fresh: boolean): Promise<void> {
    const answer = await this.ask(view, 'phasegate/coverage', [], fresh);
    if (answer?.ok !== true) return;
    view.coverage = answer;
    if (view.last === undefined || view.last.report.command === 'coverage') view.last = answer;
    this.changed.fire();
  }

  /**
   * Asks a question of a pipeline, shown as being measured. The same question asked anew takes the place of the one on its way.
   * Gives `undefined` where there is nobody to ask: the caller has nothing to show then.
   */
  async ask(
    view: PipelineView,
    question: Question,
    tables: readonly string[],
    fresh: boolean,
    about: Pick<QuestionParams, 'since' | 'from' | 'to'> = {},
  ): Promise<QuestionAnswer | undefined> {
    const { engine } = this;
    if (engine === undefined || view.manifest.state === 'none' || !vscode.workspace.isTrusted) return undefined;
    for (const each of view.measuring) if (each.question === question) each.cancel();
    const source = new vscode.CancellationTokenSource();
    const measuring: Measuring = { question, cancel: () => source.cancel() };
    view.measuring = [...view.measuring, measuring];
    this.changed.fire();
    const target = this.targetOf(view);
    try {
      const answer = await engine.request(
        question,
        {
          folder: view.folder.uri.fsPath,
          tables,
          fresh,
          ...(target === undefined ? {} : { target }),
          ...about,
        },
        source.token,
      );
      view.problem = answer.ok || source.token.isCancellationRequested ? undefined : answer.message;
      if (answer.ok && question !== 'phasegate/coverage') view.last = answer;
      return answer;
    } catch (error) {
      const message = errorWords(error);
      this.log.warn(`${question}: ${message}`);
      if (!source.token.isCancellationRequested) view.problem = `the engine did not answer: ${message}`;
      return { ok: false, message };
    } finally {
      view.measuring = view.measuring.filter(each => each !== measuring);
      source.dispose();
      this.changed.fire();
    }
  }

  /** Asks the engine; a message where it is not there or does not answer. */
  async request<M extends Method>(
    method: M,
    params: Requests[M]['params'],
    token?: vscode.CancellationToken,
  ): Promise<Requests[M]['result'] | { readonly ok: false; readonly message: string }> {
    if (this.engine === undefined)
      return { ok: false, message: this.unavailable ?? 'the engine is not there yet: try again in a moment' };
    try {
      return await this.engine.request(method, params, token);
    } catch (error) {
      return {
        ok: false,
        message: `the engine did not answer: ${errorWords(error)}`,
      };
    }
  }

  /** The statement that a table is measured by. */
  async statement(view: PipelineView, table: string): Promise<string> {
    const target = this.targetOf(view);
    const answer = await this.request('phasegate/sql', {
      folder: view.folder.uri.fsPath,
      table,
      ...(target === undefined ? {} : { target }),
    });
    return answer.ok ? answer.text : answer.message;
  }

  /**
   * Some rows that a result is about.
   * @param training the training whose readiness the result is of
   */
  async rows(view: PipelineView, table: string, id: string, training: string | undefined): Promise<string> {
    const target = this.targetOf(view);
    const answer = await this.request('phasegate/rows', {
      folder: view.folder.uri.fsPath,
      table,
      id,
      ...(training === undefined ? {} : { training }),
      ...(target === undefined ? {} : { target }),
    });
    return answer.ok ? answer.text : answer.message;
  }

  /** How the manifest has to be changed to accept something. */
  acceptance(params: Requests['phasegate/accept']['params']): Promise<EditAnswer> {
    return this.request('phasegate/accept', params);
  }

  /** Writes the sample into a folder. Gives why not, or nothing. */
  async writeSample(folder: string): Promise<string | undefined> {
    const answer = await this.request('phasegate/sample', { folder });
    return answer.ok ? undefined : answer.message;
  }

  private take(state: ManifestState): void {
    const view = this.views.get(state.folder);
    if (view === undefined) return;
    const before = view.manifest.saved;
    view.manifest = state;
    if (state.state === 'none') {
      view.coverage = undefined;
      view.last = undefined;
    }
    this.changed.fire();
    // What is on disk is measured; an unsaved change is seen when it is saved. Facts come from the ledger where nothing changed.
    if (state.state === 'good' && before !== state.saved && setting('measureAutomatically', view.folder.uri))
      void this.measure(view, false);
  }
}

/** Stops every question of a pipeline that is on its way. */
export function cancelAll(view: PipelineView): void {
  for (const { cancel } of view.measuring) cancel();
}
