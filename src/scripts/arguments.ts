// What a script accepts on its command line, as its own text says: flags and positional arguments.

/** How many values may stand behind one mention of a flag, or fill one positional argument. */
export interface ValueCount {
  readonly least: number;
  /** `undefined` for as many as one likes. */
  readonly most: number | undefined;
}

export interface ScriptFlag {
  /** As they are typed: `--start-date`, `-s`. */
  readonly names: readonly string[];
  /** Where the value goes: the attribute of the parsed arguments, the parameter of a click command, the variable of a shell script. */
  readonly dest: string;
  readonly line: number;
  readonly takes: 'value' | 'values' | 'nothing';
  readonly count: ValueCount;
  /** Whether a value may be joined to the name, as in `--flag=value`. A branch of a shell script takes it joined, or apart, or both. */
  readonly equals: 'may' | 'must' | 'never';
  /** Only where every call needs it: a flag of one command among several is not. */
  readonly required: boolean;
  /** The source text of the default. */
  readonly defaultText: string | undefined;
  /** What the value has to be one of, where it is compared as it is typed. */
  readonly choices: readonly string[] | undefined;
  readonly help: string | undefined;
  /** Whether the script ever looks at it. `no` is sure: a flag that is accepted and ignored. */
  readonly read: 'yes' | 'no' | 'unknown';
}

export interface ScriptPositional {
  readonly name: string;
  readonly line: number;
  readonly required: boolean;
  readonly takes: 'value' | 'values';
  readonly count: ValueCount;
}

/** Flags that exclude each other; with `required`, one of them has to be given. */
export interface ExclusiveFlags {
  /** Each by its first name. */
  readonly flags: readonly string[];
  readonly required: boolean;
}

export interface ScriptArguments {
  /** In the order of the text, among them `--help` where the parser adds it by itself. */
  readonly flags: readonly ScriptFlag[];
  readonly positionals: readonly ScriptPositional[];
  readonly exclusive: readonly ExclusiveFlags[];
  /** false where more may be accepted than the text shows: names that are computed, commands of a command, a parser that is made elsewhere. */
  readonly complete: boolean;
  /** What reads the command line, which decides how flags may be written. */
  readonly reader: 'argparse' | 'click' | 'getopts' | 'case';
  /** Whether an unambiguous beginning of a long flag stands for it. */
  readonly abbreviations: boolean;
}

export const ONE_VALUE: ValueCount = { least: 1, most: 1 };
export const NO_VALUE: ValueCount = { least: 0, most: 0 };
export const ANY_VALUES: ValueCount = { least: 0, most: undefined };
