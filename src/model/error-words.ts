// What a thrown value says: a message for people, whatever it is.

export function errorWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same with where it came from, for who mends it. */
export function stackWords(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
