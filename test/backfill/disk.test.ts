// A disk that is full: the run stops with all that it has started, nothing is begun that no journal knows of, and it goes on when there is room.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isAlive } from '../../src/warehouse/process-identity';
import { DATES, type Pipeline, RIGHT, type Run, processesWith, until, usePipelines } from './pipelines';

const { pipeline, root, state } = usePipelines();
const [FIRST, SECOND, THIRD] = DATES;

/** A disk of a few megabytes; `undefined` where one may not make such. */
function smallDisk(name: string): string | undefined {
  const folder = path.join(root, name);
  mkdirSync(folder);
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
  if (status !== 0) return undefined;
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return folder;
}

/** It has ended, whether it could say so or not, and nothing of it is left. */
async function stopped(run: Run): Promise<void> {
  await until('the runner is gone', () => isAlive(run.runner) === false);
  expect(run.standing).not.toBe('done');
  expect(processesWith(`PHASEGATE_STATE=${state}`)).toEqual([]);
}

function expectRight(one: Pipeline, dates: readonly string[]): void {
  for (const date of dates) expect([date, one.rows('teams', date)]).toEqual([date, one.rightRows(date)]);
}

describe('a job that finds no room', () => {
  it('fails with its words, is tried again, and what it wrote before stands', async () => {
    const one = pipeline({
      tables: {
        teams: {
          command: 'bash, -c, "test -e words/room || ulimit -f 4; exec python3 $JOB $0 $1"',
          does: `
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for day in dates:
    if day == "${SECOND}": open("filler", "w").write("x" * 1_000_000)
    write(day, rows(day))`,
          job: 'attempts: 2, backoff: 0.1s',
        },
      },
      dates: [FIRST, SECOND, THIRD],
    });
    const run = await one.backfill('teams', '--no-canary');
    expect(run.of('chunk-ended').map(({ problem }) => problem)).toEqual(
      Array(2).fill('ended with 1: OSError: [Errno 27] File too large'),
    );
    expect(run.counts('teams')).toBe('done 1 · failed 2');
    one.say('room');
    const resumed = await one.resume(run);
    expect(resumed.code).toBe(0);
    expect(run.begun('teams')).toEqual({ [FIRST]: 1, [SECOND]: 3, [THIRD]: 3 });
    expectRight(one, [FIRST, SECOND, THIRD]);
  });
});

describe('a runner that finds no room', () => {
  it('on a full disk stops, and goes on when there is some again', async ({ skip }) => {
    const folder = smallDisk('disk');
    if (folder === undefined) return skip('only root may make a small disk');
    const one = pipeline({
      folder,
      tables: {
        teams: {
          does: `
for day in dates:
    if day == "${SECOND}" and not os.path.exists("words/room"):
        with open("filler", "wb", buffering=0) as filler:
            try:
                while True: filler.write(b"x" * 4096)
            except OSError: pass
            try:
                while True: filler.write(b"x")
            except OSError: pass
        subprocess.Popen(["sleep", "60"])
    write(day, rows(day))`,
          job: 'chunk: 1, attempts: 20, backoff: 0.01s',
        },
        after: { needs: ['teams'] },
      },
      dates: [FIRST, SECOND, THIRD],
    });
    const ran = await one.backfill('2', '--no-canary');
    expect(ran.code).not.toBe(0);
    await stopped(ran);
    // The last page of the journal has taken some attempts; then there was no room for another.
    expect(Object.keys(ran.begun('teams'))).toEqual([FIRST, SECOND]);
    const { [SECOND]: attempts = 0 } = ran.begun('teams');
    rmSync(one.at('filler'));
    one.say('room');
    expect((await one.resume(ran)).code).toBe(0);
    expect(ran.begun('teams')).toEqual({ [FIRST]: 1, [SECOND]: attempts + 1, [THIRD]: 1 });
    expectRight(one, [FIRST, SECOND, THIRD]);
  });

  it('begins no command that its journal could not name', async () => {
    const dates = Array.from({ length: 12 }, (_, i) => `2024-03-${String(i + 1).padStart(2, '0')}`);
    const [second = '', last = ''] = [dates[1], dates.at(-1)];
    const one = pipeline({ tables: { teams: { does: `say("begun " + dates[0])\n${RIGHT}`, job: 'chunk: 1' } }, dates });
    // Its copy of itself is larger than any file that it may write then.
    await one.backfill('teams', '--without', `${second}..${last}`);
    await one.phasegate('plan', 'teams', '--out', 'plan.json');
    const limit = Math.ceil(Buffer.byteLength(one.read('plan.json')) / 1024) + 1;
    const backfill = [...one.program, 'backfill', 'teams', '--no-canary', '--yes'];
    const ran = await one.command('bash', '-c', `ulimit -f ${limit}; exec "$0" "$@"`, process.execPath, ...backfill);
    const [run] = one.runs;
    if (run === undefined) throw new Error(`no run: ${ran.err}`);
    await stopped(run);
    expect(ran.code).toBe(3);
    expect(ran.out).toContain('EFBIG: file too large');
    expect(run.torn).toBe(0);
    const begun = Object.keys(run.begun('teams'));
    expect(begun.length).toBeLessThan(dates.length - 1);
    const others = dates.slice(1).filter(date => !begun.includes(date));
    expect(others.filter(date => existsSync(one.at('words', `begun ${date}`)))).toEqual([]);
    const resumed = await one.resume(run);
    expect(resumed.code).toBe(0);
    const repeated = Object.values(run.begun('teams')).filter(times => times > 1);
    expect(repeated.length).toBeLessThanOrEqual(1); // the one in flight
    for (const date of dates) expect([date, one.rows('teams', date)]).toEqual([date, one.rightRows(date)]);
  });
});
