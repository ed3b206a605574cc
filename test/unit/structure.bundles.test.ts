// What the bundles hold: the extension stays small, and nothing of the engine is loaded in the extension host.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const DIST = path.resolve(import.meta.dirname, '../../dist');
const MOST_EXTENSION_BYTES = 100_000;

test('the extension is small, and loads the language client after activation', () => {
  expect(statSync(path.join(DIST, 'extension.js')).size).toBeLessThan(MOST_EXTENSION_BYTES);
  expect(readFileSync(path.join(DIST, 'extension.js'), 'utf8')).toContain('engine-client.js');
});

test.each(['extension.js', 'engine-client.js'])('%s knows nothing of DuckDB', name => {
  expect(readFileSync(path.join(DIST, name), 'utf8')).not.toContain('@duckdb/');
});

test.each(['cli.js', 'engine.js'])('%s loads DuckDB when it is first asked for, and never vscode', name => {
  const text = readFileSync(path.join(DIST, name), 'utf8');
  // The library lies inside, behind a door that is opened late; its native part is found beside the program.
  expect(text).toMatch(/Promise\.resolve\(\)\.then\(\(\)=>__toESM\(require_lib\w*\(\)/);
  expect(text).not.toContain('("@duckdb/node-api")');
  expect(text).toContain('require("@duckdb/node-bindings")');
  expect(text).not.toContain('require("vscode")');
});
