// Clocks that are off: what a job wrote is told by what changed, whatever hour its rows carry.
import { describe, expect, it } from 'vitest';
import { DATES, RIGHT, type TableOptions, usePipelines } from './pipelines';

const { pipeline } = usePipelines();
const [FIRST, SECOND, THIRD, FOURTH] = DATES;

describe.each([
  ['an hour behind', -1],
  ['an hour ahead', 1],
  ['a day behind', -24],
  ['a day ahead', 24],
])('a job whose clock is %s', (_off, hours) => {
  const off = (does: string): string => `skewed.hours = ${hours}\n${does}`;

  it('is believed where it wrote, also where it wrote the same rows again', async () => {
    const one = pipeline({ tables: { teams: { does: off(RIGHT) } }, dates: [FIRST, SECOND] });
    expect((await one.backfill('teams')).state.state).toBe('done');
    const again = await one.backfill('teams', '--rebuild');
    expect(again.counts('teams')).toBe('done 2');
    expect(again.code).toBe(0);
  });

  it('is found out where it left the rows as they were, and is not blamed for rows that others have written', async () => {
    const one = pipeline({ tables: { teams: { does: off(RIGHT) } }, dates: [FIRST, SECOND] });
    await one.backfill('teams');
    one.does('teams', 'pass');
    const idle = await one.backfill('teams', '--rebuild', '--without', SECOND);
    expect(idle.words('teams', FIRST)).toBe('ended with 0 and left the rows as they were');
    expect(idle.step('teams').message).not.toContain('not asked for');
    one.does('teams', off(RIGHT));
    const right = await one.backfill('teams', '--rebuild', '--without', SECOND);
    expect(right.step('teams')).toMatchObject({ state: 'done', message: '1 date written and proven' });
  });

  it('and that was killed while it added rows needs someone all the same', async () => {
    const does = off(`
for day in dates:
    if day == "${THIRD}": append(day, rows(day)[:5]); say("here"); hears("never")
    append(day, rows(day))`);
    const table: TableOptions = { does, rewrites: 'append', job: 'chunk: 3' };
    const one = pipeline({ tables: { teams: table }, dates: [FIRST, SECOND, THIRD, FOURTH] });
    const run = await one.begin('teams', '--no-canary');
    await one.heard('here');
    await run.kill(run.runner, ...run.jobs);
    one.does('teams', off('for day in dates: append(day, rows(day))'));
    await one.resume(run);
    expect(run.counts('teams')).toBe('done 3 · needs-someone 1');
    expect(run.begun('teams')).toEqual({ [FIRST]: 1, [SECOND]: 1, [THIRD]: 1, [FOURTH]: 1 });
    for (const date of [FIRST, SECOND, FOURTH]) expect(one.rows('teams', date)).toEqual(one.rightRows(date));
  });
});

describe('a table without write times', () => {
  it('is believed by what its rows are: the same again cannot be told from nothing, and is let pass', async () => {
    const one = pipeline({ tables: { teams: {} }, dates: [FIRST], written: false });
    expect((await one.backfill('teams')).code).toBe(0);
    one.does('teams', 'pass');
    expect((await one.backfill('teams', '--rebuild')).step('teams').state).toBe('done');
    one.does('teams', 'for day in dates: write(day, rows(day)[:4])');
    const short = await one.backfill('teams', '--rebuild');
    expect(short.words('teams', FIRST)).toBe('ended with 0 and wrote 4 of 16 team');
  });
});
