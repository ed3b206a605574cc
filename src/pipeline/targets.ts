// A target as it is used: its templates filled from the environment. Declared ones that nobody uses need no variables.
import type { BigQueryTarget, DuckDbTarget, Target } from './pipeline';
import { type Environment, resolveTemplate } from './templates';

/** A target whose texts are final. */
export type ResolvedTarget = DuckDbTarget | BigQueryTarget;

export type TargetResolution =
  { readonly ok: true; readonly value: ResolvedTarget } | { readonly ok: false; readonly message: string };

/** Fills a target's `${env:NAME}`; a variable that is not set is a message. */
export function resolveTarget(target: Target, env: Environment): TargetResolution {
  const missing: string[] = [];
  const fill = (text: string): string => {
    const resolved = resolveTemplate(text, env);
    if (resolved.ok) return resolved.text;
    missing.push(resolved.message);
    return text;
  };
  const value: ResolvedTarget =
    target.type === 'duckdb'
      ? { ...target, path: target.path === undefined ? undefined : fill(target.path) }
      : {
          ...target,
          project: fill(target.project),
          location: target.location === undefined ? undefined : fill(target.location),
        };
  return missing.length === 0
    ? { ok: true, value }
    : { ok: false, message: `target ${target.name}: ${missing.join('; ')}` };
}
