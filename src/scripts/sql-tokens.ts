// SQL text as tokens with their places, in DuckDB's and BigQuery's spelling, with templates' placeholders as things nobody can see through.

export interface SqlToken {
  /** `opaque` stands for what a template, a parameter or a placeholder will put there. */
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'opaque';
  /** As written, a quoted name without its quotes. */
  readonly text: string;
  /** Offsets of `text`. */
  readonly from: number;
  readonly to: number;
}

/** Stands in a text for something that is not known, such as a placeholder of an f-string. */
export const OPAQUE = '\uFFFC';

/** Blanks, comments, and Jinja's statements. */
const SPACE = /(?:\s+|--[^\n]*|#(?!\d)[^\n]*|\/\*[\s\S]*?\*\/|\{%[\s\S]*?%\}|\{#[\s\S]*?#\})/y;
/** Jinja's expressions; `$1`, `$name`, `${NAME}`, `@name`, `:name`; Python's `%s`, `%(name)s`, `{name}`, `{name:>3}`. */
const PLACEHOLDER =
  /\{\{[\s\S]*?\}\}|\$\{[^}\n]{0,200}\}|\$\w+|@@?\w+|(?<![:\w]):[A-Za-z_]\w*|%\(\w+\)[sdif]|%[sdif](?!\w)|\{\w*(?:[.![:][^{}'"]*)?\}|\uFFFC/uy;
const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const WORD_PART = /[\p{L}\p{N}_$]+/uy;
const NUMBER = /\d[\w.]*/y;

/** Splits a text into tokens. A quote, comment or placeholder that does not close ends what can be read. */
export function sqlTokens(sql: string): readonly SqlToken[] {
  // BigQuery's names stand between backticks, and its strings in either quotes.
  const isBigQuery = sql.includes('`');
  const lastClosing = sql.lastIndexOf('}}');
  const tokens: SqlToken[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(sql)?.[0];
  };
  const push = (kind: SqlToken['kind'], from: number, to: number): void => {
    tokens.push({ kind, text: sql.slice(from, to), from, to });
  };
  while (at < sql.length) {
    const start = at;
    const space = match(SPACE);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    if (sql.startsWith('/*', at) || sql.startsWith('{%', at) || sql.startsWith('{#', at)) break;
    if (sql.startsWith('{{', at) && at > lastClosing) break;
    if (sql.startsWith('$$', at)) {
      const end = sql.indexOf('$$', at + 2);
      if (end === -1) break;
      at = end + 2;
      push('string', start, at);
      continue;
    }
    const word = match(WORD);
    const quoteAt = at + (word !== undefined && /^(?:r|b|rb|br|e|x)$/i.test(word) ? word.length : 0);
    const quote = sql.charAt(quoteAt);
    if (quote === "'" || quote === '"' || quote === '`') {
      const isName = quote === '`' || (quote === '"' && !isBigQuery);
      const end = closingQuote(sql, quoteAt, isBigQuery);
      if (end === undefined) break;
      const [from, to] = [quoteAt + end.width, end.at];
      const plain = isName && !sql.slice(from, to).includes(quote) && !sql.slice(from, to).includes(OPAQUE);
      if (plain) push('quoted', from, to);
      else push(isName ? 'opaque' : 'string', start, to + end.width);
      at = to + end.width;
      continue;
    }
    if (word === undefined && match(PLACEHOLDER) === undefined) {
      const number = match(NUMBER);
      const symbol = sql.startsWith('::', at) ? '::' : String.fromCodePoint(sql.codePointAt(at) ?? 0);
      at += (number ?? symbol).length;
      push(number === undefined ? 'symbol' : 'number', start, at);
      continue;
    }
    // A placeholder in the middle of a word hides all of the word.
    let opaque = false;
    for (let part = word; ;) {
      if (part === undefined) {
        part = match(PLACEHOLDER);
        if (part === undefined) break;
        opaque = true;
      }
      at += part.length;
      part = match(WORD_PART);
    }
    push(opaque ? 'opaque' : 'word', start, at);
  }
  return tokens;
}

/** Where the quote opened at `start` closes, and how many characters it is wide. */
function closingQuote(
  sql: string,
  start: number,
  isBigQuery: boolean,
): { readonly at: number; readonly width: number } | undefined {
  const quote = sql.charAt(start);
  if (isBigQuery && quote !== '`' && sql.startsWith(quote.repeat(3), start)) {
    const end = sql.indexOf(quote.repeat(3), start + 3);
    return end === -1 ? undefined : { at: end, width: 3 };
  }
  for (let i = start + 1; i < sql.length; i++) {
    const character = sql.charAt(i);
    if (isBigQuery && character === '\\') i++;
    else if (character === quote) {
      if (isBigQuery || sql.charAt(i + 1) !== quote) return { at: i, width: 1 };
      i++;
    }
  }
  return undefined;
}
