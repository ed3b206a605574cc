// Going on with a run: what its journal names is found first, the rows say what is proven, and nothing is written twice.
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/runs/events';
import { isAlive } from '../../src/warehouse/process-identity';
import {
  DATES,
  type Pipeline,
  RIGHT,
  type Run,
  TEAMS_A_DATE,
  type TableOptions,
  until,
  usePipelines,
} from './pipelines';

const { pipeline } = usePipelines();
const [FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH] = DATES;

/** Writes two dates and waits in the third; the next command goes on without waiting. */
const stopsIn = (how: string): string => `
for day in dates:
    if day == "${THIRD}" and first_time("stop"):
        ${how}(day, rows(day)[:5]); say("here"); hears("go on")
    ${how}(day, rows(day))`;

async function stopped(table: TableOptions): Promise<{ readonly one: Pipeline; readonly run: Run }> {
  const one = pipeline({ tables: { teams: table } });
  const run = await one.begin('teams', '--no-canary');
  await one.heard('here');
  return { one, run };
}

/** All rows of the table, the right ones and no others. */
function expectRight(one: Pipeline, dates: readonly string[] = DATES): void {
  for (const date of dates) expect([date, one.rows('teams', date)]).toEqual([date, one.rightRows(date)]);
}

describe('when the runner was killed', () => {
  it('and its job lives, the next one takes it up and begins nothing again', async () => {
    const { one, run } = await stopped({ does: stopsIn('write') });
    await run.kill(run.runner);
    expect(run.standing).toBe('lost');
    const resumed = one.resume(run);
    await run.until('the job was taken up', its =>
      its.of('note').some(({ message }) => message.includes('took up process')),
    );
    one.say('go on');
    expect((await resumed).code).toBe(0);
    expect(run.begun('teams')).toEqual(Object.fromEntries(DATES.map(date => [date, 1])));
    expect(run.of('run-started').map(each => each.resumed)).toEqual([false, true]);
    expectRight(one);
  });

  it('and its job with it, what was not proven is done again and nothing else', async () => {
    const { one, run } = await stopped({ does: stopsIn('write'), job: 'chunk: 4' });
    await run.kill(run.runner, ...run.jobs);
    expect((await one.resume(run)).code).toBe(0);
    expect(run.begun('teams')).toEqual({ [FIRST]: 1, [SECOND]: 1, [THIRD]: 2, [FOURTH]: 2, [FIFTH]: 1, [SIXTH]: 1 });
    expectRight(one);
  });

  it('and a table does not declare how many rows there are, its commands in flight are repeated and no others', async () => {
    const { one, run } = await stopped({ does: stopsIn('write'), job: 'chunk: 4', counted: false });
    await run.kill(run.runner, ...run.jobs);
    expect((await one.resume(run)).code).toBe(0);
    expect(run.begun('teams')).toEqual({ [FIRST]: 2, [SECOND]: 2, [THIRD]: 2, [FOURTH]: 2, [FIFTH]: 1, [SIXTH]: 1 });
    expectRight(one);
  });

  it('and the leader of its job, what the leader has started is ended before anything is done again', async () => {
    const { one, run } = await stopped({
      does: stopsIn('append'),
      rewrites: 'append',
      command: 'bash, -c, "python3 $JOB $0 $1; true"',
    });
    const [leader] = run.jobs;
    await run.kill(run.runner, ...run.jobs);
    expect(leader === undefined ? undefined : isAlive(leader)).toBe(false);
    await one.resume(run);
    one.say('go on'); // nobody is there to hear it
    expect(run.of('note').map(({ message }) => message)).toEqual([
      'ended a process of this run that nobody looked after',
    ]);
    expect(one.rows('teams', THIRD)).toHaveLength(5);
  });

  it('and the machine was started again, the same holds: no process of before is one of now', async () => {
    const { one, run } = await stopped({ does: stopsIn('write'), job: 'chunk: 4' });
    await run.kill(run.runner, ...run.jobs);
    const before = run.events.map(
      event => JSON.parse(JSON.stringify(event).replaceAll(/"started":"/g, '"started":"other-boot ')) as RunEvent,
    );
    const rebooted = withJournal(one, run, before);
    expect(rebooted.standing).toBe('lost');
    expect((await one.resume(rebooted)).code).toBe(0);
    expect(rebooted.begun('teams')).toEqual({
      [FIRST]: 1,
      [SECOND]: 1,
      [THIRD]: 2,
      [FOURTH]: 2,
      [FIFTH]: 1,
      [SIXTH]: 1,
    });
    expectRight(one);
  });

  it('after the first date was proven and before its gate, the gate comes before the others, and the date is not done again', async () => {
    const one = pipeline({ tables: { teams: {} } });
    const run = await one.backfill('teams');
    for (const date of DATES.slice(1)) rmSync(one.at('data', 'teams', `${date}.csv`));
    const until_ = run.events.findIndex(({ event }) => event === 'dates-judged') + 1;
    const cut = withJournal(one, run, run.events.slice(0, until_));
    expect((await one.resume(cut)).code).toBe(0);
    const order = cut.events
      .slice(until_)
      .flatMap(event =>
        event.event === 'gate' ? [event.gate] : event.event === 'chunk-started' ? [event.dates.join(' ')] : [],
      );
    expect(order).toEqual(['preflight', 'canary', DATES.slice(1).join(' '), 'post-backfill']);
  });
});

describe('for jobs that add rows', () => {
  it.each<'append' | 'unknown'>(['append', 'unknown'])(
    '(%s) dates in flight that hold new rows need someone, and are never run again by themselves',
    async rewrites => {
      const { one, run } = await stopped({ does: stopsIn('append'), rewrites, job: 'chunk: 4' });
      await run.kill(run.runner, ...run.jobs);
      const resumed = await one.resume(run);
      expect(resumed.code).toBe(1);
      expect(run.state.state).toBe('needs-someone');
      expect(run.counts('teams')).toBe('done 5 · needs-someone 1');
      expect(run.words('teams', THIRD)).toBe('was in flight when its runner went away and wrote 5 of 16 team');
      expect(run.step('teams').message).toBe(
        `1 date holds rows that may be new and are not proven, and the job would add to them: look at ${THIRD}, and delete what is not whole`,
      );
      // The same again changes nothing: it still needs someone.
      expect((await one.resume(run)).code).toBe(1);
      expect(run.begun('teams')[THIRD]).toBe(1);
      expect(one.rows('teams', THIRD)).toHaveLength(5);
      // Somebody has looked, and has taken the half away.
      rmSync(one.at('data', 'teams', `${THIRD}.csv`));
      expect((await one.resume(run)).code).toBe(0);
      expectRight(one);
    },
  );

  it('without a declared number of rows no date in flight is taken for whole', async () => {
    const { one, run } = await stopped({
      does: stopsIn('append'),
      rewrites: 'append',
      job: 'chunk: 4',
      counted: false,
    });
    await run.kill(run.runner, ...run.jobs);
    await one.resume(run);
    expect(run.counts('teams')).toBe('done 3 · needs-someone 3');
    expect(run.begun('teams')).toMatchObject({ [FIRST]: 1, [SECOND]: 1, [THIRD]: 1, [FOURTH]: 2 });
  });

  it('a job that is killed while its runner lives is not tried again where it has added rows', async () => {
    const { one, run } = await stopped({ does: stopsIn('append'), rewrites: 'append', job: 'backoff: 0.1s' });
    await run.kill(...run.jobs);
    await run.ended();
    expect(run.state.state).toBe('needs-someone');
    expect(run.words('teams', THIRD)).toBe('was ended by SIGKILL and wrote 5 of 16 team');
    expect(run.counts('teams')).toBe('done 5 · needs-someone 1');
    expect(one.rows('teams', THIRD)).toHaveLength(5);
  });

  it('a date that cannot be read is not known to hold nothing', async () => {
    const torn = `
for day in dates:
    if day == "${THIRD}" and first_time("stop"):
        open(path_of(day), "w").write("game_date,game_id,team,points,processed_at\\n${THIRD},\\"G1"); say("here"); hears("never")
    append(day, rows(day))`;
    const { one, run } = await stopped({ does: `from league import path_of\n${torn}`, rewrites: 'append' });
    await run.kill(run.runner, ...run.jobs);
    await one.resume(run);
    expect(run.counts('teams')).toBe('done 5 · needs-someone 1');
    expect(run.words('teams', THIRD)).toContain('could not be read back');
    expect(run.begun('teams')[THIRD]).toBe(1);
  });

  it('one that ends with 0 and has added a part needs someone as well', async () => {
    const one = pipeline({
      tables: { teams: { does: 'for day in dates: append(day, rows(day)[:3])', rewrites: 'append' } },
      dates: [FIRST],
    });
    const run = await one.backfill('teams');
    expect(run.words('teams', FIRST)).toBe('ended with 0 and wrote 3 of 16 team');
    expect(run.state.state).toBe('needs-someone');
  });
});

describe('whatever ended before', () => {
  it('dates that have failed are tried again, and those that are done are not', async () => {
    const one = pipeline({
      tables: {
        teams: {
          does: `for day in dates:\n    if day == "${SECOND}": sys.exit("not this one")\n    write(day, rows(day))`,
          job: 'chunk: 1, attempts: 1',
        },
      },
    });
    const run = await one.backfill('teams');
    expect(run.counts('teams')).toBe('done 5 · failed 1');
    one.does('teams', RIGHT);
    const resumed = await one.resume(run);
    expect(resumed.code).toBe(0);
    expect(run.begun('teams')).toEqual({ ...Object.fromEntries(DATES.map(date => [date, 1])), [SECOND]: 2 });
    expectRight(one);
  });

  it('a run that was cancelled goes on with what was not begun, and a gate that said no is asked again', async () => {
    const one = pipeline({ tables: { teams: { does: stopsIn('write'), job: 'chunk: 3' } } });
    const run = await one.begin('teams', '--no-canary');
    await one.heard('here');
    await one.phasegate('runs', 'cancel');
    expect(run.counts('teams')).toBe('done 2 · failed 1 · waiting 3');
    // Now its upstream is not there: its gate says no, and nothing is begun.
    writeFileSync(one.at('kept.csv'), one.read('data', 'raw', `${SIXTH}.csv`));
    for (const date of DATES.slice(2)) rmSync(one.at('data', 'raw', `${date}.csv`));
    expect((await one.resume(run)).code).toBe(1);
    expect(run.step('teams').state).toBe('blocked');
    expect(run.begun('teams')).toEqual({ [FIRST]: 1, [SECOND]: 1, [THIRD]: 1 });
  });

  it('one that is done, or runs, is not gone on with', async () => {
    const one = pipeline({ tables: { teams: { does: `${RIGHT}\nsay("here"); hears("go on")` } }, dates: [FIRST] });
    const run = await one.begin('teams');
    await one.heard('here');
    const early = await one.phasegate('runs', 'resume');
    expect([early.code, early.err]).toEqual([3, `run ${run.id} is running: attach to it\n`]);
    one.say('go on');
    await run.ended();
    const late = await one.phasegate('runs', 'resume');
    expect([late.code, late.err]).toEqual([3, `run ${run.id} is done: nothing is left of it\n`]);
  });

  it('two that want to go on with it at once are one runner, and the other does it no harm', async () => {
    const { one, run } = await stopped({ does: stopsIn('write') });
    await run.kill(run.runner, ...run.jobs);
    one.say('go on');
    await Promise.all([one.resume(run), one.resume(run)]);
    await run.ended();
    expect(run.state.state).toBe('done');
    expect(run.of('run-ended').map(({ state }) => state)).toEqual(['done']);
    expect(run.begun('teams')[THIRD]).toBe(2);
    expectRight(one);
  });
});

describe('until it is gone on with', () => {
  it('no other plan may write what its job still writes', async () => {
    const { one, run } = await stopped({ does: stopsIn('write') });
    await run.kill(run.runner);
    const other = await one.phasegate('backfill', 'teams', '--yes');
    expect(other.code).toBe(3);
    expect(other.err).toContain(
      `league.teams is being written by what run ${run.id} of ${one.folder} left behind, whose runner is gone`,
    );
    const gate = await one.phasegate('preflight', 'teams');
    expect(gate.out).toContain('whose runner is gone');
    await run.kill(...run.jobs);
    await until('the lock of the dead is free', () => run.jobs.every(job => isAlive(job) === false));
    expect((await one.backfill('teams')).code).toBe(0);
  });
});

/** A run like another one with a journal of its own. */
function withJournal(one: Pipeline, run: Run, events: readonly RunEvent[]): Run {
  const copy = one.copyOf(run);
  for (const event of events) appendFileSync(path.join(copy.folder, 'journal.jsonl'), `${JSON.stringify(event)}\n`);
  return copy;
}
void TEAMS_A_DATE;
