// What is wrong with a command line, against what its script accepts. Only what is sure to be wrong is a problem.
import type { ScriptArguments, ScriptFlag } from './arguments';

export interface ArgumentProblem {
  readonly kind:
    | 'unknown-flag'
    | 'ambiguous-flag'
    | 'missing-value'
    | 'unexpected-value'
    | 'invalid-choice'
    | 'ignored-flag'
    | 'exclusive-flags'
    | 'missing-flag'
    | 'unexpected-positional'
    | 'missing-positional';
  /** What happened, to what, and what to do. */
  readonly message: string;
  /** The flag as it is typed, or as it should be. */
  readonly flag?: string;
  /** Which of the given arguments it is about, from 0; left out where something is not there. */
  readonly at?: number;
  /** What was probably meant, where it can take the place of the argument. */
  readonly suggestion?: string;
}

/** Gives the name of `of` that was probably meant, if any is near. */
export type Nearest = (name: string, of: readonly string[]) => string | undefined;

/** More flags than these say little in a sentence. */
const MOST_LISTED = 12;

/**
 * Compares a command line (what stands after the script's name) with what the script accepts. What a shell has yet to expand (`$DATE`)
 * may be anything: it is no problem by itself, and beside it nothing counts as missing.
 */
export function problemsOf(
  given: readonly string[],
  accepted: ScriptArguments,
  nearest: Nearest,
): readonly ArgumentProblem[] {
  return new CommandLine(given, accepted, nearest).problems();
}

type Match =
  | {
      readonly flag: ScriptFlag;
      /** The flag as it is typed. */
      readonly name: string;
      readonly joined: string | undefined;
      /** Switches before it in the same word. */
      readonly before?: readonly ScriptFlag[];
    }
  | { readonly several: readonly string[] }
  | 'unknown'
  | 'positional';

interface Positional {
  readonly at: number;
  /** The switch right before it, whose value it may be meant to be. */
  readonly behind?: string | undefined;
  /** It may be the value of a flag that nobody knows. */
  readonly unsure?: boolean;
}

class CommandLine {
  private readonly given: readonly string[];
  private readonly accepted: ScriptArguments;
  private readonly nearest: Nearest;
  private readonly found: ArgumentProblem[] = [];
  private readonly seen = new Map<ScriptFlag, { readonly name: string; readonly at: number }>();
  private readonly positionals: Positional[] = [];

  constructor(given: readonly string[], accepted: ScriptArguments, nearest: Nearest) {
    this.given = given;
    this.accepted = accepted;
    this.nearest = nearest;
  }

  problems(): readonly ArgumentProblem[] {
    let behind: string | undefined;
    for (let at = 0; at < this.given.length;) {
      const argument = this.given[at] ?? '';
      if (argument === '--') {
        for (let rest = at + 1; rest < this.given.length; rest++) this.positionals.push({ at: rest });
        break;
      }
      const match = this.match(argument);
      if (match === 'positional') {
        this.positionals.push({ at, behind });
        behind = undefined;
        at++;
      } else if (match === 'unknown' || 'several' in match) {
        this.unknown(argument, at, match);
        behind = undefined;
        at++;
        if (at < this.given.length && this.match(this.given[at] ?? '') === 'positional')
          this.positionals.push({ at: at++, unsure: true });
      } else {
        const { flag, name, joined } = match;
        for (const each of match.before ?? []) this.see(each, each.names.find(short => short.length === 2) ?? name, at);
        this.see(flag, name, at);
        behind = flag.takes === 'nothing' ? name : undefined;
        at = this.values(flag, name, joined, at);
      }
    }
    for (const [flag, { name, at }] of this.seen) {
      if (flag.read !== 'no') continue;
      this.add(
        'ignored-flag',
        `the script accepts ${name} and never looks at it (line ${flag.line}): leave it out`,
        name,
        at,
      );
    }
    // Whoever asks for help gets it and nothing else.
    if ([...this.seen.keys()].some(({ dest }) => dest === 'help')) return this.inOrder();
    this.exclusive();
    this.unfilled();
    return this.inOrder();
  }

  private see(flag: ScriptFlag, name: string, at: number): void {
    if (!this.seen.has(flag)) this.seen.set(flag, { name, at });
  }

  private inOrder(): readonly ArgumentProblem[] {
    return this.found.sort((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity));
  }

  private add(kind: ArgumentProblem['kind'], message: string, flag?: string, at?: number, suggestion?: string): void {
    this.found.push({
      kind,
      message,
      ...(flag === undefined ? {} : { flag }),
      ...(at === undefined ? {} : { at }),
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }

  /** Which flag an argument names. */
  private match(argument: string): Match {
    if (!/^-./.test(argument)) return 'positional';
    const { flags, reader } = this.accepted;
    // A shell script that looks at no flag takes every word by its place: `$1` may well be "--date".
    if (reader === 'case' && flags.length === 0) return 'positional';
    const name = flagName(argument);
    const joined = name.length < argument.length ? argument.slice(name.length + 1) : undefined;
    const exact = flags.find(flag => flag.names.includes(argument)) ?? flags.find(flag => flag.names.includes(name));
    if (exact !== undefined) {
      const isJoined = !exact.names.includes(argument);
      return isJoined && exact.equals === 'never'
        ? 'unknown'
        : { flag: exact, name: isJoined ? name : argument, joined: isJoined ? joined : undefined };
    }
    if (this.accepted.abbreviations && argument.startsWith('--')) {
      const meant = flags.filter(flag => flag.names.some(full => full.startsWith(name)));
      const [only] = meant;
      if (meant.length > 1)
        return { several: meant.flatMap(flag => flag.names.filter(full => full.startsWith(name)).slice(0, 1)) };
      if (only !== undefined) return { flag: only, name, joined };
    }
    if (reader !== 'case' && /^-[^-]/.test(argument)) {
      const clustered = this.cluster(argument);
      if (clustered !== undefined) return clustered;
    }
    // Negative numbers, and what has a space in it, are values.
    return /^-\d*\.?\d+$/.test(argument) || argument.includes(' ') ? 'positional' : 'unknown';
  }

  /** `-vs2024`: switches in one word, the last of which may have its value behind it. */
  private cluster(argument: string): Match | undefined {
    const before: ScriptFlag[] = [];
    for (let i = 1; i < argument.length; i++) {
      const name = `-${argument.charAt(i)}`;
      const flag = this.accepted.flags.find(({ names }) => names.includes(name));
      if (flag === undefined) return undefined;
      const rest = argument.slice(i + 1);
      if (flag.takes !== 'nothing' || rest === '')
        return { flag, name, joined: rest === '' ? undefined : rest, before };
      before.push(flag);
    }
    return undefined;
  }

  private unknown(argument: string, at: number, match: 'unknown' | { readonly several: readonly string[] }): void {
    const name = flagName(argument);
    // Among what is accepted out of sight, there may be one of this very name.
    if (!this.accepted.complete || isUnexpanded(name)) return;
    if (match !== 'unknown') {
      this.add('ambiguous-flag', `${name} may be ${orList(match.several)}: write it in full`, name, at);
      return;
    }
    if (this.accepted.flags.some(flag => flag.names.includes(name))) {
      const apart = `${name} ${argument.slice(name.length + 1)}`;
      this.add('unknown-flag', `the script takes no value joined to ${name}: write ${apart}`, name, at);
      return;
    }
    const names = this.accepted.flags.flatMap(flag => flag.names);
    const begun = name.length > 2 ? names.filter(full => full.startsWith(name)) : [];
    const near = begun.length === 1 ? begun[0] : this.nearest(name, names);
    const listed =
      names.length === 0 ? '; it takes none' : names.length > MOST_LISTED ? '' : `; it takes ${names.join(', ')}`;
    this.add(
      'unknown-flag',
      `the script takes no ${name}${near === undefined ? `${listed}: leave it out` : `: did you mean ${near}?`}`,
      name,
      at,
      near === undefined ? undefined : near + argument.slice(name.length),
    );
  }

  /** Reads the values of a flag. Gives where the next argument is. */
  private values(flag: ScriptFlag, name: string, joined: string | undefined, at: number): number {
    const { least, most } = flag.count;
    if (joined !== undefined) {
      if (most === 0)
        this.add('unexpected-value', `${name} is a switch and takes no value: write ${name} alone`, name, at, name);
      else if (least > 1)
        this.add('missing-value', `${name} takes ${least} values: write them behind it, apart`, name, at);
      else this.choice(flag, joined, name, at);
      return at + 1;
    }
    const from = at + 1;
    const end = Math.min(this.given.length, from + (most ?? Infinity));
    let next = from;
    while (next < end && this.isValue(next)) {
      this.choice(flag, this.given[next] ?? '', name, next);
      next++;
    }
    if (next - from < least && !this.given.slice(from, next).some(isUnexpanded)) {
      const follows = this.given[next];
      const what = least > 1 ? `${least} values` : 'a value';
      const instead = follows === undefined ? 'nothing follows it' : `${follows} follows`;
      this.add('missing-value', `${name} needs ${what}, and ${instead}: write ${usage(flag, name)}`, name, at);
    } else if (flag.equals === 'must' && most !== 0) {
      this.add(
        'missing-value',
        `the script takes the value of ${name} joined to it only: write ${usage(flag, name)}`,
        name,
        at,
      );
    }
    return next;
  }

  /** Whether an argument can be the value of the flag before it: argparse takes nothing that looks like a flag, others only what is none. */
  private isValue(at: number): boolean {
    const argument = this.given[at] ?? '';
    if (argument === '--') return false;
    const match = this.match(argument);
    return match === 'positional' || (match === 'unknown' && this.accepted.reader !== 'argparse');
  }

  private choice(flag: ScriptFlag, value: string, name: string, at: number): void {
    if (flag.choices === undefined || flag.choices.includes(value) || isUnexpanded(value)) return;
    const near = this.nearest(value, flag.choices);
    const hint = near === undefined ? '' : `: did you mean ${near}?`;
    this.add('invalid-choice', `${name} is ${orList(flag.choices)}, not ${value}${hint}`, name, at, near);
  }

  private exclusive(): void {
    for (const { flags, required } of this.accepted.exclusive) {
      const given = [...this.seen].filter(([{ names }]) => flags.includes(names[0] ?? ''));
      const [, second] = given;
      if (second !== undefined) {
        const names = given.map(([, { name }]) => name);
        this.add(
          'exclusive-flags',
          `${names.join(' and ')} exclude each other: keep one of them`,
          names[1],
          second[1].at,
        );
      } else if (required && given.length === 0 && !this.given.some(isUnexpanded)) {
        const names = this.accepted.flags.filter(flag => flags.includes(flag.names[0] ?? '')).map(longName);
        this.add('missing-flag', `one of ${orList(names)} is required, and none is given: add one`, names[0]);
      }
    }
  }

  /** Flags and positional arguments that are not there, and those that are too many. */
  private unfilled(): void {
    const open = this.given.some(isUnexpanded);
    for (const flag of this.accepted.flags) {
      if (!flag.required || open || this.seen.has(flag)) continue;
      const name = longName(flag);
      this.add('missing-flag', `${name} is required, and it is not given: add ${usage(flag, name)}`, name);
    }
    const { positionals } = this.accepted;
    let most = 0;
    let least = 0;
    for (const positional of positionals) {
      most += positional.count.most ?? Infinity;
      least += positional.count.least;
      if (positional.count.least > 0 && least > this.positionals.length && !open)
        this.add(
          'missing-positional',
          `the script needs ${positional.name} (line ${positional.line}), and it is not given: add it`,
        );
    }
    // Where more is accepted than the text shows, an argument may belong to it.
    if (!this.accepted.complete) return;
    for (const { at, behind } of this.positionals.filter(({ unsure }) => unsure !== true).slice(most)) {
      const argument = this.given[at] ?? '';
      if (isUnexpanded(argument)) continue;
      if (behind !== undefined) {
        this.add('unexpected-value', `${behind} is a switch and takes no value: leave out ${argument}`, behind, at);
        continue;
      }
      const names = positionals.map(({ name }) => name).join(', ');
      const what = most === 0 ? 'takes flags only' : `takes ${names} and no more`;
      const message = `the script ${what}, and ${argument} is given: write its flag before it, or leave it out`;
      this.add('unexpected-positional', message, undefined, at);
    }
  }
}

/** `--flag` of `--flag=value`. */
function flagName(argument: string): string {
  const equals = argument.indexOf('=');
  return argument.startsWith('-') && equals > 0 ? argument.slice(0, equals) : argument;
}

function longName(flag: ScriptFlag): string {
  return flag.names.find(name => name.startsWith('--')) ?? flag.names[0] ?? flag.dest;
}

/** How a flag is written with its values. */
function usage(flag: ScriptFlag, name: string): string {
  const value = flag.choices?.join('|') ?? flag.dest.toUpperCase();
  const values = Array.from({ length: Math.max(1, flag.count.least) }, () => value).join(' ');
  if (flag.takes === 'nothing') return name;
  return `${name}${flag.equals === 'must' ? '=' : ' '}${values}`;
}

function isUnexpanded(argument: string): boolean {
  return /\$[\w{(@*#?]|`/.test(argument);
}

function orList(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}
