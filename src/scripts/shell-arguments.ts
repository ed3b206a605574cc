// What a bash script accepts on its command line: its argument loop, getopts, and the numbered parameters beside them.
import { type ScriptArguments, type ScriptFlag, type ScriptPositional, NO_VALUE } from './arguments';
import { lineCounter } from './lines';
import { type ShellScript, flagOfBranch, flagsOfGetopts, patternOf } from './shell-flags';
import { PositionalUses, restPositional } from './shell-positionals';
import {
  type ShellCase,
  type ShellCaseItem,
  type ShellCommand,
  type ShellFunction,
  type ShellNode,
  commandsIn,
  expansionOf,
  expansionsIn,
  onlyExpansion,
  parseShell,
  refuses,
  walk,
  wordsOf,
} from './shell-tree';

/** Commands that look at arguments and do not pass them on. */
const HARMLESS = new Set(['echo', 'printf', 'logger', 'set', 'getopt', 'shift', 'test', '[', ':', 'local', 'readonly']);

/** What the source of a bash script accepts; `undefined` where it looks at no arguments. */
export function shellArguments(source: string): ScriptArguments | undefined {
  if (!/\$[{#!]*[1-9@*#]|getopts|\bfor\s+\w+\s*(?:;|do\b)/.test(source)) return undefined;
  try {
    return new ShellReader(source).read();
  } catch (error: unknown) {
    if (!(error instanceof RangeError)) throw error;
    // Thousands of brackets within each other are more than the stack holds: nobody wrote them, and nothing is known of them.
    return { flags: [], positionals: [], exclusive: [], complete: false, reader: 'case', abbreviations: false };
  }
}

class ShellReader {
  private readonly source: string;
  private readonly lineAt: (offset: number) => number;
  private readonly functions = new Map<string, ShellFunction>();
  /** Functions that are called with all arguments of the script, and see them as their own. */
  private readonly given = new Set<string>();
  private readonly flags = new Map<string, ScriptFlag>();
  private readonly rest: ScriptPositional[] = [];
  private readonly uses: PositionalUses;
  /** Loops over the arguments, and what else is read already. */
  private readonly loops = new Set<ShellNode>();
  /** From where on nothing is left of the arguments. */
  private consumed = Infinity;
  private complete = true;
  private any = false;
  /** The variable that getopts fills, and its letters. */
  private optionName: string | undefined;
  private letters: { readonly text: string; readonly at: number } | undefined;
  private readonly branches: ShellCaseItem[] = [];
  private reordered = false;

  constructor(source: string) {
    this.source = source;
    this.lineAt = lineCounter(source);
    this.uses = new PositionalUses(source);
  }

  read(): ScriptArguments | undefined {
    const script = parseShell(this.source);
    if (script.errors !== undefined && script.errors.length > 0) this.complete = false;
    walk(script, node => {
      if (node.type === 'Function') this.functions.set(node.name.value, node);
      return undefined;
    });
    const parts: ShellNode[] = [script];
    // A function that is given "$@" by a part is a part itself.
    for (const part of parts) {
      this.loopsOf(part);
      for (const name of this.passedOn(part)) {
        const body = this.functions.get(name);
        if (body !== undefined && !this.given.has(name)) parts.push(body);
        this.given.add(name);
      }
    }
    for (const part of parts)
      this.uses.read(part, node => this.loops.has(node) || (node.type === 'Function' && node !== part));
    this.lettersOf();
    for (const [name, at] of this.uses.comparedFlags) {
      if (this.flags.has(name)) continue;
      this.complete = false;
      this.flags.set(name, this.comparedFlag(name, at));
    }
    const rest = new Map(this.rest.map(positional => [positional.name, positional]));
    const positionals = [...this.uses.list(this.lineAt, this.complete), ...rest.values()];
    if (!this.any && this.flags.size === 0 && positionals.length === 0) return undefined;
    const flags = [...this.flags.values()].sort((a, b) => a.line - b.line);
    return {
      flags: this.reordered ? flags.map(flag => ({ ...flag, equals: 'may' })) : flags,
      positionals,
      exclusive: [],
      complete: this.complete,
      reader: this.letters !== undefined || this.reordered ? 'getopts' : 'case',
      abbreviations: this.reordered,
    };
  }

  /** Finds the loops of a part of the script, and reads their branches. */
  private loopsOf(part: ShellNode): void {
    this.consumed = Infinity;
    const inLoop = (node: ShellNode, loop: ShellNode | undefined, names: ReadonlySet<string>): void => {
      walk(node, below => {
        if (below === node) return undefined;
        switch (below.type) {
          case 'Function':
            return false;
          case 'While':
            for (const command of commandsIn(below.clause)) this.getopts(command);
            inLoop(below, loop ?? below, names);
            if (!this.loops.has(loop ?? below) && shiftsThrough(below)) this.takesAll(below, 'arguments');
            return false;
          case 'For': {
            const overAll = below.wordlist === undefined || below.wordlist.some(word => isAll(word));
            inLoop(below, loop ?? below, overAll ? new Set([...names, below.name.value]) : names);
            if (overAll && !this.loops.has(loop ?? below)) this.takesAll(below, below.name.value);
            return false;
          }
          case 'Case': {
            const word = onlyExpansion(below.word)?.parameter;
            if (word === undefined) return undefined;
            if (word === this.optionName) this.branches.push(...below.items);
            else if (names.has(word)) this.caseOf(below, loop);
            else return undefined;
            // What a branch does with the arguments is the branch's business.
            return false;
          }
          default:
            return undefined;
        }
      });
    };
    inLoop(part.type === 'Function' ? part.body : part, undefined, new Set(['1', ...this.copiesOfFirst(part)]));
  }

  /** Variables that hold the first argument: `key="$1"`. */
  private copiesOfFirst(part: ShellNode): readonly string[] {
    const names: string[] = [];
    walk(part, node => {
      if (node.type === 'Assignment' && node.value.type === 'Word' && onlyExpansion(node.value)?.parameter === '1')
        names.push(node.name);
      return node.type === 'Function' && node !== part ? false : undefined;
    });
    return names;
  }

  private getopts(command: ShellCommand): void {
    if (command.name?.value !== 'getopts') return;
    const [letters, name] = wordsOf(command);
    this.any = true;
    if (letters === undefined || name === undefined || expansionsIn(letters).length > 0) {
      this.complete = false;
      return;
    }
    // `-:` is the trick for long names.
    if (letters.value.includes('-')) this.complete = false;
    this.letters = { text: letters.value, at: command.pos };
    this.optionName = name.value;
  }

  private lettersOf(): void {
    if (this.letters === undefined) return;
    for (const flag of flagsOfGetopts(this.letters.text, this.branches, this.context(this.letters.at)))
      this.flags.set(flag.names[0] ?? '', flag);
  }

  /** The branches of `case "$1" in`, in a loop or for the first argument alone. */
  private caseOf(node: ShellCase, loop: ShellNode | undefined): void {
    this.any = true;
    const kinds = node.items.map(item => ({ item, patterns: item.pattern.map(patternOf) }));
    const hasFlags = kinds.some(({ patterns }) => patterns.some(({ kind }) => kind === 'flag'));
    const words = kinds.flatMap(({ patterns }) =>
      patterns.flatMap(pattern => (pattern.kind === 'word' ? [pattern.text] : [])),
    );
    const context = this.context(0);
    let closed = kinds.some(
      ({ item, patterns }) => patterns.some(({ kind }) => kind === 'any-flag') && this.isRefusal(item),
    );
    for (const { item, patterns } of kinds) {
      const flag = flagOfBranch(item, context);
      if (flag !== undefined) this.merge(flag);
      if (patterns.some(({ kind }) => kind === 'other')) this.complete = false;
      if (patterns.some(({ kind }) => kind === 'any-flag') && !this.isRefusal(item)) this.complete = false;
      if (patterns.some(({ kind }) => kind === 'anything')) {
        if (this.isRefusal(item)) closed = true;
        else if (loop !== undefined) this.collects(item, closed);
      }
    }
    if (loop === undefined) {
      // Only the first argument is compared: others may be taken elsewhere.
      if (!hasFlags) return;
      this.complete = false;
      this.loops.add(node.word);
      if (words.length > 0) this.rest.push(restPositional(words.join('|'), this.lineAt(node.pos)));
      return;
    }
    this.loops.add(loop);
    if (words.length > 0) this.rest.push(restPositional(words.join('|'), this.lineAt(node.pos)));
    if (loop.type === 'While' && closed) this.consumed = Math.min(this.consumed, loop.end);
  }

  /** `*) DAYS+=("$1")`: what is no flag is taken as it comes; with it, flags that nobody knows, unless `-*)` refuses them before. */
  private collects(item: ShellCaseItem, closed: boolean): void {
    const text = this.source.slice(item.body.pos, item.body.end);
    const breaks = commandsIn(item.body).some(({ name }) => name?.value === 'break');
    const target = /(\w+)\+?=\(?"?\$/.exec(text);
    const passes = /\+=|"\$[@*]"/.test(text) || breaks;
    if (passes && !closed) this.complete = false;
    if (target !== null && !breaks) this.rest.push(restPositional(target[1] ?? 'arguments', this.lineAt(item.pos)));
  }

  private isRefusal(item: ShellCaseItem): boolean {
    const text = this.source.slice(item.body.pos, item.body.end);
    return refuses(text) && !/"\$[@*]"|\+=/.test(text);
  }

  private takesAll(loop: ShellNode, name: string): void {
    this.any = true;
    this.complete = false;
    this.loops.add(loop);
    this.rest.push(restPositional(name, this.lineAt(loop.pos)));
  }

  private merge(flag: ScriptFlag): void {
    const [name = ''] = flag.names;
    const before = this.flags.get(name);
    if (before === undefined) {
      this.flags.set(name, flag);
      return;
    }
    // `--flag)` and `--flag=*)` in branches of their own.
    const equals = before.equals === flag.equals ? before.equals : 'may';
    const valued = before.takes === 'nothing' ? flag : before;
    this.flags.set(name, {
      ...before,
      names: [...new Set([...before.names, ...flag.names])],
      takes: valued.takes,
      count: valued.count,
      equals,
    });
  }

  /** The functions of the script that a part gives all its arguments to. Passed on to anything else, more may be accepted than is seen. */
  private passedOn(part: ShellNode): readonly string[] {
    const names: string[] = [];
    walk(part, node => {
      if (node.type === 'Function' && node !== part) return false;
      if (node.type === 'ArrayValue' && node.elements.some(isAll) && node.pos < this.consumed) {
        this.any = true;
        this.complete = false;
      }
      if (node.type !== 'Command') return undefined;
      const name = node.name?.value ?? '';
      if (name === 'getopt') this.reordered = true;
      const all = node.name !== undefined && isAll(node.name) ? [node.name] : wordsOf(node).filter(isAll);
      if (all.length === 0 || node.pos > this.consumed) return undefined;
      this.any = true;
      const [first] = wordsOf(node);
      const only = first === undefined ? undefined : onlyExpansion(first);
      if (this.functions.has(name) && only?.parameter === '@' && !only.sliced) names.push(name);
      // A function that is told of them within a text says them only.
      else if (
        !HARMLESS.has(name) &&
        (!this.functions.has(name) || all.some(word => onlyExpansion(word) !== undefined))
      )
        this.complete = false;
      return undefined;
    });
    return names;
  }

  private comparedFlag(name: string, at: number): ScriptFlag {
    return {
      names: [name],
      dest: name === '--help' ? 'help' : name.replace(/^-+/, '').replaceAll('-', '_'),
      line: this.lineAt(at),
      takes: 'nothing',
      count: NO_VALUE,
      equals: 'never',
      required: false,
      defaultText: undefined,
      choices: undefined,
      help: undefined,
      read: 'yes',
    };
  }

  private context(getoptsAt: number): ShellScript {
    const { source, lineAt } = this;
    return {
      lineAt,
      getoptsAt,
      defaultOf: (name, before) => {
        const assignment = new RegExp(
          `(?:^|;)[ \\t]*(?:export |local |declare |readonly )?${name}=("[^"\\n]*"|'[^'\\n]*'|[^\\s;&|]*)`,
          'm',
        );
        const found = assignment.exec(source);
        return found !== null && found.index < before ? found[1] : undefined;
      },
      readOf: names => {
        if (names.length === 0) return 'yes';
        if (names.some(name => new RegExp(`\\b${name}\\b(?!\\+?=)`).test(source))) return 'yes';
        // Whoever is sourced, or started with it in the environment, may read it; so may a name that is computed.
        return /\$\{!|(?:^|[;&|\s])(?:source|\.|eval|export|declare|set\s+-\w*a)\s/m.test(source) ? 'unknown' : 'no';
      },
    };
  }
}

/** `while [ $# -gt 0 ]; do run "$1"; shift; done` */
function shiftsThrough(loop: Extract<ShellNode, { readonly type: 'While' }>): boolean {
  const asks = expansionsIn(loop.clause).some(({ parameter }) => parameter === '#' || parameter === '1');
  return asks && commandsIn(loop.body).some(({ name }) => name?.value === 'shift');
}

/** Whether a word holds all arguments: `"$@"`, `$*`. What a command within it is given is that command's. */
function isAll(word: ShellNode): boolean {
  let found = false;
  walk(word, node => {
    const parameter = expansionOf(node)?.parameter;
    found ||= parameter === '@' || parameter === '*';
    return node.type !== 'CommandExpansion';
  });
  return found;
}
