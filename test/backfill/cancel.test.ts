// Cancelling ends what was started, all of it and nothing else, and the journal says where it was.
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunEvent } from '../../src/runs/events';
import { isAlive, processRef } from '../../src/warehouse/process-identity';
import type { ProcessRef } from '../../src/model/process-ref';
import { DATES, type Pipeline, RIGHT, type Run, until, usePipelines } from './pipelines';

const { pipeline } = usePipelines();
const [FIRST, SECOND, THIRD] = DATES;

/** Writes two dates and waits in the third until somebody says a word, which nobody does. */
const STOPS = `
for day in dates:
    if day == "${THIRD}": say("here"); hears("never")
    write(day, rows(day))`;

/** Runs until it hangs in its third date, as the third of its six. */
async function hanging(one: Pipeline): Promise<Run> {
  const run = await one.begin('teams', '--no-canary');
  await one.heard('here');
  return run;
}

/** The process whose id a job has written down. */
async function written(one: Pipeline, name: string): Promise<ProcessRef> {
  let found: ProcessRef | undefined;
  await until(`${name} is there`, () => {
    try {
      found = processRef(Number(one.read(name)));
    } catch {
      return false;
    }
    return found !== undefined;
  });
  if (found === undefined) throw new Error(`${name} is gone`);
  return found;
}

describe('a run that is cancelled', () => {
  it('says at which date it was: what was written is done, what was not begun waits', async () => {
    const one = pipeline({ tables: { teams: { does: STOPS, job: 'chunk: 4' }, after: { needs: ['teams'] } } });
    const attached = one.phasegate('backfill', '2', '--no-canary', '--yes');
    await one.heard('here');
    const cancelled = await one.phasegate('runs', 'cancel');
    const [run] = one.runs;
    if (run === undefined) throw new Error('no run');
    expect(cancelled.code).toBe(0);
    expect((await attached).code).toBe(1);
    expect(run.of('cancel-asked').map(({ by }) => by)).toEqual(['the command line']);
    expect(run.of('chunk-ended').map(({ problem }) => problem)).toEqual(['cancelled']);
    expect(run.step('teams')).toMatchObject({
      state: 'cancelled',
      message: `cancelled at ${THIRD}: 2 of 6 dates done`,
    });
    expect(run.counts('teams')).toBe('done 2 · failed 2 · waiting 2');
    expect(run.words('teams', THIRD)).toBe('was cancelled while it ran and wrote nothing');
    expect(run.step('after')).toMatchObject({ state: 'cancelled', message: 'cancelled before it began' });
    expect(run.state).toMatchObject({ state: 'cancelled', verdict: 'fail' });
    expect(cancelled.out).toContain(`cancelled at ${THIRD}`);
  });

  it('ends at once where it only waits to try again', async () => {
    const one = pipeline({ tables: { teams: { does: 'sys.exit("no")', job: 'backoff: 1h' } } });
    const run = await one.begin('teams');
    await run.until('it waits', its => its.of('chunk-waits').length > 0);
    await one.phasegate('runs', 'cancel');
    expect(run.state.state).toBe('cancelled');
    expect(run.step('teams').message).toBe(`cancelled before ${FIRST}: 0 of 6 dates done`);
  });

  it('is also one whose runner was asked politely by the system', async () => {
    const one = pipeline({ tables: { teams: { does: STOPS } } });
    const run = await hanging(one);
    process.kill(run.runner.pid, 'SIGTERM');
    await run.ended();
    expect(run.state.state).toBe('cancelled');
    expect(run.of('cancel-asked').map(({ by }) => by)).toEqual(['SIGTERM']);
  });

  it('cannot be cancelled once more, and that is said', async () => {
    const one = pipeline({ tables: { teams: {} }, dates: [FIRST] });
    const run = await one.backfill('teams');
    const again = await one.phasegate('runs', 'cancel', run.id);
    expect(again.code).toBe(3);
    expect(again.err).toContain(`run ${run.id} has ended already: 1 date of 1 table written and proven`);
  });
});

describe('everything that a job has started is ended', () => {
  /** A child in the group, one that has left it, and one whose parent has gone as well. */
  const FAMILY = `
wait = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN) if sys.argv[2:] else None; open(sys.argv[1], 'w').write(str(__import__('os').getpid())); time.sleep(60)"
stubborn = ["stubborn"] if os.environ.get("STUBBORN") else []
subprocess.Popen([sys.executable, "-c", wait, "child"] + stubborn)
subprocess.Popen([sys.executable, "-c", wait, "apart"] + stubborn, start_new_session=True)
if os.fork() == 0:
    subprocess.Popen([sys.executable, "-c", wait, "orphan"] + stubborn, start_new_session=True)
    os._exit(0)
os.wait()
if stubborn: signal.signal(signal.SIGTERM, signal.SIG_IGN)
say("here"); hears("never")`;
  const MEMBERS = ['child', 'apart', 'orphan'];

  it.each([
    ['politely', '', 'SIGTERM'],
    ['by force where it does not listen', 'env: { STUBBORN: "1" }', 'SIGKILL'],
  ])('%s', async (_how, env, signal) => {
    const one = pipeline({ tables: { teams: { does: FAMILY, ...(env === '' ? {} : { job: env }) } } });
    const run = await hanging(one);
    const family = [...run.jobs, ...(await Promise.all(MEMBERS.map(name => written(one, name))))];
    expect(family.map(isAlive)).toEqual([true, true, true, true]);
    await one.phasegate('runs', 'cancel');
    expect(family.map(isAlive)).toEqual([false, false, false, false]);
    expect(run.of('chunk-ended').map(each => each.signal)).toEqual([signal]);
    // Its last word is not its last deed.
    await until('its runner is gone', () => isAlive(run.runner) === false);
  });

  it('also what a runner has left that is gone, and the leader with it', async () => {
    const one = pipeline({ tables: { teams: { does: FAMILY } } });
    const run = await hanging(one);
    const family = await Promise.all(MEMBERS.map(name => written(one, name)));
    await run.kill(run.runner, ...run.jobs);
    expect(family.map(isAlive)).toEqual([true, true, true]);
    expect(run.standing).toBe('lost');
    const cancelled = await one.phasegate('runs', 'cancel');
    expect(cancelled.err).toContain('its runner had gone; 3 processes that it left were ended');
    expect(family.map(isAlive)).toEqual([false, false, false]);
    expect(run.state.message).toBe(
      `cancelled when its runner had gone: teams at ${FIRST} → 2024-01-03 (2), 2024-01-05 → 2024-01-08 (4)`,
    );
  });
});

describe('nothing else is ended', () => {
  it('a process that was given the number of one of ours lives on', async () => {
    const one = pipeline({ tables: { teams: { does: RIGHT } }, dates: [FIRST, SECOND] });
    const run = await one.begin('teams', '--no-canary');
    await run.ended();
    const innocent = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    onTestFinished(() => void innocent.kill('SIGKILL'));
    const its = processRef(innocent.pid ?? 0);
    if (its === undefined) throw new Error('it did not start');
    // A journal that ends in the middle of a command whose number was given again.
    const torn = run.events.slice(0, run.events.findIndex(({ event }) => event === 'chunk-started') + 1);
    const theirs = torn.map(event =>
      event.event === 'chunk-started'
        ? { ...event, process: { ...its, started: `${its.started}0` } }
        : event.event === 'run-started'
          ? { ...event, runner: { ...event.runner, started: 'before' } }
          : event,
    );
    const copy = withJournal(one, run, theirs);
    expect(copy.standing).toBe('lost');
    const cancelled = await one.phasegate('runs', 'cancel', copy.id);
    expect(cancelled.err).toContain('its runner had gone; 0 processes that it left were ended');
    expect(isAlive(its)).toBe(true);
    expect(copy.state.state).toBe('cancelled');
  });
});

/** A run like another one with a journal of its own. */
function withJournal(one: Pipeline, run: Run, events: readonly RunEvent[]): Run {
  const copy = one.copyOf(run);
  for (const event of events) appendFileSync(path.join(copy.folder, 'journal.jsonl'), `${JSON.stringify(event)}\n`);
  return copy;
}
