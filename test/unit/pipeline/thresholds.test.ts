// Thresholds from elsewhere: numbers that the manifest takes from YAML, JSON and Python files, and what is said where it cannot.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Check } from '../../../src/checks/check';
import { THRESHOLD_KEYS, shareOf } from '../../../src/checks/sourced';
import { manifestJsonSchema, readManifestTree } from '../../../src/pipeline/manifest';
import { stampOf } from '../../../src/pipeline/manifest-file';
import type { Pipeline } from '../../../src/pipeline/pipeline';
import { pythonConstants } from '../../../src/scripts/python-constants';

const root = mkdtempSync(path.join(tmpdir(), 'phasegate-thresholds-'));
const folder = path.join(root, 'workspace');
const FILES: Readonly<Record<string, string>> = {
  'config/thresholds.yaml': `# what validation asks for
player_game_summary:
  minutes_played_pct: 99
  usage_rate_pct: 45
  share: 0.45
  whole: 1
  quoted: "90%"
  doubtful_pct: 0.95
  words: plenty
  rows: 50_000
  tiers: [{ min: 10 }, { min: 20 }]
  dotted.name: 30
  none:
  limit: &limit 70
  again: *limit
base: &base { merged: 12 }
derived: { <<: *base, own: 13 }
twice: 1
twice: 2
deep: { a: { b: { c: 4 } } }
`,
  'config/thresholds.json': `{\n\t"usage_rate": { "min": 95, "list": [1, 2.5] },\n\t"rows": 70000\n}\n`,
  'config/broken.yaml': 'a: [1\nb: 2\n',
  'config/notes.txt': 'a: 1\n',
  'shared/feature_thresholds.py': `FEATURES = {\n    "usage_rate": {"threshold": 95.0},\n}\n\n\nclass Limits:\n    rows = 70_000\n    computed = float("3")\n\n\nMIN = 90\nNESTED = {"one": {"c1": {"min": 80}}}\nNESTED["one"] = load()\nLOW, HIGH = 80, 85\n`,
};
beforeAll(() => {
  for (const [file, text] of Object.entries(FILES)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  writeFileSync(path.join(root, 'outside.yaml'), 'a: 1\n');
  symlinkSync(path.join(root, 'outside.yaml'), path.join(folder, 'config/link.yaml'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const HEAD = `version: 1
name: p
targets: { local: { type: duckdb } }
calendars: { days: { days: daily, start: 2024-01-01 } }
defaults: { date: d, calendar: days }
phases:
  - id: 1
    tables:
`;
const YAML = 'config/thresholds.yaml';

type Tree = ReturnType<typeof readManifestTree>;

function tree(text: string): Tree {
  return readManifestTree(text, { folder, file: 'phasegate.yaml', env: {}, python: pythonConstants });
}

function good(text: string): Pipeline {
  const { reading } = tree(text);
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems, undefined, 1));
  return reading.pipeline;
}

/** The first listed check of a table, and how the manifest was read. */
function check(written: string): Check | undefined {
  return good(`${HEAD}      - { name: t, checks: [${written}] }\n`).tables.get('t')?.checks[0];
}

/** The problems of a manifest with one check, which begins at column 33 of line 9. */
function problems(written: string): readonly string[] {
  const { reading } = tree(`${HEAD}      - { name: t, checks: [${written}] }\n`);
  const all = reading.ok ? reading.warnings : reading.problems;
  return all.map(({ line, column, message, severity }) => `${severity} ${line}:${column} ${message}`);
}

describe('a threshold that is taken from a file', () => {
  it.each<[string, string, string, number]>([
    ['YAML', YAML, 'player_game_summary.minutes_played_pct', 3],
    ['YAML by a list', YAML, 'player_game_summary.tiers[1].min', 11],
    ['YAML by a list, with dots', YAML, 'player_game_summary.tiers.0.min', 11],
    ['YAML under a name with a dot', YAML, 'player_game_summary.dotted.name', 12],
    ['YAML behind an alias, where it is written', YAML, 'player_game_summary.again', 14],
    ['YAML that merges', YAML, 'derived.merged', 16],
    ['YAML in which a key is twice: the last', YAML, 'twice', 19],
    ['JSON with tabs', 'config/thresholds.json', 'usage_rate.min', 2],
    ['Python, a dict', 'shared/feature_thresholds.py', 'FEATURES.usage_rate.threshold', 2],
    ['Python, a class', './shared/feature_thresholds.py', 'Limits.rows', 7],
    ['Python, one of two that are unpacked', 'shared/feature_thresholds.py', 'HIGH', 14],
  ])('has the file and line of its number: %s', (_what, from, at, line) => {
    const found = check(`{ range: { column: c, max: { from: ${from}, at: "${at}" } } }`);
    expect(found?.thresholdSource).toMatchObject({ file: from.replace('./', ''), line });
    // The check itself stays where it is declared.
    expect(found?.source).toMatchObject({ file: 'phasegate.yaml', line: 9 });
  });

  it.each<[string, string, number]>([
    ['is a percentage by its name', 'player_game_summary.minutes_played_pct', 0.99],
    ['is a percentage where it is above 1', 'player_game_summary.tiers.1.min', 0.2],
    ['is a share up to 1', 'player_game_summary.share', 0.45],
    ['is all where it is 1', 'player_game_summary.whole', 1],
    ['is a percentage with %', 'player_game_summary.quoted', 0.9],
  ])('where a share is asked for %s', (_what, at, min) => {
    const found = check(`{ not_null: { column: c, min: { from: ${YAML}, at: ${at} } } }`);
    const facts = { days: [], values: new Map(), dated: true };
    const judgement = found?.judge({ facts, seasons: [] } as unknown as Parameters<Check['judge']>[0]);
    expect(judgement?.threshold?.value).toBe(min);
  });

  it('is taken for coverage, of a table, of all of a phase and of what is needed, and for a training', () => {
    const { tables, trainings } =
      good(`${HEAD.replace('- id: 1', '- id: 1\n    defaults: { coverage: { from: config/thresholds.json, at: usage_rate.min } }')}      - { name: a }
      - { name: b, coverage: { from: ${YAML}, at: player_game_summary.share } }
      - { name: c, dependsOn: [{ table: b }, { table: a, coverage: { from: ${YAML}, at: derived.own } }] }
trainings:
  t:
    from: 2024-01-01
    to: 2024-02-01
    needs:
      - { table: a, rows: { from: shared/feature_thresholds.py, at: Limits.rows }, features: { usage_rate: { from: ${YAML}, at: player_game_summary.usage_rate_pct } }, coverage: { from: ${YAML}, at: player_game_summary.whole } }
`);
    expect(tables.get('a')?.coverage).toMatchObject({ min: 0.95, source: { file: 'config/thresholds.json', line: 2 } });
    expect(tables.get('b')?.coverage).toMatchObject({ min: 0.45, source: { file: YAML, line: 5 } });
    expect(tables.get('c')?.dependsOn).toMatchObject([
      { coverage: 0.45, coverageSource: { file: YAML, line: 5 } },
      { coverage: 0.13, coverageSource: { file: YAML, line: 17 } },
    ]);
    const [need] = trainings.get('t')?.needs ?? [];
    expect(need?.coverage).toMatchObject({ min: 1, source: { file: YAML, line: 6 } });
    expect(need?.checks.map(({ id, thresholdSource }) => [id, thresholdSource?.file, thresholdSource?.line])).toEqual([
      ['row_count/range', 'shared/feature_thresholds.py', 7],
      ['not_null/usage_rate', YAML, 4],
    ]);
  });

  it('may stand wherever the schema says that it may, and `from` and `at` are names like any elsewhere', () => {
    const keys = new Set<string>();
    const look = (schema: unknown, key: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      if ('$ref' in schema && schema.$ref === '#/definitions/sourced') keys.add(key);
      for (const [name, inner] of Object.entries(schema)) {
        if (name === 'definitions') continue;
        if (name === 'properties') for (const [each, its] of Object.entries(inner as object)) look(its, each);
        else if (name === 'additionalProperties') look(inner, `${key}.*`);
        else if (Array.isArray(inner)) for (const each of inner) look(each, key);
        else look(inner, key);
      }
    };
    look(manifestJsonSchema(), '');
    expect([...keys].sort()).toEqual([...THRESHOLD_KEYS, 'features.*'].sort());
    good(`${HEAD}      - { name: t, columns: { from: date, at: timestamp } }\n`);
  });
});

describe('a number that cannot be taken says so at its place', () => {
  const min = (from: string, at: string): string => `{ not_null: { column: c, min: { from: ${from}, at: ${at} } } }`;
  it.each<[string, string, string]>([
    [
      'a file that is not there',
      min('config/threshold.yaml', 'a'),
      "error 9:67 there is no config/threshold.yaml in the manifest's folder: did you mean config/thresholds.yaml?",
    ],
    [
      'a file outside of the workspace',
      min('../outside.yaml', 'a'),
      "error 9:67 ../outside.yaml lies outside of the manifest's folder: a threshold is taken from a file inside of it",
    ],
    [
      'a link that leads out of it',
      min('config/link.yaml', 'a'),
      "error 9:67 config/link.yaml lies outside of the manifest's folder: a threshold is taken from a file inside of it",
    ],
    ['a folder', min('config', 'a'), 'error 9:67 config is a folder: name a file in it'],
    [
      'another format',
      min('config/notes.txt', 'a'),
      'error 9:67 config/notes.txt is neither YAML (.yaml, .yml), JSON nor Python by its name',
    ],
    [
      'a file that does not parse',
      min('config/broken.yaml', 'a'),
      'error 9:67 config/broken.yaml could not be read: line 2 is no valid YAML or JSON: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      'a mistyped name',
      min(YAML, 'player_game_summary.minutes_played'),
      'error 9:95 config/thresholds.yaml has no minutes_played under player_game_summary: did you mean player_game_summary.minutes_played_pct?',
    ],
    [
      'a name that stands elsewhere',
      min(YAML, 'minutes_played_pct'),
      'error 9:95 config/thresholds.yaml has no minutes_played_pct: did you mean player_game_summary.minutes_played_pct?',
    ],
    [
      'a name that is like none',
      min('config/thresholds.json', 'usage_rate.zzzzzz'),
      'error 9:95 config/thresholds.json has no zzzzzz under usage_rate; there are min, list',
    ],
    [
      'a map',
      min('config/thresholds.json', 'usage_rate'),
      'error 9:95 usage_rate in config/thresholds.json:2 is a map: name a number in it, such as usage_rate.min',
    ],
    [
      'words',
      min(YAML, 'player_game_summary.words'),
      'error 9:95 player_game_summary.words in config/thresholds.yaml:9 is the text plenty: a number that is spelt out is needed',
    ],
    [
      'nothing',
      min(YAML, 'player_game_summary.none'),
      'error 9:95 player_game_summary.none in config/thresholds.yaml:13 is nothing: a number that is spelt out is needed',
    ],
    [
      'what only a run of Python would tell',
      min('shared/feature_thresholds.py', 'Limits.computed'),
      'error 9:101 Limits.computed in shared/feature_thresholds.py:8 is a call of float: a number that is spelt out is needed',
    ],
    [
      'what is below something that Python changes later',
      min('shared/feature_thresholds.py', 'NESTED.one.c1.min'),
      'error 9:101 shared/feature_thresholds.py has no one under NESTED: NESTED is something that line 13 may change',
    ],
    [
      'what is below a number',
      min('shared/feature_thresholds.py', 'MIN.low'),
      'error 9:101 shared/feature_thresholds.py has no low under MIN: MIN is the number 90',
    ],
    [
      'a name that is like another one elsewhere',
      min('shared/feature_thresholds.py', 'OTHER.max'),
      'error 9:101 shared/feature_thresholds.py has no OTHER; there are FEATURES, Limits, MIN, NESTED, LOW, HIGH',
    ],
    [
      'a number that is no share',
      min('config/thresholds.json', 'rows'),
      'error 9:59 rows in config/thresholds.json:3 is 70000, which is no share: a percentage from 0 to 100 or a number from 0 to 1 is',
    ],
    [
      'a percentage where a number is asked for',
      `{ row_count: { min: { from: ${YAML}, at: player_game_summary.quoted } } }`,
      'error 9:49 player_game_summary.quoted in config/thresholds.yaml:7 is 90%, and no share is asked for here: a plain number is',
    ],
    [
      'a number that is none of rows',
      '{ row_count: { min: { from: config/thresholds.json, at: usage_rate.list.1 } } }',
      'error 9:49 usage_rate.list.1 in config/thresholds.json:2 is 2.5, and a whole number is asked for',
    ],
    [
      'no file',
      '{ not_null: { column: c, min: { at: a } } }',
      'error 9:54 a number from another file needs from: it is { from: FILE, at: PATH }',
    ],
    [
      'a mistyped key',
      `{ not_null: { column: c, min: { fron: ${YAML}, at: a } } }`,
      'error 9:61 a number from another file has no key fron: did you mean from?',
    ],
    [
      'another kind of value',
      '{ row_count: { min: [1, 2] } }',
      'error 9:49 min takes a whole number or { from: FILE, at: PATH }, and a list stands there',
    ],
    [
      'a list with a number in it',
      `{ row_count: { min: [{ from: config/thresholds.json, at: rows }, 3] } }`,
      'error 9:94 a list of thresholds is a list of sources: each is { from: FILE, at: PATH }',
    ],
  ])('%s', (_what, written, problem) => {
    expect(problems(written)).toEqual([problem]);
  });

  it('where Python cannot be read, the manifest asks to be read again with it', () => {
    const text = `${HEAD}      - { name: t, checks: [${min('shared/feature_thresholds.py', 'Limits.rows')}] }\n`;
    expect(readManifestTree(text, { folder, file: 'phasegate.yaml', env: {} })).toMatchObject({
      needsPython: true,
      reading: { ok: false },
    });
    expect(tree(text).needsPython).toBe(false);
  });

  it('a number whose name says percent and that is a share is warned of', () => {
    expect(problems(min(YAML, 'player_game_summary.doubtful_pct'))).toEqual([
      'warning 9:59 player_game_summary.doubtful_pct in config/thresholds.yaml:8 is 0.95, taken as 0.95 % by its name: write 95 there if that is meant, or "0.95%"',
    ]);
  });
});

describe('sources that disagree on one figure (§1.12)', () => {
  const from = (file: string, at: string): string => `{ from: ${file}, at: ${at} }`;
  const LOW = from(YAML, 'player_game_summary.usage_rate_pct');
  const HIGH = from('shared/feature_thresholds.py', 'FEATURES.usage_rate.threshold');
  const not = (rest: string): string => `{ not_null: { column: usage_rate, ${rest} } }`;

  it.each<[string, readonly string[], number]>([
    ['two checks', [not(`min: ${LOW}`), not(`min: ${HIGH}`)], 2],
    ['a check and one whose number stands in the manifest', [not(`min: ${LOW}`), not('min: 95%')], 2],
    ['a check of several columns', [not(`min: ${LOW}`), `{ not_null: { columns: [a, usage_rate], min: ${HIGH} } }`], 2],
    ['a scope that is said and one that is not', [not(`min: ${LOW}`), not(`min: ${HIGH}, per: season`)], 2],
    ['a list', [not(`min: [${LOW}, ${HIGH}]`)], 1],
    ['sources that agree', [not(`min: ${HIGH}`), not(`min: ${from('config/thresholds.json', 'usage_rate.min')}`)], 0],
    ['a list that agrees', [not(`min: [${HIGH}, ${from('config/thresholds.json', 'usage_rate.min')}]`)], 0],
    ['another scope', [not(`min: ${LOW}, per: season`), not(`min: ${HIGH}, per: date`)], 0],
    ['another population', [not(`min: ${LOW}, where: a > 0`), not(`min: ${HIGH}`)], 0],
    ['another column', [not(`min: ${LOW}`), not(`min: ${HIGH}`).replace('usage_rate', 'minutes')], 0],
    ['another window', [not(`min: ${LOW}, window: 30d`), not(`min: ${HIGH}`)], 0],
    ['another type', [not(`min: ${LOW}`), `{ pattern: { column: usage_rate, matches: a, min: ${HIGH} } }`], 0],
    ['two numbers that both stand in the manifest', [not('min: 45%'), not('min: 95%')], 0],
  ])('are warned of at every place: %s', (_what, checks, warnings) => {
    const found = problems(checks.join(', '));
    expect(found).toHaveLength(warnings);
    for (const each of found) expect(each).toMatch(/^warning 9:\d+ sources disagree on one figure: .*45 %.*|95 %/);
  });

  it('name both places, those of the files too', () => {
    const text = `${HEAD}      - { name: t, checks: [${not(`min: ${LOW}`)}, ${not(`min: ${HIGH}`)}] }\n`;
    const { reading } = tree(text);
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    expect(reading.pipeline.doubts).toMatchObject([
      {
        table: 't',
        check: 'not_null/usage_rate',
        places: [
          { file: 'phasegate.yaml', line: 9 },
          { file: YAML, line: 4 },
          { file: 'shared/feature_thresholds.py', line: 2 },
        ],
      },
    ]);
    expect(reading.warnings[0]?.related?.map(({ file, line }) => [file, line])).toEqual([
      [YAML, 4],
      ['shared/feature_thresholds.py', 2],
    ]);
    expect(reading.warnings[0]?.message).toBe(
      `sources disagree on one figure: ${YAML}:4 says 45 %, shared/feature_thresholds.py:2 says 95 %. Correct one of them`,
    );
  });

  it('of a list the strictest counts: the greatest of what is asked for at least, the least of what may be at most', () => {
    expect(check(not(`min: [${LOW}, ${HIGH}]`))?.thresholdSource).toMatchObject({
      file: 'shared/feature_thresholds.py',
    });
    const most = check(`{ constant: { column: c, max: [${HIGH}, ${LOW}] } }`);
    expect(most?.thresholdSource).toMatchObject({ file: YAML, line: 4 });
    const rows = `{ name: t, rows: { per: games, exactly: [${from(YAML, 'twice')}, ${from(YAML, 'derived.own')}] } }`;
    const { reading } = tree(`${HEAD}      - ${rows}\n`);
    expect(reading.ok ? [] : reading.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('neither is stricter, so name one of them'),
    ]);
  });
});

describe('the files that a manifest takes numbers from', () => {
  it('are remembered with what proves them unchanged, and one that is not there as well', () => {
    const text = `${HEAD}      - { name: t, checks: [{ row_count: { min: { from: config/later.yaml, at: a } } }] }\n`;
    const later = path.join(folder, 'config/later.yaml');
    const before = tree(text);
    expect(before.reading.ok).toBe(false);
    expect(before.files).toEqual([stampOf(later)]);
    writeFileSync(later, 'a: 10\n');
    expect(stampOf(later)).not.toEqual(before.files[0]);
    const then = tree(text);
    expect(then.reading.ok).toBe(true);
    writeFileSync(later, 'a: 20\n');
    utimesSync(later, 1, 1); // the same size at another time
    expect(stampOf(later)).not.toEqual(then.files[0]);
  });
});

it('a number is a share of one however it is written', () => {
  const share = fc.integer({ min: 2, max: 100 });
  fc.assert(
    fc.property(share, percent => {
      const source = { file: 'f', line: 1 };
      const read = (value: number, at: string, isPercent = false): number => shareOf({ value, at, isPercent, source });
      expect(read(percent, 'a.min')).toBe(percent / 100);
      expect(read(percent / 100, 'a.min')).toBe(percent / 100);
      expect(read(percent, 'a.min_pct')).toBe(percent / 100);
      expect(read(percent, 'tiers_percent[0]')).toBe(percent / 100);
      expect(read(percent, 'a.min', true)).toBe(percent / 100);
    }),
  );
});
