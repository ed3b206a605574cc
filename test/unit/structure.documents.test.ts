// The documents say what is so: their manifests can be read, the files they name exist, and their commands are ours.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOM_ORDER } from '../../scripts/rooms.mjs';
import { CHECK_TYPES } from '../../src/checks/registry';
import { manifestJsonSchema, readManifest } from '../../src/pipeline/manifest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');
const DOCUMENTS = readdirSync(ROOT).filter(name => name.endsWith('.md'));

/** The fenced blocks of a document in one language. */
function blocks(document: string, language: string): string[] {
  return [...read(document).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, its, text = '']) =>
    its === language ? [text] : [],
  );
}

test('the manifest of the README is one, and so it is with each of the parts that are shown by themselves', () => {
  const [whole = '', ...parts] = blocks('README.md', 'yaml');
  expect(whole).toContain('version: 1');
  for (const part of ['', ...parts]) {
    const text = `${whole}${part}`;
    const reading = readManifest(text, { folder: '/workspace', file: 'phasegate.yaml', env: {} });
    expect(reading.ok ? reading.warnings : reading.problems).toEqual([]);
  }
});

test('the README names every check type', () => {
  const line =
    read('README.md')
      .split('\n')
      .find(text => text.includes('**What is checked**')) ?? '';
  expect([...CHECK_TYPES.keys()].filter(name => !line.includes(`\`${name}\``))).toEqual([]);
});

test.each(DOCUMENTS)('every file that %s links to or follows exists', document => {
  const text = read(document);
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link = '']) => link);
  const named = [...text.matchAll(/`((?:src|test|scripts|bench|media|\.ci)\/[\w./-]*)`/g)].map(([, name = '']) => name);
  expect([...new Set([...links, ...named])].filter(name => !existsSync(path.join(ROOT, name)))).toEqual([]);
});

describe('commands', () => {
  const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };

  test.each(DOCUMENTS)('every npm script that %s names exists', document => {
    const named = [...read(document).matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(named.filter(name => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

test('ARCHITECTURE.md knows every room of the table', () => {
  const text = read('ARCHITECTURE.md');
  expect(ROOM_ORDER.flat().filter(room => !text.includes(`\`src/${room}/\``) && !text.includes(`\`${room}\``))).toEqual(
    [],
  );
});

test('the JSON Schema that ships is the one of the definition; `npm run schema` renews it', () => {
  expect(JSON.parse(read('phasegate.schema.json'))).toEqual(manifestJsonSchema());
});
