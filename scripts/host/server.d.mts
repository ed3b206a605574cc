import type { Page } from 'playwright-core';

/** A workbench that is served on loopback. */
export interface ServedWorkbench {
  readonly authority: string;
  readonly extensions: string;
  readonly logFile: string;
  readonly profile: string;
  /** The workbench's own command line. */
  run(args: readonly string[]): Promise<string>;
  start(): Promise<void>;
  /** Ends it with all that it started. `force`: as a crash would, without a word. */
  stop(options?: { readonly force?: boolean }): Promise<void>;
  address(open?: { readonly folder?: string; readonly workspace?: string }): string;
}
export function serveWorkbench(options?: {
  readonly port?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly trusted?: boolean;
  readonly log?: (text: string) => void;
  readonly extensions?: string;
}): Promise<ServedWorkbench>;
export function loadExtension(
  page: Page,
  server: ServedWorkbench,
  options: { readonly extension: string; readonly tests?: string },
): Promise<void>;
