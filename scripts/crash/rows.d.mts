/** The rows of a table by key, without the time of writing, and the keys that are there more than once. */
export interface TableRows {
  readonly rows: ReadonlyMap<string, string>;
  readonly twice: ReadonlySet<string>;
}
/** What the tables of a sample hold that jobs write, by table. */
export function rowsOf(folder: string): Promise<ReadonlyMap<string, TableRows>>;
/** How a folder's tables differ from others, in words; none where they do not. */
export function differences(
  expected: ReadonlyMap<string, TableRows>,
  actual: ReadonlyMap<string, TableRows>,
): readonly string[];
