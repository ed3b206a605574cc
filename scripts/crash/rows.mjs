// What the tables that a run writes hold, read by nothing of ours: by key, without the time of writing.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'yaml';

const DATABASE = 'warehouse.duckdb';
const text = value => `'${value.replaceAll("'", "''")}'`;

/** The tables of a sample that jobs write: what they are called, their keys, and where their rows are. */
export function writtenTables(folder) {
  const { phases } = parse(readFileSync(path.join(folder, 'phasegate.yaml'), 'utf8'), { merge: true });
  return phases.flatMap(({ tables }) =>
    tables.flatMap(({ name, key, files, job, date }) =>
      job === undefined ? [] : [{ name, key, files, date: date ?? 'game_date' }],
    ),
  );
}

/** By table: its rows by key, and the keys that are there more than once. */
export async function rowsOf(folder) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    if (existsSync(path.join(folder, DATABASE)))
      await connection.run(`ATTACH ${text(path.join(folder, DATABASE))} AS file (READ_ONLY)`);
    const found = new Map();
    for (const table of writtenTables(folder)) found.set(table.name, await rowsOfTable(connection, folder, table));
    return found;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function rowsOfTable(connection, folder, { name, key, files, date }) {
  const glob = files === undefined ? undefined : text(path.join(folder, files.replace('{date}', '*')));
  const from =
    glob === undefined
      ? `file.${name}`
      : files.endsWith('.csv')
        ? `read_csv(${glob}, all_varchar = true, header = true, union_by_name = true)`
        : `read_parquet(${glob}, union_by_name = true)`;
  const rows = new Map();
  const twice = new Set();
  let reader;
  try {
    reader = await connection.runAndReadAll(`SELECT * EXCLUDE (processed_at) FROM ${from}`);
  } catch (error) {
    // Nothing was written yet.
    if (/No files found|does not exist|Catalog "file"/.test(String(error))) return { rows, twice };
    throw error;
  }
  const names = reader.columnNames();
  for (const row of reader.getRows()) {
    const values = Object.fromEntries(names.map((column, i) => [column, String(row[i])]));
    const its = [...new Set([date, ...key])].map(column => values[column]).join(' ');
    if (rows.has(its)) twice.add(its);
    rows.set(its, JSON.stringify(values));
  }
  return { rows, twice };
}

/** How a folder's tables differ from others, in words; none where they do not. */
export function differences(expected, actual) {
  const found = [];
  for (const [name, { rows, twice }] of actual) {
    const wanted = expected.get(name).rows;
    const count = (words, keys) => {
      if (keys.length > 0) found.push(`${name}: ${keys.length} rows ${words}, such as ${keys[0]}`);
    };
    count('are there twice', [...twice]);
    count(
      'are lacking',
      [...wanted.keys()].filter(key => !rows.has(key)),
    );
    count(
      'are too many',
      [...rows.keys()].filter(key => !wanted.has(key)),
    );
    count(
      'are otherwise',
      [...rows.keys()].filter(key => wanted.has(key) && wanted.get(key) !== rows.get(key)),
    );
  }
  return found;
}
