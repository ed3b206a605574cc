// Secrets that a job prints itself: overwritten in its log, byte for byte, while it goes on writing (rule 9).
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

const READ_BYTES = 1 << 20;
const STAR = 0x2a;

export class LogMask {
  private readonly path: string;
  private readonly secrets: readonly Buffer[];
  /** Up to here everything has been looked at. */
  private offset: number;
  /** As much is looked at again: a secret may have been written by halves. Bytes. */
  private readonly overlap: number;

  /** @param from where the log of this job begins, bytes */
  constructor(path: string, from: number, secrets: readonly string[]) {
    this.path = path;
    this.offset = from;
    this.secrets = secrets.filter(each => each !== '').map(each => Buffer.from(each));
    this.overlap = Math.max(0, ...this.secrets.map(({ length }) => length - 1));
  }

  /** Overwrites what was printed since the last call. A log that is gone or may not be written is left as it is. */
  mask(): void {
    if (this.secrets.length === 0) return;
    let file: number;
    try {
      file = openSync(this.path, 'r+');
    } catch {
      return;
    }
    try {
      const { size } = fstatSync(file);
      const buffer = Buffer.allocUnsafe(READ_BYTES + this.overlap);
      while (this.offset < size) {
        const from = Math.max(0, this.offset - this.overlap);
        const bytes = readSync(file, buffer, 0, buffer.length, from);
        if (bytes === 0) return;
        const text = buffer.subarray(0, bytes);
        for (const secret of this.secrets)
          for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + secret.length))
            writeSync(file, Buffer.alloc(secret.length, STAR), 0, secret.length, from + at);
        this.offset = from + bytes;
      }
    } finally {
      closeSync(file);
    }
  }
}
