// Completion in a manifest: keys by the schema of where the cursor is, and names of what the manifest declares.
import { manifestJsonSchema } from '../pipeline/manifest-schema';
import type { ManifestDocument } from './manifest-document';
import { namesIn, tableAround } from './names';
import type { Position } from './text';

export interface Completion {
  readonly label: string;
  readonly insertText: string;
  readonly detail?: string;
  readonly documentation?: string;
  /** As the Language Server Protocol numbers them: a property, a value, a reference to something declared. */
  readonly kind: 10 | 12 | 18;
}

/** Columns as the catalogue has them, by table. */
export type LiveColumns = ReadonlyMap<string, readonly { readonly name: string; readonly type: string }[]>;

/** What is known beside the text at this moment. */
export interface Known {
  readonly live?: LiveColumns;
  /** The document as it last was whole YAML: an open bracket hides every name. */
  readonly whole?: ManifestDocument | undefined;
}

/** A schema as far as completion looks into one. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string;
  readonly description?: string;
}

let schema: Schema | undefined;

/** What can stand at a position: other keys of the same map, or values of the key before the cursor. */
export function completionsAt(
  document: ManifestDocument,
  position: Position,
  { live = new Map(), whole = document }: Known = {},
): readonly Completion[] {
  const lines = document.text.split('\n');
  const before = (lines[position.line] ?? '').slice(0, position.character);
  const lead = /^\s*(?:- )*/.exec(before)?.[0] ?? '';
  schema ??= manifestJsonSchema() as Schema;
  const { steps, key, present: beside } = cursorIn(before.slice(lead.length));
  const parent = [...pathAbove(lines, position.line, lead.length), ...steps];
  const names = document.root === undefined ? whole : document;
  if (key !== undefined) {
    const offered = COLUMNS.has(key) && parent.includes('phases') ? columns(names, document, position, live) : [];
    return valuesOf(names, key, schemasAt([...parent, key]), offered);
  }
  if (parent.at(-1) === 'dependsOn' && lead.trimEnd().endsWith('-')) return named(names, 'table');
  const present = steps.length > 0 || beside.size > 0 ? beside : siblings(lines, position.line, lead.length);
  return schemasAt(parent).flatMap(({ properties = {} }) =>
    Object.entries(properties)
      .filter(([name]) => !present.has(name))
      .map(([name, its]) => ({
        label: name,
        insertText: `${name}: `,
        kind: 10 as const,
        ...(its.description === undefined ? {} : { documentation: its.description }),
      })),
  );
}

/** Where a cursor stands at the end of a line's text: in which maps in flow style, at the value of which key or at a key. */
function cursorIn(text: string): {
  readonly steps: readonly string[];
  /** The key whose value is being written; `undefined` where a key is. */
  readonly key: string | undefined;
  /** The keys that the innermost map on this line already has. */
  readonly present: ReadonlySet<string>;
} {
  const stack: { key: string | undefined; inList: boolean; present: Set<string> }[] = [];
  let at = { key: undefined as string | undefined, inList: false, present: new Set<string>() };
  for (const [token, name] of text.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|([\w./-]+):(?=\s|$)|[{}[\],]/g)) {
    if (name !== undefined && !at.inList) {
      at.key = name;
      at.present.add(name);
    } else if (token === '{' || token === '[') {
      stack.push(at);
      at = { key: undefined, inList: token === '[', present: new Set() };
    } else if (token === '}' || token === ']') at = stack.pop() ?? at;
    else if (token === ',' && !at.inList) at.key = undefined;
  }
  // A map in a list is the list's entry; of a list that is being written the key before it counts.
  const steps = [...stack, at]
    .flatMap(({ key, inList }, i) => (inList ? (i < stack.length ? ['-'] : []) : [key]))
    .filter(key => key !== undefined);
  return at.key === undefined && !at.inList
    ? { steps, key: undefined, present: at.present }
    : { steps: steps.slice(0, -1), key: steps.at(-1), present: at.present };
}

/** The keys that hold a line, outermost first, by indentation: the text is seldom whole YAML while it is typed. `-` is a list's entry. */
function pathAbove(lines: readonly string[], at: number, indent: number): readonly string[] {
  const path: string[] = [];
  let column = indent;
  const own = /^(\s*)- /.exec(lines[at] ?? '');
  if (own !== null && (own[1] ?? '').length < column) {
    path.unshift('-');
    column = (own[1] ?? '').length;
  }
  for (let i = at - 1; i >= 0 && column > 0; i--) {
    const match = /^(\s*)((?:- )*)([\w./-]+):(?:\s|$)/.exec(lines[i] ?? '');
    const dash = /^(\s*)- /.exec(lines[i] ?? '');
    if (match !== null) {
      const keyColumn = (match[1] ?? '').length + (match[2] ?? '').length;
      // A list may begin at the column of its key.
      if (keyColumn < column || (keyColumn === column && path[0] === '-' && match[2] === '')) {
        path.unshift(match[3] ?? '');
        column = keyColumn;
      }
    }
    if (dash !== null && (dash[1] ?? '').length < column) {
      path.unshift('-');
      column = (dash[1] ?? '').length;
    }
  }
  return path;
}

/** The keys that stand beside a line in the same map. */
function siblings(lines: readonly string[], at: number, indent: number): ReadonlySet<string> {
  const found = new Set<string>();
  const look = (step: 1 | -1): void => {
    for (let i = at + step; i >= 0 && i < lines.length; i += step) {
      const text = lines[i] ?? '';
      if (text.trim() === '' || text.trimStart().startsWith('#')) continue;
      const lead = /^\s*(?:- )*/.exec(text)?.[0] ?? '';
      const begins = lead.includes('-');
      if (step === 1 && begins && lead.indexOf('-') < indent) return;
      if (lead.length < indent) return;
      if (lead.length === indent) {
        const key = /^\s*(?:- )*([\w-]+):/.exec(text)?.[1];
        if (key !== undefined) found.add(key);
      }
      if (step === -1 && begins && lead.indexOf('-') < indent) return;
    }
  };
  if (!/^\s*- /.test(lines[at] ?? '')) look(-1);
  look(1);
  return found;
}

function schemasAt(path: readonly string[]): readonly Schema[] {
  let at: readonly Schema[] = schema === undefined ? [] : alternatives(schema);
  for (const step of path) {
    at = at
      .flatMap(each => {
        if (step === '-') return each.items === undefined ? [] : [each.items];
        const own = each.properties?.[step];
        if (own !== undefined) return [own];
        return typeof each.additionalProperties === 'object' ? [each.additionalProperties] : [];
      })
      .flatMap(alternatives);
  }
  return at;
}

function alternatives(of: Schema): readonly Schema[] {
  return [of, ...[...(of.anyOf ?? []), ...(of.oneOf ?? [])].flatMap(alternatives)];
}

/** Keys whose values are names of what the manifest declares. */
const NAMES_OF: Readonly<Record<string, 'table' | 'calendar' | 'job' | 'target'>> = {
  calendar: 'calendar',
  job: 'job',
  target: 'target',
  table: 'table',
  dependsOn: 'table',
};
/** Keys whose values are columns. */
const COLUMNS = new Set(['column', 'columns', 'key', 'unique', 'of', 'date', 'written']);

function valuesOf(
  document: ManifestDocument,
  key: string,
  schemas: readonly Schema[],
  columnsThere: readonly Completion[],
): readonly Completion[] {
  const kind = NAMES_OF[key];
  if (kind !== undefined) return named(document, kind);
  const fixed = schemas.flatMap(each => (each.const === undefined ? (each.enum ?? []) : [each.const]));
  const texts = fixed.map(value => String(value));
  if (schemas.some(({ type }) => type === 'boolean')) texts.push('true', 'false');
  const values = texts.map(text => ({ label: text, insertText: text, kind: 12 as const }));
  return [...values, ...columnsThere];
}

function named(document: ManifestDocument, kind: 'table' | 'calendar' | 'job' | 'target'): readonly Completion[] {
  const names = namesIn(document).filter(each => each.kind === kind && each.declares);
  return [...new Set(names.map(({ name }) => name))].map(name => ({
    label: name,
    insertText: name,
    detail: kind,
    kind: 18,
  }));
}

/** The columns of the table that is being described, as they are in the target and as they are declared; of every table where there is none. */
function columns(
  { reading }: ManifestDocument,
  document: ManifestDocument,
  position: Position,
  live: LiveColumns,
): readonly Completion[] {
  const around = tableAround(document, document.positions.offset(position)) ?? tableAbove(document, position);
  const names = new Map<string, string>();
  for (const [table, its] of live) {
    if (around !== undefined && table !== around) continue;
    for (const { name, type } of its) names.set(name, `${type}, column of ${table}`);
  }
  for (const table of reading.ok ? reading.pipeline.tables.values() : []) {
    if (around !== undefined && table.name !== around && names.size > 0) continue;
    for (const name of [...table.columns.keys(), ...table.key])
      if (!names.has(name)) names.set(name, `declared in ${table.name}`);
  }
  return [...names].map(([name, detail]) => ({ label: name, insertText: name, detail, kind: 18 as const }));
}

/** The table whose declaration began last above a line: while it is typed the text is seldom whole. */
function tableAbove({ text }: ManifestDocument, { line }: Position): string | undefined {
  const above = text.split('\n').slice(0, line + 1);
  return above.reverse().flatMap(each => /^\s*- (?:\{ )?name: "?([^\s",}]+)/.exec(each)?.[1] ?? [])[0];
}
