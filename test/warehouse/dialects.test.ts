// Every figure in both dialects, as golden files: no check is written for one engine alone. No network.
import { describe, expect, it } from 'vitest';
import { DaySet } from '../../src/model/day-set';
import { type Figure, figure, row } from '../../src/model/figures';
import { bigqueryDialect } from '../../src/warehouse/bigquery/dialect';
import type { Dialect } from '../../src/warehouse/dialect';
import { duckdbDialect } from '../../src/warehouse/duckdb/dialect';
import { renderMeasurement } from '../../src/warehouse/render';
import type { LiveColumn } from '../../src/warehouse/warehouse';
import { YEAR, day, table } from './workspace';

const FIGURES: readonly Figure[] = [
  figure.count(),
  figure.count(row.isNull('select')),
  figure.count(row.filled('points')),
  figure.count(row.anyNull(['game_id', 'player'])),
  figure.count(row.all(row.isNull('usage'), row.sql('minutes > 0'))),
  figure.count(row.sql('paint + mid <= fga + 1', 'false')),
  figure.count(row.sql('paint + mid <= fga + 1', 'null')),
  figure.count(row.outside('points', 0, 100)),
  figure.count(row.outside('note', undefined, 5)),
  figure.count(row.unreadable('note', 'number')),
  figure.count(row.unreadable('note', 'day')),
  figure.count(row.unreadable('note', 'instant')),
  figure.min('points', 'number'),
  figure.max('note', 'number', row.filled('points')),
  figure.max('written', 'instant'),
  figure.sum('points', row.sql('minutes > 0')),
  figure.distinct(['game_id']),
  figure.distinct(['game_id', 'player'], row.filled('points')),
  figure.mostFrequent('points'),
  figure.fingerprint(['written']),
  figure.mostFrequent('points', row.sql('minutes > 0')),
  figure.leastHash('game_id'),
  figure.greatestHash('points', row.sql('minutes > 0')),
  figure.count(row.oneOf('points', [0, 4.27])),
  figure.count(row.oneOf('note', ['unknown', 'n/a', 0])),
  figure.count(row.mismatch('game_id', '00[0-9]{8}')),
];

interface Engine {
  readonly dialect: Dialect;
  readonly types: {
    readonly text: string;
    readonly number: string;
    readonly instant: string;
    readonly civil: string;
    readonly date: string;
  };
}
const ENGINES: readonly Engine[] = [
  {
    dialect: duckdbDialect,
    types: {
      text: 'VARCHAR',
      number: 'INTEGER',
      instant: 'TIMESTAMP WITH TIME ZONE',
      civil: 'TIMESTAMP',
      date: 'DATE',
    },
  },
  {
    dialect: bigqueryDialect,
    types: { text: 'STRING', number: 'INT64', instant: 'TIMESTAMP', civil: 'DATETIME', date: 'DATE' },
  },
];

describe.each(ENGINES)('$dialect.name', ({ dialect, types }) => {
  const columns = (dateType: string): readonly LiveColumn[] => [
    { name: 'd', type: dateType },
    ...['game_id', 'player', 'note', 'select'].map(name => ({ name, type: types.text })),
    ...['points', 'usage', 'minutes', 'paint', 'mid', 'fga'].map(name => ({ name, type: types.number })),
    { name: 'written', type: types.civil },
  ];
  const render = (
    dateType: string,
    timezone: string | undefined,
    figures: readonly Figure[],
    only?: DaySet,
  ): string => {
    const source = table('t', {
      date: { column: 'd', timezone },
      written: { column: 'written', timezone: 'America/New_York' },
    });
    const { sql, parameters } = renderMeasurement(
      { source, range: YEAR, figures, strays: only === undefined, ...(only === undefined ? {} : { only }) },
      { sql: dialect.identifier('t'), columns: columns(dateType), raw: new Map(), fileDay: undefined },
      dialect,
    );
    return `${sql}\n-- ${parameters.map(({ name, type, value }) => `${name}: ${type} ${value}`).join(', ')}\n`;
  };

  it('every figure', async () => {
    await expect(render(types.date, undefined, FIGURES)).toMatchFileSnapshot(`golden/figures.${dialect.name}.sql`);
  });

  it('every kind of date', async () => {
    const only = DaySet.of([day('2024-01-02'), day('2024-01-03'), day('2024-02-01')]);
    const zone = 'America/New_York';
    const all = [
      render(types.date, undefined, []),
      render(types.date, undefined, [], only),
      render(types.instant, zone, []),
      render(types.instant, undefined, []),
      render(types.civil, zone, []),
      render(types.civil, undefined, []),
      render(types.text, undefined, []),
      render(types.text, zone, []),
    ];
    await expect(all.join('\n')).toMatchFileSnapshot(`golden/dates.${dialect.name}.sql`);
  });

  it('restricts the dates that are read where that saves anything: some tables refuse a query that does not', () => {
    expect(render(types.date, undefined, []).includes('WHERE')).toBe(!dialect.readsEveryRowForStrays);
  });

  it('quotes what is in a name', () => {
    expect(dialect.identifier('a`b"c\\d')).toBe(dialect.name === 'duckdb' ? '"a`b""c\\d"' : '`a\\`b"c\\\\d`');
  });
});
