// Runs on the command line: which there were, how they stand, attach to one, cancel it, go on with it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorWords } from '../model/error-words';
import { STATE_OUTCOMES, printRun } from '../print/run-progress';
import { OUTCOME_SIGNS } from '../print/words';
import { painter } from '../print/paint';
import { EXIT } from '../model/outcome';
import { formatInstant } from '../model/instant';
import { formatShare } from '../model/percent';
import { tailOf } from '../runs/log-follower';
import { findRun, runIds } from '../runs/run-folder';
import type { Refusal } from '../services/opening';
import { cancelRun, resumeRun } from '../services/backfills';
import { FollowedRun } from '../services/followed-run';
import { exitOf, followRun, lostWords } from './follow-run';
import type { RunsFlags } from './backfill-commands';
import { openAsked, refuse } from './opening';
import { VERSION, type World, layout } from './world';

/** So many runs are listed unless all are asked for. */
const MOST_LISTED = 20;
const DEFAULT_TAIL = 40;

/** What may be asked about one run. */
export const RUN_COMMANDS = {
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
    const started = await resumeRun(run, { programs: world.programs, version: VERSION, env: world.env });
    if (!started.ok) return refuse('runs', failed(started.message), flags, world);
    return flags.detach === true ? EXIT.pass : followRun(run, flags, world);
  },
} as const satisfies Readonly<Record<string, (run: FollowedRun, flags: RunsFlags, world: World) => Promise<number>>>;

/** Does something with one run: the newest unless one is named. Gives the exit code. */
export async function aboutRun(
  name: keyof typeof RUN_COMMANDS,
  run: string | undefined,
  flags: RunsFlags,
  world: World,
): Promise<number> {
  const view = await find(run, flags, world);
  return view.ok ? RUN_COMMANDS[name](view.value, flags, world) : refuse('runs', view, flags, world);
}

function failed(message: string): Refusal {
  return { ok: false, kind: 'error', problems: [{ message }] };
}

async function workspaceOf(
  flags: RunsFlags,
  world: World,
): Promise<{ readonly ok: true; readonly value: string } | Refusal> {
  const opened = await openAsked(flags, world);
  if (!opened.ok) return opened;
  await opened.services.close();
  return { ok: true, value: opened.services.pipeline.folder };
}

async function find(
  run: string | undefined,
  flags: RunsFlags,
  world: World,
): Promise<{ readonly ok: true; readonly value: FollowedRun } | Refusal> {
  const workspace = await workspaceOf(flags, world);
  if (!workspace.ok) return workspace;
  const found = findRun(workspace.value, run ?? runIds(workspace.value)[0] ?? '');
  if (!found.ok) return { ok: false, kind: 'usage', problems: [{ message: found.message }] };
  const opened = FollowedRun.open(workspace.value, found.id);
  return opened.ok ? opened : failed(opened.message);
}

/** Lists the runs of the workspace, newest first. Gives the exit code. */
export async function listRuns(flags: RunsFlags, world: World): Promise<number> {
  const workspace = await workspaceOf(flags, world);
  if (!workspace.ok) return refuse('runs', workspace, flags, world);
  const ids = runIds(workspace.value);
  const shown = flags.verbose === true || flags.json === true ? ids : ids.slice(0, MOST_LISTED);
  const now = Date.now();
  const summaries = shown.flatMap(id => {
    const opened = FollowedRun.open(workspace.value, id);
    return opened.ok ? [opened.value.summary(now)] : [];
  });
  if (flags.json === true) {
    world.out(`${JSON.stringify(summaries, undefined, 1)}\n`);
    return EXIT.pass;
  }
  const paint = painter(layout(world, false).colour);
  if (summaries.length === 0) world.out('No runs yet: "phasegate backfill TABLE" begins one\n');
  for (const each of summaries) {
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
    if (run.torn > 0) world.out(`  ${run.torn} torn lines of its journal were passed over\n`);
    if (summary.report !== undefined) world.out(`\n${readText(join(run.folder, summary.report))}`);
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
