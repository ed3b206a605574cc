// A bash script's syntax tree with what a reader of arguments asks of it: which parameters a word expands, what a branch does.
import { type ParsedScript, type SyntaxNode, forEachChild, parse } from 'unbash';

export type ShellNode = SyntaxNode;
export type ShellWord = Extract<SyntaxNode, { readonly type: 'Word' }>;
export type ShellCommand = Extract<SyntaxNode, { readonly type: 'Command' }>;
export type ShellFunction = Extract<SyntaxNode, { readonly type: 'Function' }>;
export type ShellAssignment = Extract<SyntaxNode, { readonly type: 'Assignment' }>;
export type ShellCase = Extract<SyntaxNode, { readonly type: 'Case' }>;
export type ShellCaseItem = ShellCase['items'][number];

/** A parameter where it is expanded: `1`, `@`, `#`, or a variable's name. */
export interface Expansion {
  readonly parameter: string;
  readonly pos: number;
  /** What stands in for it where it is not set: `-`, `:-`, `:?` and so on. */
  readonly operator: string | undefined;
  /** `${@:2}`: not all of it. */
  readonly sliced: boolean;
}

export function parseShell(source: string): ParsedScript {
  return parse(source);
}

/** Visits a node and all below it in the order of the text; `visit` gives false to leave out what is below. */
export function walk(node: ShellNode, visit: (node: ShellNode) => boolean | undefined): void {
  if (visit(node) === false) return;
  forEachChild(node, child => {
    walk(child, visit);
  });
}

/** The parameter that a node expands, if it is an expansion. */
export function expansionOf(node: ShellNode): Expansion | undefined {
  if (node.type === 'SimpleExpansion')
    return { parameter: node.text.slice(1), pos: node.pos, operator: undefined, sliced: false };
  if (node.type !== 'ParameterExpansion') return undefined;
  const operator = node.operation?.type === 'Default' ? node.operation.operator : undefined;
  return { parameter: node.parameter, pos: node.pos, operator, sliced: node.operation?.type === 'Slice' };
}

/** What `pick` gives of a node and all below it. */
export function collect<T>(node: ShellNode, pick: (node: ShellNode) => T | undefined): readonly T[] {
  const found: T[] = [];
  walk(node, below => {
    const picked = pick(below);
    if (picked !== undefined) found.push(picked);
    return undefined;
  });
  return found;
}

/** All expansions below a node. */
export function expansionsIn(node: ShellNode): readonly Expansion[] {
  return collect(node, expansionOf);
}

/** All commands below a node, those of functions that are defined there too. */
export function commandsIn(node: ShellNode): readonly ShellCommand[] {
  return collect(node, below => (below.type === 'Command' ? below : undefined));
}

/** The one expansion that a word consists of, quoted or not: `$1`, `"${1:-}"`. */
export function onlyExpansion(word: ShellNode): Expansion | undefined {
  if (word.type !== 'Word') return undefined;
  const [part, ...more] = word.parts ?? [];
  if (part === undefined || more.length > 0) return undefined;
  if (part.type !== 'DoubleQuoted') return expansionOf(part);
  const [inner, ...others] = part.parts;
  return inner === undefined || others.length > 0 ? undefined : expansionOf(inner);
}

/** The words behind a command's name, as written. */
export function wordsOf(command: ShellCommand): readonly ShellWord[] {
  return command.args.flatMap(argument => (argument.type === 'Word' ? [argument] : []));
}

/** Whether all that is done with an argument in a stretch of a script is to refuse it. */
export function refuses(text: string): boolean {
  return /\b(?:exit|return|usage|die|fail|abort|error_exit|show_help|print_usage)\b/.test(text);
}
