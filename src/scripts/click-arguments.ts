// What a script's click command accepts, by the decorators of its function.
import type { SyntaxNode } from '@lezer/common';
import {
  ANY_VALUES,
  NO_VALUE,
  ONE_VALUE,
  type ScriptArguments,
  type ScriptFlag,
  type ScriptPositional,
  type ValueCount,
} from './arguments';
import type { CallArguments, PythonTree } from './python-tree';

/** Decorators that add a flag by themselves: its name, and whether it takes a value. */
const READY_MADE: Readonly<Record<string, { readonly name: string; readonly count: ValueCount }>> = {
  version_option: { name: '--version', count: NO_VALUE },
  confirmation_option: { name: '--yes', count: NO_VALUE },
  password_option: { name: '--password', count: ONE_VALUE },
};

/** Decorators that add nothing. */
const SILENT = new Set(['click.pass_context', 'click.pass_obj', 'click.help_option', 'functools.wraps', 'wraps']);

interface DecoratorCall {
  readonly name: string;
  readonly node: SyntaxNode;
  readonly given: CallArguments;
}

/** Reads the commands of a file; `undefined` where click decorates nothing. */
export function clickArguments(python: PythonTree): ScriptArguments | undefined {
  const bare = new Set<string>();
  const functions: SyntaxNode[] = [];
  python.tree.iterate({
    enter: ref => {
      if (ref.name === 'ImportStatement') for (const name of namesFromClick(python.text(ref))) bare.add(name);
      if (ref.name === 'DecoratedStatement') functions.push(ref.node);
    },
  });
  const commands = functions.flatMap(decorated => {
    const calls = decorated.getChildren('Decorator').map(decorator => decoratorCall(python, decorator, bare));
    return calls.some(call => isClick(call.name)) ? [{ decorated, calls }] : [];
  });
  if (commands.length === 0) return undefined;

  const groups = commands.some(({ calls }) => calls.some(({ name }) => name.endsWith('group')));
  const alone = commands.length === 1 && !groups;
  const flags = new Map<string, ScriptFlag>();
  const positionals = new Map<string, ScriptPositional>();
  let complete = alone && !python.brokenMentions(/\b(?:option|argument|click)\b/);
  for (const { decorated, calls } of commands) {
    if (python.isBroken(decorated)) complete = false;
    for (const call of calls) {
      const found = python.isBroken(decorated) ? undefined : argumentOf(python, call, decorated);
      if (found === undefined) {
        if (!addsNothing(call)) complete = false;
      } else if ('names' in found) {
        const [name = ''] = found.names;
        if (!flags.has(name)) flags.set(name, alone ? found : { ...found, required: false });
      } else if (!positionals.has(found.name)) {
        const count = alone ? found.count : { ...found.count, least: 0 };
        positionals.set(found.name, { ...found, required: count.least > 0, count });
      }
    }
  }
  if (![...flags.values()].some(({ names }) => names.includes('--help'))) {
    const line = python.lineAt(commands[0]?.decorated.from ?? 0);
    flags.set('--help', { ...switchFlag(['--help'], 'help', line), help: 'Show this message and exit.' });
  }
  return {
    flags: [...flags.values()],
    positionals: [...positionals.values()],
    exclusive: [],
    complete,
    reader: 'click',
    abbreviations: false,
  };
}

function namesFromClick(statement: string): readonly string[] {
  const [, names = ''] = /^from\s+(?:rich_)?click\s+import\s+([\s\S]*)$/.exec(statement) ?? [];
  return names
    .replaceAll(/[()\\]/g, ' ')
    .split(',')
    .map(name => name.trim());
}

/** A decorator as `click.NAME` and its arguments, however click was imported. */
function decoratorCall(python: PythonTree, decorator: SyntaxNode, bare: ReadonlySet<string>): DecoratorCall {
  const list = decorator.getChild('ArgList');
  const written = decorator
    .getChildren('VariableName')
    .map(part => python.text(part))
    .join('.');
  const name = bare.has(written) ? `click.${written}` : written.replace(/^rich_click\./, 'click.');
  return { name, node: decorator, given: python.callArguments(list ?? decorator) };
}

function isClick(name: string): boolean {
  return /^click\.(?:option|argument|command|group)$/.test(name);
}

/** Whether a decorator leaves the command line as it is; one that is made elsewhere may bring options. */
function addsNothing(call: DecoratorCall): boolean {
  if (call.name === 'click.command' || call.name === 'click.group') return !call.given.keywords.has('context_settings');
  return SILENT.has(call.name);
}

function argumentOf(
  python: PythonTree,
  { name, node, given }: DecoratorCall,
  decorated: SyntaxNode,
): ScriptFlag | ScriptPositional | undefined {
  const line = python.lineAt(node.from);
  const ready = name.startsWith('click.') ? READY_MADE[name.slice('click.'.length)] : undefined;
  if (ready !== undefined && given.positional.length === 0) {
    const flag = switchFlag([ready.name], ready.name.slice(2), line);
    return { ...flag, count: ready.count, takes: ready.count.most === 0 ? 'nothing' : 'value' };
  }
  const names = given.positional.map(argument => python.stringValue(argument));
  if (names.length === 0 || names.includes(undefined)) return undefined;
  const written = names.flatMap(text => text ?? []);
  if (name === 'click.option') return optionOf(python, written, given, line, decorated);
  if (name === 'click.argument') return positionalOf(python, written[0] ?? '', given, line);
  return undefined;
}

function optionOf(
  python: PythonTree,
  written: readonly string[],
  given: CallArguments,
  line: number,
  decorated: SyntaxNode,
): ScriptFlag {
  const text = (name: string): string | undefined => textOf(python, given, name);
  // `--shout/--no-shout`: a switch with its opposite.
  const names = written.filter(name => !/^\w/.test(name)).flatMap(name => name.split(/[/;]/).map(part => part.trim()));
  const opposed = written.some(name => /^\W.*[/;]/.test(name));
  const longest = [...names].sort((a, b) => dashes(b) - dashes(a))[0] ?? '';
  const dest = written.find(name => /^\w/.test(name)) ?? longest.replace(/^-+/, '').replaceAll('-', '_').toLowerCase();
  const isSwitch =
    opposed || text('is_flag') === 'True' || text('count') === 'True' || given.keywords.has('flag_value');
  const count = isSwitch ? NO_VALUE : given.spread ? ANY_VALUES : countOf(text('nargs'));
  const several = text('multiple') === 'True' || (count.most !== undefined && count.most > 1);
  return {
    names: names.filter(name => name !== ''),
    dest,
    line,
    takes: isSwitch ? 'nothing' : several ? 'values' : 'value',
    count,
    equals: 'may',
    // The environment or a question may give it instead.
    required: text('required') === 'True' && !given.keywords.has('envvar') && !given.keywords.has('prompt'),
    defaultText: text('default'),
    choices: choicesOf(python, given),
    help: python.stringValue(given.keywords.get('help')?.value),
    read:
      given.keywords.has('callback') || given.keywords.has('expose_value')
        ? 'unknown'
        : readOf(python, dest, decorated),
  };
}

function positionalOf(python: PythonTree, name: string, given: CallArguments, line: number): ScriptPositional {
  const text = (keyword: string): string | undefined => textOf(python, given, keyword);
  const several = text('nargs') === '-1';
  const optional = given.keywords.has('default') || given.keywords.has('envvar') || text('required') === 'False';
  const needed = several ? text('required') === 'True' : !optional;
  const most = several ? undefined : countOf(text('nargs')).most;
  const least = needed ? (most ?? 1) : 0;
  return { name, line, required: needed, takes: most === 1 ? 'value' : 'values', count: { least, most } };
}

function switchFlag(names: readonly string[], dest: string, line: number): ScriptFlag {
  return {
    names,
    dest,
    line,
    takes: 'nothing',
    count: NO_VALUE,
    equals: 'may',
    required: false,
    defaultText: undefined,
    choices: undefined,
    help: undefined,
    read: 'yes',
  };
}

function textOf(python: PythonTree, given: CallArguments, name: string): string | undefined {
  const value = given.keywords.get(name)?.value;
  return value === undefined ? undefined : python.text(value);
}

function countOf(nargs: string | undefined): ValueCount {
  if (nargs === undefined) return ONE_VALUE;
  return /^\d+$/.test(nargs) ? { least: Number(nargs), most: Number(nargs) } : ANY_VALUES;
}

function dashes(name: string): number {
  return name.length - name.replace(/^-+/, '').length;
}

/** `type=click.Choice(['fast', 'slow'])`, where case counts. */
function choicesOf(python: PythonTree, given: CallArguments): readonly string[] | undefined {
  const type = given.keywords.get('type')?.value;
  const list = type?.name === 'CallExpression' ? type.lastChild : null;
  if (type === undefined || list === null || !/^(?:\w+\.)?Choice\(/.test(python.text(type))) return undefined;
  const { positional, keywords } = python.callArguments(list);
  const [choices] = positional;
  if (choices === undefined || keywords.has('case_sensitive')) return undefined;
  if (choices.name !== 'ArrayExpression' && choices.name !== 'TupleExpression') return undefined;
  const values = python.children(choices).map(choice => python.stringValue(choice));
  return values.includes(undefined) ? undefined : values.flatMap(value => value ?? []);
}

/** Whether the function uses the parameter that click fills. */
function readOf(python: PythonTree, dest: string, decorated: SyntaxNode): ScriptFlag['read'] {
  const definition = decorated.getChild('FunctionDefinition');
  const body = definition?.getChild('Body');
  const parameters = definition?.getChild('ParamList')?.getChildren('VariableName') ?? [];
  if (body === undefined || body === null || !parameters.some(parameter => python.text(parameter) === dest))
    return 'unknown';
  const used = new Set<string>();
  body.cursor().iterate(ref => {
    // The name of a keyword is no use of a parameter.
    const isKeyword =
      ref.name === 'VariableName' && ref.node.parent?.name === 'ArgList' && ref.node.nextSibling?.name === 'AssignOp';
    if (ref.name === 'VariableName' && !isKeyword) used.add(python.text(ref));
  });
  if (used.has(dest)) return 'yes';
  return used.has('locals') || python.hasErrors ? 'unknown' : 'no';
}
