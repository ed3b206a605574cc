// The settings of package.json, by their names.
import * as vscode from 'vscode';

/** The settings that are on or off; package.json describes each and says how it starts. */
export type Setting = 'measureAutomatically' | 'codeLens';

/** How a setting stands for a folder or document. */
export function setting(name: Setting, scope?: vscode.Uri): boolean {
  return vscode.workspace.getConfiguration('phasegate', scope).get<boolean>(name, true);
}
