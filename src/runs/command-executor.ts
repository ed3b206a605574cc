// Runs commands as processes of their own, leaders of their groups, that outlive us: what they print goes straight into a file.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorWords } from '../model/error-words';
import type { ProcessRef } from '../model/process-ref';
import { shownCommand } from '../model/command-line';
import { isAlive, processRef } from '../warehouse/process-identity';
import { formatDuration } from '../model/duration';
import { type JobEnvironment, type Resolved, redact, whyNoProgram } from './environment';
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
  /** See `runMark`. */
  readonly mark: string;
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

/** So much of a line is told. Characters. */
const MOST_TOLD = 200;

/** Exit codes by which a shell, or argparse, says that the same command will never do. */
const HOPELESS: ReadonlyMap<number, string> = new Map([
  [2, 'it does not understand its arguments'],
  [126, 'its program cannot be run'],
  [127, 'its program was not found'],
]);

/** A shell that waits for a word and becomes the command: where we die before the word, nothing was begun that no journal knows of. */
const WAITING = ['/bin/sh', '-c', 'read -r go && exec "$@" </dev/null', 'sh'] as const;

export class CommandExecutor implements Executor<CommandWork> {
  private readonly options: CommandOptions;
  /** Logs that commands write now. */
  private readonly logs = new Set<string>();

  constructor(options: CommandOptions) {
    this.options = options;
  }

  async start(work: CommandWork): Promise<Resolved<Started>> {
    const { folder, runFolder, mark, politeMs } = this.options;
    const { argv, shownArgv, environment } = work;
    const [program = ''] = argv;
    const waits = process.platform !== 'win32';
    const couldNot = (why: string): Resolved<Started> => ({
      ok: false,
      message: `${redact(program, environment.secrets)} could not be started: ${why}. Correct the command of the job`,
    });
    const lacking = waits ? whyNoProgram(program, folder, environment.env) : undefined;
    if (lacking !== undefined) return couldNot(lacking);
    const log = this.freeLog(work.step);
    const path = join(runFolder, log);
    const file = openSync(path, 'a');
    const logFrom = fstatSync(file).size;
    const [first = '', ...others] = waits ? [...WAITING, ...argv] : argv;
    let child: ChildProcess;
    try {
      child = spawn(first, others, {
        cwd: folder,
        env: { ...environment.env, [RUN_VARIABLE]: mark },
        stdio: [waits ? 'pipe' : 'ignore', file, file],
        detached: true,
        windowsHide: true,
      });
    } catch (error) {
      this.logs.delete(log);
      return couldNot(errorWords(error)); // more arguments, or a larger environment, than the system takes
    } finally {
      closeSync(file);
    }
    child.stdin?.on('error', () => undefined); // it was ended before it was told to begin
    const failed = await new Promise<Error | undefined>(settle => {
      child.once('spawn', () => settle(undefined));
      child.once('error', settle);
    });
    const { pid } = child;
    if (failed !== undefined || pid === undefined) {
      this.logs.delete(log);
      return couldNot(failed?.message ?? 'no process came of it');
    }
    const its = processRef(pid) ?? { pid, host: '', started: '' };
    const follower = this.follow(work, path, logFrom, environment.secrets);
    let began = Date.now();
    const limit = new Limit(work.timeoutMs, () => endProcesses(its, politeMs));
    const ended = new Promise<Ending>(settle => {
      child.once('exit', (code, signal) => {
        limit.stop();
        const done = async (): Promise<Ending> => {
          const left = leftInGroup(pid);
          if (left.length > 0) await endProcesses(its, politeMs);
          const printed = follower.stop();
          this.logs.delete(log);
          return ending({ code, signal, ms: Date.now() - began, limit, left: left.length, printed });
        };
        void done().then(settle);
      });
    });
    return {
      ok: true,
      value: {
        process: its,
        shown: redact(shownCommand(shownArgv), environment.secrets),
        log,
        logFrom,
        go: () => {
          began = Date.now();
          limit.begin(began);
          child.stdin?.end('go\n');
        },
        ended,
        cancel: () => endProcesses(its, politeMs),
      },
    };
  }

  /** A log that no other command writes now: what one prints must not be taken for another's. */
  private freeLog(step: string): string {
    const name = step.replaceAll(/[^\w.-]/g, '_');
    let log = `${name}.log`;
    for (let i = 2; this.logs.has(log); i++) log = `${name}-${i}.log`;
    this.logs.add(log);
    return log;
  }

  /** Takes up a process that another runner began: its end is seen, and its exit code is not. */
  attach(
    work: Work & Pick<CommandWork, 'timeoutMs'>,
    its: ProcessRef,
    {
      log = '',
      logFrom,
      since,
      secrets,
    }: Pick<Started, 'log' | 'logFrom'> & Pick<JobEnvironment, 'secrets'> & { readonly since: number },
  ): Started {
    const { runFolder, politeMs } = this.options;
    this.logs.add(log);
    const follower = this.follow(work, join(runFolder, log), logFrom, secrets);
    const limit = new Limit(work.timeoutMs, () => endProcesses(its, politeMs));
    limit.begin(since);
    const wait = async (): Promise<Ending> => {
      while (isAlive(its) === true) await delay(LOOK_MS);
      limit.stop();
      if (leftInGroup(its.pid).length > 0) await endProcesses(its, politeMs);
      const { progress } = follower.stop();
      this.logs.delete(log);
      return {
        code: null,
        signal: null,
        ms: Date.now() - since,
        problem: limit.words ?? 'its end was not seen',
        worthRetrying: true,
        reported: reportedBy(progress),
      };
    };
    return {
      process: its,
      shown: undefined,
      log,
      logFrom,
      go: () => undefined, // it has begun long ago
      ended: wait(),
      cancel: () => endProcesses(its, politeMs),
    };
  }

  /** Masks what a command has printed that nobody looked after. */
  mask(log: string, from: number, secrets: readonly string[]): void {
    new LogMask(join(this.options.runFolder, log), from, secrets).mask();
  }

  private follow(work: Work, path: string, from: number, secrets: readonly string[]): { stop(): Followed } {
    const follower = new LogFollower(path, { from });
    const mask = new LogMask(path, from, secrets);
    const tracker = new ProgressTracker();
    const began = Date.now();
    let lookedAt = 0;
    let inCheckpoint: JobSaid['inCheckpoint'];
    let lastLine: string | undefined;
    const take = (printed: string): void => {
      const line = redact(printed, secrets);
      tracker.take(line);
      if (line.trim() !== '') lastLine = line.trim();
    };
    const look = (): void => {
      const lines = follower.poll();
      for (const line of lines) take(line);
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
        do look();
        while (follower.behind);
        const rest = follower.takeRest();
        if (rest !== undefined) take(rest);
        follower.close();
        return { progress: tracker.snapshot(), lastLine };
      },
    };
  }
}

/** What a command has printed, when it has ended. */
interface Followed {
  readonly progress: ProgressSnapshot;
  readonly lastLine: string | undefined;
}

/** The dates that a checkpoint file calls done, where it was written since an instant, milliseconds since 1970 UTC. */
function checkpointDates(path: string, since: number): JobSaid['inCheckpoint'] {
  const checkpoint = readCheckpoint(path);
  return checkpoint.ok && checkpoint.updatedAt >= since ? [...checkpoint.done] : undefined;
}

/** How long work may take. */
class Limit {
  private readonly ms: number | undefined;
  private readonly over: () => Promise<void>;
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;

  constructor(ms: number | undefined, over: () => Promise<void>) {
    this.ms = ms;
    this.over = over;
  }

  /** @param since when the work began, milliseconds since 1970 UTC */
  begin(since: number): void {
    if (this.ms === undefined) return;
    this.timer = setTimeout(
      () => {
        this.isOver = true;
        void this.over();
      },
      Math.max(0, since + this.ms - Date.now()),
    );
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** What it came to; `undefined` where the work kept within it. */
  get words(): string | undefined {
    return this.isOver ? `took longer than ${formatDuration(this.ms ?? 0)} and was ended` : undefined;
  }
}

function ending({
  code,
  signal,
  ms,
  limit,
  left,
  printed: { progress, lastLine },
}: {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly ms: number;
  readonly limit: Limit;
  readonly left: number;
  readonly printed: Followed;
}): Ending {
  const hopeless = code === null ? undefined : HOPELESS.get(code);
  // Its last claim may be of a date that went well; its last line is what it died of.
  const told = progress.traceback || progress.fatal ? progress.lastMessage : lastLine;
  const last = told === undefined ? '' : `: ${told.slice(0, MOST_TOLD)}`;
  const problem =
    limit.words ??
    (signal !== null
      ? `was ended by ${signal}`
      : code !== 0
        ? `ended with ${code ?? 'nothing'}${hopeless === undefined ? last : ` (${hopeless})${last}`}`
        : left > 0
          ? `ended with 0 and left ${left === 1 ? 'a process behind, which was' : `${left} processes behind, which were`} ended`
          : progress.traceback
            ? `ended with 0 although it printed an exception${last}`
            : undefined);
  return {
    code: limit.words === undefined ? code : null,
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
