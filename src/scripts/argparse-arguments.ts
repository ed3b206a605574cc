// What a script's argparse accepts, by its syntax: parsers, their groups and commands, and every add_argument.
import type { SyntaxNode } from '@lezer/common';
import { type NamespaceReads, namespaceReads } from './argparse-reads';
import {
  ANY_VALUES,
  NO_VALUE,
  ONE_VALUE,
  type ScriptArguments,
  type ScriptFlag,
  type ScriptPositional,
  type ValueCount,
} from './arguments';
import { type CallArguments, type PythonTree, assignmentOf, functionOf } from './python-tree';

/** What an expression is that arguments are added to. */
type Receiver =
  | { readonly kind: 'parser'; readonly exclusive?: Exclusive }
  /** The parser of one command among several: what it needs, not every call needs. */
  | { readonly kind: 'command'; readonly exclusive?: Exclusive }
  | { readonly kind: 'commands' };

interface Exclusive {
  readonly flags: string[];
  readonly required: boolean;
  positional: boolean;
}

/** Actions that store what they know, and take no value. */
const SWITCHES = new Set(['store_true', 'store_false', 'store_const', 'append_const', 'count', 'help', 'version']);

/** Types that leave a word comparable to the choices as they are written. */
const PLAIN_TYPES = new Set(['str', 'int']);

/** Calls that look at a parser and add nothing to it. */
const ONLY_LOOK = /(?:^|\.)(?:autocomplete|isinstance|print|pprint|len|id|repr|str)$/;

/** Reads the parsers of a file; `undefined` where there is none. */
export function argparseArguments(python: PythonTree): ScriptArguments | undefined {
  return new ParserReader(python).read();
}

class ParserReader {
  private readonly python: PythonTree;
  private readonly names = new Map<string, Receiver>();
  private readonly seen = new Map<number, Receiver | undefined>();
  private readonly classes = new Set<string>(['ArgumentParser']);
  private readonly functions = new Set<string>();
  /** Functions of the file that return a parser. */
  private readonly makers = new Map<string, Receiver>();
  private readonly flags = new Map<string, ScriptFlag>();
  private readonly positionals = new Map<string, ScriptPositional>();
  private readonly exclusive: Exclusive[] = [];
  private parsers = 0;
  private helpLine: number | undefined;
  private any = false;
  private complete = true;
  /** Whether a parser comes in as a parameter: one of this file's, if it makes any. */
  private handedIn = false;
  private abbreviations = true;
  private reads: NamespaceReads | undefined;

  constructor(python: PythonTree) {
    this.python = python;
  }

  read(): ScriptArguments | undefined {
    this.python.tree.iterate({
      enter: ref => {
        if (ref.name === 'FunctionDefinition') this.functions.add(this.nameOf(ref.node));
        else if (ref.name === 'ClassDefinition') this.parserClass(ref.node);
      },
    });
    this.python.tree.iterate({
      enter: ref => {
        if (ref.name === 'AssignStatement') this.assign(ref.node);
        else if (ref.name === 'ReturnStatement') this.returned(ref.node);
        else if (ref.name === 'CallExpression') this.call(ref.node);
      },
    });
    if (!this.any) return undefined;
    const missed = this.python.brokenMentions(/add_argument|ArgumentParser|add_parser/);
    if (missed || (this.handedIn && this.parsers === 0)) this.complete = false;
    const alone = this.parsers <= 1;
    const flags = [...this.flags.values()].map(flag => ({
      ...flag,
      required: flag.required && alone,
      // What other parsers of the file give says nothing of arguments that are added to somebody else's.
      read: flag.read === 'no' && this.parsers === 0 ? 'unknown' : flag.read,
    }));
    if (this.helpLine !== undefined && !this.flags.has('--help')) flags.unshift(helpFlag(this.helpLine));
    return {
      flags,
      positionals: [...this.positionals.values()].map(positional =>
        alone ? positional : { ...positional, required: false, count: { ...positional.count, least: 0 } },
      ),
      exclusive: this.exclusive
        .filter(exclusive => exclusive.flags.length > 0)
        .map(group => ({ flags: group.flags, required: group.required && alone && !group.positional })),
      complete: this.complete,
      reader: 'argparse',
      abbreviations: this.abbreviations,
    };
  }

  private nameOf(definition: SyntaxNode): string {
    const name = definition.getChild('VariableName');
    return name === null ? '' : this.python.text(name);
  }

  /** `class JobParser(argparse.ArgumentParser)` makes parsers too. */
  private parserClass(node: SyntaxNode): void {
    const bases = node.getChild('ArgList');
    if (bases !== null && /\bArgumentParser\b/.test(this.python.text(bases))) this.classes.add(this.nameOf(node));
  }

  private assign(node: SyntaxNode): void {
    const assignment = assignmentOf(node);
    const [value] = assignment?.value ?? [];
    if (assignment === undefined || value === undefined) return;
    const receiver = this.receiverOf(value);
    if (receiver === undefined) return;
    for (const [target] of assignment.targets) {
      const name = target === undefined ? undefined : this.python.dottedName(target);
      if (name !== undefined) this.names.set(name, receiver);
    }
  }

  private returned(node: SyntaxNode): void {
    const value = node.lastChild;
    const maker = functionOf(node);
    const receiver = value === null ? undefined : this.receiverOf(value);
    if (receiver !== undefined && maker !== undefined) this.makers.set(this.nameOf(maker), receiver);
  }

  /** What an expression is, where it is part of a parser. */
  private receiverOf(node: SyntaxNode): Receiver | undefined {
    if (node.name !== 'CallExpression') {
      const name = this.python.dottedName(node);
      return name === undefined ? undefined : this.names.get(name);
    }
    if (!this.seen.has(node.to)) this.seen.set(node.to, this.made(node));
    return this.seen.get(node.to);
  }

  private made(call: SyntaxNode): Receiver | undefined {
    const callee = call.firstChild;
    const list = call.lastChild;
    if (callee === null || list?.name !== 'ArgList') return undefined;
    const name = this.lastName(callee);
    const given = this.python.callArguments(list);
    if (this.classes.has(name)) return this.parser(call, given);
    const object = callee.name === 'MemberExpression' ? callee.firstChild : null;
    if (object === null) return this.makers.get(name);
    switch (name) {
      case 'add_argument_group':
        return this.receiverOf(object) ?? this.foreign(object);
      case 'add_mutually_exclusive_group': {
        const of = this.receiverOf(object) ?? this.foreign(object);
        if (of === undefined || of.kind === 'commands') return of;
        const required = this.isTrue(given.keywords.get('required')?.value) && of.kind === 'parser';
        const exclusive: Exclusive = { flags: [], required, positional: false };
        this.exclusive.push(exclusive);
        return { kind: of.kind, exclusive };
      }
      case 'add_subparsers':
        this.any = true;
        this.complete = false;
        return { kind: 'commands' };
      case 'add_parser':
        return this.receiverOf(object)?.kind === 'commands' ? { kind: 'command' } : undefined;
      default:
        return this.makers.get(name);
    }
  }

  private parser(call: SyntaxNode, given: CallArguments): Receiver {
    this.any = true;
    this.parsers++;
    const word = (name: string): string => {
      const value = given.keywords.get(name)?.value;
      return value === undefined ? '' : this.python.text(value);
    };
    if (word('add_help') !== 'False') this.helpLine ??= this.python.lineAt(call.from);
    if (word('allow_abbrev') === 'False') this.abbreviations = false;
    const more = ['parents', 'prefix_chars', 'fromfile_prefix_chars'].some(name => given.keywords.has(name));
    if (more || given.spread) this.complete = false;
    return { kind: 'parser' };
  }

  /** A parser that is no name of this file's: a parameter, or one from anywhere else, which may accept more. */
  private foreign(object: SyntaxNode): Receiver | undefined {
    const name = this.python.dottedName(object)?.split('.')[0];
    let within = functionOf(object);
    while (within !== undefined) {
      const parameters = within.getChild('ParamList')?.getChildren('VariableName') ?? [];
      if (parameters.some(parameter => this.python.text(parameter) === name)) {
        this.handedIn = true;
        return { kind: 'parser' };
      }
      within = functionOf(within);
    }
    this.complete = false;
    return undefined;
  }

  private call(node: SyntaxNode): void {
    const callee = node.firstChild;
    const list = node.lastChild;
    if (callee === null || list?.name !== 'ArgList') return;
    this.receiverOf(node);
    const name = this.lastName(callee);
    const object = callee.name === 'MemberExpression' ? callee.firstChild : null;
    if (object !== null && name === 'add_argument') {
      if (!this.python.isBroken(node)) this.add(node, object, this.python.callArguments(list));
    } else if (object !== null && /^parse_(?:known_)?(?:intermixed_)?args$/.test(name)) {
      this.any = true;
      if (this.receiverOf(object) === undefined) this.foreign(object);
      if (name.includes('known')) this.complete = false;
    } else if (!this.functions.has(name) && !ONLY_LOOK.test(name)) {
      const given = this.python.callArguments(list);
      const handed = [...given.positional, ...[...given.keywords.values()].map(({ value }) => value)];
      // Who is handed a parser may add to it; a parser's own methods do not.
      if (handed.some(argument => argument.name !== 'CallExpression' && this.receiverOf(argument) !== undefined))
        this.complete = false;
    }
  }

  private add(node: SyntaxNode, object: SyntaxNode, given: CallArguments): void {
    this.any = true;
    const receiver = this.receiverOf(object) ?? this.foreign(object);
    const names = given.positional.map(name => this.python.stringValue(name));
    if (names.includes(undefined) || given.positional.length === 0) {
      const dest = this.python.stringValue(given.keywords.get('dest')?.value);
      if (names.length > 0 || given.spread || dest === undefined) this.complete = false;
      else this.addPositional(node, dest, given, receiver);
      return;
    }
    const written = names.flatMap(name => name ?? []);
    const [first = ''] = written;
    if (first.startsWith('-')) this.addFlag(node, written, given, receiver);
    else this.addPositional(node, first, given, receiver);
  }

  private addFlag(
    node: SyntaxNode,
    names: readonly string[],
    given: CallArguments,
    receiver: Receiver | undefined,
  ): void {
    const value = (name: string): SyntaxNode | undefined => given.keywords.get(name)?.value;
    const actionNode = value('action');
    const action =
      this.python.stringValue(actionNode) ?? (actionNode === undefined ? 'store' : this.python.text(actionNode));
    const negatable = /(?:^|\.)BooleanOptionalAction$/.test(action);
    const own = actionNode !== undefined && this.python.stringValue(actionNode) === undefined && !negatable;
    // An action of its own, or what `**` brings, decides for itself how many values there are.
    const unsure = own || given.spread;
    const long = names.find(name => name.startsWith('--'));
    const dest =
      this.python.stringValue(value('dest')) ?? (long ?? names[0] ?? '').replace(/^-+/, '').replaceAll('-', '_');
    const count =
      negatable || SWITCHES.has(action) ? NO_VALUE : this.countOf(value('nargs'), unsure ? ANY_VALUES : ONE_VALUE);
    const repeated = action === 'append' || action === 'extend';
    const [primary = ''] = names;
    const before = this.flags.get(primary);
    const flag: ScriptFlag = {
      names: negatable
        ? [...names, ...names.filter(name => name.startsWith('--')).map(name => `--no-${name.slice(2)}`)]
        : names,
      dest,
      line: this.python.lineAt(node.from),
      takes: takesOf(count, repeated || (value('nargs') !== undefined && count.most === undefined)),
      count,
      equals: 'may',
      required: this.isTrue(value('required')) && receiver?.kind === 'parser' && receiver.exclusive === undefined,
      defaultText: this.textOf(value('default')),
      choices: this.choicesOf(given),
      help: this.python.stringValue(value('help')),
      // An action of its own may do anything with the value; help and version act by themselves.
      read: own ? 'unknown' : action === 'help' || action === 'version' ? 'yes' : this.readOf(dest),
    };
    this.flags.set(primary, before === undefined ? flag : { ...before, count: widest(before.count, flag.count) });
    if (receiver !== undefined && receiver.kind !== 'commands') receiver.exclusive?.flags.push(primary);
  }

  private addPositional(node: SyntaxNode, name: string, given: CallArguments, receiver: Receiver | undefined): void {
    const nargs = given.keywords.get('nargs')?.value;
    const written = nargs === undefined ? undefined : this.python.text(nargs);
    // What is left over takes flags as well.
    if (written !== undefined && /REMAINDER|PARSER|\.\.\./.test(written)) this.complete = false;
    const counted = this.countOf(nargs, given.spread ? ANY_VALUES : ONE_VALUE);
    const needed = receiver === undefined || receiver.kind === 'parser';
    const count = needed ? counted : { ...counted, least: 0 };
    if (receiver !== undefined && receiver.kind !== 'commands' && receiver.exclusive !== undefined)
      receiver.exclusive.positional = true;
    if (this.positionals.has(name)) return;
    this.positionals.set(name, {
      name,
      line: this.python.lineAt(node.from),
      required: count.least > 0,
      takes: count.most === 1 ? 'value' : 'values',
      count,
    });
  }

  private countOf(nargs: SyntaxNode | undefined, unsaid: ValueCount): ValueCount {
    if (nargs === undefined || this.python.text(nargs) === 'None') return unsaid;
    const written = this.python.stringValue(nargs) ?? this.python.text(nargs);
    if (/^\d+$/.test(written)) return { least: Number(written), most: Number(written) };
    if (written === '?' || written.endsWith('OPTIONAL')) return { least: 0, most: 1 };
    if (written === '+' || written.endsWith('ONE_OR_MORE')) return { least: 1, most: undefined };
    return ANY_VALUES;
  }

  private choicesOf(given: CallArguments): readonly string[] | undefined {
    const type = given.keywords.get('type')?.value;
    const choices = given.keywords.get('choices')?.value;
    if (choices === undefined || (type !== undefined && !PLAIN_TYPES.has(this.python.text(type)))) return undefined;
    if (!['ArrayExpression', 'TupleExpression', 'SetExpression'].includes(choices.name)) return undefined;
    const values = this.python
      .children(choices)
      .map(
        choice => this.python.stringValue(choice) ?? (choice.name === 'Number' ? this.python.text(choice) : undefined),
      );
    return values.includes(undefined) ? undefined : values.flatMap(value => value ?? []);
  }

  private readOf(dest: string): ScriptFlag['read'] {
    this.reads ??= namespaceReads(this.python);
    if (this.reads.attributes.has(dest)) return 'yes';
    return this.reads.escapes ? 'unknown' : 'no';
  }

  private isTrue(node: SyntaxNode | undefined): boolean {
    return node !== undefined && this.python.text(node) === 'True';
  }

  private textOf(node: SyntaxNode | undefined): string | undefined {
    return node === undefined ? undefined : this.python.text(node);
  }

  private lastName(callee: SyntaxNode): string {
    const name = callee.name === 'MemberExpression' ? callee.lastChild : callee;
    return name?.name === 'PropertyName' || name?.name === 'VariableName' ? this.python.text(name) : '';
  }
}

/** The flag that argparse adds by itself. */
function helpFlag(line: number): ScriptFlag {
  return {
    names: ['-h', '--help'],
    dest: 'help',
    line,
    takes: 'nothing',
    count: NO_VALUE,
    equals: 'may',
    required: false,
    defaultText: undefined,
    choices: undefined,
    help: 'show this help message and exit',
    read: 'yes',
  };
}

function takesOf(count: ValueCount, several: boolean): ScriptFlag['takes'] {
  if (count.most === 0) return 'nothing';
  return several || (count.most !== undefined && count.most > 1) ? 'values' : 'value';
}

/** What either of two parsers takes. */
function widest(a: ValueCount, b: ValueCount): ValueCount {
  return {
    least: Math.min(a.least, b.least),
    most: a.most === undefined || b.most === undefined ? undefined : Math.max(a.most, b.most),
  };
}
