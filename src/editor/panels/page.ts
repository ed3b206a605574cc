// What the panels share: a page of dist/webview in a panel, with nothing in it but our own script and style.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { PipelineView } from '../pipelines';

/** Opens a panel beside the code, where there is any. */
export function openPanel(viewType: string, title: string): vscode.WebviewPanel {
  const viewColumn = vscode.window.activeTextEditor === undefined ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside;
  return vscode.window.createWebviewPanel(viewType, title, { viewColumn, preserveFocus: false });
}

/** What a panel shows, and who takes what its page says. */
export interface PageUse {
  readonly extension: vscode.Uri;
  /** The page's script and style in dist/webview. */
  readonly name: string;
  readonly title: string;
  readonly onMessage: (message: unknown) => Promise<void>;
  /** The panel is closed. */
  readonly onGone: () => void;
}

/** Loads a page into a panel, and listens to it until the panel is closed. */
export function usePage(panel: vscode.WebviewPanel, { extension, name, title, onMessage, onGone }: PageUse): void {
  const received = panel.webview.onDidReceiveMessage((message: unknown) => void onMessage(message));
  panel.onDidDispose(() => {
    received.dispose();
    onGone();
  });
  loadPage(panel.webview, extension, name, title);
}

function loadPage(webview: vscode.Webview, extension: vscode.Uri, name: string, title: string): void {
  const pages = vscode.Uri.joinPath(extension, 'dist', 'webview');
  // eslint-disable-next-line no-param-reassign -- the view is what is filled
  webview.options = { enableScripts: true, localResourceRoots: [pages] };
  const nonce = randomBytes(18).toString('base64url');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(pages, `${name}.js`)).toString();
  const style = webview.asWebviewUri(vscode.Uri.joinPath(pages, `${name}.css`)).toString();
  // eslint-disable-next-line no-param-reassign -- the view is what is filled
  webview.html = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; font-src ${webview.cspSource}; script-src 'nonce-${nonce}';">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>${title}</title>
</head>
<body>
<main id="page"></main>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}

/** Opens a line of a file, beside the panel where that is in the way. Lines count from 1. */
export async function openLine(uri: vscode.Uri, line: number): Promise<void> {
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  const open = vscode.window.visibleTextEditors.find(editor => editor.document.uri.fsPath === uri.fsPath);
  const inPanel = vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputWebview;
  const column = open?.viewColumn ?? (inPanel ? besideColumn() : vscode.ViewColumn.Active);
  const editor = await vscode.window.showTextDocument(uri, { viewColumn: column, selection: new vscode.Range(at, at) });
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** The column of another group than the panel's, where there is one. */
function besideColumn(): vscode.ViewColumn {
  const { all, activeTabGroup } = vscode.window.tabGroups;
  return all.find(group => group !== activeTabGroup)?.viewColumn ?? vscode.ViewColumn.Beside;
}

/** Opens the line of the manifest that declares a table. */
export async function openTableLine({ manifest }: PipelineView, table: string): Promise<void> {
  const tables = manifest.outline?.phases.flatMap(phase => phase.tables) ?? [];
  const found = tables.find(({ name }) => name === table);
  if (found !== undefined && manifest.file !== undefined) await openLine(vscode.Uri.file(manifest.file), found.line);
}
