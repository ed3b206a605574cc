// Flags of a bash script: the branches of `case "$1" in` within its argument loop, and the letters of getopts.
import { ANY_VALUES, NO_VALUE, ONE_VALUE, type ScriptFlag, type ValueCount } from './arguments';
import {
  type ShellAssignment,
  type ShellCaseItem,
  type ShellNode,
  type ShellWord,
  collect,
  commandsIn,
  expansionsIn,
  wordsOf,
} from './shell-tree';

/** What a pattern of a branch stands for. */
export type ShellPattern =
  | { readonly kind: 'flag'; readonly name: string; readonly joined: boolean }
  /** `--`: what follows is no flag. */
  | { readonly kind: 'end' }
  /** `-*`: any other flag. */
  | { readonly kind: 'any-flag' }
  /** `*`: anything else. */
  | { readonly kind: 'anything' }
  /** A plain word, such as a command's name. */
  | { readonly kind: 'word'; readonly text: string }
  /** A pattern of another sort. */
  | { readonly kind: 'other' };

const FLAG = /^--?[A-Za-z0-9?][\w.-]*$/;
const JOINED_FLAG = /^(--?[A-Za-z0-9][\w.-]*)=(?:\?|\*)*$/;

export function patternOf(word: ShellWord): ShellPattern {
  const text = word.value;
  const joined = JOINED_FLAG.exec(text)?.[1];
  if (joined !== undefined) return { kind: 'flag', name: joined, joined: true };
  const isGlob = word.parts?.some(part => part.type === 'Glob' || part.type === 'ExtendedGlob') === true;
  if (!isGlob && FLAG.test(text)) return { kind: 'flag', name: text, joined: false };
  if (text === '--') return { kind: 'end' };
  if (text === '*') return { kind: 'anything' };
  if (/^--?[?*]+$/.test(text)) return { kind: 'any-flag' };
  return !isGlob && /^\w[\w.-]*$/.test(text) ? { kind: 'word', text } : { kind: 'other' };
}

/** A flag of a branch of a case loop; `undefined` where the branch has no pattern of a flag. */
export function flagOfBranch(item: ShellCaseItem, script: ShellScript): ScriptFlag | undefined {
  const patterns = item.pattern.map(patternOf).filter(pattern => pattern.kind === 'flag');
  const [first] = patterns;
  if (first === undefined) return undefined;
  const apart = patterns.filter(({ joined }) => !joined);
  const names = [...new Set(patterns.map(({ name }) => name))];
  const count = apart.length === 0 ? ONE_VALUE : valuesOfBranch(item);
  const equals = apart.length === 0 ? 'must' : apart.length < patterns.length ? 'may' : 'never';
  return flagOf(names, equals === 'may' && count.most === 0 ? ONE_VALUE : count, equals, item, script);
}

/** A flag with what its branch does with it. `branch` is missing where getopts takes a letter that no branch handles. */
function flagOf(
  names: readonly string[],
  count: ValueCount,
  equals: ScriptFlag['equals'],
  branch: ShellCaseItem | undefined,
  script: ShellScript,
): ScriptFlag {
  const assigned = branch === undefined ? [] : assignmentsIn(branch.body);
  const target = assigned.find(assignment => expansionsIn(assignment).some(isArgument)) ?? assigned[0];
  const long = names.find(name => name.startsWith('--')) ?? names[0] ?? '';
  const plain = long.replace(/^-+/, '').replaceAll('-', '_');
  const isHelp = names.some(name => name === '--help' || name === '-h') && assigned.length === 0;
  return {
    names,
    dest: isHelp ? 'help' : (target?.name ?? plain),
    line: script.lineAt(branch?.pos ?? script.getoptsAt),
    takes: count.most === 0 ? 'nothing' : count.most === 1 ? 'value' : 'values',
    count,
    equals,
    required: false,
    defaultText: target === undefined ? undefined : script.defaultOf(target.name, branch?.pos ?? 0),
    choices: undefined,
    help: undefined,
    read: branch === undefined ? 'unknown' : script.readOf(assigned.map(({ name }) => name)),
  };
}

/** The letters of `getopts "ab:c" option`, with the branches that handle them. */
export function flagsOfGetopts(
  letters: string,
  branches: readonly ShellCaseItem[],
  script: ShellScript,
): readonly ScriptFlag[] {
  return [...letters.replace(/^:/, '').matchAll(/([A-Za-z0-9?])(:?)/g)].map(([, letter = '', colon]) => {
    const branch = branches.find(({ pattern }) => pattern.some(({ value }) => value === letter));
    const flag = flagOf([`-${letter}`], colon === ':' ? ONE_VALUE : NO_VALUE, 'never', branch, script);
    return letter === 'h' && flag.takes === 'nothing' ? { ...flag, dest: 'help', read: 'yes' } : flag;
  });
}

/** What the flags of a script are read with beside their branches. */
export interface ShellScript {
  readonly lineAt: (offset: number) => number;
  readonly getoptsAt: number;
  /** The text that is assigned to a variable before a place. */
  readonly defaultOf: (name: string, before: number) => string | undefined;
  /** Whether variables are used anywhere. */
  readonly readOf: (names: readonly string[]) => ScriptFlag['read'];
}

/** How many arguments a branch takes beside the flag itself. */
function valuesOfBranch(item: ShellCaseItem): ValueCount {
  let most = 0;
  let shifted = Infinity;
  for (const command of commandsIn(item.body)) {
    if (command.name?.value !== 'shift') continue;
    shifted = Math.min(shifted, command.pos);
    const by = Number(wordsOf(command)[0]?.value ?? 1);
    if (Number.isInteger(by)) most = Math.max(most, by - 1);
  }
  const loops = collect(item.body, node => (node.type === 'While' ? node : undefined));
  if (loops.some(loop => expansionsIn(loop).some(({ parameter }) => /^[12]$/.test(parameter)))) return ANY_VALUES;
  for (const { parameter, pos } of expansionsIn(item.body)) {
    if (/^[2-9]$/.test(parameter)) most = Math.max(most, Number(parameter) - 1);
    // `shift; START="$1"`
    else if (parameter === '1' && pos > shifted) most = Math.max(most, 1);
  }
  return { least: most, most };
}

function isArgument({ parameter }: { readonly parameter: string }): boolean {
  return /^(?:[1-9]|OPTARG)$/.test(parameter);
}

function assignmentsIn(node: ShellNode): readonly ShellAssignment[] {
  return collect(node, below => (below.type === 'Assignment' ? below : undefined));
}
