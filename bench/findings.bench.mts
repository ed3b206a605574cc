// What an editor waits for after a key in a source of three thousand lines: reading it anew, and the findings at its lines.
import { findingsOf } from '../src/language/source-findings';
import { lineOfColumn, writerLine } from '../src/language/source-lines';
import type { Report, Result } from '../src/model/report';
import { pythonNames } from '../src/scripts/python-names';
import { sqlOutputs } from '../src/scripts/sql-names';

const ROUNDS = 60;
const LINES = 3000;
/** What a person does not notice, milliseconds. */
const GOAL_MS = 50;
const COLUMNS = 40;

const functions: string[] = [];
for (let n = 0; functions.join('\n').split('\n').length < LINES - COLUMNS - 10; n++)
  functions.push(
    `def step_${n}(box, day):\n    """Computes a part of a row."""\n    if not box["minutes_${n}"]:\n        return None\n    value = box["points_${n}"] * 100 / max(1, box["minutes_${n}"])\n    query = """\n        SELECT game_id, sum(points) AS total_${n}\n        FROM league.t${n}\n        WHERE day = %s\n    """\n    frame["share_${n}"] = run(query, day)["total_${n}"] / value\n    return value\n`,
  );
const row = `def process(day):\n    return [\n        {\n            "game_id": game,\n${Array.from({ length: COLUMNS }, (_, i) => `            "column_${i}": step_${i}(box, day),`).join('\n')}\n        }\n    ]\n`;
const source = `${functions.join('\n')}\n${row}`;
const results = Array.from({ length: COLUMNS }, (_, i): Result => ({
  id: `raw.t/not_null/column_${i}`,
  gate: 'validate',
  table: 'raw.t',
  check: 'not_null',
  column: `column_${i}`,
  outcome: 'fail',
  message: `column_${i} is filled in 12.0 % of 1,000 rows; 95 % are asked for per date`,
  dates: { count: 3, ranges: [['2024-01-01', '2024-01-03']] },
}));
const report = {
  results,
  phases: [{ id: '1', name: 'Raw', tables: ['raw.t'] }],
  coverage: [],
} as unknown as Report;

const declared = { file: 'phasegate.yaml', line: 1 };
const checks = results.map(({ id }) => ({ id: id.slice('raw.t/'.length), source: declared }));
const tables = new Map([['raw.t', { source: declared, checks }]]);

const times: number[] = [];
let found = 0;
for (let round = 0; round < ROUNDS; round++) {
  const typed = `${source}# ${round}\n`;
  const start = performance.now();
  const names = pythonNames(typed); // every key makes another text: nothing is read from memory
  const readers = { python: () => names, sql: sqlOutputs };
  const sources = [{ file: 'p.py', text: typed }];
  const findings = findingsOf({
    report,
    manifest: { file: 'phasegate.yaml', text: '', pipeline: { tables, accepted: [] } },
    lineOf: (_, column) => lineOfColumn(column, ['game_id'], sources, readers),
    textOf: () => typed,
    changedAt: () => 0,
  });
  writerLine(['game_id'], sources, readers);
  times.push(performance.now() - start);
  found = findings.get('p.py')?.length ?? 0;
}
const sorted = times.slice(ROUNDS / 3).sort((a, b) => a - b);
const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(1);
console.log(
  `${source.split('\n').length} lines, ${found} findings after a key: median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms, first ${times[0]?.toFixed(1)} ms (goal: ${GOAL_MS} ms)`,
);
