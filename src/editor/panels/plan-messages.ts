// What the plan panel and its page say to each other: one union for each direction, validated on arrival.
import type { Plan, PlanParams } from '../../protocol';
import { fieldsOf, hasTexts } from './messages';

/** What is asked for, as the page lets it be changed. */
export type PlanQuestion = Omit<PlanParams, 'folder' | 'target' | 'python'>;

export const PLAN_SWITCHES = ['upstream', 'stale', 'rebuild', 'keepGoing', 'canary'] as const;
export type PlanSwitch = (typeof PLAN_SWITCHES)[number];

export type ToPlanPage =
  | { readonly type: 'plan'; readonly folder: string; readonly plan: Plan; readonly question: PlanQuestion }
  /** It is being made, or started. */
  | { readonly type: 'busy'; readonly words: string }
  | { readonly type: 'problem'; readonly message: string; readonly changes: readonly string[] };

export type FromPlanPage =
  | { readonly type: 'ready' | 'run' | 'copy' | 'save' | 'again' }
  | { readonly type: 'switch'; readonly name: PlanSwitch; readonly on: boolean }
  /** Ranges of dates, ISO, that are not wanted of a table, or wanted again. */
  | { readonly type: 'takeOut' | 'putBack'; readonly table: string; readonly from: string; readonly to: string };

/** A message of the page, or `undefined` for what is none. */
export function fromPlanPage(message: unknown): FromPlanPage | undefined {
  const fields = fieldsOf(message);
  if (fields === undefined) return undefined;
  const { type, on } = fields;
  switch (type) {
    case 'ready':
    case 'run':
    case 'copy':
    case 'save':
    case 'again':
      return { type };
    case 'switch': {
      const name = PLAN_SWITCHES.find(each => each === fields['name']);
      return name !== undefined && typeof on === 'boolean' ? { type, name, on } : undefined;
    }
    case 'takeOut':
    case 'putBack':
      return hasTexts(fields, 'table', 'from', 'to')
        ? { type, table: fields.table, from: fields.from, to: fields.to }
        : undefined;
    default:
      return undefined;
  }
}

/** A message of the panel, or `undefined` for what is none. */
export function toPlanPage(message: unknown): ToPlanPage | undefined {
  const fields = fieldsOf(message);
  if (fields === undefined) return undefined;
  const { type } = fields;
  switch (type) {
    case 'plan': {
      const plan = fieldsOf(fields['plan']);
      const question = planQuestion(fields['question']);
      return plan?.['schema'] === 'phasegate.plan/1' && question !== undefined && hasTexts(fields, 'folder')
        ? { type, folder: fields.folder, plan: plan as unknown as Plan, question }
        : undefined;
    }
    case 'busy':
      return hasTexts(fields, 'words') ? { type, words: fields.words } : undefined;
    case 'problem':
      return hasTexts(fields, 'message') && Array.isArray(fields['changes'])
        ? { type, message: fields.message, changes: fields['changes'].map(String) }
        : undefined;
    default:
      return undefined;
  }
}

/** What was asked for, as a page has kept it over a reload; `undefined` for what is none. */
export function planQuestion(value: unknown): PlanQuestion | undefined {
  const fields = fieldsOf(value);
  if (fields === undefined) return undefined;
  const isList = (name: string): boolean => Array.isArray(fields[name]);
  const isWhole =
    isList('tables') &&
    isList('takenOut') &&
    isList('only') &&
    PLAN_SWITCHES.every(name => typeof fields[name] === 'boolean');
  return isWhole ? (fields as unknown as PlanQuestion) : undefined;
}
