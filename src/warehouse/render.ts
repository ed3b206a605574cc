// A measurement as one statement: the same for every engine but for what its dialect says.
import { FIRST_SENSIBLE_DAY, LAST_SENSIBLE_DAY, formatDay } from '../model/day';
import type { DayRange } from '../model/day-set';
import type { Figure, RowTest } from '../model/figures';
import type { TableSource } from '../pipeline/pipeline';
import type { ColumnSql, Dialect, Parameter } from './dialect';
import type { LiveColumn, Measurement, RowSample } from './warehouse';

/** A statement, and the values sent beside it. Its columns: `d` (days since 1970), `n` (rows), `m` (misfiled rows, where asked), `f0`… */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
}

/** Where a measurement's rows come from. */
export interface Relation {
  /** What stands behind FROM. */
  readonly sql: string;
  readonly columns: readonly LiveColumn[];
  /** Columns whose raw text stands under another name beside the typed one, by lower-case name. */
  readonly raw: ReadonlyMap<string, string>;
  /** The SQL of a row's date where its file says it; else the date column does. */
  readonly fileDay: string | undefined;
}

/** Renders a measurement over a relation that has every column it names. */
export function renderMeasurement(measurement: Measurement, relation: Relation, dialect: Dialect): Statement {
  const { source, figures } = measurement;
  const writer = new Writer(relation, source, dialect);
  const day = writer.day();
  const select = [
    day === undefined ? `${dialect.number('0')} AS d` : `${dialect.dayNumber(day)} AS d`,
    `${dialect.number('count(*)')} AS n`,
    ...(relation.fileDay === undefined || source.date === undefined || !writer.has(source.date.column)
      ? []
      : [
          `${dialect.number(dialect.countIf(`${writer.ownDay(source.date)} IS DISTINCT FROM ${relation.fileDay}`))} AS m`,
        ]),
    ...figures.map((figure, i) => `${writer.figure(figure)} AS f${i}`),
  ];
  const everyRow = relation.fileDay !== undefined || (measurement.strays && dialect.readsEveryRowForStrays);
  const where = day === undefined || everyRow ? undefined : writer.dates(day, measurement);
  const sql = [
    `SELECT ${select.join(',\n  ')}`,
    `FROM ${relation.sql}`,
    ...(where === undefined ? [] : [`WHERE ${where}`]),
    ...(day === undefined ? [] : ['GROUP BY 1']),
  ].join('\n');
  return { sql, parameters: writer.parameters };
}

/** Renders the rows of a relation that meet any of some conditions, each column as text under its own name. */
export function renderRows({ source, range, tests, most }: RowSample, relation: Relation, dialect: Dialect): Statement {
  const writer = new Writer(relation, source, dialect);
  const day = writer.day();
  const columns = relation.columns.map(({ name }) => {
    const raw = relation.raw.get(name.toLowerCase());
    return `${dialect.text(dialect.identifier(raw ?? name))} AS ${dialect.identifier(name)}`;
  });
  const conditions = [
    ...(day === undefined ? [] : [writer.within(day, range)]),
    `(${tests.length === 0 ? 'TRUE' : tests.map(test => `(${writer.test(test)})`).join(' OR ')})`,
  ];
  const sql = [
    `SELECT ${columns.join(', ')}`,
    `FROM ${relation.sql}`,
    `WHERE ${conditions.join(' AND ')}`,
    ...(day === undefined ? [] : [`ORDER BY ${day} DESC`]),
    `LIMIT ${most}`,
  ].join('\n');
  return { sql, parameters: writer.parameters };
}

/** Writes the parts of one statement about one relation and collects its parameters, beside those of other relations. */
export class Writer {
  readonly parameters: Parameter[];
  private readonly relation: Relation;
  private readonly source: TableSource;
  private readonly dialect: Dialect;
  private readonly byName: ReadonlyMap<string, LiveColumn>;

  constructor(relation: Relation, source: TableSource, dialect: Dialect, parameters: Parameter[] = []) {
    this.parameters = parameters;
    this.relation = relation;
    this.source = source;
    this.dialect = dialect;
    this.byName = new Map(relation.columns.map(column => [column.name.toLowerCase(), column]));
  }

  has(name: string): boolean {
    return this.byName.has(name.toLowerCase());
  }

  /** The date of a row, `undefined` for a table without dates. */
  day(): string | undefined {
    if (!this.source.dated) return undefined;
    return this.relation.fileDay ?? (this.source.date === undefined ? undefined : this.ownDay(this.source.date));
  }

  /** The date that a row's own column says. */
  ownDay(date: NonNullable<TableSource['date']>): string {
    return this.dialect.day(this.column(date.column), date);
  }

  /** The dates that are read: those asked for, and with `strays` the rows on no date that can be meant. */
  dates(day: string, { range, only, strays }: Measurement): string {
    const ranges: readonly DayRange[] = only === undefined ? [range] : [...only.ranges()];
    const asked = ranges.map(each => this.within(day, each));
    if (!strays) return asked.length === 0 ? 'FALSE' : asked.join(' OR ');
    const sense = `${day} NOT BETWEEN ${this.dayValue(formatDay(FIRST_SENSIBLE_DAY))} AND ${this.dayValue(formatDay(LAST_SENSIBLE_DAY))}`;
    return [...asked, `${day} IS NULL`, sense].join(' OR ');
  }

  figure(figure: Figure): string {
    const condition = figure.where.test === 'every' ? undefined : this.test(figure.where);
    switch (figure.measure) {
      case 'count':
        return this.dialect.number(this.count(figure.where));
      case 'distinct':
        return this.dialect.number(
          this.dialect.distinct(
            figure.columns.map(name => ({ name, sql: this.raw(name).sql })),
            condition,
          ),
        );
      case 'fingerprint': {
        const except = new Set(figure.except.map(name => name.toLowerCase()));
        const columns = this.relation.columns
          .filter(({ name }) => !except.has(name.toLowerCase()))
          .map(({ name }) => ({ name, sql: this.raw(name).sql }))
          .sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
        return this.dialect.fingerprint(columns, condition);
      }
      case 'least-hash':
      case 'greatest-hash':
        return this.dialect.aggregate(
          figure.measure === 'least-hash' ? 'min' : 'max',
          this.dialect.hash(this.raw(figure.column).sql),
          condition,
        );
      case 'most-frequent':
        return this.dialect.mostFrequent(this.raw(figure.column).sql, condition);
      default:
        return this.dialect.aggregate(
          figure.measure,
          this.dialect.read(this.raw(figure.column), figure.as, this.zoneOf(figure.column)),
          condition,
        );
    }
  }

  /** Counting a column is cheaper than counting the rows that meet a condition. */
  private count(where: RowTest): string {
    switch (where.test) {
      case 'every':
        return 'count(*)';
      case 'filled':
        return `count(${this.raw(where.column).sql})`;
      case 'null':
        return `count(*) - count(${this.raw(where.column).sql})`;
      case 'unreadable': {
        const column = this.raw(where.column);
        return `count(${column.sql}) - count(${this.dialect.read(column, where.as, this.zoneOf(where.column))})`;
      }
      default:
        return this.dialect.countIf(this.test(where));
    }
  }

  /** The condition of rows on dates of a range. */
  within(day: string, { from, to }: DayRange): string {
    return `${day} BETWEEN ${this.dayValue(formatDay(from))} AND ${this.dayValue(formatDay(to))}`;
  }

  /** A condition on a row. */
  test(test: RowTest): string {
    switch (test.test) {
      case 'every':
        return 'TRUE';
      case 'null':
        return `${this.raw(test.column).sql} IS NULL`;
      case 'filled':
        return `${this.raw(test.column).sql} IS NOT NULL`;
      case 'any-null':
        return `(${test.columns.map(column => `${this.raw(column).sql} IS NULL`).join(' OR ')})`;
      case 'unreadable': {
        const column = this.raw(test.column);
        return `(${column.sql} IS NOT NULL AND ${this.dialect.read(column, test.as, this.zoneOf(test.column))} IS NULL)`;
      }
      case 'outside': {
        const value = this.dialect.read(this.raw(test.column), 'number', 'UTC');
        const sides = [
          ...(test.min === undefined ? [] : [`${value} < ${this.numberValue(test.min)}`]),
          ...(test.max === undefined ? [] : [`${value} > ${this.numberValue(test.max)}`]),
        ];
        return sides.length === 0 ? 'FALSE' : `(${sides.join(' OR ')})`;
      }
      case 'one-of': {
        const column = this.raw(test.column);
        const texts = test.values.filter(value => typeof value === 'string');
        const numbers = test.values.filter(value => typeof value === 'number');
        const sides = [
          ...(texts.length === 0
            ? []
            : [
                `${this.dialect.text(column.sql)} IN (${texts.map(value => this.value({ type: 'text', value })).join(', ')})`,
              ]),
          ...(numbers.length === 0
            ? []
            : [
                `${this.dialect.read(column, 'number', 'UTC')} IN (${numbers.map(value => this.numberValue(value)).join(', ')})`,
              ]),
        ];
        return sides.length === 0 ? 'FALSE' : `(${sides.join(' OR ')})`;
      }
      case 'mismatch': {
        const { sql } = this.raw(test.column);
        const matches = this.dialect.matches(this.dialect.text(sql), this.value({ type: 'text', value: test.pattern }));
        return `(${sql} IS NOT NULL AND NOT ${matches})`;
      }
      case 'sql':
        // On lines of its own: a comment at its end comments out nothing of ours.
        return `(\n${test.text}\n) IS ${test.is.toUpperCase()}`;
      case 'all':
        return test.of.map(each => this.test(each)).join(' AND ');
    }
  }

  /** The column as expressions see it: typed where its type is declared. */
  column(name: string): ColumnSql {
    const live = this.byName.get(name.toLowerCase());
    return { sql: this.dialect.identifier(live?.name ?? name), type: live?.type ?? 'VARCHAR' };
  }

  /** The column as it was written, before a declared type is laid over it: what does not cast is seen there. */
  private raw(name: string): ColumnSql {
    const raw = this.relation.raw.get(name.toLowerCase());
    return raw === undefined ? this.column(name) : { sql: this.dialect.identifier(raw), type: 'VARCHAR' };
  }

  private zoneOf(column: string): string {
    const { written } = this.source;
    return written !== undefined && written.column.toLowerCase() === column.toLowerCase() ? written.timezone : 'UTC';
  }

  private dayValue(value: string): string {
    return this.value({ type: 'day', value });
  }

  private numberValue(value: number): string {
    return this.value({ type: 'number', value });
  }

  private value(value: Omit<Parameter, 'name'>): string {
    const known = this.parameters.find(parameter => parameter.type === value.type && parameter.value === value.value);
    if (known !== undefined) return this.dialect.parameter(known);
    const parameter = { name: `p${this.parameters.length}`, ...value };
    this.parameters.push(parameter);
    return this.dialect.parameter(parameter);
  }
}
