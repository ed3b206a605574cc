// The page's own channel to the editor, and what it keeps over a reload of the window.

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** May be acquired once: every part of a page uses this one. */
export const vscodeApi: VsCodeApi = acquireVsCodeApi();
