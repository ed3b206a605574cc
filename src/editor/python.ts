// The Python that the user of this window has chosen: by our setting, or in the Python extension.
import * as vscode from 'vscode';

/** What we ask of the Python extension; its interface has more. */
interface PythonApi {
  readonly environments?: {
    readonly getActiveEnvironmentPath?: (resource: vscode.Uri) => { readonly path: string };
  };
}

/** The interpreter, and where it was chosen; `undefined` where nobody chose one. */
export async function chosenPython(
  folder: vscode.Uri,
): Promise<{ readonly path: string; readonly from: string } | undefined> {
  const set = vscode.workspace.getConfiguration('phasegate', folder).get<string>('python', '').trim();
  if (set !== '') return { path: set, from: 'the setting phasegate.python' };
  const extension = vscode.extensions.getExtension<PythonApi>('ms-python.python');
  if (extension === undefined) return undefined;
  try {
    const api = extension.isActive ? extension.exports : await extension.activate();
    const path = api.environments?.getActiveEnvironmentPath?.(folder).path;
    return path === undefined || path === '' || path === 'python' ? undefined : { path, from: 'the Python extension' };
  } catch {
    return undefined; // it is not well: the workspace's own Python is used
  }
}
