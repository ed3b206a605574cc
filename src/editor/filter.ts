// What the trees leave out: tables by outcome and by text, remembered for the workspace.
import * as vscode from 'vscode';
import type { Outcome } from '../model/outcome';

const KEY = 'phasegate.filter';
const OUTCOMES: readonly Outcome[] = ['error', 'fail', 'warn', 'pass'];

interface Kept {
  /** The outcomes that are shown; none: all. */
  readonly outcomes: readonly Outcome[];
  readonly text: string;
}

export class Filter implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly memory: vscode.Memento;
  readonly onDidChange = this.changed.event;

  constructor(memory: vscode.Memento) {
    this.memory = memory;
    this.tell();
  }

  dispose(): void {
    this.changed.dispose();
  }

  private get kept(): Kept {
    return this.memory.get<Kept>(KEY, { outcomes: [], text: '' });
  }

  /** Whether a table is shown. One that was not measured yet is shown whatever outcome is asked for. */
  shows(table: string, outcome: Outcome | undefined): boolean {
    const { outcomes, text } = this.kept;
    if (text !== '' && !table.toLowerCase().includes(text.toLowerCase())) return false;
    return outcomes.length === 0 || outcome === undefined || outcomes.includes(outcome);
  }

  /** What is filtered by, in words; nothing where nothing is. */
  get words(): string | undefined {
    const { outcomes, text } = this.kept;
    const parts = [...(outcomes.length === 0 ? [] : [outcomes.join(', ')]), ...(text === '' ? [] : [`"${text}"`])];
    return parts.length === 0 ? undefined : `Only ${parts.join(' and ')}`;
  }

  /** Asks for outcomes and text. */
  async ask(): Promise<void> {
    const { outcomes, text } = this.kept;
    const picked = await vscode.window.showQuickPick(
      OUTCOMES.map(label => ({ label, picked: outcomes.length === 0 || outcomes.includes(label) })),
      { title: 'Phasegate: show tables whose outcome is', canPickMany: true },
    );
    if (picked === undefined) return;
    const wanted = await vscode.window.showInputBox({
      title: 'Phasegate: show tables whose name holds',
      prompt: 'A part of a name; nothing for all',
      value: text,
    });
    if (wanted === undefined) return;
    const all = picked.length === 0 || picked.length === OUTCOMES.length;
    await this.set({ outcomes: all ? [] : picked.map(({ label }) => label), text: wanted.trim() });
  }

  async clear(): Promise<void> {
    await this.set({ outcomes: [], text: '' });
  }

  private async set(kept: Kept): Promise<void> {
    await this.memory.update(KEY, kept);
    this.tell();
    this.changed.fire();
  }

  private tell(): void {
    void vscode.commands.executeCommand('setContext', 'phasegate.filtered', this.words !== undefined);
  }
}
