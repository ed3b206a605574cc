// What zod finds wrong with a piece of the manifest, said at its place in words: unknown keys, wrong types, missing ones.
import type { z } from 'zod';
import { type Place, childOf, subjectOf } from './manifest-place';
import type { Problems } from './manifest-problems';
import { quoteMessage } from './manifest-syntax';
import { nearest } from './nearest';

/** Parses a piece of the manifest. `undefined` where it is not as it should be; why goes to `problems`. */
export function parsePiece<T>(shape: z.ZodType<T>, place: Place, problems: Problems): T | undefined {
  const result = shape.safeParse(place.value, { jitless: true });
  if (result.success) return result.data;
  for (const issue of result.error.issues) report(issue, shape, place, problems);
  return undefined;
}

type Issue = z.core.$ZodIssue;

function report(issue: Issue, shape: z.core.$ZodType, root: Place, problems: Problems): void {
  let place = root;
  for (const [i, step] of issue.path.entries()) {
    const child = childOf(place, step);
    if (child === undefined) {
      // What is missing is told where it should be.
      if (i === issue.path.length - 1) problems.add(place, `${subjectOf(place)} needs ${String(step)}`, { at: 'head' });
      else problems.add(place, issue.message);
      return;
    }
    place = child;
  }
  if (place.placeholder !== undefined) {
    problems.add(place, quoteMessage(place.placeholder), { suggestion: JSON.stringify(place.placeholder) });
    return;
  }
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) unknownKey(key, keysAt(shape, issue.path), place, problems);
      return;
    case 'invalid_union':
      invalidUnion(issue, shape, place, problems);
      return;
    case 'invalid_value': {
      const values = issue.values.map(String);
      const given = shown(place);
      const near = nearest(given, values);
      problems.add(
        place,
        `${subjectOf(place)} is ${orList(values)}, not ${given}${near === undefined ? '' : `: did you mean ${near}?`}`,
        { suggestion: near },
      );
      return;
    }
    case 'invalid_type':
      problems.add(
        place,
        `${subjectOf(place)} takes ${TYPE_NAMES[issue.expected] ?? issue.expected}, and ${found(place)} stands there`,
      );
      return;
    case 'too_small':
    case 'too_big':
      problems.add(place, `${subjectOf(place)}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`);
      return;
    default:
      problems.add(place, issue.message);
  }
}

function unknownKey(key: string, valid: readonly string[], place: Place, problems: Problems): void {
  const child = place.entries?.get(key);
  if (child === undefined) return;
  const near = nearest(key, valid);
  const hint =
    near === undefined ? (valid.length === 0 ? '' : `; there are ${valid.join(', ')}`) : `: did you mean ${near}?`;
  problems.add(child, `${subjectOf(place)} has no key ${key}${hint}`, { at: 'key', suggestion: near });
}

/** Of a union's kinds the one that was meant: whose own issues lie deeper than "this is another kind". */
function invalidUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  shape: z.core.$ZodType,
  place: Place,
  problems: Problems,
): void {
  const options = optionsAt(shape, issue.path);
  const isOther = (inner: Issue): boolean => inner.path.length === 0 && inner.code === 'invalid_type';
  for (const [i, inner] of issue.errors.entries()) {
    if (inner.some(isOther)) continue;
    const option = options[i];
    for (const each of inner) report(each, option ?? shape, place, problems);
    return;
  }
  const wanted = issue.message === 'Invalid input' ? 'something else' : issue.message;
  problems.add(place, `${subjectOf(place)} takes ${wanted}, and ${found(place)} stands there`);
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of names',
  tuple: 'a list of two',
};

function found({ value, items, entries, written }: Place): string {
  if (items !== undefined) return 'a list';
  if (entries !== undefined) return 'a map';
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return `the text ${written ?? value}`;
  return written ?? JSON.stringify(value);
}

function shown(place: Place): string {
  return place.items === undefined && place.entries === undefined
    ? (place.written ?? String(place.value))
    : found(place);
}

function orList(values: readonly string[]): string {
  return values.length < 2 ? (values[0] ?? 'nothing') : `${values.slice(0, -1).join(', ')} or ${values.at(-1) ?? ''}`;
}

/** The parts of a zod type that say what it is made of. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly options?: readonly z.core.$ZodType[];
}

function definitionOf(shape: z.core.$ZodType): Definition {
  let definition = shape._zod.def as Definition;
  for (
    let inner = definition.innerType ?? definition.in;
    inner !== undefined;
    inner = definition.innerType ?? definition.in
  ) {
    definition = inner._zod.def;
  }
  return definition;
}

/** The types that may stand at a path of a type. */
function shapesAt(shape: z.core.$ZodType, path: readonly PropertyKey[]): readonly Definition[] {
  let at: readonly Definition[] = [definitionOf(shape)];
  const spread = (definitions: readonly Definition[]): readonly Definition[] =>
    definitions.flatMap(definition =>
      definition.options === undefined ? [definition] : spread(definition.options.map(definitionOf)),
    );
  for (const step of path) {
    at = spread(at).flatMap(definition => {
      const next =
        typeof step === 'number' ? definition.element : (definition.shape?.[String(step)] ?? definition.valueType);
      return next === undefined ? [] : [definitionOf(next)];
    });
  }
  return at;
}

function keysAt(shape: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  return shapesAt(shape, path).flatMap(({ shape: keys, options }) =>
    keys !== undefined
      ? Object.keys(keys)
      : (options ?? []).flatMap(option => Object.keys(definitionOf(option).shape ?? {})),
  );
}

function optionsAt(shape: z.core.$ZodType, path: readonly PropertyKey[]): readonly z.core.$ZodType[] {
  return shapesAt(shape, path).flatMap(({ options }) => options ?? []);
}

/** Says which keys of a map its shape does not have, and which it lacks; what the keys hold is read piece by piece. */
export function reportKeys(shape: z.ZodObject, place: Place, problems: Problems): void {
  const valid = Object.keys(shape.shape);
  for (const key of place.entries?.keys() ?? []) if (!valid.includes(key)) unknownKey(key, valid, place, problems);
  const shapes: Readonly<Record<string, z.ZodType>> = shape.shape;
  for (const [key, inner] of Object.entries(shapes)) {
    const required = !inner.safeParse(undefined).success;
    if (required && place.entries?.has(key) !== true)
      problems.add(place, `${subjectOf(place)} needs ${key}`, { at: 'head' });
  }
}
