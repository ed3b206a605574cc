// Whether a literal of Python is a row of a table, by what becomes of it: many maps hold the names of columns and compute none of them.
import type { SyntaxNode } from '@lezer/common';
import { type PythonTree, assignmentOf, functionOf } from './python-tree';

/** A name that stands for a row that is made from … is followed so often. */
const MOST_HOPS = 4;

/** Calls that take rows, or the columns of a frame: `rows.append(…)`, `pd.DataFrame(…)`, `client.insert_rows_json(table, …)`. */
const TAKES_ROWS =
  /^(?:append|appendleft|extend|insert|put|send|update|DataFrame|from_dicts?|from_records|writerows?|write_rows?)$|insert|upsert|(?:add|emit|put|save|send|store|write)_(?:rows?|records?)$/;
/** Calls that give back what they are given. */
const WRAPS = new Set(['dict', 'list', 'tuple', 'iter', 'sorted', 'copy', 'deepcopy', 'cast', 'OrderedDict']);
/** What stands around a value and is it: a list of rows is of rows. */
const AROUND =
  /^(?:Parenthesized|Conditional|Await|Array|Tuple|Set|Comprehension|ArrayComprehension|SetComprehension|DictionaryComprehension)(?:Expression)+$/;
const CONSTANTS = /^[A-Z][A-Z\d_]*$/;

export class PythonRows {
  private readonly python: PythonTree;
  /** Names by the function that they stand in, where each stands. */
  private readonly uses = new Map<string, SyntaxNode[]>();
  /** Whether such a name stands for a row, as far as that was asked. */
  private readonly rowNames = new Map<string, boolean>();
  private readonly imported = new Set<string>();

  constructor(python: PythonTree) {
    this.python = python;
    this.read();
  }

  /**
   * Whether a value becomes a row: it is returned, yielded, put in a list or given to what takes rows; one that gets a name of its own
   * does if that name does. What is given to anything else (`fillna`, `astype`, a logger) may mean whatever it likes.
   */
  isRow(node: SyntaxNode, hops = 0): boolean {
    let at = node;
    let isListed = false;
    for (let around = at.parent; around !== null; [at, around] = [around, around.parent]) {
      if (/^(?:in|if)$/.test(at.prevSibling?.name ?? '')) return false;
      if (around.name === 'ReturnStatement' || around.name.startsWith('Yield')) return true;
      if (around.name === 'AssignStatement' || around.name === 'UpdateStatement')
        return this.isAssignedAsRow(around, at, isListed, hops);
      if (around.name === 'ArgList') return this.isTaken(around, at, hops);
      // `{**row, …}` is a row where the whole is; a value of another map is no column of the table.
      if (around.name === 'DictionaryExpression') return at.prevSibling?.name === '**' && this.isRow(around, hops);
      if (around.name === 'DictionaryComprehensionExpression' && at.prevSibling?.name !== ':') return false;
      if (!AROUND.test(around.name)) return this.isMerge(around) && this.isRow(around, hops);
      isListed ||= /Array|Tuple|Set|Comprehension/.test(around.name);
    }
    return false;
  }

  /** Whether a value is spelt out, or is a type or a text of a library: `"float64"`, `pl.Float64`, `Decimal("0")`, `_("Points")`. */
  isConstant(node: SyntaxNode): boolean {
    switch (node.name) {
      case 'Number':
      case 'Boolean':
      case 'None':
      case 'String':
      case 'ContinuedString':
        return true;
      case 'VariableName':
        return /^(?:float|int|str|bool|bytes|object|[A-Z]\w*)$/.test(this.python.text(node));
      case 'MemberExpression':
        return /\.[A-Z]\w*$/.test(this.python.dottedName(node) ?? '');
      case 'CallExpression': {
        const [callee, list] = [node.firstChild, node.lastChild];
        if (callee === null || list?.name !== 'ArgList') return false;
        if (!this.isConstant(callee) && !this.isImported(callee)) return false;
        const { positional, keywords } = this.python.callArguments(list);
        return [...positional, ...[...keywords.values()].map(({ value }) => value)].every(each =>
          this.isConstant(each),
        );
      }
      case 'UnaryExpression':
        return node.lastChild?.name === 'Number';
      case 'ParenthesizedExpression':
      case 'ArrayExpression':
      case 'TupleExpression':
      case 'SetExpression':
        return this.python.children(node).every(each => this.isConstant(each));
      case 'DictionaryExpression':
        return this.python.children(node).every(each => each.name === ':' || this.isConstant(each));
      default:
        return false;
    }
  }

  /** Whether a node stands in a test: the row that it expects is written by nobody. */
  isInTest(node: SyntaxNode): boolean {
    for (let at: SyntaxNode | null = node; at !== null; at = at.parent) {
      const pattern =
        at.name === 'FunctionDefinition' ? /^test(?:_|$)/ : at.name === 'ClassDefinition' ? /^Test/ : undefined;
      const name = pattern === undefined ? null : at.getChild('VariableName');
      if (pattern !== undefined && name !== null && pattern.test(this.python.text(name))) return true;
    }
    return false;
  }

  /** The last name of what is called: `append` of `self.rows.append(…)`. */
  calleeOf(call: SyntaxNode): SyntaxNode | undefined {
    const callee = call.firstChild;
    const last = callee?.name === 'MemberExpression' ? callee.lastChild : callee;
    return last?.name === 'VariableName' || last?.name === 'PropertyName' ? last : undefined;
  }

  /** The keyword that an argument is given by. */
  keywordOf(argument: SyntaxNode): string | undefined {
    const sign = argument.prevSibling;
    const name = sign?.name === 'AssignOp' ? sign.prevSibling : null;
    return name === null ? undefined : this.python.text(name);
  }

  /** Whether a name is written as constants are: `DTYPES`. */
  isConstantName(node: SyntaxNode): boolean {
    return node.name === 'VariableName' && CONSTANTS.test(this.python.text(node));
  }

  private isAssignedAsRow(statement: SyntaxNode, value: SyntaxNode, isListed: boolean, hops: number): boolean {
    const assignment = assignmentOf(statement);
    if (assignment?.value.some(({ from }) => from === value.from) !== true) return false;
    const [target, ...more] = assignment.targets.flat();
    if (target === undefined || more.length > 0) return false;
    if (target.name === 'MemberExpression') {
      if (target.lastChild?.name === 'PropertyName') return isListed;
      // `rows[key] = {…}` is one more row, `row["nested"] = {…}` a value of one.
      return this.python.children(target).every(each => this.python.stringPieces(each) === undefined);
    }
    if (target.name !== 'VariableName' || this.isConstantName(target)) return false;
    if (isListed) return true;
    if (hops >= MOST_HOPS) return false;
    return this.isNameOfRow(this.python.text(target), functionOf(statement)?.from ?? -1, hops);
  }

  /** Whether a name is used as a row anywhere in its function: its assignments are no use. @param within where the function begins */
  private isNameOfRow(name: string, within: number, hops: number): boolean {
    const key = `${within} ${name}`;
    const known = this.rowNames.get(key);
    if (known !== undefined) return known;
    this.rowNames.set(key, false); // that is what it is where it is made of itself alone
    const isRow = (this.uses.get(key) ?? []).some(use => this.isRow(use, hops + 1));
    this.rowNames.set(key, isRow);
    return isRow;
  }

  private isTaken(list: SyntaxNode, argument: SyntaxNode, hops: number): boolean {
    const call = list.parent;
    const callee = call === null ? undefined : this.calleeOf(call);
    if (call === null || callee === undefined) return false;
    const name = this.python.text(callee);
    const keyword = this.keywordOf(argument);
    if (keyword !== undefined) return name === 'DataFrame' && keyword === 'data';
    return TAKES_ROWS.test(name) || (WRAPS.has(name) && this.isRow(call, hops));
  }

  /** `base | {…}` */
  private isMerge(node: SyntaxNode): boolean {
    const sign = node.name === 'BinaryExpression' ? node.firstChild?.nextSibling : undefined;
    return sign !== null && sign !== undefined && this.python.text(sign) === '|';
  }

  private isImported(callee: SyntaxNode): boolean {
    const [root = ''] = (this.python.dottedName(callee) ?? '').split('.');
    return root === '_' || (root !== '' && this.imported.has(root));
  }

  private read(): void {
    const functions: number[] = [];
    this.python.tree.iterate({
      enter: ref => {
        if (ref.name === 'FunctionDefinition') functions.push(ref.from);
        if (ref.name !== 'VariableName') return;
        const name = this.python.text(ref);
        const { parent } = ref.node;
        if (parent?.name === 'ImportStatement') this.imported.add(name);
        const key = `${functions.at(-1) ?? -1} ${name}`;
        const known = this.uses.get(key);
        if (known === undefined) this.uses.set(key, [ref.node]);
        else known.push(ref.node);
      },
      leave: ref => {
        if (ref.name === 'FunctionDefinition') functions.pop();
      },
    });
  }
}
