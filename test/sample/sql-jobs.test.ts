// The sample's SQL jobs: each runs over the views of the declared tables and gives the rows of the dates asked for, and no others.
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type DuckDBConnection, DuckDBDateValue, DuckDBInstance, listValue } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readManifest } from '../../src/pipeline/manifest';
import type { Pipeline, Table } from '../../src/pipeline/pipeline';
import { describeFiles, fileRelation } from '../../src/warehouse/duckdb/file-tables';
import { viewStatements } from '../../src/warehouse/duckdb/views';
import { datesIn, sampleIn, temporaryRoot } from './workspaces';

const { root, remove } = temporaryRoot();
let instance: DuckDBInstance;
let connection: DuckDBConnection;
let workspace = '';
let pipeline: Pipeline;
beforeAll(async () => {
  workspace = await sampleIn(root, { state: 'healthy', dates: 30 });
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  const reading = readManifest(readFileSync(path.join(workspace, 'phasegate.yaml'), 'utf8'), {
    folder: workspace,
    file: 'phasegate.yaml',
    env: {},
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  pipeline = reading.pipeline;
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
  remove();
});

/** Defines the view of every table that is there. */
async function defineViews(): Promise<void> {
  for (const table of pipeline.tables.values()) {
    if (table.location.kind === 'target') continue;
    const files = await describeFiles(table, table.location, workspace, connection, undefined);
    const relation = files.description.state === 'present' ? fileRelation(table, files, () => true) : undefined;
    for (const statement of relation === undefined ? [] : viewStatements(table, relation))
      await connection.run(statement);
  }
}

function tableOf(short: string): Table {
  const found = [...pipeline.tables.values()].find(table => table.shortName === short);
  if (found === undefined) throw new Error(short);
  return found;
}

/** Runs a table's job over dates, and writes its partitions as they are declared. Gives rows by date. */
async function runJob(short: string, dates: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const table = tableOf(short);
  const job = pipeline.jobs.get(table.job ?? '');
  if (job?.kind !== 'sql') throw new Error(`${short} has no sql job`);
  const sql = readFileSync(path.join(workspace, job.sql), 'utf8');
  const days = listValue(dates.map(date => new DuckDBDateValue(Math.round(Date.parse(date) / 86_400_000))));
  await connection.run(`CREATE OR REPLACE TEMP TABLE result AS ${sql}`, { dates: days });
  const date = table.date?.column ?? '';
  const rows = await connection.runAndReadAll(
    `SELECT CAST("${date}" AS VARCHAR) AS d, count(*)::INT AS n, count(DISTINCT (${table.key.join(', ')}))::INT AS k FROM result GROUP BY 1 ORDER BY 1`,
  );
  const counts = new Map<string, number>();
  for (const [day, count, keys] of rows.getRows()) {
    expect(keys).toBe(count);
    counts.set(String(day), Number(count));
  }
  if (table.location.kind === 'file-per-date') {
    for (const day of counts.keys()) {
      const file = path.join(workspace, table.location.pattern.replace('{date}', day));
      mkdirSync(path.dirname(file), { recursive: true });
      await connection.run(`COPY (SELECT * FROM result WHERE "${date}" = DATE '${day}') TO '${file}' (FORMAT parquet)`);
    }
  }
  return counts;
}

describe('the sql jobs', () => {
  it('run in the order of their dependencies, and give every date asked for and no other', async () => {
    const dates = datesIn(path.join(workspace, 'data/raw/team_boxscore')).slice(-8);
    const rosters = new Map(
      dates.map(date => [
        date,
        readFileSync(path.join(workspace, 'data/raw/gamebook_player_stats', `${date}.csv`), 'utf8')
          .trim()
          .split('\n').length - 1,
      ]),
    );
    const order = [...pipeline.tables.values()].filter(table => pipeline.jobs.get(table.job ?? '')?.kind === 'sql');
    expect(order.map(table => table.shortName)).toEqual([
      'team_defense_zone_analysis',
      'player_shot_zone_analysis',
      'player_composite_factors',
      'player_daily_cache',
      'ml_feature_store_v2',
      'player_prop_predictions',
    ]);
    for (const table of order) {
      await defineViews();
      const counts = await runJob(table.shortName, dates);
      expect([...counts.keys()]).toEqual(dates);
      if (['player_composite_factors', 'player_daily_cache', 'ml_feature_store_v2'].includes(table.shortName))
        expect(counts).toEqual(rosters);
    }
  });

  it('see a table’s date as a DATE, and its declared columns in their types', async () => {
    await defineViews();
    const described = await connection.runAndReadAll('DESCRIBE league_analytics.player_game_summary');
    const types = new Map(described.getRows().map(row => [String(row[0]), String(row[1])]));
    expect(types.get('game_date')).toBe('DATE');
    expect(types.get('minutes_played')).toBe('BIGINT');
    expect(types.get('usage_rate')).toBe('DOUBLE');
    expect([...types.keys()].filter(name => name.startsWith('__'))).toEqual([]);
  });
});
