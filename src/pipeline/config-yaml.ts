// The values of a YAML or JSON file as a tree of constants, each with its place. JSON is YAML; what YAML forbids of it is told.
import { type Document, LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Constant, ConstantFile } from '../scripts/constants';

/** An alias that stands for an alias … is followed so often. */
const MOST_HOPS = 20;
/** The key under which scripts that load YAML 1.1 find what a map shares with others. */
const MERGE = '<<';

/** Reads the text of a YAML or JSON file. */
export function configConstants(text: string): ConstantFile {
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      prettyErrors: false,
      uniqueKeys: false, // whoever loads the file has the last
      logLevel: 'error',
      lineCounter: lines,
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // the stack is used up
    return { ok: false, message: 'it is nested too deeply to be read' };
  }
  const [problem] = document.errors;
  if (problem !== undefined)
    return {
      ok: false,
      message: `line ${lines.linePos(problem.pos[0]).line} is no valid YAML or JSON: ${problem.message}`,
      line: lines.linePos(problem.pos[0]).line,
    };
  return { ok: true, root: new Value(document.contents, document, lines, 0) };
}

class Value implements Constant {
  readonly line: number;
  readonly column: number;
  private readonly node: unknown;
  private readonly document: Document.Parsed;
  private readonly lines: LineCounter;

  /** @param fallback the offset of what holds a value that is not there */
  constructor(node: unknown, document: Document.Parsed, lines: LineCounter, fallback: number) {
    const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined;
    // Behind an alias the value stands where it is written.
    this.node = followed(node, document);
    const own = isScalar(this.node) || isMap(this.node) || isSeq(this.node) ? this.node.range : undefined;
    const { line, col } = lines.linePos((own ?? range)?.[0] ?? fallback);
    this.line = Math.max(1, line);
    this.column = Math.max(1, col);
    this.document = document;
    this.lines = lines;
  }

  get scalar(): number | string | undefined {
    const value = isScalar(this.node) ? this.node.value : undefined;
    return typeof value === 'number' || typeof value === 'string' ? value : undefined;
  }

  get words(): string {
    const { node } = this;
    if (isMap(node)) return 'a map';
    if (isSeq(node)) return 'a list';
    if (!isScalar(node) || node.value === null || node.value === undefined) return 'nothing';
    return typeof node.value === 'string' ? `the text ${node.value}` : JSON.stringify(node.value);
  }

  get names(): readonly string[] {
    const { node } = this;
    if (isSeq(node)) return node.items.map((_, i) => String(i));
    if (!isMap(node)) return [];
    const own = node.items.map(({ key }) => nameOf(key)).filter(name => name !== MERGE);
    return [...new Set([...own, ...this.merged.flatMap(each => each.names)])];
  }

  child(name: string): Constant | undefined {
    const { node } = this;
    if (isSeq(node)) {
      const item: unknown = /^\d+$/.test(name) ? node.items[Number(name)] : undefined;
      return item === undefined ? undefined : this.below(item);
    }
    if (!isMap(node)) return undefined;
    const pair = node.items.findLast(({ key }) => nameOf(key) === name);
    if (pair !== undefined) return this.below(pair.value, pair.key);
    for (const each of this.merged) {
      const found = each.child(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The maps that `<<` brings in; what is said first counts. */
  private get merged(): readonly Value[] {
    const { node } = this;
    const pair = isMap(node) ? node.items.find(({ key }) => nameOf(key) === MERGE) : undefined;
    if (pair === undefined) return [];
    const brought = followed(pair.value, this.document);
    return (isSeq(brought) ? brought.items : [brought])
      .map(each => this.below(each))
      .filter(each => isMap(each.node) && each.node !== node);
  }

  private below(node: unknown, key?: unknown): Value {
    return new Value(node, this.document, this.lines, isScalar(key) ? (key.range?.[0] ?? 0) : 0);
  }
}

function followed(node: unknown, document: Document.Parsed): unknown {
  let at = node;
  for (let hops = 0; isAlias(at) && hops < MOST_HOPS; hops++) at = at.resolve(document);
  return at;
}

/** A key as a path names it: `2024` and `"2024"` are one name. */
function nameOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : '';
}
