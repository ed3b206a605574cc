// A table's `sql` job against what is declared of the table: it can be run, and gives every column that it must.
import { countOf } from '../model/percent';
import type { Result } from '../model/report';
import type { SqlJob, Table } from '../pipeline/pipeline';
import type { LiveColumn, WarehouseAnswer } from '../warehouse/warehouse';

/** The text of a job's file, or why it could not be read. */
export type JobText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

/** The `job` result of a table: what the warehouse says of the statement, held against date, key and columns. */
export function jobStatementResult(
  table: Table,
  job: SqlJob,
  text: JobText,
  answer: WarehouseAnswer<readonly LiveColumn[]> | undefined,
): Result {
  const base = {
    id: `${table.name}/job`,
    gate: 'check',
    table: table.name,
    check: 'job',
    source: job.source,
  };
  if (!text.ok) return { ...base, outcome: 'fail', message: `${text.message}: correct the \`sql\` of job ${job.name}` };
  if (answer === undefined || !answer.ok) {
    const failure = answer?.failure ?? { reason: 'unavailable', message: 'nothing was asked' };
    return failure.reason === 'statement'
      ? { ...base, outcome: 'fail', message: `${job.sql} cannot be run: ${failure.message}` }
      : { ...base, outcome: 'error', message: `${job.sql} could not be checked: ${failure.message}` };
  }
  const given = new Set(answer.value.map(({ name }) => name.toLowerCase()));
  const wanted = new Set(
    [
      ...(table.date === undefined ? [] : [table.date.column]),
      ...table.key,
      ...table.columns.keys(),
      ...(table.written === undefined ? [] : [table.written.column]),
    ].map(name => name.toLowerCase()),
  );
  const lacking = [...wanted].filter(name => !given.has(name));
  return lacking.length === 0
    ? { ...base, outcome: 'pass', message: `${job.sql} gives all ${countOf(wanted.size, 'declared column')}` }
    : {
        ...base,
        outcome: 'fail',
        message: `${job.sql} does not give ${lacking.join(', ')}: select ${lacking.length === 1 ? 'it' : 'them'}, or correct the manifest`,
      };
}
