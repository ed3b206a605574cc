// The crash test: a run is killed at random points and gone on with; what it wrote at last is held against a run that nobody disturbed.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from '../setup.mjs';
import { chance, pick } from './chance.mjs';
import { differences, rowsOf } from './rows.mjs';
import { WAYS, writeSample } from './sample.mjs';
import { RunWatch } from './watch.mjs';

const PROGRAM = path.join(ROOT, 'bin/phasegate.cjs');
const VICTIMS = ['runner', 'job', 'runner and job'];
const TABLES = ['3', '4', '5'];
/** How often one run is disturbed, at most. */
const MOST_KILLS = 3;
/** How long after an event somebody is killed, at most. Milliseconds. */
const MOST_WAIT_MS = 120;
/** How often it is waited until a command is on its way. */
const IN_WORK = 0.7;
/** A run that has not ended after so many goings-on will not. */
const MOST_RESUMES = 8;
const LOOK_MS = 10;
const PATIENCE_MS = 120_000;

/**
 * Disturbs a run so many times, and tells what came of it. Whatever differs is kept in the folder that is named.
 * @param options.times how often
 * @param options.seed the same seed disturbs at the same points, as far as a machine does anything twice
 * @param options.dates how many dates the sample has
 * @param options.onTime told of each time, in a line
 */
export async function crashTest({ times, seed, dates = 20, onTime = () => undefined }) {
  const root = mkdtempSync(path.join(tmpdir(), 'phasegate crash '));
  const test = new CrashTest(root, dates, chance(seed));
  try {
    await test.prepare();
    for (let time = 1; time <= times; time++) onTime(`${time}/${times} ${await test.once(time)}`);
    return { ...test.sums, root, seed, times };
  } finally {
    test.endAll();
    if (test.sums.differences.length === 0) rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

class CrashTest {
  sums = { kills: 0, inFlight: 0, repeated: 0, needsSomeone: 0, differences: [] };

  constructor(root, dates, next) {
    this.root = root;
    this.dates = dates;
    this.next = next;
    this.env = { ...process.env, PHASEGATE_STATE: path.join(root, 'state') };
    this.samples = new Map();
  }

  /** A sample for each way of writing, and what a run of it comes to that nobody disturbs. */
  async prepare() {
    for (const way of WAYS) {
      const folder = path.join(this.root, `sample ${way}`);
      writeSample(folder, { way, dates: this.dates, program: PROGRAM, env: this.env });
      const whole = path.join(this.root, `whole ${way}`);
      cpSync(folder, whole, { recursive: true });
      const done = this.phasegate(whole, 'backfill', ...TABLES, '--yes', '--json');
      if (done.status !== 0) throw new Error(`an undisturbed run (${way}) ended with ${done.status}: ${done.stderr}`);
      const rows = await rowsOf(whole);
      const wrong = differences(rows, rows);
      if (wrong.length > 0) throw new Error(`an undisturbed run (${way}) is wrong: ${wrong.join('; ')}`);
      this.samples.set(way, { folder, rows, events: done.stdout.trimEnd().split('\n').length });
    }
  }

  phasegate(folder, ...args) {
    return spawnSync(process.execPath, [PROGRAM, ...args], {
      cwd: folder,
      env: this.env,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
  }

  /** Disturbs one run until it is done. Gives a line about it. */
  async once(time) {
    const way = pick(this.next, WAYS);
    const sample = this.samples.get(way);
    const folder = path.join(this.root, `${time} ${way}`);
    cpSync(sample.folder, folder, { recursive: true });
    const begun = this.phasegate(folder, 'backfill', ...TABLES, '--yes', '--detach');
    if (begun.status !== 0) throw new Error(`no run began: ${begun.stderr}`);
    const run = new RunWatch(folder);
    const kills = 1 + Math.floor(this.next() * MOST_KILLS);
    const what = [];
    for (let i = 0; i < kills; i++) {
      const seen = run.read().length;
      const at = seen + 1 + Math.floor(this.next() * Math.max(1, sample.events - seen));
      const victim = pick(this.next, VICTIMS);
      const wait = this.next() * MOST_WAIT_MS;
      const inWork = this.next() < IN_WORK;
      await this.until(() => !run.isOwned() || (run.read().length >= at && (!inWork || run.running().length > 0)), run);
      await delay(wait);
      if (!run.isOwned()) break; // it was quicker
      const killed = run.kill(victim, pick.bind(undefined, this.next));
      if (killed === undefined) continue;
      this.sums.kills++;
      what.push(`${killed.words} at event ${run.read().length}`);
      if (killed.isRunner && i + 1 < kills) this.resume(run, '--detach');
    }
    await this.untilDone(run, folder);
    const wrong = [...differences(sample.rows, await rowsOf(folder)), ...run.repeatedTooOften(), ...this.left()];
    const { inFlight, repeated, someone } = run;
    if (repeated > inFlight + someone)
      wrong.push(`${repeated} chunks were repeated, and ${inFlight} had been in flight`);
    this.sums.inFlight += inFlight;
    this.sums.repeated += repeated;
    this.sums.needsSomeone += someone;
    this.sums.differences.push(...wrong.map(each => `${folder}: ${each}`));
    if (wrong.length === 0) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    return `${way}: killed ${what.join(', then ') || 'nobody'}; ${inFlight} chunks in flight, ${repeated} repeated${someone === 0 ? '' : `, ${someone} dates for someone`}: ${wrong.length === 0 ? 'the same rows' : wrong.join('; ')}`;
  }

  resume(run, ...flags) {
    return this.phasegate(run.workspace, 'runs', 'resume', run.id, ...flags);
  }

  /** Goes on with a run until it is done, and does what somebody would do about dates that need them. */
  async untilDone(run, folder) {
    for (let resumes = 0; ; resumes++) {
      await this.until(() => !run.isOwned(), run);
      if (run.state === 'done') return;
      if (resumes === MOST_RESUMES) throw new Error(`${folder}: not done after ${resumes} goings-on: ${run.message}`);
      const open = run.datesForSomeone();
      run.someone += open.length;
      for (const { table, date } of open)
        rmSync(
          path.join(folder, 'data', ...table.split('.').map(part => part.replace(/^league_/, '')), `${date}.csv`),
          { force: true },
        );
      run.forgive(open);
      this.resume(run);
    }
  }

  async until(holds, run) {
    const deadline = Date.now() + PATIENCE_MS;
    while (!holds()) {
      if (Date.now() > deadline)
        throw new Error(`${run.folder}: nothing happens any more; last ${JSON.stringify(run.read().at(-1))}`);
      await delay(LOOK_MS);
    }
  }

  /** Processes that a run has left, in words. */
  left() {
    const pids = this.processes();
    return pids.length === 0 ? [] : [`${pids.length} processes are left of it`];
  }

  processes() {
    if (process.platform !== 'linux') return [];
    const mark = `PHASEGATE_STATE=${this.env.PHASEGATE_STATE}`;
    return readdirSync('/proc').filter(pid => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark);
      } catch {
        return false;
      }
    });
  }

  endAll() {
    for (const pid of this.processes()) {
      try {
        process.kill(Number(pid), 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  }
}
