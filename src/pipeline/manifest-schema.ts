// The shape of phasegate.yaml, said once: the parser reads its pieces by it, and the JSON Schema for editors is made of it.
import { z } from 'zod';
import { aggregate } from '../checks/aggregate';
import { columnList, columnName, condition, duration, share } from '../checks/declare';
import { day, wholeDays } from '../checks/declare-dates';
import { orSourced } from '../checks/sourced';
import { CHECK_TYPES } from '../checks/registry';
import { either, idText, scalarText, size, text, timezone } from './manifest-scalars';
import { COLUMN_TYPES } from './pipeline';

/** The version of the manifest's shape that this Phasegate reads. */
export const MANIFEST_VERSION = 1;

const template = text.describe('Text; ${env:NAME} is read from the environment when it is used');
const reason = text.describe('Why: shown wherever it takes effect');

export const dateShape = either('a column, { column, timezone } or none', [
  text,
  z.strictObject({
    column: columnName,
    timezone: timezone.optional().describe('The zone in which an instant becomes a day'),
  }),
])
  .transform(written =>
    written === 'none' ? ('none' as const) : typeof written === 'string' ? { column: written } : written,
  )
  .describe('The column that says which date a row belongs to; none for a table without dates');

export const writtenShape = either('a column, { column, timezone } or none', [
  text,
  z.strictObject({
    column: columnName,
    timezone: timezone.optional().describe('The zone of write times that carry none; UTC unless said'),
  }),
])
  .transform(written =>
    written === 'none' ? ('none' as const) : typeof written === 'string' ? { column: written } : written,
  )
  .describe('The column that says when a row was written; none where there is none');

const calendarName = text.describe('The calendar that says which dates are expected');
const coverageShape = share.describe(
  'Covered share of the expected dates below which the table fails; 95% unless said',
);

const wholeNumber = z.number().int().min(0).max(100_000);
export const bootstrapShape = either('{ days: … } or { dates: … }', [
  z.strictObject({ days: wholeNumber.describe('Calendar days from the start of each season') }),
  z.strictObject({ dates: wholeNumber.describe('Dates held from the start of each season') }),
]).describe('The first part of each season, in which the table is not expected yet');

const phaseDefaults = {
  date: dateShape.optional(),
  calendar: calendarName.optional(),
  written: writtenShape.optional(),
  coverage: coverageShape.optional(),
  bootstrap: bootstrapShape.optional(),
};
export const phaseDefaultsShape = z
  .strictObject(phaseDefaults)
  .describe('What the tables of this phase have unless they say otherwise');
export const defaultsShape = z
  .strictObject({ target: text.optional().describe('The target used unless --target names another'), ...phaseDefaults })
  .describe('What all tables have unless they or their phase say otherwise');

export const duckDbShape = z.strictObject({
  type: z.literal('duckdb'),
  path: template
    .optional()
    .describe('The database file, from the manifest’s folder; left out where all tables are files'),
  memoryLimit: size.optional().describe('The most memory that DuckDB may take'),
  threads: z.number().int().min(1).max(1024).optional().describe('The most threads that DuckDB may use'),
  protected: z.boolean().optional().describe('Whether writing needs a further confirmation'),
});
export const bigQueryShape = z.strictObject({
  type: z.literal('bigquery'),
  project: template.describe('The project that is billed, and that holds the tables'),
  location: template.optional().describe('Where the datasets are, such as us-west2'),
  maximumBytesBilled: size.optional().describe('A query that would read more is refused'),
  protected: z.boolean().optional().describe('Whether writing needs a further confirmation'),
});
export const TARGET_SHAPES = { duckdb: duckDbShape, bigquery: bigQueryShape } as const;

export const knownGapShape = either('{ date, reason } or { from, to, reason }', [
  z.strictObject({ date: day, reason }),
  z.strictObject({ from: day, to: day, reason }),
]).describe('Dates that will never hold rows');

export const seasonShape = z.strictObject({
  id: idText.describe('The season’s name, such as 2024-25'),
  start: day,
  end: day,
});

const delimiter = z
  .string()
  .regex(/^[^\r\n"]$/, { error: 'a delimiter is one character, such as "," or "\\t"' })
  .describe('What separates the columns of CSV files; a comma unless said');

export const calendarShape = z
  .strictObject({
    table: text.optional().describe('A declared table, or a table of the target, with a row for everything scheduled'),
    csv: text.optional().describe('A CSV file with a row for everything scheduled'),
    days: z.enum(['daily', 'weekdays']).optional().describe('Every day, or Monday to Friday'),
    delimiter: delimiter.optional(),
    date: dateShape.optional().describe('The column that holds the date; defaults.date unless said'),
    columns: z
      .record(z.string(), z.enum(COLUMN_TYPES))
      .optional()
      .describe('Types of columns of a CSV file; they are text unless said'),
    where: condition.optional().describe('The rows that were held; every row unless said'),
    notHeld: condition.optional().describe('The rows that will never be held: postponed, cancelled'),
    units: z.record(z.string(), aggregate).optional().describe('What a date is expected to have, by name'),
    timezone: timezone.optional().describe('The zone in which a date begins; UTC unless said'),
    dueAfter: duration.optional().describe('When a date is due, from its own midnight; when it is over unless said'),
    start: day.optional().describe('The first date, where there are no seasons'),
    seasons: z.array(seasonShape).min(1).optional().describe('Dates outside of every season are off-days'),
    knownGaps: z.array(knownGapShape).optional(),
  })
  .meta({ oneOf: [{ required: ['table'] }, { required: ['csv'] }, { required: ['days'] }] });

const flag = z.string().regex(/^\S+$/, { error: 'a flag is one word, such as --dates' });
export const jobShape = z
  .strictObject({
    command: z
      .array(scalarText)
      .min(1)
      .optional()
      .describe('Program and arguments, each by itself; no shell reads them'),
    sql: text.optional().describe('An SQL file whose SELECT gives the rows of the dates bound as $dates'),
    env: z.record(z.string(), scalarText).optional().describe('Environment of the command'),
    envFile: template.optional().describe('A file of NAME=value lines, from the manifest’s folder'),
    dates: z
      .strictObject({
        list: flag.optional().describe('The flag that takes a list of dates'),
        range: z.tuple([flag, flag]).optional().describe('The flags that take the first and the last date'),
        one: flag.optional().describe('The flag that takes one date'),
      })
      .optional()
      .describe('How the command is told its dates; a list is used where it takes one'),
    options: z
      .record(z.string(), flag)
      .optional()
      .describe('Flags by what they mean; fresh: --no-resume is added where a checkpoint would make it skip dates'),
    secrets: z
      .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'a secret is the name of an environment variable' }))
      .optional()
      .describe('Environment variables that it needs and that are never written down or shown'),
    chunk: z
      .number()
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .describe('The most dates of one command, or statement; 30 unless said, 100 for sql jobs'),
    parallel: z
      .number()
      .int()
      .min(1)
      .max(64)
      .optional()
      .describe('How many of its commands may run at once; 1 unless said'),
    timeout: duration.optional().describe('A command that takes longer is ended; none unless said'),
    attempts: z
      .number()
      .int()
      .min(1)
      .max(20)
      .optional()
      .describe('How often a command that fails is tried in all; 3 unless said'),
    backoff: duration
      .optional()
      .describe('How long is waited before the second try, doubled for each further one; 10s unless said'),
    rewrites: z
      .enum(['replace', 'merge', 'append', 'unknown'])
      .optional()
      .describe('What running a date twice does; unknown unless said, replace for sql jobs'),
  })
  .meta({ oneOf: [{ required: ['command'] }, { required: ['sql'] }] });

export const dependencyShape = either('a table, or { table, lookback, coverage, optional, stale }', [
  text.transform(table => ({ table })),
  z.strictObject({
    table: text.describe('The table that is read'),
    lookback: wholeDays.optional().describe('Days before a date that its rows are computed from'),
    coverage: share
      .optional()
      .describe('Share of the dates needed below which a preflight fails; the table’s own coverage unless said'),
    optional: z.boolean().optional().describe('Whether a shortfall only warns'),
    stale: z
      .enum(['ignore', 'warn', 'fail'])
      .optional()
      .describe(
        'What dates are that were computed before their rows here were last written; warn where lookback is said',
      ),
  }),
]).describe('A table whose rows are read to write this one');

/** The type whose declaration is `rows:` of a table. */
export const ROWS_CHECK = 'rows';
const rowsType = CHECK_TYPES.get(ROWS_CHECK);

/** The types that stand in `checks:`; `rows` stands at the table itself. */
export const LISTED_CHECKS = new Map([...CHECK_TYPES].filter(([name]) => name !== ROWS_CHECK));

export const checkShape = z
  .strictObject(
    Object.fromEntries(
      [...LISTED_CHECKS].map(([name, type]) => [name, type.declaration.optional().describe(type.summary)]),
    ),
  )
  .meta({ minProperties: 1, maxProperties: 1, description: 'One check: its type and what it asks for' });

export const tableShape = z.strictObject({
  name: text.describe('Full name, dataset.table: what the table is called in the target, in SQL and in reports'),
  files: either('a path with {date}, or a list of files', [text, z.array(text).min(1)])
    .optional()
    .describe(
      'Where the rows are, if not in the target: one file a date (a path with {date}), or a list of files with a date column',
    ),
  delimiter: delimiter.optional(),
  date: dateShape.optional(),
  calendar: calendarName.optional(),
  key: columnList.optional().describe('The columns that tell rows apart; implies that they are unique'),
  columns: either('a list of columns, or a map of columns to their types', [
    columnList,
    z.record(z.string(), z.enum(COLUMN_TYPES)),
  ])
    .optional()
    .describe('Columns that must be there, with their types where they matter'),
  written: writtenShape.optional(),
  dependsOn: z.array(dependencyShape).optional(),
  job: text.optional().describe('The job that writes the table'),
  sources: z.array(text).optional().describe('Globs of the code that writes the table'),
  coverage: coverageShape.optional(),
  bootstrap: bootstrapShape.optional(),
  knownGaps: z.array(knownGapShape).optional(),
  rows: (rowsType?.declaration ?? z.never()).optional().describe(rowsType?.summary ?? ''),
  checks: z.array(checkShape).optional(),
});

export const phaseShape = z.strictObject({
  id: idText.describe('Number or short name of the phase'),
  name: text.optional().describe('What the phase is called'),
  defaults: phaseDefaultsShape.optional(),
  tables: z.array(tableShape).describe('The tables written in this phase'),
});

export const trainingNeedShape = z.strictObject({
  table: text.describe('A table that is trained on'),
  coverage: share.optional().describe('Share of its expected dates that must hold rows; 95% unless said'),
  where: condition.optional().describe('The rows that are trained on; every row unless said'),
  rows: orSourced(z.number().int().min(1), 'a whole number from 1')
    .optional()
    .describe('The least number of those rows over the whole range'),
  features: z
    .record(columnName, share)
    .optional()
    .describe('Columns, with the least share of those rows in which each is filled, in every season'),
  checks: z.array(checkShape).optional().describe('What else has to hold of the range, as in a table'),
});

export const trainingShape = z
  .strictObject({
    from: day.describe('The first date that is trained on'),
    to: day.describe('The last date that is trained on'),
    needs: z.array(trainingNeedShape).min(1).describe('The tables that it reads, and what has to hold of them'),
  })
  .describe('A training: which rows it learns from, and what they have to be like');

const dateOrRange = either('a date, or { from, to }', [
  day.transform(only => ({ from: only, to: only })),
  z.strictObject({ from: day, to: day }),
]);

export const acceptedShape = z.strictObject({
  table: text.describe('The table of the finding'),
  check: text.describe('The check: its id or type, or coverage, unexpected, stray-rows'),
  dates: either('a date, a list of dates, or { from, to }', [
    day.transform(only => [{ from: only, to: only }]),
    z.array(dateOrRange).min(1),
    z.strictObject({ from: day, to: day }).transform(range => [range]),
  ])
    .optional()
    .describe('The dates for which it is accepted; every date unless said'),
  reason,
  until: day.optional().describe('The last day on which it holds'),
});

export const manifestShape = z
  .strictObject({
    version: z.literal(MANIFEST_VERSION).describe('The version of this shape'),
    name: text.describe('The name of the pipeline'),
    asOf: day.optional().describe('Freezes the pipeline at the end of a date'),
    targets: z
      .record(z.string(), z.discriminatedUnion('type', [duckDbShape, bigQueryShape]))
      .optional()
      .describe('The warehouses, by name'),
    defaults: defaultsShape.optional(),
    calendars: z.record(z.string(), calendarShape).optional().describe('What says which dates are expected, by name'),
    jobs: z.record(z.string(), jobShape).optional().describe('What writes tables, by name'),
    phases: z.array(phaseShape).min(1).describe('The phases, in their order, with their tables'),
    trainings: z.record(z.string(), trainingShape).optional().describe('What is trained on the tables, by name'),
    accepted: z.array(acceptedShape).optional().describe('Findings that somebody has looked at and lives with'),
  })
  .describe('A data pipeline as Phasegate sees it');

/** The JSON Schema of the manifest, for completion and hovers in editors. */
export function manifestJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(manifestShape, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any', // a number taken from elsewhere says itself how it is written
  });
  return { $schema, title: 'phasegate.yaml', ...schema };
}
