// Another process that uses a database file: `node holder.mjs FILE read|write|crash`. Says `held`, and lets go when its input ends.
import { DuckDBInstance } from '@duckdb/node-api';

const [, , file, mode] = process.argv;
const instance = await DuckDBInstance.create(file, mode === 'read' ? { access_mode: 'READ_ONLY' } : {});
const connection = await instance.connect();
if (mode === 'crash') {
  // Written, and never brought into the file: what is left is its write-ahead log.
  await connection.run("SET wal_autocheckpoint = '1TB'");
  await connection.run("CREATE TABLE t AS SELECT DATE '2024-01-01' + i::INT AS d FROM range(4) r(i)");
  process.kill(process.pid, 'SIGKILL');
}
process.stdout.write('held\n');
process.stdin.on('end', () => {
  connection.closeSync();
  instance.closeSync();
  process.exit(0);
});
process.stdin.resume();
