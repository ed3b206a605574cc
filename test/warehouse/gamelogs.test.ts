// Real input: five seasons of player-game rows. What is known of them is found, and what is taken away is found missing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report';
import { openServices } from '../../src/services';
import {
  FIXTURE_MANIFEST,
  GAMELOGS_FOLDER,
  SEASONS,
  hasGamelogs,
  readSeason,
  writeChangedCopy,
  writeSchedule,
} from '../fixtures/nba-gamelogs/workspace';

const folder = mkdtempSync(join(tmpdir(), 'phasegate-gamelogs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function validate(gamelogs: string): Promise<Report> {
  const opened = await openServices({
    cwd: folder,
    manifest: FIXTURE_MANIFEST,
    env: { GAMELOGS: gamelogs, SCHEDULE: join(folder, 'schedule.csv') },
    useCache: false,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  if (!opened.ok) throw new Error(opened.problems.map(problem => problem.message).join('\n'));
  const answer = await opened.services.validate([]);
  await opened.services.close();
  if (!answer.ok) throw new Error(answer.problems.map(problem => problem.message).join('\n'));
  return answer.report;
}

describe.skipIf(!hasGamelogs())('the real game logs (skipped where they are not beside the project)', () => {
  beforeAll(() => {
    writeSchedule(folder);
  });

  it('hold 119,632 rows on 747 dates, no key twice, FT_PCT empty in 53,529 rows and MIN 0 in 435', async () => {
    const report = await validate(GAMELOGS_FOLDER);
    expect(report.verdict).toBe('pass');
    expect(report.cost.statements).toBe(2); // the table and its calendar
    expect(report.coverage[0]).toMatchObject({ expected: 747, counts: { complete: 747 } });
    const value = (id: string): unknown => report.results.find(result => result.id === `raw.game_logs/${id}`)?.value;
    expect(value('unique/GAME_ID,PLAYER_ID')).toEqual({ count: 0 });
    expect(value('not_null/FT_PCT')).toMatchObject({ part: 119_632 - 53_529, whole: 119_632 });
    expect(value('expression/played')).toMatchObject({ part: 119_632 - 435, whole: 119_632 });
    expect(report.results.find(result => result.check === 'rows')?.outcome).toBe('pass');
  });

  it('with ten dates taken away and ten halved: exactly those are found', async () => {
    const dates = [...new Set(SEASONS.flatMap(season => readSeason(season).lines.map(line => line.date)))].sort();
    const removed = dates.filter((_, i) => i % 70 === 35).slice(0, 10);
    const halved = dates.filter((_, i) => i % 70 === 50).slice(0, 10);
    const copy = writeChangedCopy(
      join(folder, 'copy'),
      ({ date }, i) => !removed.includes(date) && (!halved.includes(date) || i % 2 === 0),
    );
    const [coverage] = (await validate(copy)).coverage;
    const found = (state: string): string[] =>
      (coverage?.states ?? [])
        .filter(run => run[2] === state)
        .flatMap(([from, to]) => (from === to ? [from] : [from, to]));
    expect(found('missing')).toEqual(removed);
    expect(found('partial')).toEqual(halved);
    expect(coverage?.counts).toMatchObject({ complete: 727, missing: 10, partial: 10 });
  });
});
