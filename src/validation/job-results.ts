// What a preflight says of the job that is to write a table: given as plain data by who knows scripts, runs and locks. Pure.
import type { Outcome } from '../model/outcome';
import { countOf } from '../model/percent';
import type { Result } from '../model/report';
import type { SourceRef } from '../model/source';
import { type ResultContext, tableResult } from './results';

/** What is known of a job from outside of the tables. */
export interface JobFacts {
  readonly name: string;
  readonly source: SourceRef;
  readonly kind: 'command' | 'sql';
  /** What is wrong with its command: the script is not there, a flag is none of its own, a trap. `refuse`: it may not be run so. */
  readonly problems: readonly { readonly severity: 'refuse' | 'warn'; readonly message: string }[];
  /** The script that was read for it, from the workspace; absent where it is none that can be read. */
  readonly script: string | undefined;
  /** Whether its text tells everything that it takes. */
  readonly isTold: boolean;
  /** Who writes the table now, in words. `ours`: a run that holds its lock; else a process seen by its command line. */
  readonly writers: readonly { readonly ours: boolean; readonly words: string }[];
  /** Columns that its code writes and the live table has not, and those declared that it does not write; absent where the code does not tell. */
  readonly columns:
    | { readonly notThere: readonly string[]; readonly notWritten: readonly string[]; readonly where: SourceRef }
    | undefined;
  /** How long it takes, in words, from earlier runs; absent where there are none. */
  readonly duration: string | undefined;
}

/** The preflight's results about a job. */
export function jobResults(job: JobFacts, context: ResultContext): readonly Result[] {
  const result = (check: string, outcome: Outcome, message: string, source: SourceRef = job.source): Result => ({
    ...tableResult(context, check, outcome, message),
    source,
  });
  const refused = job.problems.filter(({ severity }) => severity === 'refuse');
  const [ours, foreign] = [true, false].map(of => job.writers.filter(writer => writer.ours === of));
  return [
    job.problems.length === 0
      ? result(
          'job',
          job.script === undefined || !job.isTold ? 'skipped' : 'pass',
          job.script === undefined
            ? `${job.name}: its command is no script that can be read`
            : job.kind === 'sql'
              ? `${job.name}: ${job.script} replaces exactly the dates that it is asked for`
              : job.isTold
                ? `${job.name}: ${job.script} takes every flag that it is given`
                : `${job.name}: what ${job.script} takes cannot be told from its text: try its command by hand`,
        )
      : result(
          'job',
          refused.length > 0 ? 'fail' : 'warn',
          `${job.name}: ${job.problems.map(({ message }) => message).join('; ')}`,
        ),
    ...writerResults(),
    ...columnResults(),
    result('duration', 'skipped', job.duration ?? 'unknown: no earlier run tells'),
  ];

  function writerResults(): readonly Result[] {
    if (ours !== undefined && ours.length > 0)
      return [
        result(
          'writer',
          'fail',
          `${ours.map(({ words }) => words).join('; ')}: one table has one writer. Wait for it, or cancel it`,
        ),
      ];
    if (foreign !== undefined && foreign.length > 0)
      return [
        result(
          'writer',
          'warn',
          `${foreign.map(({ words }) => words).join('; ')}: two writers of one table spoil each other's work. Make sure that it writes other dates, or end it`,
        ),
      ];
    return [result('writer', 'pass', 'nobody else is seen to write it')];
  }

  function columnResults(): readonly Result[] {
    const { columns } = job;
    if (columns === undefined) return [];
    const { notThere, notWritten, where } = columns;
    const parts = [
      ...(notThere.length === 0 ? [] : [`it writes ${notThere.join(', ')}, which the live table has not`]),
      ...(notWritten.length === 0
        ? []
        : [`it does not write ${notWritten.join(', ')}, which ${notWritten.length === 1 ? 'is' : 'are'} declared`]),
    ];
    return [
      parts.length === 0
        ? result('job_columns', 'pass', `the columns that its code writes fit`, where)
        : result(
            'job_columns',
            'warn',
            `${parts.join('; ')} (${countOf(notThere.length + notWritten.length, 'column')}). Correct the code, or the manifest`,
            where,
          ),
    ];
  }
}
