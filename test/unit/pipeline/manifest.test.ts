// Reading phasegate.yaml: what it becomes, and every mistake at its line and column with the nearest valid name.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manifestJsonSchema, readManifest } from '../../../src/pipeline/manifest';

const OPTIONS = { folder: '/w', file: 'phasegate.yaml', env: { SET: 'value' } };

const HEAD = `version: 1
name: p
targets: { local: { type: duckdb } }
calendars: { days: { days: daily, start: 2024-01-01 } }
defaults: { date: d, calendar: days }
phases:
  - id: 1
    tables:
`;
/** The problems of a manifest whose tables begin in line 9, as `line:column message`. */
function problems(tables: string, rest = '', head = HEAD): readonly string[] {
  const reading = readManifest(`${head}${tables}\n${rest}`, OPTIONS);
  return reading.ok ? [] : reading.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

describe('a manifest that is right', () => {
  it('of the sample becomes its pipeline, tables in dependency order', () => {
    const reading = readManifest(readFileSync(resolve('media/sample/phasegate.yaml'), 'utf8'), OPTIONS);
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    const { pipeline } = reading;
    expect(pipeline.defaultTarget).toBe('local');
    const names = [...pipeline.tables.keys()];
    for (const table of pipeline.tables.values()) {
      for (const { table: upstream } of table.dependsOn)
        expect(names.indexOf(upstream)).toBeLessThan(names.indexOf(table.name));
    }
    const offense = pipeline.tables.get('league_analytics.team_offense_game_summary');
    expect(offense?.checks.map(check => check.id)).toEqual([
      'unique/game_id,team_abbr',
      'key_null/game_id,team_abbr',
      'rows/games/team_abbr',
      'not_null/points_scored',
    ]);
    expect(offense?.dependsOn[1]).toMatchObject({ optional: true, coverage: 0.99 });
  });

  it('reads ${env:NAME}, and keeps it in targets until it is used', () => {
    const reading = readManifest(
      HEAD.replace('{ type: duckdb }', '{ type: duckdb, path: "${env:UNSET}/w.duckdb" }') +
        '      - { name: t, files: "${env:SET}/{date}.csv" }\n',
      OPTIONS,
    );
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    expect(reading.pipeline.tables.get('t')?.location).toMatchObject({ pattern: 'value/{date}.csv' });
    expect(reading.pipeline.targets.get('local')).toMatchObject({ path: '${env:UNSET}/w.duckdb' });
  });
});

describe('a manifest that is wrong says so at the place', () => {
  it.each<[string, string, string]>([
    [
      'an unknown key',
      '      - { name: t, cheks: [] }',
      '9:20 entry 1 of tables has no key cheks: did you mean checks?',
    ],
    ['a wrong type', '      - { name: t, key: game_id }', '9:25 key takes a list, and the text game_id stands there'],
    ['a missing key', '      - { files: "a/{date}.csv" }', '9:11 entry 1 of tables needs name'],
    [
      'an unknown upstream',
      '      - { name: a.tab }\n      - { name: b, dependsOn: [a.tb] }',
      '10:32 no table a.tb is declared: did you mean a.tab?',
    ],
    [
      'a cycle',
      '      - { name: a, dependsOn: [b] }\n      - { name: b, dependsOn: [a] }',
      '9:32 tables depend on each other in a circle: a → b → a. Take one of these dependencies away',
    ],
    ['a key column twice', '      - { name: t, key: [a, b, A] }', '9:32 A is in the key twice: name each column once'],
    [
      'a date that does not exist',
      '      - { name: t, knownGaps: [{ date: 2023-02-29, reason: x }] }',
      '9:40 2023-02-29 does not exist: February 2023 has 28 days',
    ],
    [
      'a calendar nobody defines',
      '      - { name: t, calendar: dys }',
      '9:30 no calendar is called dys: did you mean days?',
    ],
    ['a job nobody defines', '      - { name: t, job: j }', '9:25 no job is called j'],
    [
      'a name as folder and as table',
      '      - { name: t }\n      - { name: t, files: "t/{date}.csv" }',
      '10:17 t is declared in line 9 already, there as a table of the target and here as files: a name stands for one table',
    ],
    [
      'a path without {date}',
      '      - { name: t, files: t.csv }',
      '9:27 t.csv holds no {date}: write where the date stands in the path, or a list such as [t.csv] for files with a date column',
    ],
    [
      'an unquoted placeholder in flow style',
      '      - { name: t, files: t/{date}.csv }',
      '9:27 {date} has to be quoted here, since { begins a map: write "t/{date}.csv"',
    ],
    [
      'a check nobody knows',
      '      - { name: t, checks: [{ not_nul: { column: a } }] }',
      '9:31 entry 1 of checks has no key not_nul: did you mean not_null?',
    ],
    [
      'a share that is none',
      '      - { name: t, coverage: 95 }',
      '9:30 95 is not a share; a percentage such as 95% or a number from 0 to 1 is: write 95%',
    ],
    [
      'a unit that the calendar does not count',
      '      - { name: t, rows: { per: games, exactly: 2 } }',
      '9:33 calendar days counts no games: declare it in its units',
    ],
    [
      'a variable that is not set',
      '      - { name: t, files: "${env:UNSET}/{date}.csv" }',
      '9:27 the environment variable UNSET is not set: set it, or write the value in its place',
    ],
  ])('%s', (_what, tables, expected) => {
    expect(problems(tables)).toEqual([expected]);
  });

  it('all at once, in the order of the text', () => {
    const found = problems(
      '      - { name: a, key: [x, x], job: j }\n      - { name: b, dependsOn: [c], coverage: 2 }',
      'acepted: []\n',
    );
    expect(found.map(each => each.split(' ')[0])).toEqual(['9:29', '9:38', '10:46', '11:1']);
  });

  it.each([
    ['', 'the manifest is empty'],
    ['# nothing\n', 'the manifest is empty'],
    ['- a\n', 'a manifest is a map of keys'],
    ['a\0b', 'binary file'],
    ['name: p\n', 'needs version'],
    ['\tname: p\n', 'tab'],
  ])('%j', (text, expected) => {
    const reading = readManifest(text, OPTIONS);
    expect(reading.ok ? '' : reading.problems.map(problem => problem.message).join('\n')).toContain(expected);
  });

  it('never throws, and stays inside the text', () => {
    const words = fc.constantFrom(
      'version: 1',
      'name',
      ':',
      ' ',
      '\n',
      '-',
      '[',
      ']',
      '{',
      '}',
      'phases',
      'tables',
      '&a',
      '*a',
      '${env:X}',
      '{date}',
      '"',
      "'",
      '\t',
      'targets',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(words, { maxLength: 40 }).map(parts => parts.join('')),
        ),
        text => {
          const reading = readManifest(text, OPTIONS);
          const lines = text.split('\n').length;
          if (!reading.ok) for (const problem of reading.problems) expect(problem.line).toBeLessThanOrEqual(lines);
        },
      ),
    );
  });
});

describe('the JSON Schema', () => {
  it('is the committed one: npm run schema writes it', () => {
    expect(JSON.parse(readFileSync(resolve('phasegate.schema.json'), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(manifestJsonSchema())),
    );
  });
});
