// `phasegate blame`: since when the checks of a column fail, and which commits touched the table's code in between.
import type { Command } from 'commander';
import { EXIT } from '../model/outcome';
import { printBlame } from '../print/blame';
import type { ColumnBlame } from '../services/blame';
import { type CommonFlags, withRangeFlags } from './flags';
import { openAsked, refuse } from './opening';
import { type World, layout } from './world';

/** Adds `blame` to the program. @param end takes the exit code */
export function addBlameCommand(program: Command, world: World, end: (code: number) => void): void {
  withRangeFlags(
    program
      .command('blame')
      .description("since when the checks of a column fail, and which commits touched the table's sources in between")
      .argument('<table>', 'a table, by full or short name')
      .argument('<column>', 'a column of it that has a check'),
  )
    .option('--no-cache', 'measure everything, also what is proven unchanged')
    .action(async (table: string, column: string, flags: CommonFlags) => end(await blame(table, column, flags, world)));
}

async function blame(table: string, column: string, flags: CommonFlags, world: World): Promise<number> {
  const opened = await openAsked(flags, world);
  if (!opened.ok) return refuse('blame', opened, flags, world);
  const { services } = opened;
  try {
    const answer = await services.blame(table, column);
    if (!answer.ok) return refuse('blame', answer, flags, world);
    const { value } = answer;
    world.out(
      flags.json === true
        ? `${JSON.stringify({ schema: 'phasegate.blame/1', ...value }, undefined, 2)}\n`
        : printBlame(value, layout(world, flags.verbose)),
    );
    return exitOf(value);
  } finally {
    await services.close();
  }
}

/** 0: commits are named, or nothing fails. 1: something fails and no commit is found for it. 3: a check could not be evaluated. */
function exitOf({ verdict, checks }: ColumnBlame): number {
  if (verdict === 'error') return EXIT.error;
  const suspects = checks.filter(({ blame: found }) => found !== undefined);
  const isFound = suspects.some(({ blame: found }) => (found?.commits.length ?? 0) > 0);
  return suspects.length === 0 || isFound ? EXIT.pass : EXIT.fail;
}
