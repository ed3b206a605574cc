// Runs on the command line: which there were, how they stand, attach to one, cancel it, go on with it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunSummary } from '../backfill/run-summary';
import { errorWords } from '../model/error-words';
import { STATE_OUTCOMES, printRun } from '../print/run-progress';
import { OUTCOME_SIGNS } from '../print/words';
import { painter } from '../print/paint';
import { EXIT } from '../model/outcome';
import { formatInstant } from '../model/instant';
import { countOf, formatShare } from '../model/percent';
import { tailOf } from '../runs/log-follower';
import { runIds, runsFolder } from '../runs/run-folder';
import type { Refusal } from '../services/opening';
import { type StartedRun, cancelRun, resumeRun } from '../services/backfills';
import type { FollowedRun } from '../services/followed-run';
import { exitOf, followRun, followWords, lostWords } from './follow-run';
import type { RunsFlags } from './backfill-commands';
import { refuse } from './opening';
import { type RunCommand, openRun, runAsked, workspaceOf } from './which-run';
import { VERSION, type World, layout } from './world';

/** So many runs are listed unless all are asked for. */
const MOST_LISTED = 20;
const DEFAULT_TAIL = 40;

/** What may be asked about one run. */
const RUN_COMMANDS = {
  show: (run, flags, world) => Promise.resolve(show(run, flags, world)),
  attach: followRun,
  cancel: async (run, flags, world) => {
    run.read(); // what was before is not told again
    const answer = await cancelRun(run, 'the command line');
    if (!answer.ok) return refuse('runs', failed(answer.message), flags, world);
    world.err(`${answer.value}\n`);
    await followRun(run, flags, world);
    return EXIT.pass;
  },
  resume: async (run, flags, world) => {
    run.read();
    const started = await resumed(run, flags, world);
    if (!started.ok) return refuse('runs', failed(started.message), flags, world);
    if (flags.detach !== true) return followRun(run, flags, world);
    const { id, folder } = run;
    world.out(
      flags.json === true ? `${JSON.stringify({ run: id, folder })}\n` : `Run ${id} goes on. ${followWords(id)}\n`,
    );
    return EXIT.pass;
  },
} as const satisfies Readonly<
  Record<RunCommand, (run: FollowedRun, flags: RunsFlags, world: World) => Promise<number>>
>;

/** Does something with one run: the one that is named, else the only one that can be meant. Gives the exit code. */
export async function aboutRun(
  name: RunCommand,
  run: string | undefined,
  flags: RunsFlags,
  world: World,
): Promise<number> {
  const found = runAsked(name, run, flags, world);
  return found.ok ? RUN_COMMANDS[name](found.value, flags, world) : refuse('runs', found, flags, world);
}

/** Goes on with a run. A protected target asks for its name, as it did when the run was begun. */
async function resumed(run: FollowedRun, { confirm }: RunsFlags, world: World): Promise<StartedRun> {
  const options = { programs: world.programs, version: VERSION, env: world.env };
  const started = await resumeRun(run, options, confirm);
  if (started.ok || started.protectedTarget === undefined || confirm !== undefined) return started;
  const name = started.protectedTarget;
  if (world.ask === undefined) return { ok: false, message: `${started.message}: say --confirm ${name}` };
  const typed = await world.ask(`Target ${name} is protected. Type its name to go on writing to it: `);
  return resumeRun(run, options, typed.trim());
}

function failed(message: string): Refusal {
  return { ok: false, kind: 'error', problems: [{ message }] };
}

/** A run of which nothing can be told. */
interface UnreadableRun {
  readonly id: string;
  readonly folder: string;
  readonly state: 'unreadable';
  readonly message: string;
}

/** Lists the runs of the workspace, newest first. Gives the exit code. */
export function listRuns(flags: RunsFlags, world: World): number {
  const workspace = workspaceOf(flags, world);
  if (!workspace.ok) return refuse('runs', workspace, flags, world);
  const ids = runIds(workspace.value);
  const shown = flags.verbose === true || flags.json === true ? ids : ids.slice(0, MOST_LISTED);
  const now = Date.now();
  const summaries = shown.map((id): RunSummary | UnreadableRun => {
    const opened = openRun(workspace.value, id);
    if (opened.ok) return opened.value.summary(now);
    const message = opened.problems.map(problem => problem.message).join('; ');
    return { id, folder: join(runsFolder(workspace.value), id), state: 'unreadable', message };
  });
  if (flags.json === true) {
    world.out(`${JSON.stringify(summaries, undefined, 1)}\n`);
    return EXIT.pass;
  }
  const paint = painter(layout(world, false).colour);
  if (summaries.length === 0) world.out('No runs yet: "phasegate backfill TABLE" begins one\n');
  for (const each of summaries) {
    if (each.state === 'unreadable') {
      world.out(`${paint.error(OUTCOME_SIGNS.error)} ${each.id}  ${each.state.padEnd(13)} ${each.message}\n`);
      continue;
    }
    const outcome = STATE_OUTCOMES[each.state];
    world.out(
      `${paint[outcome](OUTCOME_SIGNS[outcome])} ${each.id}  ${each.state.padEnd(13)} ${formatShare(each.done, each.planned).padStart(8)}  ${each.startedAt === undefined ? '' : formatInstant(each.startedAt)}  ${each.message}\n`,
    );
  }
  if (shown.length < ids.length) world.out(`and ${ids.length - shown.length} more (--verbose shows all)\n`);
  return EXIT.pass;
}

function show(run: FollowedRun, flags: RunsFlags, world: World): number {
  const now = Date.now();
  const summary = run.summary(now);
  if (flags.json === true) {
    world.out(`${JSON.stringify(summary, undefined, 1)}\n`);
  } else {
    world.out(printRun(summary, layout(world, flags.verbose), now));
    for (const note of summary.notes) world.out(`  ${note}\n`);
    if (run.torn > 0)
      world.out(
        `  ${countOf(run.torn, 'torn line')} of its journal ${run.torn === 1 ? 'was' : 'were'} passed over: a crash or a full disk tears one, and what happened before and after it is told\n`,
      );
    if (summary.report !== undefined) {
      const path = join(run.folder, summary.report);
      // What it says stands above already: a person opens it, a pipe wants its text.
      world.out(world.terminal === undefined ? `\n${readText(path)}` : `Report: ${path}\n`);
    }
    if (summary.state === 'lost') world.out(lostWords(run));
    if (flags.log !== undefined)
      for (const { id, log } of summary.steps) {
        if (log === undefined) continue;
        world.out(`\n${id}: ${join(run.folder, log)}\n`);
        for (const line of tailOf(join(run.folder, log), typeof flags.log === 'number' ? flags.log : DEFAULT_TAIL))
          world.out(`  ${line}\n`);
      }
  }
  return summary.state === 'running' || summary.state === 'waiting'
    ? EXIT.pass
    : exitOf(summary.state, summary.verdict, flags.warningsOk === true);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return `${path} could not be read: ${errorWords(error)}\n`;
  }
}
