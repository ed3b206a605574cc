// Colour, where it is wanted: escape codes around words that say the same without them.
import type { Outcome } from '../model/outcome';

export type Paint = Readonly<Record<Outcome | 'strong' | 'quiet', (text: string) => string>>;

/** ANSI "select graphic rendition" codes. */
const CODES: Readonly<Record<keyof Paint, number>> = {
  pass: 32,
  warn: 33,
  fail: 31,
  error: 35,
  skipped: 90,
  strong: 1,
  quiet: 90,
};

/** A painter; without colour it changes nothing. */
export function painter(colour: boolean): Paint {
  const of = (name: keyof Paint) => (text: string) =>
    colour && text !== '' ? `\u001B[${CODES[name]}m${text}\u001B[0m` : text;
  return {
    pass: of('pass'),
    warn: of('warn'),
    fail: of('fail'),
    error: of('error'),
    skipped: of('skipped'),
    strong: of('strong'),
    quiet: of('quiet'),
  };
}
