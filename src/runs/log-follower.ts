// A log as lines: followed while it grows, its end, and a search through it. In memory are what was asked for and one line, never the file.
import { type BigIntStats, closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { errorWords } from '../model/error-words';

/** What is read at once. Bytes. */
const BLOCK = 64 * 1024;
/** Longer lines are cut: nobody reads them, and one may be the whole log. Bytes. */
const MOST_LINE = 64 * 1024;
/** A follower that comes late catches up in several polls. Bytes. */
const MOST_A_POLL = 8 * 1024 * 1024;
/** Bytes. */
const MOST_OF_A_TAIL = 256 * 1024;

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Gives the new lines of a growing file whenever it is asked. */
export class LogFollower {
  private readonly path: string;
  private readonly mostBytes: number;
  private readonly block = Buffer.allocUnsafe(BLOCK);
  private readonly line: UnfinishedLine;
  private ends: LineEnds;
  private file: { readonly descriptor: number; readonly device: bigint; readonly inode: bigint } | undefined;
  private trouble: string | undefined;
  private isBehind = false;

  /**
   * @param options.from the byte to begin at, such as the `offset` of an earlier follower
   * @param options.mostLineBytes a longer line is given once, cut to so many bytes
   * @param options.mostBytesAPoll the most that one poll reads
   */
  constructor(
    path: string,
    options: { readonly from?: number; readonly mostLineBytes?: number; readonly mostBytesAPoll?: number } = {},
  ) {
    this.path = path;
    this.mostBytes = options.mostBytesAPoll ?? MOST_A_POLL;
    this.line = new UnfinishedLine(options.mostLineBytes ?? MOST_LINE);
    this.ends = new LineEnds(options.from);
  }

  /** Where the first line begins that was not given whole: a follower that begins there loses nothing. Bytes. */
  get offset(): number {
    return this.ends.start;
  }

  /** Whether the last poll left something unread: a log that grew by more than one poll reads. */
  get behind(): boolean {
    return this.isBehind;
  }

  /** Why the last poll could not read; `undefined` where it could, and where there is no file yet. */
  get problem(): string | undefined {
    return this.trouble;
  }

  /** The lines that ended since the last poll. A file that was truncated or replaced is read from its start, after the rest of the old one. */
  poll(): readonly string[] {
    const lines: string[] = [];
    this.trouble = undefined;
    this.isBehind = false;
    try {
      const there = fileAt(this.path);
      let room = this.mostBytes;
      if (this.file !== undefined) {
        room = this.read(this.file.descriptor, room, lines);
        const replaced = there !== undefined && (there.dev !== this.file.device || there.ino !== this.file.inode);
        // Open, a renamed file can still be read, and its inode is not given to another one.
        this.isBehind = room === 0;
        if (!replaced || room === 0) return lines;
        this.close();
        this.restart(lines);
      }
      if (there !== undefined) this.isBehind = this.read(this.open(), room, lines) === 0;
    } catch (error) {
      this.trouble = `${this.path} could not be read: ${errorWords(error)}`;
    }
    return lines;
  }

  /** The line that was begun and has no end, for when its writer is gone; `undefined` where there is none. */
  takeRest(): string | undefined {
    if (this.line.isEmpty) return undefined;
    this.ends = new LineEnds(this.ends.position);
    return this.line.end();
  }

  /** Lets go of the file. Another poll would open it again and go on. */
  close(): void {
    if (this.file !== undefined) closeSync(this.file.descriptor);
    this.file = undefined;
  }

  private open(): number {
    const descriptor = openSync(this.path, 'r');
    const { dev, ino } = fstatSync(descriptor, { bigint: true });
    this.file = { descriptor, device: dev, inode: ino };
    // Of a line that ended with both, the byte after its return is not another line.
    const before = this.ends.position - 1;
    if (before >= 0 && readSync(descriptor, this.block, 0, 1, before) === 1 && this.block[0] === RETURN)
      this.ends.afterReturn = true;
    return descriptor;
  }

  /** Reads to the end of an open file, and gives how many bytes it might still have read. */
  private read(descriptor: number, most: number, lines: string[]): number {
    if (fstatSync(descriptor).size < this.ends.position) this.restart(lines);
    let room = most;
    while (room > 0) {
      const length = readSync(descriptor, this.block, 0, Math.min(BLOCK, room), this.ends.position);
      if (length === 0) break;
      room -= length;
      const bytes = this.block.subarray(0, length);
      for (const { from, to, ended } of this.ends.pieces(bytes)) {
        const text = ended ? this.line.end(bytes, from, to) : this.line.add(bytes, from, to);
        if (text !== undefined) lines.push(text);
      }
    }
    return room;
  }

  /** What is there from now on is another text: the line that was begun in the old one ends with it. */
  private restart(lines: string[]): void {
    const rest = this.takeRest();
    if (rest !== undefined) lines.push(rest);
    this.line.clear();
    this.ends = new LineEnds();
  }
}

/**
 * The last lines of a file, ended or not; none where there is no file. Fails as the file system does.
 * @param mostBytes what is read at most, from the end: a line that begins before is left out, or cut where it is the only one
 */
export function tailOf(path: string, lines: number, mostBytes: number = MOST_OF_A_TAIL): readonly string[] {
  if (lines < 1 || fileAt(path) === undefined) return [];
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const start = Math.max(0, size - mostBytes);
    const bytes = Buffer.allocUnsafe(size - start);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(descriptor, bytes, length, bytes.length - length, start + length);
    const found = bytes.toString('utf8', 0, length).split(/\r\n|\n|\r/);
    if (found.at(-1) === '') found.pop();
    if (start > 0 && found.length > 1) found.shift();
    return found.slice(-lines);
  } finally {
    closeSync(descriptor);
  }
}

/** A line that holds the text which was looked for. */
export interface LogMatch {
  /** From 1. */
  readonly line: number;
  /** Where the line begins. Bytes. */
  readonly offset: number;
  /** The line, cut where it is longer than 64 KiB. */
  readonly text: string;
}

/** The lines of a file that hold a text, exactly as it is written, in their order; none where there is no file. Fails as the file system does. */
export async function* searchLog(
  path: string,
  text: string,
  { most }: { readonly most: number },
): AsyncGenerator<LogMatch, void> {
  if (text === '' || most < 1 || fileAt(path) === undefined) return;
  const ends = new LineEnds();
  const line = new UnfinishedLine(MOST_LINE);
  const search = new PieceSearch(Buffer.from(text));
  const block = Buffer.allocUnsafe(BLOCK);
  let number = 1;
  let matches = 0;
  let head: string | undefined;
  const file = await open(path, 'r');
  try {
    for (;;) {
      const { bytesRead } = await file.read(block, 0, BLOCK, ends.position);
      if (bytesRead === 0) break;
      const bytes = block.subarray(0, bytesRead);
      search.begin(bytes);
      for (const { from, to, ended } of ends.pieces(bytes)) {
        search.look(from, to);
        if (!ended) {
          head ??= line.add(bytes, from, to);
          continue;
        }
        // Only lines that are asked for are made into text.
        if (search.isFound) {
          const end = line.end(bytes, from, to);
          yield { line: number, offset: ends.start, text: head ?? end ?? '' };
          if (++matches === most) return;
        } else line.clear();
        search.endLine();
        head = undefined;
        number++;
      }
    }
    if (search.isFound) yield { line: number, offset: ends.start, text: head ?? line.end() ?? '' };
  } finally {
    await file.close();
  }
}

/** The file there; `undefined` where there is none. Whatever is no file (opening a pipe would wait for its writer) is refused. */
function fileAt(path: string): BigIntStats | undefined {
  const there = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) throw new Error(`${path} is not a file`);
  return there;
}

/** A part of a line within one block of bytes. */
interface Piece {
  readonly from: number;
  readonly to: number;
  /** Whether the line ends with it. */
  readonly ended: boolean;
}

/** Where lines end in blocks that follow each other: at a newline, a return, or both. */
class LineEnds {
  /** Where the next block begins. Bytes. */
  position: number;
  /** Where the line begins that the last piece belongs to, or after its end the next one. Bytes. */
  start: number;
  /** Whether the last byte was a return: a newline after it belongs to it, even in another block. */
  afterReturn = false;

  constructor(position = 0) {
    this.position = position;
    this.start = position;
  }

  *pieces(block: Buffer): Generator<Piece> {
    let from = 0;
    if (this.afterReturn && block[0] === NEWLINE) this.start = this.position + ++from;
    this.afterReturn = false;
    let newline = -1;
    let back = -1;
    while (from < block.length) {
      // Each end is looked for once, however many of the other kind come before it.
      if (newline < from) newline = nextByte(block, NEWLINE, from);
      if (back < from) back = nextByte(block, RETURN, from);
      const to = Math.min(newline, back);
      yield { from, to, ended: to < block.length };
      if (to === block.length) break;
      from = to + 1;
      if (to === back && from === block.length) this.afterReturn = true;
      else if (to === back && newline === from) from++;
      this.start = this.position + from;
    }
    this.position += block.length;
  }
}

/** Where a byte comes next in a block; its length where it does not. */
function nextByte(block: Buffer, byte: number, from: number): number {
  const found = block.indexOf(byte, from);
  return found === -1 ? block.length : found;
}

/** The bytes of a line whose end has not come, up to a limit. */
class UnfinishedLine {
  private readonly bytes: Buffer;
  private length = 0;
  private isCut = false;

  constructor(mostBytes: number) {
    this.bytes = Buffer.allocUnsafe(mostBytes);
  }

  /** Whether there is nothing to give. */
  get isEmpty(): boolean {
    return this.length === 0 || this.isCut;
  }

  /** Adds a piece; gives what there is when it grows over the limit, once. */
  add(block: Buffer, from: number, to: number): string | undefined {
    if (this.isCut) return undefined;
    const copied = block.copy(this.bytes, this.length, from, to);
    this.length += copied;
    if (copied === to - from) return undefined;
    this.isCut = true;
    // A character that the limit cuts in two is left out.
    return new StringDecoder('utf8').write(this.bytes);
  }

  /** Adds the last piece; gives the line, or `undefined` where its beginning was given before. */
  end(block: Buffer = NO_BYTES, from = 0, to = 0): string | undefined {
    if (this.length === 0 && !this.isCut && to - from <= this.bytes.length) return block.toString('utf8', from, to);
    const head = this.add(block, from, to);
    const text = this.isCut ? head : this.bytes.toString('utf8', 0, this.length);
    this.clear();
    return text;
  }

  clear(): void {
    this.length = 0;
    this.isCut = false;
  }
}

const NO_BYTES: Buffer = Buffer.alloc(0);

/** Whether a line holds some bytes, told piece by piece. */
class PieceSearch {
  /** Whether the pieces of the line so far hold them. */
  isFound = false;
  private readonly wanted: Buffer;
  private block = NO_BYTES;
  /** Where they come next in the block; -1 where they do not. */
  private at = -1;
  /** The end of the line in earlier blocks, in which they may begin. */
  private before = NO_BYTES;

  constructor(wanted: Buffer) {
    this.wanted = wanted;
  }

  begin(block: Buffer): void {
    this.block = block;
    this.at = block.indexOf(this.wanted);
  }

  look(from: number, to: number): void {
    if (this.at !== -1 && this.at < from) this.at = this.block.indexOf(this.wanted, from);
    if (this.at !== -1 && this.at + this.wanted.length <= to) this.isFound = true;
    const reach = this.wanted.length - 1;
    if (!this.isFound && this.before.length > 0)
      this.isFound = this.withBefore(from, Math.min(to, from + reach)).includes(this.wanted);
    // A piece that ends with its block is of a line that goes on; the block is used again, so what is kept is a copy.
    if (to === this.block.length) this.before = lastBytes(this.withBefore(Math.max(from, to - reach), to), reach);
  }

  endLine(): void {
    this.isFound = false;
    this.before = NO_BYTES;
  }

  private withBefore(from: number, to: number): Buffer {
    return Buffer.concat([this.before, this.block.subarray(from, to)]);
  }
}

function lastBytes(bytes: Buffer, count: number): Buffer {
  return bytes.subarray(Math.max(0, bytes.length - count));
}
