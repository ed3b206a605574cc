// Each planted bug where it is to be seen: in the grid on its dates, at the line of its job, and blamed on the commit that brought it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Finding, findingsOf } from '../../src/language/source-findings';
import { knownColumns, lineOfColumn } from '../../src/language/source-lines';
import type { DateState, Exclusion } from '../../src/model/coverage';
import { parseDay } from '../../src/model/day';
import type { Report, Result } from '../../src/model/report';
import { pythonNames } from '../../src/scripts/python-names';
import { sqlOutputs } from '../../src/scripts/sql-names';
import type { Services } from '../../src/services';
import { sourceFiles } from '../../src/services/job-facts';
import { Axis } from '../../webview/grid/axis';
import { type GridRow, gridRow, stateOf } from '../../webview/grid/rows';
import { openPipeline } from '../validation/services';
import { sampleIn, temporaryRoot } from './workspaces';

const { root, remove } = temporaryRoot();
afterAll(remove);

const TRUTH = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../fixtures/sample/TRUTH.json'), 'utf8')) as {
  readonly offense: { readonly partial: readonly (readonly [string, number, number])[]; readonly missing: number };
  readonly bug1_minutesEmpty: readonly string[];
  readonly bug2_partialWrites: readonly (readonly [string, number, number])[];
  readonly bug3_doubleGameIds: readonly string[];
  readonly bug5_usageEmpty: readonly string[];
};
const PLAYERS = 'data_processors/analytics/player_game_summary/player_game_summary_processor.py';
const OFFENSE = 'data_processors/analytics/team_offense_game_summary/team_offense_game_summary_processor.py';

let sample = '';
let services: Services;
let coverage: Report;
let checks: Report;
let findings: ReadonlyMap<string, readonly Finding[]>;

beforeAll(async () => {
  sample = await sampleIn(root, { state: 'start' });
  services = openPipeline(sample);
  const [asked, judged] = [await services.coverage([]), await services.validate([])];
  if (!asked.ok || !judged.ok) throw new Error('the sample was not measured');
  coverage = asked.report;
  checks = judged.report;
  const textOf = (file: string): string => readFileSync(path.join(sample, file), 'utf8');
  findings = findingsOf({
    report: checks,
    manifest: { file: 'phasegate.yaml', text: textOf('phasegate.yaml'), pipeline: services.pipeline },
    lineOf: (name, column) => {
      const table = services.pipeline.tables.get(name);
      if (table === undefined) return undefined;
      const files = sourceFiles(table, sample);
      return lineOfColumn(
        column,
        knownColumns(table),
        files.map(file => ({ file, text: textOf(file) })),
        { python: pythonNames, sql: sqlOutputs },
      );
    },
    textOf,
    changedAt: () => undefined,
  });
}, 120_000);
afterAll(() => services.close());

function rowOf(table: string): GridRow {
  const found = coverage.coverage.find(each => each.table.endsWith(`.${table}`));
  if (found === undefined) throw new Error(`${table} is not in the grid`);
  return gridRow(found, new Axis(coverage.coverage));
}

/** What the grid shows on dates, each state once. */
function shown(table: string, dates: readonly string[]): readonly (DateState | Exclusion | undefined)[] {
  const row = rowOf(table);
  return [...new Set(dates.map(date => stateOf(row, parseDay(date) ?? (0 as never))))];
}

function failing(id: string): Result {
  const found = checks.results.find(result => result.id === id);
  expect(found?.outcome).toBe('fail');
  if (found === undefined) throw new Error(`${id} was not judged`);
  return found;
}

/** The lines of a file that a finding marks, by its check. */
function marked(file: string, check: string): readonly string[] {
  const lines = readFileSync(path.join(sample, file), 'utf8').split('\n');
  return (findings.get(file) ?? [])
    .filter(({ code }) => code === check)
    .map(({ range }) => (lines[range.start.line] ?? '').trim());
}

describe('minutes that are empty (bug 1)', () => {
  it('are degraded in the grid, marked where minutes are read, and blamed on the commit that read them otherwise', () => {
    expect(shown('player_game_summary', TRUTH.bug1_minutesEmpty)).toEqual(['degraded']);
    expect(marked(PLAYERS, 'not_null minutes_played')).toEqual([expect.stringMatching(/^"minutes_played": /)]);
    const { blame } = failing('league_analytics.player_game_summary/not_null/minutes_played');
    expect(blame?.words).toContain('minutes_played is empty from 2024-11-11 to 2024-12-01');
    expect(blame?.commits.map(({ subject }) => subject)).toEqual(['Read minutes like the other numbers']);
  });
});

describe('writes of some teams only (bug 2)', () => {
  it('are partial in the grid, marked at their check and at no line that writes a team, and blamed on no commit: the code was the same', () => {
    const dates = TRUTH.bug2_partialWrites.map(([date]) => date);
    expect(shown('team_offense_game_summary', dates)).toEqual(['partial']);
    expect(marked(OFFENSE, 'rows team_abbr')).toEqual([]);
    expect(marked('phasegate.yaml', 'rows team_abbr')).toEqual(['rows: { per: games, exactly: 2, of: team_abbr }']);
    expect(failing('league_analytics.team_offense_game_summary/rows/games/team_abbr').blame?.commits).toEqual([]);
  });
});

describe('two ids for one game (bug 3)', () => {
  it('are degraded in the grid, and marked at their check: no code of the workspace writes the table', () => {
    expect(shown('bdl_player_boxscores', TRUTH.bug3_doubleGameIds)).toEqual(['degraded']);
    const dates = failing('league_raw.bdl_player_boxscores/unique/game_date,player_lookup').dates;
    expect(dates?.count).toBe(TRUTH.bug3_doubleGameIds.length);
    expect(marked('phasegate.yaml', 'unique')).toEqual([expect.stringContaining('[game_date, player_lookup]')]);
  });
});

describe('dates that a checkpoint calls done and that have no rows (bug 4)', () => {
  it('are missing in the grid', () => {
    const { coverage: own } = rowOf('team_offense_game_summary');
    expect(own.counts.missing).toBe(TRUTH.offense.missing);
    expect(own.counts.partial).toBe(TRUTH.offense.partial.length);
  });
});

describe('a usage rate that is empty (bug 5)', () => {
  it('is degraded in the grid, marked where it is computed, and blamed on the commits of that evening', () => {
    expect(shown('player_game_summary', TRUTH.bug5_usageEmpty)).toEqual(['degraded']);
    for (const line of marked(PLAYERS, 'not_null usage_rate')) expect(line).toMatch(/^"usage_rate": /);
    expect(marked(PLAYERS, 'not_null usage_rate')).toHaveLength(2); // per date, and per season
    const { blame } = failing('league_analytics.player_game_summary/not_null/usage_rate');
    expect(blame?.words).toMatch(
      /^usage_rate is empty from 2025-10-21 on, written 2025-10-22 .*; 2 commits touched its sources in between$/,
    );
    expect(blame?.commits[0]?.subject).toBe('Leave usage_rate for later, possessions are late tonight');
  });
});

it('nothing else is marked in a source', () => {
  expect([...findings.keys()].sort()).toEqual([PLAYERS, 'phasegate.yaml'].sort());
});
