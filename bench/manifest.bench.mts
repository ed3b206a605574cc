// Reading a manifest of 10,000 lines, once warm, beside what the YAML library alone takes for the same text.
import { parseDocument } from 'yaml';
import { readManifest } from '../src/pipeline/manifest';
import { largeManifest } from './large-manifest';

const ROUNDS = 9;
const { text, linesPerTable } = largeManifest(10_000);

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
  `${text.split('\n').length} lines (${linesPerTable} a table): read ${median(ours).toFixed(0)} ms, the YAML library alone ${median(theirs).toFixed(0)} ms (medians of ${ROUNDS})`,
);
