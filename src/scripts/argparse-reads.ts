// Which attributes of argparse's namespace a script looks at, and whether the namespace leaves its sight.
import type { SyntaxNode } from '@lezer/common';
import { type PythonTree, assignmentOf, functionOf } from './python-tree';

/** What is known of the uses of a namespace. */
export interface NamespaceReads {
  /** Attributes that are read in the file. */
  readonly attributes: ReadonlySet<string>;
  /** Whether somebody else may read more: the namespace is passed on, stored, unpacked, or never seen to be made. */
  readonly escapes: boolean;
}

const PARSE_METHOD = /^parse_(?:known_|known_intermixed_|intermixed_)?args$/;

/** Attributes of a namespace that give all that is in it. */
const WHOLE = new Set(['__dict__', '_get_kwargs', '_get_args']);

/** Follows the namespaces that `parse_args` gives, through local names and through functions of the file that return them. */
export function namespaceReads(python: PythonTree): NamespaceReads {
  const { attributes, escapes } = new Follower(python).follow();
  // What is broken may have been the only place that reads an attribute.
  return { attributes, escapes: escapes || python.hasErrors };
}

class Follower {
  private readonly python: PythonTree;
  /** Names of variables that hold the namespace, whatever their scope: one name for two things only makes it less sure. */
  private readonly variables = new Set<string>();
  /** Attributes of other objects that hold it, as in `self.args`. */
  private readonly fields = new Set<string>();
  /** Functions of the file that return it. */
  private readonly makers = new Set<string>();
  /** Those of them that are called: any other is for somebody else. */
  private readonly called = new Set<string>();
  private readonly attributes = new Set<string>();
  private made = false;
  private escapes = false;

  constructor(python: PythonTree) {
    this.python = python;
  }

  follow(): NamespaceReads {
    // A name that is found late may stand earlier in the text: look again until nothing new is found.
    for (let before = -1; before < this.known;) {
      before = this.known;
      this.python.tree.iterate({
        enter: ref => {
          if (ref.name === 'CallExpression') this.call(ref.node);
          else if (ref.name === 'VariableName') this.name(ref.node);
          else if (ref.name === 'MemberExpression' && this.fields.size > 0) this.field(ref.node);
        },
      });
    }
    const unseen = [...this.makers].some(maker => !this.called.has(maker));
    return { attributes: this.attributes, escapes: this.escapes || unseen || !this.made };
  }

  private get known(): number {
    return this.variables.size + this.fields.size + this.makers.size;
  }

  /** A call that gives a namespace: `parser.parse_args()`, or a function of the file that returns it. */
  private call(node: SyntaxNode): void {
    const callee = node.firstChild;
    if (callee === null) return;
    const name = this.python.text(callee.name === 'MemberExpression' ? (callee.lastChild ?? callee) : callee);
    const parses = callee.name === 'MemberExpression' && PARSE_METHOD.test(name);
    if (!parses && !this.makers.has(name)) return;
    this.called.add(name);
    if (parses) this.handedNamespace(node);
    const pair = parses && name.includes('known');
    const statement = node.parent;
    const assignment = statement?.name === 'AssignStatement' ? assignmentOf(statement) : undefined;
    if (assignment?.value.length === 1 && assignment.value[0]?.from === node.from) {
      for (const target of assignment.targets) {
        if (pair === target.length > 1 && target[0] !== undefined) this.store(target[0]);
        else this.escapes = true;
      }
    } else if (!pair) {
      this.use(node);
    } else {
      this.escapes = true;
    }
    this.made = true;
  }

  /** `parse_args(argv, self)` fills an object of somebody else. */
  private handedNamespace(call: SyntaxNode): void {
    const list = call.lastChild;
    const given = list === null ? undefined : this.python.callArguments(list);
    if (given === undefined || given.spread || given.positional.length > 1 || given.keywords.has('namespace'))
      this.escapes = true;
  }

  private store(target: SyntaxNode): void {
    if (target.name === 'VariableName') this.variables.add(this.python.text(target));
    else {
      this.escapes = true;
      if (target.lastChild?.name === 'PropertyName') this.fields.add(this.python.text(target.lastChild));
    }
  }

  private name(node: SyntaxNode): void {
    const name = this.python.text(node);
    if (this.variables.has(name)) this.variable(node);
    // A function that is handed on is called out of sight.
    const parent = node.parent?.name;
    if (this.makers.has(name) && parent !== 'CallExpression' && parent !== 'FunctionDefinition') this.escapes = true;
  }

  /** A place where a variable's name stands. */
  private variable(node: SyntaxNode): void {
    const parent = node.parent;
    const next = node.nextSibling;
    switch (parent?.name) {
      case 'FunctionDefinition':
      case 'ClassDefinition':
      case 'ImportStatement':
      case 'ScopeStatement':
      case 'DeleteStatement':
        return;
      case 'ParamList':
        if (node.prevSibling?.name === 'AssignOp') this.escapes = true;
        return;
      case 'ArgList':
        if (next?.name === 'AssignOp') return; // the name of a keyword
        break;
      case 'AssignStatement':
        if (assignmentOf(parent)?.targets.some(target => target.some(({ from }) => from === node.from)) === true)
          return;
        break;
      case undefined:
      default:
        break;
    }
    // `*args` of a wrapper is a tuple, and never the namespace.
    if (!this.isStarred(node)) this.use(node);
  }

  /** `self.args.start_date`, where the namespace is stored in `args` of something. */
  private field(node: SyntaxNode): void {
    const property = node.lastChild;
    if (property?.name !== 'PropertyName' || !this.fields.has(this.python.text(property))) return;
    const parent = node.parent;
    if (parent?.name === 'MemberExpression' && parent.firstChild?.to === node.to) this.use(node);
  }

  /** What is done with an expression that is the namespace. */
  private use(node: SyntaxNode): void {
    const parent = node.parent;
    switch (parent?.name) {
      case 'MemberExpression':
        this.member(parent);
        return;
      case 'ArgList':
        if (this.builtin(parent, node)) return;
        break;
      case 'ExpressionStatement':
        return;
      case 'ReturnStatement': {
        const maker = functionOf(parent)?.getChild('VariableName');
        if (maker === undefined || maker === null || this.python.children(parent).length > 2) break;
        this.makers.add(this.python.text(maker));
        return;
      }
      case 'AssignStatement': {
        const assignment = assignmentOf(parent);
        if (assignment?.value.length !== 1) break;
        for (const [target, ...others] of assignment.targets) {
          if (target !== undefined && others.length === 0) this.store(target);
          else this.escapes = true;
        }
        return;
      }
      case 'BinaryExpression':
        if (parent.getChild('is') !== null) return; // `args is None`
        break;
      case undefined:
      default:
        break;
    }
    this.escapes = true;
  }

  private member(node: SyntaxNode): void {
    const property = node.lastChild;
    if (property?.name !== 'PropertyName') {
      this.escapes = true;
      return;
    }
    const name = this.python.text(property);
    if (WHOLE.has(name)) this.escapes = true;
    const parent = node.parent;
    if (parent?.name === 'AssignStatement') {
      const assignment = assignmentOf(parent);
      if (assignment?.targets.some(target => target.some(({ to }) => to === node.to)) === true) return;
    }
    if (parent?.name !== 'DeleteStatement') this.attributes.add(name);
  }

  /** `getattr(args, 'name')`, `vars(args)['name']`: functions that show what they look at. */
  private builtin(list: SyntaxNode, node: SyntaxNode): boolean {
    const call = list.parent;
    const callee = call?.firstChild;
    if (call?.name !== 'CallExpression' || callee?.name !== 'VariableName') return false;
    const { positional } = this.python.callArguments(list);
    if (positional[0]?.from !== node.from) return false;
    switch (this.python.text(callee)) {
      case 'getattr':
      case 'hasattr':
        return this.attribute(this.python.stringValue(positional[1]));
      case 'vars': {
        const outer = call.parent;
        if (outer?.name !== 'MemberExpression') return false;
        if (outer.lastChild?.name !== 'PropertyName')
          return this.attribute(this.python.stringValue(this.python.children(outer)[1]));
        const got = outer.parent?.name === 'CallExpression' ? outer.parent.lastChild : null;
        return (
          this.python.text(outer.lastChild) === 'get' &&
          got !== null &&
          this.attribute(this.python.stringValue(this.python.callArguments(got).positional[0]))
        );
      }
      default:
        return false;
    }
  }

  private attribute(name: string | undefined): boolean {
    if (name !== undefined) this.attributes.add(name);
    return name !== undefined;
  }

  private isStarred(node: SyntaxNode): boolean {
    const name = this.python.text(node);
    for (let at = node.parent; at !== null; at = at.parent) {
      if (at.name !== 'FunctionDefinition' && at.name !== 'LambdaExpression') continue;
      const parameter = at
        .getChild('ParamList')
        ?.getChildren('VariableName')
        .find(({ from, to }) => this.python.source.slice(from, to) === name);
      if (parameter !== undefined) return parameter.prevSibling?.name === '*' || parameter.prevSibling?.name === '**';
    }
    return false;
  }
}
