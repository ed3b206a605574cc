// What a thrown value says: a message for people, whatever it is.

export function errorWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
