// What a tree of Python says of its source: values of strings, lines, and which statements an error spoils.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PythonTree, statementOf } from '../../../src/scripts/python-tree';

/** The first string literal of a source, adjacent ones together. */
function firstString(source: string): string | undefined {
  const python = new PythonTree(source);
  let found: string | undefined;
  let seen = false;
  python.tree.iterate({
    enter: ref => {
      if (seen || !['String', 'FormatString', 'ContinuedString'].includes(ref.name)) return;
      seen = true;
      found = python.stringValue(ref.node);
    },
  });
  return found;
}

describe('the value of a string literal', () => {
  test.each([
    [`x = 'usage_rate'`, 'usage_rate'],
    [`x = "it's"`, "it's"],
    [`x = """two\nlines"""`, 'two\nlines'],
    [`x = '''a "quoted" one'''`, 'a "quoted" one'],
    [String.raw`x = r'\d+\n'`, String.raw`\d+\n`],
    [`x = b'raw'`, 'raw'],
    [String.raw`x = Rb"\x41"`, String.raw`\x41`],
    [`x = u'name'`, 'name'],
    [`x = f'plain'`, 'plain'],
    [`x = f'{{braces}}'`, '{braces}'],
    [`x = '{{braces}}'`, '{{braces}}'],
    [`x = f'{table}_daily'`, undefined],
    [`x = 'a' 'b'\n`, 'ab'],
    [`x = ('SELECT a '  # first\n     "FROM t")`, 'SELECT a FROM t'],
    [`x = 'a' f'{b}'`, undefined],
    [String.raw`x = 'tab\tline\n'`, 'tab\tline\n'],
    [String.raw`x = '\x41\101\u00e9\U0001F600'`, 'AAé😀'],
    [String.raw`x = 'it\'s \"so\" \\'`, String.raw`it's "so" \ `.trim()],
    [String.raw`x = 'unknown \d stays'`, String.raw`unknown \d stays`],
    ['x = "joined \\\nlines"', 'joined lines'],
    [`x = ''`, ''],
    [`x = "never closed`, undefined],
    [`x = """never closed`, undefined],
    [`x = 'ends in a backslash\\'`, undefined],
  ])('%j is %j', (source, value) => {
    expect(firstString(source)).toBe(value);
  });

  test('is what Python would say, whatever is written between the quotes of a raw string', () => {
    const raw = fc.stringMatching(/^[\w {}%.,:;-]*$/);
    fc.assert(
      fc.property(raw, text => {
        expect(firstString(`x = r"${text}"\n`)).toBe(text);
      }),
    );
  });
});

describe('lines', () => {
  test.each(['\n', '\r\n', '\r'])('end at %j', end => {
    const python = new PythonTree(['a = 1', 'b = 2', 'c = 3'].join(end));
    expect([0, 5 + end.length, 10 + 2 * end.length].map(python.lineAt)).toEqual([1, 2, 3]);
  });

  test('a byte order mark is no part of the first word', () => {
    const python = new PythonTree('\uFEFFimport argparse\n');
    expect(python.hasErrors).toBe(false);
    expect(python.text(python.tree.topNode.firstChild ?? { from: 0, to: 0 })).toBe('import argparse');
  });
});

describe('an error of syntax spoils the statement that it is in, and no other', () => {
  /** The statements of a source by their first lines, those that are broken. */
  function broken(source: string): readonly string[] {
    const python = new PythonTree(source);
    const found: string[] = [];
    python.tree.iterate({
      enter: ref => {
        const node = ref.node;
        if (statementOf(node)?.from === node.from && statementOf(node)?.type === node.type && python.isBroken(node))
          found.push(python.text(node).split('\n')[0] ?? '');
      },
    });
    return found;
  }

  test.each([
    ['a = {"x": 1}\nb = {"y" 2}\nc = {"z": 3}\n', ['b = {"y" 2}']],
    ['def f(:\n    x = {"a": 1}\ny = 2\n', ['def f(:']],
    ['def f():\n    x = {"a": [1, 2}\n    y = 3\n', ['x = {"a": [1, 2}']],
    ['x = [1,\ny = 3\nz = 4\n', ['x = [1,']],
    ['x = {"a": 1} garbage\ny = 2\n', ['x = {"a": 1} ', 'garbage']],
    ['x = "abc\ny = 2\n', ['x = "abc']],
    ['if a\n    x = 1\ny = 2\n', ['if a']],
    ['x = 1\n', []],
  ])('%j', (source, statements) => {
    expect(broken(source)).toEqual(statements);
  });
});
