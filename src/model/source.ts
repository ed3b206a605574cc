// Where something was said: the file and place a declaration, a threshold or an error comes from.

/** A place in a file of the workspace. Lines and columns count from 1; `file` is relative to the manifest's folder, with `/`. */
export interface SourceRef {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}
