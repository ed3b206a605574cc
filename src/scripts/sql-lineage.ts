// Which names of a statement its result has from: a column of the outermost SELECT, followed into the common table expressions it passes.
import type { SqlText } from './sql-text';

/** What a SELECT gives out under a name, at the token of that name. */
export interface SelectItem {
  readonly at: number;
  readonly name: string;
  /** The table or alias before the name of a column that is given out as it is read, under its own name. */
  readonly passes: { readonly qualifier: string | undefined } | undefined;
}

/** A SELECT that was read. */
export interface Select {
  readonly at: number;
  /** Where its list ends: its FROM, as a rule. */
  readonly listEnd: number;
  readonly items: readonly SelectItem[];
  /** Of each `*` the table or alias before it, if any. */
  readonly stars: readonly (string | undefined)[];
}

/** Something that a SELECT reads from: a query within the text, by the bracket around it, a table, or what nobody can see through. */
interface Source {
  readonly alias: string | undefined;
  readonly query: number | undefined;
  readonly isTable: boolean;
}

/** Tokens at which a name gets its value: none where it is not given out, `undefined` where nobody can tell. */
type Origins = readonly number[] | undefined;

/** Words before a bracket that is the query itself, and no part of an expression of it. */
const BEFORE_QUERY = new Set(['as', 'union', 'all', 'except', 'intersect', 'distinct', 'copy', 'explain']);
/** Words that end a FROM. */
const FROM_ENDS = new Set(
  'where group having order limit qualify window union intersect except select set when returning'.split(' '),
);
/** Words between two sources of a FROM that are no alias, beside the reserved ones. */
const NO_ALIAS = new Set(['asof', 'positional', 'anti', 'semi', 'pivot', 'unpivot', 'with']);

export class SqlLineage {
  private readonly text: SqlText;
  /** The queries of a bracket, or of a statement, by the bracket or by what is less than 0 for a statement. */
  private readonly selects = new Map<number, Select[]>();
  private readonly brackets = new Map<number, number[]>();
  /** Common table expressions by their statement and name; -1: one that is not to be seen through. */
  private readonly named = new Map<string, number>();
  /** The names that the SELECTs of each statement give out. */
  private readonly names = new Map<number, string[]>();
  private readonly known = new Map<string, Origins>();
  /** The bracket that each token stands in, and its statement. */
  private readonly within: number[] = [];
  private readonly statement: number[] = [];

  constructor(text: SqlText, selects: readonly Select[]) {
    this.text = text;
    this.place();
    for (const select of selects) {
      addTo(this.selects, this.within[select.at] ?? -1, select);
      for (const { name } of select.items) addTo(this.names, this.statement[select.at] ?? -1, name);
    }
  }

  /** The tokens at which the results of the statements get their columns. */
  made(): ReadonlySet<number> {
    return new Set(
      [...this.names].flatMap(([group, names]) => [...new Set(names)].flatMap(name => this.ofGroup(group, name) ?? [])),
    );
  }

  private place(): void {
    let statement = -1;
    const open: number[] = [];
    const withs = new Set<number>();
    for (let i = 0; i < this.text.tokens.length; i++) {
      if (this.text.opening.has(i)) open.pop();
      const group = open.at(-1) ?? statement;
      this.within.push(group);
      this.statement.push(statement);
      if (this.text.word(i) === 'with') withs.add(group);
      if (this.text.isSymbol(i, ';') && open.length === 0) statement--;
      if (!this.text.closing.has(i)) continue;
      open.push(i);
      addTo(this.brackets, group, i);
      const cte = withs.has(group) ? this.cteName(i) : undefined;
      if (cte === undefined) continue;
      const key = `${statement} ${cte.name}`;
      this.named.set(key, cte.isPlain && !this.named.has(key) ? i : -1);
    }
  }

  /** The name before `AS (`, in a list after WITH. One with a list of columns gives them other names. */
  private cteName(open: number): { readonly name: string; readonly isPlain: boolean } | undefined {
    let i = open - 1;
    if (this.text.word(i) === 'materialized') i--;
    if (this.text.word(i) === 'not') i--;
    if (this.text.word(i) !== 'as') return undefined;
    i--;
    const columns = this.text.opening.get(i);
    if (columns !== undefined) i = columns - 1;
    const before = this.text.word(i - 1);
    const isListed = before === 'with' || before === 'recursive' || this.text.isSymbol(i - 1, ',');
    return this.text.isName(i) && isListed
      ? { name: this.nameAt(i), isPlain: columns === undefined && this.isQuery(open + 1) }
      : undefined;
  }

  private nameAt(i: number): string {
    return this.text.tokens[i]?.text.toLowerCase() ?? '';
  }

  private isQuery(i: number): boolean {
    return /^(?:select|with|from)$/.test(this.text.word(i) ?? '') || this.text.isSymbol(i, '(');
  }

  /** The SELECTs that a bracket or a statement gives out: several of a UNION. */
  private queriesOf(group: number): readonly Select[] {
    const inner = (this.brackets.get(group) ?? []).filter(open => {
      const isFirst = open - 1 === group || this.within[open - 1] !== group || this.text.isSymbol(open - 1, ';');
      const isOuter = isFirst || BEFORE_QUERY.has(this.text.word(open - 1) ?? '');
      return isOuter && this.text.isSymbol(open, '(') && this.isQuery(open + 1) && !this.isCte(open);
    });
    return [...(this.selects.get(group) ?? []), ...inner.flatMap(open => this.queriesOf(open))];
  }

  private isCte(open: number): boolean {
    const cte = this.cteName(open);
    return cte !== undefined && this.named.has(`${this.statement[open] ?? -1} ${cte.name}`);
  }

  private ofGroup(group: number, name: string): Origins {
    const key = `${group} ${name}`;
    if (this.known.has(key)) return this.known.get(key);
    this.known.set(key, undefined); // that is what it is where it reads from itself
    const all = this.queriesOf(group).map(each => this.ofSelect(each, name));
    const isGiven = all.some(each => each?.length !== 0);
    // The columns of a UNION are told by their places: what a part gives under another name may be the same column.
    const isKnown = !isGiven || all.every(each => each !== undefined && each.length > 0);
    const origins = isKnown ? all.flatMap(each => each ?? []) : undefined;
    this.known.set(key, origins);
    return origins;
  }

  private ofSelect(select: Select, name: string): Origins {
    const [item, ...more] = select.items.filter(each => each.name === name);
    if (item !== undefined) {
      if (more.length > 0) return undefined;
      return item.passes === undefined ? [item.at] : this.ofColumn(select, item.passes.qualifier, name, [item.at]);
    }
    if (select.stars.length === 0) return [];
    const [star] = select.stars;
    return select.stars.length > 1 ? undefined : this.ofColumn(select, star, name, undefined);
  }

  /** @param here what holds of a column of a table: its value comes from elsewhere, and is given out here */
  private ofColumn(select: Select, qualifier: string | undefined, name: string, here: Origins): Origins {
    const sources = this.sourcesOf(select).filter(({ alias }) => qualifier === undefined || alias === qualifier);
    const given = sources.flatMap(({ query }) => (query === undefined ? [] : [this.ofGroup(query, name)]));
    if (given.some(each => each === undefined) || sources.some(each => each.query === undefined && !each.isTable))
      return undefined;
    const [one, ...others] = given.filter(each => each !== undefined && each.length > 0);
    if (one !== undefined) return others.length === 0 ? one : undefined;
    return sources.some(({ isTable }) => isTable) ? here : undefined;
  }

  /** What a SELECT reads from; none where that stands elsewhere than behind its list. */
  private sourcesOf({ at, listEnd }: Select): readonly Source[] {
    const { text } = this;
    const found: Source[] = [];
    if (text.word(listEnd) !== 'from') return found;
    const end = this.endOf(at);
    let expects = true;
    for (let i = listEnd + 1; i < end;) {
      const word = text.word(i) ?? '';
      if (FROM_ENDS.has(word) || text.isSymbol(i, ';')) break;
      if (text.isSymbol(i, ',') || word === 'join') {
        expects = true;
        i++;
      } else if (!expects || word === 'lateral') i = text.next(i);
      else {
        expects = false;
        const read = this.sourceAt(i);
        found.push(read.source);
        i = read.end;
      }
    }
    return found;
  }

  /** Where the bracket around a token closes. */
  private endOf(at: number): number {
    return this.text.closing.get(this.within[at] ?? -1) ?? this.text.tokens.length;
  }

  private sourceAt(from: number): { readonly source: Source; readonly end: number } {
    const { text } = this;
    let i = from;
    const path: string[] = [];
    let isFunction = false;
    if (text.isSymbol(i, '(')) i = text.next(i);
    else {
      for (; text.isName(i) || /^(?:opaque|number|string)$/.test(text.tokens[i]?.kind ?? ''); i += 2) {
        path.push(this.nameAt(i));
        if (!text.isSymbol(i + 1, '.') && !text.isSymbol(i + 1, '-')) {
          i++;
          break;
        }
      }
      isFunction = text.isSymbol(i, '(');
      i = isFunction ? text.next(i) : Math.max(i, from + 1);
    }
    const isNamed = text.word(i) === 'as';
    const aliasAt = isNamed ? i + 1 : i;
    const hasAlias =
      text.isName(aliasAt) && (isNamed || (!text.isReserved(aliasAt) && !NO_ALIAS.has(text.word(aliasAt) ?? '')));
    const alias = hasAlias ? this.nameAt(aliasAt) : path.at(-1);
    const [name = ''] = path;
    const cte = path.length === 1 && !isFunction ? this.named.get(`${this.statement[from] ?? -1} ${name}`) : undefined;
    const query = path.length === 0 ? (this.isQuery(from + 1) ? from : -1) : cte;
    return {
      source: { alias, query: query === -1 ? undefined : query, isTable: query === undefined && path.length > 0 },
      end: hasAlias ? aliasAt + 1 : i,
    };
  }
}

function addTo<V>(lists: Map<number, V[]>, key: number, value: V): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}
