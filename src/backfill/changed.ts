// What has changed since a plan was made: it is run as it was shown, or not at all. Pure.
import type { Plan, PlanStep } from './plan';
import { countOf } from '../model/percent';

/** Why a plan no longer fits; empty where it does. @param now the same question planned anew */
export function changesSince(plan: Plan, now: Plan): readonly string[] {
  const changes: string[] = [];
  if (plan.target.identity !== now.target.identity || plan.target.name !== now.target.name)
    changes.push(
      `it was made for target ${plan.target.name} (${plan.target.identity}), and this is ${now.target.name} (${now.target.identity})`,
    );
  if (plan.target.protected !== now.target.protected)
    changes.push(`target ${now.target.name} is ${now.target.protected ? 'protected now' : 'no longer protected'}`);
  if (plan.folder !== now.folder) changes.push(`it was made in ${plan.folder}, and this is ${now.folder}`);
  if (plan.manifest.hash !== now.manifest.hash) changes.push(`${plan.manifest.file} is another one than it was`);
  if (plan.python?.path !== now.python?.path)
    changes.push(`its interpreter ${plan.python?.path ?? 'none'} is another one now: ${now.python?.path ?? 'none'}`);
  const twice = plan.steps.filter(({ table }, i) => plan.steps.findIndex(other => other.table === table) < i);
  if (twice.length > 0) changes.push(`${twice.map(({ id }) => id).join(', ')}: it is in the plan twice`);
  for (const step of plan.steps) {
    const same = now.steps.find(({ table }) => table === step.table);
    if (same === undefined) changes.push(`${step.id}: nothing of it is short any more`);
    else {
      const found = stepChanges(step, same);
      changes.push(...found);
      if (found.length === 0 && workOf(step) !== workOf(same))
        changes.push(
          `${step.id}: its commands, or their order, are others than those that are planned for these dates`,
        );
    }
  }
  return changes;
}

function stepChanges(step: PlanStep, now: PlanStep): readonly string[] {
  const wanted = new Set(now.dates);
  const planned = new Set(step.dates);
  const done = step.dates.filter(date => !wanted.has(date));
  const more = now.dates.filter(date => !planned.has(date));
  return [
    ...(done.length === 0
      ? []
      : [
          `${step.id}: ${countOf(done.length, 'date')} of it ${done.length === 1 ? 'is' : 'are'} not short any more (${some(done)})`,
        ]),
    ...(more.length === 0
      ? []
      : [
          `${step.id}: ${countOf(more.length, 'date')} more ${more.length === 1 ? 'is' : 'are'} short now (${some(more)})`,
        ]),
    ...(step.script?.hash === now.script?.hash
      ? []
      : [`${step.id}: ${step.script?.path ?? now.script?.path ?? 'its script'} is another one than it was`]),
    ...(step.sql?.text === now.sql?.text
      ? []
      : [`${step.id}: ${step.sql?.file ?? now.sql?.file ?? 'its statement'} is another one than it was`]),
    ...(step.job === now.job && step.rewrites === now.rewrites
      ? []
      : [`${step.id}: its job is another one than it was`]),
    ...(step.resource === now.resource ? [] : [`${step.id}: it lies elsewhere than it did (${now.resource})`]),
  ];
}

/** What is run of a step, in which order: with the same dates, job and script it is the same, or somebody has changed the plan by hand. */
function workOf({ id, phase, kind, group, needs, follows, dates, chunks }: PlanStep): string {
  return JSON.stringify({ id, phase, kind, group, needs, follows, dates, chunks });
}

function some(dates: readonly string[]): string {
  return dates.length <= 3 ? dates.join(', ') : `${dates.slice(0, 3).join(', ')} and ${dates.length - 3} more`;
}
