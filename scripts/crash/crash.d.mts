/** What came of disturbing runs. */
export interface CrashSums {
  readonly seed: number;
  readonly times: number;
  /** How often somebody was killed. */
  readonly kills: number;
  /** Chunks that were on their way then, and chunks of which a date was begun again. */
  readonly inFlight: number;
  readonly repeated: number;
  /** Dates that held rows which nobody but a person can judge. */
  readonly needsSomeone: number;
  /** How runs differ from undisturbed ones, in words; none where all is well. */
  readonly differences: readonly string[];
  /** The folder where what differs is kept. */
  readonly root: string;
}
export function crashTest(options: {
  readonly times: number;
  readonly seed: number;
  readonly dates?: number;
  readonly onTime?: (line: string) => void;
}): Promise<CrashSums>;
