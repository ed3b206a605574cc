// Ours beside eight other ways to ask the same sixteen checks of the real game logs, in one run: `npm run bench -- --rivals [RUNS]`.
// The kit that installs and times the others lies beside the project; this adds ours to it and prints its table.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { postBackfillManifest } from '../test/fixtures/nba-gamelogs/post-backfill';
import { GAMELOGS_FOLDER, hasGamelogs } from '../test/fixtures/nba-gamelogs/workspace';

const KIT = path.resolve('../shared/rivals');
/** Packages of all tools: about 1.3 GB, kept for the next time. */
const WORK = path.resolve('.bench/rivals');
const DEFAULT_RUNS = 5;
const OURS = 'phasegate';
/** What the whole of ours may take, in times of the hand-written query in Node. */
const GOAL = 1.4;

/** Runs the kit's own program with one tool more in its list. */
const WITH_OURS = `
import sys
kit = sys.argv.pop(1); node = sys.argv.pop(1); program = sys.argv.pop(1)
text = open(f"{kit}/bench.py").read()
def put(old, new):
    global text
    assert old in text, f"the kit has changed: {old} is not in it"
    text = text.replace(old, new)
put("    # ADD A COMPETITOR HERE", f'''    if tool == "${OURS}": return [{node!r}, {program!r}, "validate", "--no-cache", "--manifest", f"{{G}}/${OURS}_{{grp}}.yaml"], W, e
    # ADD A COMPETITOR HERE''')
put('TOOLS = [', 'TOOLS = ["${OURS}", ')
put('for n in TOOLS + ["LIMIT python"]', 'for n in TOOLS[1:] + ["LIMIT python"]') # statements are counted in Python only
sys.argv[0] = f"{kit}/bench.py"
exec(compile(text, sys.argv[0], "exec"), {"__name__": "__main__", "__file__": sys.argv[0]})
`;

function run(command: string, ...args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error !== undefined || status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${String(error ?? status)}`);
}

interface Bench {
  readonly res: Readonly<Record<string, readonly { readonly wall: number }[]>>;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

if (!hasGamelogs() || !existsSync(KIT)) {
  console.log('skipped: the real game logs, or the kit of the other tools, are not beside the project');
} else {
  const runs = process.argv[2] ?? String(DEFAULT_RUNS);
  mkdirSync(WORK, { recursive: true });
  const python = path.join(WORK, 'venv/limit/bin/python');
  run(path.join(KIT, 'setup.sh'), WORK);
  if (!existsSync(path.join(WORK, 'db/nba_bad.duckdb')))
    run(python, path.join(KIT, 'make_data.py'), GAMELOGS_FOLDER, WORK);
  run(python, path.join(KIT, 'gen.py'), WORK);
  const twelve = Array.from({ length: 12 }, (_, i) => `t${String(i + 1).padStart(2, '0')}`);
  for (const [group, tables] of [
    ['one', ['player_game']],
    ['twelve', twelve],
  ] as const)
    writeFileSync(path.join(WORK, 'gen', `${OURS}_${group}.yaml`), postBackfillManifest('${env:DB}', tables));
  run(python, '-c', WITH_OURS, KIT, process.execPath, path.resolve('bin/phasegate.cjs'), WORK, runs);

  for (const group of ['one', 'twelve']) {
    const { res } = JSON.parse(readFileSync(path.join(WORK, `bench_${group}.json`), 'utf8')) as Bench;
    const ours = (res[OURS] ?? []).map(({ wall }) => wall);
    const ratio = (walls: readonly { readonly wall: number }[], of: readonly number[], by: 'ours' | 'theirs'): string =>
      median(walls.map(({ wall }, i) => (by === 'ours' ? (of[i] ?? 0) / wall : wall / (of[i] ?? 0)))).toFixed(2);
    console.log(
      `\n${group}: ours is ${ratio(res['LIMIT node24'] ?? [], ours, 'ours')} times the hand-written query in Node (goal ${GOAL})`,
    );
    for (const [name, walls] of Object.entries(res))
      if (name !== OURS && !name.startsWith('LIMIT') && !name.includes(' SELECT') && !name.includes('-c pass'))
        console.log(`  ${name} takes ${ratio(walls, ours, 'theirs')} times as long as ours`);
  }
}
