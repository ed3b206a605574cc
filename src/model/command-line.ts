// Command lines as people read and copy them.

/** Words that a shell takes as they stand, and names such as `${env:TOKEN}` in the place of what must not be shown. */
const PLAIN = /^(?:[\w@%+=:,./-]|\$\{(?:env:\w+|python)\})+$/;

/** A command line as a shell would take it: for people to read and to copy, never to be run. */
export function shownCommand(argv: readonly string[]): string {
  return argv.map(part => (PLAIN.test(part) ? part : `'${part.replaceAll("'", `'\\''`)}'`)).join(' ');
}
