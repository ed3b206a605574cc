// What one asks of runs on the command line: which there are, which one is meant, how one goes away from it, and what to do with one that is broken.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunSummary } from '../../src/backfill/run-summary';
import { DATES, type Pipeline, RIGHT, type Ran, type Run, until, usePipelines } from './pipelines';
import { hasTerminals, interrupted } from './terminal';

const { pipeline } = usePipelines();
const [FIRST, SECOND] = DATES;

/** Writes its dates and waits for a word. */
const WAITS = `${RIGHT}\nsay("here"); hears("go on")`;
/** Writes the first date, and fails at the second until it may. */
const STUMBLES = `
for day in dates:
    if day == "${SECOND}" and not os.path.exists("mended"): sys.exit("not this one")
    write(day, rows(day))`;

/** A run that has failed at its second date, with a job that does not any more. */
async function failed(): Promise<{ readonly one: Pipeline; readonly run: Run & Ran }> {
  const one = pipeline({ tables: { teams: { does: STUMBLES, job: 'chunk: 1, attempts: 1' } }, dates: [FIRST, SECOND] });
  const run = await one.backfill('teams', '--no-canary');
  writeFileSync(one.at('mended'), '');
  return { one, run };
}

/** A run of one date that waits for a word in it. */
async function waiting(): Promise<{ readonly one: Pipeline; readonly run: Run }> {
  const one = pipeline({ tables: { teams: { does: WAITS } }, dates: [FIRST] });
  const run = await one.begin('teams');
  await one.heard('here');
  return { one, run };
}

describe.skipIf(!hasTerminals())('Ctrl-C on a terminal', () => {
  it('leaves the run alone, says how to come back to it, and ends with 130', async () => {
    const { one, run } = await waiting();
    const { code, signal, seen } = await interrupted(
      one,
      { columns: 100, text: '0 of 1 date done' },
      'runs',
      'attach',
      run.id,
    );
    expect([code, signal]).toEqual([130, null]);
    expect(seen).toContain(
      `The run goes on. See it with "phasegate runs attach ${run.id}"; end it with "phasegate runs cancel ${run.id}"`,
    );
    expect(run.standing).toBe('running');
    one.say('go on');
    await run.ended();
    expect(run.state.state).toBe('done');
  });

  it('finds the figures of the run also where the terminal says that it is no column wide', async () => {
    const { one, run } = await waiting();
    const { seen } = await interrupted(one, { columns: 0, text: '0 of 1 date done' }, 'runs', 'attach', run.id);
    expect(seen).toContain('0 of 1 date done');
    one.say('go on');
    await run.ended();
  });
});

describe('rows that are found', () => {
  it('are counted once, though another runner asks about the same dates again', async () => {
    const { one, run } = await failed();
    expect(run.step('teams').rows).toBe(16);
    expect((await one.resume(run)).code).toBe(0);
    expect(run.step('teams').rows).toBe(32);
  });
});

describe('while the manifest cannot be read', () => {
  it('runs are listed, looked at, followed and ended all the same', async () => {
    const { one, run } = await waiting();
    writeFileSync(one.at('phasegate.yaml'), 'version: [');
    const listed = await one.phasegate('runs');
    expect([listed.code, listed.out]).toEqual([0, expect.stringContaining(run.id)]);
    expect((await one.phasegate('runs', 'show')).code).toBe(0);
    const attached = one.phasegate('runs', 'attach', run.id); // by name: it may come when the run has ended already
    const cancelled = await one.phasegate('runs', 'cancel');
    expect([cancelled.code, cancelled.err]).toEqual([
      0,
      expect.stringContaining('its runner ends what it has started'),
    ]);
    const followed = await attached;
    expect(followed.out + followed.err).toContain('cancelled');
    expect(run.state.state).toBe('cancelled');
  });

  it('a run goes on by the manifest that it began with', async () => {
    const { one, run } = await failed();
    writeFileSync(one.at('phasegate.yaml'), 'version: [');
    expect((await one.resume(run)).code).toBe(0);
  });
});

describe('a run that is not named', () => {
  it('is the one that runs, though others are newer', async () => {
    const { one, run } = await waiting();
    const newer = one.copyOf(run); // of which nothing has happened
    writeFileSync(
      path.join(newer.folder, 'journal.jsonl'),
      `${JSON.stringify({ at: Date.now(), event: 'run-ended', state: 'failed', message: 'no', report: undefined, verdict: undefined })}\n`,
    );
    expect(one.runs.map(({ id }) => id)).toEqual([newer.id, run.id]);
    const cancelled = await one.phasegate('runs', 'cancel');
    expect(cancelled.code).toBe(0);
    expect([run.state.state, newer.state.message]).toEqual(['cancelled', 'no']);
  });

  it('is none where several run: they are named, and nothing is done', async () => {
    const one = pipeline({ tables: { teams: { does: WAITS }, players: { does: WAITS } }, dates: [FIRST] });
    const both = [await one.begin('teams'), await one.begin('players')];
    for (const command of ['attach', 'cancel']) {
      const ran = await one.phasegate('runs', command);
      expect([ran.code, ran.err]).toEqual([
        64,
        expect.stringContaining(`2 runs can be meant: say which, as in "phasegate runs ${command} `),
      ]);
      for (const { id } of both) expect(ran.err).toContain(`${id}  running`);
    }
    one.say('go on');
    for (const run of both) await run.ended();
    expect(both.map(({ state }) => state.state)).toEqual(['done', 'done']);
  });

  it('is none where none runs, which is said', async () => {
    const { one, run } = await failed();
    for (const command of ['attach', 'cancel'])
      expect(await one.phasegate('runs', command)).toMatchObject({
        code: 64,
        err: `no run is running. The newest, ${run.id}, is failed: "phasegate runs show ${run.id}" tells what became of it\n`,
      });
  });

  it('is the only one that can be gone on with; of several the one is asked for', async () => {
    const { one, run } = await failed();
    expect((await one.phasegate('runs', 'resume')).code).toBe(0);
    expect(run.state.state).toBe('done');
    const copies = [one.copyOf(run), one.copyOf(run, `${run.id}-again`)];
    for (const { folder } of copies)
      writeFileSync(
        path.join(folder, 'journal.jsonl'),
        `${JSON.stringify({ at: 1, event: 'run-ended', state: 'cancelled', message: 'cancelled' })}\n`,
      );
    const asked = await one.phasegate('runs', 'resume');
    expect([asked.code, asked.err]).toEqual([64, expect.stringContaining('2 runs can be meant')]);
  });
});

describe('what to do next', () => {
  it('is said where a run failed, on the terminal and in its report', async () => {
    const { one, run } = await failed();
    const next = `Next: "phasegate runs show ${run.id} --log" shows what the jobs printed; when the cause is mended, "phasegate runs resume ${run.id}" goes on with what is not proven`;
    expect(run.out).toContain(next);
    expect((await one.phasegate('runs', 'show')).out).toContain(next);
    expect(one.read('.phasegate', 'runs', run.id, 'report.md')).toContain(next.replaceAll('"', '`'));
  });

  it('is said of a run that was cancelled, which says so once', async () => {
    const { one, run } = await waiting();
    const cancelled = await one.phasegate('runs', 'cancel');
    expect(cancelled.out).toContain('⚠ cancelled: 0 of 1 step done');
    expect(cancelled.out).toContain(`Next: "phasegate runs resume ${run.id}" goes on with what is not proven`);
  });
});

describe('a run that is gone on with in the background', () => {
  it('says how to come back to it', async () => {
    const { one, run } = await failed();
    const resumed = await one.phasegate('runs', 'resume', run.id, '--detach');
    expect([resumed.code, resumed.out]).toEqual([
      0,
      `Run ${run.id} goes on. See it with "phasegate runs attach ${run.id}"; end it with "phasegate runs cancel ${run.id}"\n`,
    ]);
    await run.ended();
  });

  it('says so in JSON where that is asked for', async () => {
    const { one, run } = await failed();
    const resumed = await one.phasegate('runs', 'resume', run.id, '--detach', '--json');
    expect(JSON.parse(resumed.out)).toEqual({ run: run.id, folder: run.folder });
    await run.ended();
  });

  it('shows no report of its earlier end', async () => {
    const one = pipeline({
      tables: { teams: { does: `if not os.path.exists("mended"): sys.exit("no")\n${WAITS}`, job: 'attempts: 1' } },
      dates: [FIRST],
    });
    const run = await one.backfill('teams');
    expect((await one.phasegate('runs', 'show')).out).toContain(`# Backfill ${run.id}: failed`);
    writeFileSync(one.at('mended'), '');
    await one.phasegate('runs', 'resume', '--detach');
    await one.heard('here');
    const shown = await one.phasegate('runs', 'show');
    expect(shown.out).not.toMatch(/# Backfill|Report|failed/);
    expect(JSON.parse((await one.phasegate('runs', 'show', '--json')).out)).not.toHaveProperty('report');
    one.say('go on');
    await run.ended();
  });
});

describe('a run that cannot be told', () => {
  it('because its plan is spoilt is listed with the reason, and no plan is advised', async () => {
    const { one, run } = await failed();
    const { folder } = run;
    writeFileSync(path.join(folder, 'plan.json'), '{');
    const listed = await one.phasegate('runs');
    expect(listed.out).toMatch(
      new RegExp(`${run.id} {2}unreadable +run ${run.id} cannot be read: .*plan.json is no plan\\. `),
    );
    const [json] = JSON.parse((await one.phasegate('runs', '--json')).out) as readonly { readonly message: string }[];
    expect(json).toMatchObject({ id: run.id, state: 'unreadable' });
    expect(json?.message).toContain('cannot be read');
    const shown = await one.phasegate('runs', 'show', run.id);
    expect([shown.code, shown.err]).toEqual([
      3,
      expect.stringContaining('plan.json is no plan. What it wrote is in its tables'),
    ]);
    expect(shown.err).not.toContain('make one');
    rmSync(folder, { recursive: true });
  });

  it('because its runner never began is lost after a minute, which is said to whoever follows it', async () => {
    const { one, run } = await failed();
    const old = one.copyOf(run, '20240101T000000-teams');
    const attached = await one.phasegate('runs', 'attach', old.id);
    expect([attached.code, attached.out]).toEqual([
      3,
      expect.stringContaining('its runner never began, and nothing was run: resume it to begin'),
    ]);
    expect(attached.out).toContain(`Next: phasegate runs resume ${old.id}`);
    expect((await one.resume(old)).code).toBe(0);
  });

  it('because its folder was deleted while it is followed: that is said, with its runner', async () => {
    const { one, run } = await waiting();
    const { runner, jobs, folder } = run;
    onTestFinished(() => run.kill(runner, ...jobs));
    const follower = spawn(process.execPath, [...one.program, 'runs', 'attach', run.id], {
      cwd: one.folder,
      env: one.env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let err = '';
    follower.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    const closed = once(follower, 'close');
    await until('it is followed', () => err.includes('preflight'));
    rmSync(folder, { recursive: true, force: true });
    expect(await closed).toEqual([3, null]);
    expect(err).toContain(`The folder of run ${run.id} is gone: ${folder} was deleted or moved.`);
    expect(err).toContain(`Its runner, process ${runner.pid}, still lives`);
    expect(err).not.toContain('runs resume');
  });
});

describe('words', () => {
  it('a command of runs that does not exist is said not to exist, with those that do', async () => {
    const { one } = await failed();
    const ran = await one.phasegate('runs', 'bogus');
    expect([ran.code, ran.err]).toEqual([
      64,
      'there is no command "runs bogus": it is one of list, show, attach, cancel, resume. A run is named behind it, as in "phasegate runs show bogus"\n',
    ]);
    const help = (await one.phasegate('runs', 'attach', '--help')).out.replaceAll(/\s+/g, ' ');
    expect(help).toContain('with --json one event a line');
  });

  it('torn lines are counted in good grammar', async () => {
    const { one, run } = await failed();
    writeFileSync(path.join(run.folder, 'journal.jsonl'), '{"at":\n', { flag: 'a' });
    expect((await one.phasegate('runs', 'show')).out).toContain('1 torn line of its journal was passed over');
    const listed = JSON.parse((await one.phasegate('runs', '--json')).out) as readonly RunSummary[];
    expect(listed.map(({ state }) => state)).toEqual(['failed']);
  });
});
