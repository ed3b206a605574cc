// The sixteen post-backfill checks on the real game logs as whole processes, beside one hand-written query in Node: one table, and twelve.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makePostBackfill, postBackfillManifest } from '../test/fixtures/nba-gamelogs/post-backfill';
import { hasGamelogs } from '../test/fixtures/nba-gamelogs/workspace';

const ROUNDS = 9;
/** What the whole of ours may take of the hand-written one's time. */
const GOAL = 1.4;

const BY_HAND = `const { DuckDBInstance } = require('@duckdb/node-api');
(async () => {
  const c = await (await DuckDBInstance.create(process.argv[2], { access_mode: 'READ_ONLY' })).connect();
  for (const t of process.argv.slice(3))
    (await c.runAndReadAll(\`SELECT game_date, count(*), count(player_id), count(team), count(minutes), count(pts), count(DISTINCT game_id),
      count(DISTINCT (game_id, player_id)), min(pts), max(pts), min(minutes), max(minutes), min(reb), max(reb), min(plus_minus), max(plus_minus),
      count(DISTINCT pts), count(DISTINCT stl), sum(pts), avg(minutes), stddev(fantasy_pts) FROM \${t} GROUP BY game_date ORDER BY game_date\`)).getRowsJS();
})();`;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function timed(args: readonly string[], cwd: string): number {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${String(status)}: ${stdout}${stderr}`);
  return performance.now() - start;
}

if (!hasGamelogs()) {
  console.log('skipped: the real game logs are not beside the project');
} else {
  const folder = mkdtempSync(path.join(tmpdir(), 'phasegate-bench-'));
  try {
    const program = path.resolve('bin/phasegate.cjs');
    const script = path.resolve('dist/bench/post-backfill-by-hand.cjs');
    writeFileSync(script, BY_HAND);
    for (const count of [1, 12]) {
      const tables = Array.from({ length: count }, (_, i) => `t${String(i + 1).padStart(2, '0')}`);
      const database = path.join(folder, `${count}.duckdb`);
      await makePostBackfill(database, tables);
      const manifest = path.join(folder, `${count}.yaml`);
      writeFileSync(manifest, postBackfillManifest(database, tables));
      const ours = (): number => timed([program, 'validate', '--no-cache', '--manifest', manifest], folder);
      const byHand = (): number => timed([script, database, ...tables], folder);
      ours();
      byHand();
      const rounds = Array.from({ length: ROUNDS }, () => ({ ours: ours(), byHand: byHand() }));
      const ratio = median(rounds.map(each => each.ours / each.byHand));
      console.log(
        `${count} ${count === 1 ? 'table' : 'tables'}: ours ${median(rounds.map(each => each.ours)).toFixed(0)} ms · by hand ${median(rounds.map(each => each.byHand)).toFixed(0)} ms · ratio ${ratio.toFixed(2)} (goal ${GOAL})`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
