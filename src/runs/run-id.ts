// What the id of a run tells of itself. Pure: pages read it too.

/** The instant that an id tells, milliseconds since 1970 UTC; `undefined` where it is no id of ours. */
export function instantOfId(id: string): number | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)-/.exec(id) ?? [];
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(instant) ? undefined : instant;
}
