// The manifest to begin with: small, right, and with a word at each thing that has to be changed.

export const STARTER_MANIFEST = `# What Phasegate knows of your pipeline. Every key completes, and every mistake is told at its line.
version: 1
name: my-pipeline
targets:
  local: { type: duckdb } # path: warehouse.duckdb, where tables live in a database
defaults: { target: local, calendar: every-day }
calendars:
  every-day: { days: daily, start: 2024-01-01, timezone: UTC } # or weekdays, or csv: or table: a schedule
phases:
  - id: 1
    name: Raw
    tables:
      - name: raw.events
        files: data/raw/events/{date}.csv # one file a date; without files, the table lives in the target
        checks:
          - row_count: { min: 1, per: date }
`;
