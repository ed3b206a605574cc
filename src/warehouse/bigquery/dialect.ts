// BigQuery's SQL (GoogleSQL).
import type { ReadAs } from '../../model/figures';
import type { ColumnSql, Dialect } from '../dialect';

const NUMERIC = /^(?:INT64|FLOAT64|NUMERIC.*|BIGNUMERIC.*)$/;

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** The column as a TIMESTAMP; civil times are in `timezone`. */
function instant({ sql, type }: ColumnSql, timezone: string): string {
  if (type === 'TIMESTAMP') return sql;
  if (type === 'DATETIME' || type === 'DATE') return `TIMESTAMP(${sql}, ${literal(timezone)})`;
  return `SAFE_CAST(${sql} AS TIMESTAMP)`;
}

function read(column: ColumnSql, as: ReadAs, timezone: string): string {
  const { sql, type } = column;
  switch (as) {
    case 'number':
      return NUMERIC.test(type) ? sql : `SAFE_CAST(${sql} AS FLOAT64)`;
    case 'instant':
      return `(UNIX_MICROS(${instant(column, timezone)}) / 1000.0)`;
    case 'day':
      return type === 'DATE' ? sql : `SAFE_CAST(${sql} AS DATE)`;
  }
}

export const bigqueryDialect: Dialect = {
  name: 'bigquery',
  readsEveryRowForStrays: false, // partitions that are not asked for are not billed
  identifier: name => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``,
  parameter: ({ name }) => `@${name}`,
  read,
  day: (column, date) => {
    const { sql, type } = column;
    if (type === 'DATE') return sql;
    if (type === 'TIMESTAMP') return `DATE(${sql}, ${literal(date.timezone ?? 'UTC')})`;
    if (type === 'DATETIME')
      return date.timezone === undefined ? `DATE(${sql})` : `DATE(TIMESTAMP(${sql}, 'UTC'), ${literal(date.timezone)})`;
    return date.timezone === undefined
      ? `SAFE_CAST(${sql} AS DATE)`
      : `DATE(SAFE_CAST(${sql} AS TIMESTAMP), ${literal(date.timezone)})`;
  },
  dayNumber: date => `UNIX_DATE(${date})`,
  countIf: condition => `COUNTIF(${condition})`,
  aggregate: (name, value, condition) =>
    `CAST(${name.toUpperCase()}(${condition === undefined ? value : `IF(${condition}, ${value}, NULL)`}) AS FLOAT64)`,
  distinct: (columns, condition) => {
    // FORMAT('%T') and COUNT(DISTINCT STRUCT) are not to be had everywhere; JSON keeps the types of the parts apart.
    const tuple = `TO_JSON_STRING(STRUCT(${columns.map(({ sql }, i) => `${sql} AS k${i}`).join(', ')}))`;
    return `COUNT(DISTINCT ${condition === undefined ? tuple : `IF(${condition}, ${tuple}, NULL)`})`;
  },
  fingerprint: (columns, condition) => {
    const row = `FARM_FINGERPRINT(TO_JSON_STRING(STRUCT(${columns.map(({ sql }, i) => `${sql} AS k${i}`).join(', ')}))) & 4294967295`;
    return `CAST(SUM(${condition === undefined ? row : `IF(${condition}, ${row}, NULL)`}) AS FLOAT64)`;
  },
  hash: value => `IF(${value} IS NULL, NULL, (FARM_FINGERPRINT(TO_JSON_STRING(${value})) >> 11) & 9007199254740991)`,
  // An aggregate cannot hold another one: the nearest BigQuery has is approximate where a date has very many distinct values.
  mostFrequent: (column, condition) =>
    `CAST((SELECT MAX(top.count) FROM UNNEST(APPROX_TOP_COUNT(${condition === undefined ? column : `IF(${condition}, ${column}, NULL)`}, 2)) AS top WHERE top.value IS NOT NULL) AS FLOAT64)`,
  text: value => `CAST(${value} AS STRING)`,
  matches: (text, pattern) => `REGEXP_CONTAINS(${text}, CONCAT('^(?:', ${pattern}, ')$'))`,
  number: expression => expression,
};
