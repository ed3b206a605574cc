// What the repository may hold, whatever else changes: no host of a registry, no native build, licences that fit.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (name: string): unknown => JSON.parse(readFileSync(path.join(ROOT, name), 'utf8'));

const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        resolved: z.string().optional(),
        hasInstallScript: z.boolean().optional(),
        integrity: z.string().optional(),
        license: z.string().optional(),
      }),
    ),
  })
  .parse(read('package-lock.json'));
const manifest = z
  .object({
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
    scripts: z.record(z.string(), z.string()),
  })
  .parse(read('package.json'));

test('the lock file names no registry, so that it installs from any', () => {
  expect(Object.entries(lock.packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

test('every package is pinned by what it contains, and every direct dependency to one version', () => {
  expect(
    Object.entries(lock.packages).filter(([name, { integrity }]) => name !== '' && integrity === undefined),
  ).toEqual([]);
  for (const version of [...Object.values(manifest.dependencies), ...Object.values(manifest.devDependencies)])
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
});

test('a package with a script of its own works without it, since set-up runs none', () => {
  const withScript = Object.keys(lock.packages).filter(name => lock.packages[name]?.hasInstallScript === true);
  // esbuild's only checks its binary; fsevents exists on macOS only and comes built; vsce signs nothing here.
  expect(
    withScript
      .map(name => name.split('node_modules/').at(-1))
      .filter(name => !['esbuild', 'fsevents', '@vscode/vsce-sign'].includes(name ?? '')),
  ).toEqual([]);
});

test('only the native database is installed with Phasegate: everything else is inside the bundle', () => {
  expect(Object.keys(manifest.dependencies)).toEqual(['@duckdb/node-bindings']);
});

test('every script of package.json goes through the one door that sets things up', () => {
  for (const [name, command] of Object.entries(manifest.scripts)) expect(command).toBe(`node scripts/run.mjs ${name}`);
});
