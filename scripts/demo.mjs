// The main job on the sample pipeline, as its user would do it: what is short, and what may be written now.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './setup.mjs';

const cli = path.join(ROOT, 'bin', 'phasegate.cjs');
const demo = path.join(ROOT, '.demo');
const workspace = path.join(demo, 'sample-league');
const stamp = path.join(demo, 'version');
const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

let report = '';

/** Runs the command line, shows what it prints, and holds it to the exit code that the story has. */
function run(args, cwd, wanted) {
  process.stdout.write(`\n$ phasegate ${args.join(' ')}\n`);
  const { status, stdout, error } = spawnSync(process.execPath, [cli, ...args], {
    cwd,
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

say('A league of thirty teams, five seasons, a pipeline that ran all night. Is it right? What is short, and why?');
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version && existsSync(workspace)) {
  say(`The sample is there from an earlier run: ${workspace}`);
} else {
  rmSync(workspace, { recursive: true, force: true });
  mkdirSync(demo, { recursive: true });
  run(['sample', workspace], ROOT, 0);
  writeFileSync(stamp, version);
}
say('Which dates of which tables are there and right:');
run(['coverage'], workspace, 1);
say('May team_offense be written now? Its raw data are there; an optional source has every game twice:');
run(['preflight', 'team_offense_game_summary'], workspace, 2);
say('And the players? Their upstream is short on the very dates they need:');
run(['preflight', 'player_game_summary'], workspace, 1);
say(`The report is kept: ${report}\nTry next: cd ${workspace} && node ${cli} coverage team_offense_game_summary`);
