// Command lines as people read and copy them.

/** A command line as a shell would take it: for people to read and to copy, never to be run. */
export function shownCommand(argv: readonly string[]): string {
  return argv.map(part => (/^[\w@%+=:,./${}-]+$/.test(part) ? part : `'${part.replaceAll("'", `'\\''`)}'`)).join(' ');
}
