// Positions as the Language Server Protocol counts them (from 0), and as the manifest's places do (offsets).
import { Lines } from '../pipeline/manifest-problems';
import type { TextRange } from '../pipeline/manifest-place';

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** A replacement of a part of a text. */
export interface Edit {
  readonly range: Range;
  readonly newText: string;
}

/** Turns offsets of one text into positions and back. */
export class Positions {
  private readonly text: string;
  private readonly lines: Lines;

  constructor(text: string) {
    this.text = text;
    this.lines = new Lines(text);
  }

  of(offset: number): Position {
    const { line, column } = this.lines.at(offset);
    return { line: line - 1, character: column - 1 };
  }

  range({ start, end }: TextRange): Range {
    return { start: this.of(start), end: this.of(end) };
  }

  /** The offset of a position; positions beyond a line's end are at its end. */
  offset({ line, character }: Position): number {
    let start = 0;
    for (let i = 0; i < line; i++) {
      const next = this.text.indexOf('\n', start);
      if (next === -1) return this.text.length;
      start = next + 1;
    }
    const end = this.text.indexOf('\n', start);
    return Math.min(start + character, end === -1 ? this.text.length : end);
  }
}
