// A manifest of a given length, of tables that depend on each other and carry the usual checks.

const TABLE_LINES = 10;
const HEAD = `version: 1
name: large
targets: { local: { type: duckdb, path: w.duckdb } }
defaults: { date: game_date, calendar: days }
calendars: { days: { days: daily, start: 2021-01-01 } }
phases:
  - id: 1
    tables:`;

/** A manifest of about so many lines. */
export function largeManifest(lines: number): { readonly text: string; readonly linesPerTable: number } {
  const tables = Array.from({ length: Math.round(lines / TABLE_LINES) }, (_, i) =>
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
  return { text: `${HEAD}\n${tables.join('\n')}\n`, linesPerTable: TABLE_LINES };
}
