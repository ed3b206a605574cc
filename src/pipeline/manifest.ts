// Reading phasegate.yaml: from its text to a pipeline, or to everything that is wrong with it, each at its line and column.
import type { z } from 'zod';
import { readCalendars } from './manifest-calendars';
import { readAccepted, readJobs, readTargets } from './manifest-parts';
import { type Place, childOf } from './manifest-place';
import { tellDisagreeingLists, tellPercentDoubts } from './manifest-disagreements';
import { type FileStamp, MAX_MANIFEST_BYTES } from './manifest-file';
import { Lines, type ManifestProblem, Problems } from './manifest-problems';
import { defaultsShape, manifestShape } from './manifest-schema';
import { parsePiece, reportKeys } from './manifest-shape-problems';
import { takeNumbers } from './manifest-sourced';
import { readPhases } from './manifest-tables';
import { readTrainings } from './manifest-trainings';
import { type YamlReading, readYaml } from './manifest-yaml';
import { nearest } from './nearest';
import type { Pipeline } from './pipeline';
import type { Environment } from './templates';
import { type ReadPython, ThresholdFiles } from './threshold-files';

export { manifestJsonSchema } from './manifest-schema';

export interface ManifestOptions {
  /** Absolute path of the folder that holds the manifest. */
  readonly folder: string;
  /** The manifest's own name, as shown in sources. */
  readonly file: string;
  readonly env: Environment;
  /** Reads Python, for thresholds that are taken from it. */
  readonly python?: ReadPython | undefined;
}

export type ManifestReading =
  | { readonly ok: true; readonly pipeline: Pipeline; readonly warnings: readonly ManifestProblem[] }
  | { readonly ok: false; readonly problems: readonly ManifestProblem[] };

/** Reads a manifest. All that is wrong with it is told at once; nothing that only follows from an earlier error. */
export function readManifest(text: string, options: ManifestOptions): ManifestReading {
  return readManifestTree(text, options).reading;
}

/** A reading with what it was made of. */
export interface ManifestTree {
  readonly reading: ManifestReading;
  /** The tree of what is written, as far as it is YAML. */
  readonly root: Place | undefined;
  /** The files that thresholds are taken from: where one is another than it was, the manifest has to be read again. */
  readonly files: readonly FileStamp[];
  /** Whether it has to be read again with a reader of Python. */
  readonly needsPython: boolean;
}

/** Reads a manifest, and gives the tree of what is written beside it. */
export function readManifestTree(text: string, options: ManifestOptions): ManifestTree {
  const problems = new Problems(options.file, new Lines(text));
  const yaml = yamlOf(text, options, problems);
  const files = new ThresholdFiles(options.folder, options.python);
  if (yaml.root !== undefined) takeNumbers(yaml.root, files, problems);
  const pipeline = read(yaml, options, problems);
  const reading: ManifestReading =
    pipeline === undefined || problems.hasErrors
      ? { ok: false, problems: problems.all }
      : { ok: true, pipeline, warnings: problems.all };
  return { reading, root: yaml.root, files: files.stamps, needsPython: files.needsPython };
}

/** The text as YAML, unless it is none that is worth trying. */
function yamlOf(text: string, { env }: ManifestOptions, problems: Problems): YamlReading {
  const nothing = { root: undefined, whole: false };
  if (Buffer.byteLength(text) > MAX_MANIFEST_BYTES) {
    problems.addAt(
      { start: 0, end: 0 },
      `the manifest is larger than ${MAX_MANIFEST_BYTES / 1_000_000} MB: is it the right file?`,
    );
    return nothing;
  }
  if (text.includes('\0')) {
    problems.addAt({ start: 0, end: 0 }, 'this is a binary file: a manifest is YAML text in UTF-8');
    return nothing;
  }
  return readYaml(text, env, problems);
}

function read(
  { root, whole }: YamlReading,
  { folder, file }: ManifestOptions,
  problems: Problems,
): Pipeline | undefined {
  if (root === undefined || isEmpty(root)) {
    if (!problems.hasErrors)
      problems.addAt({ start: 0, end: 0 }, 'the manifest is empty: it needs version, name, targets and phases');
    return undefined;
  }
  if (root.entries === undefined) {
    problems.add(root, 'a manifest is a map of keys, beginning with version: 1');
    return undefined;
  }
  reportKeys(manifestShape, root, problems);
  const section = (name: string): Place | undefined => childOf(root, name);
  const value = <T>(name: string, shape: z.ZodType<T>): T | undefined => {
    const place = section(name);
    return place === undefined ? undefined : parsePiece(shape, place, problems);
  };
  const keys = manifestShape.shape;
  value('version', keys.version);
  const name = value('name', keys.name) ?? '';
  const asOf = value('asOf', keys.asOf);
  const defaultsPlace = section('defaults');
  const defaults = (defaultsPlace === undefined ? undefined : parsePiece(defaultsShape, defaultsPlace, problems)) ?? {};

  const targets = readTargets(section('targets'), problems);
  const jobs = readJobs(section('jobs'), problems);
  const phases = readPhases(
    section('phases'),
    { defaults, jobs, calendarPlaces: section('calendars')?.entries ?? new Map(), whole },
    problems,
  );
  const calendars = readCalendars(section('calendars'), { defaults, tables: phases.byName }, problems);
  phases.checkUnits(calendars, problems);
  const trainings = readTrainings(section('trainings'), phases.byName, phases.names, whole, problems);
  const accepted = readAccepted(section('accepted'), phases.names, whole, problems);

  const wanted = defaults.target;
  if (wanted !== undefined && whole && targets.size > 0 && !targets.has(wanted)) {
    const place = defaultsPlace === undefined ? undefined : childOf(defaultsPlace, 'target');
    const near = nearest(wanted, targets.keys());
    if (place !== undefined)
      problems.add(place, `no target is called ${wanted}${near === undefined ? '' : `: did you mean ${near}?`}`, {
        suggestion: near,
      });
  }
  const defaultTarget = wanted ?? targets.keys().next().value;
  if (defaultTarget === undefined) {
    problems.add(
      root,
      'the manifest needs targets: where the tables are, such as targets: { local: { type: duckdb } }',
      { at: 'head' },
    );
    return undefined;
  }
  tellDisagreeingLists(root, problems);
  tellPercentDoubts(root, problems);
  return {
    name,
    folder,
    file,
    asOf,
    targets,
    defaultTarget,
    calendars,
    jobs,
    phases: phases.list,
    tables: phases.inOrder,
    trainings,
    accepted,
    doubts: problems.doubts,
  };
}

function isEmpty(root: Place): boolean {
  return root.value === null;
}
