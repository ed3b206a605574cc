// Kills runs at random points and compares what they wrote at last with undisturbed ones: node scripts/crash-test.mjs [TIMES] [SEED]
import { existsSync } from 'node:fs';
import path from 'node:path';
import { crashTest } from './crash/crash.mjs';
import { ROOT } from './setup.mjs';

const [times = '200', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2);
if (![times, seed].every(number => /^\d{1,9}$/.test(number)) || Number(times) < 1) {
  process.stderr.write('usage: node scripts/crash-test.mjs [TIMES] [SEED]: two whole numbers, TIMES from 1\n');
  process.exit(64);
}
if (!existsSync(path.join(ROOT, 'dist/cli.js'))) {
  process.stderr.write('there is no dist/cli.js: build first, with "npm run build"\n');
  process.exit(64);
}

process.stdout.write(`seed ${seed}\n`);
const began = performance.now();
const { kills, inFlight, repeated, needsSomeone, differences, root } = await crashTest({
  times: Number(times),
  seed: Number(seed),
  onTime: line => process.stdout.write(`${line}\n`),
});
const minutes = ((performance.now() - began) / 60_000).toFixed(1);
for (const each of differences) process.stdout.write(`${each}\n`);
process.stdout.write(
  `${times} runs, seed ${seed}, ${minutes} min: ${kills} kills with ${inFlight} chunks in flight, ${repeated} chunks repeated, ${needsSomeone} dates needed someone; ${differences.length} differences${differences.length === 0 ? '' : ` (kept in ${root})`}\n`,
);
process.exitCode = differences.length === 0 ? 0 : 1;
