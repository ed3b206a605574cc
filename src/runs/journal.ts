// The journal of a run: one JSON line an event, on the disk before the next thing is done. It is followed by whoever attaches.
import { closeSync, fdatasyncSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs';
import type { RunEvent } from './events';

const READ_BYTES = 1 << 20;

/** Appends events. There is one writer: the runner that owns the run. */
export class Journal {
  private readonly file: number;
  /** Whether the file may end in the middle of a line: torn by a crash or a full disk, it must not swallow the next one. */
  private isTorn: boolean;

  /** @throws where the file cannot be opened: without a journal nothing may be run */
  constructor(path: string) {
    this.file = openSync(path, 'a');
    const { size } = fstatSync(this.file);
    this.isTorn = size > 0 && !endsLine(path, size);
  }

  /** Writes events and brings them to the disk. @throws where the disk is full: the run has to stop then */
  append(...events: readonly RunEvent[]): void {
    if (events.length === 0) return;
    const lines = `${this.isTorn ? '\n' : ''}${events.map(event => `${JSON.stringify(event)}\n`).join('')}`;
    this.isTorn = true;
    writeFileSync(this.file, lines); // all of it, in as many writes as the system takes
    this.isTorn = false;
    fdatasyncSync(this.file);
  }

  close(): void {
    closeSync(this.file);
  }
}

function endsLine(path: string, size: number): boolean {
  const file = openSync(path, 'r');
  try {
    const last = Buffer.alloc(1);
    readSync(file, last, 0, 1, size - 1);
    return last.toString() === '\n';
  } finally {
    closeSync(file);
  }
}

/** Reads a journal from its beginning, and what is added to it later. */
export class JournalReader {
  private readonly path: string;
  private offset = 0;
  private rest = Buffer.alloc(0);
  /** Lines that were no events: a crash tears the last one at most. */
  torn = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** The whole events since the last call; none where there is no journal yet. */
  read(): readonly RunEvent[] {
    const events: RunEvent[] = [];
    let file: number;
    try {
      file = openSync(this.path, 'r');
    } catch {
      return events;
    }
    try {
      if (fstatSync(file).size <= this.offset) return events;
      const buffer = Buffer.alloc(READ_BYTES);
      for (;;) {
        const bytes = readSync(file, buffer, 0, buffer.length, this.offset);
        if (bytes === 0) return events;
        this.offset += bytes;
        this.rest = Buffer.concat([this.rest, buffer.subarray(0, bytes)]);
        for (let end = this.rest.indexOf(10); end >= 0; end = this.rest.indexOf(10)) {
          const line = this.rest.subarray(0, end).toString('utf8');
          this.rest = this.rest.subarray(end + 1);
          const event = eventOf(line);
          if (event !== undefined) events.push(event);
          else if (line.trim() !== '') this.torn++;
        }
      }
    } finally {
      closeSync(file);
    }
  }
}

function eventOf(line: string): RunEvent | undefined {
  try {
    const event = JSON.parse(line) as Partial<RunEvent>; // our own file: what has these has the rest
    return typeof event.event === 'string' && typeof event.at === 'number' ? (event as RunEvent) : undefined;
  } catch {
    return undefined;
  }
}
