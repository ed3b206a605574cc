// One run of the command line: which command, asked how, answered where, with which exit code.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { errorWords, stackWords } from '../model/error-words';
import { EXIT, exitCode } from '../model/outcome';
import { formatCount } from '../model/percent';
import type { Report } from '../model/report';
import { type GridPageParts, printCoverageHtml } from '../print/coverage-html';
import { printJson } from '../print/json';
import { printJUnit } from '../print/junit';
import { printMarkdown } from '../print/markdown';
import { rowLines } from '../print/rows';
import { printSarif } from '../print/sarif';
import { printTerminal } from '../print/terminal';
import type { Answer, Services } from '../services';
import { addBackfillCommands, addRunsCommands } from './backfill-commands';
import { addBlameCommand } from './blame';
import { type CommonFlags, pastInstantFlag, withCommonFlags } from './flags';
import { openAsked, refuse } from './opening';
import { VERSION, type World, layout } from './world';

/** An error of ours, not of the user's (sysexits' EX_SOFTWARE). */
const EXIT_BUG = 70;
/** Runs one command and gives its exit code. */
export async function run(args: readonly string[], world: World): Promise<number> {
  let code: number = EXIT.pass;
  const program = new Command('phasegate')
    .description(
      'See which dates of which tables are really there and right, and never start a phase before the one it needs.',
    )
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeOut: world.out, writeErr: world.err })
    .showSuggestionAfterError();

  const question = (
    name: string,
    description: string,
    ask: (services: Services, names: readonly string[], flags: QuestionFlags) => Promise<Answer>,
  ): Command => {
    const command = withCommonFlags(program.command(name).description(description));
    if (name === 'validate' || name === 'ready')
      command.option('--rows <n>', 'show up to n of the rows that each failed check is about');
    if (name === 'coverage') command.option('--html <file>', 'also write the coverage grid as one file, for a browser');
    if (name === 'validate') command.option('--compare', 'say what changed since the last report of the same tables');
    if (name === 'ready') command.argument('<training...>', 'a training of the manifest');
    else if (name === 'verify')
      command
        .argument('<tables...>', 'tables or phases, by full or short name')
        .requiredOption('--since <instant>', 'when the job began, such as 2026-01-04T09:30:00Z', pastInstantFlag);
    else if (name === 'preflight')
      command
        .argument('<tables...>', 'tables or phases, by full or short name')
        .option('--rebuild', 'judge for all expected dates, not only for those that are short');
    else if (name !== 'check')
      command.argument('[tables...]', 'tables or phases, by full or short name; all unless said');
    return command.action(async (first: readonly string[] | QuestionFlags, second?: QuestionFlags) => {
      const names = Array.isArray(first) ? (first as readonly string[]) : [];
      const flags = (Array.isArray(first) ? second : first) as QuestionFlags; // commander hands over arguments, then flags
      code = await answer(name, services => ask(services, names, flags), flags, world);
    });
  };
  question('check', 'compare the manifest with the live schema', services => services.check());
  question('coverage', 'which dates of which tables are there and right', (services, names) =>
    services.coverage(names),
  );
  question('preflight', 'whether tables may be written now; it only reads', (services, names, flags) =>
    services.preflight(names, { rebuild: flags.rebuild === true }),
  );
  question('validate', 'judge the declared checks of tables', (services, names) => services.validate(names));

  question('verify', 'whether tables were written since a job began, and whole', (services, names, flags) =>
    services.verify(names, flags.since ?? 0),
  );

  question('ready', 'whether a training may start, by what it needs of its tables', (services, names) =>
    services.ready(names[0] ?? ''),
  );

  const end = (given: number): void => void (code = given);
  addBlameCommand(program, world, end);
  addBackfillCommands(program, world, end);
  addRunsCommands(program, world, end);

  program
    .command('sample')
    .description('write the sample pipeline into a new folder')
    .argument('<folder>', 'a folder that is new or empty')
    .option('--dates <n>', 'only the last n dates: a small one')
    .option('--healthy', 'as if nothing had ever gone wrong')
    .action(async (folder: string, flags: SampleFlags) => {
      code = await sample(folder, flags, world);
    });

  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.pass : EXIT.usage;
    const verbose = args.includes('--verbose');
    world.err(`phasegate met an error of its own: ${verbose ? stackWords(error) : errorWords(error)}\n`);
    world.err(`Please report it${verbose ? '' : ', with what --verbose prints'}.\n`);
    return EXIT_BUG;
  }
}

/** Where the templates of the sample lie, from the bundle: dist/cli.js. */
const SAMPLE_TEMPLATES = join(__dirname, '..', 'media', 'sample');

interface SampleFlags {
  readonly dates?: string;
  readonly healthy?: boolean;
}

async function sample(folder: string, flags: SampleFlags, world: World): Promise<number> {
  const path = resolve(world.cwd, folder);
  const dates = flags.dates === undefined ? undefined : Number(flags.dates);
  if (dates !== undefined && (!Number.isInteger(dates) || dates < 1)) {
    world.err(`--dates ${flags.dates ?? ''} is no number of dates: ask for one or more\n`);
    return EXIT.usage;
  }
  const { writeSample } = await import('../sample/write'); // late: no question needs it
  const written = await writeSample(path, {
    templates: SAMPLE_TEMPLATES,
    state: flags.healthy === true ? 'healthy' : 'start',
    onProgress: message => {
      if (world.progress) world.err(`${message}\n`);
    },
    ...(dates === undefined ? {} : { dates }),
  });
  if (!written.ok) {
    world.err(`${written.message}\n`);
    return EXIT.usage;
  }
  if (written.warning !== undefined) world.err(`${written.warning}\n`);
  world.out(
    `${path}: ${formatCount(written.files)} files, ${formatCount(written.playerRows)} player rows\nNext: cd ${folder} && phasegate coverage\n`,
  );
  return EXIT.pass;
}

interface QuestionFlags extends CommonFlags {
  readonly rebuild?: boolean;
  readonly compare?: boolean;
  readonly rows?: string;
  readonly html?: string;
  /** Milliseconds since 1970 UTC. */
  readonly since?: number;
}

async function answer(
  command: string,
  ask: (services: Services) => Promise<Answer>,
  flags: QuestionFlags,
  world: World,
): Promise<number> {
  if (flags.rows !== undefined && !/^[1-9]\d{0,3}$/.test(flags.rows)) {
    const message = `--rows ${flags.rows} is no number of rows: ask for 1 to 9999`;
    return refuse(command, { ok: false, kind: 'usage', problems: [{ message }] }, flags, world);
  }
  const opened = await openAsked(flags, world);
  if (!opened.ok) return refuse(command, opened, flags, world);
  const { services } = opened;
  try {
    const given = await ask(services);
    if (!given.ok) return refuse(command, given, flags, world);
    const report = flags.compare === true ? await services.withHistory(given.report) : given.report;
    await show(report, services, flags, world);
    if (flags.rows !== undefined && flags.json !== true) await showRows(report, services, Number(flags.rows), world);
    return exitCode(report.verdict, flags.warningsOk === true);
  } finally {
    await services.close();
  }
}

/** Some of the rows that each failed check is about: on request only, for they are data. */
async function showRows(report: Report, services: Services, most: number, world: World): Promise<void> {
  const open = report.results.filter(
    ({ outcome, accepted, hasRows }) =>
      hasRows === true && accepted === undefined && (outcome === 'fail' || outcome === 'warn'),
  );
  for (const result of open) {
    const rows = await services.rowsOf(result, most, report.subject);
    world.out(`\n${result.id}\n`);
    if (!rows.ok) {
      world.out(`  ${rows.message}\n`);
      continue;
    }
    for (const line of rowLines(rows.value.columns, rows.value.rows)) world.out(`  ${line}\n`);
  }
}

/** The page of the coverage grid, as it lies beside our programs. */
function gridPage(programs: string): GridPageParts {
  const read = (name: string): string => readFileSync(join(programs, 'webview', name), 'utf8');
  return { script: read('grid.js'), style: read('grid.css') };
}

/** Commands whose reports are kept: they are evidence. */
const KEPT = new Set(['preflight', 'validate', 'verify', 'ready']);

async function show(report: Report, services: Services, flags: QuestionFlags, world: World): Promise<void> {
  const saving = KEPT.has(report.command) ? services.saveReport(report, printMarkdown(report)) : undefined;
  if (flags.json === true) {
    world.out(printJson(report));
  } else {
    world.out(printTerminal(report, layout(world, flags.verbose)));
  }
  const saved = await saving;
  if (saved?.ok === true && flags.json !== true) world.out(`Report: ${saved.path}\n`);
  if (saved?.ok === false) world.err(`${saved.message}\n`);
  for (const [file, what, print] of [
    [flags.html, 'coverage grid', (of: Report) => printCoverageHtml(of, gridPage(world.programs))],
    [flags.markdown, 'Markdown', printMarkdown],
    [flags.junit, 'JUnit XML', printJUnit],
    [flags.sarif, 'SARIF', (of: Report) => printSarif(of, VERSION)],
  ] as const) {
    if (file === undefined) continue;
    const path = resolve(world.cwd, file);
    try {
      writeFileSync(path, print(report));
    } catch (error) {
      world.err(`the ${what} could not be written to ${path}: ${errorWords(error)}\n`);
    }
  }
}
