// The columns that a user's SQL expression names, found by its tokens, so that absent ones are known before anything is sent.

/** The columns of an expression, or why it may not be used at all. */
export type ExpressionColumns =
  | {
      readonly ok: true;
      /** Named columns that the table has, as the table writes them. */
      readonly columns: readonly string[];
      /** Named columns that the table does not have, as the expression writes them. */
      readonly absent: readonly string[];
    }
  | { readonly ok: false; readonly message: string };

interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol';
  readonly text: string;
}

/** Words that are no columns where the table has no column of that name: keywords, literals and type names of both engines. */
const NO_COLUMNS = new Set(
  (
    'all and any array as asc at between bigint binary bit blob bool boolean both bytea bytes by case cast char collate cross current_date ' +
    'current_time current_timestamp date datetime day days dec decimal desc distinct dow double doy else end epoch escape exists extract false ' +
    'filter first float float4 float8 float64 following for from glob having hour hours hugeint ignore ilike in int int1 int2 int4 int8 int64 integer ' +
    'intersect interval into is isnull isodow isoyear json last leading like limit list logical long map microsecond microseconds millisecond ' +
    'milliseconds minute minutes month months natural not notnull null nulls numeric bignumeric on or order over overlaps partition preceding ' +
    'quarter range real regexp respect row rows safe_cast second seconds short signed similar smallint some string struct symmetric text then ' +
    'time timestamp timestamp_ms timestamp_ns timestamp_s timestamptz timetz tinyint to trailing true try_cast ubigint uinteger unbounded union ' +
    'unnest unsigned using uuid varchar week weeks when where window with within without year years yearweek zone'
  ).split(' '),
);

/**
 * Finds the columns of an expression. A column that the table has is one whatever keyword it is; names are the same in any case.
 * Raw statements are refused: they occur in `sql` checks and `sql` jobs only.
 */
export function columnsOfExpression(
  text: string,
  liveColumns: readonly string[],
  dialect: 'duckdb' | 'bigquery',
): ExpressionColumns {
  const tokens = tokenize(text, dialect);
  if ('message' in tokens) return tokens;
  const live = new Map(liveColumns.map(name => [name.toLowerCase(), name]));
  const columns = new Set<string>();
  const absent = new Set<string>();
  let depth = 0;
  for (const [i, token] of tokens.entries()) {
    const before = tokens[i - 1];
    const after = tokens[i + 1];
    if (token.kind === 'symbol') {
      if (token.text === ';') return refuse(text, 'a statement ends in it (;), and it is an expression');
      if (token.text === '(') depth++;
      if (token.text === ')' && --depth < 0) return refuse(text, 'a ) has no (');
      continue;
    }
    if (token.kind !== 'word' && token.kind !== 'quoted') continue;
    const lower = token.text.toLowerCase();
    if (token.kind === 'word' && (lower === 'select' || lower === 'with') && !live.has(lower)) {
      return refuse(text, 'it holds a SELECT, and raw statements occur in sql checks and sql jobs only');
    }
    if (after?.text === '(' && after.kind === 'symbol') continue; // a function
    if (before?.text === '::') continue; // a type
    if (before?.text === '.' && before.kind === 'symbol') continue; // a field of what stands before
    const column = live.get(lower);
    if (column !== undefined) {
      if (token.kind === 'word' && isTypeOfCast(tokens, i)) continue;
      columns.add(column);
    } else if (token.kind === 'quoted' || !NO_COLUMNS.has(lower)) {
      absent.add(token.text);
    }
  }
  if (depth > 0) return refuse(text, 'a ( is not closed');
  return { ok: true, columns: [...columns], absent: [...absent] };
}

/** `CAST(x AS date)`, `date '2024-01-01'`: a word that is also a column's name stands for a type there. */
function isTypeOfCast(tokens: readonly Token[], i: number): boolean {
  const before = tokens[i - 1];
  const after = tokens[i + 1];
  return (before?.kind === 'word' && before.text.toLowerCase() === 'as') || after?.kind === 'string';
}

function refuse(text: string, why: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message: `the expression "${text}" cannot be used: ${why}` };
}

function tokenize(
  text: string,
  dialect: 'duckdb' | 'bigquery',
): readonly Token[] | Extract<ExpressionColumns, { ok: false }> {
  const tokens: Token[] = [];
  const stringQuotes = dialect === 'bigquery' ? '\'"' : "'";
  const nameQuotes = dialect === 'bigquery' ? '`' : '"';
  let i = 0;
  while (i < text.length) {
    const character = text.charAt(i);
    if (/\s/.test(character)) {
      i++;
    } else if (text.startsWith('--', i) || (dialect === 'bigquery' && character === '#')) {
      const end = text.indexOf('\n', i);
      i = end === -1 ? text.length : end;
    } else if (text.startsWith('/*', i)) {
      const end = text.indexOf('*/', i + 2);
      if (end === -1) return refuse(text, 'a comment /* is not closed');
      i = end + 2;
    } else if (stringQuotes.includes(character) || nameQuotes.includes(character)) {
      const end = closingQuote(text, i, dialect === 'bigquery');
      if (end === -1) return refuse(text, `a quote ${character} is not closed`);
      const body = text.slice(i + 1, end);
      tokens.push(
        nameQuotes.includes(character)
          ? { kind: 'quoted', text: dialect === 'duckdb' ? body.replaceAll('""', '"') : body }
          : { kind: 'string', text: body },
      );
      i = end + 1;
    } else if (/[\p{L}_]/u.test(character)) {
      const [word = character] = /^[\p{L}\p{N}_$]+/u.exec(text.slice(i)) ?? [];
      const next = text.charAt(i + word.length);
      // r'…', b'…', e'…', x'…': a prefix of the string that follows
      if (!(/^(?:r|b|rb|br|e|x)$/i.test(word) && next !== '' && stringQuotes.includes(next)))
        tokens.push({ kind: 'word', text: word });
      i += word.length;
    } else if (/\d/.test(character)) {
      const [number = character] = /^\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(text.slice(i)) ?? [];
      tokens.push({ kind: 'number', text: number });
      i += number.length;
    } else if (text.startsWith('::', i)) {
      tokens.push({ kind: 'symbol', text: '::' });
      i += 2;
    } else {
      tokens.push({ kind: 'symbol', text: character });
      i++;
    }
  }
  return tokens;
}

/** Where the quote opened at `start` closes: a doubled quote, or with `escapes` one behind a backslash, is part of the text. */
function closingQuote(text: string, start: number, escapes: boolean): number {
  const quote = text.charAt(start);
  for (let i = start + 1; i < text.length; i++) {
    if (escapes && text.charAt(i) === '\\') i++;
    else if (text.charAt(i) === quote) {
      if (!escapes && text.charAt(i + 1) === quote) i++;
      else return i;
    }
  }
  return -1;
}
