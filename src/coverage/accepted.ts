// Which findings somebody has accepted: by table, by the name of the check, by date, until the day it expires (rule 7).
import type { Day } from '../model/day';
import type { AcceptedFinding } from '../pipeline/pipeline';

/**
 * The acceptance that covers a finding, if any.
 * @param names the names under which the finding may be accepted: a check's id and type, `coverage`, `unexpected`, …
 * @param day the date of the finding; `undefined` for a finding about no single date, which only an acceptance of every date covers
 * @param asOf the day by which an acceptance has expired or not (rule 14)
 */
export function acceptanceOf(
  accepted: readonly AcceptedFinding[],
  table: string,
  names: readonly string[],
  day: Day | undefined,
  asOf: Day,
): AcceptedFinding | undefined {
  return accepted.find(
    finding =>
      finding.table === table &&
      names.includes(finding.check) &&
      !hasExpired(finding, asOf) &&
      (finding.dates === undefined ||
        (day !== undefined && finding.dates.some(range => day >= range.from && day <= range.to))),
  );
}

/** Whether an acceptance no longer holds: `until` is the last day on which it does. */
export function hasExpired(finding: AcceptedFinding, asOf: Day): boolean {
  return finding.until !== undefined && asOf > finding.until;
}
