// What the run panel and its page say to each other: one union for each direction, validated on arrival.
import type { RunSummary } from '../../protocol';
import { fieldsOf, hasTexts } from './messages';

export type ToRunPage =
  | { readonly type: 'run'; readonly folder: string; readonly run: RunSummary }
  | { readonly type: 'log'; readonly step: string; readonly search: string; readonly text: string }
  | { readonly type: 'nothing'; readonly message: string };

export type FromRunPage =
  | { readonly type: 'ready' | 'cancel' | 'resume' | 'report' | 'plan' | 'copy' }
  /** `search`: the lines that hold it; empty: the end of the log. */
  | { readonly type: 'log'; readonly step: string; readonly search: string }
  /** Opens the file of a step's log. */
  | { readonly type: 'openLog'; readonly step: string }
  /** Opens the report of a gate. */
  | { readonly type: 'openReport'; readonly path: string }
  /** Plans exactly the dates of a step that did not do what they should. */
  | { readonly type: 'retry'; readonly step: string };

/** A message of the page, or `undefined` for what is none. */
export function fromRunPage(message: unknown): FromRunPage | undefined {
  const fields = fieldsOf(message);
  if (fields === undefined) return undefined;
  const { type } = fields;
  switch (type) {
    case 'ready':
    case 'cancel':
    case 'resume':
    case 'report':
    case 'plan':
    case 'copy':
      return { type };
    case 'log':
      return hasTexts(fields, 'step', 'search') ? { type, step: fields.step, search: fields.search } : undefined;
    case 'openLog':
    case 'retry':
      return hasTexts(fields, 'step') ? { type, step: fields.step } : undefined;
    case 'openReport':
      return hasTexts(fields, 'path') ? { type, path: fields.path } : undefined;
    default:
      return undefined;
  }
}

/** A message of the panel, or `undefined` for what is none. */
export function toRunPage(message: unknown): ToRunPage | undefined {
  const fields = fieldsOf(message);
  if (fields === undefined) return undefined;
  const { type } = fields;
  switch (type) {
    case 'run': {
      const run = fieldsOf(fields['run']);
      return run !== undefined && Array.isArray(run['steps']) && hasTexts(fields, 'folder')
        ? { type, folder: fields.folder, run: run as unknown as RunSummary }
        : undefined;
    }
    case 'log':
      return hasTexts(fields, 'step', 'search', 'text')
        ? { type, step: fields.step, search: fields.search, text: fields.text }
        : undefined;
    case 'nothing':
      return hasTexts(fields, 'message') ? { type, message: fields.message } : undefined;
    default:
      return undefined;
  }
}
