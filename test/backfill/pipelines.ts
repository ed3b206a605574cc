// Small pipelines whose jobs behave as a test says, and the built program to run them: a date is eight games, a table sixteen teams.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll } from 'vitest';
import { type ProcessRef } from '../../src/model/process-ref';
import type { RunEvent, EventOf } from '../../src/runs/events';
import { runIds } from '../../src/runs/run-folder';
import type { StepState } from '../../src/runs/run-state';
import { FollowedRun } from '../../src/services/followed-run';
import { isAlive } from '../../src/warehouse/process-identity';
import { LEAGUE, headOf } from './league-jobs';

const PROGRAM = path.resolve(import.meta.dirname, '../../bin/phasegate.cjs');
/** Nothing that is waited for takes as long, on the slowest machine. */
const PATIENCE_MS = 40_000;
const LOOK_MS = 15;

/** The dates of every pipeline here, unless it asks for fewer. */
export const DATES = ['2024-01-02', '2024-01-03', '2024-01-05', '2024-01-06', '2024-01-07', '2024-01-08'] as const;
export const TEAMS_A_DATE = 16;
/** What a job does that does what it should. */
export const RIGHT = 'for day in dates: write(day, rows(day))';

export interface TableOptions {
  /** Python: `dates`, `rows(day)`, `write(day, rows)` and the rest of `league-jobs.ts` are there. */
  readonly does?: string;
  /** The command in the place of the Python job: `$JOB` is its script. */
  readonly command?: string;
  /** A further flag that its script takes, with a value. */
  readonly flag?: string;
  /** Further keys of the job, as YAML in flow style: `attempts: 2, backoff: 0.1s`. */
  readonly job?: string;
  /** Further keys of the table. */
  readonly table?: string;
  readonly rewrites?: 'replace' | 'merge' | 'append' | 'unknown';
  readonly needs?: readonly string[];
  /** Whether the table is declared to hold all teams of a date, so that a part of them is seen. */
  readonly counted?: boolean;
  /** A statement in the place of a command. */
  readonly sql?: string;
  /** Where its rows are; files unless said. */
  readonly inDatabase?: boolean;
}

export interface PipelineOptions {
  readonly tables: Readonly<Record<string, TableOptions>>;
  readonly dates?: readonly string[];
  /** Further keys of the target. */
  readonly target?: string;
  /** Type and keys of a second target, `other`. */
  readonly otherTarget?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The folder; a new one unless said. */
  readonly folder?: string;
  /** Whether write times are declared. */
  readonly written?: boolean;
}

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Pipelines for the tests of a file, in folders as people name them; whatever they have started is ended afterwards. */
export function usePipelines(): {
  readonly root: string;
  readonly state: string;
  readonly pipeline: (options: PipelineOptions) => Pipeline;
  /** The sample pipeline, of its last dates. */
  readonly sample: (dates: number) => Promise<Pipeline>;
} {
  const root = mkdtempSync(path.join(tmpdir(), 'phasegate backfill läuft '));
  const state = path.join(root, 'state');
  const made: Pipeline[] = [];
  afterAll(async () => {
    await endAll(state, made);
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    root,
    state,
    pipeline: options => {
      const folder = options.folder ?? path.join(root, `p${made.length + 1}`);
      const pipeline = new Pipeline(folder, { ...process.env, PHASEGATE_STATE: state, ...options.env });
      writePipeline(folder, options);
      made.push(pipeline);
      return pipeline;
    },
    sample: async dates => {
      const parent = new Pipeline(root, { ...process.env, PHASEGATE_STATE: state });
      const ran = await parent.phasegate('sample', 'sample', '--dates', String(dates));
      if (ran.code !== 0) throw new Error(ran.err);
      const pipeline = new Pipeline(path.join(root, 'sample'), parent.env);
      made.push(pipeline);
      return pipeline;
    },
  };
}

/** Ends what a test has left running: by the journals everywhere, and by the state folder in its environment where that can be read. */
async function endAll(state: string, made: readonly Pipeline[]): Promise<void> {
  const named = made.flatMap(({ runs }) =>
    runs.flatMap(run => [
      run.state.runner,
      ...run.state.steps.flatMap(step => [...step.running.values()].map(c => c.process)),
    ]),
  );
  for (const each of named) if (each !== undefined && isAlive(each) === true) end(each.pid);
  for (const pid of processesWith(`PHASEGATE_STATE=${state}`)) end(pid);
  await until('what the tests started has ended', () => processesWith(`PHASEGATE_STATE=${state}`).length === 0);
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Processes that have a variable in their environment. */
export function processesWith(variable: string): readonly number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap(name => {
      try {
        return readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(variable) ? [Number(name)] : [];
      } catch {
        return []; // of somebody else, or it has ended
      }
    });
}

/** Waits for something to become true, and says what did not. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await delay(LOOK_MS);
  }
}

/** One pipeline in a folder of its own. */
export class Pipeline {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  private readonly met = new Set<string>();

  constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.env = env;
  }

  /** Runs the program to its end. */
  phasegate(...args: readonly string[]): Promise<Ran> {
    return this.command(process.execPath, PROGRAM, ...args);
  }

  /** The program, as an argument of Node. */
  get program(): readonly string[] {
    return [PROGRAM];
  }

  /** Runs a script by hand. */
  python(...args: readonly string[]): Promise<Ran> {
    return this.command('python3', ...args);
  }

  /** Runs any command in the folder to its end. */
  command(program: string, ...args: readonly string[]): Promise<Ran> {
    return new Promise((settle, fail) => {
      const child = spawn(program, args, { cwd: this.folder, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
      let [out, err] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
      child.once('error', fail);
      child.once('close', code => settle({ code, out, err }));
    });
  }

  /** Backfills tables and waits for the end of the run. */
  async backfill(...args: readonly string[]): Promise<Run & Ran> {
    const ran = await this.phasegate('backfill', ...args, '--yes');
    return Object.assign(this.newest(ran), ran);
  }

  /** Begins to backfill tables. */
  async begin(...args: readonly string[]): Promise<Run> {
    const ran = await this.phasegate('backfill', ...args, '--yes', '--detach');
    if (ran.code !== 0) throw new Error(`the run did not begin: ${ran.out}${ran.err}`);
    return this.newest(ran);
  }

  /** Goes on with a run and waits for its end. */
  async resume(run: Run): Promise<Run & Ran> {
    const ran = await this.phasegate('runs', 'resume', run.id);
    return Object.assign(new Run(this.folder, run.id), ran);
  }

  get runs(): readonly Run[] {
    return runIds(this.folder).map(id => new Run(this.folder, id));
  }

  /** Another run of the same plan, of which nothing has happened yet. */
  copyOf(run: Run, id = `${run.id}-copy`): Run {
    mkdirSync(this.at('.phasegate', 'runs', id));
    for (const name of ['plan.json', 'manifest.yaml'])
      copyFileSync(path.join(run.folder, name), this.at('.phasegate', 'runs', id, name));
    return new Run(this.folder, id);
  }

  /** The run that was not there before; where none is, the newest. Two that begin in one second are not told apart by their ids. */
  private newest(ran: Ran): Run {
    const ids = runIds(this.folder);
    const id = ids.find(each => !this.met.has(each)) ?? ids[0];
    if (id === undefined) throw new Error(`there is no run: ${ran.out}${ran.err}`);
    for (const each of ids) this.met.add(each);
    return new Run(this.folder, id);
  }

  /** A path below the folder. */
  at(...parts: readonly string[]): string {
    return path.join(this.folder, ...parts);
  }

  /** The text of a file. */
  read(...parts: readonly string[]): string {
    return readFileSync(this.at(...parts), 'utf8');
  }

  /** Lets jobs go on that wait for a word. */
  say(word: string): void {
    mkdirSync(this.at('words'), { recursive: true });
    writeFileSync(this.at('words', word), '');
  }

  /** Waits until a job has said a word. */
  heard(word: string): Promise<void> {
    return until(`a job says ${word}`, () => namesIn(this.at('words')).includes(word));
  }

  /** What a job does from now on. */
  does(table: string, python: string): void {
    writeJob(this.folder, table, python);
  }

  /** The rows of a date without the time of their writing, sorted; none where there is no file. */
  rows(table: string, date: string): readonly string[] {
    try {
      const [, ...lines] = this.read('data', table, `${date}.csv`).trimEnd().split('\n');
      return lines.map(line => line.split(',').slice(0, 4).join(',')).sort();
    } catch {
      return [];
    }
  }

  /** The rows that a date of every table should hold. */
  rightRows(date: string): readonly string[] {
    return this.rows('raw', date);
  }
}

/** A run, looked at from outside by what its folder says. */
export class Run {
  readonly id: string;
  readonly workspace: string;

  constructor(workspace: string, id: string) {
    this.workspace = workspace;
    this.id = id;
  }

  private get followed(): FollowedRun {
    const opened = FollowedRun.open(this.workspace, this.id);
    if (!opened.ok) throw new Error(opened.message);
    return opened.value;
  }

  get folder(): string {
    return this.followed.folder;
  }

  get events(): readonly RunEvent[] {
    return this.followed.read();
  }

  of<E extends RunEvent['event']>(event: E): readonly EventOf<E>[] {
    return this.events.filter((each): each is EventOf<E> => each.event === event);
  }

  get state(): FollowedRun['state'] {
    const { followed } = this;
    followed.read();
    return followed.state;
  }

  /** Lines of its journal that are no events. */
  get torn(): number {
    const { followed } = this;
    followed.read();
    return followed.torn;
  }

  /** How it stands, its owner's death included. */
  get standing(): string {
    return this.followed.summary(Date.now()).state;
  }

  step(id: string): StepState {
    const found = this.state.steps.find(step => step.id === id);
    if (found === undefined) throw new Error(`there is no step ${id}`);
    return found;
  }

  /** `done 2 · failed 1`: how many dates of a step stand how. */
  counts(id: string): string {
    const counts = new Map<string, number>();
    for (const { state } of this.step(id).dates.values()) counts.set(state, (counts.get(state) ?? 0) + 1);
    return [...counts]
      .map(([state, count]) => `${state} ${count}`)
      .sort()
      .join(' · ');
  }

  /** Why a date is not done. */
  words(id: string, date: string): string {
    return this.step(id).dates.get(date)?.words ?? '';
  }

  /** How often each date was begun. */
  begun(id: string): Readonly<Record<string, number>> {
    const times: Record<string, number> = {};
    for (const { step, dates } of this.of('chunk-started'))
      if (step === id) for (const date of dates) times[date] = (times[date] ?? 0) + 1;
    return times;
  }

  /** Waits for something that its journal tells. */
  until(what: string, holds: (run: this) => boolean): Promise<void> {
    return until(`${what} (${this.id})`, () => holds(this));
  }

  ended(): Promise<void> {
    return this.until('the run has ended', ({ standing }) => standing !== 'running' && standing !== 'waiting');
  }

  /** The process that owns it. */
  get runner(): ProcessRef {
    const { runner } = this.state;
    if (runner === undefined) throw new Error('it has no runner');
    return runner;
  }

  /** Processes of commands that are on their way. */
  get jobs(): readonly ProcessRef[] {
    return this.state.steps.flatMap(step => [...step.running.values()].flatMap(chunk => chunk.process ?? []));
  }

  /** Kills processes and waits until they are gone. */
  async kill(...who: readonly ProcessRef[]): Promise<void> {
    for (const each of who) if (isAlive(each) === true) end(each.pid);
    await until('what was killed is gone', () => who.every(each => isAlive(each) === false));
  }

  /** What the commands of a step printed, where no two of them ran at once. */
  log(id: string): string {
    return this.bytesOfLog(id).toString('utf8');
  }

  bytesOfLog(id: string): Buffer {
    return readFileSync(path.join(this.folder, `${id}.log`));
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function writePipeline(folder: string, options: PipelineOptions): void {
  const dates = options.dates ?? DATES;
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  const games = (date: string): readonly string[] =>
    Array.from({ length: TEAMS_A_DATE / 2 }, (_, i) => `${date.replaceAll('-', '')}_G${i + 1}`);
  write('phasegate.yaml', manifestOf(options));
  write(
    'schedule.csv',
    `game_date,game_id\n${dates.flatMap(date => games(date).map(game => `${date},${game}\n`)).join('')}`,
  );
  for (const date of dates)
    write(
      `data/raw/${date}.csv`,
      `game_date,game_id,team,points,processed_at\n${games(date)
        .flatMap((game, i) =>
          [`T${2 * i + 1}`, `T${2 * i + 2}`].map(
            team => `${date},${game},${team},${100 + Number(team.slice(1))},2024-02-01T00:00:00Z\n`,
          ),
        )
        .join('')}`,
    );
  write('jobs/league.py', LEAGUE);
  for (const [name, table] of Object.entries(options.tables))
    if (table.sql === undefined) writeJob(folder, name, table.does ?? RIGHT, table.flag);
    else write(`jobs/${name}.sql`, table.sql);
}

function writeJob(folder: string, table: string, python: string, flag?: string): void {
  writeFileSync(path.join(folder, 'jobs', `${table}.py`), `${headOf(flag)}TABLE.name = "${table}"\n${python}\n`);
}

function manifestOf({ tables, target, otherTarget, written = true, dates = DATES }: PipelineOptions): string {
  const jobs = Object.entries(tables).map(
    ([name, { command = '"${python}", $JOB', job, rewrites = 'replace', sql }]) =>
      sql === undefined
        ? `  ${name}: { command: [${command.replace('$JOB', `jobs/${name}.py`)}], dates: { list: --dates }, rewrites: ${rewrites}${job === undefined ? '' : `, ${job}`} }`
        : `  ${name}: { sql: jobs/${name}.sql${job === undefined ? '' : `, ${job}`} }`,
  );
  const declared = Object.entries(tables).map(
    ([name, { table, needs = ['raw'], counted = true, inDatabase = false }]) =>
      [
        `{ name: league.${name}`,
        ...(inDatabase ? [] : [`files: "data/${name}/{date}.csv"`]),
        `job: ${name}`,
        'key: [game_id, team]',
        `dependsOn: [${needs.map(each => `league.${each}`).join(', ')}]`,
        ...(counted ? ['rows: { per: games, exactly: 2, of: team }'] : []),
        ...(table === undefined ? [] : [table]),
      ].join(', '),
  );
  return [
    'version: 1',
    'name: small-league',
    `asOf: ${dates.at(-1) ?? ''}`,
    `targets: { local: { type: duckdb${target === undefined ? '' : `, ${target}`} }${otherTarget === undefined ? '' : `, other: { type: ${otherTarget} }`} }`,
    `defaults: { target: local, date: game_date, calendar: days${written ? ', written: { column: processed_at, timezone: UTC }' : ''} }`,
    'calendars: { days: { csv: schedule.csv, date: game_date, units: { games: count(*) }, dueAfter: 20h } }',
    'jobs:',
    ...jobs,
    'phases:',
    '  - id: 1',
    '    tables:',
    '      - { name: league.raw, files: "data/raw/{date}.csv", key: [game_id, team] }',
    '  - id: 2',
    '    tables:',
    ...declared.map(each => `      - ${each} }`),
    '',
  ].join('\n');
}
