// How messages between panels and pages are looked at on arrival: whoever sends what is none of ours is not believed.

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(message: unknown): Fields | undefined {
  return typeof message === 'object' && message !== null ? (message as Fields) : undefined;
}

export function hasTexts<K extends string>(
  fields: Fields,
  ...names: readonly K[]
): fields is Fields & Record<K, string> {
  return names.every(name => typeof fields[name] === 'string');
}
