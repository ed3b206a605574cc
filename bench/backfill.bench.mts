// What a backfill costs beside its jobs: its plan, the runner's part of a chunk, following a log, and its memory over ten thousand dates.
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_OPTIONS, type Plan, planSize } from '../src/backfill/plan';
import { addDays, civilDay, formatDay } from '../src/model/day';
import type { RunEvent } from '../src/runs/events';
import { JournalReader } from '../src/runs/journal';
import { LogFollower } from '../src/runs/log-follower';
import { ProgressTracker } from '../src/runs/progress-lines';
import { RUN_FILES, runIds, runsFolder } from '../src/runs/run-folder';
import { startRun, planBackfill } from '../src/services/backfills';
import { Services } from '../src/services';

const root = mkdtempSync(path.join(tmpdir(), 'phasegate-bench-'));
const env = { ...process.env, PHASEGATE_STATE: path.join(root, 'state') };
const START = civilDay(2014, 1, 1);

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function open(folder: string): Services {
  const opened = Services.open({
    cwd: folder,
    env,
    useCache: false,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  if (!opened.ok) throw new Error(opened.problems.map(({ message }) => message).join('; '));
  return opened.services;
}

async function planOf(services: Services, tables: readonly string[]): Promise<Plan> {
  const planned = await planBackfill(
    services,
    { tables, upstream: false, options: { ...DEFAULT_OPTIONS, canary: false } },
    env,
  );
  if (!planned.ok) throw new Error(planned.problems.map(({ message }) => message).join('; '));
  if (planned.plan.refusals.length > 0) throw new Error(planned.plan.refusals.join('; '));
  return planned.plan;
}

function manifest(head: string, dates: number, tables: readonly string[]): string {
  return `version: 1\nname: bench\nasOf: ${formatDay(addDays(START, dates - 1))}\ntargets: { local: { type: duckdb } }\ncalendars: { days: { days: daily, start: ${formatDay(START)} } }\ndefaults: { calendar: days, target: local, date: day }\n${head}\nphases:\n  - id: 1\n    tables:\n${tables.join('\n')}\n`;
}

/** 100 tables of ten years of which nothing is there, each computed from the one before. */
async function planning(): Promise<void> {
  const folder = path.join(root, 'plan');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'job.sh'), 'true\n');
  const tables = Array.from(
    { length: 100 },
    (_, i) =>
      `      - { name: raw.t${i}, files: "t${i}/{date}.csv", key: [id], job: j${i > 0 ? `, dependsOn: [{ table: raw.t${i - 1}, lookback: 30d }]` : ''} }`,
  );
  writeFileSync(
    path.join(folder, 'phasegate.yaml'),
    manifest('jobs: { j: { command: [sh, job.sh], dates: { list: --dates }, rewrites: replace } }', 3650, tables),
  );
  const times: number[] = [];
  let plan: Plan | undefined;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    const services = open(folder);
    plan = await planOf(services, []);
    await services.close();
    times.push(performance.now() - start);
  }
  console.log(
    `plan of ${plan?.steps.length ?? 0} tables, ${plan === undefined ? 0 : planSize(plan)} dates: ${median(times).toFixed(0)} ms (goal < 1,000 ms)`,
  );
}

/** A date's rows, prepared: the job of the next figure copies them. */
function prepare(folder: string, dates: number): readonly string[] {
  mkdirSync(path.join(folder, 'prepared'), { recursive: true });
  mkdirSync(path.join(folder, 'data'));
  return Array.from({ length: dates }, (_, i) => {
    const day = formatDay(addDays(START, i));
    writeFileSync(path.join(folder, 'prepared', `${day}.csv`), `id,day,value\n1,${day},1\n2,${day},2\n`);
    return day;
  });
}

const COPY = 'cp "prepared/$2.csv" "data/$2.csv"\n';

function eventsOf(folder: string): readonly RunEvent[] {
  const [id = ''] = runIds(folder);
  return new JournalReader(path.join(runsFolder(folder), id, RUN_FILES.journal)).read();
}

async function runToEnd(
  folder: string,
  tables: readonly string[],
  look: (pid: number) => void,
): Promise<readonly RunEvent[]> {
  const services = open(folder);
  const plan = await planOf(services, tables);
  const started = await startRun(services, plan, { programs: path.resolve('dist'), version: 'bench', env });
  await services.close();
  if (!started.ok) throw new Error(started.message);
  for (;;) {
    const events = eventsOf(folder);
    const begun = events.find(each => each.event === 'run-started');
    if (begun !== undefined) look(begun.runner.pid);
    const end = events.find(each => each.event === 'run-ended');
    if (end !== undefined) {
      if (end.state !== 'done') throw new Error(end.message);
      return events;
    }
    await delay(250);
  }
}

/** 918 commands of one date each, by the runner and by a plain loop, one round after the other. */
async function perChunk(): Promise<void> {
  const CHUNKS = 918;
  const ROUNDS = 3;
  const ratios: number[] = [];
  const parts: number[] = [];
  const gaps: number[] = [];
  let readBacks = 0;
  let statements = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const folder = path.join(root, `chunks-${round}`);
    mkdirSync(folder);
    const days = prepare(folder, CHUNKS);
    writeFileSync(path.join(folder, 'copy.sh'), COPY);
    writeFileSync(
      path.join(folder, 'phasegate.yaml'),
      manifest('jobs: { copy: { command: [sh, copy.sh], dates: { one: --date }, rewrites: replace } }', CHUNKS, [
        '      - { name: raw.t, files: "data/{date}.csv", key: [id], job: copy }',
      ]),
    );
    const loop = path.join(folder, 'by-loop');
    mkdirSync(path.join(loop, 'data'), { recursive: true });
    spawnSync('cp', ['-r', path.join(folder, 'prepared'), path.join(folder, 'copy.sh'), loop]);
    const start = performance.now();
    for (const day of days) {
      const child = spawn('sh', ['copy.sh', '--date', day], { cwd: loop, stdio: 'ignore' });
      await new Promise(settle => child.once('exit', settle));
    }
    const plain = performance.now() - start;
    const events = await runToEnd(folder, ['t'], () => undefined);
    const starts = events.flatMap(each => (each.event === 'chunk-started' ? [each.at] : []));
    const ends = events.flatMap(each => (each.event === 'chunk-ended' ? [each] : []));
    const whole = (ends.at(-1)?.at ?? 0) - (starts[0] ?? 0);
    // What passes from the end of one command to the beginning of the next is the runner's alone.
    const between = starts.slice(1).reduce((sum, at, i) => sum + at - (ends[i]?.at ?? at), 0);
    gaps.push(between / CHUNKS);
    parts.push((whole - plain) / CHUNKS);
    ratios.push(whole / plain);
    const judged = events.flatMap(each => (each.event === 'dates-judged' ? [each] : []));
    readBacks = judged.length;
    statements = judged.reduce((sum, each) => sum + each.statements, 0);
  }
  console.log(
    `${CHUNKS} one-date chunks: the runner adds ${median(parts).toFixed(1)} ms a chunk to a plain loop (goal ≤ 15 ms), ${median(gaps).toFixed(1)} ms of it between commands; ${median(ratios).toFixed(2)} × the loop; ${readBacks} read-backs beside it, ${statements} statements`,
  );
}

/** 50,000 lines, looked at 120 times as in a minute. */
function following(): void {
  const LINES = 50_000;
  const LOOKS = 120;
  const file = path.join(root, 'job.log');
  writeFileSync(file, '');
  const follower = new LogFollower(file, { from: 0 });
  const tracker = new ProgressTracker();
  let cpu = 0;
  for (let look = 0; look < LOOKS; look++) {
    const lines: string[] = [];
    for (let i = 0; i < LINES / LOOKS; i++) {
      const day = formatDay(addDays(START, (look * 7 + i) % 900));
      lines.push(
        i % 3 === 0
          ? `2026-01-07 13:20:00,123 - INFO - Processing day ${i}/900: ${day}`
          : i % 3 === 1
            ? `2026-01-07 13:20:00,123 - INFO -   ✓ Success: ${i} records in 0.1s`
            : `2026-01-07 13:20:00,123 - INFO - something that says nothing of dates, such as a query of ${i} bytes`,
      );
    }
    appendFileSync(file, `${lines.join('\n')}\n`);
    const before = process.cpuUsage();
    for (const line of follower.poll()) tracker.take(line);
    JSON.stringify(tracker.snapshot());
    const used = process.cpuUsage(before);
    cpu += used.user + used.system;
  }
  follower.close();
  const share = cpu / 1e6 / 60;
  console.log(
    `a log of ${LINES.toLocaleString('en')} lines in 60 s: ${(cpu / 1000).toFixed(0)} ms of a core, ${(share * 100).toFixed(2)} % (goal < 2 %)`,
  );
}

/** The runner's resident memory over ten thousand dates, ten a command. */
async function memory(): Promise<void> {
  const DATES = 10_000;
  const folder = path.join(root, 'memory');
  mkdirSync(folder);
  prepare(folder, DATES);
  writeFileSync(
    path.join(folder, 'copy.sh'),
    'for day in $(echo "$2" | tr , " "); do cp "prepared/$day.csv" data/; done\n',
  );
  writeFileSync(
    path.join(folder, 'phasegate.yaml'),
    manifest(
      'jobs: { copy: { command: [sh, copy.sh], dates: { list: --dates }, chunk: 10, rewrites: replace } }',
      DATES,
      ['      - { name: raw.t, files: "data/{date}.csv", key: [id], job: copy }'],
    ),
  );
  const sizes: number[] = [];
  const events = await runToEnd(folder, ['t'], pid => {
    const status = `/proc/${pid}/status`;
    if (!existsSync(status)) return;
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(status, 'utf8'))?.[1];
    if (kilobytes !== undefined) sizes.push(Number(kilobytes) / 1024);
  });
  const third = Math.floor(sizes.length / 3);
  const judged = events.flatMap(each => (each.event === 'dates-judged' ? [each] : []));
  const [first, last] = [events[0]?.at ?? 0, events.at(-1)?.at ?? 0];
  console.log(
    `${DATES.toLocaleString('en')} dates in ${((last - first) / 1000).toFixed(0)} s: the runner takes ${Math.max(...sizes).toFixed(0)} MB at most (goal < 250 MB), ${median(sizes.slice(third, 2 * third)).toFixed(0)} MB in the middle, ${median(sizes.slice(2 * third)).toFixed(0)} MB towards the end; ${judged.length} read-backs, ${judged.reduce((sum, each) => sum + each.statements, 0)} statements`,
  );
}

try {
  await planning();
  following();
  await perChunk();
  await memory();
} finally {
  rmSync(root, { recursive: true, force: true });
}
