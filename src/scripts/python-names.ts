// Where Python code mentions columns by name: keys of rows, subscripts, keywords, attributes, and the SQL in its strings.
import type { SyntaxNode, SyntaxNodeRef } from '@lezer/common';
import { PythonTree, assignmentOf, functionOf } from './python-tree';
import { PythonRows } from './python-rows';
import { namesInString } from './python-sql';

export interface NameMention {
  readonly name: string;
  readonly line: number;
  /** Offsets of the name, without quotes. */
  readonly from: number;
  readonly to: number;
  readonly kind: 'key' | 'subscript' | 'keyword' | 'attribute' | 'sql';
  /** Whether a column may get its value by this name there; otherwise it is read, or names something else. */
  readonly writes: boolean;
  /**
   * The names that stand with it as the columns of a row do, where only these can tell that it is a row of the table; absent where
   * nothing else has the form.
   */
  readonly beside?: readonly string[];
  /** A statement of SQL fills the column with what it is given. */
  readonly isFilled?: true;
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

/** Calls that give a row or a frame the columns that their keywords name. */
const COLUMN_CALLS = new Set([
  'assign',
  'update',
  'agg',
  'aggregate',
  'values',
  'withColumns',
  'with_columns',
  '_replace',
]);

/** Methods that name the column that they make: which of their arguments does. */
const NAMING_CALLS: ReadonlyMap<string, number> = new Map([
  ['withColumn', 0],
  ['setdefault', 0],
  ['alias', 0],
  ['withColumnRenamed', 1],
  ['insert', 1],
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
  private readonly rows: PythonRows;
  private readonly mentions: NameMention[] = [];
  /** Attributes that are assigned, by the object and the function: those of one object stand together. */
  private readonly attributes = new Map<string, string[]>();
  private readonly shapes: RowShape[] = [];
  /** Where the expressions end that something is assigned to: no two members end at one place. */
  private readonly targets = new Set<number>();
  /** Up to where strings are part of a literal that is read already. */
  private stringsTo = 0;

  constructor(python: PythonTree) {
    this.python = python;
    this.rows = new PythonRows(python);
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
    if (this.python.isBroken(node)) return;
    const entries: {
      readonly key: SyntaxNode;
      readonly value: SyntaxNode | null;
      readonly name: string | undefined;
    }[] = [];
    let isSpread = false;
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      isSpread ||= child.name === '**' && child.nextSibling !== null && !this.rows.isConstantName(child.nextSibling);
      if (child.nextSibling?.name !== ':') continue;
      entries.push({ key: child, value: child.nextSibling.nextSibling, name: this.python.stringValue(child) });
    }
    const names = entries.flatMap(({ name }) => (name === undefined || name === '' ? [] : [name]));
    if (names.length >= LEAST_NAMES) this.shapes.push({ kind: 'dict', names, line: this.python.lineAt(node.from) });
    const isRenaming = this.renames(node);
    const makesColumns = this.makesColumns(node);
    const isConstant = !isSpread && entries.every(({ value }) => value !== null && this.rows.isConstant(value));
    const isRow = makesColumns || (!isRenaming && !isConstant && this.rows.isRow(node));
    const beside = makesColumns || isSpread ? undefined : names;
    for (const { key, value, name } of entries) {
      this.stringMention(key, 'key', isRow, isRow ? beside?.filter(each => each !== name) : undefined);
      // What is renamed gets the name that is the value.
      if (isRenaming && value !== null) this.stringMention(value, 'key', true);
    }
  }

  /** `frame.rename(columns={…})` */
  private renames(node: SyntaxNode): boolean {
    const call = node.parent?.parent;
    const callee = call?.name === 'CallExpression' ? this.rows.calleeOf(call) : undefined;
    const list = call?.lastChild;
    if (callee === undefined || list?.name !== 'ArgList') return false;
    const [name, keyword] = [this.python.text(callee), this.rows.keywordOf(node)];
    if (name === 'withColumnsRenamed') return keyword === undefined;
    if (name !== 'rename') return false;
    const axis = this.python.callArguments(list).keywords.get('axis')?.value;
    const isOfColumns = axis !== undefined && /^(?:1|'columns'|"columns")$/.test(this.python.text(axis));
    return keyword === 'columns' || (keyword === undefined && isOfColumns);
  }

  /** `frame.assign(**{…})`, `frame.withColumns({…})` */
  private makesColumns(node: SyntaxNode): boolean {
    const call = node.parent?.name === 'ArgList' ? node.parent.parent : null;
    const callee = call === null ? undefined : this.rows.calleeOf(call);
    const name = callee === undefined ? '' : this.python.text(callee);
    return node.prevSibling?.name === '**'
      ? COLUMN_CALLS.has(name)
      : name === 'withColumns' && this.rows.keywordOf(node) === undefined;
  }

  private member(node: SyntaxNode): void {
    const isTarget = this.targets.has(node.to);
    const property = node.lastChild;
    const base = node.firstChild;
    if (property?.name === 'PropertyName') {
      if (!isTarget || base === null) return;
      const object = this.python.text(base);
      // What an object keeps of itself is no column.
      const isRow = !/^(?:self|cls)\b/.test(object);
      const key = `${functionOf(node)?.from ?? -1} ${object}`;
      const beside = this.attributes.get(key) ?? [];
      this.attributes.set(key, beside);
      beside.push(this.python.text(property));
      this.mention(property, node, 'attribute', isRow, isRow ? beside : undefined);
      return;
    }
    const writes = isTarget && base !== null && !this.isWithinRow(base) && !this.rows.isConstantName(base);
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

  /** `row["nested"]`, of which a subscript is no column of the table. */
  private isWithinRow(object: SyntaxNode): boolean {
    if (object.name !== 'MemberExpression' || object.lastChild?.name === 'PropertyName') return false;
    const accessor = object.firstChild?.lastChild;
    const isAccessor = accessor?.name === 'PropertyName' && /^i?(?:loc|at)$/.test(this.python.text(accessor));
    return !isAccessor && this.subscripts(object).some(part => part.some(each => this.python.stringPieces(each)));
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
    const list = node.lastChild;
    const callee = this.rows.calleeOf(node);
    if (list?.name !== 'ArgList' || callee === undefined) return;
    const name = this.python.text(callee);
    const { positional, keywords, spread } = this.python.callArguments(list);
    const isMethod = callee.name === 'PropertyName';
    const at = isMethod ? NAMING_CALLS.get(name) : undefined;
    const named = at === undefined ? undefined : positional[at];
    // `frame.insert(0, "column", values)`; a list's takes no name.
    if (named !== undefined && (name !== 'insert' || positional.length > 2)) this.stringMention(named, 'keyword', true);
    // A class of a module, as in `argparse.ArgumentParser(…)`, is rarely a row.
    const isRowCall = !isMethod && (name === 'dict' || /^_?[A-Z]/.test(name));
    if (COLUMN_CALLS.has(name)) {
      for (const keyword of keywords.values()) this.mention(keyword.name, node, 'keyword', true);
    } else if (isRowCall) {
      const given = [...keywords.values()];
      const hasMore = name === 'dict' && (spread || positional.length > 0);
      const isConstant = !hasMore && given.every(({ value }) => this.rows.isConstant(value));
      const isRow = !isConstant && this.rows.isRow(node);
      const names = [...keywords.keys()];
      for (const [key, keyword] of keywords)
        this.mention(
          keyword.name,
          node,
          'keyword',
          isRow,
          isRow && !hasMore ? names.filter(each => each !== key) : undefined,
        );
    }
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
    for (const name of found)
      this.mention(name, ref.node, 'sql', name.makes && name.role !== 'passed', undefined, name.role === 'target');
  }

  /** Mentions the value of a string, where it stands in the text as it is. */
  private stringMention(
    node: SyntaxNode,
    kind: NameMention['kind'],
    writes: boolean,
    beside?: readonly string[],
  ): void {
    const [piece, ...more] = this.python.stringPieces(node) ?? [];
    if (piece === undefined || more.length > 0 || piece.text !== this.python.text(piece)) return;
    this.mention(piece, node, kind, writes, beside);
  }

  private mention(
    place: Place,
    within: SyntaxNode,
    kind: NameMention['kind'],
    writes: boolean,
    beside?: readonly string[],
    isFilled = false,
  ): void {
    if (this.python.isBroken(within)) return;
    const { from, to } = place;
    this.mentions.push({
      name: this.python.text(place),
      line: this.python.lineAt(from),
      from,
      to,
      kind,
      writes: writes && !this.rows.isInTest(within),
      ...(beside === undefined ? {} : { beside }),
      ...(isFilled ? { isFilled } : {}),
    });
  }
}
