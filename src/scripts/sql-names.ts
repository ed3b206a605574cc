// Names of columns that a statement of SQL gives out or fills: the SELECT lists, the columns of an INSERT, the SET of an UPDATE.
import { lineCounter } from './lines';
import { type Select, type SelectItem, SqlLineage } from './sql-lineage';
import { SqlText } from './sql-text';
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
  /**
   * Whether a result of the text has its column of this name from here: the outermost SELECT computes it or has it from a table, or
   * passes it from the common table expression or subquery that does. Not told where it may come from several.
   */
  readonly makes: boolean;
}

/**
 * The names in the order of the text: of every SELECT list, in common table expressions and subqueries too, of `INSERT INTO t (…)` and
 * of `UPDATE … SET`. What `*` or a template gives out has no name here. The text may be broken or cut off: nothing is guessed.
 */
export function sqlOutputs(sql: string): readonly SqlName[] {
  const found = new NameReader(sqlTokens(sql)).read();
  const lineAt = found.length === 0 ? undefined : lineCounter(sql);
  return found.map(({ token: { text, from, to }, role, makes }) => ({
    name: text,
    line: lineAt?.(from) ?? 1,
    from,
    to,
    role,
    makes,
  }));
}

interface Found {
  readonly token: SqlToken;
  readonly role: SqlName['role'];
  readonly makes: boolean;
}

class NameReader extends SqlText {
  private readonly found: { readonly at: number; readonly token: SqlToken; readonly role: SqlName['role'] }[] = [];
  private readonly selects: Select[] = [];
  /** Names that a statement fills by values that stand nowhere else in it. */
  private readonly filled = new Set<number>();

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
    const made = this.selects.length === 0 ? this.filled : new SqlLineage(this, this.selects).made();
    return this.found
      .map(({ at, token, role }) => ({ token, role, makes: made.has(at) || this.filled.has(at) }))
      .sort((a, b) => a.token.from - b.token.from);
  }

  private add(i: number, role: SqlName['role']): void {
    const token = this.tokens[i];
    if (token !== undefined && token.text !== '') this.found.push({ at: i, token, role });
  }

  private select(at: number, fills: boolean): void {
    let from = at + 1;
    if (this.word(from) === 'all' || this.word(from) === 'distinct') from++;
    if (this.word(from - 1) === 'distinct' && this.word(from) === 'on') from = this.next(from + 1);
    if (this.word(from) === 'as' && /^(?:struct|value)$/.test(this.word(from + 1) ?? '')) from += 2;
    const listEnd = this.listEnd(from);
    const [items, stars]: [SelectItem[], (string | undefined)[]] = [[], []];
    for (const [first, end] of this.items(from, listEnd)) {
      const before = this.found.length;
      const isStar = this.selectItem(first, end, fills);
      if (isStar) stars.push(this.isSymbol(first, '*') ? undefined : this.tokens[first]?.text.toLowerCase());
      for (const { at: token, token: named } of this.found.slice(before)) {
        const name = named.text.toLowerCase();
        items.push({ at: token, name, passes: isStar ? undefined : this.passed(first, end, name) });
      }
    }
    this.selects.push({ at, listEnd, items, stars });
  }

  /** `t.name` and `t.name AS name` give out what they read. */
  private passed(from: number, end: number, name: string): SelectItem['passes'] {
    const as = this.word(end - 2) === 'as' ? end - 2 : end;
    for (const to of new Set([as, end, end - 1]))
      if (to > from && this.isColumn(from, to) && this.tokens[to - 1]?.text.toLowerCase() === name)
        return { qualifier: to - 2 > from ? this.tokens[to - 3]?.text.toLowerCase() : undefined };
    return undefined;
  }

  /** `expression AS name`, `expression name`, `t.name`, `* REPLACE (expression AS name)`. @returns whether it is a star */
  private selectItem(from: number, end: number, fills: boolean): boolean {
    const last = end - 1;
    if (last < from) return false;
    if (this.isSymbol(from, '*') || (this.isSymbol(from + 1, '.') && this.isSymbol(from + 2, '*'))) {
      this.star(from, end);
      return true;
    }
    if (!this.isName(last)) return false;
    if (this.word(last - 1) === 'as' && last - 1 > from) this.add(last, 'computed');
    else if (this.isColumn(from, end)) this.add(last, fills ? 'target' : 'passed');
    else if (!this.isReserved(last) && this.endsOperand(from, last)) this.add(last, 'computed');
    return false;
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
      for (const [from] of items) {
        this.add(from, 'target');
        // What a SELECT gives is computed there.
        if (this.word(end + 1) === 'values') this.filled.add(from);
      }
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
      if (equals > from && this.isSymbol(equals, '=') && this.isName(equals - 1)) {
        this.add(equals - 1, 'target');
        this.filled.add(equals - 1);
      }
    }
  }
}
