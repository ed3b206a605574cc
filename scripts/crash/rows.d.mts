/** The rows of a table by key, without the time of writing, and the keys that are there more than once. */
export interface TableRows {
  readonly rows: ReadonlyMap<string, string>;
  readonly twice: ReadonlySet<string>;
}
/** What the tables of a sample hold that jobs write, by table. */
export function rowsOf(folder: string): Promise<ReadonlyMap<string, TableRows>>;
