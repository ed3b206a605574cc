// The constants of a Python file by its syntax, never by a run of it: of the module, of classes, and inside of literals.
import type { SyntaxNode } from '@lezer/common';
import type { Constant, ConstantFile } from './constants';
import { PythonTree, assignmentOf } from './python-tree';

/** A name that stands for a name that stands for a name … is followed so often. */
const MOST_HOPS = 20;

const UNPACKED = 'one of several values that are unpacked';

/** Makes a value when it is asked for. @param hops how many names were followed to it */
type Making = (hops: number) => Constant;

/**
 * The constants that a module's top level and its classes assign once and for all. What only a run could tell (a branch, a
 * computed value, a name that is changed again) is there with words that say so, and is no scalar.
 */
export function pythonConstants(source: string): ConstantFile {
  const python = new PythonTree(source);
  return { ok: true, root: new Scope(python, python.tree.topNode, undefined) };
}

/** Where constants are assigned: a module, or the body of a class. */
class Scope implements Constant {
  readonly line: number;
  readonly column: number;
  readonly scalar = undefined;
  readonly words: string;
  private readonly python: PythonTree;
  private readonly body: SyntaxNode;
  private readonly outer: Scope | undefined;
  private found: ReadonlyMap<string, Making> | undefined;
  /** Names that are assigned more than once: the last assignment counts, and which one another name saw is not told. */
  private readonly again = new Set<string>();

  constructor(python: PythonTree, body: SyntaxNode, outer: Scope | undefined) {
    this.python = python;
    this.body = body;
    this.outer = outer;
    ({ line: this.line, column: this.column } = placeOf(python, body));
    this.words = outer === undefined ? 'a module' : 'a class';
  }

  get names(): readonly string[] {
    return [...this.all.keys()];
  }

  child(name: string): Constant | undefined {
    return this.all.get(name)?.(0);
  }

  /** What another name stands for by this one, here or in the module around. @param hops how many names were followed to it */
  lookUp(name: string, hops: number): Constant | undefined {
    const making = this.all.get(name);
    if (making === undefined) return this.outer?.lookUp(name, hops);
    return this.again.has(name) || hops > MOST_HOPS ? undefined : making(hops);
  }

  private get all(): ReadonlyMap<string, Making> {
    this.found ??= this.read();
    return this.found;
  }

  private read(): ReadonlyMap<string, Making> {
    const found = new Map<string, Making>();
    for (const statement of statementsOf(this.body)) {
      if (statement.name === 'AssignStatement') this.assign(statement, found);
      else if (statement.name === 'ClassDefinition') {
        const [name, body] = [statement.getChild('VariableName'), statement.getChild('Body')];
        if (name !== null && body !== null) found.set(this.python.text(name), () => new Scope(this.python, body, this));
      } else this.change(statement, found);
    }
    return found;
  }

  private assign(statement: SyntaxNode, found: Map<string, Making>): void {
    const assignment = assignmentOf(statement);
    for (const targets of assignment?.targets ?? []) this.bind(targets, assignment?.value ?? [], statement, found);
  }

  /**
   * What the targets of an assignment stand for from there on: `A = 1`, `A, B = 1, 2`, `(A, [B, C]) = 1, (2, 3)`.
   * @param targets those between the commas of one side, and the values between the commas of the other
   */
  private bind(
    targets: readonly SyntaxNode[],
    values: readonly SyntaxNode[],
    statement: SyntaxNode,
    found: Map<string, Making>,
  ): void {
    const [target, ...others] = targets;
    if (target === undefined) return;
    if (others.length > 0) {
      this.unpack(targets, values, statement, found);
      return;
    }
    if (isSequence(target)) {
      this.unpack(this.python.children(target), values, statement, found);
      return;
    }
    if (target.name === 'ParenthesizedExpression') {
      this.bind(this.python.children(target), values, statement, found);
      return;
    }
    if (target.name !== 'VariableName') {
      // D['x'] = 3 changes what D stands for.
      this.unsettle(target, statement, found);
      return;
    }
    const [value, ...more] = values;
    const name = this.python.text(target);
    if (found.has(name)) this.again.add(name);
    if (value === undefined) found.set(name, () => new Opaque(this.python, statement, UNPACKED));
    else if (this.python.isBroken(statement))
      found.set(name, () => new Opaque(this.python, statement, 'a statement that does not parse'));
    else if (more.length > 0) found.set(name, () => new Opaque(this.python, statement, 'several values'));
    else found.set(name, hops => valueOf(this.python, value, this, hops));
  }

  private unpack(
    targets: readonly SyntaxNode[],
    values: readonly SyntaxNode[],
    statement: SyntaxNode,
    found: Map<string, Making>,
  ): void {
    const [value, ...more] = values;
    const items = value !== undefined && more.length === 0 && isSequence(value) ? this.python.children(value) : values;
    // `A, *B = …`, and what only a run gives: each name is known, and none of their values.
    const isPlain = items.length === targets.length && [...items, ...targets].every(({ name }) => name !== '*');
    for (const [i, target] of targets.entries()) {
      const item = isPlain ? items[i] : undefined;
      if (target.name !== '*') this.bind([target], item === undefined ? [] : [item], statement, found);
    }
  }

  /** What a statement other than an assignment does to names that were assigned before. */
  private change(statement: SyntaxNode, found: Map<string, Making>): void {
    if (statement.name === 'UpdateStatement' || statement.name === 'DeleteStatement') {
      for (let child = statement.firstChild; child !== null && child.name !== 'UpdateOp'; child = child.nextSibling)
        this.unsettle(child, statement, found);
    } else if (statement.getChild('Body') !== null && statement.name !== 'FunctionDefinition') {
      // A branch or a loop: which of its assignments is run, if any, only a run tells.
      for (const body of statement.getChildren('Body'))
        for (const inner of statementsOf(body)) {
          if (inner.name === 'AssignStatement')
            for (const target of assignmentOf(inner)?.targets.flat() ?? []) this.unsettle(target, inner, found);
          else this.change(inner, found);
        }
    }
  }

  private unsettle(target: SyntaxNode, statement: SyntaxNode, found: Map<string, Making>): void {
    if (isSequence(target) || target.name === 'ParenthesizedExpression')
      for (const each of this.python.children(target)) this.unsettle(each, statement, found);
    let first: SyntaxNode | null = target;
    while (first?.name === 'MemberExpression') first = first.firstChild;
    if (first?.name !== 'VariableName') return;
    const words = `something that line ${this.python.lineAt(statement.from)} may change`;
    found.set(this.python.text(first), () => new Opaque(this.python, statement, words));
  }
}

/** A value that its text does not tell. */
class Opaque implements Constant {
  readonly line: number;
  readonly column: number;
  readonly scalar = undefined;
  readonly names = [];
  readonly words: string;

  constructor(python: PythonTree, node: SyntaxNode, words: string) {
    ({ line: this.line, column: this.column } = placeOf(python, node));
    this.words = words;
  }

  child(): undefined {
    return undefined;
  }
}

class Scalar implements Constant {
  readonly line: number;
  readonly column: number;
  readonly scalar: number | string;
  readonly names = [];
  readonly words: string;

  constructor(python: PythonTree, node: SyntaxNode, scalar: number | string) {
    ({ line: this.line, column: this.column } = placeOf(python, node));
    this.scalar = scalar;
    this.words = typeof scalar === 'number' ? `the number ${scalar}` : `the text ${scalar}`;
  }

  child(): undefined {
    return undefined;
  }
}

/** A dict, a list or a tuple, or the keywords of a call: `dict(a=1)`, `Threshold(min=95)`. */
class Collection implements Constant {
  readonly line: number;
  readonly column: number;
  readonly scalar = undefined;
  readonly words: string;
  private readonly below: ReadonlyMap<string, () => Constant>;

  constructor(python: PythonTree, node: SyntaxNode, words: string, below: ReadonlyMap<string, () => Constant>) {
    ({ line: this.line, column: this.column } = placeOf(python, node));
    this.words = words;
    this.below = below;
  }

  get names(): readonly string[] {
    return [...this.below.keys()];
  }

  child(name: string): Constant | undefined {
    return this.below.get(name)?.();
  }
}

function valueOf(python: PythonTree, node: SyntaxNode, scope: Scope, hops: number): Constant {
  const below = (inner: SyntaxNode) => (): Constant => valueOf(python, inner, scope, hops);
  switch (node.name) {
    case 'ParenthesizedExpression': {
      const [inner, ...more] = python.children(node);
      return inner === undefined || more.length > 0
        ? new Opaque(python, node, 'an expression')
        : valueOf(python, inner, scope, hops);
    }
    case 'Number':
    case 'UnaryExpression': {
      const number = numberOf(python.text(node));
      return number === undefined ? new Opaque(python, node, 'an expression') : new Scalar(python, node, number);
    }
    case 'String':
    case 'ContinuedString':
    case 'FormatString': {
      const text = python.stringValue(node);
      return text === undefined ? new Opaque(python, node, 'a text with placeholders') : new Scalar(python, node, text);
    }
    case 'DictionaryExpression': {
      const entries = new Map<string, () => Constant>();
      for (let child = node.firstChild; child !== null; child = child.nextSibling) {
        // What ** brings may stand in the place of what stood before it.
        if (child.name === '**')
          for (const name of entries.keys())
            entries.set(name, () => new Opaque(python, node, 'a key that ** may give another value'));
        const value = child.nextSibling?.name === ':' ? child.nextSibling.nextSibling : null;
        const name = value === null ? undefined : nameOf(python, child);
        if (value !== null && name !== undefined) entries.set(name, below(value));
      }
      return new Collection(python, node, 'a map', entries);
    }
    case 'ArrayExpression':
    case 'TupleExpression': {
      const items = python.children(node).map((item, i) => [String(i), below(item)] as const);
      return new Collection(python, node, 'a list', new Map(items));
    }
    case 'CallExpression': {
      const [callee, list] = [node.firstChild, node.getChild('ArgList')];
      const name = callee === null ? undefined : python.dottedName(callee);
      const keywords = list === null ? [] : [...python.callArguments(list).keywords];
      return keywords.length === 0
        ? new Opaque(python, node, name === undefined ? 'a call' : `a call of ${name}`)
        : new Collection(
            python,
            node,
            `a call of ${name ?? 'something'}`,
            new Map(keywords.map(([key, { value }]) => [key, below(value)])),
          );
    }
    case 'VariableName': {
      const meant = scope.lookUp(python.text(node), hops + 1);
      return meant ?? new Opaque(python, node, `the name ${python.text(node)}, which this file does not spell out`);
    }
    default:
      return new Opaque(python, node, node.name === 'None' ? 'None' : 'an expression');
  }
}

/** A key of a dict as a path names it: a text, or a number as it is written. */
function nameOf(python: PythonTree, node: SyntaxNode): string | undefined {
  return node.name === 'Number' ? python.text(node) : python.stringValue(node);
}

/** `-1_000.5e2`; hexadecimal and imaginary numbers are no thresholds. */
function numberOf(text: string): number | undefined {
  const plain = text.replaceAll(/\s/g, '');
  if (!/^[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[+-]?\d+)?$/i.test(plain)) return undefined;
  const value = Number(plain.replaceAll('_', ''));
  return Number.isFinite(value) ? value : undefined;
}

/** What is unpacked item by item: `(a, b)`, `[a, b]`. */
function isSequence({ name }: SyntaxNode): boolean {
  return name === 'TupleExpression' || name === 'ArrayExpression';
}

/** The statements of a body, those behind a semicolon too. */
function statementsOf(body: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = body.firstChild; child !== null; child = child.nextSibling) {
    if (child.name === 'StatementGroup') found.push(...statementsOf(child));
    else found.push(child);
  }
  return found;
}

function placeOf(python: PythonTree, { from }: SyntaxNode): { readonly line: number; readonly column: number } {
  const line = python.lineAt(from);
  const start = Math.max(python.source.lastIndexOf('\n', from - 1), python.source.lastIndexOf('\r', from - 1)) + 1;
  return { line, column: from - start + 1 };
}
