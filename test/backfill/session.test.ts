// The backfill session of the sample on the command line, from a fifth of the dates to everything that can be there; and then there is nothing to do.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report';
import { rowsOf } from '../../scripts/crash/rows.mjs';
import { type Pipeline, type Ran, usePipelines } from './pipelines';

const { sample } = usePipelines();
const ANALYTICS = ['team_offense_game_summary', 'player_game_summary'];
const LATER = [
  'team_defense_zone_analysis',
  'player_shot_zone_analysis',
  'player_composite_factors',
  'player_daily_cache',
  'ml_feature_store_v2',
  'player_prop_predictions',
];

describe('the session on a small sample', () => {
  let one: Pipeline;
  let first: Ran;
  beforeAll(async () => {
    one = await sample(20);
    first = await one.phasegate('backfill', '3', '4', '5', '--yes');
  });
  const coverage = async (): Promise<Report> =>
    JSON.parse((await one.phasegate('coverage', ...ANALYTICS, ...LATER, '--json')).out) as Report;

  it('plans what is short in its order: what needs nothing of the plan side by side, then the rest', () => {
    expect(first.out).toMatch(/^Plan: \d+ dates of 8 tables/m);
    const groups = [...first.out.matchAll(/^ (\d) {2}(\w+) {2}\d+ dates: /gm)].map(([, group, table]) => [
      group,
      table,
    ]);
    expect(groups.slice(0, 2).map(([group]) => group)).toEqual(['1', '1']);
    expect(groups.slice(2).map(([group, table]) => [group, table])).toEqual([
      ['2', 'player_game_summary'],
      ['3', 'player_shot_zone_analysis'],
      ['4', 'player_composite_factors'],
      ['5', 'player_daily_cache'],
      ['6', 'ml_feature_store_v2'],
      ['7', 'player_prop_predictions'],
    ]);
  });

  it('writes and proves all of it: exit 0, and every table is complete', async () => {
    expect([first.code, first.out]).toEqual([
      0,
      expect.stringContaining('of 8 tables written and proven. The last validation: Everything asked for holds'),
    ]);
    for (const { table, counts, expected } of (await coverage()).coverage)
      expect([table, counts.complete]).toEqual([table, expected]);
  });

  it('leaves no key twice', async () => {
    for (const [table, { rows, twice }] of await rowsOf(one.folder))
      expect([table, rows.size > 0, [...twice]]).toEqual([table, true, []]);
  });

  it('leaves a report that says what was short and what is there now', () => {
    const report = readFileSync(/^Report: (.*)$/m.exec(first.out)?.[1] ?? '', 'utf8');
    for (const table of [...ANALYTICS, ...LATER]) expect(report.replaceAll('\\', '')).toContain(table);
    expect(report).toMatch(/100\.0 %/);
  });

  it('has nothing to do the second time, and runs nothing', async () => {
    const again = await one.phasegate('backfill', '3', '4', '5', '--yes');
    expect([again.code, again.out]).toEqual([
      0,
      expect.stringContaining('Nothing to do: nothing that can be written is short'),
    ]);
    expect(one.runs).toHaveLength(1);
  });

  it('knows by then how long its jobs take', async () => {
    const plan = await one.phasegate('plan', 'team_offense_game_summary', '--rebuild');
    expect(plan.out).toMatch(/Plan: \d+ dates of 1 table, about \d/);
  });
});
