// Declared columns against live ones: `columns`, and every column that key, date, written and checks name.
import { columnsOf, expressionsOf } from '../model/figures';
import { countOf } from '../model/percent';
import type { Result } from '../model/report';
import type { SourceRef } from '../model/source';
import { nearest } from '../pipeline/nearest';
import { calendarFigures } from '../pipeline/calendar-figures';
import type { MeasuredCalendar, Table } from '../pipeline/pipeline';
import { columnsOfExpression } from '../warehouse/expression-tokens';
import type { TableDescription } from '../warehouse/warehouse';

/** The columns that a table's declaration names, and the expressions that name more. */
export interface NamedColumns {
  readonly columns: readonly string[];
  readonly expressions: readonly string[];
}

export function namedColumns(table: Table): NamedColumns {
  const figures = table.checks.flatMap(check => check.figures);
  const columns = [
    ...table.columns.keys(),
    ...table.key,
    // A dated file is dated by its name; its date column is looked at only where it is there.
    ...(table.date === undefined || table.location.kind === 'file-per-date' ? [] : [table.date.column]),
    ...(table.written === undefined ? [] : [table.written.column]),
    ...figures.flatMap(columnsOf),
  ];
  return { columns: [...new Set(columns)], expressions: [...new Set(figures.flatMap(expressionsOf))] };
}

/** The columns that a calendar names. */
export function calendarColumns(calendar: MeasuredCalendar): NamedColumns {
  const figures = calendarFigures(calendar);
  return {
    columns: [
      ...new Set([
        ...(calendar.rows.date === undefined ? [] : [calendar.rows.date.column]),
        ...figures.flatMap(columnsOf),
      ]),
    ],
    expressions: [...new Set(figures.flatMap(expressionsOf))],
  };
}

/** Whose columns are compared: a table's or a calendar's, and where it is declared. */
export interface SchemaQuestion {
  readonly gate: string;
  readonly name: string;
  readonly source: SourceRef;
  readonly description: TableDescription;
  readonly named: NamedColumns;
  readonly dialect: 'duckdb' | 'bigquery';
}

/** The `columns` result: every declared column is in the live table, or which are not. */
export function schemaResult({ gate, name: table, source, description, named, dialect }: SchemaQuestion): Result {
  const base = { id: `${table}/columns`, gate, table, check: 'columns', source };
  if (description.state === 'absent') {
    return { ...base, outcome: 'skipped', message: `${table} is not there yet: ${description.message}` };
  }
  if (description.state === 'unreadable') {
    return {
      ...base,
      outcome: 'error',
      message: `the columns of ${table} could not be read: ${description.message}`,
    };
  }
  if (description.isEmpty === true)
    return {
      ...base,
      outcome: 'skipped',
      message: `no file of ${table} holds anything yet: its columns are not known`,
    };
  const live = description.columns.map(column => column.name);
  const lower = new Set(live.map(name => name.toLowerCase()));
  const wanted = new Set(named.columns);
  const refused: string[] = [];
  for (const text of named.expressions) {
    const found = columnsOfExpression(text, live, dialect);
    if (found.ok) for (const column of [...found.columns, ...found.absent]) wanted.add(column);
    else refused.push(`${text}: ${found.message}`);
  }
  const absent = [...wanted].filter(name => !lower.has(name.toLowerCase()));
  if (absent.length > 0) {
    const list = absent.map(name => {
      const near = nearest(name, live);
      return near === undefined ? name : `${name} (nearest: ${near})`;
    });
    return {
      ...base,
      outcome: 'fail',
      value: {
        part: wanted.size - absent.length,
        whole: wanted.size,
        share: (wanted.size - absent.length) / wanted.size,
      },
      message: `${countOf(absent.length, 'declared column')} of ${wanted.size} not in the live ${description.kind}: ${list.join(', ')}. Correct the manifest, or restore the column`,
    };
  }
  if (refused.length > 0)
    return { ...base, outcome: 'error', message: `an expression cannot be used: ${refused.join('; ')}` };
  return {
    ...base,
    outcome: 'pass',
    value: { part: wanted.size, whole: wanted.size, share: 1 },
    message: `${wanted.size} of ${countOf(wanted.size, 'declared column')} are in the live ${description.kind === 'files' ? 'files' : description.kind}`,
  };
}
