// The extension inside a real extension host, on the small sample: what it contributes, what it shows, and what it survives.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Api } from '../../src/extension';

const WAIT_MS = 20_000;
const LOOK_MS = 50;

/** Looks again and again until what is looked at is as wanted. */
async function until<T>(what: string, look: () => T | Thenable<T>, wanted: (seen: T) => boolean): Promise<T> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const seen = await look();
    if (wanted(seen)) return seen;
    if (Date.now() > deadline)
      throw new Error(`${what} did not come; last seen: ${JSON.stringify(seen).slice(0, 500)}`);
    await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }
}

function first<T>(values: readonly T[] | undefined, what: string): T {
  const value = values?.[0];
  assert.ok(value !== undefined, `no ${what}`);
  return value;
}

/** The engine processes of this extension host. */
function engines(): readonly number[] {
  return execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter(line => line.includes(path.join('dist', 'engine.js')))
    .map(line => line.trim().split(/\s+/))
    .filter(([, parent]) => Number(parent) === process.pid)
    .map(([pid]) => Number(pid));
}

/** Resident memory of a process, kB. */
function memoryOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
}

interface Contributions {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

/** Declares the tests; mocha's functions are there by then. */
export function defineSuite(): void {
  describe('Phasegate in the extension host', () => {
    const root = first(vscode.workspace.workspaceFolders, 'folder').uri;
    const manifest = vscode.Uri.joinPath(root, 'phasegate.yaml');
    let api: Api;
    let original = '';

    const view = (): Api['pipelines']['all'][number] => first(api.pipelines.all, 'pipeline');
    const measured = (): Promise<unknown> =>
      until(
        'the coverage of the sample',
        () => api.pipelines.all[0]?.coverage?.report.coverage.length ?? 0,
        count => count > 0,
      );
    /** Puts a text in the manifest's editor, unsaved. */
    const edit = async (text: string): Promise<vscode.TextDocument> => {
      const document = await vscode.workspace.openTextDocument(manifest);
      const change = new vscode.WorkspaceEdit();
      change.replace(manifest, new vscode.Range(0, 0, document.lineCount, 0), text);
      await vscode.workspace.applyEdit(change);
      return document;
    };
    const positionOf = (document: vscode.TextDocument, text: string, from = 0): vscode.Position => {
      const offset = document.getText().indexOf(text, from);
      assert.notEqual(offset, -1, `${text} is not in the manifest`);
      return document.positionAt(offset + 1);
    };

    before(async () => {
      const extension = vscode.extensions.getExtension<Api>('phasegate.phasegate');
      assert.ok(extension !== undefined, 'the extension is not there');
      api = await extension.activate();
      original = readFileSync(manifest.fsPath, 'utf8');
      await measured();
    });
    afterEach(async () => {
      const document = await edit(original);
      await document.save();
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    });

    it('is active before its engine is up', () => {
      assert.equal(api.engineWasUp, false);
    });

    it('contributes the commands that it registers, and no others', async () => {
      const extension = vscode.extensions.getExtension('phasegate.phasegate');
      assert.ok(extension !== undefined);
      const contributed = (extension.packageJSON as Contributions).contributes.commands.map(({ command }) => command);
      const registered = (await vscode.commands.getCommands(true)).filter(
        name =>
          name.startsWith('phasegate.') && !/\.(focus|open|removeView|resetViewLocation|toggleVisibility)$/.test(name),
      );
      assert.deepEqual([...registered].sort(), [...contributed].sort());
    });

    it('knows how the sample stands', () => {
      const report = view().coverage?.report;
      const offense = report?.coverage.find(each => each.table.endsWith('team_offense_game_summary'));
      assert.equal(report?.verdict, 'fail');
      assert.ok(offense !== undefined);
      assert.equal(offense.counts.partial, 3);
      assert.equal(offense.states.at(-1)?.[3], '2 of 16 team_abbr');
    });

    it('tells a mistake at its line while it is made, with the nearest name as a fix, and keeps the last good pipeline', async () => {
      const document = await edit(original.replace('calendar: game-days', 'calendar: game-dayz'));
      const [problem] = await until(
        'a diagnostic',
        () => vscode.languages.getDiagnostics(manifest),
        found => found.length > 0 && found.every(({ message }) => /game-days/.test(message)), // what fails is told again when the manifest can be read
      );
      assert.ok(problem !== undefined);
      assert.equal(problem.range.start.line, positionOf(document, 'game-dayz').line);
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        manifest,
        problem.range,
      );
      assert.ok(
        actions.some(({ title }) => title === 'Change to game-days'),
        JSON.stringify(actions.map(each => each.title)),
      );
      await until(
        'the broken state',
        () => view().manifest.state,
        state => state === 'broken',
      );
      assert.ok((view().manifest.outline?.phases.length ?? 0) > 3);
      assert.ok((view().coverage?.report.coverage.length ?? 0) > 3);
      await edit(original);
      await until(
        'the good state',
        () => view().manifest.state,
        state => state === 'good',
      );
    });

    it('shows above each table how it stands, and in a hover what it needs', async () => {
      const document = await vscode.workspace.openTextDocument(manifest);
      await vscode.window.showTextDocument(document);
      const lenses = await until(
        'lenses',
        () => vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', manifest),
        found => found.some(lens => lens.command?.title.includes('missing') === true),
      );
      assert.ok(lenses.some(lens => lens.command?.title === 'Preflight'));
      const at = positionOf(document, 'league_analytics.player_game_summary');
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', manifest, at);
      const text = hovers
        .flatMap(hover => hover.contents.map(part => (part instanceof vscode.MarkdownString ? part.value : '')))
        .join('\n');
      assert.match(text, /needs `league_raw\.gamebook_player_stats`/);
    });

    it('goes from a name to where it is declared, and to its uses', async () => {
      const document = await vscode.workspace.openTextDocument(manifest);
      const used = positionOf(
        document,
        'league_raw.gamebook_player_stats',
        document.getText().indexOf('dependsOn: [league_raw.gamebook'),
      );
      const [target] = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
        'vscode.executeDefinitionProvider',
        manifest,
        used,
      );
      const line =
        target === undefined ? -1 : 'range' in target ? target.range.start.line : target.targetRange.start.line;
      assert.equal(document.lineAt(line).text.trim(), '- name: league_raw.gamebook_player_stats');
      const uses = await vscode.commands.executeCommand<vscode.Location[]>(
        'vscode.executeReferenceProvider',
        manifest,
        used,
      );
      assert.ok(uses.length >= 3, String(uses.length));
    });

    it('completes keys and names', async () => {
      const table = original.replace(
        '        job: team_offense\n',
        '        job: team_offense\n        \n        calendar: \n',
      );
      const document = await edit(table);
      const labels = async (at: vscode.Position): Promise<readonly string[]> => {
        const list = await vscode.commands.executeCommand<vscode.CompletionList>(
          'vscode.executeCompletionItemProvider',
          manifest,
          at,
        );
        return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      };
      const line = positionOf(document, 'job: team_offense\n').line;
      const keys = await labels(new vscode.Position(line + 1, 8));
      assert.ok(keys.includes('knownGaps') && keys.includes('bootstrap'), keys.join());
      assert.ok(!keys.includes('job'), 'a key that is there already is not offered');
      const calendars = await labels(new vscode.Position(line + 2, '        calendar: '.length));
      assert.ok(calendars.includes('game-days'), calendars.join());
    });

    it('accepts a finding in the manifest, and counts one table less as short', async () => {
      const short = (): number =>
        view().coverage?.report.coverage.filter(({ outcome }) => outcome === 'fail').length ?? 0;
      const before = short();
      assert.ok(before > 0);
      const table = 'league_predictions.player_prop_predictions';
      const answer = await api.pipelines.acceptance({
        folder: root.fsPath,
        table,
        reason: 'not built yet',
        what: { check: 'coverage' },
      });
      assert.ok(answer.ok);
      const document = await vscode.workspace.openTextDocument(manifest);
      const change = new vscode.WorkspaceEdit();
      const { start, end, newText } = answer;
      change.replace(manifest, new vscode.Range(start.line, start.character, end.line, end.character), newText);
      await vscode.workspace.applyEdit(change);
      await document.save();
      await until('one table less', short, count => count === before - 1);
    });

    it('shows the report of a preflight in a panel', async () => {
      await vscode.commands.executeCommand('phasegate.preflight', {
        folder: root.fsPath,
        table: 'league_analytics.player_game_summary',
      });
      await until(
        'the panel',
        () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label)),
        labels => labels.includes('Phasegate: preflight'),
      );
      assert.equal(view().last?.report.command, 'preflight');
    });

    it('measures a hundred times without growing', async function () {
      this.timeout(120_000);
      const measure = async (times: number): Promise<void> => {
        for (let i = 0; i < times; i++) {
          const answer = await api.pipelines.ask(view(), 'phasegate/coverage', [], i % 10 === 0);
          assert.equal(answer?.ok, true);
        }
      };
      await measure(20);
      const before = memoryOf(first(engines(), 'engine'));
      await measure(100);
      const after = memoryOf(first(engines(), 'engine'));
      // A ratio of one process with itself: what leaks by a report each time would more than double it.
      assert.ok(after < before * 1.5, `${before} kB before, ${after} kB after a hundred measurements`);
    });

    it('starts its engine again when it is killed, and goes on', async () => {
      const [pid] = engines();
      assert.ok(pid !== undefined, 'no engine runs');
      process.kill(pid, 'SIGKILL');
      await until('another engine', engines, found => found.length === 1 && found[0] !== pid);
      await until(
        'an answer',
        async () => (await api.pipelines.ask(view(), 'phasegate/coverage', [], false))?.ok,
        ok => ok === true,
      );
    });
  });
}
