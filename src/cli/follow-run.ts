// Follows a run until it ends: as a block on a terminal, as lines elsewhere, as events where JSON is asked for.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogUpdate } from 'log-update';
import type { RunStanding } from '../backfill/run-summary';
import { EXIT } from '../model/outcome';
import { painter } from '../print/paint';
import { eventLines, leftWords, printRun, progressBlock, progressWords } from '../print/run-progress';
import { tailOf } from '../runs/log-follower';
import { RUN_FILES } from '../runs/run-folder';
import type { FollowedRun } from '../services/followed-run';
import { type World, layout } from './world';

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
  const live = flags.json !== true && world.progress ? createLogUpdate(process.stderr) : undefined;
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
      world.err(
        `The run goes on. See it with "phasegate runs attach ${id}"; end it with "phasegate runs cancel ${id}"\n`,
      );
      return EXIT_INTERRUPTED;
    }
    if (live !== undefined) live(progressBlock(summary, { ...look, columns: process.stderr.columns }, now));
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

/** What a runner that is gone has said at last, where it could, and what to do. */
export function lostWords({ id, folder }: Pick<FollowedRun, 'id' | 'folder'>): string {
  const last = tailOf(join(folder, RUN_FILES.output), MOST_LAST_WORDS);
  return [...last, `Next: phasegate runs resume ${id}`, ''].join('\n');
}

/** Lines. */
const MOST_LAST_WORDS = 5;
/** As a shell says it of a program that was interrupted. */
const EXIT_INTERRUPTED = 130;
