// What the grid panel and its page say to each other: one union for each direction, validated on arrival.
import type { Report } from '../../model/report';
import { fieldsOf, hasTexts } from './messages';

export type ToGridPage =
  | {
      readonly type: 'coverage';
      readonly folder: string;
      readonly report: Report;
      /** The instants at which something was found to be other than before, ISO, oldest first. */
      readonly moments: readonly string[];
      /** The one of them that is shown; absent: now. */
      readonly at?: string;
    }
  /** What is known of a date beside its state. */
  | { readonly type: 'date'; readonly table: string; readonly date: string; readonly words: string }
  /** What was asked for is not to be had; what is shown stays. */
  | { readonly type: 'notice'; readonly message: string }
  | { readonly type: 'nothing'; readonly message: string };

/** What can be done with dates that were selected. */
const DATE_ACTIONS = ['validate', 'backfill', 'documents', 'copy'] as const;
export type DateAction = (typeof DATE_ACTIONS)[number];

export type FromGridPage =
  | { readonly type: 'ready' | 'measure' }
  /** Coverage as it was; an empty instant: as it is. */
  | { readonly type: 'at'; readonly at: string }
  | { readonly type: 'date'; readonly table: string; readonly date: string }
  | { readonly type: 'openTable'; readonly table: string }
  | { readonly type: DateAction; readonly table: string; readonly from: string; readonly to: string };

/** A message of the page, or `undefined` for what is none. */
export function fromGridPage(message: unknown): FromGridPage | undefined {
  const fields = fieldsOf(message);
  if (fields === undefined) return undefined;
  const { type } = fields;
  switch (type) {
    case 'ready':
    case 'measure':
      return { type };
    case 'at':
      return hasTexts(fields, 'at') ? { type, at: fields.at } : undefined;
    case 'date':
      return hasTexts(fields, 'table', 'date') ? { type, table: fields.table, date: fields.date } : undefined;
    case 'openTable':
      return hasTexts(fields, 'table') ? { type, table: fields.table } : undefined;
    default: {
      const action = DATE_ACTIONS.find(each => each === type);
      return action !== undefined && hasTexts(fields, 'table', 'from', 'to')
        ? { type: action, table: fields.table, from: fields.from, to: fields.to }
        : undefined;
    }
  }
}

/** A message of the panel, or `undefined` for what is none. */
export function toGridPage(message: unknown): ToGridPage | undefined {
  const fields = fieldsOf(message);
  if (fields === undefined) return undefined;
  const { type, at, moments } = fields;
  switch (type) {
    case 'coverage': {
      const report = fieldsOf(fields['report']);
      if (report?.['schema'] !== 'phasegate.report/1' || !hasTexts(fields, 'folder') || !Array.isArray(moments))
        return undefined;
      return {
        type,
        folder: fields.folder,
        report: report as unknown as Report,
        moments: moments.map(String),
        ...(typeof at === 'string' ? { at } : {}),
      };
    }
    case 'date':
      return hasTexts(fields, 'table', 'date', 'words')
        ? { type, table: fields.table, date: fields.date, words: fields.words }
        : undefined;
    case 'notice':
    case 'nothing':
      return hasTexts(fields, 'message') ? { type, message: fields.message } : undefined;
    default:
      return undefined;
  }
}
