// What reading a manifest costs beside the YAML library alone: a ratio inside one run, so that a slow machine tells the same.
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { readManifest } from '../../../src/pipeline/manifest';

/** How many times the library's own time reading may take. It was 1.4 to 2 when this was written. */
const MOST = 3.5;
const ROUNDS = 5;

const tables = Array.from(
  { length: 1_250 },
  (_, i) => `      - name: raw.table_${i}
        files: "data/table_${i}/{date}.csv"
        key: [game_id, team]
        dependsOn: [${i === 0 ? '' : `raw.table_${i - 1}`}]
        rows: { per: games, exactly: 2, of: team }
        checks:
          - not_null: { column: points, min: 99%, per: date, minRows: 8 }
          - range: { column: points, min: 0, max: 200 }`,
);
const text = `version: 1
name: large
targets: { local: { type: duckdb } }
calendars:
  game-days: { csv: schedule.csv, date: d, units: { games: count(*) }, start: 2024-01-01 }
defaults: { calendar: game-days }
phases:
  - id: 1
    tables:
${tables.join('\n')}
`;

const timed = (task: () => unknown): number => {
  const start = performance.now();
  task();
  return performance.now() - start;
};

test('a manifest of 10,000 lines is read in a small multiple of what the YAML library takes', () => {
  expect(text.split('\n').length).toBeGreaterThan(10_000);
  const read = (): void => {
    const reading = readManifest(text, { folder: '/w', file: 'phasegate.yaml', env: {} });
    expect(reading.ok ? [] : reading.problems).toEqual([]);
  };
  read();
  const ratios = Array.from(
    { length: ROUNDS },
    () => timed(read) / timed(() => parseDocument(text, { prettyErrors: false })),
  );
  expect(ratios.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]).toBeLessThan(MOST);
});
