// One table has one writer: what is written is named, wherever it is reached from, and two plans that share nothing run side by side.
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeDatabase } from '../warehouse/workspace';
import { DATES, RIGHT, usePipelines } from './pipelines';

const { pipeline, root } = usePipelines();
const [FIRST, SECOND] = DATES;
const WAITS = `${RIGHT}\nsay(TABLE.name); hears("go on")`;

describe('two plans at once', () => {
  it('of tables that share nothing both run', async () => {
    const one = pipeline({ tables: { teams: { does: WAITS }, players: { does: WAITS } }, dates: [FIRST, SECOND] });
    const [teams, players] = [await one.begin('teams'), await one.begin('players')];
    await Promise.all([one.heard('teams'), one.heard('players')]); // each waits in the middle of its work
    expect([teams.standing, players.standing]).toEqual(['running', 'running']);
    one.say('go on');
    await Promise.all([teams.ended(), players.ended()]);
    expect([teams.state.state, players.state.state]).toEqual(['done', 'done']);
    expect(teams.id).not.toBe(players.id);
  });

  it('of the same table are refused, with who writes it', async () => {
    const waits = `say("teams"); hears("go on")\n${RIGHT}`;
    const one = pipeline({ tables: { teams: { does: waits }, players: {} }, dates: [FIRST] });
    const first = await one.begin('teams');
    await one.heard('teams');
    const second = await one.phasegate('backfill', 'players', 'teams', '--yes');
    expect(second.code).toBe(3);
    expect(second.out).toContain(`⚠ league.teams is being written by run ${first.id}`); // with the plan, before anybody is asked
    expect(second.err).toContain(
      `league.teams is being written by run ${first.id} of ${one.folder} (process ${first.runner.pid} on ${first.runner.host}): one table has one writer. Wait for it, or cancel it`,
    );
    expect(one.runs).toHaveLength(1);
    one.say('go on');
    await first.ended();
    expect((await one.backfill('players')).code).toBe(0);
  });

  it('begun in the same moment are one run, and the other is refused', async () => {
    const one = pipeline({ tables: { teams: { does: WAITS } }, dates: [FIRST] });
    const both = await Promise.all([0, 1].map(() => one.phasegate('backfill', 'teams', '--yes', '--detach')));
    one.say('go on');
    expect(new Set(both.map(({ code }) => code))).toEqual(new Set([0, 3]));
    expect(both.find(({ code }) => code === 3)?.err).toContain('is being written by run');
    for (const run of one.runs) await run.ended();
    expect(one.runs.map(({ state }) => state.state).sort()).toEqual(['done', 'failed'].slice(0, one.runs.length));
  });
});

describe('two checkouts of one pipeline', () => {
  const SELECT =
    'SELECT game_date::DATE AS game_date, game_id, team, points::INT AS points, now()::TIMESTAMP AS processed_at FROM league.raw WHERE game_date::DATE IN (SELECT unnest($dates))';

  it('that share a database cannot both write a table of it', async () => {
    const database = path.join(root, 'shared.duckdb');
    await makeDatabase(database, 'CREATE SCHEMA league');
    const link = path.join(root, 'linked.duckdb');
    symlinkSync(database, link);
    const tables = { slow: { does: WAITS }, teams: { sql: SELECT, inDatabase: true, needs: ['slow'] } } as const;
    const first = pipeline({ tables, dates: [FIRST], target: `path: "${database}"` });
    const second = pipeline({ tables: { teams: tables.teams, slow: {} }, dates: [FIRST], target: `path: "${link}"` });
    const run = await first.begin('2');
    await first.heard('slow');
    await second.backfill('slow');
    const refused = await second.phasegate('backfill', 'teams', '--yes');
    expect(refused.code).toBe(3);
    expect(refused.err).toContain(`league.teams is being written by run ${run.id} of ${first.folder}`);
    first.say('go on');
    await run.ended();
    expect(run.state.state).toBe('done');
  });

  it('each with its own files both write', async () => {
    const tables = { teams: { does: WAITS } };
    const [first, second] = [pipeline({ tables, dates: [FIRST] }), pipeline({ tables, dates: [FIRST] })];
    const runs = [await first.begin('teams'), await second.begin('teams')];
    for (const one of [first, second]) {
      await one.heard('teams');
      one.say('go on');
    }
    for (const run of runs) await run.ended();
    expect(runs.map(({ state }) => state.state)).toEqual(['done', 'done']);
  });
});

describe('a writer that is not ours', () => {
  it('is seen by its command line, and warned of', async () => {
    const one = pipeline({ tables: { teams: { does: WAITS } }, dates: [FIRST] });
    const job = one.python('jobs/teams.py', '--dates', FIRST);
    await one.heard('teams');
    const gate = await one.phasegate('preflight', 'teams');
    one.say('go on');
    await job;
    expect(gate.code).toBe(2);
    expect(gate.out).toMatch(
      /process \d+ runs jobs\/teams\.py as well: two writers of one table spoil each other's work/,
    );
  });
});
