// Samples for the crash test: small commands, so that many are in flight, and jobs that write in three ways, good and bad.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** How the Python jobs write: aside and renamed, as the sample's do; into the file itself, row by row; or behind what is there. */
export const WAYS = ['whole', 'in place', 'append'];

const WRITES = /^def write_rows\(table, day, columns, rows\):\n[\s\S]*?^ {4}os\.replace\(aside, path\)\n/m;

/** Row by row, each on the disk: whoever is killed in between leaves a part of a file. */
const rowByRow = mode => `def write_rows(table, day, columns, rows):
    path = path_of(table, day)
    path.parent.mkdir(parents=True, exist_ok=True)
    begun = ${mode === 'a' ? 'path.exists() and path.stat().st_size > 0' : 'False'}
    with open(path, "${mode}", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\\n")
        if not begun:
            writer.writerow(columns)
        for row in rows:
            writer.writerow(["" if row[column] is None else row[column] for column in columns])
            file.flush()
`;

/** Writes a sample whose jobs write in a way. */
export function writeSample(folder, { way, dates, program, env }) {
  const made = spawnSync(process.execPath, [program, 'sample', folder, '--dates', String(dates)], {
    encoding: 'utf8',
    env,
  });
  if (made.status !== 0) throw new Error(`no sample: ${made.stdout}${made.stderr}`);
  edit(path.join(folder, 'phasegate.yaml'), [
    [/^( {4}options: [&*]job-flags.*)$/gm, '$1\n    chunk: 3\n    parallel: 2\n    backoff: 0.1s', 3],
    [/\{ sql: (\S+) \}/g, '{ sql: $1, chunk: 4, backoff: 0.1s }', 6],
    ...(way === 'append' ? [[/^ {4}rewrites: replace.*$/gm, '    rewrites: append', 3]] : []),
  ]);
  if (way === 'whole') return;
  edit(path.join(folder, 'shared/partitions.py'), [[WRITES, rowByRow(way === 'append' ? 'a' : 'w'), 1]]);
  // What is added to rows that are there already would be there twice.
  if (way === 'append') rmSync(path.join(folder, 'data/analytics'), { recursive: true });
}

function edit(file, changes) {
  let content = readFileSync(file, 'utf8');
  for (const [pattern, by, times] of changes) {
    let count = 0;
    content = content.replace(pattern, (...found) => {
      count++;
      return by.replace('$1', found[1]);
    });
    if (count !== times) throw new Error(`${file} is otherwise than this test knows: ${count} of ${times} places`);
  }
  writeFileSync(file, content);
}
