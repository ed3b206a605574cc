// Names of columns that a statement of SQL gives out or fills: the SELECT lists, the columns of an INSERT, the SET of an UPDATE.
import { lineCounter } from './lines';
import { type SqlToken, sqlTokens } from './sql-tokens';

export interface SqlName {
  readonly name: string;
  /** From 1, in the text that was given. */
  readonly line: number;
  /** Offsets of the name, without quotes. */
  readonly from: number;
  readonly to: number;
  /**
   * `computed`: an expression has this name. `target`: a statement that writes fills it. `passed`: a SELECT gives out a column as it
   * reads it.
   */
  readonly role: 'computed' | 'target' | 'passed';
}

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

/**
 * The names in the order of the text: of every SELECT list, in common table expressions and subqueries too, of `INSERT INTO t (…)` and
 * of `UPDATE … SET`. What `*` or a template gives out has no name here. The text may be broken or cut off: nothing is guessed.
 */
export function sqlOutputs(sql: string): readonly SqlName[] {
  const found = new NameReader(sqlTokens(sql)).read();
  const lineAt = found.length === 0 ? undefined : lineCounter(sql);
  return found.map(([{ text, from, to }, role]) => ({ name: text, line: lineAt?.(from) ?? 1, from, to, role }));
}

type Found = readonly [SqlToken, SqlName['role']];

class NameReader {
  private readonly tokens: readonly SqlToken[];
  /** For each opening bracket where it closes: the number of tokens where it does not. */
  private readonly closing = new Map<number, number>();
  private readonly opening = new Map<number, number>();
  private readonly found: Found[] = [];

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

  read(): readonly Found[] {
    let depth = 0;
    let writes = false;
    let hasWith = false;
    for (let i = 0; i < this.tokens.length; i++) {
      if (this.isSymbol(i, '(')) depth++;
      else if (this.isSymbol(i, ')')) depth--;
      else if (this.isSymbol(i, ';')) {
        writes = false;
        hasWith = false;
      } else if (!this.isSymbol(i - 1, '.')) {
        switch (this.word(i)) {
          case 'with':
            hasWith = true;
            break;
          case 'create':
            writes ||= depth === 0;
            break;
          case 'insert':
            writes ||= depth === 0;
            this.insert(i);
            break;
          case 'update':
            this.update(i);
            break;
          case 'select':
            // The outermost SELECT of a statement that writes fills the table: `CREATE TABLE t AS (SELECT a …)`.
            this.select(i, writes && (depth === 0 || (depth === 1 && !hasWith && this.word(i - 2) === 'as')));
            break;
          default:
        }
      }
    }
    return this.found.sort(([a], [b]) => a.from - b.from);
  }

  private word(i: number): string | undefined {
    const token = this.tokens[i];
    return token?.kind === 'word' ? token.text.toLowerCase() : undefined;
  }

  private isSymbol(i: number, text: string): boolean {
    const token = this.tokens[i];
    return token?.kind === 'symbol' && token.text === text;
  }

  private isName(i: number): boolean {
    const token = this.tokens[i];
    return token?.kind === 'word' || token?.kind === 'quoted';
  }

  private add(i: number, role: SqlName['role']): void {
    const token = this.tokens[i];
    if (token !== undefined && token.text !== '') this.found.push([token, role]);
  }

  private select(at: number, fills: boolean): void {
    let from = at + 1;
    if (this.word(from) === 'all' || this.word(from) === 'distinct') from++;
    if (this.word(from - 1) === 'distinct' && this.word(from) === 'on') from = this.next(from + 1);
    if (this.word(from) === 'as' && /^(?:struct|value)$/.test(this.word(from + 1) ?? '')) from += 2;
    for (const [first, end] of this.items(from, this.listEnd(from))) this.selectItem(first, end, fills);
  }

  /** `expression AS name`, `expression name`, `t.name`, `* REPLACE (expression AS name)`. */
  private selectItem(from: number, end: number, fills: boolean): void {
    const last = end - 1;
    if (last < from) return;
    if (this.isSymbol(from, '*') || (this.isSymbol(from + 1, '.') && this.isSymbol(from + 2, '*'))) {
      this.star(from, end);
      return;
    }
    if (!this.isName(last)) return;
    if (this.word(last - 1) === 'as' && last - 1 > from) this.add(last, 'computed');
    else if (this.isColumn(from, end)) this.add(last, fills ? 'target' : 'passed');
    else if (!this.isReserved(last) && this.endsOperand(from, last)) this.add(last, 'computed');
  }

  private star(from: number, end: number): void {
    for (let i = from; i < end; i = this.next(i)) {
      if (!/^(?:replace|rename)$/.test(this.word(i) ?? '') || !this.isSymbol(i + 1, '(')) continue;
      for (const [first, to] of this.items(i + 2, this.closing.get(i + 1) ?? end))
        if (this.word(to - 2) === 'as' && this.isName(to - 1) && to - 2 > first) this.add(to - 1, 'computed');
    }
  }

  /** `name`, `t.name`, `d.t.name` */
  private isColumn(from: number, end: number): boolean {
    for (let i = from; i < end; i++) if ((i - from) % 2 === 0 ? !this.isName(i) : !this.isSymbol(i, '.')) return false;
    return (end - from) % 2 === 1 && !(end - from === 1 && this.isReserved(from));
  }

  /** Whether an operand ends right before a token, so that the token can be nothing but its alias. */
  private endsOperand(from: number, alias: number): boolean {
    const i = alias - 1;
    const before = this.tokens[i];
    if (i < from || before === undefined) return false;
    const open = this.opening.get(i);
    // `OVER (…)` ends one, `INTERVAL (n) DAY` does not.
    if (open !== undefined) return before.text !== '}' && open >= from && this.word(open - 1) !== 'interval';
    switch (before.kind) {
      case 'string':
      case 'number':
        return this.word(i - 1) !== 'interval';
      case 'quoted':
      case 'word':
        return this.word(i) === 'end' || (!this.isReserved(i) && this.beginsOperand(from, i));
      case 'symbol':
      case 'opaque':
        return false;
    }
  }

  /** Whether an operator stands before a name. After another word, or within a type (`STRUCT<a INT64>`), nobody knows what it is. */
  private beginsOperand(from: number, i: number): boolean {
    if (i === from) return true;
    const isOperator = this.tokens[i - 1]?.kind === 'symbol' && !this.opening.has(i - 1) && !this.isSymbol(i - 1, '<');
    return isOperator || (this.isReserved(i - 1) && this.word(i - 1) !== 'end');
  }

  private isReserved(i: number): boolean {
    return NO_NAMES.has(this.word(i) ?? '');
  }

  /** `INSERT INTO t (a, b) …`, and the `INSERT (a, b)` of a MERGE. */
  private insert(at: number): void {
    let i = at + 1;
    while (i < this.tokens.length && !this.isSymbol(i, '(')) {
      const isPath = this.isName(i) || this.tokens[i]?.kind === 'opaque' || this.tokens[i]?.kind === 'number';
      if (!isPath && !this.isSymbol(i, '.') && !this.isSymbol(i, '-')) return;
      if (/^(?:select|values|with|default|row|by|insert)$/.test(this.word(i) ?? '')) return;
      i++;
    }
    const end = this.closing.get(i);
    if (end === undefined || end === this.tokens.length) return;
    const items = this.items(i + 1, end);
    if (items.every(([from, to]) => to - from === 1 && this.isName(from)))
      for (const [from] of items) this.add(from, 'target');
  }

  /** `UPDATE t SET a = …, b = …` */
  private update(at: number): void {
    let i = at + 1;
    while (this.isName(i) || this.isSymbol(i, '.') || this.isSymbol(i, '-') || this.tokens[i]?.kind === 'opaque') {
      if (this.word(i) === 'set' || this.word(i) === 'update') break;
      i++;
    }
    if (this.word(i) !== 'set') return;
    for (const [from, end] of this.items(i + 1, this.listEnd(i + 1))) {
      let equals = from;
      while (equals < end && (this.isName(equals) || this.isSymbol(equals, '.'))) equals++;
      if (equals > from && this.isSymbol(equals, '=') && this.isName(equals - 1)) this.add(equals - 1, 'target');
    }
  }

  /** Where a list ends that begins at a token: at a word that ends it, at a bracket or the statement that closes around it. */
  private listEnd(from: number): number {
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
  private isWithinItem(i: number): boolean {
    const before = this.word(i - 1);
    if (this.word(i) === 'except' && this.isSymbol(i - 1, '*')) return true;
    if (this.word(i) === 'from' && before === 'distinct' && /^(?:is|not)$/.test(this.word(i - 2) ?? '')) return true;
    return before === 'as' || this.isSymbol(i - 1, '.');
  }

  /** The token after one, or after the bracket that it opens. */
  private next(i: number): number {
    const closes = this.closing.get(i);
    return closes === undefined ? i + 1 : closes + 1;
  }

  /** The stretches between the commas of a list. */
  private items(from: number, end: number): readonly (readonly [number, number])[] {
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
