// What checks ask to be measured: figures, told without any SQL. `warehouse/` renders them, `facts/` keeps their values.

/** How a column's values are read before they are compared or aggregated. What does not read so is counted, never dropped silently. */
export type ReadAs = 'number' | 'instant' | 'day';

/** A condition on one row. */
export type RowTest =
  /** Every row. */
  | { readonly test: 'every' }
  /** The column holds no value. */
  | { readonly test: 'null'; readonly column: string }
  /** At least one of the columns holds no value. */
  | { readonly test: 'any-null'; readonly columns: readonly string[] }
  /** The column holds a value. */
  | { readonly test: 'filled'; readonly column: string }
  /** The column holds a value, and it reads as a number outside [min, max]. */
  | {
      readonly test: 'outside';
      readonly column: string;
      readonly min: number | undefined;
      readonly max: number | undefined;
    }
  /** The column holds a value that does not read as `as`. */
  | { readonly test: 'unreadable'; readonly column: string; readonly as: ReadAs }
  /** The column holds one of the values: numbers are compared as numbers, texts as texts. */
  | { readonly test: 'one-of'; readonly column: string; readonly values: readonly (string | number)[] }
  /** The column holds a value whose text does not match the whole regular expression (RE2 on every engine). */
  | { readonly test: 'mismatch'; readonly column: string; readonly pattern: string }
  /** The user's expression is true · false · NULL for the row. */
  | { readonly test: 'sql'; readonly text: string; readonly is: 'true' | 'false' | 'null' }
  /** All of the conditions hold. */
  | { readonly test: 'all'; readonly of: readonly RowTest[] };

/** Adds up over dates: counts, sums, minima, maxima. Minima and maxima of no values are `null`. */
export type DateFigure =
  | { readonly kind: 'date'; readonly measure: 'count'; readonly where: RowTest }
  /** A number that is another one when any row of the date is: all columns count but those named. It adds up, rows in any order. */
  | {
      readonly kind: 'date';
      readonly measure: 'fingerprint';
      readonly except: readonly string[];
      readonly where: RowTest;
    }
  /** The least and the greatest of numbers that stand for the values: they are the same where all values are. `null` of no values. */
  | {
      readonly kind: 'date';
      readonly measure: 'least-hash' | 'greatest-hash';
      readonly column: string;
      readonly where: RowTest;
    }
  | {
      readonly kind: 'date';
      readonly measure: 'min' | 'max' | 'sum';
      readonly column: string;
      readonly as: 'number' | 'instant';
      readonly where: RowTest;
    };

/** Right for its own date and never summed. */
export type DateExactFigure =
  /** Distinct typed tuples of columns (a NULL part is a value of its own, rule 6). */
  | {
      readonly kind: 'date-exact';
      readonly measure: 'distinct';
      readonly columns: readonly string[];
      readonly where: RowTest;
    }
  /** Rows that hold the column's most frequent value; `null` where no row holds any. */
  | {
      readonly kind: 'date-exact';
      readonly measure: 'most-frequent';
      readonly column: string;
      readonly where: RowTest;
    };

/** One value asked of the warehouse for each date. (Table and query figures come with the checks that need them.) */
export type Figure = DateFigure | DateExactFigure;

declare const figureIdBrand: unique symbol;
/** The identity of a figure: equal for equal definitions, so that two checks share one measurement and a changed check re-uses no old fact. */
export type FigureId = string & { readonly [figureIdBrand]: 'FigureId' };

const EVERY: RowTest = { test: 'every' };

/** Conditions and figures are made by these, so that equal ones are written equally. */
export const row = {
  every: EVERY,
  isNull: (column: string): RowTest => ({ test: 'null', column }),
  anyNull: (columns: readonly string[]): RowTest => ({ test: 'any-null', columns }),
  filled: (column: string): RowTest => ({ test: 'filled', column }),
  outside: (column: string, min: number | undefined, max: number | undefined): RowTest => ({
    test: 'outside',
    column,
    min,
    max,
  }),
  unreadable: (column: string, as: ReadAs): RowTest => ({ test: 'unreadable', column, as }),
  oneOf: (column: string, values: readonly (string | number)[]): RowTest => ({ test: 'one-of', column, values }),
  mismatch: (column: string, pattern: string): RowTest => ({ test: 'mismatch', column, pattern }),
  sql: (text: string, is: 'true' | 'false' | 'null' = 'true'): RowTest => ({ test: 'sql', text: text.trim(), is }),
  /** The conjunction, with `every` and nested conjunctions folded away. */
  all: (...tests: readonly (RowTest | undefined)[]): RowTest => {
    const flat = tests.flatMap(test => {
      if (test === undefined || test.test === 'every') return [];
      return test.test === 'all' ? test.of : [test];
    });
    const [only] = flat;
    if (only === undefined) return EVERY;
    return flat.length === 1 ? only : { test: 'all', of: flat };
  },
} as const;

export const figure = {
  count: (where: RowTest = EVERY): DateFigure => ({ kind: 'date', measure: 'count', where }),
  min: (column: string, as: 'number' | 'instant', where: RowTest = EVERY): DateFigure => ({
    kind: 'date',
    measure: 'min',
    column,
    as,
    where,
  }),
  max: (column: string, as: 'number' | 'instant', where: RowTest = EVERY): DateFigure => ({
    kind: 'date',
    measure: 'max',
    column,
    as,
    where,
  }),
  sum: (column: string, where: RowTest = EVERY): DateFigure => ({
    kind: 'date',
    measure: 'sum',
    column,
    as: 'number',
    where,
  }),
  fingerprint: (except: readonly string[]): DateFigure => ({
    kind: 'date',
    measure: 'fingerprint',
    except,
    where: EVERY,
  }),
  leastHash: (column: string, where: RowTest = EVERY): DateFigure => ({
    kind: 'date',
    measure: 'least-hash',
    column,
    where,
  }),
  greatestHash: (column: string, where: RowTest = EVERY): DateFigure => ({
    kind: 'date',
    measure: 'greatest-hash',
    column,
    where,
  }),
  distinct: (columns: readonly string[], where: RowTest = EVERY): DateExactFigure => ({
    kind: 'date-exact',
    measure: 'distinct',
    columns,
    where,
  }),
  mostFrequent: (column: string, where: RowTest = EVERY): DateExactFigure => ({
    kind: 'date-exact',
    measure: 'most-frequent',
    column,
    where,
  }),
} as const;

/** The rows of a date: the figure that every table is measured by. */
export const ROWS: DateFigure = figure.count();

const ids = new WeakMap<Figure, FigureId>();

/** The identity of a figure, see `FigureId`. */
export function figureId(definition: Figure): FigureId {
  const known = ids.get(definition);
  if (known !== undefined) return known;
  const id = describeFigure(definition) as FigureId;
  ids.set(definition, id);
  return id;
}

function describeFigure(definition: Figure): string {
  const where = definition.where.test === 'every' ? '' : ` where ${describeTest(definition.where)}`;
  switch (definition.measure) {
    case 'count':
      return `count${where}`;
    case 'distinct':
      return `distinct(${definition.columns.map(quote).join(',')})${where}`;
    case 'fingerprint':
      return `fingerprint(except ${definition.except.map(quote).join(',')})${where}`;
    case 'most-frequent':
    case 'least-hash':
    case 'greatest-hash':
      return `${definition.measure}(${quote(definition.column)})${where}`;
    default:
      return `${definition.measure}(${quote(definition.column)} as ${definition.as})${where}`;
  }
}

function describeTest(test: RowTest): string {
  switch (test.test) {
    case 'every':
      return 'every';
    case 'null':
    case 'filled':
      return `${test.test}(${quote(test.column)})`;
    case 'any-null':
      return `any-null(${test.columns.map(quote).join(',')})`;
    case 'outside':
      return `outside(${quote(test.column)},${test.min ?? ''},${test.max ?? ''})`;
    case 'unreadable':
      return `unreadable(${quote(test.column)} as ${test.as})`;
    case 'one-of':
      return `one-of(${quote(test.column)},${JSON.stringify(test.values)})`;
    case 'mismatch':
      return `mismatch(${quote(test.column)},${quote(test.pattern)})`;
    case 'sql':
      return `sql(${quote(test.text)} is ${test.is})`;
    case 'all':
      return `all(${test.of.map(describeTest).join(';')})`;
  }
}

/** JSON quoting keeps the identity unambiguous whatever a name or an expression contains. */
function quote(text: string): string {
  return JSON.stringify(text);
}

/** The columns that a condition names outright. Those inside the user's SQL are found by the tokenizer in `warehouse/`. */
export function columnsOfTest(test: RowTest): readonly string[] {
  switch (test.test) {
    case 'every':
    case 'sql':
      return [];
    case 'any-null':
      return test.columns;
    case 'all':
      return test.of.flatMap(columnsOfTest);
    default:
      return [test.column];
  }
}

/** The columns that a figure names outright. */
export function columnsOf(definition: Figure): readonly string[] {
  const own =
    definition.measure === 'count' || definition.measure === 'fingerprint'
      ? []
      : definition.measure === 'distinct'
        ? definition.columns
        : [definition.column];
  return [...own, ...columnsOfTest(definition.where)];
}

/** The user's expressions inside a figure. */
export function expressionsOf(definition: Figure): readonly string[] {
  const walk = (test: RowTest): readonly string[] =>
    test.test === 'sql' ? [test.text] : test.test === 'all' ? test.of.flatMap(walk) : [];
  return walk(definition.where);
}
