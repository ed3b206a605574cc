// Which run a command is about: the one that is named, else the only one that it can mean. Nobody ends a run that was not meant.
import { dirname } from 'node:path';
import type { RunStanding } from '../backfill/run-summary';
import { findManifest } from '../pipeline/manifest-file';
import { findRun, runIds } from '../runs/run-folder';
import { FollowedRun } from '../services/followed-run';
import type { Refusal } from '../services/opening';
import type { RunsFlags } from './backfill-commands';
import type { World } from './world';

type Found<T> = { readonly ok: true; readonly value: T } | Refusal;

/** What can be done with a run. */
export type RunCommand = 'show' | 'attach' | 'cancel' | 'resume';

const GOES_ON: readonly RunStanding[] = ['running', 'waiting'];
/** Which runs a command can mean where none is named: the first of these that there are any of. `show` means the newest. */
const MEANT: Readonly<Record<Exclude<RunCommand, 'show'>, readonly (readonly RunStanding[])[]>> = {
  attach: [GOES_ON],
  // What a runner has left that is gone may still run.
  cancel: [GOES_ON, ['lost']],
  resume: [['lost', 'failed', 'cancelled', 'needs-someone']],
};

/** The folder of the runs: that of the manifest, whatever is written in it. A run is looked at and ended also while somebody edits. */
export function workspaceOf({ manifest }: Pick<RunsFlags, 'manifest'>, { cwd }: Pick<World, 'cwd'>): Found<string> {
  const found = findManifest(cwd, manifest);
  return found.ok ? { ok: true, value: dirname(found.path) } : usage(found.message);
}

/** The run that a command is about. @param named its id, or the beginning or end of it */
export function runAsked(
  command: RunCommand,
  named: string | undefined,
  flags: RunsFlags,
  world: World,
): Found<FollowedRun> {
  const workspace = workspaceOf(flags, world);
  if (!workspace.ok) return workspace;
  const { value: folder } = workspace;
  if (named === undefined && command !== 'show') return onlyRun(command, folder);
  const found = findRun(folder, named ?? runIds(folder)[0] ?? '');
  return found.ok ? openRun(folder, found.id) : usage(found.message);
}

/** Opens a run. One whose folder is spoilt is told as what it is: no plan that could be made would mend it. */
export function openRun(workspace: string, id: string): Found<FollowedRun> {
  const opened = FollowedRun.open(workspace, id);
  if (opened.ok) return opened;
  const why = opened.message.replace(/: make one with .*$/, '');
  return {
    ok: false,
    kind: 'error',
    problems: [
      {
        message: `run ${id} cannot be read: ${why}. What it wrote is in its tables: "phasegate coverage" tells; delete its folder when it is needed no more`,
      },
    ],
  };
}

function onlyRun(command: Exclude<RunCommand, 'show'>, workspace: string): Found<FollowedRun> {
  const now = Date.now();
  const runs = runIds(workspace).flatMap(id => {
    const opened = FollowedRun.open(workspace, id);
    return opened.ok ? [{ run: opened.value, state: opened.value.summary(now).state }] : [];
  });
  const [newest] = runs;
  if (newest === undefined) return usage(`there are no runs in ${workspace}: "phasegate backfill TABLE" begins one`);
  const meant = MEANT[command]
    .map(states => runs.filter(({ state }) => states.includes(state)))
    .find(({ length }) => length > 0);
  if (meant === undefined)
    return command === 'resume'
      ? { ok: true, value: newest.run } // whoever is to go on with it says why that cannot be
      : usage(
          `no run is running. The newest, ${newest.run.id}, is ${newest.state}: "phasegate runs show ${newest.run.id}" tells what became of it`,
        );
  const [only, ...others] = meant;
  if (only !== undefined && others.length === 0) return { ok: true, value: only.run };
  return usage(
    [
      `${meant.length} runs can be meant: say which, as in "phasegate runs ${command} ${only?.run.id ?? ''}"`,
      ...meant.map(({ run, state }) => `  ${run.id}  ${state}`),
    ].join('\n'),
  );
}

function usage(message: string): Refusal {
  return { ok: false, kind: 'usage', problems: [{ message }] };
}
