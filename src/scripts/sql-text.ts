// The tokens of a text of SQL as a reader walks through them: words, brackets, and the lists between commas.
import type { SqlToken } from './sql-tokens';

/** Words that end a list of a SELECT or an UPDATE. */
const LIST_ENDS = new Set(
  'from into where group having order limit qualify union intersect except returning when select insert update'.split(
    ' ',
  ),
);

/** Words that name no column by themselves, and end no expression that an alias could follow. */
const NO_NAMES = new Set(
  (
    'all and any as asc at between by case cast collate cross current_date current_time current_timestamp desc distinct else ' +
    'escape exclude except exists false filter for from full glob group having ignore ilike in inner insert intersect interval into is ' +
    'isnull join lateral left like limit natural not notnull null nulls offset on or order outer over partition precision preceding ' +
    'qualify recursive rename replace respect right rows select set similar some struct tablesample then to true unbounded union ' +
    'unnest update using values when where window with within without zone'
  ).split(' '),
);

/** Tokens with their brackets matched. The text may be broken or cut off. */
export class SqlText {
  readonly tokens: readonly SqlToken[];
  /** For each opening bracket where it closes: the number of tokens where it does not. */
  readonly closing = new Map<number, number>();
  readonly opening = new Map<number, number>();

  constructor(tokens: readonly SqlToken[]) {
    this.tokens = tokens;
    const open: number[] = [];
    for (const [i, token] of tokens.entries()) {
      if (token.kind !== 'symbol') continue;
      if ('([{'.includes(token.text)) open.push(i);
      else if (')]}'.includes(token.text)) {
        const at = open.pop();
        if (at === undefined) continue;
        this.closing.set(at, i);
        this.opening.set(i, at);
      }
    }
    for (const at of open) this.closing.set(at, tokens.length);
  }

  word(i: number): string | undefined {
    const token = this.tokens[i];
    return token?.kind === 'word' ? token.text.toLowerCase() : undefined;
  }

  isSymbol(i: number, text: string): boolean {
    const token = this.tokens[i];
    return token?.kind === 'symbol' && token.text === text;
  }

  isName(i: number): boolean {
    const token = this.tokens[i];
    return token?.kind === 'word' || token?.kind === 'quoted';
  }

  isReserved(i: number): boolean {
    return NO_NAMES.has(this.word(i) ?? '');
  }

  /** Where a list ends that begins at a token: at a word that ends it, at a bracket or the statement that closes around it. */
  listEnd(from: number): number {
    let i = from;
    let cases = 0;
    while (i < this.tokens.length) {
      const word = this.word(i);
      if (word === 'case') cases++;
      if (word === 'end') cases--;
      if (cases === 0 && word !== undefined && LIST_ENDS.has(word) && !this.isWithinItem(i)) break;
      if (this.isSymbol(i, ')') || this.isSymbol(i, ']') || this.isSymbol(i, '}') || this.isSymbol(i, ';')) break;
      i = this.next(i);
    }
    return i;
  }

  /** Words that end a list elsewhere: `* EXCEPT (a)`, `a IS DISTINCT FROM b`, `t.order`, `1 AS group`. */
  isWithinItem(i: number): boolean {
    const before = this.word(i - 1);
    if (this.word(i) === 'except' && this.isSymbol(i - 1, '*')) return true;
    if (this.word(i) === 'from' && before === 'distinct' && /^(?:is|not)$/.test(this.word(i - 2) ?? '')) return true;
    return before === 'as' || this.isSymbol(i - 1, '.');
  }

  /** The token after one, or after the bracket that it opens. */
  next(i: number): number {
    const closes = this.closing.get(i);
    return closes === undefined ? i + 1 : closes + 1;
  }

  /** The stretches between the commas of a list. */
  items(from: number, end: number): readonly (readonly [number, number])[] {
    const items: [number, number][] = [];
    let first = from;
    for (let i = from; i < end; i = this.next(i)) {
      if (!this.isSymbol(i, ',')) continue;
      items.push([first, i]);
      first = i + 1;
    }
    if (first < end) items.push([first, end]);
    return items;
  }
}
