// What the editor is told of a manifest, as functions of its text: fixes, names, completion, lenses, hovers.
import { describe, expect, it } from 'vitest';
import { type LiveColumns, completionsAt } from '../../../src/language/completion';
import { diagnosticsOf } from '../../../src/language/diagnostics';
import { acceptEdit, acceptablesOf, findingFixes, knownGapEdit, nameFix } from '../../../src/language/fixes';
import { type ManifestDocument, outlineOf, readDocument } from '../../../src/language/manifest-document';
import { declarationOf, nameAt, tableAround, usesOf } from '../../../src/language/names';
import { tableHover, tableLenses } from '../../../src/language/tables';
import type { Edit } from '../../../src/language/text';

const TEXT = `version: 1
name: league
targets: { local: { type: duckdb } }
calendars:
  days: { days: daily, start: 2024-01-01 }
defaults: { calendar: days, date: d }
jobs:
  team: { sql: team.sql }
phases:
  - id: 1
    name: Raw
    tables:
      - name: raw.box
        files: "box/{date}.csv"
        key: [game]
  - id: 2
    tables:
      - name: a.team
        files: "team/{date}.csv"
        job: team
        dependsOn: [raw.box]
accepted:
  - { table: raw.box, check: unexpected, reason: known }
`;

const read = (text: string): ManifestDocument => readDocument('/w/phasegate.yaml', text, {});

function applied(text: string, { range, newText }: Edit): string {
  const { positions } = read(text);
  return text.slice(0, positions.offset(range.start)) + newText + text.slice(positions.offset(range.end));
}

/** A text with the cursor at `|`, and what is offered there. */
function offered(marked: string, live: LiveColumns = new Map()): readonly string[] {
  const offset = marked.indexOf('|');
  const document = read(marked.replace('|', ''));
  return completionsAt(document, document.positions.of(offset), { live, whole: read(TEXT) }).map(({ label }) => label);
}

describe('an acceptance', () => {
  const accepted = (text: string): readonly unknown[] => {
    const { reading } = read(applied(text, acceptEdit(read(text), 'a.team', 'coverage', 'not "built" yet')));
    expect(reading.ok ? [] : reading.problems).toEqual([]);
    return reading.ok ? reading.pipeline.accepted.map(({ table, check, reason }) => [table, check, reason]) : [];
  };
  const added = ['a.team', 'coverage', 'not "built" yet'];

  it.each([
    ['is one more entry of the list', TEXT, 2],
    ['begins the list where there is none', TEXT.slice(0, TEXT.indexOf('accepted:')), 1],
    [
      'goes into a list in flow style',
      TEXT.replace(/accepted:[\s\S]*$/, 'accepted: [{ table: raw.box, check: unexpected, reason: known }]\n'),
      2,
    ],
    ['stands on a line of its own at the end of a text without a last line break', TEXT.trimEnd(), 2],
    [
      'keeps what stands behind the list',
      `${TEXT.replace('phases:', 'x:').replace(/x:[\s\S]*accepted/, 'accepted')}phases:${TEXT.split('phases:')[1]?.split('accepted:')[0] ?? ''}`,
      2,
    ],
  ])('%s', (_how, text, count) => {
    const all = accepted(text);
    expect(all).toHaveLength(count);
    expect(all.at(-1)).toEqual(added);
  });
});

describe('a known gap', () => {
  it.each([
    ['is declared at its table', TEXT],
    [
      'is one more entry of those it has',
      TEXT.replace(
        '      - name: a.team\n',
        '      - name: a.team\n        knownGaps: [{ date: 2024-01-05, reason: old }]\n',
      ),
    ],
    [
      'goes into a table in flow style',
      TEXT.replace(/ {6}- name: a\.team[\s\S]*?(?=accepted)/, '      - { name: a.team, files: "team/{date}.csv" }\n'),
    ],
  ])('%s', (_how, text) => {
    const edit = knownGapEdit(read(text), 'a.team', { from: '2024-02-01', to: '2024-02-03' }, 'never published');
    if (edit === undefined) throw new Error('no edit');
    const { reading } = read(applied(text, edit));
    expect(reading.ok ? [] : reading.problems).toEqual([]);
    const gaps = reading.ok ? reading.pipeline.tables.get('a.team')?.knownGaps : [];
    expect(gaps?.at(-1)?.reason).toBe('never published');
  });
});

describe('a mistake', () => {
  it('is told at its place with the nearest name as a fix, once for all who share it', () => {
    const [problem, ...more] = diagnosticsOf(read(TEXT.replace('calendar: days', 'calendar: dayz')));
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ severity: 1, range: { start: { line: 5 } }, data: { suggestion: 'days' } });
    if (problem === undefined) return;
    expect(
      applied(
        TEXT.replace('calendar: days', 'calendar: dayz'),
        nameFix(problem)?.edit ?? { range: problem.range, newText: '' },
      ),
    ).toBe(TEXT);
  });
});

describe('what can be done about the findings of a line', () => {
  const found = (
    check: string,
    words: string,
    ranges: readonly (readonly [string, string])[] = [],
    table = 'a.team',
  ): Parameters<typeof findingFixes>[0][number] => ({ table, check, words, ranges });
  const TWICE = [
    found('not_null/usage', 'not_null/usage', [['2024-01-01', '2024-01-03']]),
    found('not_null/usage#2', 'not_null/usage per season', [['2024-01-02', '2024-01-05']]),
  ];

  it('names each check, and the report and the dates once', () => {
    expect(findingFixes(TWICE, () => true)).toEqual([
      { title: 'Accept not_null/usage of team…', does: 'accept', table: 'a.team', check: 'not_null/usage', of: [0] },
      {
        title: 'Accept not_null/usage per season of team…',
        does: 'accept',
        table: 'a.team',
        check: 'not_null/usage#2',
        of: [1],
      },
      { title: 'Open the report', does: 'report', table: 'a.team', of: [0, 1] },
      {
        title: 'Backfill its dates of team…',
        does: 'backfill',
        table: 'a.team',
        ranges: [['2024-01-01', '2024-01-05']],
        of: [0, 1],
      },
    ]);
  });

  it.each<[string, Parameters<typeof findingFixes>[0], boolean, readonly string[]]>([
    ['no job writes it', TWICE.slice(0, 1), false, ['Accept not_null/usage of team…', 'Open the report']],
    ['no date is told', [found('a', 'a')], true, ['Accept a of team…', 'Open the report']],
    [
      'they are of two tables',
      [found('a', 'a'), found('b', 'b', [], 'raw.box')],
      true,
      ['Accept a of team…', 'Accept b of box…', 'Open the report of team', 'Open the report of box'],
    ],
    ['there is none', [], true, []],
  ])('where %s', (_, findings, hasJob, titles) => {
    expect(findingFixes(findings, () => hasJob).map(({ title }) => title)).toEqual(titles);
  });

  it('no number of an id stands in the title of what is accepted', () => {
    const results = ['not_null/usage', 'not_null/usage#2'].map(check => ({
      id: `a.team/${check}`,
      table: 'a.team',
      check: 'not_null',
      outcome: 'fail',
      threshold: { per: check.endsWith('#2') ? 'season' : 'date' },
    }));
    const report = { results, coverage: [] } as unknown as Parameters<typeof acceptablesOf>[1];
    expect(acceptablesOf('a.team', report).map(({ title }) => title)).toEqual([
      'Phasegate: accept the finding of not_null/usage…',
      'Phasegate: accept the finding of not_null/usage per season…',
    ]);
  });
});

describe('names', () => {
  const document = read(TEXT);
  const at = (text: string, from = 0): number => TEXT.indexOf(text, from) + 1;

  it('lead to where they are declared, and to where they are used', () => {
    const used = nameAt(document, at('[raw.box') + 1);
    expect(used).toMatchObject({ kind: 'table', name: 'raw.box', declares: false });
    if (used === undefined) return;
    expect(declarationOf(document, used)?.range.start).toBe(TEXT.indexOf('raw.box'));
    expect(usesOf(document, used, true)).toHaveLength(3);
    expect(usesOf(document, used, false)).toHaveLength(2);
    expect(nameAt(document, at('job: team') + 5)).toMatchObject({ kind: 'job', name: 'team' });
    expect(nameAt(document, at('calendar: days') + 11)).toMatchObject({ kind: 'calendar', name: 'days' });
    expect(nameAt(document, at('version'))).toBeUndefined();
  });

  it('tell which table a line belongs to', () => {
    expect(tableAround(document, at('key: [game]'))).toBe('raw.box');
    expect(tableAround(document, at('job: team'))).toBe('a.team');
    expect(tableAround(document, at('version'))).toBeUndefined();
  });

  it('are what the trees show', () => {
    expect(
      document.reading.ok
        ? outlineOf(document.reading.pipeline).phases.map(({ id, tables }) => [id, tables.map(table => table.line)])
        : [],
    ).toEqual([
      ['1', [13]],
      ['2', [18]],
    ]);
  });
});

describe('completion', () => {
  const inTable = (line: string): string => TEXT.replace('        job: team\n', `        job: team\n        ${line}\n`);
  it.each([
    [
      'keys of a table, without those that are there',
      inTable('|'),
      ['knownGaps', 'bootstrap'],
      ['job', 'files', 'phases'],
    ],
    ['calendars', inTable('calendar: |'), ['days'], ['team']],
    ['tables in a list of dependencies', TEXT.replace('[raw.box]', '[|]'), ['raw.box', 'a.team'], ['days']],
    ['jobs', TEXT.replace('job: team', 'job: |'), ['team'], ['days']],
    ['keys of the whole', `${TEXT}|`, ['asOf', 'trainings'].slice(0, 1), ['phases', 'knownGaps']],
    [
      'keys of a phase',
      TEXT.replace('    name: Raw\n', '    name: Raw\n    |\n'),
      ['defaults'],
      ['name', 'tables', 'key'],
    ],
    ['fixed values', TEXT.replace('days: daily', 'days: |'), [], []],
  ])('offers %s', (_what, marked, wanted, unwanted) => {
    const labels = offered(marked);
    for (const label of wanted) expect(labels).toContain(label);
    for (const label of unwanted) expect(labels).not.toContain(label);
  });
});

describe('lenses and hovers', () => {
  it('say what is not measured, and what a table needs and is needed by', () => {
    const document = read(TEXT);
    expect(tableLenses(document, '/w', undefined).map(({ title, range }) => [title, range.start.line])).toEqual([
      ['not measured yet', 12],
      ['Preflight', 12],
      ['not measured yet', 17],
      ['Preflight', 17],
    ]);
    const hover = tableHover(document, TEXT.indexOf('raw.box') + 2, undefined);
    expect(hover?.markdown).toContain('key: `game`');
    expect(hover?.markdown).toContain('needed by `a.team`');
  });
});

describe('in flow style', () => {
  const [before = '', after = ''] = TEXT.split('        job: team\n');
  it.each([
    ['keys of a check', '        checks:\n          - not_null: { |\n', 'column', 'name'],
    ['keys that are not there yet', '        checks:\n          - not_null: { column: x, |\n', 'per', 'column'],
    ['values of a key', '        checks:\n          - not_null: { column: x, per: |\n', 'season', 'column'],
    ['tables that are needed', '        dependsOn: [{ table: |\n', 'raw.box', 'table'],
    ['keys of what is needed', '        dependsOn: [{ table: raw.box, |\n', 'coverage', 'table'],
  ])('offers %s', (_what, typed, yes, no) => {
    const names = offered(`${before}${typed}${after}`);
    expect(names).toContain(yes);
    expect(names).not.toContain(no);
  });
});

describe('columns that are offered', () => {
  const live: LiveColumns = new Map([
    ['a.team', [{ name: 'points_scored', type: 'BIGINT' }]],
    ['raw.box', [{ name: 'box_only', type: 'VARCHAR' }]],
  ]);
  const [before = '', after = ''] = TEXT.split('        job: team\n');
  it('are those that the table has, and not those of another', () => {
    const names = offered(`${before}        checks:\n          - not_null: { column: |\n${after}`, live);
    expect(names).toContain('points_scored');
    expect(names).not.toContain('box_only');
    expect(offered(`${before}        key: [game, |]\n${after}`, live)).toContain('points_scored');
  });
  it('are those that any table has where none is being described', () => {
    const names = offered('phases:\n  - id: 1\n    defaults:\n      date: |\n', live);
    expect(names).toEqual(expect.arrayContaining(['points_scored', 'box_only']));
  });
});
