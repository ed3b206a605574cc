// What YAML's own errors mean for who writes a manifest, and how an unquoted placeholder is seen through.
import type { YAMLError } from 'yaml';

/** Stand for { and } of placeholders while a text is read once more; private characters that no manifest holds. */
const OPEN = '\uE000';
const CLOSE = '\uE001';

const PLACEHOLDERS = /\{((?:date|env)(?::[^{}\s,[\]"']*)?|python)\}/g;

/** The inside of `{…}` that was meant as a placeholder where YAML sees a map of one key. */
const INSIDE = /^(?:date(?::\S*)?|env:\S*|python)$/;

/** Whether unquoted placeholders could be why a text does not read. */
export function looksUnquoted(text: string): boolean {
  return !text.includes(OPEN) && !text.includes(CLOSE) && text.search(PLACEHOLDERS) >= 0;
}

/** The text with the braces of placeholders taken away; every offset stays. */
export function mask(text: string): string {
  return text.replaceAll(PLACEHOLDERS, `${OPEN}$1${CLOSE}`);
}

/** The text as it was before `mask`. */
export function unmask(text: string): string {
  return isMasked(text) ? text.replaceAll(OPEN, '{').replaceAll(CLOSE, '}') : text;
}

/** Whether a text holds a placeholder that was masked. */
export function isMasked(text: string): boolean {
  return text.includes(OPEN);
}

/** Whether YAML would have taken the (masked) plain text for something else: anywhere in flow style, else at its beginning. */
export function needsQuotes(source: string, inFlow: boolean): boolean {
  return isMasked(source) && (inFlow || source.startsWith(OPEN));
}

/** The placeholder that a flow map of one key without a value was meant as. */
export function placeholderOfKey(key: string): string | undefined {
  return INSIDE.test(key) ? `{${key}}` : undefined;
}

/** What to say of a placeholder without quotes. */
export function quoteMessage(text: string): string {
  const placeholder = /\$?\{[^}]*\}/.exec(text)?.[0] ?? text;
  return `${placeholder} has to be quoted here, since { begins a map: write ${JSON.stringify(text)}`;
}

/** Whether a syntax error says something of its own place alone; others make YAML lose its way, and what follows is not told. */
export function isLocal(error: YAMLError): boolean {
  return (
    error.code === 'TAB_AS_INDENT' ||
    error.code === 'BAD_DQ_ESCAPE' ||
    error.code === 'BAD_SCALAR_START' ||
    error.code === 'MULTIPLE_ANCHORS' ||
    error.code === 'ALIAS_PROPS'
  );
}

/** A syntax error in words that say what to write instead. */
export function explainSyntax({ code, message }: YAMLError): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'a tab indents this line: YAML takes spaces only';
    case 'MULTIPLE_DOCS':
      return 'a second document begins here (---): a manifest is one document';
    case 'BAD_SCALAR_START':
      return 'text that begins with this character has to be quoted';
    case 'BAD_DQ_ESCAPE':
      return 'in double quotes a backslash begins an escape: double the backslash, or use single quotes';
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return 'a second "key:" where a value stands: quote text that holds ": ", and begin the keys of a map on lines of their own';
    case 'BLOCK_IN_FLOW':
      return 'a list or map in block style cannot stand inside [ ] or { }';
    case 'BAD_INDENT':
      return /flow (sequence|mapping|map)/i.test(message)
        ? `a list or map opened by [ or { above is not closed before this line, or this line is not indented further than its key`
        : 'this line is not indented like the ones it belongs to';
    case 'MISSING_CHAR':
      if (/quote/.test(message)) return 'the quoted text that began above is not closed';
      if (/Flow (sequence|map)/i.test(message)) return 'the list or map opened by [ or { is not closed';
      return /Missing , or :/.test(message) ? 'a comma is missing between the entries of this list or map' : message;
    case 'UNEXPECTED_TOKEN':
      return 'this was not expected here: is a quote, a comma or a bracket missing before it?';
    default:
      return `this is not valid YAML: ${message}`;
  }
}
