// A job's command against the script that it calls: is it there, does it take these flags, and is it one of the known traps (§2.2)?
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { nearest } from '../pipeline/nearest';
import type { CommandJob } from '../pipeline/pipeline';
import { FRESH, commandOf } from '../backfill/chunks';
import { parseDay } from '../model/day';
import type { ScriptArguments } from '../scripts/arguments';
import { type ArgumentProblem, problemsOf } from '../scripts/argument-problems';
import { pythonArguments } from '../scripts/python-arguments';
import { ScriptCache } from '../scripts/script-cache';
import { shellArguments } from '../scripts/shell-arguments';

export interface JobProblem {
  /** `refuse`: it may not be run so. */
  readonly severity: 'refuse' | 'warn';
  readonly message: string;
}

/** What a job's script says of itself. */
export interface JobScript {
  /** From the workspace; absent where the command calls no script of it. */
  readonly script: { readonly path: string; readonly hash: string; readonly text: string } | undefined;
  readonly problems: readonly JobProblem[];
  /** Whether it takes a list of dates as several words. */
  readonly listInWords: boolean;
  /** Whether its text tells everything that it takes: only then no problem means that it takes what it is given. */
  readonly isTold: boolean;
}

/** The option that makes a job forget its checkpoint, in scripts. */
const FORGETS_CHECKPOINT = /^--(?:no[-_]resume|fresh|restart)$/;
/** A larger script is not read. Bytes. */
const MOST_SCRIPT_BYTES = 4_000_000;
/** A date to try a command line with. */
const SOME_DAY = parseDay('2024-01-02');

const cache = new ScriptCache();

/** Reads the script of a job, and holds the job's command against it. */
export function jobScript(job: CommandJob, folder: string): JobScript {
  const traps = trapsOf(job);
  const at = scriptAt(job.command, folder);
  const none = { script: undefined, listInWords: false, isTold: false };
  if (at === undefined) return { ...none, problems: traps };
  const path = isAbsolute(at.path) ? at.path : join(folder, at.path);
  if (!existsSync(path))
    return {
      ...none,
      problems: [
        ...traps,
        { severity: 'refuse', message: `there is no ${at.path}: correct the command of job ${job.name}` },
      ],
    };
  if (!statSync(path).isFile() || statSync(path).size > MOST_SCRIPT_BYTES) return { ...none, problems: traps };
  const text = readFileSync(path, 'utf8');
  const script = {
    path: relative(folder, path),
    hash: createHash('sha256').update(text).digest('hex').slice(0, 16),
    text,
  };
  const accepted = argumentsOf(text, path);
  if (accepted === undefined) return { script, listInWords: false, isTold: false, problems: traps };
  const list = flagOf(accepted, job.dates.list);
  const listInWords = list?.takes === 'values' && list.count.most !== 1;
  const isTold = accepted.complete;
  return { script, listInWords, isTold, problems: [...traps, ...flagProblems(job, at.at, accepted, listInWords)] };
}

/** Where in a command the script stands, by its place and its path from the workspace. What follows -c is a program of its own. */
function scriptAt(
  command: readonly string[],
  folder: string,
): { readonly at: number; readonly path: string } | undefined {
  const at = command.findIndex(
    (part, i) => /\.(?:py|sh|bash)$/.test(part) && (i === 0 || !/^(?:--|-\w*c$)/.test(command[i - 1] ?? '')),
  );
  const module = command.indexOf('-m');
  const named = command[module + 1];
  // Behind the script's name `-m` is a flag of its own.
  if (module > 0 && (at < 0 || module < at) && named !== undefined && /^[\w.]+$/.test(named)) {
    const path = moduleAt(named, folder);
    return path === undefined ? undefined : { at: module + 1, path };
  }
  const path = command[at];
  return path === undefined || path.includes('${') ? undefined : { at, path };
}

/** The file of a module, from the workspace; `undefined` where its package is none of the workspace: it may be installed. */
function moduleAt(name: string, folder: string): string | undefined {
  const path = name.replaceAll('.', '/');
  const main = `${path}/__main__.py`;
  if (existsSync(join(folder, main))) return main;
  const [first = ''] = name.split('.');
  return existsSync(join(folder, first)) || existsSync(join(folder, `${first}.py`)) ? `${path}.py` : undefined;
}

function argumentsOf(text: string, path: string): ScriptArguments | undefined {
  return path.endsWith('.py') ? cache.get(text, pythonArguments) : cache.get(text, shellArguments);
}

function flagOf(accepted: ScriptArguments, name: string | undefined): ScriptArguments['flags'][number] | undefined {
  return accepted.flags.find(({ names }) => name !== undefined && names.includes(name));
}

/** What is wrong with the command as it would be run, and with the flags that are declared beside. */
function flagProblems(
  job: CommandJob,
  at: number,
  accepted: ScriptArguments,
  listInWords: boolean,
): readonly JobProblem[] {
  const near = (name: string, of: readonly string[]): string | undefined => nearest(name, of);
  const { dates } = job;
  const isTold = dates.list !== undefined || dates.range !== undefined || dates.one !== undefined;
  const argv = commandOf(job, isTold && SOME_DAY !== undefined ? [SOME_DAY] : [], { python: undefined, listInWords });
  const given = (isTold ? argv : job.command).slice(at + 1);
  const found = problemsOf(given, accepted, near).map(problem => ({
    severity: severityOf(problem),
    message: problem.message,
  }));
  const known = accepted.flags.flatMap(({ names }) => names);
  const declared = accepted.complete
    ? [...job.options].flatMap(([meaning, name]): readonly JobProblem[] =>
        known.includes(name) || given.includes(name)
          ? []
          : [
              {
                severity: 'warn',
                message: `its option ${meaning} names ${name}, which the script does not take${hint(near(name, known))}`,
              },
            ],
      )
    : [];
  return [...found, ...declared, ...resumeProblems(job, known)];
}

/** A job that is asked for a range goes on from its checkpoint's last date, and never retries an earlier one (§2.3). */
function resumeProblems({ command, dates, options }: CommandJob, known: readonly string[]): readonly JobProblem[] {
  const fresh = known.find(name => FORGETS_CHECKPOINT.test(name));
  const isFresh = options.has(FRESH) || command.some(part => FORGETS_CHECKPOINT.test(part));
  if (dates.list !== undefined || dates.range === undefined || fresh === undefined || isFresh) return [];
  return [
    {
      severity: 'refuse',
      message: `asked for a range it would go on from its checkpoint and leave out dates before: declare \`options: { ${FRESH}: ${fresh} }\`, or a flag that takes a list`,
    },
  ];
}

function hint(name: string | undefined): string {
  return name === undefined ? '' : `: did you mean ${name}?`;
}

/** A flag that is accepted and never looked at runs something else than was asked for, and so does every other mistake. */
function severityOf({ kind }: ArgumentProblem): JobProblem['severity'] {
  return kind === 'ambiguous-flag' ? 'warn' : 'refuse';
}

/** Flags that make a job do something else than what it says (§2.2), wherever they stand in the command. */
function trapsOf({ command, dates }: CommandJob): readonly JobProblem[] {
  const dry = command.find(part => /^--?dry[-_]?run$/i.test(part));
  const parallel = command.find(part => part.startsWith('--parallel'));
  const fresh = command.find(part => FORGETS_CHECKPOINT.test(part));
  const inVain: readonly JobProblem[] =
    parallel === undefined || dates.list === undefined
      ? []
      : [
          {
            severity: 'warn',
            message: `${parallel} has no effect beside ${dates.list}: such jobs work a list off date by date. Declare \`parallel\` on the job for several commands at once`,
          },
        ];
  if (dry === undefined) return inVain;
  return [
    {
      severity: 'refuse',
      message:
        parallel !== undefined
          ? `its command holds ${dry} beside ${parallel}: such jobs write all the same, for their workers never look at ${dry}. Take ${dry} out`
          : fresh !== undefined
            ? `its command holds ${dry} beside ${fresh}: such jobs write nothing and forget their real checkpoint. Take ${dry} out`
            : `its command holds ${dry}: a backfill that writes nothing is none. Take it out; "phasegate plan" shows what would be done`,
    },
  ];
}
