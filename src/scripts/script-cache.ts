// What was read of a text, kept by the text's hash, so that an unchanged script is read once.
import { createHash } from 'node:crypto';

/** Answers kept before the one that was asked for longest ago is dropped. */
const MOST_KEPT = 500;

/** Answers of readers by what the text says: a file that is touched, copied or renamed is not read again. */
export class ScriptCache {
  /** In the order of their last use. */
  private readonly answers = new Map<string, unknown>();
  private readonly readers = new WeakMap<object, number>();
  private readersSeen = 0;

  /** What `reader` says of a text. It must depend on the text only, and be the same function at every call. */
  get<T>(text: string, reader: (text: string) => T): T {
    const key = `${this.numberOf(reader)}:${createHash('sha256').update(text).digest('base64')}`;
    const known = this.answers.has(key);
    const answer = known ? (this.answers.get(key) as T) : reader(text);
    this.answers.delete(key);
    this.answers.set(key, answer);
    for (const oldest of this.answers.keys()) {
      if (this.answers.size <= MOST_KEPT) break;
      this.answers.delete(oldest);
    }
    return answer;
  }

  private numberOf(reader: object): number {
    const number = this.readers.get(reader) ?? ++this.readersSeen;
    this.readers.set(reader, number);
    return number;
  }
}
