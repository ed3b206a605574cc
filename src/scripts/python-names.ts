// Where Python code mentions columns by name: keys of rows, subscripts, keywords, attributes, and the SQL in its strings.
import type { SyntaxNode, SyntaxNodeRef } from '@lezer/common';
import { PythonTree, assignmentOf } from './python-tree';
import { namesInString } from './python-sql';

export interface NameMention {
  readonly name: string;
  readonly line: number;
  /** Offsets of the name, without quotes. */
  readonly from: number;
  readonly to: number;
  readonly kind: 'key' | 'subscript' | 'keyword' | 'attribute' | 'sql';
  /** Whether a value gets this name there; otherwise it is read. */
  readonly writes: boolean;
}

/** Names that stand together as the columns of a row do. */
export interface RowShape {
  readonly kind: 'dict' | 'list';
  readonly names: readonly string[];
  readonly line: number;
}

export interface PythonNames {
  readonly mentions: readonly NameMention[];
  readonly shapes: readonly RowShape[];
}

interface Place {
  readonly from: number;
  readonly to: number;
}

/** Fewer names make no row. */
const LEAST_NAMES = 2;

/** Calls that give their keywords to a row or a frame, beside the constructors of rows, which are written with a capital. */
const ROW_CALLS = new Set([
  'dict',
  'assign',
  'update',
  'agg',
  'aggregate',
  'values',
  'withColumns',
  'with_columns',
  '_replace',
]);

/** Accessors of a frame that take the row first and the column last: `df.loc[day, 'points']`. */
const ROW_FIRST = new Set(['loc', 'at']);

/**
 * The names that the source of a Python file mentions, in the order of the text, and the rows that it spells out. Nothing is taken
 * from a statement with an error of syntax, from comments or from docstrings.
 */
export function pythonNames(source: string): PythonNames {
  return new NameReader(new PythonTree(source)).read();
}

class NameReader {
  private readonly python: PythonTree;
  private readonly mentions: NameMention[] = [];
  private readonly shapes: RowShape[] = [];
  /** Where the expressions end that something is assigned to: no two members end at one place. */
  private readonly targets = new Set<number>();
  /** Up to where strings are part of a literal that is read already. */
  private stringsTo = 0;

  constructor(python: PythonTree) {
    this.python = python;
  }

  read(): PythonNames {
    this.python.tree.iterate({
      enter: ref => {
        this.enter(ref);
      },
    });
    return { mentions: this.mentions.sort((a, b) => a.from - b.from || a.to - b.to), shapes: this.shapes };
  }

  private enter(ref: SyntaxNodeRef): void {
    switch (ref.name) {
      case 'AssignStatement':
      case 'UpdateStatement':
        for (const target of assignmentOf(ref.node)?.targets.flat() ?? []) this.target(target);
        break;
      case 'DictionaryExpression':
        this.dictionary(ref.node);
        break;
      case 'MemberExpression':
        this.member(ref.node);
        break;
      case 'CallExpression':
        this.call(ref.node);
        break;
      case 'ArrayExpression':
      case 'TupleExpression':
        this.list(ref.node);
        break;
      case 'String':
      case 'FormatString':
      case 'ContinuedString':
        this.string(ref);
        break;
      default:
    }
  }

  /** `row['a'], (row.b, *row['c'])`: all that an assignment fills. */
  private target(node: SyntaxNode): void {
    const open = [node];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at.name === 'MemberExpression') this.targets.add(at.to);
      else if (/^(?:Tuple|Array|Parenthesized)Expression$/.test(at.name)) open.push(...this.python.children(at));
    }
  }

  private dictionary(node: SyntaxNode): void {
    const names: string[] = [];
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      if (child.nextSibling?.name !== ':' || this.python.isBroken(node)) continue;
      const name = this.python.stringValue(child);
      if (name !== undefined && name !== '') names.push(name);
      this.stringMention(child, 'key', true);
    }
    if (names.length >= LEAST_NAMES) this.shapes.push({ kind: 'dict', names, line: this.python.lineAt(node.from) });
  }

  private member(node: SyntaxNode): void {
    const writes = this.targets.has(node.to);
    const property = node.lastChild;
    if (property?.name === 'PropertyName') {
      if (writes) this.mention(property, node, 'attribute', true);
      return;
    }
    const object = node.firstChild;
    const accessor = object?.name === 'MemberExpression' ? object.lastChild : null;
    const rowFirst = accessor?.name === 'PropertyName' && ROW_FIRST.has(this.python.text(accessor));
    const parts = this.subscripts(node);
    for (const part of rowFirst ? parts.slice(1).slice(-1) : parts) {
      // Bounds of a slice are no names.
      if (part.length !== 1) continue;
      for (const name of part.flatMap(each => this.stringsOf(each))) this.stringMention(name, 'subscript', writes);
    }
  }

  /** What stands between the brackets of a subscript, part by part; a slice is a part of several nodes, or of none. */
  private subscripts(node: SyntaxNode): readonly (readonly SyntaxNode[])[] {
    const parts: SyntaxNode[][] = [];
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      if (child.name === '[' || child.name === ',') parts.push([]);
      else if (child.name !== ']' && child.name !== 'Comment') parts.at(-1)?.push(child);
    }
    return parts;
  }

  /** A string, or those of a list: `df[['a', 'b']]`. */
  private stringsOf(node: SyntaxNode): readonly SyntaxNode[] {
    return node.name === 'ArrayExpression' || node.name === 'TupleExpression' ? this.python.children(node) : [node];
  }

  private call(node: SyntaxNode): void {
    const callee = node.firstChild;
    const list = node.lastChild;
    const last = callee?.name === 'MemberExpression' ? callee.lastChild : callee;
    if (list?.name !== 'ArgList' || (last?.name !== 'VariableName' && last?.name !== 'PropertyName')) return;
    const name = this.python.text(last);
    // A class of a module, as in `argparse.ArgumentParser(…)`, is rarely a row.
    if (!ROW_CALLS.has(name) && !(last.name === 'VariableName' && /^_?[A-Z]/.test(name))) return;
    for (const keyword of this.python.callArguments(list).keywords.values())
      this.mention(keyword.name, node, 'keyword', true);
  }

  /** `COLUMNS = ['a', 'b']`, `insert(['a', 'b'])` */
  private list(node: SyntaxNode): void {
    const parent = node.parent;
    const isValue =
      parent?.name === 'ArgList' ||
      (parent?.name === 'AssignStatement' &&
        assignmentOf(parent)?.value.some(({ from }) => from === node.from) === true);
    if (!isValue || this.python.isBroken(node)) return;
    const names = this.python.children(node).map(child => this.python.stringValue(child));
    if (names.length < LEAST_NAMES || names.some(name => name === undefined || name === '')) return;
    this.shapes.push({ kind: 'list', names: names.flatMap(name => name ?? []), line: this.python.lineAt(node.from) });
  }

  private string(ref: SyntaxNodeRef): void {
    if (ref.from < this.stringsTo) return;
    // Adjacent literals are one.
    if (ref.name === 'ContinuedString') this.stringsTo = ref.to;
    const found = namesInString(this.python, ref);
    if (found.length === 0 || ref.node.parent?.name === 'ExpressionStatement') return;
    for (const name of found) this.mention(name, ref.node, 'sql', name.role !== 'passed');
  }

  /** Mentions the value of a string, where it stands in the text as it is. */
  private stringMention(node: SyntaxNode, kind: NameMention['kind'], writes: boolean): void {
    const [piece, ...more] = this.python.stringPieces(node) ?? [];
    if (piece === undefined || more.length > 0 || piece.text !== this.python.text(piece)) return;
    this.mention(piece, node, kind, writes);
  }

  private mention(place: Place, within: SyntaxNode, kind: NameMention['kind'], writes: boolean): void {
    if (this.python.isBroken(within)) return;
    const { from, to } = place;
    this.mentions.push({ name: this.python.text(place), line: this.python.lineAt(from), from, to, kind, writes });
  }
}
