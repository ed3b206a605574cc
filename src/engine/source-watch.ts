// Watches the files that manifests take numbers from, by name: what else lies in a workspace is not asked about.
import { relative, sep } from 'node:path';
import { type Connection, DidChangeWatchedFilesNotification, type Disposable } from 'vscode-languageserver/node';

/** One registration with the editor at a time, for all files together. */
export class SourceWatch {
  private readonly connection: Connection;
  private watched = '';
  private registered: Promise<Disposable | undefined> = Promise.resolve(undefined);

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Watches these files, and no others any more. */
  watch(files: readonly { readonly folder: string; readonly path: string }[]): void {
    const patterns = [...new Set(files.map(({ folder, path }) => patternOf(relative(folder, path))))].sort();
    const key = patterns.join('\n');
    if (key === this.watched) return;
    this.watched = key;
    const before = this.registered;
    const watchers = patterns.map(globPattern => ({ globPattern }));
    this.registered = (async () => {
      (await before)?.dispose();
      // An editor that watches nothing tells of a change when the file is saved in it, or not at all.
      return watchers.length === 0
        ? undefined
        : this.connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }).catch(() => undefined);
    })();
  }
}

/** A file by its path from the folder; what would be a glob in it stands for any character. */
function patternOf(path: string): string {
  return `**/${path
    .split(sep)
    .join('/')
    .replaceAll(/[[\]{}*?!]/g, '?')}`;
}
