// What bash scripts accept, read from their argument loops, getopts and numbered parameters.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScriptArguments } from '../../../src/scripts/arguments';
import { shellArguments } from '../../../src/scripts/shell-arguments';

function read(source: string): ScriptArguments {
  const found = shellArguments(source);
  if (found === undefined) throw new Error('no arguments were found');
  return found;
}

/** A script that reads its arguments in a loop with these branches. */
function loop(...branches: readonly string[]): ScriptArguments {
  return read(`#!/bin/bash
while [[ $# -gt 0 ]]; do
  case "$1" in
    ${branches.join('\n    ')}
  esac
done
run "$START_DATE" "$END_DATE" "$DRY_RUN" "$DAYS" "$WORKERS"
`);
}

const REFUSE = '*) echo "unknown option: $1" >&2; exit 1 ;;';

/** Flags in one line each: names, takes, how a value is joined, where it goes. */
function shown({ flags }: ScriptArguments): readonly string[] {
  return flags.map(({ names, takes, equals, dest }) => `${names.join('|')} ${takes} ${equals} ${dest}`);
}

describe('an argument loop', () => {
  test.each([
    ['--start-date) START_DATE="$2"; shift 2 ;;', '--start-date value never START_DATE'],
    ['-s | --start-date) START_DATE=$2; shift; shift ;;', '-s|--start-date value never START_DATE'],
    ['--start-date) shift; START_DATE="$1"; shift ;;', '--start-date value never START_DATE'],
    ['--start-date) START_DATE="${2:?needs a date}"; shift 2 ;;', '--start-date value never START_DATE'],
    ['"--start-date") START_DATE="$2"; shift 2 ;;', '--start-date value never START_DATE'],
    ['--skip) shift 2 ;;', '--skip value never skip'],
    ['--start-date=*) START_DATE="${1#*=}"; shift ;;', '--start-date value must START_DATE'],
    ['--dry-run) DRY_RUN=true; shift ;;', '--dry-run nothing never DRY_RUN'],
    ['-h|--help) usage; exit 0 ;;', '-h|--help nothing never help'],
    ['--range) START_DATE="$2"; END_DATE="$3"; shift 3 ;;', '--range values never START_DATE'],
    ['--days) shift; while [[ $# -gt 0 && $1 != -* ]]; do DAYS+=("$1"); shift; done ;;', '--days values never DAYS'],
  ])('%s', (branch, expected) => {
    const found = loop(branch, REFUSE);
    expect(shown(found)).toEqual([expected]);
    expect(found).toMatchObject({ complete: true, reader: 'case', abbreviations: false, positionals: [] });
  });

  test('a flag with a branch for each way to write it takes both', () => {
    expect(
      shown(loop('--start-date) START_DATE="$2"; shift 2 ;;', '--start-date=*) START_DATE="${1#*=}"; shift ;;')),
    ).toEqual(['--start-date value may START_DATE']);
    expect(shown(loop('--start-date|--start-date=*) START_DATE="$2"; shift 2 ;;'))).toEqual([
      '--start-date value may START_DATE',
    ]);
  });

  test('knows the line, the default, and how many values there are', () => {
    const found = read(`WORKERS=15
START_DATE=""
while (( $# )); do
  case $1 in
    --workers) WORKERS=$2; shift 2 ;;
    --start-date) START_DATE=$2; shift 2 ;;
  esac
done
run $WORKERS $START_DATE
`);
    expect(found.flags).toMatchObject([
      { line: 5, defaultText: '15', count: { least: 1, most: 1 }, required: false, choices: undefined },
      { line: 6, defaultText: '""' },
    ]);
  });

  test.each([
    [
      'for a in "$@"; do case $a in --dry-run) DRY=1 ;; --day=*) DAY="${a#*=}" ;; *) exit 1 ;; esac; done; run $DRY $DAY',
    ],
    ['for a; do case "$a" in --dry-run) DRY=1 ;; --day=*) DAY="${a#*=}" ;; *) exit 1 ;; esac; done; run $DRY $DAY'],
    [
      'while [ -n "$1" ]; do case "${1}" in --dry-run) DRY=1 ;; --day=*) DAY="${1#*=}" ;; *) exit 1 ;; esac; shift; done; run $DRY $DAY',
    ],
    [
      'while [[ $# -gt 0 ]]; do key="$1"; case $key in --dry-run) DRY=1 ;; --day=*) DAY="${1#*=}" ;; *) exit 1 ;; esac; shift; done; run $DRY $DAY',
    ],
    [
      'until [[ $# -eq 0 ]]; do case $1 in --dry-run) DRY=1 ;; --day=*) DAY="${1#*=}" ;; *) exit 1 ;; esac; shift; done; run $DRY $DAY',
    ],
    [
      'parse() { while [[ $# -gt 0 ]]; do case $1 in --dry-run) DRY=1 ;; --day=*) DAY="${1#*=}" ;; *) exit 1 ;; esac; shift; done; }\nmain() { parse "$@"; run $DRY $DAY; }\nmain "$@"',
    ],
  ])('in another shape: %s', source => {
    const found = read(source);
    expect(shown(found)).toEqual(['--dry-run nothing never DRY', '--day value must DAY']);
    expect(found.complete).toBe(true);
  });

  test('the loop of a function that gets other arguments says nothing of the script', () => {
    const helper =
      'log() { while [[ $# -gt 0 ]]; do case $1 in --level) L=$2; shift 2 ;; esac; done; }\nlog --level info';
    expect(shellArguments(helper)).toBeUndefined();
  });
});

describe('what a loop does with the rest', () => {
  test.each<[string, boolean, readonly string[]]>([
    [REFUSE, true, []],
    ['-*) echo "unknown: $1"; exit 1 ;;\n *) DAYS+=("$1"); shift ;;', true, ['DAYS']],
    ['*) DAYS+=("$1"); shift ;;', false, ['DAYS']],
    ['*) TABLE="$1"; shift ;;', true, ['TABLE']],
    ['*) python3 job.py "$@"; exit $? ;;', false, []],
    ['*) break ;;', false, []],
    ['--) shift; break ;;\n -*) usage ;;\n *) break ;;', true, []],
    ['all|some) DAYS=$1; shift ;;', true, ['all|some']],
  ])('%j', (rest, complete, positionals) => {
    const found = loop('--start-date) START_DATE="$2"; shift 2 ;;', rest);
    expect(found.complete).toBe(complete);
    expect(found.positionals.map(({ name }) => name)).toEqual(positionals);
    expect(found.positionals.every(({ required }) => !required)).toBe(true);
  });

  test.each([
    [
      'a loop that leaves nothing',
      'while [[ $# -gt 0 ]]; do case $1 in --a) A=1 ;; *) exit 1 ;; esac; shift; done\njob.py "$@" $A',
      true,
    ],
    [
      'a loop that only looks',
      'for a in "$@"; do case $a in --a) A=1 ;; *) exit 1 ;; esac; done\njob.py "$@" $A',
      false,
    ],
    ['no loop', 'python3 job.py "$@"', false],
    ['no loop, stored', 'ARGS=("$@")\njob.py "${ARGS[@]}"', false],
    ['said only', 'echo "running with $*"\nDAY="$1"\nrun $DAY', true],
    ['said by a function', 'log() { echo "$1"; }\nlog "args: $*"\nDAY="$1"\nrun $DAY', true],
    ['part of it', 'run "${@:2}"', false],
  ])('passed on behind %s', (_, source, complete) => {
    expect(read(source).complete).toBe(complete);
  });
});

describe('getopts', () => {
  const found = read(`#!/bin/sh
usage() { exit 2; }
WORKERS=15
while getopts ":s:w:nh" opt; do
  case "$opt" in
    s) START=$OPTARG ;;
    w) WORKERS=$OPTARG ;;
    n) DRY=1 ;;
    h) usage ;;
    *) usage ;;
  esac
done
shift $((OPTIND - 1))
TABLE="\${1:?no table}"
run "$START" "$WORKERS" "$DRY" "$TABLE"
`);

  test('takes letters, those before a colon with a value', () => {
    expect(shown(found)).toEqual([
      '-s value never START',
      '-w value never WORKERS',
      '-n nothing never DRY',
      '-h nothing never help',
    ]);
    expect(found).toMatchObject({ reader: 'getopts', complete: true });
    expect(found.flags.map(({ line }) => line)).toEqual([6, 7, 8, 9]);
    expect(found.flags[1]?.defaultText).toBe('15');
  });
  test('what stands behind them is positional', () => {
    expect(found.positionals).toMatchObject([{ name: 'TABLE', line: 14, required: true, takes: 'value' }]);
  });
  test.each(['while getopts "$LETTERS" o; do :; done', 'while getopts "ab-:" o; do :; done'])(
    'may take more than it shows: %s',
    source => {
      expect(read(source).complete).toBe(false);
    },
  );
});

test('with getopt, long flags may be joined and abbreviated', () => {
  const found = read(`
eval set -- "$(getopt -o s: --long start-date:,dry-run -- "$@")"
while true; do
  case "$1" in
    -s|--start-date) START="$2"; shift 2 ;;
    --dry-run) DRY=1; shift ;;
    --) shift; break ;;
  esac
done
run $START $DRY
`);
  expect(shown(found)).toEqual(['-s|--start-date value may START', '--dry-run nothing may DRY']);
  expect(found).toMatchObject({ abbreviations: true, reader: 'getopts', complete: true });
});

describe('numbered parameters', () => {
  test.each<[string, readonly string[]]>([
    ['START=$1\nEND=$2\nrun $START $END', ['START', 'END']],
    ['START="${1:?start}"\nEND="${2:-today}"\nrun', ['START!', 'END']],
    ['if [ $# -lt 2 ]; then usage; fi\nSTART=$1\nEND=$2\nCONFIG=${3:-x.yaml}', ['START!', 'END!', 'CONFIG']],
    ['if [ "$#" -ne 2 ]; then echo "two dates"; exit 1; fi\nSTART=$1\nEND=$2', ['START!', 'END!']],
    ['[[ $# -eq 0 ]] && { echo usage; exit 1; }\nDAY=$1', ['DAY!']],
    ['[ $# -ge 2 ] || exit 1\nrun "$1" "$2"', ['$1!', '$2!']],
    ['(( $# < 1 )) && exit 1\nDAY=$1', ['DAY!']],
    ['[ -z "$1" ] && exit 1\nDAY=$1', ['DAY!']],
    ['[[ -n "$1" ]] || exit 1\nDAY=$1', ['DAY!']],
    ['DAY=$1\nif [[ -z "$DAY" ]]; then exit 1; fi', ['DAY!']],
    // Nothing says that it is needed.
    ['if [ -z "$1" ]; then DAY=$(date +%F); else DAY=$1; fi', ['DAY']],
    ['DAY=$1\n[ -z "$DAY" ] && DAY=today\nif [ -z "$DAY" ]; then exit 1; fi', ['DAY']],
    ['if [ $# -gt 0 ] && [ -z "$1" ]; then exit 1; fi\nDAY=$1', ['DAY']],
    ['START=$1; shift\nEND=$1; shift\nrun', ['START', 'END']],
    ['run "$2"', ['$1', '$2']],
    ['main() { local day="$1"; run "$day"; }\nmain "$@"', ['day']],
    ['case "${1:-}" in start|stop) run "$1" ;; *) exit 2 ;; esac', ['$1']],
  ])('%j', (source, expected) => {
    const found = read(source);
    expect(found.positionals.map(({ name, required }) => (required ? `${name}!` : name))).toEqual(expected);
    expect(found.complete).toBe(true);
    expect(found.flags).toEqual([]);
  });

  test('all of them one after another', () => {
    expect(read('for day in "$@"; do run "$day"; done')).toMatchObject({
      positionals: [{ name: 'day', takes: 'values', required: false, count: { least: 0, most: undefined } }],
      complete: false,
    });
    expect(read('while [ $# -gt 0 ]; do run "$1"; shift; done').positionals).toMatchObject([{ takes: 'values' }]);
  });

  test('a flag that the first argument is compared with is taken, and others may be', () => {
    for (const source of [
      'if [[ "$1" == "--force" ]]; then FORCE=1; fi\nrun $FORCE',
      'if [ "$1" = --force ]; then FORCE=1; fi\nrun $FORCE',
      'case "$1" in --force) FORCE=1 ;; esac\nrun $FORCE',
    ])
      expect(read(source)).toMatchObject({ flags: [{ names: ['--force'], takes: 'nothing' }], complete: false });
  });

  test.each([
    'echo hello\n',
    'log() { echo "$1"; }\nlog hello\n',
    'for day in 1 2 3; do run $day; done\n',
    'while read -r line; do case "$line" in --a) run ;; esac; done < list\n',
    '',
  ])('a script that looks at no arguments: %j', source => {
    expect(shellArguments(source)).toBeUndefined();
  });
});

describe('whether a script looks at a flag', () => {
  const withUse = (use: string): string =>
    `PARALLEL=0\nwhile [[ $# -gt 0 ]]; do case $1 in --parallel) PARALLEL=1; shift ;; *) exit 1 ;; esac; done\n${use}\n`;

  test.each([
    ['echo done', 'no'],
    ['PARALLEL=2', 'no'],
    ['[[ $PARALLEL -eq 1 ]] && run', 'yes'],
    ['run "${PARALLEL:-0}"', 'yes'],
    ['(( PARALLEL )) && run', 'yes'],
    ['export PARALLEL', 'yes'],
    ['source ./common.sh', 'unknown'],
    ['. ./common.sh', 'unknown'],
    ['set -a', 'unknown'],
    ['run "${!name}"', 'unknown'],
  ])('%s: %s', (use, expected) => {
    expect(read(withUse(use)).flags[0]?.read).toBe(expected);
  });

  test('a branch that does more than to set a variable looks at it', () => {
    expect(loop('--list) list_jobs; exit 0 ;;', REFUSE).flags[0]?.read).toBe('yes');
  });
});

test('a script with errors, or cut off anywhere, never fails, and is never called complete by mistake', () => {
  const source = `#!/bin/bash
set -euo pipefail
usage() { echo "usage"; exit 1; }
while [[ $# -gt 0 ]]; do
  case "$1" in
    -s|--start-date) START="$2"; shift 2 ;;
    --end-date=*) END="\${1#*=}"; shift ;;
    --dry-run) DRY=true; shift ;;
    *) usage ;;
  esac
done
for day in $(seq 1 3); do
  python3 job.py --dates "$START" --end "$END" \${DRY:+--dry-run}
done
`;
  const lines = source.split('\n');
  fc.assert(
    fc.property(fc.nat(source.length), length => {
      for (const { names, line } of shellArguments(source.slice(0, length))?.flags ?? [])
        expect(lines[line - 1]).toContain(names[0]);
    }),
  );
  expect(shellArguments(source.slice(0, source.indexOf('--dry-run)')))?.complete).toBe(false);
});

test('of a script that is nested beyond reason nothing is known', () => {
  expect(shellArguments(`run "$1"\n${'$('.repeat(20_000)}`)).toMatchObject({ flags: [], complete: false });
});
