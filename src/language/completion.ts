// Completion in a manifest: keys by the schema of where the cursor is, and names of what the manifest declares.
import { manifestJsonSchema } from '../pipeline/manifest-schema';
import type { ManifestDocument } from './manifest-document';
import { namesIn } from './names';
import type { Position } from './text';

export interface Completion {
  readonly label: string;
  readonly insertText: string;
  readonly detail?: string;
  readonly documentation?: string;
  /** As the Language Server Protocol numbers them: a property, a value, a reference to something declared. */
  readonly kind: 10 | 12 | 18;
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
export function completionsAt(document: ManifestDocument, position: Position): readonly Completion[] {
  const lines = document.text.split('\n');
  const line = lines[position.line] ?? '';
  const before = line.slice(0, position.character);
  const value = /^(\s*(?:- )*)([\w-]+):\s+(?:\[[^\]]*)?([\w.${}:/-]*)$/.exec(before);
  schema ??= manifestJsonSchema() as Schema;
  if (value !== null) {
    const [, indent = '', key = ''] = value;
    const parent = pathAbove(lines, position.line, indent.length);
    return valuesOf(document, key, schemasAt([...parent, key]), parent);
  }
  const key = /^(\s*(?:- )*)([\w-]*)$/.exec(before);
  if (key === null) return [];
  const [, indent = ''] = key;
  const parent = pathAbove(lines, position.line, indent.length);
  if (parent.at(-1) === 'dependsOn' && indent.trimEnd().endsWith('-')) return named(document, 'table');
  const present = siblings(lines, position.line, indent.length);
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
  parent: readonly string[],
): readonly Completion[] {
  const kind = NAMES_OF[key];
  if (kind !== undefined) return named(document, kind);
  const fixed = schemas.flatMap(each => (each.const === undefined ? (each.enum ?? []) : [each.const]));
  const texts = fixed.map(value => String(value));
  if (schemas.some(({ type }) => type === 'boolean')) texts.push('true', 'false');
  const values = texts.map(text => ({ label: text, insertText: text, kind: 12 as const }));
  return COLUMNS.has(key) && parent.includes('phases') ? [...values, ...columns(document)] : values;
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

/** Every column that the manifest names anywhere. */
function columns({ reading }: ManifestDocument): readonly Completion[] {
  if (!reading.ok) return [];
  const names = new Set<string>();
  for (const table of reading.pipeline.tables.values())
    for (const name of [...table.columns.keys(), ...table.key]) names.add(name);
  return [...names].map(name => ({ label: name, insertText: name, detail: 'column', kind: 18 }));
}
