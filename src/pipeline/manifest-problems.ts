// What is wrong with a manifest: collected with its place, each thing said once, and nothing said of what an earlier error spoilt.
import type { SourceRef } from '../model/source';
import { type Place, type TextRange, headOf, pathOf } from './manifest-place';
import type { ThresholdDoubt } from './pipeline';

/** Something wrong with a manifest. Lines and columns count from 1; the end is exclusive. */
export interface ManifestProblem {
  readonly severity: 'error' | 'warning';
  /** What is wrong, with what, and what to write instead. */
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** Where in the manifest's structure: `phases[0].tables[2].key`. Empty for the text as a whole. */
  readonly path: string;
  /** What was probably meant, where a text can take the place of the one marked. */
  readonly suggestion?: string;
  /** Other places that it is about, in this file or another. */
  readonly related?: readonly RelatedPlace[];
}

export interface RelatedPlace extends SourceRef {
  readonly message: string;
}

export interface ProblemOptions {
  /** What is marked: the value (unless said), its key, or the head of a map or list. */
  readonly at?: 'value' | 'key' | 'head';
  readonly severity?: 'error' | 'warning';
  readonly suggestion?: string | undefined;
  readonly related?: readonly RelatedPlace[];
}

/** Turns offsets into lines and columns. */
export class Lines {
  private readonly starts: number[] = [0];
  private readonly length: number;

  constructor(text: string) {
    this.length = text.length;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  /** The line and column of an offset, both from 1. */
  at(offset: number): { readonly line: number; readonly column: number } {
    const within = Math.max(0, Math.min(offset, this.length));
    let low = 0;
    let high = this.starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] ?? 0) <= within) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: within - (this.starts[low] ?? 0) + 1 };
  }
}

/** The problems of one manifest. */
export class Problems {
  private readonly file: string;
  private readonly lines: Lines;
  private readonly found: ManifestProblem[] = [];
  private readonly said = new Set<string>();
  private readonly spoilt = new WeakSet<Place>();
  private readonly doubted: ThresholdDoubt[] = [];
  private errors = 0;

  constructor(file: string, lines: Lines) {
    this.file = file;
    this.lines = lines;
  }

  get hasErrors(): boolean {
    return this.errors > 0;
  }

  get doubts(): readonly ThresholdDoubt[] {
    return this.doubted;
  }

  /** Remembers a threshold that is not to be trusted: a report tells of it at each of its places. */
  doubt(found: ThresholdDoubt): void {
    this.doubted.push(found);
  }

  /** All problems in the order of the text. */
  get all(): readonly ManifestProblem[] {
    return [...this.found].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  /**
   * Says something of a place, unless an error there has been told already. An error spoils a value and all that is in it for what
   * is found later; what is said of the head of a map (a key is missing) does not.
   */
  add(place: Place, message: string, options: ProblemOptions = {}): void {
    if (this.isSpoilt(place)) return;
    const severity = options.severity ?? 'error';
    if (severity === 'error' && options.at !== 'head') this.spoilt.add(place);
    const empty = place.range.end <= place.range.start;
    const range =
      options.at === 'head'
        ? headOf(place)
        : place.key !== undefined && (options.at === 'key' || empty)
          ? place.key
          : place.range;
    this.addAt(range, message, { ...options, path: pathOf(place) });
  }

  /** Says something of a part of the text. */
  addAt(range: TextRange, message: string, options: ProblemOptions & { readonly path?: string } = {}): void {
    const start = this.lines.at(range.start);
    const end = this.lines.at(Math.max(range.start, range.end));
    // Through an alias the same text is read more than once, and is wrong but once.
    const identity = `${range.start} ${message}`;
    if (this.said.has(identity)) return;
    this.said.add(identity);
    const severity = options.severity ?? 'error';
    if (severity === 'error') this.errors++;
    this.found.push({
      severity,
      message,
      file: this.file,
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
      path: options.path ?? '',
      ...(options.suggestion === undefined ? {} : { suggestion: options.suggestion }),
      ...(options.related === undefined ? {} : { related: options.related }),
    });
  }

  /** Nothing more is said of a place: what is wrong with it has been told elsewhere. */
  spoil(place: Place): void {
    this.spoilt.add(place);
  }

  /** Whether an error has been told of the place, or of something that holds it. */
  isSpoilt(place: Place): boolean {
    for (let at: Place | undefined = place; at !== undefined; at = at.parent) if (this.spoilt.has(at)) return true;
    return false;
  }

  /** The line of an offset, from 1. */
  lineOf(offset: number): number {
    return this.lines.at(offset).line;
  }

  /** Where a declaration stands, for reports. */
  source(place: Place, at: 'value' | 'head' = 'head'): SourceRef {
    return { file: this.file, ...this.lines.at((at === 'head' ? headOf(place) : place.range).start) };
  }
}
