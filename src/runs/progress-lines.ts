// What a job's log lines claim (§2.4): dates begun, done, failed, skipped, how far it is, how it ended. Never what is there.
import { stripVTControlCharacters } from 'node:util';
import { type Day, parseDay } from '../model/day';
import type { LogClaims, PreflightState, ProgressSnapshot } from './job-said';

/** What one line of a log says (§2.4). A claim without a date is about the date that was begun last. */
export type ProgressEvent =
  /** Item `position` of `total`, as the job counts: calendar days or game dates, as `unit` says. */
  | {
      readonly kind: 'begun';
      readonly day: Day;
      readonly position: number;
      readonly total: number;
      readonly unit: string | undefined;
    }
  /** `count` is what the job has transformed, not the rows that it wrote (§2.4). */
  | {
      readonly kind: 'done';
      readonly day: Day | undefined;
      readonly count: number | undefined;
      readonly unit: string | undefined;
    }
  | { readonly kind: 'failed'; readonly day: Day | undefined; readonly message: string }
  | { readonly kind: 'skipped'; readonly day: Day | undefined; readonly reason: string }
  /** Of `total` items `done` are behind the job, whatever became of them. */
  | { readonly kind: 'progress'; readonly done: number; readonly total: number; readonly unit: string | undefined }
  /** Hours that the job thinks it still needs. */
  | { readonly kind: 'remaining'; readonly hours: number }
  | { readonly kind: 'checkpoint'; readonly path: string }
  | { readonly kind: 'resumed'; readonly day: Day }
  /** Rows that a MERGE has touched, by the warehouse's own count. */
  | { readonly kind: 'written'; readonly rows: number }
  /** Refused by the streaming buffer: after a delete the old rows stay beside the new ones, the others write nothing (§2.5). */
  | { readonly kind: 'blocked'; readonly operation: 'delete' | 'merge' | 'load' }
  | { readonly kind: 'preflight'; readonly state: PreflightState }
  /** The head of the summary with which a run ends. */
  | { readonly kind: 'summary'; readonly title: string }
  | { readonly kind: 'traceback' }
  | { readonly kind: 'fatal'; readonly message: string };

/** What a line says about the progress of its job; `undefined` for any other line, which costs a look at its first word. */
export function progressOf(line: string): ProgressEvent | undefined {
  return eventOf(headOf(line));
}

/** Nothing of interest stands behind it in a line. Characters. */
const MOST_CHARACTERS = 4096;
/** Thousands of dates can fail, each with a page of text; its beginning tells why. Characters. */
const MOST_MESSAGE = 500;

interface Head {
  /** The level that the prefix tells. */
  readonly level: string | undefined;
  readonly atMargin: boolean;
  /** What follows the prefix, without blanks around it. */
  readonly message: string;
}

const TIME = String.raw`\[?(?:\d{4}-\d\d-\d\d[ T])?\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]?`;
const LEVEL = '(DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|FATAL)';
/** `2026-01-07 13:20:00,123 - INFO - `, `INFO:module.name:`, `[13:20:00] `, or nothing: whichever module configures logging first decides (§2.4). */
const PREFIX = new RegExp(
  String.raw`^(?:${TIME}(?: -)? (?: *(?:(?![A-Z]+ )[\w.-]+ - )?\[?${LEVEL}\]?(?: -|:)?(?: |$))?)?(?:${LEVEL}(?: - |:[\w.-]+:))?`,
);

function headOf(line: string): Head {
  const short = line.length > MOST_CHARACTERS ? line.slice(0, MOST_CHARACTERS) : line;
  const plain = short.includes('\u001B') ? stripVTControlCharacters(short) : short;
  const prefix = PREFIX.exec(plain);
  const rest = plain.slice(prefix?.[0].length ?? 0);
  return { level: prefix?.[1] ?? prefix?.[2], atMargin: /^\S/.test(rest), message: rest.trim() };
}

/** What the sign before a message tells, or that there is none. */
type Sign = 'good' | 'bad' | 'warning' | 'skip' | 'other' | 'none';

const SIGNS: ReadonlyMap<string, Sign> = new Map([
  ...['✓', '✔', '✅'].map(sign => [sign, 'good'] as const),
  ...['✗', '✘', '✖', '❌'].map(sign => [sign, 'bad'] as const),
  ['⚠', 'warning'],
  ['⏭', 'skip'],
]);
/** A sign, drawn as text or in colour (U+FE0E, U+FE0F). */
const SIGN = /^([✓✗✘]|\p{Extended_Pictographic})[\uFE0E\uFE0F]?\s*/u;
/** How messages without a sign begin that a rule could fit: most lines of a log are none of them. */
const FIRST_WORD =
  /^(?:Pro|PRO|PRE|Pre|PHASE|PARA|Grad|\[\d|\d|ETA|Elapsed|Exce|Exec|Unexp|Rem|Rat|RES|Res|Found c|Check|MERGE|Del|Load b|DAY|BACK|SPEC|SCOR|Summ|=|\+|Trace)/;

function eventOf({ level, message }: Head): ProgressEvent | undefined {
  let sign: Sign = 'none';
  let text = message;
  if (message.charCodeAt(0) > 127) {
    const [all, character = ''] = SIGN.exec(message) ?? [''];
    sign = SIGNS.get(character) ?? 'other';
    text = message.slice(all.length);
  }
  if (sign !== 'none' || FIRST_WORD.test(text)) {
    for (const { signs, pattern, event } of RULES) {
      const match = signs === undefined || signs.includes(sign) ? pattern.exec(text) : null;
      if (match !== null) return event(match);
    }
  }
  return isFatal(level, message) ? { kind: 'fatal', message: cut(message) } : undefined;
}

/** By the level of the line; by its first word where it has none, as scripts and psql write: `INFO - CRITICAL: this runs last` is a remark. */
function isFatal(level: string | undefined, message: string): boolean {
  return level === undefined ? /^(?:FATAL|CRITICAL):/.test(message) : level === 'CRITICAL' || level === 'FATAL';
}

/** One kind of line. */
interface Rule {
  /** The signs that its message may begin with; `undefined`: any, or none. */
  readonly signs: readonly Sign[] | undefined;
  readonly pattern: RegExp;
  /** What it says; `undefined` where it names a date that does not exist. */
  readonly event: (match: readonly (string | undefined)[]) => ProgressEvent | undefined;
}

/** A date, and not the beginning of a path or of a longer name. */
const DATE = String.raw`(\d{4}-\d\d-\d\d)(?![\w/-])`;
const COUNT = String.raw`(\d[\d,]*)`;
const NUMBER = String.raw`(\d+(?:\.\d+)?)`;

/** The table of §2.4, with lines of the same jobs that it leaves out. The first rule that fits decides. */
const RULES: readonly Rule[] = [
  {
    signs: ['none'],
    pattern: new RegExp(
      String.raw`^(?:(?:Processing|Grading) (day|date|game date) |\[)(\d+)/(\d+)(?:: |\] Processing )${DATE}`,
    ),
    event: ([, unit, position, total, date]) =>
      onDay(date, day => ({
        kind: 'begun',
        day,
        position: Number(position),
        total: Number(total),
        unit: unit && `${unit}s`,
      })),
  },
  {
    // Complete: everything was there already, nothing is made, and the checkpoint holds the date as done.
    signs: ['good'],
    pattern: new RegExp(String.raw`^(?:Complete: |Success(?::|$)(?: ${COUNT} (\w+))?)`),
    event: ([, count, unit]) => ({ kind: 'done', day: undefined, count: numberOf(count), unit }),
  },
  {
    // A count or `Processed`: in its pre-flight a job prints `✅ DATE: Data looks good` of dates that it has not begun.
    signs: ['good'],
    pattern: new RegExp(String.raw`^${DATE}: (?:Processed\b(?: ${COUNT} (\w+))?|${COUNT} (\w+))`),
    event: ([, date, processed, its, count, unit]) =>
      onDay(date, day => ({ kind: 'done', day, count: numberOf(processed ?? count), unit: its ?? unit })),
  },
  {
    signs: ['bad', 'warning'],
    pattern: new RegExp(`^${DATE}: (.*)`),
    event: ([, date, message]) => onDay(date, day => ({ kind: 'failed', day, message: cut(message) })),
  },
  {
    signs: ['bad'],
    pattern: new RegExp(`^(?:Failed|Exception): (?:${DATE}$|(.*))`),
    event: ([, date, message]) => ofDay(date, day => ({ kind: 'failed', day, message: cut(message) })),
  },
  {
    // Called skipped, and marked as failed in the checkpoint: the date has to be done again.
    signs: ['warning'],
    pattern: /^(?:Skipped|Missing dependencies): .*/,
    event: ([message]) => ({ kind: 'failed', day: undefined, message: cut(message) }),
  },
  {
    signs: ['none'],
    pattern: new RegExp(`^(?:Unexpected e|E)xception processing ${DATE}: (.*)`),
    event: ([, date, message]) => onDay(date, day => ({ kind: 'failed', day, message: cut(message) })),
  },
  {
    signs: ['skip'],
    pattern: new RegExp(`^(?:Skipped|${DATE}): (.*)`),
    event: ([, date, reason]) => ofDay(date, day => ({ kind: 'skipped', day, reason: cut(reason) })),
  },
  {
    // Single dates leave no checkpoint (§2.2, 3), and of some jobs this line is their only trace.
    signs: ['none'],
    pattern: new RegExp(String.raw`^${DATE}: ([a-z]+(?:_[a-z]+)*)(?: - ${COUNT} (\w+).*| \(.*\))?$`),
    event: ([, date, status = '', count, unit]) => onDay(date, day => ofStatus(day, status, numberOf(count), unit)),
  },
  {
    // Jobs that work in parallel tell their total here, long before their first progress.
    signs: ['none'],
    pattern: /^Processing (\d+) (days|dates|game dates) with \d+ (?:parallel )?workers/,
    event: ([, total, unit]) => ({ kind: 'progress', done: 0, total: Number(total), unit }),
  },
  {
    signs: undefined,
    pattern: /^(?:(?:Progress|PROGRESS): )?(\d+)\/(\d+)(?![\w/.-])(?: (game dates|dates|days|games|files))?/,
    event: ([all = '', done, total, unit]) =>
      // Any words may begin with a fraction; without its own word only this unit is a job's.
      /^p/i.test(all) || unit === 'game dates'
        ? { kind: 'progress', done: Number(done), total: Number(total), unit }
        : undefined,
  },
  {
    signs: ['none'],
    pattern: new RegExp(String.raw`^(?:ETA: ${NUMBER} hours? remaining|(?:Elapsed: \S+ \| )?Remaining: ${NUMBER}h\b)`),
    event: ([, eta, remaining]) => ({ kind: 'remaining', hours: Number(eta ?? remaining) }),
  },
  {
    signs: undefined,
    pattern: /^Checkpoint(?: file)?: (\S.*\.json)$/,
    event: ([, path = '']) => ({ kind: 'checkpoint', path }),
  },
  {
    signs: undefined,
    pattern: new RegExp(`^(?:Found checkpoint - )?resuming from (?:checkpoint: )?${DATE}`, 'i'),
    event: ([, date]) => onDay(date, day => ({ kind: 'resumed', day })),
  },
  {
    signs: undefined,
    pattern: new RegExp(`^MERGE complete[^:]*?(?:: | - )${COUNT} rows affected`),
    event: ([, rows]) => ({ kind: 'written', rows: numberOf(rows) ?? 0 }),
  },
  {
    signs: undefined,
    pattern: /^(Delete|Load|MERGE) blocked by streaming buffer/,
    event: ([, word = '']) => ({ kind: 'blocked', operation: word.toLowerCase() as 'delete' | 'load' | 'merge' }),
  },
  {
    signs: undefined,
    pattern:
      /^(?:PHASE \w+ )?PRE-FLIGHT (?:COVERAGE )?CHECK(?:$| (?:(PASSED|COMPLETE)|(FAILED|FOUND ISSUES)|(SKIPPED))\b)/i,
    event: ([, passed, failed, skipped]) => ({
      kind: 'preflight',
      state: passed ? 'passed' : failed ? 'failed' : skipped ? 'skipped' : 'begun',
    }),
  },
  {
    signs: undefined,
    pattern:
      /^(?:=+ )?((?:[A-Z0-9-]+ ){0,4}(?:BACKFILL|PROCESSING) (?:SUMMARY|COMPLETE)(?: - [^:]+)?):?(?: =+)?$|^(Summary: \d+ success\b.*)/,
    event: ([, title, inOneLine]) => ({ kind: 'summary', title: cut(title ?? inOneLine) }),
  },
  {
    signs: ['none'],
    pattern: /^(?:\+ Exception Group )?Traceback \(most recent call last\)/,
    event: () => ({ kind: 'traceback' }),
  },
];

/** Statuses of the jobs; `undefined` for any other word, and for a dry run, which does nothing. */
function ofStatus(day: Day, status: string, count?: number, unit?: string): ProgressEvent | undefined {
  if (/^(?:success|all_players_have_predictions)$/.test(status)) return { kind: 'done', day, count, unit };
  if (/^(?:skipped\w*|no_predictions|no_actuals)$/.test(status)) return { kind: 'skipped', day, reason: status };
  if (/^(?:failed|exception|missing_dependencies|incomplete_mlfs|no_players)$/.test(status))
    return { kind: 'failed', day, message: status };
  return undefined;
}

function onDay(date: string | undefined, event: (day: Day) => ProgressEvent | undefined): ProgressEvent | undefined {
  const day = parseDay(date ?? '');
  return day === undefined ? undefined : event(day);
}

/** The same for lines that may leave their date out. */
function ofDay(date: string | undefined, event: (day: Day | undefined) => ProgressEvent): ProgressEvent | undefined {
  return date === undefined ? event(undefined) : onDay(date, event);
}

/** `1,204` as a number. */
function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text.replaceAll(',', ''));
}

function cut(text = ''): string {
  return text.length > MOST_MESSAGE ? `${text.slice(0, MOST_MESSAGE)}…` : text;
}

/** Adds up what the lines of one attempt claim, in the order in which they came. */
export class ProgressTracker {
  /** Dates with what was reported for them. */
  private readonly done = new Map<Day, number>();
  private readonly failed = new Map<Day, string>();
  private readonly skipped = new Map<Day, string>();
  private said: LogClaims = { written: 0, blocked: 0, summary: false, traceback: false, fatal: false };
  /** Whether a traceback was begun whose exception has not come yet. */
  private raising = false;

  /** Takes the next line, and gives what it said. */
  take(line: string): ProgressEvent | undefined {
    const head = headOf(line);
    const event = eventOf(head);
    // The frames of a traceback are indented, and lines of other threads have a level: the first line without tells its exception.
    const raised = event === undefined && this.raising && head.level === undefined && head.atMargin;
    if (raised || event?.kind === 'traceback') this.raising = !raised;
    if (event !== undefined) this.said = { ...this.said, ...this.changes(event) };
    if (raised || (event !== undefined && event.kind !== 'progress' && event.kind !== 'remaining'))
      this.said = { ...this.said, lastMessage: cut(head.message) };
    return event;
  }

  snapshot(): ProgressSnapshot {
    const { begun, position } = this.said;
    const settled = this.done.size + this.failed.size + this.skipped.size;
    // In parallel only some dates come with a line of progress.
    const at = Math.min(Math.max(position?.at ?? 0, settled), position?.of ?? 0);
    return {
      ...this.said,
      ...(begun === undefined && position !== undefined && { position: { ...position, at } }),
      done: ascending(this.done).map(([day]) => day),
      failed: ascending(this.failed).map(([day, message]) => ({ day, message })),
      skipped: ascending(this.skipped).map(([day, reason]) => ({ day, reason })),
      reported: [...this.done.values()].reduce((sum, count) => sum + count, 0),
    };
  }

  private changes(event: ProgressEvent): Partial<LogClaims> {
    switch (event.kind) {
      case 'begun':
        return { begun: event.day, position: { at: event.position, of: event.total, unit: event.unit } };
      case 'done':
        this.settle(event.day, this.done, event.count ?? 0);
        return event.unit === undefined ? {} : { reportedUnit: event.unit };
      case 'failed':
        // What a pre-flight finds about dates is a remark on its inputs: none of them was tried yet.
        if (this.said.preflight !== 'begun' || this.said.begun !== undefined)
          this.settle(event.day, this.failed, event.message);
        return {};
      case 'skipped':
        this.settle(event.day, this.skipped, event.reason);
        return {};
      case 'progress':
        // A resumed job counts these over what is left, and what it begins over all: the two totals are never mixed.
        return this.said.begun === undefined ? { position: { at: event.done, of: event.total, unit: event.unit } } : {};
      case 'remaining':
        return { remainingHours: event.hours };
      case 'checkpoint':
        return { checkpoint: event.path };
      case 'resumed':
        return { resumedFrom: event.day };
      case 'written':
        return { written: this.said.written + event.rows };
      case 'blocked':
        return { blocked: this.said.blocked + 1 };
      case 'preflight':
        return { preflight: event.state };
      case 'summary':
      case 'traceback':
      case 'fatal':
        return { [event.kind]: true };
    }
  }

  /** Puts a date where its latest claim belongs; without one that which was begun last, if the log was followed from there. */
  private settle<T>(day: Day | undefined, into: Map<Day, T>, value: T): void {
    const settled = day ?? this.said.begun;
    if (settled === undefined) return;
    for (const dates of [this.done, this.failed, this.skipped]) dates.delete(settled);
    into.set(settled, value);
  }
}

function ascending<T>(dates: ReadonlyMap<Day, T>): [Day, T][] {
  return [...dates].sort(([a], [b]) => a - b);
}
