// Runner and jobs are killed at random points; at the end there are the rows of an undisturbed run, and none twice. `scripts/crash-test.mjs` does it more often.
import { expect, it } from 'vitest';
import { crashTest } from '../../scripts/crash/crash.mjs';

it('whoever is killed, and whenever, the rows at the end are those of an undisturbed run', async () => {
  const lines: string[] = [];
  const { differences, kills } = await crashTest({ times: 10, seed: 20_260_104, onTime: line => lines.push(line) });
  expect(differences.length === 0 ? [] : [...differences, ...lines]).toEqual([]);
  expect(kills).toBeGreaterThan(5);
}, 300_000);
