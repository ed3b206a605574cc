// Blame as it is read: in the terminal, as Markdown and in hovers; said once where several checks tell of one break, and never markup.
import { describe, expect, it, test } from 'vitest';
import { checkHover } from '../../../src/language/check-hovers';
import { readDocument } from '../../../src/language/manifest-document';
import { sourceHover } from '../../../src/language/source-hovers';
import { tableHover } from '../../../src/language/tables';
import type { Blame, BlamedCommit, Report, Result } from '../../../src/model/report';
import { blameLines, printBlame } from '../../../src/print/blame';
import { printMarkdown } from '../../../src/print/markdown';
import { printTerminal } from '../../../src/print/terminal';
import { reportOf } from './report';

const plain = { columns: 100, colour: false, verbose: false };

const commit = (i: number, subject = `Commit ${i}`): BlamedCommit => ({
  hash: `c0ffee${i}`,
  at: `2024-01-04T1${i}:00:00.000Z`,
  subject,
});
const BLAME: Blame = {
  words: 'usage_rate is empty from 2024-01-04 on; 2 commits touched its sources in between',
  from: '2024-01-04',
  commits: [commit(0), commit(1, 'Leave *usage* for <b>later</b>, [see](x) `y` | z')],
};
const LINES = [
  'usage_rate is empty from 2024-01-04 on; 2 commits touched its sources in between',
  '  c0ffee0  2024-01-04 10:00 UTC  Commit 0',
  '  c0ffee1  2024-01-04 11:00 UTC  Leave *usage* for <b>later</b>, [see](x) `y` | z',
];

const SOURCE = { file: 'phasegate.yaml', line: 13, column: 13 };
const result = (more: Partial<Result> = {}): Result => ({
  id: 'league.players/not_null/usage_rate',
  gate: 'validate',
  table: 'league.players',
  check: 'not_null',
  column: 'usage_rate',
  outcome: 'fail',
  message: 'it is not filled',
  source: SOURCE,
  ...more,
});
const report = (...results: readonly Result[]): Report => ({ ...reportOf('validate'), results, coverage: [] });

describe('a blame as lines', () => {
  const MANY: Blame = { words: 'x', commits: Array.from({ length: 8 }, (_, i) => commit(i)) };

  it('is its sentence and its commits', () => expect(blameLines(BLAME, false)).toEqual(LINES));
  it('names the newest of many, and how many came before them', () => {
    expect(blameLines(MANY, false).slice(0, 3)).toEqual([
      'x',
      '  3 earlier commits, and',
      '  c0ffee3  2024-01-04 13:00 UTC  Commit 3',
    ]);
    expect(blameLines(MANY, false)).toHaveLength(7);
    expect(blameLines({ ...MANY, commits: MANY.commits.slice(0, 6) }, false)[1]).toBe('  1 earlier commit, and');
    expect(blameLines({ ...MANY, commits: MANY.commits.slice(0, 5) }, false)).toHaveLength(6);
  });
  it('names all of them where that is asked for', () => expect(blameLines(MANY, true)).toHaveLength(9));
});

describe('the checks of a column with their blame', () => {
  const checks = [
    result({ blame: BLAME }),
    result({ check: 'range', blame: BLAME }),
    result({ check: 'pattern', blame: { words: 'something else', commits: [] } }),
    result({ check: 'constant', outcome: 'pass', message: 'it varies' }),
    result({ check: 'unique', accepted: { reason: 'known', until: undefined, source: SOURCE } }),
  ];

  it('say what they came to, and one break once', () => {
    expect(printBlame({ table: 'league.players', column: 'usage_rate', checks }, plain).split('\n')).toEqual([
      'players usage_rate',
      '  ✘ fail    not_null  it is not filled   phasegate.yaml:13',
      ...LINES.map(line => `      ${line}`),
      '  ✘ fail    range  it is not filled   phasegate.yaml:13',
      '      the same',
      '  ✘ fail    pattern  it is not filled   phasegate.yaml:13',
      '      something else',
      '  ✔ pass    constant  it varies',
      '  ✘ fail    unique  it is not filled (accepted: known)   phasegate.yaml:13',
      '',
    ]);
  });
  it('say the same without colour', () => {
    const of = { table: 'league.players', column: 'usage_rate', checks };
    const escapes = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;]*m`, 'g');
    const coloured = printBlame(of, { ...plain, colour: true });
    expect(coloured).toMatch(escapes);
    expect(coloured.replaceAll(escapes, '')).toBe(printBlame(of, plain));
  });
});

describe('a report', () => {
  const twice = report(
    result({ blame: BLAME }),
    result({ check: 'range', blame: BLAME }),
    result({ table: 'league.teams', blame: { ...BLAME, commits: [commit(5)] } }),
  );

  it('says in the terminal once what two checks of a table tell, and of another table again', () => {
    const text = printTerminal(twice, plain);
    expect(text.split(BLAME.words)).toHaveLength(3);
    for (const line of [...LINES, '  c0ffee5  2024-01-04 15:00 UTC  Commit 5'])
      expect(text).toContain(`      ${line}\n`);
  });
  it('says so in Markdown in a section of its own, with nothing in it that is markup', () => {
    expect(printMarkdown(twice)).toContain(
      [
        '## Since when',
        '',
        String.raw`- league.players: usage\_rate is empty from 2024-01-04 on; 2 commits touched its sources in between`,
        '  - c0ffee0  2024-01-04 10:00 UTC  Commit 0',
        String.raw`  - c0ffee1  2024-01-04 11:00 UTC  Leave \*usage\* for \<b\>later\</b\>, \[see\](x) \`y\` \| z`,
        String.raw`- league.teams: usage\_rate is empty from 2024-01-04 on; 2 commits touched its sources in between`,
        '  - c0ffee5  2024-01-04 15:00 UTC  Commit 5',
        '',
      ].join('\n'),
    );
  });
  it('has no such section where nobody is blamed, or somebody has accepted it', () => {
    const accepted = result({ blame: BLAME, accepted: { reason: 'known', until: undefined, source: SOURCE } });
    for (const each of [report(result()), report(accepted)]) expect(printMarkdown(each)).not.toContain('Since when');
  });
});

describe('a hover', () => {
  const MANIFEST = `version: 1
name: league
targets: { local: { type: duckdb } }
calendars: { days: { days: daily, start: 2024-01-01 } }
defaults: { calendar: days, date: d }
phases:
  - id: 1
    tables:
      - name: league.players
        files: "players/{date}.csv"
        sources: [p/**]
        checks:
          - not_null: { column: usage_rate, min: 95% }
`;
  const document = readDocument('/w/phasegate.yaml', MANIFEST, {});
  const checks = report(result({ blame: BLAME }));
  const SAID = [
    String.raw`usage\_rate is empty from 2024\-01\-04 on; 2 commits touched its sources in between`,
    String.raw`- ${'`'}c0ffee0${'`'} 2024-01-04 10:00 UTC Commit 0`,
    String.raw`- ${'`'}c0ffee1${'`'} 2024-01-04 11:00 UTC Leave \*usage\* for \<b\>later\</b\>, \[see\]\(x\) \`y\` \| z`,
  ].join('\n');
  const onSource = (of: Report): string | undefined => {
    const { reading } = document;
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    const own = [...reading.pipeline.tables.values()];
    return sourceHover('row["usage_rate"]', 6, reading.pipeline, own, { coverage: undefined, checks: of })?.markdown;
  };
  const onCheck = (of: Report): string | undefined =>
    checkHover(document, MANIFEST.indexOf('not_null') + 2, of, () => '')?.markdown;
  const onTable = (of: Report): string | undefined =>
    tableHover(document, MANIFEST.indexOf('league.players') + 2, undefined, of)?.markdown;

  test.each([
    ['a column in a source', onSource],
    ['a check in the manifest', onCheck],
    ['a table in the manifest', onTable],
  ])('on %s tells since when it fails, and nothing of it is markup', (_where, hover) => {
    expect(hover(checks)).toContain(SAID);
    expect(hover(report(result())) ?? '').not.toContain('is empty');
  });
  it('on a table says one break once, and none that has no date', () => {
    const again = report(result({ blame: BLAME }), result({ check: 'range', blame: BLAME }));
    expect(onTable(again)?.split(SAID)).toHaveLength(2);
    expect(onTable(report(result({ blame: { words: 'on no date by itself', commits: [] } })))).not.toContain(
      'by itself',
    );
  });
});
