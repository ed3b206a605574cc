// The commands that plan, fill and follow, as they are declared. What they do is loaded late: a question must not wait for it.
import { type Command, InvalidArgumentError } from 'commander';
import { parseDay } from '../model/day';
import type { DayRange } from '../model/day-set';
import { type CommonFlags, countFlag, withRangeFlags } from './flags';
import { refuse } from './opening';
import type { World } from './world';

export interface PlanFlags extends CommonFlags {
  readonly upstream?: boolean;
  readonly stale?: boolean;
  readonly rebuild?: boolean;
  readonly keepGoing?: boolean;
  /** `--no-canary` makes it false. */
  readonly canary: boolean;
  readonly parallelSteps?: number;
  readonly parallelCommands?: number;
  readonly without?: readonly DayRange[];
  readonly python?: string;
  readonly out?: string;
}

export interface BackfillFlags extends PlanFlags {
  readonly plan?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly confirm?: string;
  readonly detach?: boolean;
}

/** Adds `plan` and `backfill` to the program. @param end takes the exit code */
export function addBackfillCommands(program: Command, world: World, end: (code: number) => void): void {
  withPlanFlags(
    program
      .command('plan')
      .description('what a backfill would run, for which dates and why; it only reads')
      .argument('<tables...>', 'tables or phases, by full or short name'),
  )
    .option('--out <file>', 'write the plan to a file, for "phasegate backfill --plan"')
    .action(async (tables: readonly string[], flags: PlanFlags) =>
      end(await (await import('./late')).showPlan(tables, flags, world)),
    );
  withPlanFlags(
    program
      .command('backfill')
      .description('fill exactly what is short, in order, behind gates, in a process of its own')
      .argument('[tables...]', 'tables or phases, by full or short name'),
  )
    .option('--plan <file>', 'run a plan that was made with "phasegate plan --out"')
    .option('--dry-run', 'show the plan and run nothing')
    .option('--yes', 'run without asking: needed where there is no terminal')
    .option('--confirm <target>', 'the name of a protected target, in the place of typing it')
    .option('--detach', 'do not wait for the run to end')
    .action(async (tables: readonly string[], flags: BackfillFlags) =>
      end(await (await import('./late')).backfill(tables, flags, world)),
    );
}

function withPlanFlags(command: Command): Command {
  return withRangeFlags(command)
    .option('--upstream', 'tables that those need and that are short come first')
    .option('--stale', 'also what was computed before its upstream was last written, and what this plan makes so')
    .option('--rebuild', 'all expected dates, not only those that are short')
    .option('--without <dates>', 'leave out a date, or a range as FROM..TO; may be repeated', rangesFlag)
    .option('--keep-going', 'go on with what does not need a step that failed')
    .option('--no-canary', 'do not try one date through the whole gate first')
    .option('--parallel-steps <n>', 'at most so many steps at once', countFlag)
    .option('--parallel-commands <n>', 'at most so many commands at once', countFlag)
    .option('--python <path>', 'the interpreter of ${python}');
}

/** `2024-01-02`, or `2024-01-02..2024-01-09`. */
function rangesFlag(text: string, earlier: readonly DayRange[] = []): readonly DayRange[] {
  const [first = '', last = first, ...more] = text.split('..');
  const [from, to] = [parseDay(first), parseDay(last)];
  if (more.length > 0 || from === undefined || to === undefined || to < from)
    throw new InvalidArgumentError(`${text} is no date or range: write 2024-10-22 or 2024-10-22..2024-10-29.`);
  return [...earlier, { from, to }];
}

export interface RunsFlags extends Pick<CommonFlags, 'manifest' | 'json' | 'verbose' | 'warningsOk'> {
  /** `true`: without a number. */
  readonly log?: number | true;
  readonly detach?: boolean;
  readonly confirm?: string;
}

/** Adds `runs` to the program. @param end takes the exit code */
export function addRunsCommands(program: Command, world: World, end: (code: number) => void): void {
  const runs = program.command('runs').description('runs of backfills: what became of them, and what they do now');
  const withFlags = (command: Command): Command =>
    command
      .option('--manifest <file>', 'the manifest; else phasegate.yaml here or in a folder above')
      .option('--json', 'print JSON and nothing else')
      .option('--warnings-ok', 'end with 0 where there are only warnings')
      .option('--verbose', 'all of them, and all of their dates');
  withFlags(
    runs.command('list', { isDefault: true }).description('the runs, newest first').allowExcessArguments(),
  ).action(async (flags: RunsFlags, command: Command) => {
    const [unknown] = command.args;
    if (unknown === undefined) return end((await import('./late')).listRuns(flags, world));
    // What is no command is taken for an argument of the default one, which takes none.
    const names = runs.commands.map(each => each.name());
    const message = `there is no command "runs ${unknown}": it is one of ${names.join(', ')}. A run is named behind it, as in "phasegate runs show ${unknown}"`;
    return end(refuse('runs', { ok: false, kind: 'usage', problems: [{ message }] }, flags, world));
  });
  const about = (name: 'show' | 'attach' | 'cancel' | 'resume', description: string, unlessNamed: string): Command =>
    withFlags(
      runs
        .command(name)
        .description(description)
        .argument('[run]', `its id, or the beginning or end of it; ${unlessNamed} unless said`),
    ).action(async (run: string | undefined, flags: RunsFlags) =>
      end(await (await import('./late')).aboutRun(name, run, flags, world)),
    );
  about('show', 'how a run stands, and what did not work', 'the newest').option(
    '--log [lines]',
    'the end of the logs of its steps too',
    countFlag,
  );
  about(
    'attach',
    'follow a run until it ends, with --json one event a line; Ctrl-C leaves it running',
    'the only one that runs',
  );
  about('cancel', 'end a run and all that it has started', 'the only one that runs');
  about('resume', 'go on with what is not proven of a run', 'the only one that can be gone on with')
    .option('--detach', 'do not wait for the run to end')
    .option('--confirm <target>', 'the name of a protected target, to go on writing to it');
}
