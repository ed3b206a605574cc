// The flags that commands share, read and checked: a date that does not exist never reaches a question.
import { type Command, InvalidArgumentError } from 'commander';
import { type Day, parseDay } from '../model/day';

export interface CommonFlags {
  readonly manifest?: string;
  readonly target?: string;
  readonly from?: Day;
  readonly to?: Day;
  readonly season?: string;
  readonly asOf?: Day;
  readonly json?: boolean;
  readonly markdown?: string;
  readonly junit?: string;
  readonly sarif?: string;
  readonly warningsOk?: boolean;
  /** `--no-cache` makes it false. */
  readonly cache?: boolean;
  readonly verbose?: boolean;
}

/** A date flag's value. */
export function dayFlag(text: string): Day {
  const day = parseDay(text);
  if (day === undefined) throw new InvalidArgumentError(`${text} is no date: write one that exists, as in 2024-10-22.`);
  return day;
}

/** An instant flag's value, milliseconds since 1970 UTC: a date alone is its midnight, UTC. */
export function instantFlag(text: string): number {
  const isInstant = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2}))?$/.test(text);
  const value = isInstant ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(value))
    throw new InvalidArgumentError(
      `${text} is no instant: write one with its zone, as in 2026-01-04T09:30:00Z, or a date.`,
    );
  return value;
}

/** The value of a flag that says when something began that has begun, milliseconds since 1970 UTC. */
export function pastInstantFlag(text: string): number {
  const value = instantFlag(text);
  if (value > Date.now())
    throw new InvalidArgumentError(
      `${text} is still to come, and nothing can have been written since: say when the job began, with the right zone.`,
    );
  return value;
}

/** A count flag's value. */
export function countFlag(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError(`${text} is no number from 1 to 9999.`);
  return Number(text);
}

/** Adds the flags that say of what is spoken: which manifest, target and dates. */
export function withRangeFlags(command: Command): Command {
  return command
    .option('--manifest <file>', 'the manifest; else phasegate.yaml here or in a folder above')
    .option('--target <name>', 'the target; else the default one of the manifest')
    .option('--from <date>', 'the first date; else the start of the first season', dayFlag)
    .option('--to <date>', 'the last date; else the date as of which is judged', dayFlag)
    .option('--season <id>', 'the dates of one season')
    .option('--as-of <date>', 'judge what is due as of the end of a date', dayFlag)
    .option('--json', 'print JSON and nothing else')
    .option('--warnings-ok', 'end with 0 where there are only warnings')
    .option('--verbose', 'everything: every season grid, every run of dates, every command');
}

/** Adds the flags that every question takes whose answer is a report. */
export function withCommonFlags(command: Command): Command {
  return withRangeFlags(command)
    .option('--markdown <file>', 'also write the report as Markdown')
    .option('--junit <file>', 'also write the report as JUnit XML, a test case a check')
    .option('--sarif <file>', 'also write what is wrong as SARIF, at the line that asked for it')
    .option('--no-cache', 'measure everything, also what is proven unchanged');
}

/** What is wrong with flags that do not go together; `undefined` where nothing is. */
export function flagProblem(flags: CommonFlags): string | undefined {
  if (flags.season !== undefined && (flags.from !== undefined || flags.to !== undefined))
    return '--season says the dates: leave --from and --to out';
  if (flags.from !== undefined && flags.to !== undefined && flags.to < flags.from)
    return '--to lies before --from: exchange them';
  return undefined;
}
