// The main job on the sample pipeline, as its user would do it: what is short, what may be written now, the whole backfill, and what is left.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './setup.mjs';

const cli = path.join(ROOT, 'bin', 'phasegate.cjs');
const demo = path.join(ROOT, '.demo');
const workspace = path.join(demo, 'sample-league');
const manifest = path.join(workspace, 'phasegate.yaml');
/** Runs lock what they write in the user's state folder: the demo has one of its own. */
const env = { ...process.env, PHASEGATE_STATE: path.join(demo, 'state') };

let report = '';

/** Runs the command line, shows what it prints, and holds it to the exit code that the story has. */
function run(args, cwd, wanted) {
  process.stdout.write(`\n$ phasegate ${args.join(' ')}\n`);
  const { status, stdout, error } = spawnSync(process.execPath, [cli, ...args], {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error !== undefined) process.stderr.write(`${String(error)}\n`);
  process.stdout.write(stdout ?? '');
  process.stdout.write(`exit ${status}\n`);
  report = /^Report: (.*)$/m.exec(stdout ?? '')?.[1] ?? report;
  if (status === wanted) return;
  process.stderr.write(`the demo expected exit ${wanted}: something is wrong with this version\n`);
  process.exit(1);
}

const say = text => process.stdout.write(`\n${text}\n`);

/** Accepts a finding in the manifest, as its quick fix in the editor does. */
function accept(entry) {
  writeFileSync(manifest, `${readFileSync(manifest, 'utf8').trimEnd()}\n  - ${entry}\n`);
  process.stdout.write(`phasegate.yaml, accepted:\n  - ${entry}\n`);
}

say('A league of thirty teams, five seasons, a pipeline that ran all night. Is it right? What is short, and why?');
rmSync(workspace, { recursive: true, force: true });
mkdirSync(demo, { recursive: true });
run(['sample', workspace], ROOT, 0);
say('Which dates of which tables are there and right:');
run(['coverage'], workspace, 1);
say('May the players be written now? Their upstream is short on the very dates they need:');
run(['preflight', 'player_game_summary'], workspace, 1);
say('Then everything that is short, in order, each step behind its gate and proven by its rows:');
run(['backfill', 'Analytics', 'Precompute', 'Predictions', '--yes'], workspace, 0);
const runReport = report;
say(
  'One finding is left: a raw source that nobody rebuilds has games twice. It is known, and accepted with its reason:',
);
accept(
  '{ table: league_raw.bdl_player_boxscores, check: "unique/game_date,player_lookup", reason: the fallback source lists games under two ids, until: 2026-12-31 }',
);
run(['validate'], workspace, 0);
run(['coverage'], workspace, 0);
say(`The report of the backfill: ${runReport}\nTry next: cd ${workspace} && node ${cli} runs show`);
