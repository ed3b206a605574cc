// From the manifest's text to a tree of places: what YAML itself has to say of it, in words that help.
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  type ParsedNode,
  parseDocument,
  Scalar,
  type YAMLMap,
} from 'yaml';
import type { Place, TextRange } from './manifest-place';
import type { Problems } from './manifest-problems';
import {
  explainSyntax,
  isLocal,
  looksUnquoted,
  mask,
  needsQuotes,
  placeholderOfKey,
  quoteMessage,
  unmask,
} from './manifest-syntax';
import { nearest } from './nearest';
import { type Environment, badPlaceholder, resolveTemplate } from './templates';

/** Values that aliases may add to a manifest: more than anybody writes, few enough for one whose aliases multiply. */
const MAX_ALIASED_VALUES = 50_000;

/** The sections in which `${env:…}` stays as it is written until it is used. */
const TEMPLATE_SECTIONS = new Set(['targets', 'jobs']);

export interface YamlReading {
  /** `undefined` where there is nothing to go on with. */
  readonly root: Place | undefined;
  /** Whether all that is written is in the tree: where not, names that seem undeclared may well be declared. */
  readonly whole: boolean;
}

/** Reads YAML. What is wrong with the text goes to `problems`; a tree is given only where its structure can be relied on. */
export function readYaml(text: string, env: Environment, problems: Problems): YamlReading {
  try {
    return read(text, env, problems);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // the stack is used up
    problems.addAt(
      { start: 0, end: 0 },
      'the manifest is nested too deeply to be read: a few levels are all that is needed',
    );
    return { root: undefined, whole: false };
  }
}

function read(text: string, env: Environment, problems: Problems): YamlReading {
  let document = parse(text);
  if (document.errors.length > 0 && looksUnquoted(text)) {
    // An unquoted placeholder in flow style derails all that follows: take its braces away, keep every offset, read again.
    document = parse(mask(text));
  }
  const errors = document.errors.filter((error, i) => i === 0 || isLocal(error));
  for (const error of errors) problems.addAt({ start: error.pos[0], end: error.pos[1] }, explainSyntax(error));
  for (const { code, pos } of document.warnings) {
    if (code === 'TAG_RESOLVE_FAILED') {
      problems.addAt({ start: pos[0], end: pos[1] }, 'YAML tags mean nothing in a manifest: leave the tag out');
    }
  }
  const converter = new Converter(env, problems);
  // Converted even where the structure is in doubt: unquoted placeholders are told beside the other errors.
  const root = document.contents === null ? undefined : converter.convert(document.contents);
  return errors.length > 0 ? { root: undefined, whole: false } : { root, whole: converter.whole };
}

function parse(text: string): Document.Parsed {
  return parseDocument(text, {
    version: '1.2',
    schema: 'core', // dates stay text
    prettyErrors: false,
    uniqueKeys: false, // the converter finds repeated keys in linear time, and says where the first one is
    logLevel: 'error',
  });
}

/** What a place has from what holds it. */
interface Frame {
  readonly key: TextRange | undefined;
  readonly step: string | number | undefined;
  readonly parent: Place | undefined;
  /** Whether placeholders stay in the text. */
  readonly template: boolean;
  readonly inFlow: boolean;
}

/** Makes places of YAML nodes. */
class Converter {
  whole = true;
  private readonly env: Environment;
  private readonly problems: Problems;
  private readonly anchors = new Map<string, ParsedNode>();
  /** Lists and maps being converted, to see an alias inside of what it stands for. */
  private readonly open = new Set<ParsedNode>();
  private aliasDepth = 0;
  private aliased = 0;

  constructor(env: Environment, problems: Problems) {
    this.env = env;
    this.problems = problems;
  }

  convert(node: ParsedNode): Place {
    return this.place(node, { key: undefined, step: undefined, parent: undefined, template: false, inFlow: false });
  }

  private place(node: ParsedNode | null, frame: Frame, range = rangeOf(node, frame)): Place {
    if (this.aliasDepth > 0) this.aliased++;
    if (node === null) return { ...placeOf(frame, null, range), written: '' };
    if (isAlias(node)) return this.alias(node, frame);
    if (node.anchor !== undefined && this.aliasDepth === 0) this.anchors.set(node.anchor, node);
    if (isScalar(node)) return this.scalar(node, frame, range);
    this.open.add(node);
    const place = isMap(node) ? this.map(node, frame, range) : this.list(node, frame, range);
    this.open.delete(node);
    return place;
  }

  private map(node: YAMLMap.Parsed, frame: Frame, range: TextRange): Place {
    const entries = new Map<string, Place>();
    const value = Object.create(null) as Record<string, unknown>; // so that no key is a special one
    const place: Place = { ...placeOf(frame, value, range), entries, placeholder: placeholderOf(node) };
    const inFlow = frame.inFlow || node.flow === true;
    for (const pair of node.items) {
      const name = this.nameOf(pair.key, entries);
      if (name === undefined) {
        this.whole = false;
        continue;
      }
      const child = this.place(pair.value, {
        key: textRange(pair.key.range),
        step: name,
        parent: place,
        template: frame.parent === undefined && frame.step === undefined ? TEMPLATE_SECTIONS.has(name) : frame.template,
        inFlow,
      });
      entries.set(name, child);
      value[name] = child.value;
    }
    return place;
  }

  /** The name of a key; `undefined`, with a problem, for one that cannot be used. */
  private nameOf(key: ParsedNode, entries: ReadonlyMap<string, Place>): string | undefined {
    const range = textRange(key.range);
    if (!isScalar(key)) {
      this.problems.addAt(range, 'a key is text: a list, a map or an alias cannot be one');
      return undefined;
    }
    const name = unmask(typeof key.value === 'string' ? key.value : key.source);
    if (name === '') {
      this.problems.addAt(range, 'a key is missing before the colon');
      return undefined;
    }
    if (name === '<<' && key.type === Scalar.PLAIN) {
      this.problems.addAt(
        range,
        'merge keys (<<) are no part of YAML 1.2: say what tables share under defaults, or use an alias for a whole value',
      );
      return undefined;
    }
    const first = entries.get(name)?.key;
    if (first === undefined) return name;
    this.problems.addAt(
      range,
      `${name} is there twice, first in line ${this.problems.lineOf(first.start)}: keep one of the two`,
    );
    return undefined;
  }

  private list(
    node: Exclude<ParsedNode, Alias.Parsed | Scalar.Parsed | YAMLMap.Parsed>,
    frame: Frame,
    range: TextRange,
  ): Place {
    const items: Place[] = [];
    const value: unknown[] = [];
    const place: Place = { ...placeOf(frame, value, range), items };
    const inFlow = frame.inFlow || node.flow === true;
    node.items.forEach((item, step) => {
      const child = this.place(item, { key: undefined, step, parent: place, template: frame.template, inFlow });
      items.push(child);
      value.push(child.value);
    });
    return place;
  }

  /** What an alias stands for, standing at the alias. What is inside of it stands where it was written. */
  private alias(node: Alias.Parsed, frame: Frame): Place {
    const range = textRange(node.range);
    const meant = this.anchors.get(node.source);
    let message: string | undefined;
    let suggestion: string | undefined;
    if (meant === undefined) {
      suggestion = nearest(node.source, this.anchors.keys());
      message = `no anchor &${node.source} stands before this alias${suggestion === undefined ? '' : `: did you mean *${suggestion}?`}`;
    } else if (this.open.has(meant)) {
      message = `*${node.source} stands inside of what it means: it would never end`;
    } else if (this.aliased > MAX_ALIASED_VALUES) {
      message = `the aliases of this manifest multiply to more than ${MAX_ALIASED_VALUES.toLocaleString('en-US')} values: write them out, or use fewer`;
    }
    if (meant === undefined || message !== undefined) {
      const place: Place = placeOf(frame, null, range);
      this.problems.add(place, message ?? '', { suggestion: suggestion === undefined ? undefined : `*${suggestion}` });
      this.whole = false;
      return place;
    }
    this.aliasDepth++;
    const place = this.place(meant, frame, range);
    this.aliasDepth--;
    return place;
  }

  private scalar(node: Scalar.Parsed, frame: Frame, range: TextRange): Place {
    const source = node.source;
    if (typeof node.value !== 'string') return { ...placeOf(frame, node.value, range), written: source };
    const unquoted = node.type === Scalar.PLAIN && needsQuotes(source, frame.inFlow);
    const text = unmask(node.value);
    if (unquoted) {
      const quoted = JSON.stringify(text);
      this.problems.addAt(range, quoteMessage(text), { suggestion: quoted });
    }
    return text.includes('${')
      ? this.withEnvironment(text, frame, range)
      : { ...placeOf(frame, text, range), written: text };
  }

  private withEnvironment(text: string, frame: Frame, range: TextRange): Place {
    const bad = badPlaceholder(text, frame.template);
    const resolved = frame.template || bad !== undefined ? undefined : resolveTemplate(text, this.env);
    const place: Place = { ...placeOf(frame, resolved?.ok === true ? resolved.text : text, range), written: text };
    if (bad !== undefined) {
      const named = /^\$\{\s*(?:env[:.\s])?\s*([A-Za-z_]\w*)\s*\}$/i.exec(bad)?.[1];
      const meant =
        named === undefined ? undefined : named.toLowerCase() === 'python' ? '${python}' : `\${env:${named}}`;
      this.problems.add(
        place,
        `${bad} is no placeholder; \${env:NAME} and \${python} are${meant === undefined ? '' : `: did you mean ${meant}?`}`,
        { suggestion: meant === undefined ? undefined : text.replace(bad, meant) },
      );
    } else if (resolved?.ok === false) {
      this.problems.add(place, resolved.message);
    }
    return place;
  }
}

function placeOf(frame: Frame, value: unknown, range: TextRange): Place {
  return {
    value,
    range,
    key: frame.key,
    step: frame.step,
    parent: frame.parent,
    entries: undefined,
    items: undefined,
    written: undefined,
    placeholder: undefined,
  };
}

function rangeOf(node: ParsedNode | null, frame: Frame): TextRange {
  if (node !== null) return textRange(node.range);
  const end = frame.key?.end ?? 0;
  return { start: end, end };
}

function textRange([start, end]: readonly [number, number, number]): TextRange {
  return { start, end };
}

/** The placeholder that YAML took for a map: `{date}` in flow style is a map of one key without a value. */
function placeholderOf(node: YAMLMap.Parsed): string | undefined {
  const [pair] = node.items;
  if (node.flow !== true || pair === undefined || node.items.length !== 1 || pair.value !== null) return undefined;
  return isScalar(pair.key) && pair.key.type === Scalar.PLAIN ? placeholderOfKey(pair.key.source) : undefined;
}
