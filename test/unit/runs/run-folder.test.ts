// The folders of runs: which there are, which of them is the newest, and what their names tell.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runIds, runsFolder } from '../../../src/runs/run-folder';
import { instantOfId, newRunId } from '../../../src/runs/run-id';
import { NINE, after, note, runStarted } from './journals';

let workspace = '';
beforeEach(() => (workspace = mkdtempSync(join(tmpdir(), 'phasegate runs '))));
afterEach(() => rmSync(workspace, { recursive: true }));

/** A run with a journal, where there is to be one. */
function made(id: string, journal?: string): string {
  const folder = join(runsFolder(workspace), id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'plan.json'), '{}');
  if (journal !== undefined) writeFileSync(join(folder, 'journal.jsonl'), journal);
  return id;
}

/** A run that began so many milliseconds after nine o'clock. */
function begun(id: string, ms: number): string {
  const events = [{ ...runStarted(0), at: NINE + ms }, note(90, 'something')];
  return made(id, events.map(event => `${JSON.stringify(event)}\n`).join(''));
}

describe('runs', () => {
  test('come newest first, by their names', () => {
    const [first, second] = [begun('20240201T090000-a', 0), begun('20240201T090001-a', 1000)];
    expect(runIds(workspace)).toEqual([second, first]);
  });

  test('of one second come as their journals tell that they began', () => {
    const middle = begun('20240201T090000-b', 500);
    const last = begun('20240201T090000-a', 900);
    const first = begun('20240201T090000-c', 100);
    expect(runIds(workspace)).toEqual([last, middle, first]);
  });

  test('of one second that have not begun are the newest, and those of which nothing tells come by their names', () => {
    const old = begun('20240201T090000-z', 100);
    const waiting = made('20240201T090000-a');
    const torn = made('20240201T090000-b', '{"at"');
    expect(runIds(workspace)).toEqual([torn, waiting, old]);
  });

  test('are none where there is no folder of them, or no plan in it', () => {
    expect(runIds(workspace)).toEqual([]);
    mkdirSync(join(runsFolder(workspace), '20240201T090000-a'), { recursive: true });
    expect(runIds(workspace)).toEqual([]);
  });
});

test('the name of a run tells to the second when it was made; another name tells nothing', () => {
  expect(instantOfId(newRunId('league.teams', after(5) + 300))).toBe(after(5));
  expect(instantOfId('20240201T090000-teams-copy')).toBe(NINE);
  for (const id of ['mine', '20241301T090000-teams', '20240201T090000']) expect(instantOfId(id)).toBeUndefined();
});
