// Measuring: one statement a table, re-use only by stamp, splitting what fails, absent columns left out.
import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ledger } from '../../../src/facts/ledger';
import { measureTables } from '../../../src/facts/measure';
import { type Day, addDays } from '../../../src/model/day';
import type { TableFacts, TableReading } from '../../../src/model/facts';
import { type Figure, figure, figureId, row } from '../../../src/model/figures';
import type { TableSource } from '../../../src/pipeline/pipeline';
import { day } from '../checks/evidence';
import { FakeWarehouse } from './fake-warehouse';

const FROM = day('2024-01-01');
const at = (offset: number): Day => addDays(FROM, offset);
const range = { from: FROM, to: at(9) };
const source: TableSource = {
  name: 'd.t',
  location: { kind: 'target' },
  date: { column: 'a', timezone: undefined },
  dated: true,
  columns: new Map(),
  written: undefined,
};
const nulls = figure.count(row.isNull('a'));
const good = figure.count(row.sql('a > 1'));
const bad = figure.count(row.sql('a > nonsense()'));

let folder: string;
let warehouse: FakeWarehouse;
let warnings: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasegate-facts-'));
  warehouse = new FakeWarehouse();
  warehouse.rows = new Map([
    [at(0), 5],
    [at(3), 7],
  ]);
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A new ledger each time, as a new process would have. */
const openLedger = (): Ledger => new Ledger(folder, message => warnings.push(message));

async function measure(
  figures: readonly Figure[],
  options: { useCache?: boolean } = {},
): Promise<{ reading: TableReading; statements: number }> {
  const measured = await measureTables([{ source, range, figures }], {
    warehouse,
    ledger: openLedger(),
    useCache: options.useCache ?? true,
  });
  const reading = measured.readings.get('d.t');
  if (reading === undefined) throw new Error('no reading');
  return { reading, statements: measured.statements };
}

function factsOf(reading: TableReading): TableFacts {
  if (reading.state !== 'measured') throw new Error(`not measured: ${reading.message}`);
  return reading.facts;
}

const stamped = (text: string, changedAt = 0): void => {
  warehouse.stamps = { kind: 'whole', stamp: { text, changedAt } };
};

describe('measuring a table', () => {
  it('takes one statement, however many figures are asked', async () => {
    const { reading, statements } = await measure([nulls, good]);
    expect(statements).toBe(1);
    const facts = factsOf(reading);
    expect(facts.days).toEqual([at(0), at(3)]);
    expect(facts.rows).toEqual([5, 7]);
    expect(facts.values.get(figureId(nulls))).toEqual([at(0), at(3)].map(d => warehouse.figureOf(nulls, d)));
  });

  it('leaves out figures of absent columns before anything is sent, naming the nearest column', async () => {
    const absent = figure.count(row.isNull('aa'));
    const hidden = figure.count(row.sql('ab > 1'));
    const { reading, statements } = await measure([absent, nulls, hidden]);
    expect(statements).toBe(1);
    const facts = factsOf(reading);
    expect(facts.values.has(figureId(nulls))).toBe(true);
    expect(facts.unmeasured.get(figureId(absent))).toMatchObject({
      reason: 'absent-column',
      columns: ['aa'],
      nearest: 'a',
    });
    expect(facts.unmeasured.get(figureId(hidden))).toMatchObject({ reason: 'absent-column', columns: ['ab'] });
  });

  it('splits a statement that fails until the culprit stands alone', async () => {
    warehouse.refused = ['a > nonsense()'];
    const others = ['a > 2', 'a > 3', 'a > 4', 'a > 5'].map(text => figure.count(row.sql(text)));
    const { reading, statements } = await measure([...others, bad, nulls]);
    const facts = factsOf(reading);
    expect(facts.unmeasured.get(figureId(bad))).toEqual({ reason: 'failed', message: 'the engine refused it' });
    for (const each of [...others, nulls]) expect(facts.values.get(figureId(each))).toHaveLength(2);
    expect(statements).toBe(warehouse.asked.length); // the failed ones count too
    expect(statements).toBeLessThanOrEqual(2 + 2 * Math.ceil(Math.log2(6)));
  });

  it('tells a table that is not there from one that was there before', async () => {
    warehouse.absent = true;
    expect((await measure([nulls])).reading).toMatchObject({ state: 'absent', knownBefore: false });
    warehouse.absent = false;
    await measure([nulls]);
    warehouse.absent = true;
    expect((await measure([nulls])).reading).toMatchObject({ state: 'absent', knownBefore: true });
  });

  it('cannot read a dated table without its date column', async () => {
    warehouse.columns = [{ name: 'b', type: 'INTEGER' }];
    const { reading, statements } = await measure([]);
    expect(reading).toMatchObject({ state: 'unreadable' });
    expect(statements).toBe(0);
  });
});

describe('re-use by stamp', () => {
  it('asks nothing while the stamp is the same, and gives the same facts', async () => {
    stamped('one');
    const first = factsOf((await measure([nulls])).reading);
    const second = await measure([nulls]);
    expect(second.statements).toBe(0);
    expect(factsOf(second.reading).values).toEqual(first.values);
    expect(factsOf(second.reading).measuredAt).toBe(first.measuredAt);
  });

  it.each([
    ['the stamp changed', () => stamped('two')],
    ['there is no stamp', () => (warehouse.stamps = { kind: 'none' })],
  ])('measures again where %s', async (_why, change) => {
    stamped('one');
    await measure([nulls]);
    change();
    expect((await measure([nulls])).statements).toBe(1);
  });

  it('measures again for a figure that was not measured then, and keeps the proof of the others', async () => {
    stamped('one');
    await measure([nulls]);
    expect((await measure([nulls, good])).statements).toBe(1);
    expect((await measure([nulls])).statements).toBe(0);
    expect((await measure([good])).statements).toBe(0);
  });

  it('never re-uses for a gate', async () => {
    stamped('one');
    await measure([nulls]);
    expect((await measure([nulls], { useCache: false })).statements).toBe(1);
  });

  it('does not trust a stamp that changed while it was measured', async () => {
    stamped('one', Date.now() + 1000);
    await measure([nulls]);
    expect((await measure([nulls])).statements).toBe(1);
  });

  it('does not re-use what meant something else', async () => {
    stamped('one');
    await measure([nulls]);
    const moved = { ...source, date: { column: 'a', timezone: 'Europe/Paris' } };
    const measured = await measureTables([{ source: moved, range, figures: [nulls] }], {
      warehouse,
      ledger: openLedger(),
      useCache: true,
    });
    expect(measured.statements).toBe(1);
  });

  it('by date: measures only the dates whose files changed, forgets those that went', async () => {
    const stamps = new Map([
      [at(0), { text: 'x', changedAt: 0 }],
      [at(3), { text: 'y', changedAt: 0 }],
      [at(5), { text: 'z', changedAt: 0 }],
    ]);
    warehouse.rows.set(at(5), 3);
    warehouse.stamps = { kind: 'by-date', stamps };
    await measure([nulls]);
    warehouse.rows.set(at(3), 70);
    warehouse.rows.delete(at(5));
    const changed = new Map(stamps);
    changed.set(at(3), { text: 'y2', changedAt: 0 });
    changed.delete(at(5));
    warehouse.stamps = { kind: 'by-date', stamps: changed };
    const second = await measure([nulls]);
    expect([...(warehouse.asked.at(-1)?.only ?? [])]).toEqual([at(3)]);
    expect(factsOf(second.reading).days).toEqual([at(0), at(3)]);
    expect(factsOf(second.reading).rows).toEqual([5, 70]);
  });
});

describe('the ledger', () => {
  it('is append-only and writes only the dates that changed', async () => {
    await measure([nulls]);
    warehouse.rows.set(at(3), 8);
    await measure([nulls]);
    const lines = readdirSync(join(folder, 'facts'))
      .flatMap(name =>
        readFileSync(join(folder, 'facts', name), 'utf8')
          .trim()
          .split('\n'),
      )
      .map(text => JSON.parse(text) as { at: number; days: number[] })
      .sort((a, b) => a.at - b.at || b.days.length - a.days.length);
    expect(lines.map(line => line.days)).toEqual([[at(0), at(3)], [at(3)]]);
  });

  it('remembers every date on which a figure was ever above zero', async () => {
    await measure([nulls]);
    warehouse.rows.delete(at(3));
    await measure([nulls]);
    expect([...openLedger().history('local', 'd.t').daysEverPositive(figureId(nulls))]).toEqual([at(0), at(3)]);
    expect([...openLedger().history('local', 'd.t').rows.days()]).toEqual([at(0)]);
  });

  it('skips a torn last line with a warning', async () => {
    await measure([nulls]);
    const [name = ''] = readdirSync(join(folder, 'facts'));
    appendFileSync(join(folder, 'facts', name), '{"target":"local","table":"d.t","at":17');
    expect(openLedger().history('local', 'd.t').rows.size).toBe(2);
    expect(warnings.join()).toContain('torn line');
  });

  it('keeps git, search and watchers out', async () => {
    await measure([nulls]);
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n');
  });
});
