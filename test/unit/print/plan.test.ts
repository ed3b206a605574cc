// How plans look in a terminal: golden texts, and what holds for all of them.
import { describe, expect, test } from 'vitest';
import { printPlan } from '../../../src/print/plan';
import type { Plan } from '../../../src/backfill/plan';
import { planSentence, rewritesWords } from '../../../src/print/plan-words';
import { pipelineOf } from '../backfill/pipelines';
import { planOf } from '../backfill/plans';
import { PLAN } from './runs';

const ESCAPES = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;]*m`, 'g');
const plain = { columns: 100, colour: false, verbose: false };

describe('a plan in the terminal', () => {
  test('shows dates and reasons, commands, duration and cost, what is left out and what speaks against it', async () => {
    await expect(printPlan(PLAN, plain)).toMatchFileSnapshot('golden/plan.txt');
  });

  test('with everything there is to say', async () => {
    await expect(printPlan(PLAN, { ...plain, verbose: true })).toMatchFileSnapshot('golden/plan.verbose.txt');
  });

  test('of which nothing is to be done says so', async () => {
    const text = printPlan(planOf(pipelineOf('phases: [{ id: 1, tables: [{ name: l.t }] }]'), { t: 'cc' }), plain);
    await expect(text).toMatchFileSnapshot('golden/plan.empty.txt');
  });

  test('is identical without colour', () => {
    const coloured = printPlan(PLAN, { ...plain, colour: true });
    expect(coloured).toMatch(ESCAPES);
    expect(coloured.replaceAll(ESCAPES, '')).toBe(printPlan(PLAN, plain));
  });

  test('cuts commands to the width, and never the reasons', () => {
    const lines = printPlan(PLAN, { ...plain, columns: 60 }).split('\n');
    const commands = lines.filter(line => line.startsWith('    $ '));
    expect(commands.length).toBeGreaterThan(0);
    expect(Math.max(...commands.map(line => line.length))).toBeLessThanOrEqual(60);
    expect(lines.some(line => line.endsWith('partial: 2 of 16 teams'))).toBe(true);
  });

  test('shows each command whole where everything is asked for, as it could be copied', () => {
    const commands = PLAN.steps.flatMap(({ chunks }) => chunks.filter(({ argv }) => argv !== undefined));
    const text = printPlan(PLAN, { ...plain, columns: 40, verbose: true });
    expect(text.split('\n').filter(line => line.startsWith('    $ '))).toHaveLength(commands.length);
    expect(text).toContain("bash players.sh 'a word' ${env:TOKEN} --date 2024-01-15");
  });

  test('never shows a duration or a cost that nobody knows as nothing', () => {
    const unknown = { ...PLAN, steps: PLAN.steps.map(step => ({ ...step, expected: null, cost: 'unknown' })) };
    expect(printPlan(unknown, plain)).toContain('duration unknown (no earlier run), cost unknown');
  });
});

test.each([
  ['replace', 'replaces a date that is there'],
  ['merge', 'merges into a date that is there'],
  ['append', 'appends to a date that is there'],
  ['unknown', 'does not say what it does with a date that is there'],
] as const)('a job that is declared to %s %s', (rewrites, words) => {
  expect(rewritesWords(rewrites)).toBe(words);
});

test('a plan in a sentence', () => {
  expect(planSentence(PLAN)).toBe('Plan: 26 dates of 3 tables');
  const nothing = { ...PLAN, steps: [], excluded: [], refusals: [] };
  const left = (open: 'unknown' | 'unwritable', count: number): Plan['excluded'][number] => ({
    table: 'l.t',
    ranges: [],
    count,
    reason: '',
    open,
  });
  expect(planSentence(nothing)).toBe('Nothing to do: nothing that can be written is short');
  expect(planSentence({ ...nothing, refusals: ['no'] })).toBe('Nothing may be run as it is declared');
  expect(planSentence({ ...nothing, excluded: [left('unwritable', 1)] })).toBe(
    'Nothing can be written: 1 date is short, and no job may write it',
  );
  expect(planSentence({ ...nothing, excluded: [left('unwritable', 1), left('unknown', 29)] })).toBe(
    'Nothing can be planned: 29 dates could not be looked at',
  );
});
