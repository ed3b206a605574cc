// What a Python script accepts on its command line: argparse or click, by syntax, without running anything.
import { argparseArguments } from './argparse-arguments';
import type { ScriptArguments } from './arguments';
import { clickArguments } from './click-arguments';
import { PythonTree } from './python-tree';

/**
 * What the source of a script accepts; `undefined` where no argument parser is in it. Errors of syntax elsewhere do no harm: what
 * may have been lost with them makes the answer incomplete.
 */
export function pythonArguments(source: string): ScriptArguments | undefined {
  // Most files of a repository parse no arguments: they need no tree.
  if (!/ArgumentParser|add_argument|\.parse_(?:known_)?(?:intermixed_)?args\b|\bclick\b/.test(source)) return undefined;
  const python = new PythonTree(source);
  return argparseArguments(python) ?? clickArguments(python);
}
