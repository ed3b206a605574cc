// `npm run workbench`: a real workbench with the extension and the sample, on a loopback port. Ctrl+C ends it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { serveWorkbench } from './host/server.mjs';
import { ROOT } from './setup.mjs';

const sample = path.join(ROOT, '.demo', 'workbench-sample');
if (!existsSync(sample)) {
  mkdirSync(path.dirname(sample), { recursive: true });
  const { status } = spawnSync(process.execPath, [path.join(ROOT, 'bin/phasegate.cjs'), 'sample', sample], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
const port = process.env.PORT === undefined ? undefined : Number(process.env.PORT);
const server = await serveWorkbench({ port, log: text => process.stderr.write(`${text}\n`) });
// Unpacked, as it lies here: what is built is what runs after "Developer: Reload Window".
symlinkSync(ROOT, path.join(server.extensions, 'phasegate.phasegate-0.1.0'));
await server.start();
process.stdout.write(`${server.address({ folder: sample })}\nCtrl+C ends it\n`);
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    void server.stop().then(() => process.exit(0));
  });
