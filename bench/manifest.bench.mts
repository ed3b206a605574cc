// Reading a manifest of 10,000 lines, once warm, beside what the YAML library alone takes for the same text.
import { parseDocument } from 'yaml';
import { readManifest } from '../src/pipeline/manifest';

const ROUNDS = 9;
const TABLE_LINES = 10;
const head = `version: 1
name: large
targets: { local: { type: duckdb, path: w.duckdb } }
defaults: { date: game_date, calendar: days }
calendars: { days: { days: daily, start: 2021-01-01 } }
phases:
  - id: 1
    tables:`;
const tables = Array.from({ length: 1000 }, (_, i) =>
  [
    `      - name: raw.table_${i}`,
    `        key: [game_id, player_id]`,
    `        dependsOn:${i === 0 ? ' []' : `\n          - { table: raw.table_${i - 1}, lookback: 21d, coverage: 95% }`}`,
    `        coverage: 95%`,
    `        checks:`,
    `          - not_null: { column: points, min: 99%, per: date, minRows: 8 }`,
    `          - range: { column: minutes, min: 0, max: 70 }`,
    `          - row_count: { min: 10, per: date }`,
    `          - expression: { name: zones, holds: "paint + mid <= fga + 1" }`,
  ].join('\n'),
);
const text = `${head}\n${tables.join('\n')}\n`;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const time = (task: () => unknown): number => {
  const start = performance.now();
  task();
  return performance.now() - start;
};
const read = (): void => {
  const reading = readManifest(text, { folder: '/w', file: 'phasegate.yaml', env: {} });
  if (!reading.ok) throw new Error(reading.problems[0]?.message);
};
const parse = (): void => void parseDocument(text);
for (let warm = 0; warm < 3; warm++) {
  read();
  parse();
}
const ours: number[] = [];
const theirs: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  ours.push(time(read));
  theirs.push(time(parse));
}
console.log(
  `${text.split('\n').length} lines (${TABLE_LINES} a table): read ${median(ours).toFixed(0)} ms, the YAML library alone ${median(theirs).toFixed(0)} ms (medians of ${ROUNDS})`,
);
