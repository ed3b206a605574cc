// A protected target is written to only when somebody has typed its name.
import * as vscode from 'vscode';

/** Asks for the name of a protected target. Gives it where it was typed, `undefined` where not. */
export async function typedName(name: string): Promise<string | undefined> {
  const typed = await vscode.window.showInputBox({
    title: `Phasegate: ${name} is protected`,
    prompt: `Type the name of the target, ${name}, to write to it`,
    validateInput: text => (text === '' || text === name ? undefined : `the target is ${name}`),
  });
  return typed === name ? typed : undefined;
}
