// The page's own channel to the editor, and what it keeps over a reload of the window.

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare const acquireVsCodeApi: (() => VsCodeApi) | undefined;

/** Whether there is an editor around the page: a page that was written to a file has none. */
export const hasEditor = typeof acquireVsCodeApi === 'function';

const NO_EDITOR: VsCodeApi = {
  postMessage: () => undefined,
  getState: () => undefined,
  setState: () => undefined,
};

/** May be acquired once: every part of a page uses this one. */
export const vscodeApi: VsCodeApi = typeof acquireVsCodeApi === 'function' ? acquireVsCodeApi() : NO_EDITOR;
