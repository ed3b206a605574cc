// validate on the real game logs, from CSV and from a DuckDB file made of them, beside one hand-written query with the same casts:
// inside the process and as whole processes, paired, medians of 9. Skips with a message where the data are not beside the project.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { openServices } from '../src/services';
import {
  FIXTURE_MANIFEST,
  GAMELOGS_FOLDER,
  SEASONS,
  hasGamelogs,
  readSeason,
  writeSchedule,
} from '../test/fixtures/nba-gamelogs/workspace';

const ROUNDS = 9;
const HAND_WRITTEN = readFileSync(path.resolve('bench/gamelogs.sql'), 'utf8');

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function timed(task: () => unknown): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}

/** Times two tasks in turn, A B A B …, and prints medians and the median of the ratios. */
async function pair(name: string, ours: () => unknown, theirs: () => unknown): Promise<void> {
  await timed(ours);
  await timed(theirs);
  const rounds: { readonly a: number; readonly b: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push({ a: await timed(ours), b: await timed(theirs) });
  const [a, b, ratio] = [
    rounds.map(each => each.a),
    rounds.map(each => each.b),
    rounds.map(each => each.a / each.b),
  ].map(median);
  console.log(`${name.padEnd(34)} ours ${a?.toFixed(0)} ms · by hand ${b?.toFixed(0)} ms · ratio ${ratio?.toFixed(2)}`);
}

if (!hasGamelogs()) {
  console.log('skipped: the real game logs are not beside the project');
} else {
  const folder = mkdtempSync(path.join(tmpdir(), 'phasegate-bench-'));
  try {
    await bench(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bench(folder: string): Promise<void> {
  const schedule = writeSchedule(folder);
  const files = SEASONS.map(season => `'${path.join(GAMELOGS_FOLDER, `game_logs_${season}.csv`)}'`).join(', ');
  const columns = readSeason(SEASONS[0])
    .header.trim()
    .split(',')
    .map(name => `'${name}': 'VARCHAR'`)
    .join(', ');
  const csv = `read_csv([${files}], auto_detect=false, header=true, columns={${columns}})`;
  const database = path.join(folder, 'logs.duckdb');
  const maker = await DuckDBInstance.create(database);
  const making = await maker.connect();
  await making.run(`CREATE SCHEMA raw`);
  await making.run(`CREATE TABLE raw.game_logs AS SELECT * FROM ${csv}`);
  making.closeSync();
  maker.closeSync();
  const manifest = path.join(folder, 'phasegate.yaml');
  const declared = readFileSync(FIXTURE_MANIFEST, 'utf8');
  writeFileSync(
    manifest,
    declared
      .replace('{ type: duckdb }', '{ type: duckdb, path: logs.duckdb }')
      .replace(/ +files:\n(?: +- '[^\n]+\n)+/, ''),
  );

  const env = { ...process.env, GAMELOGS: GAMELOGS_FOLDER, SCHEDULE: schedule };
  const validate = (of: string) => async (): Promise<void> => {
    const opened = await openServices({
      cwd: folder,
      manifest: of,
      env,
      useCache: false,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    if (!opened.ok) throw new Error(opened.problems[0]?.message);
    const answer = await opened.services.validate([]);
    await opened.services.close();
    if (!answer.ok || answer.report.verdict !== 'pass') throw new Error('validate did not pass');
  };
  const byHand = (from: string, attach?: string) => async (): Promise<void> => {
    const instance = await DuckDBInstance.create(
      attach ?? ':memory:',
      attach === undefined ? {} : { access_mode: 'READ_ONLY' },
    );
    const connection = await instance.connect();
    const answer = await connection.runAndReadAll(HAND_WRITTEN.replace('FROM game_logs', `FROM ${from}`));
    if (answer.currentRowCount !== 747) throw new Error('the hand-written query did not find 747 dates');
    connection.closeSync();
    instance.closeSync();
  };
  await pair('CSV, inside the process', validate(FIXTURE_MANIFEST), byHand(csv));
  await pair('DuckDB file, inside the process', validate(manifest), byHand('raw.game_logs', database));

  const program = path.resolve('bin/phasegate.cjs');
  const script = path.resolve('dist/bench/by-hand.cjs');
  writeFileSync(
    script,
    `const { DuckDBInstance } = require('@duckdb/node-api');
(async () => { const i = await DuckDBInstance.create(process.argv[2], process.argv[2] === ':memory:' ? {} : { access_mode: 'READ_ONLY' }); const c = await i.connect(); await c.runAndReadAll(process.argv[3]); })();`,
  );
  const run = (args: readonly string[]): void => {
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  };
  const whole = (of: string) => (): void => run([program, 'validate', '--no-cache', '--manifest', of]);
  await pair('CSV, whole processes', whole(FIXTURE_MANIFEST), () =>
    run([script, ':memory:', HAND_WRITTEN.replace('FROM game_logs', `FROM ${csv}`)]),
  );
  await pair('DuckDB file, whole processes', whole(manifest), () =>
    run([script, database, HAND_WRITTEN.replace('FROM game_logs', 'FROM raw.game_logs')]),
  );
}
