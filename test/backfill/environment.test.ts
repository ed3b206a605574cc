// What a command runs with: its environment, its interpreter, and secrets that are nowhere to be found afterwards.
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DATES, type Pipeline, RIGHT, type Run, until, usePipelines } from './pipelines';

const { pipeline, root } = usePipelines();
const [FIRST, SECOND] = DATES;
const SECRET = 'hunter2-"quoted"\\back ümlaut';

/** Every file below a folder that holds a text, from the folder. */
function filesWith(folder: string, text: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => {
    const file = path.join(folder, name);
    return statSync(file).isFile() && readFileSync(file).includes(text);
  });
}

describe('the environment of a job', () => {
  it('is ours, its envFile, its env, in this order, with what ${env:NAME} says', async () => {
    const one = pipeline({
      tables: {
        teams: {
          command: '"${python}", $JOB, --mode, "${env:MODE}"',
          does: `import json\nprint(json.dumps([os.environ.get(name) for name in ["OURS", "FILED", "BOTH", "FILLED", "ELECTRON_RUN_AS_NODE"]] + [arguments.mode, os.getcwd()]))\n${RIGHT}`,
          flag: '--mode',
          job: 'envFile: jobs/job.env, env: { BOTH: of the job, FILLED: "${env:OURS}!" }',
        },
      },
      dates: [FIRST],
      env: { OURS: 'ours', MODE: 'full', ELECTRON_RUN_AS_NODE: '1' },
    });
    writeFileSync(one.at('jobs', 'job.env'), 'FILED="of the file"\nBOTH=of the file\n');
    const run = await one.backfill('teams');
    expect(JSON.parse(run.log('teams'))).toEqual([
      'ours',
      'of the file',
      'of the job',
      'ours!',
      null,
      'full',
      one.folder,
    ]);
    expect(run.of('chunk-started')[0]?.shown).toContain('--mode ${env:MODE}');
  });

  it('has the workspace’s .venv first, for ${python} and for programs by their names', async () => {
    const tables = {
      teams: { does: RIGHT },
      players: { command: 'python, $JOB' },
    };
    const one = pipeline({ tables, dates: [FIRST] });
    mkdirSync(one.at('.venv', 'bin'), { recursive: true });
    writeFileSync(
      one.at('.venv', 'bin', 'python'),
      '#!/bin/sh\necho "of the workspace: $VIRTUAL_ENV"\nexec python3 "$@"\n',
    );
    chmodSync(one.at('.venv', 'bin', 'python'), 0o755);
    const run = await one.backfill('2');
    expect(run.out).toContain(`\${python} is ${one.at('.venv', 'bin', 'python')} (the workspace's .venv)`);
    for (const table of ['teams', 'players']) expect(run.log(table)).toBe(`of the workspace: ${one.at('.venv')}\n`);
    expect(run.code).toBe(0);
  });

  it('an interpreter that is named is taken, and one that is not there is refused', async () => {
    const one = pipeline({ tables: { teams: {} }, dates: [FIRST] });
    const gone = await one.phasegate('backfill', 'teams', '--python', 'python2.3', '--yes');
    expect([gone.code, gone.out]).toEqual([
      3,
      expect.stringContaining('there is no Python python2.3, which --python names'),
    ]);
    expect(one.runs).toEqual([]);
  });
});

describe('a secret', () => {
  const secrets = 'secrets: [API_KEY]';
  /** Its workspace and its state: wherever anything of a run is kept. */
  const traces = (one: Pipeline): readonly string[] =>
    [SECRET, JSON.stringify(SECRET).slice(1, -1)].flatMap(text => filesWith(one.folder, text));

  it('that is not set is named, and nothing is begun', async () => {
    const one = pipeline({ tables: { teams: { job: `${secrets}, envFile: jobs/job.env` } }, dates: [FIRST] });
    writeFileSync(one.at('jobs', 'job.env'), 'OTHER=1\n');
    const refused = await one.phasegate('backfill', 'teams', '--yes');
    expect(refused.code).toBe(3);
    expect(refused.out).toContain(
      'job teams: the secret API_KEY is not set: set it in the environment or in jobs/job.env\n',
    );
    expect(refused.err).toBe('this plan may not be run: mend what is named above\n');
    expect(one.runs).toEqual([]);
  });

  it('that a job prints, in its log, its errors and its last words, is nowhere', async () => {
    const does = `
key = os.environ["API_KEY"]
print("✓ ${FIRST}: 16 teams with", key)
print("halves:", end=" ", flush=True); sys.stdout.write(key[:9]); sys.stdout.flush(); sys.stdout.write(key[9:] + "\\n")
sys.exit(f"401 for {key}")`;
    const one = pipeline({
      tables: { teams: { does, job: `${secrets}, attempts: 1` } },
      dates: [FIRST],
      env: { API_KEY: SECRET },
    });
    const ran = await one.backfill('teams');
    expect(ran.log('teams')).toContain('401 for ****');
    expect(ran.words('teams', FIRST)).toBe('ended with 1: 401 for *** and wrote nothing: the table is not there');
    expect(ran.out + ran.err).not.toContain(SECRET);
    const shown = await one.phasegate('runs', 'show', '--log');
    expect(shown.out).not.toContain(SECRET);
    expect(traces(one)).toEqual([]);
  });

  it('that is in the command stands there by its name', async () => {
    const one = pipeline({
      tables: {
        teams: {
          command: '"${python}", $JOB, --key, "${env:API_KEY}"',
          flag: '--key',
          does: `assert arguments.key\n${RIGHT}`,
          job: secrets,
        },
      },
      dates: [FIRST],
      env: { API_KEY: SECRET },
    });
    const run = await one.backfill('teams');
    expect(run.code).toBe(0);
    expect(run.of('chunk-started')[0]?.shown).toContain('--key ${env:API_KEY}');
    expect(run.out).toContain('${env:API_KEY}');
    expect(traces(one)).toEqual([]);
  });

  it('that has several lines is masked line by line too', async () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQ\n-----END KEY-----';
    const one = pipeline({
      tables: {
        teams: {
          does: 'sys.exit("bad key: " + os.environ["API_KEY"].split("\\n")[1])',
          job: `${secrets}, attempts: 1`,
        },
      },
      dates: [FIRST],
      env: { API_KEY: key },
    });
    const run = await one.backfill('teams');
    expect(run.words('teams', FIRST)).toContain('ended with 1: bad key: *** and');
    expect(filesWith(one.folder, 'MIIEvQIBADANBg')).toEqual([]);
  });

  it('that a job printed when nobody looked any more is masked by whoever goes on', async () => {
    const does = `
if dates != ["${FIRST}"] and first_time("print"):
    say("here"); hears("nobody looks"); print("key", os.environ["API_KEY"], flush=True); say("printed"); hears("never")
${RIGHT}`;
    const one = pipeline({
      tables: { teams: { does, job: secrets } },
      dates: [FIRST, SECOND],
      env: { API_KEY: SECRET },
    });
    const run = await one.begin('teams');
    await one.heard('here');
    await run.kill(run.runner);
    one.say('nobody looks');
    await one.heard('printed');
    await run.kill(...run.jobs);
    expect(run.log('teams')).toContain(SECRET);
    expect((await one.resume(run)).code).toBe(0);
    expect(traces(one)).toEqual([]);
  });
});

describe('a folder', () => {
  it('with spaces, quotes and an umlaut is as good as any', async () => {
    const folder = path.join(root, `it's a "ligä" & $HOME`);
    const one = pipeline({ folder, tables: { teams: {}, players: { needs: ['teams'] } }, dates: [FIRST] });
    const run: Run = await one.backfill('2');
    expect(run.state.state).toBe('done');
    expect(one.rows('players', FIRST)).toEqual(one.rightRows(FIRST));
    await until('its lock is gone', () => readdirSync(path.join(root, 'state', 'locks')).length === 0);
  });
});
