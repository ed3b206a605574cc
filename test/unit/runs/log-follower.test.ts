// Following a log: the same lines however it grows; truncated, replaced, torn, endless and invalid files; its end, and searching it.
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LogFollower, type LogMatch, searchLog, tailOf } from '../../../src/runs/log-follower';

const MIB = 1024 * 1024;

let folder: string;
let log: string;
const followers: LogFollower[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasegate-log-'));
  log = join(folder, 'job.log');
});
afterEach(() => {
  for (const follower of followers.splice(0)) follower.close();
  rmSync(folder, { recursive: true, force: true });
});

function follow(options?: ConstructorParameters<typeof LogFollower>[1]): LogFollower {
  const follower = new LogFollower(log, options);
  followers.push(follower);
  return follower;
}

/** What lines are, said once more and naively: all at once. The last one has no end. */
function split(bytes: Buffer): readonly string[] {
  return bytes.toString('utf8').split(/\r\n|\n|\r/);
}

/** Text with everything that is hard: ends of lines of each kind, characters of one to four bytes, bytes that are none. */
const someBytes = fc
  .array(
    fc.oneof(
      fc.constantFrom('\n', '\r', '\r\n', '\n\r', 'é', '✓', '📂', '⚠️', 'day 1/3', ' ').map(text => Buffer.from(text)),
      fc.uint8Array({ minLength: 1, maxLength: 4 }).map(bytes => Buffer.from(bytes)),
    ),
    { maxLength: 60 },
  )
  .map(parts => Buffer.concat(parts));

/** Where a text is cut, as shares of its length. */
const someCuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });

function chunksOf(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const at = [0, ...cuts.map(cut => Math.floor(cut * bytes.length)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

describe('a follower', () => {
  test('gives the lines of the whole, in whatever chunks it was written and however little a poll reads', () => {
    fc.assert(
      fc.property(someBytes, someCuts, fc.integer({ min: 1, max: 9 }), (bytes, cuts, mostBytesAPoll) => {
        rmSync(log, { force: true });
        const follower = follow({ mostBytesAPoll });
        const lines: string[] = [];
        for (const chunk of chunksOf(bytes, cuts)) {
          appendFileSync(log, chunk);
          lines.push(...follower.poll());
        }
        for (let read = 0; read <= bytes.length; read += mostBytesAPoll) lines.push(...follower.poll());
        expect([...lines, follower.takeRest() ?? '']).toEqual(split(bytes));
        follower.close();
      }),
      { numRuns: 300 },
    );
  });

  test('begun at the offset of another, goes on where that one was', () => {
    fc.assert(
      fc.property(someBytes, fc.double({ min: 0, max: 1, noNaN: true }), (bytes, cut) => {
        rmSync(log, { force: true });
        const [first = bytes, second = bytes] = chunksOf(bytes, [cut]);
        writeFileSync(log, first);
        const before = follow();
        const lines = [...before.poll()];
        before.close();
        appendFileSync(log, second);
        const after = follow({ from: before.offset });
        lines.push(...after.poll());
        expect([...lines, after.takeRest() ?? '']).toEqual(split(bytes));
        after.close();
      }),
      { numRuns: 300 },
    );
  });

  test('gives nothing while there is no file, and nothing twice', () => {
    const follower = follow();
    expect(follower.poll()).toEqual([]);
    expect(follower.problem).toBeUndefined();
    writeFileSync(log, 'one\ntwo\r\nthr');
    expect(follower.poll()).toEqual(['one', 'two']);
    expect(follower.offset).toBe(9);
    expect(follower.poll()).toEqual([]);
    appendFileSync(log, 'ee\n\n');
    expect(follower.poll()).toEqual(['three', '']);
    expect(follower.offset).toBe(statSync(log).size);
    expect(follower.takeRest()).toBeUndefined();
  });

  test('a progress bar: each state of it is a line, as soon as it is over', () => {
    const follower = follow();
    writeFileSync(log, '10%\r20%\r30%');
    expect(follower.poll()).toEqual(['10%', '20%']);
    appendFileSync(log, '\r');
    expect(follower.poll()).toEqual(['30%']);
    appendFileSync(log, '\ndone\n');
    expect(follower.poll()).toEqual(['done']);
  });

  test('a line without an end is given when its writer is gone', () => {
    const follower = follow();
    writeFileSync(log, 'one\nKilled');
    expect(follower.poll()).toEqual(['one']);
    expect(follower.takeRest()).toBe('Killed');
    expect(follower.takeRest()).toBeUndefined();
    expect(follower.offset).toBe(10);
  });

  test('a truncated file is read from its start, after the line that it was cut in', () => {
    const follower = follow();
    writeFileSync(log, 'one\ntwo\nthr');
    expect(follower.poll()).toEqual(['one', 'two']);
    truncateSync(log);
    appendFileSync(log, 'new\n');
    expect(follower.poll()).toEqual(['thr', 'new']);
    expect(follower.offset).toBe(4);
  });

  test('an offset behind the end of the file is of another file: it is read from its start', () => {
    writeFileSync(log, 'one\n');
    expect(follow({ from: 100 }).poll()).toEqual(['one']);
  });

  test('a replaced file is read from its start, and the old one to its end before', () => {
    const follower = follow({ mostBytesAPoll: 6 });
    writeFileSync(log, 'one\ntwo\n');
    expect(follower.poll()).toEqual(['one']);
    appendFileSync(log, 'three');
    renameSync(log, join(folder, 'job.log.1'));
    expect(follower.poll()).toEqual(['two']);
    writeFileSync(log, 'new\n');
    const lines: string[] = [];
    for (let poll = 0; poll < 4; poll++) lines.push(...follower.poll());
    expect(lines).toEqual(['three', 'new']);
    expect(follower.offset).toBe(4);
  });

  test('a file written aside and renamed over it is another file, though it is longer', () => {
    const follower = follow();
    writeFileSync(log, 'one\n');
    expect(follower.poll()).toEqual(['one']);
    writeFileSync(join(folder, 'aside'), 'other\nand more\n');
    renameSync(join(folder, 'aside'), log);
    expect(follower.poll()).toEqual(['other', 'and more']);
  });

  test('what is no file is a problem, until it is one', () => {
    mkdirSync(log);
    const follower = follow();
    expect(follower.poll()).toEqual([]);
    expect(follower.problem).toContain('is not a file');
    rmSync(log, { recursive: true });
    writeFileSync(log, 'one\n');
    expect(follower.poll()).toEqual(['one']);
    expect(follower.problem).toBeUndefined();
  });

  test('closed and polled again, goes on', () => {
    const follower = follow();
    writeFileSync(log, 'one\r');
    expect(follower.poll()).toEqual(['one']);
    follower.close();
    appendFileSync(log, '\ntwo\n');
    expect(follower.poll()).toEqual(['two']);
  });

  test.each([
    ['shorter than the limit', '12345678', ['12345678']],
    ['as long', '1234567890', ['1234567890']],
    ['longer', '12345678901', ['1234567890']],
    ['much longer', '1'.repeat(1000), ['1111111111']],
    ['cut within a character', '12345678✓✓', ['12345678']],
  ])('a line %s', (_, line, given) => {
    const follower = follow({ mostLineBytes: 10 });
    writeFileSync(log, `${line}\nnext\n`);
    expect(follower.poll()).toEqual([...given, 'next']);
  });

  test('the head of a line that is too long is given at once, and once', () => {
    const follower = follow({ mostLineBytes: 10 });
    writeFileSync(log, '123456');
    expect(follower.poll()).toEqual([]);
    appendFileSync(log, '789012');
    expect(follower.poll()).toEqual(['1234567890']);
    appendFileSync(log, '3456789');
    expect(follower.poll()).toEqual([]);
    expect(follower.takeRest()).toBeUndefined();
    appendFileSync(log, '\nnext\n');
    expect(follower.poll()).toEqual(['next']);
  });

  test('after a truncation within such a line, the next line is whole', () => {
    const follower = follow({ mostLineBytes: 4 });
    writeFileSync(log, '123456');
    expect(follower.poll()).toEqual(['1234']);
    truncateSync(log);
    appendFileSync(log, 'new\n');
    expect(follower.poll()).toEqual(['new']);
  });

  test('30 MB without an end of line cost a poll and a line, not 30 MB', () => {
    const file = openSync(log, 'w');
    const mebibyte = Buffer.alloc(MIB, 'x');
    for (let i = 0; i < 30; i++) writeSync(file, mebibyte);
    writeSync(file, '\nnext\n');
    closeSync(file);
    const follower = follow();
    const held = process.memoryUsage().arrayBuffers;
    const polls: (readonly string[])[] = [];
    while (follower.offset !== 30 * MIB + 6) polls.push(follower.poll());
    expect(polls.map(lines => lines.map(line => line.length))).toEqual([[64 * 1024], [], [], [4]]);
    expect(process.memoryUsage().arrayBuffers - held).toBeLessThan(MIB);
  });

  test('many small lines at once come in several polls, each of which is bounded', () => {
    writeFileSync(log, 'a line of 20 bytes.\n'.repeat(MIB));
    const follower = follow();
    const counts: number[] = [];
    while (follower.offset !== 20 * MIB) counts.push(follower.poll().length);
    expect(counts.length).toBe(3);
    expect(counts.reduce((sum, count) => sum + count)).toBe(MIB);
  });
});

describe('the end of a log', () => {
  test.each([
    ['ended', 'one\ntwo\nthree\n', 2, ['two', 'three']],
    ['not ended', 'one\ntwo\nthr', 2, ['two', 'thr']],
    ['shorter than asked for', 'one\r\ntwo\r', 9, ['one', 'two']],
    ['with empty lines', 'one\n\n\n', 2, ['', '']],
    ['of no lines', 'one\n', 0, []],
    ['of an empty file', '', 3, []],
  ])('%s', (_, text, lines, tail) => {
    writeFileSync(log, text);
    expect(tailOf(log, lines)).toEqual(tail);
  });

  test('is the last of all lines', () => {
    fc.assert(
      fc.property(someBytes, fc.integer({ min: 1, max: 20 }), (bytes, count) => {
        writeFileSync(log, bytes);
        const lines = split(bytes);
        expect(tailOf(log, count)).toEqual((lines.at(-1) === '' ? lines.slice(0, -1) : lines).slice(-count));
      }),
    );
  });

  test('reads no more than it may: what begins before is left out, or cut where it is all', () => {
    writeFileSync(log, `${'first line '.repeat(100)}\nsecond\nthird\n`);
    expect(tailOf(log, 3, 20)).toEqual(['second', 'third']);
    writeFileSync(log, 'x'.repeat(MIB));
    expect(tailOf(log, 3).map(line => line.length)).toEqual([256 * 1024]);
  });

  test('of what is not there is nothing, and of a folder is an error', () => {
    expect(tailOf(log, 3)).toEqual([]);
    expect(() => tailOf(folder, 3)).toThrow('is not a file');
  });
});

async function matches(text: string, most = Infinity): Promise<readonly LogMatch[]> {
  const found: LogMatch[] = [];
  for await (const match of searchLog(log, text, { most })) found.push(match);
  return found;
}

describe('a search', () => {
  test('gives lines with their numbers and where they begin, in bytes', async () => {
    writeFileSync(log, 'é one\r\ntwo\r\rone more\n\nthe last one');
    expect(await matches('one')).toEqual([
      { line: 1, offset: 0, text: 'é one' },
      { line: 4, offset: 13, text: 'one more' },
      { line: 6, offset: 23, text: 'the last one' },
    ]);
    expect(await matches('one', 2)).toHaveLength(2);
    expect(await matches('ONE')).toEqual([]);
    expect(await matches('e\n')).toEqual([]);
    expect(await matches('')).toEqual([]);
  });

  test('finds what lies across blocks, and behind the part of a long line that is kept', async () => {
    const far = `${'x'.repeat(64 * 1024 - 3)}needle${'y'.repeat(200_000)}needle ${'z'.repeat(9)}`;
    writeFileSync(log, `${far}\n${'w'.repeat(300_000)}\n${'v'.repeat(150_000)}needle`);
    const found = await matches('needle');
    expect(found.map(({ line, offset, text }) => [line, offset, text.length])).toEqual([
      [1, 0, 64 * 1024],
      [3, far.length + 1 + 300_001, 64 * 1024],
    ]);
    expect(await matches('needle z')).toHaveLength(1);
    expect(await matches('y'.repeat(150_000))).toHaveLength(1);
  });

  test('finds the lines that hold the text, wherever blocks end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'b', 'ab', '\n'), { maxLength: 40 }).map(parts => parts.join('')),
        fc.integer({ min: 0, max: 40 }),
        fc.constantFrom('a', 'ab', 'aab', 'bab'),
        async (text, before, wanted) => {
          // The first line ends just before the first block does, at 64 KiB.
          writeFileSync(log, `${'-'.repeat(64 * 1024 - before - 1)}\n${text}`);
          const lines = text.split('\n').flatMap((line, i) => (line.includes(wanted) ? [[i + 2, line]] : []));
          expect((await matches(wanted)).map(({ line, text: found }) => [line, found])).toEqual(lines);
        },
      ),
    );
  });

  test('reads no further than it is asked', async () => {
    writeFileSync(log, 'one\n'.repeat(100_000));
    for await (const { line } of searchLog(log, 'one', { most: 5 })) if (line === 2) break;
    expect(await matches('one', 3)).toHaveLength(3);
  });

  test('of what is not there finds nothing, and of a folder is an error', async () => {
    expect(await matches('one')).toEqual([]);
    mkdirSync(log);
    await expect(matches('one')).rejects.toThrow('is not a file');
  });
});
