// The files that thresholds are taken from: read once for a reading of the manifest, and remembered, so that it is read again when one changes.
import type { Constant, ConstantFile } from '../scripts/constants';
import type { SourcedReading } from '../checks/sourced';
import { configConstants } from './config-yaml';
import { type FileStamp, readBeside } from './manifest-file';
import { nearest } from './nearest';

/** Reads Python by its syntax. Given, since its parser is larger than all the rest of reading a manifest. */
export type ReadPython = (source: string) => ConstantFile;

/** What came of looking for a number; `of`: which of the two that were said is wrong. */
export type NumberFound =
  | { readonly ok: true; readonly reading: SourcedReading }
  | { readonly ok: false; readonly of: 'from' | 'at'; readonly message: string; readonly suggestion?: string };

/** So many values are looked through for one that was meant, and so deep. */
const MOST_LOOKED_AT = 2000;
const DEEPEST = 6;

/** The files of one reading of a manifest. */
export class ThresholdFiles {
  /** Whether a Python file was met that there is no reader for: the manifest has to be read again with one. */
  needsPython = false;
  private readonly folder: string;
  private readonly python: ReadPython | undefined;
  private readonly files = new Map<string, { readonly stamp: FileStamp; readonly found: ConstantsOrWhy }>();

  /** @param folder the manifest's folder, absolute */
  constructor(folder: string, python: ReadPython | undefined) {
    this.folder = folder;
    this.python = python;
  }

  /** The files that were looked at, also those that are not there: another stamp of one means another reading. */
  get stamps(): readonly FileStamp[] {
    return [...this.files.values()].map(({ stamp }) => stamp);
  }

  /** The number at a place of a file. @param from path from the manifest's folder @param at names joined by dots */
  number(from: string, at: string): NumberFound {
    const file = this.file(from);
    if (!file.ok) return { ...file, of: 'from' };
    const steps = stepsOf(at);
    const found = walk(file.root, steps, 0);
    if (!found.ok) return { ok: false, of: 'at', ...absent(file, steps, found) };
    const { line, column } = found.value;
    const number = numberOf(found.value.scalar);
    if (number === undefined) {
      const [inner] = numbersBelow(found.value, '');
      const name = inner === undefined ? undefined : `${at}.${inner}`;
      const hint = name === undefined ? 'a number that is spelt out is needed' : `name a number in it, such as ${name}`;
      return {
        ok: false,
        of: 'at',
        message: `${at} in ${file.path}:${line} is ${found.value.words}: ${hint}`,
        ...(name === undefined ? {} : { suggestion: name }),
      };
    }
    return { ok: true, reading: { ...number, at, source: { file: file.path, line, column } } };
  }

  private file(from: string): ConstantsOrWhy {
    const known = this.files.get(from);
    if (known !== undefined) return known.found;
    const beside = readBeside(this.folder, from, FORMATS);
    const found = beside.ok ? this.constantsOf(beside.path, beside.text) : beside;
    this.files.set(from, { stamp: beside.stamp, found });
    return found;
  }

  private constantsOf(path: string, text: string): ConstantsOrWhy {
    const isPython = /\.py$/i.test(path);
    if (isPython && this.python === undefined) {
      this.needsPython = true;
      return { ok: false, message: `${path} is Python, which is not read here` };
    }
    const constants = isPython ? this.python?.(text) : configConstants(text);
    if (constants === undefined) return { ok: false, message: `${path} holds no constants` };
    return constants.ok
      ? { ok: true, path, root: constants.root }
      : { ok: false, message: `${path} could not be read: ${constants.message}` };
  }
}

type ConstantsOrWhy =
  | { readonly ok: true; readonly path: string; readonly root: Constant }
  | { readonly ok: false; readonly message: string; readonly suggestion?: string };

/** How the files end whose numbers can be taken. */
const FORMATS = { pattern: /\.(?:ya?ml|json|py)$/i, words: 'YAML (.yaml, .yml), JSON nor Python' } as const;

/** `tiers[0].min` is `tiers.0.min`. */
function stepsOf(at: string): readonly string[] {
  return at
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter(step => step !== '');
}

type Walked =
  | { readonly ok: true; readonly value: Constant }
  /** Up to where the path leads, and what stands there. */
  | { readonly ok: false; readonly depth: number; readonly value: Constant };

/** Follows a path. A name may hold dots itself: the shortest that leads there counts. */
function walk(value: Constant, steps: readonly string[], depth: number): Walked {
  if (depth === steps.length) return { ok: true, value };
  let deepest: Walked = { ok: false, depth, value };
  for (let end = depth + 1; end <= steps.length; end++) {
    const child = value.child(steps.slice(depth, end).join('.'));
    if (child === undefined) continue;
    const found = walk(child, steps, end);
    if (found.ok) return found;
    if (found.depth > deepest.depth) deepest = found;
  }
  return deepest;
}

/** What to say of a path that leads nowhere, with the path that was meant. */
function absent(
  file: { readonly path: string; readonly root: Constant },
  steps: readonly string[],
  { depth, value }: Extract<Walked, { ok: false }>,
): { readonly message: string; readonly suggestion?: string } {
  const missing = steps[depth] ?? '';
  const before = steps.slice(0, depth);
  const near = nearest(missing, value.names);
  const meant =
    near === undefined ? elsewhere(file.root, steps, depth) : [...before, near, ...steps.slice(depth + 1)].join('.');
  const under = before.length === 0 ? '' : ` under ${before.join('.')}`;
  const names = value.names;
  const hint =
    meant !== undefined
      ? `: did you mean ${meant}?`
      : names.length === 0
        ? `: ${before.length === 0 ? 'it' : before.join('.')} is ${value.words}`
        : `; there ${names.length === 1 ? 'is' : 'are'} ${names.slice(0, 8).join(', ')}${names.length > 8 ? ` and ${names.length - 8} more` : ''}`;
  return {
    message: `${file.path} has no ${missing}${under}${hint}`,
    ...(meant === undefined ? {} : { suggestion: meant }),
  };
}

/** The same name below another one. Where a path leads somewhere, that is what was meant, and no constant from elsewhere. */
function elsewhere(root: Constant, steps: readonly string[], depth: number): string | undefined {
  if (depth > 0) return undefined;
  const last = steps.at(-1) ?? '';
  const named = numbersBelow(root, '').filter(path => path === last || path.endsWith(`.${last}`));
  return nearest(steps.join('.'), named);
}

/** The paths of the numbers below a value, as far as they are looked for. */
function numbersBelow(value: Constant, path: string): readonly string[] {
  const found: string[] = [];
  let looked = 0;
  const look = (at: Constant, name: string, depth: number): void => {
    if (looked++ > MOST_LOOKED_AT || depth > DEEPEST) return;
    if (name !== '' && numberOf(at.scalar) !== undefined) found.push(name);
    for (const each of at.names) {
      const child = at.child(each);
      if (child !== undefined) look(child, name === '' ? each : `${name}.${each}`, depth + 1);
    }
  };
  look(value, path, 0);
  return found;
}

/** A number, or a text that is one: `95`, `"95%"`, `70_000`. */
function numberOf(
  scalar: number | string | undefined,
): { readonly value: number; readonly isPercent: boolean } | undefined {
  if (typeof scalar === 'number') return Number.isFinite(scalar) ? { value: scalar, isPercent: false } : undefined;
  const match = /^\s*([+-]?(?:\d[\d_]*)(?:\.\d+)?(?:e[+-]?\d+)?)\s*(%?)\s*$/i.exec(scalar ?? '');
  const value = match === null ? Number.NaN : Number((match[1] ?? '').replaceAll('_', ''));
  return Number.isFinite(value) ? { value, isPercent: match?.[2] === '%' } : undefined;
}
