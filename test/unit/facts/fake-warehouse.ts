// A warehouse of numbers held in memory, for the logic of measuring: which statements are sent, what is re-used, what is split.
// (Real engines are tested under test/warehouse.)
import type { Day } from '../../../src/model/day';
import { NO_STRAYS } from '../../../src/model/facts';
import { type Figure, columnsOf, expressionsOf, figureId } from '../../../src/model/figures';
import type { TableSource } from '../../../src/pipeline/pipeline';
import type {
  LiveColumn,
  MeasuredRows,
  Measurement,
  QueryRows,
  SampledRows,
  TableDescription,
  TableStamps,
  Warehouse,
  WarehouseAnswer,
} from '../../../src/warehouse/warehouse';

export class FakeWarehouse implements Warehouse {
  readonly target = 'local';
  readonly dialect = 'duckdb';
  readonly lookups = 1;
  readonly asked: Measurement[] = [];
  columns: LiveColumn[] = [{ name: 'a', type: 'INTEGER' }];
  stamps: TableStamps = { kind: 'none' };
  /** Rows by date; every figure's value is the rows of its date plus the length of its identity. */
  rows = new Map<Day, number>();
  /** Statements with these expressions are refused by the engine. */
  refused: readonly string[] = [];
  absent = false;

  describe(sources: readonly TableSource[]): Promise<ReadonlyMap<string, TableDescription>> {
    const description: TableDescription = this.absent
      ? { state: 'absent', message: 'no such table' }
      : { state: 'present', kind: 'table', columns: this.columns, stamps: this.stamps, unread: new Map() };
    return Promise.resolve(new Map(sources.map(source => [source.name, description])));
  }

  sampleRows(): Promise<WarehouseAnswer<SampledRows>> {
    return Promise.resolve({ ok: false, failure: { reason: 'statement', message: 'there are no rows here' } });
  }

  measureQuery(): Promise<WarehouseAnswer<QueryRows>> {
    return Promise.resolve({ ok: false, failure: { reason: 'statement', message: 'there are no queries here' } });
  }

  measure(measurement: Measurement): Promise<WarehouseAnswer<MeasuredRows>> {
    this.asked.push(measurement);
    if (measurement.figures.some(figure => expressionsOf(figure).some(text => this.refused.includes(text)))) {
      return Promise.resolve({ ok: false, failure: { reason: 'statement', message: 'the engine refused it' } });
    }
    const known = new Set(this.columns.map(column => column.name));
    const unknown = measurement.figures.flatMap(columnsOf).find(column => !known.has(column));
    if (unknown !== undefined) throw new Error(`asked for ${unknown}, which is not there`);
    const days = [...this.rows.keys()]
      .filter(
        day => day >= measurement.range.from && day <= measurement.range.to && measurement.only?.has(day) !== false,
      )
      .sort((a, b) => a - b);
    return Promise.resolve({
      ok: true,
      value: {
        days,
        rows: days.map(day => this.rows.get(day) ?? 0),
        values: measurement.figures.map(figure => days.map(day => this.figureOf(figure, day))),
        strays: NO_STRAYS,
        unread: new Map(),
        bytes: 10,
      },
    });
  }

  figureOf(figure: Figure, day: Day): number {
    return (this.rows.get(day) ?? 0) + figureId(figure).length;
  }

  statementColumns(statements: readonly string[]): Promise<readonly WarehouseAnswer<readonly LiveColumn[]>[]> {
    return Promise.resolve(statements.map(() => ({ ok: true, value: [] })));
  }

  replacePartitions(): never {
    throw new Error('nothing is written here');
  }

  explain(): string {
    return '';
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
