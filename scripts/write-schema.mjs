// Writes phasegate.schema.json from the one definition of the manifest, in src/pipeline/manifest-schema.ts.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { format } from 'prettier';
import { ROOT } from './setup.mjs';

const bundle = path.join(ROOT, 'dist', 'manifest-schema.mjs');
await build({
  absWorkingDir: ROOT,
  entryPoints: ['src/pipeline/manifest-schema.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  logLevel: 'warning',
});
const { manifestJsonSchema } = await import(pathToFileURL(bundle).href);
const file = path.join(ROOT, 'phasegate.schema.json');
writeFileSync(file, await format(JSON.stringify(manifestJsonSchema()), { parser: 'json', printWidth: 120 }));
process.stderr.write(`wrote ${path.relative(process.cwd(), file)}\n`);
