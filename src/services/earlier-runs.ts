// What earlier runs of a workspace tell: how long its jobs took.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunDurations } from '../backfill/durations';
import { runIds, runsFolder } from '../runs/run-folder';

/** So many runs are looked at: of each job its newest count, and other jobs may have run since. */
const MOST_LOOKED_AT = 200;

/** How long jobs took in earlier runs of a workspace, newest first. */
export function earlierDurations(workspace: string): readonly RunDurations[] {
  const found: RunDurations[] = [];
  for (const id of runIds(workspace).slice(0, MOST_LOOKED_AT)) {
    try {
      found.push(JSON.parse(readFileSync(join(runsFolder(workspace), id, DURATIONS), 'utf8')) as RunDurations); // our own file
    } catch {
      continue; // a run that has not ended, or wrote nothing
    }
  }
  return found;
}

/** The file of a run's folder with how long its jobs took. */
export const DURATIONS = 'durations.json';
