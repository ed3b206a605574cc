// Secrets in a log: overwritten wherever they are and however they were written, and nothing else is touched.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as soon } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LogMask } from '../../../src/runs/log-mask';

const MIB = 1 << 20;
const SECRET = 's3cret-töken';
const STARS = '*'.repeat(Buffer.byteLength(SECRET));

let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasegate-mask-'));
  log = join(folder, 'job.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const text = (): string => readFileSync(log, 'utf8');

describe('a secret in a log', () => {
  test('is overwritten byte for byte: what is behind it stays where it was', () => {
    writeFileSync(log, `token=${SECRET}&again=${SECRET}\nnext line\n`);
    new LogMask(log, 0, [SECRET]).mask();
    expect(text()).toBe(`token=${STARS}&again=${STARS}\nnext line\n`);
  });

  test('that was written by halves is overwritten when it is whole', () => {
    const bytes = Buffer.from(`a ${SECRET} b`);
    for (let cut = 1; cut < bytes.length; cut++) {
      writeFileSync(log, bytes.subarray(0, cut));
      const mask = new LogMask(log, 0, [SECRET]);
      mask.mask();
      appendFileSync(log, bytes.subarray(cut));
      mask.mask();
      expect(text()).toBe(`a ${STARS} b`);
    }
  });

  test('that lies over the end of what is read at once is overwritten', () => {
    for (const before of [MIB - 5, MIB, MIB + 5, 2 * MIB + 3]) {
      writeFileSync(log, `${'.'.repeat(before)}${SECRET}${'.'.repeat(MIB)}`);
      new LogMask(log, 0, [SECRET]).mask();
      expect(text()).toBe(`${'.'.repeat(before)}${STARS}${'.'.repeat(MIB)}`);
    }
  });

  test('that begins with another is overwritten whole', () => {
    writeFileSync(log, 'abcdef abc');
    new LogMask(log, 0, ['abc', 'abcdef']).mask();
    expect(text()).toBe('****** ***');
  });

  test('is looked for from where the log of this job begins', () => {
    writeFileSync(log, `${SECRET} of an earlier job, long before\n`);
    const mask = new LogMask(log, Buffer.byteLength(text()), [SECRET]);
    appendFileSync(log, SECRET);
    mask.mask();
    expect(text()).toBe(`${SECRET} of an earlier job, long before\n${STARS}`);
  });
});

describe('a log', () => {
  test('without secrets, or with empty ones, is left alone', () => {
    writeFileSync(log, 'a b c');
    new LogMask(log, 0, []).mask();
    new LogMask(log, 0, ['']).mask();
    expect(text()).toBe('a b c');
  });

  test('that is not there is no problem', () => {
    expect(() => new LogMask(log, 0, [SECRET]).mask()).not.toThrow();
  });

  test('holds no secret and is otherwise as it was, in whatever pieces it was written', () => {
    const part = fc.oneof(
      fc.constantFrom('hunter2', 'hunter', 'r2d2', 'ünter', 'h'),
      fc.string({ unit: 'binary', maxLength: 5 }).filter(each => !each.includes('*')),
    );
    const secrets = ['hunter2', 'r2d2', 'ünter'];
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 30 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (parts, cuts) => {
          const bytes = Buffer.from(parts.join(''));
          rmSync(log, { force: true });
          const mask = new LogMask(log, 0, secrets);
          let from = 0;
          for (const cut of [...cuts].sort((a, b) => a - b).map(share => Math.floor(share * bytes.length))) {
            appendFileSync(log, bytes.subarray(from, cut));
            from = cut;
            mask.mask();
          }
          appendFileSync(log, bytes.subarray(from));
          mask.mask();
          const masked = readFileSync(log);
          for (const secret of secrets) expect(masked.includes(secret)).toBe(false);
          expect(masked.length).toBe(bytes.length);
          const changed = [...masked].filter((byte, i) => byte !== bytes[i]);
          expect(changed.every(byte => byte === 0x2a)).toBe(true);
          if (!secrets.some(secret => bytes.includes(secret))) expect(masked.equals(bytes)).toBe(true);
        },
      ),
    );
  });

  test('loses nothing of a writer that goes on meanwhile, and shows no secret of it', async () => {
    // Writes in pieces of seven bytes, so that nearly every secret is cut; the log is its own, as a job's is.
    const writer = spawn(
      process.execPath,
      [
        '-e',
        `const { appendFileSync } = require('fs');
         let text = '';
         for (let i = 0; i < 2000; i++) text += 'line ' + i + ' ${SECRET} end\\n';
         const bytes = Buffer.from(text);
         for (let at = 0; at < bytes.length; at += 7) appendFileSync(process.argv[1], bytes.subarray(at, at + 7));`,
        log,
      ],
      { stdio: 'ignore' },
    );
    const end = once(writer, 'exit');
    const mask = new LogMask(log, 0, [SECRET]);
    while (writer.exitCode === null) {
      mask.mask();
      await soon();
    }
    await end;
    mask.mask();
    expect(text()).toBe(Array.from({ length: 2000 }, (_, i) => `line ${i} ${STARS} end\n`).join(''));
  });
});
