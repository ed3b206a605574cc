// What a Python file spells out of its constants: read by its syntax, with words where only a run could tell.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Constant } from '../../../src/scripts/constants';
import { pythonConstants } from '../../../src/scripts/python-constants';

function at(source: string, ...names: readonly string[]): Constant | undefined {
  const file = pythonConstants(source);
  if (!file.ok) throw new Error(file.message);
  return names.reduce<Constant | undefined>((value, name) => value?.child(name), file.root);
}

const SOURCE = `"""Thresholds."""
from typing import Final

MIN_ROWS = 70_000
MIN_SHARE: Final[float] = -1_000.5e2
TEXT = "95%"
DEFAULT = 95.0
FEATURES = {
    "minutes_played": {"threshold": 99.0, "critical": True},
    'usage_rate': {"threshold": (DEFAULT), "tiers": [45, {"min": 90}]},
    2024: 1,
    **EXTRA,
    "points": 99.5,
}
a, b = 1, 2
C = D = 7


class Limits(Base):
    minutes: float = 99
    usage = DEFAULT

    class Nested:
        rows = 5

    def method(self):
        HIDDEN = 1


KEYWORDS = dict(low=1, high=Threshold(min=3))
BOTH = 1; AND = 2
`;

describe('a constant', () => {
  test.each<[readonly string[], number | string, number]>([
    [['MIN_ROWS'], 70_000, 4],
    [['MIN_SHARE'], -100_050, 5],
    [['TEXT'], '95%', 6],
    [['FEATURES', 'points'], 99.5, 13],
    [['C'], 7, 16],
    [['D'], 7, 16],
    [['Limits', 'minutes'], 99, 20],
    [['Limits', 'Nested', 'rows'], 5, 24],
    [['KEYWORDS', 'low'], 1, 30],
    [['KEYWORDS', 'high', 'min'], 3, 30],
    [['BOTH'], 1, 31],
    [['AND'], 2, 31],
    // Behind a name the number stands where it is spelt out.
    [['Limits', 'usage'], 95, 7],
  ])('%j is %j, in line %i', (names, value, line) => {
    expect(at(SOURCE, ...names)).toMatchObject({ scalar: value, line });
  });

  test('has its column', () => {
    expect(at('A = 1\r\nB = {"x": 22}\r\n', 'B', 'x')).toMatchObject({ scalar: 22, line: 2, column: 11 });
  });

  test.each<[string, string, string, RegExp]>([
    ['a call', 'A = float("95")', 'A', /a call of float/],
    ['arithmetic', 'A = 95 / 100', 'A', /an expression/],
    ['an import', 'from x import B\nA = B', 'A', /the name B, which this file does not spell out/],
    ['itself', 'A = A', 'A', /the name A/],
    ['a name that is assigned twice', 'B = 1\nA = B\nB = 2', 'A', /the name B/],
    ['unpacking', 'A, B = f()', 'B', /unpacked/],
    ['unpacking of another number of values', 'A, B = 1, 2, 3', 'A', /unpacked/],
    ['unpacking with a star', 'A, *B = 1, 2', 'A', /unpacked/],
    ['unpacking of what a star gives', 'A, B = *x, 1', 'B', /unpacked/],
    ['unpacking that does not parse', 'A, B = 1, (2', 'A', /does not parse|unpacked/],
    ['unpacking of a computed value', 'A, B = 1, f()', 'B', /a call of f/],
    ['a swap', 'A, B = 1, 2\nA, B = B, A', 'A', /the name B/],
    ['several values', 'A = 1, 2', 'A', /several values/],
    ['a branch that unpacks', 'A = 1\nif x:\n    (A, B) = 2, 3', 'A', /line 3 may change/],
    ['None', 'A = None', 'A', /None/],
    ['placeholders', 'A = f"{x}"', 'A', /placeholders/],
    ['a change', 'A = 1\nA += 1', 'A', /line 2 may change/],
    ['a branch', 'A = 1\nif x:\n    A = 2', 'A', /line 3 may change/],
    ['a branch that is the only one', 'if x:\n    A = 2\nelse:\n    A = 3', 'A', /line 4 may change/],
    ['a loop in a try', 'A = 1\ntry:\n    for i in x:\n        A = i\nexcept E:\n    pass', 'A', /line 4 may change/],
    ['a key that is set later', 'A = {"x": 1}\nA["x"] = 2', 'A', /line 2 may change/],
    ['a hexadecimal number', 'A = 0x10', 'A', /an expression/],
    ['a statement that does not parse', 'A = {"x": 1\nB = 2', 'A', /does not parse|a map/],
  ])('that only a run could tell is no number: %s', (_what, source, name, words) => {
    const found = at(source, name);
    expect(found?.scalar).toBeUndefined();
    expect(found?.words).toMatch(words);
  });

  test.each<[string, string, number]>([
    ['T, U = 80, 85', 'T', 80],
    ['T, U = 80, 85', 'U', 85],
    ['(T, U) = (80, 85)', 'U', 85],
    ['T, U = [80, 85]', 'U', 85],
    ['[T, (U, V)] = 80, (85, 90)', 'V', 90],
    ['T, U = V = 80, 85', 'U', 85],
    ['(T) = 80', 'T', 80],
    ['D = {}\nT, D["x"] = 80, 85', 'T', 80],
    ['B = 7\nT, U = B, 85', 'T', 7],
  ])('that is unpacked is each its own: %j gives %s', (source, name, value) => {
    expect(at(`${source}\n`, name)?.scalar).toBe(value);
  });

  test('that ** may give another value is none; what stands behind it is', () => {
    expect(at(SOURCE, 'FEATURES', 'minutes_played')?.words).toMatch(/\*\*/);
    expect(at(SOURCE, 'FEATURES', 'minutes_played', 'threshold')).toBeUndefined();
  });

  test('of a dict is the last of its name', () => {
    expect(at('A = {"x": 1, "x": 2}', 'A', 'x')?.scalar).toBe(2);
    expect(at('A = 1\nA = 2', 'A')?.scalar).toBe(2);
  });

  test('has the names below it: what was mistyped is found among them', () => {
    expect(at(SOURCE, 'KEYWORDS')?.names).toEqual(['low', 'high']);
    expect(at('A = {"x": [4, 5]}', 'A', 'x')?.names).toEqual(['0', '1']);
    expect(at('A = {"x": [4, 5]}', 'A', 'x', '1')?.scalar).toBe(5);
    expect(at(SOURCE)?.names).not.toContain('HIDDEN');
  });
});

test('a nested dict of numbers gives back every number that was written', () => {
  const key = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,8}$/);
  const { tree } = fc.letrec(tie => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.dictionary(key, tie('tree')),
    ),
  }));
  const spelt = (value: unknown): string =>
    typeof value === 'object' && value !== null
      ? `{${Object.entries(value)
          .map(([name, inner]) => `${JSON.stringify(name)}: ${spelt(inner)}`)
          .join(',\n  ')}}`
      : Object.is(value, -0)
        ? '-0.0'
        : String(value);
  const same = (value: unknown, found: Constant | undefined): void => {
    if (typeof value !== 'object' || value === null) expect(found?.scalar).toBe(value);
    else {
      expect(found?.names).toEqual(Object.keys(value));
      for (const [name, inner] of Object.entries(value)) same(inner, found?.child(name));
    }
  };
  fc.assert(fc.property(tree, value => same(value, at(`X = ${spelt(value)}\n`, 'X'))));
});

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'A=\n {}[](),:"\'1.\\#;if*del class'.split('')) }), text => {
      const file = pythonConstants(text);
      if (file.ok) for (const name of file.root.names) expect(typeof file.root.child(name)?.words).toBe('string');
    }),
  );
});
