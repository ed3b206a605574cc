// How reports look: golden files of every surface, and what holds for all of them.
import { describe, expect, it } from 'vitest';
import { printJson } from '../../../src/print/json';
import { printJUnit } from '../../../src/print/junit';
import { printMarkdown } from '../../../src/print/markdown';
import { printSarif } from '../../../src/print/sarif';
import { printTerminal } from '../../../src/print/terminal';
import { reportOf } from './report';

const COMMANDS = ['coverage', 'validate', 'preflight', 'check'] as const;
const ESCAPES = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;]*m`, 'g');
const plain = { columns: 100, colour: false, verbose: false };

describe('a report in the terminal', () => {
  it.each(COMMANDS)('of %s', async command => {
    await expect(printTerminal(reportOf(command), plain)).toMatchFileSnapshot(`golden/${command}.txt`);
  });

  it('with everything there is to say', async () => {
    const text = printTerminal(reportOf('coverage'), { ...plain, verbose: true });
    await expect(text).toMatchFileSnapshot('golden/coverage.verbose.txt');
  });

  it.each(COMMANDS)('of %s is identical without colour', command => {
    const coloured = printTerminal(reportOf(command), { ...plain, colour: true });
    expect(coloured).toMatch(ESCAPES);
    expect(coloured.replaceAll(ESCAPES, '')).toBe(printTerminal(reportOf(command), plain));
  });

  it.each(COMMANDS)('of %s names every outcome in words, and never by colour alone', command => {
    const text = printTerminal(reportOf(command), plain);
    for (const word of command === 'coverage' ? ['error', 'fail'] : ['error', 'fail', 'warn', 'skipped', 'pass'])
      expect(text).toContain(word);
  });

  it('never rounds up to a hundred what is not whole', () => {
    expect(printTerminal(reportOf('coverage'), plain)).toMatch(/defence +99\.9 %/);
  });

  it('keeps its season grid within a hundred columns', () => {
    const lines = printTerminal(reportOf('coverage'), { ...plain, verbose: true }).split('\n');
    const grid = lines.filter(line => /^ +(2025-26|Dec)/.test(line));
    expect(grid.length).toBeGreaterThan(0);
    expect(Math.max(...grid.map(line => [...line].length))).toBeLessThanOrEqual(100);
  });
});

describe('a report as Markdown', () => {
  it.each(COMMANDS)('of %s', async command => {
    await expect(printMarkdown(reportOf(command))).toMatchFileSnapshot(`golden/${command}.md`);
  });

  it('lets no text become markup', () => {
    expect(printMarkdown(reportOf('validate'))).not.toMatch(/<b>|[^\\]`c`/);
  });
});

describe('a report for machines', () => {
  it.each(COMMANDS)('of %s, as JUnit XML', async command => {
    await expect(printJUnit(reportOf(command))).toMatchFileSnapshot(`golden/${command}.junit.xml`);
  });

  it.each(COMMANDS)('of %s, as SARIF', async command => {
    await expect(printSarif(reportOf(command), '1.2.3')).toMatchFileSnapshot(`golden/${command}.sarif.json`);
  });

  it('counts in JUnit what is in it', () => {
    const xml = printJUnit(reportOf('validate'));
    const [head = ''] = /<testsuites [^>]*>/.exec(xml) ?? [];
    const count = (what: RegExp): string => String(xml.match(what)?.length ?? 0);
    expect(head).toContain(`tests="${count(/<testcase /g)}"`);
    expect(head).toContain(`failures="${count(/<failure /g)}"`);
    expect(head).toContain(`errors="${count(/<error /g)}"`);
    expect(head).toContain(`skipped="${count(/<skipped /g)}"`);
  });
});

describe('a report as JSON', () => {
  it('is the report and nothing else', () => {
    expect(JSON.parse(printJson(reportOf('validate')))).toEqual(JSON.parse(JSON.stringify(reportOf('validate'))));
    expect(printJson(reportOf('validate')).endsWith('}\n')).toBe(true);
  });
});
