// What the report panel and its page say to each other: one union for each direction, validated on arrival.
import type { Report } from '../../model/report';
import { fieldsOf, hasTexts } from './messages';

export type ToReportPage =
  | { readonly type: 'report'; readonly report: Report }
  | { readonly type: 'nothing'; readonly message: string }
  | { readonly type: 'statement'; readonly table: string; readonly sql: string }
  | { readonly type: 'rows'; readonly id: string; readonly text: string };

export type FromReportPage =
  | { readonly type: 'ready' }
  | { readonly type: 'openSource'; readonly file: string; readonly line: number }
  | { readonly type: 'openTable'; readonly table: string }
  | { readonly type: 'statement'; readonly table: string }
  | { readonly type: 'rows'; readonly table: string; readonly id: string }
  | { readonly type: 'accept'; readonly table: string; readonly check: string }
  | { readonly type: 'copy' }
  | { readonly type: 'measure' };

/** A message of the page, or `undefined` for what is none. */
export function fromReportPage(message: unknown): FromReportPage | undefined {
  const fields = fieldsOf(message);
  if (fields === undefined) return undefined;
  const { type } = fields;
  switch (type) {
    case 'ready':
    case 'copy':
    case 'measure':
      return { type };
    case 'openSource':
      return hasTexts(fields, 'file') && typeof fields['line'] === 'number' && Number.isInteger(fields['line'])
        ? { type, file: fields.file, line: fields['line'] }
        : undefined;
    case 'openTable':
    case 'statement':
      return hasTexts(fields, 'table') ? { type, table: fields.table } : undefined;
    case 'rows':
      return hasTexts(fields, 'table', 'id') ? { type, table: fields.table, id: fields.id } : undefined;
    case 'accept':
      return hasTexts(fields, 'table', 'check') ? { type, table: fields.table, check: fields.check } : undefined;
    default:
      return undefined;
  }
}

/** A message of the panel, or `undefined` for what is none. */
export function toReportPage(message: unknown): ToReportPage | undefined {
  const fields = fieldsOf(message);
  if (fields === undefined) return undefined;
  const { type } = fields;
  switch (type) {
    case 'report': {
      const report = fieldsOf(fields['report']);
      return report?.['schema'] === 'phasegate.report/1' ? { type, report: report as unknown as Report } : undefined;
    }
    case 'nothing':
      return hasTexts(fields, 'message') ? { type, message: fields.message } : undefined;
    case 'rows':
      return hasTexts(fields, 'id', 'text') ? { type, id: fields.id, text: fields.text } : undefined;
    case 'statement':
      return hasTexts(fields, 'table', 'sql') ? { type, table: fields.table, sql: fields.sql } : undefined;
    default:
      return undefined;
  }
}
