// Follows a run until it ends: as a block on a terminal, as lines elsewhere, as events where JSON is asked for.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogUpdate } from 'log-update';
import type { RunStanding } from '../backfill/run-summary';
import { EXIT } from '../model/outcome';
import { painter } from '../print/paint';
import { eventLines, leftWords, printRun, progressBlock, progressWords } from '../print/run-progress';
import { tailOf } from '../runs/log-follower';
import { RUN_FILES } from '../runs/run-folder';
import type { FollowedRun } from '../services/followed-run';
import { type World, columnsOf, layout } from './world';

/** How often the journal is looked at. */
const LOOK_MS = 150;
/** How often it is said, where there is no terminal, how far a step is. */
const SAY_MS = 10_000;

/** The exit code of a run that has ended: it is good where everything was written and the last validation holds. */
export function exitOf(
  state: RunStanding,
  verdict: 'pass' | 'warn' | 'fail' | 'error' | undefined,
  warningsOk: boolean,
): number {
  if (state === 'lost') return EXIT.error;
  if (state !== 'done') return EXIT.fail;
  return verdict === undefined ? EXIT.pass : verdict === 'warn' && warningsOk ? EXIT.pass : EXIT[verdict];
}

/** Shows a run from its beginning until it ends, or until the person goes away. Gives the exit code. */
export async function followRun(
  run: FollowedRun,
  flags: { readonly json?: boolean; readonly verbose?: boolean; readonly warningsOk?: boolean },
  world: World,
): Promise<number> {
  const { id, folder, plan } = run;
  const look = layout(world, flags.verbose);
  const paint = painter(look.colour);
  const live = flags.json !== true && world.progress ? createLogUpdate(screen(process.stderr)) : undefined;
  const said = new Map<string, number>();
  const tell = (): void => {
    for (const event of run.read())
      if (flags.json === true) world.out(`${JSON.stringify(event)}\n`);
      else
        for (const line of eventLines(event, plan, paint)) {
          live?.clear();
          world.err(`${line}\n`);
        }
  };
  for (;;) {
    if (!existsSync(folder)) {
      live?.clear();
      world.err(`${goneWords(run)}\n`);
      return EXIT.error;
    }
    tell();
    const now = Date.now();
    const summary = run.summary(now);
    if (summary.state !== 'running' && summary.state !== 'waiting') {
      tell();
      live?.clear();
      if (flags.json !== true) {
        world.out(printRun(summary, look, now));
        if (summary.report !== undefined) world.out(`Report: ${join(folder, summary.report)}\n`);
        if (summary.state === 'lost') world.out(lostWords(run));
      }
      return exitOf(summary.state, summary.verdict, flags.warningsOk === true);
    }
    if (world.signal.aborted) {
      live?.clear();
      world.err(`The run goes on. ${followWords(id)}\n`);
      return EXIT_INTERRUPTED;
    }
    if (live !== undefined) live(progressBlock(summary, { ...look, columns: columnsOf(process.stderr.columns) }, now));
    else if (flags.json !== true)
      for (const step of summary.steps.filter(each => each.state === 'running')) {
        if (now - (said.get(step.id) ?? step.startedAt ?? now) < SAY_MS) continue;
        said.set(step.id, now);
        const left = leftWords(summary);
        world.err(`${step.id}: ${progressWords(step)}${left === '' ? '' : `; of the run ${left}`}\n`);
      }
    await delay(LOOK_MS, undefined, { signal: world.signal }).catch(() => undefined);
  }
}

/** A terminal with a size: one that tells none would be drawn on as one of no columns, a sign a line. */
function screen(terminal: NodeJS.WriteStream): NodeJS.WritableStream {
  const shown = new Writable({
    decodeStrings: false,
    write: (text: string, _encoding, done) => {
      terminal.write(text);
      done();
    },
  });
  return Object.defineProperties(shown, {
    isTTY: { value: terminal.isTTY },
    columns: { get: () => columnsOf(terminal.columns) },
    rows: { get: () => (terminal.rows > 0 ? terminal.rows : UNTOLD_ROWS) },
  });
}

/** Height of a terminal that does not tell its own. Lines. */
const UNTOLD_ROWS = 24;

/** What one does with a run that goes on by itself. */
export function followWords(id: string): string {
  return `See it with "phasegate runs attach ${id}"; end it with "phasegate runs cancel ${id}"`;
}

/** What is left to say where somebody has deleted the folder of a run: nothing tells any more how it stands, and nothing can go on with it. */
function goneWords(run: FollowedRun): string {
  const { runner } = run.state;
  const owner =
    run.isOwned && runner !== undefined
      ? `Its runner, process ${runner.pid}, still lives: end it with "kill ${runner.pid}". `
      : '';
  return `The folder of run ${run.id} is gone: ${run.folder} was deleted or moved. ${owner}What it wrote until then is in its tables: "phasegate coverage" tells`;
}

/** What a runner that is gone has said at last, where it could, and what to do. */
export function lostWords({ id, folder }: Pick<FollowedRun, 'id' | 'folder'>): string {
  const last = tailOf(join(folder, RUN_FILES.output), MOST_LAST_WORDS);
  return [...last, `Next: phasegate runs resume ${id}`, ''].join('\n');
}

/** Lines. */
const MOST_LAST_WORDS = 5;
/** As a shell says it of a program that was interrupted. */
const EXIT_INTERRUPTED = 130;
