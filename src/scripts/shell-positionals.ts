// Positional arguments of a bash script: `$1`, `$2` outside its argument loop, and whether it refuses to go on without them.
import { ANY_VALUES, ONE_VALUE, type ScriptPositional } from './arguments';
import {
  type Expansion,
  type ShellNode,
  collect,
  expansionOf,
  expansionsIn,
  onlyExpansion,
  refuses,
  walk,
  wordsOf,
} from './shell-tree';

interface Use {
  readonly pos: number;
  /** The variable that is set to it. */
  readonly name: string | undefined;
}

/** Collects the uses of numbered parameters, as `shift` moves them. */
export class PositionalUses {
  private readonly source: string;
  private readonly uses = new Map<number, Use[]>();
  /** How many the script refuses to go on without, and variables that may not be empty. */
  private needed = 0;
  private readonly neededNames = new Set<string>();
  /** Words of the text that are compared with an argument and look like flags: `[ "$1" = "--force" ]`. */
  readonly comparedFlags = new Map<string, number>();
  private shifted = 0;

  constructor(source: string) {
    this.source = source;
  }

  /** Reads a part of the script that sees its arguments; `skip` says what of it is read elsewhere. */
  read(node: ShellNode, skip: (node: ShellNode) => boolean): void {
    this.shifted = 0;
    this.visit(node, skip, true);
  }

  /** All of them in order. One is required only where the script says so, and `sure` that nothing else is accepted in its place. */
  list(lineAt: (offset: number) => number, sure: boolean): readonly ScriptPositional[] {
    const highest = Math.max(0, ...this.uses.keys());
    const positionals: ScriptPositional[] = [];
    let required = false;
    for (let number = highest; number > 0; number--) {
      const uses = this.uses.get(number) ?? [];
      const name = uses.find(use => use.name !== undefined)?.name;
      // Before one that is required, all are.
      required ||=
        sure && (number <= this.needed || (name !== undefined && this.neededNames.has(name) && this.isSetOnce(name)));
      positionals.unshift({
        name: name ?? `$${number}`,
        line: lineAt(uses[0]?.pos ?? 0),
        required,
        takes: 'value',
        count: required ? ONE_VALUE : { least: 0, most: 1 },
      });
    }
    return positionals;
  }

  /** `always`: whether the script comes by here however it is called. */
  private visit(node: ShellNode, skip: (node: ShellNode) => boolean, always: boolean): void {
    if (skip(node)) return;
    switch (node.type) {
      case 'If': {
        const then = this.source.slice(node.then.pos, node.then.end);
        if (always && refuses(then)) this.demand(node.clause, true);
        this.visit(node.clause, skip, always);
        for (const part of [node.then, ...node.elif, ...(node.else === undefined ? [] : [node.else])])
          this.visit(part, skip, false);
        return;
      }
      case 'AndOr': {
        const [first, second] = node.commands;
        if (first === undefined || second === undefined || !isTest(first)) break;
        if (always && node.commands.length === 2 && refuses(this.source.slice(second.pos, second.end)))
          this.demand(first, node.operators[0] === '&&');
        for (const command of node.commands) this.visit(command, skip, false);
        return;
      }
      case 'TestCommand':
        this.test(node);
        return;
      case 'Assignment': {
        const expansion = node.value.type === 'Word' ? onlyExpansion(node.value) : undefined;
        if (expansion === undefined) break;
        this.use(expansion, node.name, always);
        return;
      }
      case 'Command':
        if (isTest(node)) {
          this.test(node);
          return;
        }
        if (always && node.name?.value === 'shift') this.shifted += Number(wordsOf(node)[0]?.value ?? 1) || 0;
        break;
      default: {
        const expansion = expansionOf(node);
        if (expansion !== undefined) this.use(expansion, undefined, always);
      }
    }
    const goesOn = always && node.type !== 'Case' && node.type !== 'For' && node.type !== 'While';
    walk(node, child => {
      if (child === node) return undefined;
      this.visit(child, skip, goesOn);
      return false;
    });
  }

  private use({ parameter, operator, pos }: Expansion, name: string | undefined, always: boolean): void {
    const demanded = always && (operator === '?' || operator === ':?');
    if (demanded) this.neededNames.add(parameter);
    if (!/^[1-9]\d?$/.test(parameter)) return;
    const number = Number(parameter) + this.shifted;
    if (demanded) this.needed = Math.max(this.needed, number);
    const uses = this.uses.get(number) ?? [];
    uses.push({ pos, name });
    this.uses.set(number, uses);
  }

  /** What a test asks for, where the script ends if the test is `refusedIf`. */
  private demand(clause: ShellNode, refusedIf: boolean): void {
    const text = this.source.slice(clause.pos, clause.end);
    // Of several conditions together, none is needed by itself.
    if (/&&|\s-a\s|!\s/.test(text)) return;
    const empty = refusedIf ? /-z\s+"?\$\{?(\w+)/g : /-n\s+"?\$\{?(\w+)/g;
    for (const [, name = ''] of text.matchAll(empty)) {
      if (/^\d+$/.test(name)) this.needed = Math.max(this.needed, Number(name) + this.shifted);
      else this.neededNames.add(name);
    }
    const [, operator = '', bound = ''] = /\$#\}?"?\s*(-\w\w|[<>=!]=?)\s*"?(\d+)/.exec(text) ?? [];
    const least = leastCount(operator, Number(bound), refusedIf);
    if (least > 0) this.needed = Math.max(this.needed, least + this.shifted);
  }

  /** A test uses nothing, but shows the flags that it compares with. */
  private test(node: ShellNode): void {
    const words = collect(node, below => (below.type === 'Word' ? below : undefined));
    if (!expansionsIn(node).some(({ parameter }) => /^[1-9@*]$/.test(parameter))) return;
    for (const { value, pos } of words)
      if (/^--?[a-z][\w-]+$/i.test(value) && value.length > 3) this.comparedFlags.set(value, pos);
  }

  /** A variable that is set elsewhere too may get its value without an argument. */
  private isSetOnce(name: string): boolean {
    return [...this.source.matchAll(new RegExp(`(?<![\\w$])${name}\\+?=`, 'g'))].length === 1;
  }
}

/** Where all arguments are taken one after another: `for day in "$@"`. */
export function restPositional(name: string, line: number): ScriptPositional {
  return { name, line, required: false, takes: 'values', count: ANY_VALUES };
}

/** How many arguments there are at least, where the script ends if `$# OPERATOR bound` is `refusedIf`. */
function leastCount(operator: string, bound: number, refusedIf: boolean): number {
  switch (operator) {
    case '-lt':
    case '<':
      return refusedIf ? bound : 0;
    case '-le':
    case '<=':
      return refusedIf ? bound + 1 : 0;
    case '-ne':
    case '!=':
      return refusedIf ? bound : 0;
    case '-eq':
    case '==':
    case '=':
      return refusedIf ? (bound === 0 ? 1 : 0) : bound;
    case '-ge':
    case '>=':
      return refusedIf ? 0 : bound;
    case '-gt':
    case '>':
      return refusedIf ? 0 : bound + 1;
    default:
      return 0;
  }
}

function isTest(node: ShellNode): boolean {
  return (
    node.type === 'TestCommand' ||
    node.type === 'ArithmeticCommand' ||
    (node.type === 'Command' && (node.name?.value === '[' || node.name?.value === 'test'))
  );
}
