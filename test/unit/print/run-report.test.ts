// The report of a run as Markdown: golden texts, and no text in it that becomes markup.
import { describe, expect, test } from 'vitest';
import { type RunReport, runReport } from '../../../src/backfill/run-report';
import { printRunReport } from '../../../src/print/run-report';
import type { RunEvent } from '../../../src/runs/events';
import { runState } from '../../../src/runs/run-state';
import { after, judged, runStarted, stepEnded, stepStarted } from '../runs/journals';
import { reportOf } from './report';
import { END, EVENTS, PLAN } from './runs';

function report(events: readonly RunEvent[], more: Partial<RunReport> = {}): RunReport {
  const validation = reportOf('validate');
  const [coverage] = validation.coverage;
  const seasons = [{ season: '2023-24', expected: 14, covered: 5, from: '2024-01-01', days: 'ccpcmmdocmmucmps' }];
  return {
    ...runReport({
      run: '20240201T090000-teams_and_2_more',
      plan: PLAN,
      state: runState(PLAN, events),
      end: { state: 'needs-someone', message: '1 step of 3 needs someone' },
      endedAt: after(122),
      validation: {
        ...validation,
        coverage: coverage === undefined ? [] : [{ ...coverage, table: 'l.teams', seasons }],
      },
    }),
    ...more,
  };
}

describe('the report of a run as Markdown', () => {
  test('tells what was short and what became of it, what is there now, what is not done, and what was left out', async () => {
    await expect(printRunReport(report([...EVENTS, ...END]))).toMatchFileSnapshot('golden/run-report.md');
  });

  test('leaves out what there is nothing to say of', async () => {
    const done = PLAN.steps.map(({ id, dates }) => [
      stepStarted(1, id),
      judged(90, id, { done: dates, rows: 16 }),
      stepEnded(95, id),
    ]);
    const events = [runStarted(0), ...done.flat()];
    const steps = report(events).steps.map(step => ({ ...step, seasons: [] }));
    const text = printRunReport(
      report(events, {
        state: 'done',
        message: '26 dates of 3 tables written and proven',
        steps,
        excluded: [],
        notes: [],
        commit: null,
        python: null,
        validation: null,
      }),
    );
    await expect(text).toMatchFileSnapshot('golden/run-report.done.md');
  });

  test('lets no text become markup', () => {
    const text = printRunReport(report([...EVENTS, ...END]));
    expect(text).not.toMatch(/<b>|[^\\]\| beside/);
  });

  test('has as many cells in each row of a table as in its head', () => {
    const rows = printRunReport(report([...EVENTS, ...END]))
      .split('\n')
      .filter(line => line.startsWith('|'));
    const cells = (row: string): number => row.replaceAll(String.raw`\|`, '').split('|').length;
    expect(
      new Set(rows.filter(row => row.startsWith('| l.teams: ') || row.startsWith('| Table | Planned')).map(cells)).size,
    ).toBe(1);
    expect(
      new Set(rows.filter(row => row.includes('2023-24') || row.startsWith('| Table | Season')).map(cells)).size,
    ).toBe(1);
  });

  test('names twenty dates that failed, and says how many there are more', () => {
    const [step] = report([]).steps;
    if (step === undefined) throw new Error('no step');
    const failed = Array.from({ length: 33 }, (_, i) => [`2024-02-${i}`, 'wrote nothing'] as const);
    const text = printRunReport(
      report([], { steps: [{ ...step, state: 'failed', message: '33 dates not done', failed }] }),
    );
    expect(text.match(/ {2}- 2024-02/g)).toHaveLength(20);
    expect(text).toContain('  - and 13 more, in report.json');
  });
});
