// A manifest as it stands in an editor: read once a change, and asked many things.
import { dirname, basename } from 'node:path';
import type { Check } from '../checks/check';
import { type ManifestReading, readManifestTree } from '../pipeline/manifest';
import type { FileStamp } from '../pipeline/manifest-file';
import type { Place } from '../pipeline/manifest-place';
import type { Outline } from '../protocol';
import type { Pipeline } from '../pipeline/pipeline';
import { pythonConstants } from '../scripts/python-constants';
import { Positions } from './text';

export interface ManifestDocument {
  /** Absolute path of the file. */
  readonly path: string;
  readonly text: string;
  readonly positions: Positions;
  readonly reading: ManifestReading;
  /** The tree of what is written, as far as it is YAML. */
  readonly root: Place | undefined;
  /** The files that thresholds are taken from, as they were. */
  readonly files: readonly FileStamp[];
}

/** Reads the text of a manifest. */
export function readDocument(path: string, text: string, env: NodeJS.ProcessEnv): ManifestDocument {
  const { reading, root, files } = readManifestTree(text, {
    folder: dirname(path),
    file: basename(path),
    env,
    python: pythonConstants,
  });
  return { path, text, positions: new Positions(text), reading, root, files };
}

/** What the trees and pickers of the editor show of a pipeline. */
export function outlineOf(pipeline: Pipeline): Outline {
  return {
    name: pipeline.name,
    targets: [...pipeline.targets.values()].map(target => ({
      name: target.name,
      type: target.type,
      protected: target.protected,
    })),
    defaultTarget: pipeline.defaultTarget,
    trainings: [...pipeline.trainings.keys()],
    phases: pipeline.phases.map(phase => ({
      id: phase.id,
      name: phase.name,
      line: phase.source.line,
      tables: phase.tables.flatMap(name => {
        const table = pipeline.tables.get(name);
        if (table === undefined) return [];
        const checks = table.checks.map(check => ({
          id: check.id,
          label: checkLabel(check, table.checks),
          line: check.source.line,
        }));
        return [{ name, shortName: table.shortName, checks, line: table.source.line }];
      }),
    })),
  };
}

/** A check's name for people; of two that are named alike, with the line that tells them apart. */
function checkLabel({ id, source }: Check, all: readonly Check[]): string {
  const name = (of: string): string => of.replace(/#\d+$/, '').replaceAll('/', ' ').replaceAll(',', ', ');
  const isAlone = all.filter(each => name(each.id) === name(id)).length === 1;
  return isAlone ? name(id) : `${name(id)} (line ${source.line})`;
}

/** The places from the whole down to the innermost that holds an offset, keys included. */
export function placesAt(root: Place | undefined, offset: number): readonly Place[] {
  const path: Place[] = [];
  let at = root;
  while (at !== undefined) {
    path.push(at);
    const below: Iterable<Place> = at.entries?.values() ?? at.items ?? [];
    at = [...below].find(({ key, range }) => offset >= (key ?? range).start && offset <= range.end);
  }
  return path;
}
