// Coverage arithmetic over 10,000 tables of 3,650 dates, as sets and without figures. Goals: < 1 s, < 300 MB, cost linear.
import { DATES, type SceneTable, coverTables, makeTables } from './coverage-scene';

const ROUNDS = 9;
const TABLES = 10_000;

/** Milliseconds that the arithmetic takes once; all results are held until it is over. */
function once(tables: readonly SceneTable[]): number {
  const start = performance.now();
  const covered = coverTables(tables);
  const ms = performance.now() - start;
  if (covered.length !== tables.length) throw new Error('a table was lost');
  return ms;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

const all = makeTables(TABLES);
const cold = once(all);
// `maxRSS` is in kilobytes. It is read after the first round: what later rounds leave for the collector is not needed by anybody.
const peakMegabytes = (process.resourceUsage().maxRSS * 1024) / 1_000_000;
const half = all.slice(0, TABLES / 2);
const rounds = Array.from({ length: ROUNDS }, () => ({ half: once(half), all: once(all) }));
const warm = median(rounds.map(round => round.all));
const ratio = median(rounds.map(round => round.all / round.half));
process.stdout.write(
  `coverage arithmetic, ${TABLES.toLocaleString('en-US')} tables × ${DATES.toLocaleString('en-US')} dates: ` +
    `${Math.round(cold)} ms cold, ${Math.round(warm)} ms warm (median of ${ROUNDS}; goal 1,000), ` +
    `process at most ${Math.round(peakMegabytes)} MB with tables and results (goal 300), ` +
    `${ratio.toFixed(2)} × the time of half the tables\n`,
);
