// Python's syntax tree with what a reader of scripts asks of it: lines, the value of a string, the arguments of a call, what is broken.
import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@lezer/python';
import { lineCounter } from './lines';

/** A stretch of a string literal by its offsets in the source. */
export interface StringPiece {
  readonly from: number;
  readonly to: number;
  /** What the stretch means; `undefined` for a placeholder of an f-string. Escapes are pieces of their own. */
  readonly text: string | undefined;
}

export interface CallArguments {
  readonly positional: readonly SyntaxNode[];
  readonly keywords: ReadonlyMap<string, { readonly name: SyntaxNode; readonly value: SyntaxNode }>;
  /** Whether `*` or `**` gives more than the text shows. */
  readonly spread: boolean;
}

const STRING_OPENING = /([a-z]*)("""|'''|"|')/iy;
const STRETCH =
  /\\(?:\r\n|[0-7]{1,3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|N\{[^}'"\n]*\}|[\s\S])|\{\{|\}\}|[^\\{}]+|[\s\S]/g;
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v' };

/** A source that is parsed, errors or not. */
export class PythonTree {
  readonly source: string;
  readonly tree: Tree;
  /** The line of an offset, from 1. */
  readonly lineAt: (offset: number) => number;
  /** Statements with an error of syntax in them (by their keys), without those that only hold one in their bodies. */
  private readonly broken = new Map<string, { readonly from: number; readonly to: number }>();

  constructor(source: string) {
    this.source = source;
    // A byte order mark would be taken for a letter of the first word.
    this.tree = parser.parse(source.replace(/^\uFEFF/, '\n'));
    this.lineAt = lineCounter(source);
    this.tree.iterate({
      enter: ref => {
        if (ref.type.isError) this.blame(ref.node);
        else if ((ref.name === 'String' || ref.name === 'FormatString') && !this.isClosed(ref.from, ref.to))
          this.markStatementOf(ref.node);
      },
    });
  }

  get hasErrors(): boolean {
    return this.broken.size > 0;
  }

  text(node: { readonly from: number; readonly to: number }): string {
    return this.source.slice(node.from, node.to);
  }

  /** Whether the statement that a node stands in has an error of syntax: what it seems to say may be wrong. */
  isBroken(node: SyntaxNode): boolean {
    if (this.broken.size === 0) return false;
    const statement = statementOf(node);
    return statement !== undefined && this.broken.has(keyOf(statement));
  }

  /** Whether a broken statement mentions any of the words: what was meant there is not known. */
  brokenMentions(words: RegExp): boolean {
    return [...this.broken.values()].some(stretch => words.test(this.text(stretch)));
  }

  /** The pieces of a string literal, or of adjacent ones; `undefined` where the node is none or does not close. */
  stringPieces(node: SyntaxNode): readonly StringPiece[] | undefined {
    let literal: SyntaxNode | undefined = node;
    while (literal?.name === 'ParenthesizedExpression') [literal] = this.children(literal);
    if (literal === undefined) return undefined;
    const parts = literal.name === 'ContinuedString' ? this.children(literal) : [literal];
    const pieces: StringPiece[] = [];
    for (const part of parts) {
      const more = part.name === 'String' || part.name === 'FormatString' ? this.literalPieces(part) : undefined;
      if (more === undefined) return undefined;
      pieces.push(...more);
    }
    return pieces;
  }

  /** The value of a string literal; `undefined` where the node is none, or holds placeholders. */
  stringValue(node: SyntaxNode | undefined): string | undefined {
    const pieces = node === undefined ? undefined : this.stringPieces(node);
    if (pieces === undefined || pieces.some(piece => piece.text === undefined)) return undefined;
    return pieces.map(piece => piece.text).join('');
  }

  /** `a.b.c` as it is written; `undefined` for anything that is no chain of names. */
  dottedName(node: SyntaxNode): string | undefined {
    let name = '';
    let at: SyntaxNode | null = node;
    while (at?.name === 'MemberExpression' && at.lastChild?.name === 'PropertyName') {
      name = `.${this.text(at.lastChild)}${name}`;
      at = at.firstChild;
    }
    return at?.name === 'VariableName' ? this.text(at) + name : undefined;
  }

  /** What stands between the brackets of a call. */
  callArguments(list: SyntaxNode): CallArguments {
    const positional: SyntaxNode[] = [];
    const keywords = new Map<string, { name: SyntaxNode; value: SyntaxNode }>();
    let spread = false;
    for (const [first, second, third] of itemsOf(list)) {
      if (first === undefined) continue;
      if (first.name === '*' || first.name === '**') spread = true;
      else if (second?.name === 'AssignOp' && this.text(second) === '=' && first.name === 'VariableName') {
        if (third !== undefined) keywords.set(this.text(first), { name: first, value: third });
      } else positional.push(first);
    }
    return { positional, keywords, spread };
  }

  /** The nodes of a list, tuple or set, or between any brackets, without brackets and commas. */
  children(node: SyntaxNode): readonly SyntaxNode[] {
    return itemsOf(node).flat();
  }

  private literalPieces(node: SyntaxNode): readonly StringPiece[] | undefined {
    if (!this.isClosed(node.from, node.to)) return undefined;
    STRING_OPENING.lastIndex = node.from;
    const [opening = '', prefix = '', quote = ''] = STRING_OPENING.exec(this.source) ?? [];
    const raw = /r/i.test(prefix);
    const formatted = /f/i.test(prefix);
    const pieces: StringPiece[] = [];
    let at = node.from + opening.length;
    const readTo = (end: number): void => {
      for (const [found] of this.source.slice(at, end).matchAll(STRETCH)) {
        const text = meaningOf(found, raw, formatted);
        const last = pieces.at(-1);
        // Pieces that mean what they say grow together, so that a name is in one piece.
        if (text === found && last?.to === at && last.text?.length === last.to - last.from) {
          pieces[pieces.length - 1] = { from: last.from, to: at + found.length, text: last.text + text };
        } else pieces.push({ from: at, to: at + found.length, text });
        at += found.length;
      }
    };
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      if (child.name !== 'FormatReplacement') continue;
      readTo(child.from);
      pieces.push({ from: child.from, to: child.to, text: undefined });
      at = child.to;
    }
    readTo(node.to - quote.length);
    return pieces;
  }

  /** The grammar ends a string at the end of its line without a word. */
  private isClosed(from: number, to: number): boolean {
    STRING_OPENING.lastIndex = from;
    const [opening = '', , quote = ''] = STRING_OPENING.exec(this.source) ?? [];
    if (
      opening === '' ||
      to - from < opening.length + quote.length ||
      !this.source.startsWith(quote, to - quote.length)
    )
      return false;
    let backslashes = 0;
    for (let i = to - quote.length - 1; i >= from + opening.length && this.source.charAt(i) === '\\'; i--)
      backslashes++;
    return backslashes % 2 === 0;
  }

  /** An error between two statements belongs to those of its line; one at the very start of a line to what ended before it. */
  private blame(error: SyntaxNode): void {
    const parent = error.parent;
    if (parent === null || (parent.name !== 'Script' && parent.name !== 'Body')) {
      this.markStatementOf(error);
      return;
    }
    const line = this.lineAt(error.from);
    const opensLine = error.from === error.to && (error.from === 0 || this.lineAt(error.from - 1) < line);
    const before = error.prevSibling;
    const after = error.nextSibling;
    if (before !== null && (opensLine || this.lineAt(Math.max(before.from, before.to - 1)) === line))
      this.markStatementOf(before);
    if (after !== null && !opensLine && this.lineAt(after.from) === this.lineAt(error.to)) this.markStatementOf(after);
    if (error.from < error.to) this.broken.set(keyOf(error), { from: error.from, to: error.to });
  }

  private markStatementOf(node: SyntaxNode): void {
    const spoilt = statementOf(node) ?? node;
    this.broken.set(keyOf(spoilt), { from: spoilt.from, to: spoilt.to });
  }
}

/** The statement that a node stands in, the innermost one. */
export function statementOf(node: SyntaxNode): SyntaxNode | undefined {
  for (let at: SyntaxNode | null = node; at !== null; at = at.parent) if (at.type.is('Statement')) return at;
  return undefined;
}

/** The function that a node stands in, the innermost one. */
export function functionOf(node: SyntaxNode): SyntaxNode | undefined {
  for (let at = node.parent; at !== null; at = at.parent) if (at.name === 'FunctionDefinition') return at;
  return undefined;
}

/** The targets and the value of an assignment, `+=` too: `a = b = value` has two targets. `undefined` where nothing is assigned. */
export function assignmentOf(
  statement: SyntaxNode,
): { readonly targets: readonly (readonly SyntaxNode[])[]; readonly value: readonly SyntaxNode[] } | undefined {
  const sides: SyntaxNode[][] = [[]];
  for (let child = statement.firstChild; child !== null; child = child.nextSibling) {
    if (child.name === 'AssignOp' || child.name === 'UpdateOp') sides.push([]);
    else if (child.name !== ',' && child.name !== 'TypeDef' && child.name !== 'Comment') sides.at(-1)?.push(child);
  }
  const value = sides.pop();
  return value === undefined || sides.length === 0 ? undefined : { targets: sides, value };
}

function keyOf(statement: SyntaxNode): string {
  return `${statement.from}:${statement.to}:${statement.type.id}`;
}

const BRACKETS = new Set(['(', ')', '[', ']', '{', '}']);

/** The children of a node between its commas. */
function itemsOf(node: SyntaxNode): readonly (readonly SyntaxNode[])[] {
  const items: SyntaxNode[][] = [[]];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name === ',') items.push([]);
    else if (!BRACKETS.has(child.name) && child.name !== 'Comment') items.at(-1)?.push(child);
  }
  return items;
}

/** What a piece of a literal means: `\n`, `\x41`, `{{` of an f-string. */
function meaningOf(written: string, raw: boolean, formatted: boolean): string {
  if (formatted && (written === '{{' || written === '}}')) return written.charAt(0);
  if (raw || !written.startsWith('\\') || written.length < 2) return written;
  const kind = written.charAt(1);
  if (kind === '\n' || kind === '\r') return '';
  if (/[0-7]/.test(kind)) return String.fromCharCode(Number.parseInt(written.slice(1), 8));
  if ('xuU'.includes(kind) && written.length > 2) {
    const point = Number.parseInt(written.slice(2), 16);
    return point <= 0x10_ff_ff ? String.fromCodePoint(point) : written;
  }
  if ('\\\'"'.includes(kind)) return kind;
  // An escape that Python does not know stands for itself.
  return ESCAPED[kind] ?? written;
}
