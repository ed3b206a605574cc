// Jobs that end with 0 and lie: each is found out by its rows, in words that say what it did.
import { beforeAll, describe, expect, it } from 'vitest';
import { DATES, type Pipeline, RIGHT, type Ran, type Run, type TableOptions, usePipelines } from './pipelines';

const { pipeline } = usePipelines();
const [FIRST, SECOND] = DATES;
/** An off-day: nobody asks for it. */
const OFF = '2024-01-04';
const WRITES_OFF = `write("${OFF}", [{**row, "game_date": "${OFF}"} for row in rows("${FIRST}")])`;

describe('a job that ends with 0 is believed by its rows alone:', () => {
  const tables = {
    honest: {},
    idle: { does: 'print("✓ Success: 16 teams")' },
    short: { does: 'for day in dates: write(day, rows(day)[:2])' },
    copies: { does: 'for day in dates: write(day, rows(day)[:2] * 8)' },
    doubled: { does: 'for day in dates: write(day, rows(day) * 2)' },
    elsewhere: { does: WRITES_OFF },
    greedy: { does: `${RIGHT}\n${WRITES_OFF}` },
    hasty: { does: `for day in ${JSON.stringify(DATES)}: write(day, rows(day))` },
    misdated: { does: 'for day in dates: write(day, [{**row, "game_date": "2024-01-09"} for row in rows(day)])' },
    crashed: {
      does: `
try:
    write(dates[0], rows(dates[0])[:6])
    raise ValueError("no more teams")
except ValueError:
    import traceback; traceback.print_exc()`,
    },
    // From the third date on it has lost a column.
    shrunk: {
      does: `
for day in dates:
    columns = ["game_date", "game_id", "team", "points", "processed_at"]
    if day > "${SECOND}": columns.remove("team")
    replace_file(day, rows(day), columns)`,
    },
    // From the third date on it has a column more, in another place.
    grown: {
      does: `
for day in dates:
    columns = ["game_date", "game_id", "team", "points", "processed_at"]
    if day > "${SECOND}": columns.insert(1, "pace")
    replace_file(day, [{**row, "pace": 99} for row in rows(day)], columns)`,
    },
    orphaning: { does: `${RIGHT}\nsubprocess.Popen(["sleep", "60"])` },
  } as const satisfies Readonly<Record<string, TableOptions>>;

  let run: Run & Ran;
  beforeAll(async () => {
    run = await pipeline({ tables }).backfill('2', '--keep-going', '--parallel-steps', '4');
  });
  const canary = (table: keyof typeof tables): string | undefined =>
    run.of('gate').find(({ step, gate }) => step === table && gate === 'canary')?.message;

  it.each<[keyof typeof tables, string]>([
    ['idle', 'wrote nothing: the table is not there'],
    ['short', 'wrote 2 of 16 team'],
    ['copies', 'wrote 2 of 16 team; 14 of 16 rows repeat a key (game_id, team)'],
    ['doubled', 'wrote rows that are wrong: 16 of 32 rows repeat a key (game_id, team)'],
    ['elsewhere', 'wrote nothing'],
    ['misdated', 'wrote rows that are wrong: 16 rows dated otherwise than the file'],
  ])('%s %s', (table, words) => {
    expect(run.words(table, FIRST)).toBe(`ended with 0 and ${words}`);
    expect(canary(table)).toBe(`${FIRST} ended with 0 and ${words}`);
    expect(run.step(table)).toMatchObject({ state: 'failed', message: expect.stringContaining(words) as string });
  });

  it('one that printed an exception is told with it, and so is one that left processes behind', () => {
    expect(run.words('crashed', FIRST)).toBe(
      'ended with 0 although it printed an exception: ValueError: no more teams and wrote 6 of 16 team',
    );
    const problems = run.of('chunk-ended').flatMap(({ step, problem }) => (step === 'orphaning' ? [problem] : []));
    expect(problems[0]).toBe('ended with 0 and left a process behind, which was ended');
    expect(run.step('orphaning').state).toBe('done');
  });

  it.each<[keyof typeof tables, string]>([
    ['greedy', `wrote 1 date that it was not asked for: ${OFF}`],
    ['hasty', 'wrote 5 dates that it was not asked for: 2024-01-03, 2024-01-05 → 2024-01-08 (4)'],
  ])('%s, whose first date is right, is stopped there: it %s', (table, words) => {
    expect(canary(table)).toBe(words);
    expect(Object.keys(run.begun(table))).toEqual([FIRST]);
    expect(run.step(table).state).toBe('failed');
  });

  it('after a first date that is wrong no other is begun', () => {
    for (const table of ['idle', 'short', 'copies', 'doubled', 'elsewhere', 'misdated', 'crashed'] as const)
      expect([table, Object.keys(run.begun(table))]).toEqual([table, [FIRST]]);
  });

  it('a schema that changes half way spoils the dates from there on, and a column more spoils nothing', () => {
    expect(run.counts('shrunk')).toBe('done 2 · failed 4');
    expect(run.words('shrunk', '2024-01-05')).toContain('16 rows with a NULL in the key (game_id, team)');
    expect(run.step('grown').state).toBe('done');
  });

  it('an honest one is done, and the others fail the run: exit 1', () => {
    expect(run.counts('honest')).toBe('done 6');
    expect(run.state.state).toBe('failed');
    expect(run.code).toBe(1);
  });
});

describe('a job that leaves rows as they were', () => {
  it('has not done what it was asked for', async () => {
    const half = pipeline({
      tables: { teams: { does: 'for day in dates: write(day, rows(day)[:5])' } },
      dates: [FIRST],
    });
    await half.backfill('teams');
    half.does('teams', 'pass');
    const run = await half.backfill('teams');
    expect(run.words('teams', FIRST)).toBe('ended with 0 and left the rows as they were');
    expect(run.code).toBe(1);
  });
});

describe('whatever a job prints', () => {
  let one: Pipeline;
  let run: Run & Ran;
  beforeAll(async () => {
    one = pipeline({
      dates: [FIRST],
      tables: {
        babble: {
          does: `${RIGHT}\nsys.stdout.buffer.write(b"\\xff\\xfe caf\\xe9 \\x00\\x1b[2J \\xed\\xa0\\x80\\n" * 1000)`,
        },
        endless: {
          does: `
${RIGHT}
for i in range(100): sys.stdout.write("x" * 1_000_000)
print("\\nTraceback (most recent call last):\\nOSError: no more room")`,
        },
      },
    });
    run = await one.backfill('2');
  });

  it('bytes that are no text do no harm, and stay in the log as they are', () => {
    expect(run.step('babble').state).toBe('done');
    expect(run.bytesOfLog('babble').subarray(0, 7)).toEqual(Buffer.from([0xff, 0xfe, 0x20, 0x63, 0x61, 0x66, 0xe9]));
  });

  it('a line of 100 MB does no harm, and what comes behind it is seen', () => {
    expect(run.step('endless').state).toBe('done');
    expect(run.bytesOfLog('endless').length).toBeGreaterThan(100_000_000);
    expect(run.of('chunk-ended').find(({ step }) => step === 'endless')?.problem).toBe(
      'ended with 0 although it printed an exception: OSError: no more room',
    );
  });

  it('the end of both can be looked at', async () => {
    const shown = await one.phasegate('runs', 'show', '--log', '3');
    expect(shown.out).toContain('caf');
    expect(shown.out).toContain('OSError: no more room');
    expect(shown.out.length).toBeLessThan(1_000_000);
    expect(shown.code).toBe(0);
  });
});
