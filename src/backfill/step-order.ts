// What a step of a plan waits for: steps that it needs, and steps that only come before. Pure.
import type { Dependency, Pipeline, Table } from '../pipeline/pipeline';
import type { PlanStep } from './plan';

/** The steps that have to come before a table's, and those that only come before: without those that others of them wait for already. */
export function stepsBefore(
  { dependsOn }: Table,
  steps: readonly PlanStep[],
  pipeline: Pipeline,
): { readonly needs: readonly string[]; readonly follows: readonly string[] } {
  const leadingTo = (isFollowed: (dependency: Dependency) => boolean): readonly PlanStep[] => {
    const upstreams = dependsOn.filter(isFollowed).map(({ table }) => table);
    return steps.filter(step => reaches(upstreams, step.table, pipeline, isFollowed));
  };
  const needs = nearestOf(
    leadingTo(({ optional }) => !optional),
    steps,
    step => step.needs,
  );
  const all = nearestOf(
    leadingTo(() => true),
    steps,
    step => [...step.needs, ...step.follows],
  );
  return { needs, follows: all.filter(id => !needs.includes(id)) };
}

/** Steps without those that others of them wait for already. */
function nearestOf(
  those: readonly PlanStep[],
  steps: readonly PlanStep[],
  waitsFor: (step: PlanStep) => readonly string[],
): readonly string[] {
  const implied = new Set<string>();
  const imply = (ids: readonly string[]): void => {
    for (const step of steps) {
      if (!ids.includes(step.id) || implied.has(step.id)) continue;
      implied.add(step.id);
      imply(waitsFor(step));
    }
  };
  for (const step of those) imply(waitsFor(step));
  return those.map(({ id }) => id).filter(id => !implied.has(id));
}

/** Whether a table is among some, or among what they depend on. */
function reaches(
  from: readonly string[],
  table: string,
  pipeline: Pipeline,
  isFollowed: (dependency: Dependency) => boolean,
): boolean {
  const seen = new Set<string>();
  const stack = [...from];
  for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
    if (name === table) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    stack.push(
      ...(pipeline.tables
        .get(name)
        ?.dependsOn.filter(isFollowed)
        .map(each => each.table) ?? []),
    );
  }
  return false;
}
