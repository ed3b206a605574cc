// A run as its journal tells it, for whoever disturbs it: who may be killed, what was in flight then, and what was begun again since.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Whether a process lives that the journal names, by its id and its start. */
function lives({ pid, started }) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] !== 'Z' && started.endsWith(` ${fields[19]}`);
  } catch {
    if (process.platform === 'linux') return false;
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }
}

function end(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

export class RunWatch {
  /** Chunks that were in flight when somebody was killed, and chunks that were begun again. */
  inFlight = 0;
  /** Dates that needed someone. */
  someone = 0;
  /** How often each date of a step may have been begun. */
  allowed = new Map();

  constructor(workspace) {
    this.workspace = workspace;
    const runs = path.join(workspace, '.phasegate/runs');
    this.id = readdirSync(runs)[0];
    this.folder = path.join(runs, this.id);
    this.plan = JSON.parse(readFileSync(path.join(this.folder, 'plan.json'), 'utf8'));
  }

  /** All whole events. */
  read() {
    return readFileSync(path.join(this.folder, 'journal.jsonl'), 'utf8')
      .split('\n')
      .flatMap(line => {
        try {
          return [JSON.parse(line)];
        } catch {
          return []; // torn, or the empty end
        }
      });
  }

  isOwned() {
    const last = this.read().findLast(({ event }) => event === 'run-started' || event === 'run-ended');
    return last?.event === 'run-started' && lives(last.runner);
  }

  get state() {
    return this.read().findLast(({ event }) => event === 'run-started' || event === 'run-ended')?.state ?? 'running';
  }

  get message() {
    return this.read().findLast(({ event }) => event === 'run-ended')?.message ?? 'it has no end';
  }

  /** Chunks that were begun and have not ended. */
  running() {
    const running = new Map();
    for (const event of this.read()) {
      if (event.event === 'chunk-started') running.set(`${event.step} ${event.chunk}`, event);
      else if (event.event === 'chunk-ended') running.delete(`${event.step} ${event.chunk}`);
    }
    return [...running.values()];
  }

  /** Kills the runner, a job, or both; `undefined` where there is no such. What was in flight may be begun once more. */
  kill(victim, pickOne) {
    const owner = this.read().findLast(({ event }) => event === 'run-started').runner;
    const jobs = this.running().filter(each => each.process !== undefined && lives(each.process));
    const job = jobs.length === 0 ? undefined : pickOne(jobs);
    const isRunner = victim !== 'job' || job === undefined;
    if (isRunner) end(owner.pid);
    if (job !== undefined && victim !== 'runner') end(job.process.pid);
    if (isRunner) while (lives(owner)); // its last words are in the journal then
    const flying = isRunner ? this.running() : [job];
    this.inFlight += flying.length;
    for (const { step, dates } of flying)
      for (const date of dates) this.allowed.set(`${step} ${date}`, (this.allowed.get(`${step} ${date}`) ?? 1) + 1);
    const words = [...(isRunner ? ['the runner'] : []), ...(job !== undefined && victim !== 'runner' ? ['a job'] : [])];
    return { isRunner, words: words.join(' and ') };
  }

  /** Dates that hold rows which nobody but a person can judge. */
  datesForSomeone() {
    const states = new Map();
    for (const event of this.read()) {
      if (event.event !== 'dates-judged') continue;
      for (const date of event.done) states.delete(`${event.step} ${date}`);
      for (const [date] of event.failed) states.delete(`${event.step} ${date}`);
      for (const [date] of event.needsSomeone) states.set(`${event.step} ${date}`, { step: event.step, date });
    }
    return [...states.values()].map(({ step, date }) => ({
      step,
      date,
      table: this.plan.steps.find(({ id }) => id === step).table,
    }));
  }

  /** Somebody has taken rows away: these dates may be begun once more. */
  forgive(dates) {
    for (const { step, date } of dates)
      this.allowed.set(`${step} ${date}`, (this.allowed.get(`${step} ${date}`) ?? 1) + 1);
  }

  /** Chunks of which a date had been begun before. */
  get repeated() {
    const begun = new Set();
    let count = 0;
    for (const { event, step, dates } of this.read()) {
      if (event !== 'chunk-started') continue;
      if (dates.some(date => begun.has(`${step} ${date}`))) count++;
      for (const date of dates) begun.add(`${step} ${date}`);
    }
    return count;
  }

  /** Dates that were begun more often than what was in flight explains, in words. */
  repeatedTooOften() {
    const begun = new Map();
    for (const { event, step, dates } of this.read())
      if (event === 'chunk-started')
        for (const date of dates) begun.set(`${step} ${date}`, (begun.get(`${step} ${date}`) ?? 0) + 1);
    const often = [...begun].filter(([key, times]) => times > (this.allowed.get(key) ?? 1));
    return often.map(
      ([key, times]) => `${key} was begun ${times} times and may have been ${this.allowed.get(key) ?? 1}`,
    );
  }
}
