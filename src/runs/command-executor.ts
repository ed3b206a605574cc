// Runs commands as processes of their own, leaders of their groups, that outlive us: what they print goes straight into a file.
import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessRef } from '../model/process-ref';
import { shownCommand } from '../model/command-line';
import { isAlive, processRef } from '../warehouse/process-identity';
import { type JobEnvironment, type Resolved, redact } from './environment';
import type { Ending, Executor, Started, Work } from './executor';
import { LogFollower } from './log-follower';
import { LogMask } from './log-mask';
import { RUN_VARIABLE, endProcesses, leftInGroup } from './processes';
import { ProgressTracker } from './progress-lines';
import type { JobSaid, ProgressSnapshot } from './job-said';
import { readCheckpoint } from './checkpoint-files';

export interface CommandWork extends Work {
  readonly argv: readonly string[];
  /** The same as it may be shown: what comes from the environment is still a name. */
  readonly shownArgv: readonly string[];
  readonly environment: JobEnvironment;
  readonly timeoutMs: number | undefined;
}

export interface CommandOptions {
  /** Where commands run: the workspace. */
  readonly folder: string;
  /** The run's folder: logs lie there. */
  readonly runFolder: string;
  readonly run: string;
  /** How long a process has to end politely, milliseconds. */
  readonly politeMs: number;
  /** Told what a command's lines say of its progress, now and then. */
  readonly onProgress: (work: Work, said: JobSaid) => void;
}

/** How often a log is looked at. */
const FOLLOW_MS = 500;
/** How often the checkpoint file of a job is looked at, where its lines name one. */
const CHECKPOINT_MS = 2_000;
/** How often it is looked whether a process that is not our child has ended. */
const LOOK_MS = 250;

/** Exit codes by which a shell, or argparse, says that the same command will never do. */
const HOPELESS: ReadonlyMap<number, string> = new Map([
  [2, 'it does not understand its arguments'],
  [126, 'its program cannot be run'],
  [127, 'its program was not found'],
]);

export class CommandExecutor implements Executor<CommandWork> {
  private readonly options: CommandOptions;

  constructor(options: CommandOptions) {
    this.options = options;
  }

  async start(work: CommandWork): Promise<Resolved<Started>> {
    const { folder, runFolder, run, politeMs } = this.options;
    const { argv, shownArgv, environment } = work;
    const [program = '', ...args] = argv;
    const log = `${work.step.replaceAll(/[^\w.-]/g, '_')}.log`;
    const path = join(runFolder, log);
    const file = openSync(path, 'a');
    const logFrom = fstatSync(file).size;
    const began = Date.now();
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...environment.env, [RUN_VARIABLE]: run },
      stdio: ['ignore', file, file],
      detached: true,
      windowsHide: true,
    });
    closeSync(file);
    const failed = await new Promise<Error | undefined>(settle => {
      child.once('spawn', () => settle(undefined));
      child.once('error', settle);
    });
    const { pid } = child;
    if (failed !== undefined || pid === undefined)
      return {
        ok: false,
        message: `${program} could not be started: ${failed?.message ?? 'no process came of it'}. Correct the command of the job`,
      };
    const process = processRef(pid) ?? { pid, host: '', started: '' };
    const follower = this.follow(work, path, logFrom, environment.secrets);
    let timedOut = false;
    const timer =
      work.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            void endProcesses(process, politeMs);
          }, work.timeoutMs);
    const ended = new Promise<Ending>(settle => {
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        const done = async (): Promise<Ending> => {
          const left = leftInGroup(pid);
          if (left.length > 0) await endProcesses(process, politeMs);
          const progress = follower.stop();
          return ending({
            code,
            signal,
            ms: Date.now() - began,
            timedOut,
            timeoutMs: work.timeoutMs,
            left: left.length,
            progress,
          });
        };
        void done().then(settle);
      });
    });
    return {
      ok: true,
      value: {
        process,
        shown: redact(shownCommand(shownArgv), environment.secrets),
        log,
        logFrom,
        ended,
        cancel: () => endProcesses(process, politeMs),
      },
    };
  }

  /** Takes up a process that another runner began: its end is seen, and its exit code is not. */
  attach(
    work: Work,
    process: ProcessRef,
    { log, logFrom, secrets }: Pick<Started, 'log' | 'logFrom'> & Pick<JobEnvironment, 'secrets'>,
  ): Started {
    const { runFolder, politeMs } = this.options;
    const began = Date.now();
    const follower = this.follow(work, join(runFolder, log ?? ''), logFrom, secrets);
    const wait = async (): Promise<Ending> => {
      while (isAlive(process) === true) await delay(LOOK_MS);
      if (leftInGroup(process.pid).length > 0) await endProcesses(process, politeMs);
      const progress = follower.stop();
      return {
        code: null,
        signal: null,
        ms: Date.now() - began,
        problem: undefined,
        worthRetrying: true,
        reported: reportedBy(progress),
      };
    };
    return { process, shown: undefined, log, logFrom, ended: wait(), cancel: () => endProcesses(process, politeMs) };
  }

  private follow(work: Work, path: string, from: number, secrets: readonly string[]): { stop(): ProgressSnapshot } {
    const follower = new LogFollower(path, { from });
    const mask = new LogMask(path, from, secrets);
    const tracker = new ProgressTracker();
    const began = Date.now();
    let lookedAt = 0;
    let inCheckpoint: JobSaid['inCheckpoint'];
    const look = (): void => {
      const lines = follower.poll();
      for (const line of lines) tracker.take(redact(line, secrets));
      mask.mask();
      const said = tracker.snapshot();
      const isDue = said.checkpoint !== undefined && Date.now() - lookedAt >= CHECKPOINT_MS;
      if (lines.length === 0 && !isDue) return;
      if (isDue) {
        lookedAt = Date.now();
        inCheckpoint = checkpointDates(resolve(this.options.folder, said.checkpoint ?? ''), began) ?? inCheckpoint;
      }
      this.options.onProgress(work, { ...said, ...(inCheckpoint === undefined ? {} : { inCheckpoint }) });
    };
    const timer = setInterval(look, FOLLOW_MS);
    return {
      stop: () => {
        clearInterval(timer);
        look();
        const rest = follower.takeRest();
        if (rest !== undefined) tracker.take(redact(rest, secrets));
        follower.close();
        return tracker.snapshot();
      },
    };
  }
}

/** The dates that a checkpoint file calls done, where it was written since an instant, milliseconds since 1970 UTC. */
function checkpointDates(path: string, since: number): JobSaid['inCheckpoint'] {
  const checkpoint = readCheckpoint(path);
  return checkpoint.ok && checkpoint.updatedAt >= since ? [...checkpoint.done] : undefined;
}

function ending({
  code,
  signal,
  ms,
  timedOut,
  timeoutMs = 0,
  left,
  progress,
}: {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly ms: number;
  readonly timedOut: boolean;
  readonly timeoutMs: number | undefined;
  readonly left: number;
  readonly progress: ProgressSnapshot;
}): Ending {
  const hopeless = code === null ? undefined : HOPELESS.get(code);
  const last = progress.lastMessage === undefined ? '' : `: ${progress.lastMessage}`;
  const problem = timedOut
    ? `took longer than ${timeoutMs / 1000} s and was ended`
    : signal !== null
      ? `was ended by ${signal}`
      : code !== 0
        ? `ended with ${code ?? 'nothing'}${hopeless === undefined ? last : ` (${hopeless})${last}`}`
        : left > 0
          ? `ended with 0 and left ${left} processes behind, which were ended`
          : progress.traceback
            ? `ended with 0 although it printed an exception${last}`
            : undefined;
  return {
    code: timedOut ? null : code,
    signal,
    ms,
    problem,
    worthRetrying: hopeless === undefined,
    reported: reportedBy(progress),
  };
}

function reportedBy({ reported, done }: ProgressSnapshot): Ending['reported'] {
  return done.length === 0 ? undefined : { rows: reported, dates: done.length };
}
