// A report as one JSON document, `phasegate.report/1`: the report is plain data already.
import type { Report } from '../model/report';

/** One document and a line end; nothing else goes to standard output beside it. */
export function printJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
