// Import directions (DESIGN, "Rooms") are errors of the linter: what its one table refuses, what it allows, and that oxlint really asks it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { PROGRAMS, PROGRAM_FOLDERS, ROOM_ORDER, importProblem, packageProblem } from '../../scripts/rooms.mjs';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** From the outermost to the innermost, one of each line of DESIGN's arrow. */
const INWARDS = [
  'cli',
  'handoff',
  'training',
  'runs',
  'validation',
  'coverage',
  'facts',
  'warehouse',
  'pipeline',
  'checks',
  'model',
];

describe('imports run one way', () => {
  const pairs = INWARDS.flatMap((outer, i) => INWARDS.slice(i + 1).map(inner => [outer, inner] as const));

  test.each(pairs)('%s may import %s, and not the other way round', (outer, inner) => {
    expect(importProblem(`${outer}/a.ts`, `${inner}/b`)).toBeUndefined();
    expect(importProblem(`${inner}/b.ts`, `${outer}/a`)).toContain(`${inner} may not import ${outer}`);
  });

  test.each([
    ['print/terminal.ts', 'language/hover'],
    ['language/hover.ts', 'print/terminal'],
    ['cli/coverage.ts', 'agents/tools'],
    ['training/permit.ts', 'backfill/plan'],
    ['runs/journal.ts', 'backfill/plan'],
    ['sample/write.ts', 'cli/sample'],
    ['warehouse/open.ts', 'services'],
    ['validation/gates.ts', 'services'],
    ['facts/ledger.ts', 'protocol'],
    ['cli/coverage.ts', 'editor/views/tree'],
    ['services.ts', 'editor/views/tree'],
    ['editor/views/tree.ts', 'services'],
    ['editor/views/tree.ts', 'warehouse/open'],
    ['extension.ts', 'services'],
    ['protocol.ts', 'pipeline/pipeline'],
    ['protocol.ts', 'runs/journal'],
    ['backfill/plan.ts', 'services/backfills'],
    ['editor/runs.ts', 'services/backfills'],
    ['editor/runs.ts', 'backfill/plan'],
    ['model/day.ts', '../package.json'],
    ['model/day.ts', '../test/unit/anything'],
    ['utils/strings.ts', 'model/day'],
    ['cli/coverage.ts', 'utils/strings'],
    ['engine.ts', 'utils/strings'],
  ])('%s may not import %s', (from, to) => {
    expect(importProblem(from, to)).toEqual(expect.any(String));
  });

  test.each([
    ['facts/ledger.ts', 'facts/request'],
    ['warehouse/duckdb/engine.ts', 'warehouse/dialect'],
    ['cli/coverage.ts', 'services'],
    ['agents/tools.ts', 'services'],
    ['cli.ts', 'cli/coverage'],
    ['engine.ts', 'protocol'],
    ['services.ts', 'warehouse/open'],
    ['editor/views/tree.ts', 'protocol'],
    ['editor/views/tree.ts', 'model/report'],
    ['extension.ts', 'editor/views/tree'],
    ['protocol.ts', 'backfill/plan'],
    ['services/backfills.ts', 'runs/journal'],
    ['engine/backfills.ts', 'services/backfills'],
    ['cli/backfill.ts', 'services/backfills'],
    ['sample/write.ts', 'warehouse/open'],
    ['handoff/parse.ts', 'git/log'],
    ['runs/executor.ts', 'scripts/arguments'],
  ])('%s may import %s', (from, to) => {
    expect(importProblem(from, to)).toBeUndefined();
  });
});

describe('what comes from outside has its rooms', () => {
  test.each([
    ['model/day.ts', 'node:fs'],
    ['checks/unique.ts', 'fs/promises'],
    ['coverage/states.ts', 'node:child_process'],
    ['validation/gates.ts', 'node:process'],
    ['print/terminal.ts', 'node:os'],
    ['checks/unique.ts', 'yaml'],
    ['model/day.ts', 'zod'],
    ['facts/ledger.ts', '@duckdb/node-api'],
    ['facts/ledger.ts', '@duckdb/node-api/lib/anything'],
    ['cli/coverage.ts', 'vscode'],
    ['services.ts', 'vscode'],
    ['warehouse/open.ts', 'commander'],
  ])('%s may not import %s', (from, specifier) => {
    expect(packageProblem(from, specifier)).toEqual(expect.any(String));
  });

  test.each([
    ['facts/ledger.ts', 'node:fs'],
    ['coverage/states.ts', 'node:assert'],
    ['checks/unique.ts', 'zod'],
    ['model/day.ts', 'temporal-polyfill/fns/PlainDate'],
    ['warehouse/duckdb/engine.ts', '@duckdb/node-api'],
    ['editor/views/tree.ts', 'vscode'],
    ['extension.ts', 'vscode'],
    ['cli/coverage.ts', 'commander'],
  ])('%s may import %s', (from, specifier) => {
    expect(packageProblem(from, specifier)).toBeUndefined();
  });
});

test('every folder and file of src/ has its place in the table', () => {
  const rooms = ROOM_ORDER.flat();
  const known = new Set([
    ...rooms,
    'editor',
    ...PROGRAM_FOLDERS,
    ...[...PROGRAMS, 'extension', 'protocol'].map(name => `${name}.ts`),
  ]);
  const found = readdirSync(path.join(ROOT, 'src')).filter(name => !name.endsWith('.d.ts'));
  expect(found.filter(name => !known.has(name))).toEqual([]);
  expect(new Set(rooms).size).toBe(rooms.length);
});

describe('the linter holds them', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'phasegate-rooms-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Where oxlint complains of rooms in a source tree written for it: `file:line` of each finding. */
  function findings(files: Readonly<Record<string, readonly string[]>>): string[] {
    const root = mkdtempSync(path.join(folder, 'tree-'));
    for (const [file, lines] of Object.entries(files)) {
      const at = path.join(root, file);
      mkdirSync(path.dirname(at), { recursive: true });
      writeFileSync(at, `${lines.join('\n')}\n`);
    }
    const oxlint = path.join(ROOT, 'node_modules/oxlint/bin/oxlint');
    const args = [oxlint, '-c', path.join(ROOT, '.oxlintrc.json'), '--format', 'unix', root];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: root });
    expect(stderr).toBe('');
    return stdout.split('\n').flatMap(line => {
      const [, file, row] = /^(.*?):(\d+):\d+: .*\[Error\/phasegate\(rooms\)\]$/.exec(line) ?? [];
      return file === undefined || row === undefined ? [] : [`${path.relative(root, path.resolve(root, file))}:${row}`];
    });
  }

  test('every way to import what may not be imported is refused, at its line', () => {
    expect(
      findings({
        'src/model/day.ts': [
          "import { a } from '../checks/check';",
          "export { b } from '../facts/ledger';",
          'export const day = a;',
        ],
        'src/checks/unique.ts': [
          "export * from '../pipeline/pipeline';",
          "import { readFileSync } from 'node:fs';",
          'export const c = readFileSync;',
        ],
        'src/coverage/late.ts': [
          "export const late = () => import('../validation/gates');",
          "export const old = () => require('../cli/main');",
        ],
        'src/facts/types.ts': [
          "import type { G } from '../validation/gates';",
          "export type H = import('../print/json').J | G;",
        ],
        'src/cli/window.ts': ["import * as vscode from 'vscode';", 'export const w = vscode;'],
      }).sort(),
    ).toEqual(
      [
        'src/model/day.ts:1',
        'src/model/day.ts:2',
        'src/checks/unique.ts:1',
        'src/checks/unique.ts:2',
        'src/coverage/late.ts:1',
        'src/coverage/late.ts:2',
        'src/facts/types.ts:1',
        'src/facts/types.ts:2',
        'src/cli/window.ts:1',
      ].sort(),
    );
  });

  test('what may be imported is not', () => {
    expect(
      findings({
        'src/cli/coverage.ts': [
          "import { open } from '../services';",
          "import { day } from '../model/day';",
          'export const o = [open, day];',
        ],
        'src/checks/unique.ts': [
          "import { z } from 'zod';",
          "import { figure } from '../model/figures';",
          'export const c = [z, figure];',
        ],
        'src/warehouse/duckdb/engine.ts': [
          "import { x } from '@duckdb/node-api';",
          "export const late = () => import('../dialect');",
          'export const e = x;',
        ],
        'src/editor/view.ts': [
          "import * as vscode from 'vscode';",
          "import { r } from '../protocol';",
          'export const v = [vscode, r];',
        ],
        'test/unit/any.test.ts': ["import { m } from '../../src/cli/main';", 'export const t = m;'],
      }),
    ).toEqual([]);
  });
});
