// Placeholders in text: ${env:NAME} is read from the environment, ${python} is left to whoever runs a job.
import type { Template } from './pipeline';

/** The environment, as Node gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

export type ResolvedTemplate =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly missing: readonly string[]; readonly message: string };

const PLACEHOLDER = /\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Puts the environment's values in the place of `${env:NAME}`. A variable set to nothing is set; one not set is a message. */
export function resolveTemplate(text: Template, env: Environment): ResolvedTemplate {
  const missing = new Set<string>();
  const resolved = text.replaceAll(PLACEHOLDER, (_, name: string) => {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value === undefined) missing.add(name);
    return value ?? '';
  });
  if (missing.size === 0) return { ok: true, text: resolved };
  const names = [...missing];
  return {
    ok: false,
    missing: names,
    message:
      names.length === 1
        ? `the environment variable ${names.join('')} is not set: set it, or write the value in its place`
        : `the environment variables ${names.join(', ')} are not set: set them, or write the values in their place`,
  };
}

/** Text that looks like a placeholder and is none; `undefined` where all is well. `strict`: any `${` is meant as one. */
export function badPlaceholder(text: string, strict: boolean): string | undefined {
  for (let at = text.indexOf('${'); at >= 0; at = text.indexOf('${', at + 2)) {
    const end = text.indexOf('}', at);
    const found = end < 0 ? text.slice(at) : text.slice(at, end + 1);
    if (found === '${python}' || /^\$\{env:[A-Za-z_][A-Za-z0-9_]*\}$/.test(found)) continue;
    if (strict || /^\$\{\s*env\b/i.test(found)) return found;
  }
  return undefined;
}
