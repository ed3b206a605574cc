// What scripts with argparse and click accept, read from their text.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScriptArguments, ScriptFlag } from '../../../src/scripts/arguments';
import { pythonArguments } from '../../../src/scripts/python-arguments';

const SAMPLE = path.resolve(import.meta.dirname, '../../../media/sample');

function read(source: string): ScriptArguments {
  const found = pythonArguments(source);
  if (found === undefined) throw new Error('no parser was found');
  return found;
}

/** A script whose parser has these lines, and that hands on what it parsed. */
function argparse(...lines: readonly string[]): ScriptArguments {
  return read(
    ['import argparse', 'parser = argparse.ArgumentParser()', ...lines, 'run(parser.parse_args())', ''].join('\n'),
  );
}

function flagOf(source: ScriptArguments, name: string): ScriptFlag {
  const found = source.flags.find(({ names }) => names.includes(name));
  if (found === undefined) throw new Error(`no ${name} among ${source.flags.flatMap(({ names }) => names).join(', ')}`);
  return found;
}

/** Flags in one line each: names, takes, count. */
function shown({ flags }: ScriptArguments): readonly string[] {
  return flags
    .filter(({ dest }) => dest !== 'help')
    .map(({ names, takes, count }) => `${names.join('|')} ${takes} ${count.least}..${count.most ?? ''}`);
}

describe('argparse', () => {
  test.each([
    [`parser.add_argument('--start-date')`, '--start-date value 1..1'],
    [`parser.add_argument("-s", "--start-date", type=str)`, '-s|--start-date value 1..1'],
    [`parser.add_argument('--dates', nargs='+')`, '--dates values 1..'],
    [`parser.add_argument('--dates', nargs='*')`, '--dates values 0..'],
    [`parser.add_argument('--log', nargs='?', const='x')`, '--log value 0..1'],
    [`parser.add_argument('--range', nargs=2)`, '--range values 2..2'],
    [`parser.add_argument('--one', nargs=1)`, '--one value 1..1'],
    [`parser.add_argument('--only', action='append')`, '--only values 1..1'],
    [`parser.add_argument('--only', action='extend', nargs='+')`, '--only values 1..'],
    [`parser.add_argument('--dry-run', action='store_true')`, '--dry-run nothing 0..0'],
    [`parser.add_argument('--no-resume', action="store_false", dest='resume')`, '--no-resume nothing 0..0'],
    [`parser.add_argument('--mode', action='store_const', const=3)`, '--mode nothing 0..0'],
    [`parser.add_argument('-v', action='count', default=0)`, '-v nothing 0..0'],
    [`parser.add_argument('--version', action='version', version='1')`, '--version nothing 0..0'],
    [`parser.add_argument('--resume', action=argparse.BooleanOptionalAction)`, '--resume|--no-resume nothing 0..0'],
    [`parser.add_argument('--day', action=DayAction)`, '--day value 0..'],
    [`parser.add_argument('--day', nargs=HOW_MANY)`, '--day values 0..'],
    [`parser.add_argument('--start' '-date')`, '--start-date value 1..1'],
  ])('%s', (line, expected) => {
    const found = argparse(line);
    expect(shown(found)).toEqual([expected]);
    expect(found).toMatchObject({ complete: true, reader: 'argparse', abbreviations: true, positionals: [] });
  });

  test.each([
    [`'--start-date'`, 'start_date'],
    [`'-s', '--start-date', '--from'`, 'start_date'],
    [`'-s'`, 's'],
    [`'--start-date', dest='since'`, 'since'],
    [`'-x', '-y'`, 'x'],
  ])('the attribute of %s is %s', (names, dest) => {
    expect(argparse(`parser.add_argument(${names})`).flags.at(-1)?.dest).toBe(dest);
  });

  test('says what is known of a flag: its line, default, choices and help', () => {
    const found = argparse(
      'parser.add_argument(',
      '    "--mode",',
      '    required=True,',
      '    choices=["fast", "slow"],',
      '    default=os.environ.get("MODE"),  # from outside',
      '    help="how "',
      '    "fast",',
      ')',
    );
    expect(flagOf(found, '--mode')).toEqual({
      names: ['--mode'],
      dest: 'mode',
      line: 3,
      takes: 'value',
      count: { least: 1, most: 1 },
      equals: 'may',
      required: true,
      defaultText: 'os.environ.get("MODE")',
      choices: ['fast', 'slow'],
      help: 'how fast',
      read: 'unknown',
    });
  });

  test.each([
    [`choices=['a', 'b']`, ['a', 'b']],
    [`choices=('a', 'b')`, ['a', 'b']],
    [`type=int, choices=[1, 2]`, ['1', '2']],
    [`choices=MODES`, undefined],
    [`choices=['a', B]`, undefined],
    [`choices=range(3)`, undefined],
    // What is typed is not what is compared.
    [`type=str.lower, choices=['a', 'b']`, undefined],
  ])('with %s the value is one of %j', (keywords, choices) => {
    expect(flagOf(argparse(`parser.add_argument('--mode', ${keywords})`), '--mode').choices).toEqual(choices);
  });

  test.each([
    [`'table'`, { name: 'table', required: true, takes: 'value' }],
    [`'tables', nargs='+'`, { name: 'tables', required: true, takes: 'values' }],
    [`'tables', nargs='*'`, { name: 'tables', required: false, takes: 'values' }],
    [`'config', nargs='?'`, { name: 'config', required: false, takes: 'value' }],
    [`'bounds', nargs=2`, { name: 'bounds', required: true, takes: 'values', count: { least: 2, most: 2 } }],
    [`dest='table'`, { name: 'table', required: true }],
  ])('a positional argument: %s', (given, expected) => {
    expect(argparse(`parser.add_argument(${given})`).positionals).toMatchObject([{ line: 3, ...expected }]);
  });

  test('adds --help by itself, unless it is told not to', () => {
    expect(flagOf(argparse(), '-h')).toMatchObject({ names: ['-h', '--help'], takes: 'nothing', line: 2 });
    expect(read('p = argparse.ArgumentParser(add_help=False)\np.add_argument("--a")\n').flags).toHaveLength(1);
  });

  test('knows whether a long flag may be abbreviated', () => {
    expect(read('p = argparse.ArgumentParser(allow_abbrev=False)\n').abbreviations).toBe(false);
  });

  test('groups add to the parser they are groups of', () => {
    const found = argparse(
      `group = parser.add_argument_group('dates')`,
      `group.add_argument('--start-date', required=True)`,
      `either = parser.add_mutually_exclusive_group(required=True)`,
      `either.add_argument('--all', action='store_true')`,
      `either.add_argument('--only')`,
      `parser.add_argument_group('more').add_argument('--workers')`,
    );
    expect(shown(found).map(line => line.split(' ')[0])).toEqual(['--start-date', '--all', '--only', '--workers']);
    expect(flagOf(found, '--start-date').required).toBe(true);
    expect(found.exclusive).toEqual([{ flags: ['--all', '--only'], required: true }]);
    expect(found.complete).toBe(true);
  });

  test('finds parsers in functions, in classes, and handed to functions of the file', () => {
    const found = read(`
import argparse

class Job:
    def __init__(self):
        self.parser = argparse.ArgumentParser()
        self.parser.add_argument('--start-date', required=True)

def add_common(p):
    p.add_argument('--workers')

def build():
    parser = argparse.ArgumentParser()
    parser.add_argument('--dry-run', action='store_true')
    add_common(parser)
    return parser

args = build().parse_args()
`);
    expect(shown(found).map(line => line.split(' ')[0])).toEqual(['--start-date', '--workers', '--dry-run']);
    // Of two parsers nobody knows which one a call meets.
    expect(flagOf(found, '--start-date').required).toBe(false);
    expect(found.complete).toBe(true);
  });

  test.each([
    ['known arguments only', 'args, rest = parser.parse_known_args()'],
    ['names that are computed', 'for name in NAMES: parser.add_argument(name)'],
    ['an f-string', `parser.add_argument(f'--{name}')`],
    ['arguments that are unpacked', 'parser.add_argument(*names, **options)'],
    ['commands', `sub = parser.add_subparsers()`],
    ['the rest of the line', `parser.add_argument('rest', nargs=argparse.REMAINDER)`],
    ['somebody else adds to it', 'add_common_arguments(parser)'],
    ['arguments of another parser', 'child = argparse.ArgumentParser(parents=[parser])'],
    ['other prefixes', `child = argparse.ArgumentParser(prefix_chars='+')`],
    ['arguments in a file', `child = argparse.ArgumentParser(fromfile_prefix_chars='@')`],
    ['a parser that is made elsewhere', `common.parser().add_argument('--x')`],
    ['a broken statement', `parser.add_argument('--x', default=)`],
  ])('may accept more than it shows: %s', (_, line) => {
    expect(argparse(line).complete).toBe(false);
  });

  test('a parser that is only a parameter is made elsewhere', () => {
    const found = read('def add(parser):\n    parser.add_argument("--x")\n');
    expect(found.complete).toBe(false);
    expect(shown(found)).toEqual(['--x value 1..1']);
  });

  test('flags of a command are accepted, and never required of every call', () => {
    const found = argparse(
      `parser.add_argument('--project', required=True)`,
      `commands = parser.add_subparsers()`,
      `run = commands.add_parser('run')`,
      `run.add_argument('--start-date', required=True)`,
      `run.add_argument('table')`,
    );
    expect(flagOf(found, '--project').required).toBe(true);
    expect(flagOf(found, '--start-date').required).toBe(false);
    expect(found.positionals).toMatchObject([{ name: 'table', required: false, count: { least: 0 } }]);
  });

  test('survives errors elsewhere in the file', () => {
    const found = read(`
import argparse
def broken(:
    return {"a" 1}
parser = argparse.ArgumentParser()
parser.add_argument('--start-date')
x = [1, 2
`);
    expect(shown(found)).toEqual(['--start-date value 1..1']);
  });

  test.each(['x = 1\n', '# argparse.ArgumentParser()\n', 'import sys\nprint(sys.argv)\n', '"click"\n', ''])(
    'there is no parser in %j',
    source => {
      expect(pythonArguments(source)).toBeUndefined();
    },
  );
});

describe('whether a script looks at a flag', () => {
  function readOf(body: string, flag = '--dry-run'): ScriptFlag['read'] {
    const source = `
import argparse
parser = argparse.ArgumentParser()
parser.add_argument('--dry-run', action='store_true')
parser.add_argument('--workers', type=int)
${body}
`;
    return flagOf(read(source), flag).read;
  }

  test.each([
    ['args = parser.parse_args()\nif args.dry_run: stop()', 'yes'],
    ['args = parser.parse_args()\nprint(args.workers)', 'no'],
    ['args = parser.parse_args()\nargs.dry_run = False', 'no'],
    ['args = parser.parse_args()\nother.dry_run()', 'no'],
    [`args = parser.parse_args()\nx = getattr(args, 'dry_run', False)`, 'yes'],
    [`args = parser.parse_args()\nx = vars(args)['dry_run']`, 'yes'],
    [`args = parser.parse_args()\nx = vars(args).get('dry_run')`, 'yes'],
    ['args: argparse.Namespace = parser.parse_args()\nx = args.workers', 'no'],
    ['x = parser.parse_args().workers', 'no'],
    ['x = parser.parse_args().dry_run', 'yes'],
    ['args = parser.parse_args()\nopts = args\nx = opts.dry_run', 'yes'],
    ['args = parser.parse_args()\nif args is None: stop()', 'no'],
    // A function of the file that returns it, and is called in the file.
    ['def get():\n    return parser.parse_args()\nargs = get()\nx = args.workers', 'no'],
    ['def get():\n    args = parser.parse_args()\n    return args\nx = get().dry_run', 'yes'],
    // It leaves the file, or may.
    ['def get():\n    return parser.parse_args()', 'unknown'],
    ['def get():\n    return parser.parse_args()\nrun(get)', 'unknown'],
    ['args = parser.parse_args()\nrun(args)', 'unknown'],
    ['run(job, parser.parse_args())', 'unknown'],
    ['args = parser.parse_args()\nrun(options=args)', 'unknown'],
    ['args = parser.parse_args()\nrun(**vars(args))', 'unknown'],
    ['args = parser.parse_args()\nconfig = vars(args)', 'unknown'],
    ['args = parser.parse_args()\nfor name in names: getattr(args, name)', 'unknown'],
    ['args = parser.parse_args()\nx = args.__dict__', 'unknown'],
    ['self.args = parser.parse_args()', 'unknown'],
    ['parser.parse_args(argv, self)', 'unknown'],
    ['parser.parse_args(namespace=settings)', 'unknown'],
    ['args = parser.parse_args()\nprint(f"{args}")', 'unknown'],
    ['args = parser.parse_args()\nif args. :', 'unknown'],
    // Passed on, but read here as well.
    ['args = parser.parse_args()\nrun(args)\nx = args.dry_run', 'yes'],
    ['self.args = parser.parse_args()\nif self.args.dry_run: stop()', 'yes'],
    ['args, rest = parser.parse_known_args()\nx = args.dry_run', 'yes'],
    ['args, rest = parser.parse_known_args()\nrun(rest)', 'no'],
    // The tuple of a wrapper is another args, and so is the name of a keyword.
    ['args = parser.parse_args()\ndef wrap(*args):\n    return inner(*args)', 'no'],
    ['args = parser.parse_args()\nThread(target=f, args=(1,))', 'no'],
  ])('%j: %s', (body, expected) => {
    expect(readOf(body)).toBe(expected);
  });

  test('help and version act by themselves, an action of its own may', () => {
    const found = read(`
p = argparse.ArgumentParser()
p.add_argument('--version', action='version', version='1')
p.add_argument('--day', action=DayAction)
args = p.parse_args()
`);
    expect(found.flags.map(({ read: looked }) => looked)).toEqual(['yes', 'yes', 'unknown']);
  });
});

describe('click', () => {
  function command(...decorators: readonly string[]): ScriptArguments {
    return read(`import click\n@click.command()\n${decorators.join('\n')}\ndef main(**options):\n    run(options)\n`);
  }

  test.each([
    [`@click.option('--start-date', required=True)`, '--start-date value 1..1'],
    [`@click.option('-s', '--start-date', 'since')`, '-s|--start-date value 1..1'],
    [`@click.option('--dry-run', is_flag=True)`, '--dry-run nothing 0..0'],
    [`@click.option('--resume/--no-resume', default=True)`, '--resume|--no-resume nothing 0..0'],
    [`@click.option('--fast', 'mode', flag_value='fast')`, '--fast nothing 0..0'],
    [`@click.option('-v', count=True)`, '-v nothing 0..0'],
    [`@click.option('--only', multiple=True)`, '--only values 1..1'],
    [`@click.option('--range', nargs=2)`, '--range values 2..2'],
    [`@click.version_option()`, '--version nothing 0..0'],
  ])('%s', (decorator, expected) => {
    const found = command(decorator, `@click.option('--other')`);
    expect(shown(found)[0]).toBe(expected);
    expect(found).toMatchObject({ complete: true, reader: 'click', abbreviations: false });
    expect(flagOf(found, '--help').takes).toBe('nothing');
  });

  test.each([
    [`@click.option('--start-date')`, 'start_date'],
    [`@click.option('-s', '--start-date')`, 'start_date'],
    [`@click.option('-s', '--start-date', 'since')`, 'since'],
    [`@click.option('-S')`, 's'],
  ])('the parameter of %s is %s', (decorator, dest) => {
    expect(command(decorator).flags[0]?.dest).toBe(dest);
  });

  test('says what is known of an option', () => {
    const found = command(
      `@click.option('--mode', type=click.Choice(['fast', 'slow']), default='fast', help='how fast')`,
      `@click.option('--token', required=True, envvar='TOKEN')`,
      `@click.option('--day', required=True)`,
    );
    expect(flagOf(found, '--mode')).toMatchObject({
      line: 3,
      choices: ['fast', 'slow'],
      defaultText: `'fast'`,
      help: 'how fast',
      required: false,
    });
    // The environment may give it.
    expect(flagOf(found, '--token').required).toBe(false);
    expect(flagOf(found, '--day').required).toBe(true);
  });

  test.each([
    [`@click.argument('table')`, { required: true, takes: 'value' }],
    [`@click.argument('table', required=False)`, { required: false, takes: 'value' }],
    [`@click.argument('table', default='x')`, { required: false, takes: 'value' }],
    [`@click.argument('table', nargs=-1)`, { required: false, takes: 'values' }],
    [`@click.argument('table', nargs=-1, required=True)`, { required: true, takes: 'values' }],
    [`@click.argument('table', nargs=2)`, { required: true, takes: 'values', count: { least: 2, most: 2 } }],
  ])('%s', (decorator, expected) => {
    expect(command(decorator).positionals).toMatchObject([{ name: 'table', ...expected }]);
  });

  test('knows click by the names that were imported', () => {
    const found = read(`from click import command, option\n@command()\n@option('--day')\ndef main(day): use(day)\n`);
    expect(shown(found)).toEqual(['--day value 1..1']);
  });

  test.each([
    ['def main(day): use(day)', 'yes'],
    ['def main(day): pass', 'no'],
    ['def main(day): use(day=1)', 'no'],
    ['def main(day): use(locals())', 'unknown'],
    ['def main(**options): pass', 'unknown'],
  ])('%s: the option is looked at: %s', (definition, expected) => {
    const found = read(`import click\n@click.command()\n@click.option('--day')\n${definition}\n`);
    expect(flagOf(found, '--day').read).toBe(expected);
  });

  test.each([
    `@click.command()\n@common_options\n@click.option('--day')\ndef main(day): use(day)\n`,
    `@click.command(context_settings={'ignore_unknown_options': True})\n@click.option('--day')\ndef main(day): use(day)\n`,
    `@click.group()\ndef main(): pass\n@main.command()\n@click.option('--day', required=True)\ndef run(day): use(day)\n`,
    `@click.command()\n@click.option(DAY)\ndef main(day): use(day)\n`,
  ])('may accept more than it shows: %j', source => {
    const found = read(`import click\n${source}`);
    expect(found.complete).toBe(false);
    expect(found.flags.filter(({ required }) => required)).toEqual([]);
  });
});

describe('the jobs of the sample', () => {
  const JOBS = ['player_game_summary', 'team_offense_game_summary', 'team_defense_game_summary'];

  test.each(JOBS)('%s', job => {
    const file = path.join(SAMPLE, 'backfill_jobs/analytics', job, `${job}_analytics_backfill.py`);
    const found = read(readFileSync(file, 'utf8'));
    expect(found).toMatchObject({ complete: true, positionals: [], exclusive: [] });
    expect(shown(found)).toEqual([
      '--start-date value 1..1',
      '--end-date value 1..1',
      '--dates value 1..1',
      '--dry-run nothing 0..0',
      '--no-resume nothing 0..0',
      '--parallel nothing 0..0',
      '--workers value 1..1',
    ]);
    // The namespace is handed to the runner.
    expect(new Set(found.flags.slice(1).map(flag => flag.read))).toEqual(new Set(['unknown']));
    expect(flagOf(found, '--workers')).toMatchObject({ defaultText: '15', help: 'how many at once', line: 22 });
  });

  test('a source that is cut off anywhere never fails, and shows no flag on a wrong line', () => {
    const file = path.join(SAMPLE, 'backfill_jobs/analytics', JOBS[0] ?? '', `${JOBS[0] ?? ''}_analytics_backfill.py`);
    const source = readFileSync(file, 'utf8');
    const lines = source.split('\n');
    fc.assert(
      fc.property(fc.nat(source.length), length => {
        for (const { names, line, dest } of pythonArguments(source.slice(0, length))?.flags ?? [])
          if (dest !== 'help') expect(lines[line - 1]).toContain(names[0]);
      }),
    );
  });
});
