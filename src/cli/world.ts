// What a run of the command line has of the world: given, so that tests give their own.
import type { Opened } from '../services';
import type { OpenOptions } from '../services/opening';

declare const __PHASEGATE_VERSION__: string | undefined;
/** The version of these programs. */
export const VERSION = typeof __PHASEGATE_VERSION__ === 'string' ? __PHASEGATE_VERSION__ : '0.0.0-development';

export interface World {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** The terminal on standard output, where it is one. */
  readonly terminal: { readonly columns: number } | undefined;
  /** Whether progress is wanted on standard error. */
  readonly progress: boolean;
  /** Asks the person at the terminal; absent where there is none. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Where our own programs are. */
  readonly programs: string;
  readonly open: (options: OpenOptions) => Promise<Opened>;
}

/** Width where there is no terminal to ask. Characters. */
const DEFAULT_COLUMNS = 100;
/** Width of a terminal that does not tell its own. Characters. */
const UNTOLD_COLUMNS = 80;

/** The width of a terminal: one over a pipe or in a container may say that it has none, and shows text all the same. */
export function columnsOf(told: number | undefined): number {
  return told === undefined || told <= 0 ? UNTOLD_COLUMNS : told;
}

/** How text is laid out for the world's standard output. */
export function layout(
  { terminal, env }: World,
  verbose: boolean | undefined,
): { readonly columns: number; readonly colour: boolean; readonly verbose: boolean } {
  return {
    columns: terminal === undefined ? DEFAULT_COLUMNS : columnsOf(terminal.columns),
    colour: terminal !== undefined && env['NO_COLOR'] === undefined,
    verbose: verbose === true,
  };
}
