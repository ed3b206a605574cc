// Acceptances that no longer do what they were written for: those that have expired, and those that cover nothing any more. Pure.
import { hasExpired } from '../coverage/accepted';
import { acceptedDates, acceptedUnexpected } from '../coverage/report';
import { type Day, formatDay } from '../model/day';
import type { Result } from '../model/report';
import type { SourceRef } from '../model/source';
import type { AcceptedFinding, Table } from '../pipeline/pipeline';
import type { Assessment } from './assess';

/** An acceptance that has expired no longer hides anything, and somebody should say whether it should (rule 14). */
export function expiredResults(
  gate: string,
  tables: readonly Table[],
  accepted: readonly AcceptedFinding[],
  today: Day,
): readonly Result[] {
  const names = new Set(tables.map(table => table.name));
  return accepted
    .filter(finding => names.has(finding.table) && hasExpired(finding, today))
    .map(finding =>
      warning(
        gate,
        finding,
        `the acceptance of ${finding.check} (${finding.reason}) ended ${finding.until === undefined ? '' : formatDay(finding.until)}: renew it or remove it`,
      ),
    );
}

/**
 * An acceptance that covers nothing: what it was for has been mended, or it names something else than was meant.
 * @param results All results of the assessments: told is only what everything was looked at for.
 */
export function unmatchedResults(
  gate: string,
  assessments: readonly Assessment[],
  results: readonly Result[],
  accepted: readonly AcceptedFinding[],
  today: Day,
): readonly Result[] {
  const used = new Set(results.flatMap(({ accepted: by }) => (by === undefined ? [] : [sourceKey(by.source)])));
  return assessments.flatMap(({ table, reading, coverage }) =>
    reading.state !== 'measured'
      ? []
      : accepted
          .filter(
            finding =>
              finding.table === table.name &&
              !hasExpired(finding, today) &&
              !used.has(sourceKey(finding.source)) &&
              acceptedDates(coverage, [finding], today).isEmpty &&
              acceptedUnexpected(coverage, [finding], today).isEmpty,
          )
          .map(finding =>
            warning(
              gate,
              finding,
              `nothing is found any more that the acceptance of ${finding.check} (${finding.reason}) covers: remove it, or correct its check and dates`,
            ),
          ),
  );
}

function warning(gate: string, { table, check, source }: AcceptedFinding, message: string): Result {
  return { id: `${table}/accepted/${check}`, gate, table, check: 'accepted', outcome: 'warn', message, source };
}

/** Names a place of the manifest. */
function sourceKey({ file, line, column }: SourceRef): string {
  return `${file}:${line}:${column ?? 0}`;
}
