// What is wrong with a command line, against what a script accepts: each mistake once, with what to do, and no false alarm.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearest } from '../../../src/pipeline/nearest';
import { type ArgumentProblem, problemsOf } from '../../../src/scripts/argument-problems';
import type { ScriptArguments } from '../../../src/scripts/arguments';
import { pythonArguments } from '../../../src/scripts/python-arguments';
import { shellArguments } from '../../../src/scripts/shell-arguments';

function accepted(found: ScriptArguments | undefined): ScriptArguments {
  if (found === undefined) throw new Error('the script takes no arguments');
  return found;
}

/** A script with a parser of these lines. */
function argparse(...lines: readonly string[]): ScriptArguments {
  return accepted(
    pythonArguments(['parser = argparse.ArgumentParser()', ...lines, 'args = parser.parse_args()'].join('\n')),
  );
}

const near = (name: string, of: readonly string[]): string | undefined => nearest(name, of);

function problems(line: string, of: ScriptArguments): readonly ArgumentProblem[] {
  return problemsOf(
    line.split(' ').filter(word => word !== ''),
    of,
    near,
  );
}

const JOB = argparse(
  `parser.add_argument('--start-date', '-s', required=True)`,
  `parser.add_argument('--start-time')`,
  `parser.add_argument('--dates', nargs='+')`,
  `parser.add_argument('--bounds', nargs=2)`,
  `parser.add_argument('--log', nargs='?')`,
  `parser.add_argument('--mode', choices=['fast', 'slow'])`,
  `parser.add_argument('--dry-run', '-n', action='store_true')`,
  `parser.add_argument('-v', action='count')`,
  'run(parser.parse_args())',
);

describe('a line that is as it should be', () => {
  test.each([
    '--start-date 2024-01-01',
    '-s 2024-01-01 --dry-run',
    '-s2024-01-01 -nv',
    '-nvs 2024-01-01',
    '--start-date=2024-01-01 --mode=fast',
    '--start-d 2024-01-01 --dry',
    '--start-date 2024-01-01 --dates 2024-01-01 2024-01-02 --bounds 1 2',
    '--start-date -5 --log --dry-run',
    '--log x -s 2024-01-01',
    '--help',
    '-h',
    // What a shell will put there is not known.
    '$FLAGS',
    '--start-date $START --mode $MODE',
    '--bounds ${BOTH} -s x',
  ])('%s', line => {
    expect(problems(line, JOB)).toEqual([]);
  });
});

describe('a mistake says what happened, to what, and what to do', () => {
  test.each<[string, Partial<ArgumentProblem>]>([
    [
      '-s x --dryrun',
      {
        kind: 'unknown-flag',
        flag: '--dryrun',
        at: 2,
        message: 'the script takes no --dryrun: did you mean --dry-run?',
        suggestion: '--dry-run',
      },
    ],
    ['-s x --modus=fast', { kind: 'unknown-flag', flag: '--modus', suggestion: '--mode=fast' }],
    [
      '-s x --start y',
      { kind: 'ambiguous-flag', at: 2, message: '--start may be --start-date or --start-time: write it in full' },
    ],
    [
      '--start-date',
      {
        kind: 'missing-value',
        flag: '--start-date',
        message: '--start-date needs a value, and nothing follows it: write --start-date START_DATE',
      },
    ],
    [
      '--start-date --dry-run',
      {
        kind: 'missing-value',
        message: '--start-date needs a value, and --dry-run follows: write --start-date START_DATE',
      },
    ],
    [
      '-s x --bounds 1',
      {
        kind: 'missing-value',
        message: '--bounds needs 2 values, and nothing follows it: write --bounds BOUNDS BOUNDS',
      },
    ],
    ['-s x --bounds=1', { kind: 'missing-value', message: '--bounds takes 2 values: write them behind it, apart' }],
    ['-s x --dates', { kind: 'missing-value', flag: '--dates' }],
    [
      '-s x --dry-run=yes',
      {
        kind: 'unexpected-value',
        message: '--dry-run is a switch and takes no value: write --dry-run alone',
        suggestion: '--dry-run',
      },
    ],
    [
      '-s x --dry-run true',
      {
        kind: 'unexpected-value',
        flag: '--dry-run',
        at: 3,
        message: '--dry-run is a switch and takes no value: leave out true',
      },
    ],
    [
      '-s x --mode fats',
      {
        kind: 'invalid-choice',
        at: 3,
        message: '--mode is fast or slow, not fats: did you mean fast?',
        suggestion: 'fast',
      },
    ],
    ['-s x --mode=quick', { kind: 'invalid-choice', at: 2, message: '--mode is fast or slow, not quick' }],
    [
      '--dry-run',
      {
        kind: 'missing-flag',
        flag: '--start-date',
        message: '--start-date is required, and it is not given: add --start-date START_DATE',
      },
    ],
    [
      '-s x 2024-01-01',
      {
        kind: 'unexpected-positional',
        at: 2,
        message: 'the script takes flags only, and 2024-01-01 is given: write its flag before it, or leave it out',
      },
    ],
  ])('%s', (line, expected) => {
    expect(problems(line, JOB)).toEqual([expect.objectContaining(expected)]);
  });

  test('what a script does not take at all is told with what it takes', () => {
    expect(problems('--project x', argparse(`parser.add_argument('--day')`))).toMatchObject([
      { kind: 'unknown-flag', message: 'the script takes no --project; it takes -h, --help, --day: leave it out' },
    ]);
  });

  test('several are told in the order of the line, what is not there last', () => {
    expect(problems('--mode quick --nope', JOB).map(({ kind }) => kind)).toEqual([
      'invalid-choice',
      'unknown-flag',
      'missing-flag',
    ]);
  });

  test('a flag that is accepted and ignored', () => {
    const ignoring = argparse(
      `parser.add_argument('--parallel', action='store_true')`,
      `parser.add_argument('--day')`,
      'print(parser.parse_args().day)',
    );
    expect(problems('--day x --parallel', ignoring)).toEqual([
      {
        kind: 'ignored-flag',
        flag: '--parallel',
        at: 2,
        message: 'the script accepts --parallel and never looks at it (line 2): leave it out',
      },
    ]);
  });
});

describe('positional arguments', () => {
  const table = argparse(
    `parser.add_argument('table')`,
    `parser.add_argument('config', nargs='?')`,
    `parser.add_argument('--dry-run', action='store_true')`,
    'run(parser.parse_args())',
  );

  test.each<[string, readonly string[]]>([
    ['players', []],
    ['players x.yaml', []],
    ['--dry-run players', []],
    ['-- players', []],
    ['', ['the script needs table (line 2), and it is not given: add it']],
    ['--dry-run', ['the script needs table (line 2), and it is not given: add it']],
    [
      'players x.yaml more',
      ['the script takes table, config and no more, and more is given: write its flag before it, or leave it out'],
    ],
    // What follows an unknown flag may be its value, or the table.
    ['--dry players', []],
    ['--nope players', ['the script takes no --nope; it takes -h, --help, --dry-run: leave it out']],
    ['--nope x players y.yaml', ['the script takes no --nope; it takes -h, --help, --dry-run: leave it out']],
  ])('%s', (line, messages) => {
    expect(problems(line, table).map(({ message }) => message)).toEqual(messages);
  });
});

describe('flags that exclude each other', () => {
  const either = argparse(
    `group = parser.add_mutually_exclusive_group(required=True)`,
    `group.add_argument('--all', action='store_true')`,
    `group.add_argument('--only')`,
    'run(parser.parse_args())',
  );

  test.each<[string, readonly string[]]>([
    ['--all', []],
    ['--only x', []],
    ['--all --all', []],
    ['--all --only x', ['--all and --only exclude each other: keep one of them']],
    ['', ['one of --all or --only is required, and none is given: add one']],
  ])('%s', (line, messages) => {
    expect(problems(line, either).map(({ message }) => message)).toEqual(messages);
  });
});

describe('where more may be accepted than the text shows', () => {
  const open = argparse(
    `parser.add_argument('--start-date', required=True)`,
    `parser.add_argument('--dry-run', action='store_true')`,
    'args, rest = parser.parse_known_args()',
    'run(args, rest)',
  );

  test.each(['--start-date x --nope', '--start-date x --nope y z', '--start-date x --dry-run y'])('%s', line => {
    expect(problems(line, open)).toEqual([]);
  });

  test('what is known is still asked for', () => {
    expect(problems('--nope', open)).toMatchObject([{ kind: 'missing-flag' }]);
    expect(problems('--start-date', open)).toMatchObject([{ kind: 'missing-value' }]);
  });
});

describe('how flags are written depends on what reads them', () => {
  const click = accepted(
    pythonArguments(
      `import click\n@click.command()\n@click.option('--start-date')\n@click.option('-v', count=True)\ndef main(**o): run(o)\n`,
    ),
  );
  const loop = accepted(
    shellArguments(`
while [[ $# -gt 0 ]]; do
  case "$1" in
    --start-date) START="$2"; shift 2 ;;
    --end-date=*) END="\${1#*=}"; shift ;;
    -v) VERBOSE=1; shift ;;
    -n) DRY=1; shift ;;
    *) echo "unknown: $1"; exit 1 ;;
  esac
done
run "$START" "$END" "$VERBOSE" "$DRY"
`),
  );
  const letters = accepted(
    shellArguments(
      `while getopts "s:vn" o; do case $o in s) S=$OPTARG ;; v) V=1 ;; n) N=1 ;; esac; done\nrun $S $V $N\n`,
    ),
  );

  test.each<[string, string, ScriptArguments, readonly string[]]>([
    ['click takes no abbreviations', '--start x', click, ['the script takes no --start: did you mean --start-date?']],
    ['click takes a value that looks like a flag', '--start-date -x', click, []],
    ['click takes letters together', '-vv', click, []],
    ['a loop takes a value apart', '--start-date x', loop, []],
    [
      'and not joined',
      '--start-date=x',
      loop,
      ['the script takes no value joined to --start-date: write --start-date x'],
    ],
    ['or joined', '--end-date=x', loop, []],
    [
      'and not apart',
      '--end-date x',
      loop,
      ['the script takes the value of --end-date joined to it only: write --end-date=END'],
    ],
    ['a loop takes no letters together', '-vn', loop, ['the script takes no -vn: did you mean -v?']],
    ['getopts does', '-vns x', letters, []],
    ['and values behind their letter', '-sx', letters, []],
  ])('%s: %s', (_, line, of, messages) => {
    expect(problems(line, of).map(({ message }) => message)).toEqual(messages);
  });
});

test('every problem is about an argument that was given, or about none, whatever is given', () => {
  const word = fc.constantFrom(
    '--start-date',
    '--start',
    '-s',
    '-nv',
    '--dates',
    '--bounds',
    '--mode=x',
    '--',
    '-5',
    'x',
    '$X',
    '--nope',
    '-',
    '',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), given => {
      for (const { at, message } of problemsOf(given, JOB, near)) {
        if (at !== undefined) expect(given[at]).toBeDefined();
        expect(message).not.toBe('');
      }
    }),
  );
});
