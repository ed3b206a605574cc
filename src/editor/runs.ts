// The backfills of the window's folders as last heard of: what they do now, and word of them when they end.
import * as vscode from 'vscode';
import { formatDuration } from '../model/duration';
import { formatShare } from '../model/percent';
import type { RunSummary } from '../protocol';
import type { Engine } from './engine-client';
import type { PipelineView, Pipelines } from './pipelines';
import { setting } from './settings';

/** A run with the pipeline that it belongs to. */
export interface RunView {
  readonly view: PipelineView;
  readonly run: RunSummary;
}

/** The runs that were seen going on, by folder: word of their end is given once, by whichever window sees it. */
const SEEN_KEY = 'phasegate.runsSeen';
type Seen = Readonly<Record<string, readonly string[]>>;

/** How often coverage is measured while a run goes on. */
const WHILE_RUNNING_MS = 5_000;

/** Whether a run may still write. */
export function isGoingOn({ state }: RunSummary): boolean {
  return state === 'running' || state === 'waiting';
}

/** What a run is about, in a few words. */
export function runTitle({ steps }: RunSummary): string {
  const [first] = steps;
  return first === undefined ? 'nothing' : `${first.id}${steps.length > 1 ? ` and ${steps.length - 1} more` : ''}`;
}

/** How far a run is: `62.1 %  ~38 min`. */
export function runProgress(run: RunSummary): string {
  const share = formatShare(run.done, run.planned);
  if (!isGoingOn(run)) return `${run.state.replace('-', ' ')} ${share}`;
  const left =
    run.left === undefined || run.left.ms === 0 ? '' : ` ${run.left.isLeast ? '>' : '~'}${formatDuration(run.left.ms)}`;
  return `${share}${left}`;
}

/** All runs of the window. Its event fires whenever one of them is other than it was. */
export class Runs implements vscode.Disposable {
  private readonly known = new Map<string, readonly RunSummary[]>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly pipelines: Pipelines;
  private readonly memory: vscode.Memento;
  private readonly follow: vscode.Disposable;
  private engine: Engine | undefined;
  /** When coverage was last measured because of a run, milliseconds since 1970 UTC. */
  private measuredAt = 0;
  readonly onDidChange = this.changed.event;

  constructor(pipelines: Pipelines, memory: vscode.Memento) {
    this.pipelines = pipelines;
    this.memory = memory;
    this.follow = pipelines.onDidChange(() => void this.askMissing());
  }

  dispose(): void {
    this.follow.dispose();
    this.changed.dispose();
  }

  /** Takes the engine into use, which tells of every run from now on. */
  connect(engine: Engine): void {
    this.engine = engine;
    this.known.clear();
    engine.on('phasegate/runsChanged', ({ folder, runs }) => this.take(folder, runs));
    engine.onDidRestart(() => {
      this.known.clear();
      void this.askMissing();
    });
    void this.askMissing();
  }

  /** Runs of a folder, newest first. */
  of(folder: string): readonly RunSummary[] {
    return this.known.get(folder) ?? [];
  }

  get all(): readonly RunView[] {
    return this.pipelines.withManifest.flatMap(view => this.of(view.folder.uri.fsPath).map(run => ({ view, run })));
  }

  find(folder: string, id: string): RunView | undefined {
    return this.all.find(({ view, run }) => view.folder.uri.fsPath === folder && run.id === id);
  }

  /** Asks for the runs of folders that were not asked for yet. */
  private async askMissing(): Promise<void> {
    for (const view of this.pipelines.withManifest) {
      const folder = view.folder.uri.fsPath;
      if (this.known.has(folder) || this.engine === undefined) continue;
      this.known.set(folder, []);
      try {
        this.take(folder, await this.engine.request('phasegate/runs', { folder }));
      } catch {
        this.known.delete(folder); // the engine has gone: it is asked again when it is back
      }
    }
  }

  private take(folder: string, told: readonly RunSummary[]): void {
    const before = new Map(this.of(folder).map(run => [run.id, run]));
    const all = new Map([...before, ...told.map(run => [run.id, run] as const)]);
    this.known.set(
      folder,
      [...all.values()].sort((a, b) => (a.id < b.id ? 1 : -1)),
    );
    for (const run of told) void this.tellEnd(folder, run);
    const view = this.pipelines.of(folder);
    const now = Date.now();
    const hasWritten = told.some(run => {
      const was = before.get(run.id);
      if (was === undefined) return false;
      return endedSteps(run) > endedSteps(was) || (run.done > was.done && now - this.measuredAt > WHILE_RUNNING_MS);
    });
    if (view !== undefined && hasWritten && setting('measureAutomatically', view.folder.uri)) {
      this.measuredAt = now;
      void this.pipelines.measure(view, false);
    }
    this.changed.fire();
  }

  /** One word at the end of a run, or when it needs someone. */
  private async tellEnd(folder: string, run: RunSummary): Promise<void> {
    const seen = this.memory.get<Seen>(SEEN_KEY, {})[folder] ?? [];
    if (isGoingOn(run) === seen.includes(run.id)) return;
    await this.remember(folder, isGoingOn(run) ? [...seen, run.id] : seen.filter(id => id !== run.id));
    if (isGoingOn(run)) return;
    const open = 'Open Run';
    const other = run.state === 'done' ? 'Open Report' : 'Resume';
    // The page has the rest.
    const [sentence = ''] = run.message.split('. The last validation');
    const text = `Phasegate: the backfill of ${runTitle(run)} ${END_WORDS[run.state] ?? run.state}: ${sentence}`;
    const picked =
      run.state === 'done' && run.verdict !== 'fail' && run.verdict !== 'error'
        ? await vscode.window.showInformationMessage(text, open, other)
        : run.state === 'cancelled'
          ? await vscode.window.showInformationMessage(text, open, other)
          : await vscode.window.showWarningMessage(text, open, other);
    if (picked === undefined) return;
    const command =
      picked === open ? 'phasegate.openRun' : picked === 'Resume' ? 'phasegate.resumeRun' : 'phasegate.openRunReport';
    await vscode.commands.executeCommand(command, { folder, id: run.id });
  }

  private async remember(folder: string, ids: readonly string[]): Promise<void> {
    await this.memory.update(SEEN_KEY, { ...this.memory.get<Seen>(SEEN_KEY, {}), [folder]: ids });
  }
}

const END_WORDS: Readonly<Partial<Record<RunSummary['state'], string>>> = {
  done: 'is done',
  failed: 'has failed',
  cancelled: 'was cancelled',
  'needs-someone': 'needs someone',
  lost: 'was lost',
};

function endedSteps(run: RunSummary | undefined): number {
  return (run?.steps ?? []).filter(({ state }) => state !== 'waiting' && state !== 'running').length;
}
