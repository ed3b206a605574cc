// The journal: every event on the disk when it is written, whole lines for whoever reads, whatever was torn and whenever one looks.
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/runs/events';
import { Journal, JournalReader } from '../../../src/runs/journal';
import { cancelAsked, note, runStarted, someEvent, stepStarted } from './journals';

let folder: string;
let path: string;
const open: Journal[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasegate-journal-'));
  path = join(folder, 'journal.jsonl');
});
afterEach(() => {
  for (const each of open.splice(0)) each.close();
  rmSync(folder, { recursive: true, force: true });
});

function journal(at = path): Journal {
  const made = new Journal(at);
  open.push(made);
  return made;
}

/** Everything in a journal, and how many of its lines were no events. */
function read(): { readonly events: readonly RunEvent[]; readonly torn: number } {
  const reader = new JournalReader(path);
  return { events: reader.read(), torn: reader.torn };
}

/** An event as whoever reads it has it: what is not there is left out. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

describe('writing a journal', () => {
  test('adds a line for each event, which is there at once', () => {
    const writer = journal();
    writer.append(runStarted(0));
    expect(read().events).toEqual([plain(runStarted(0))]);
    writer.append(stepStarted(1, 'teams'), note(2, 'two lines\nin one\u2028event', 'teams'));
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(4);
    expect(read()).toEqual({
      events: plain([runStarted(0), stepStarted(1, 'teams'), note(2, 'two lines\nin one\u2028event', 'teams')]),
      torn: 0,
    });
  });

  test('of no event writes nothing', () => {
    journal().append();
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  test('goes on where another runner ended', () => {
    const first = journal();
    first.append(runStarted(0));
    journal().append(runStarted(60, { resumed: true }));
    expect(read().events.map(({ at }) => at)).toEqual([runStarted(0).at, runStarted(60).at]);
  });

  test('never lets a line that a crash has torn swallow the next one', () => {
    writeFileSync(path, `${JSON.stringify(runStarted(0))}\n{"at":1,"event":"step-sta`);
    journal().append(runStarted(60, { resumed: true }));
    expect(read()).toEqual({ events: plain([runStarted(0), runStarted(60, { resumed: true })]), torn: 1 });
  });

  test('fails where it cannot be written: a run without a journal has to stop', () => {
    expect(() => journal(join(folder, 'not there', 'journal.jsonl'))).toThrow('ENOENT');
  });

  test.runIf(existsSync('/dev/full'))('fails where the disk is full', () => {
    const full = journal('/dev/full');
    for (let i = 0; i < 2; i++) expect(() => full.append(runStarted(0))).toThrow('ENOSPC');
  });
});

describe('reading a journal', () => {
  test('that is not there gives nothing, and all of it when it is', () => {
    const reader = new JournalReader(path);
    expect(reader.read()).toEqual([]);
    journal().append(runStarted(0));
    expect(reader.read()).toEqual([plain(runStarted(0))]);
  });

  test('gives what was added since it was read last', () => {
    const writer = journal();
    const reader = new JournalReader(path);
    writer.append(runStarted(0));
    expect(reader.read()).toHaveLength(1);
    expect(reader.read()).toHaveLength(0);
    writer.append(stepStarted(1, 'teams'), cancelAsked(2));
    expect(reader.read()).toEqual([stepStarted(1, 'teams'), cancelAsked(2)]);
  });

  test('in the middle of a write gives the event when it is whole', () => {
    const line = `${JSON.stringify(note(1, 'ein Umlaut: ü'))}\n`;
    const bytes = Buffer.from(line);
    const reader = new JournalReader(path);
    for (const byte of bytes.subarray(0, -1)) {
      appendFileSync(path, Buffer.of(byte));
      expect(reader.read()).toEqual([]);
    }
    appendFileSync(path, '\n');
    expect(reader.read()).toEqual([plain(note(1, 'ein Umlaut: ü'))]);
    expect(reader.torn).toBe(0);
  });

  test('passes over a torn line in the middle of which it began, and counts it', () => {
    writeFileSync(path, '{"at":1,"event":"step-sta');
    const reader = new JournalReader(path);
    expect(reader.read()).toEqual([]);
    expect(reader.torn).toBe(0); // it may yet become whole
    journal().append(runStarted(60));
    expect(reader.read()).toEqual([plain(runStarted(60))]);
    expect(reader.torn).toBe(1);
  });

  test.each([
    'not JSON',
    '7',
    'null',
    '"text"',
    '[]',
    '{}',
    '{"event":"note"}',
    '{"at":1}',
    '{"at":"1","event":"note"}',
  ])('passes over %s', line => {
    writeFileSync(path, `${line}\n${JSON.stringify(cancelAsked(1))}\n\n`);
    expect(read()).toEqual({ events: [cancelAsked(1)], torn: 1 });
  });

  test('gives an event of a later version as it is', () => {
    const later = { at: 1, event: 'chunk-paused', step: 'teams' };
    writeFileSync(path, `${JSON.stringify(later)}\n`);
    expect(read()).toEqual({ events: [later], torn: 0 });
  });

  test('gives events that are larger than what is read at once', () => {
    const large = note(1, 'ü'.repeat(3_000_000));
    const writer = journal();
    writer.append(large, cancelAsked(2));
    expect(read().events).toEqual([plain(large), cancelAsked(2)]);
  });

  test('gives the same events in whatever pieces they were written and whenever it was looked', () => {
    const pieces = fc.array(fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), looks: fc.boolean() }), {
      maxLength: 10,
    });
    fc.assert(
      fc.property(fc.array(someEvent, { maxLength: 12 }), pieces, (events, cuts) => {
        rmSync(path, { force: true });
        const bytes = Buffer.from(events.map(event => `${JSON.stringify(event)}\n`).join(''));
        const reader = new JournalReader(path);
        const seen: RunEvent[] = [];
        let from = 0;
        for (const { share, looks } of [...cuts].sort((a, b) => a.share - b.share)) {
          const to = Math.floor(share * bytes.length);
          appendFileSync(path, bytes.subarray(from, to));
          from = to;
          if (looks) seen.push(...reader.read());
        }
        appendFileSync(path, bytes.subarray(from));
        seen.push(...reader.read());
        expect(seen).toEqual(plain(events));
        expect(reader.torn).toBe(0);
      }),
    );
  });
});
