// What an editor waits for after a key in a manifest of a thousand lines: reading it anew, its diagnostics, lenses and completion.
import { completionsAt } from '../src/language/completion';
import { diagnosticsOf } from '../src/language/diagnostics';
import { readDocument } from '../src/language/manifest-document';
import { tableLenses } from '../src/language/tables';
import { largeManifest } from './large-manifest';

const ROUNDS = 60;
/** What a person does not notice, milliseconds. */
const GOAL_MS = 50;
const LINES = 1000;

const { text, linesPerTable } = largeManifest(LINES);
const half = text.indexOf('tables:') + Math.floor(text.length / 2);
const times: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  // Every key makes another text, now right and now wrong: nothing is read from memory.
  const typed = `${text.slice(0, half)}${round % 2 === 0 ? '' : 'x'}${text.slice(half)}# ${round}\n`;
  const start = performance.now();
  const document = readDocument('/w/phasegate.yaml', typed, {});
  diagnosticsOf(document);
  tableLenses(document, '/w', undefined);
  completionsAt(document, document.positions.of(half));
  times.push(performance.now() - start);
}
const sorted = times.slice(ROUNDS / 3).sort((a, b) => a - b);
const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(1);
console.log(
  `${text.split('\n').length} lines (${linesPerTable} a table), diagnostics, lenses and completion after a key: median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms, first ${times[0]?.toFixed(1)} ms (goal: ${GOAL_MS} ms)`,
);
