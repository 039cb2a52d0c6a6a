/** Points in time as answers have them. */

/** ISO 8601 with a zone, or a day, which begins in UTC. */
const TIME = /^(?<day>\d{4}-\d\d-\d\d)(?:T(?<clock>\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(?<zone>Z|[+-]\d\d:\d\d))?$/;

/** What a point in time looks like, for messages. */
export const TIME_FORM = 'a day or a time with its zone, such as 2026-03-05 or 2026-03-05T09:26:53Z';

/** @returns milliseconds since 1970; `undefined` for what is no such text, and for a day that there is not */
export function parseTime(text: string): number | undefined {
  const { day, clock = '00:00', zone = 'Z' } = TIME.exec(text)?.groups ?? {};
  if (day === undefined) return undefined;
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const time = Date.parse(`${day}T${clock}${zone}`);
  // Where a month has no such day, Date goes on into the next one.
  const isDay = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
  return isDay && !Number.isNaN(time) ? time : undefined;
}

export const DAY = 24 * 60 * 60 * 1000;

/** The day of a time, in UTC, as a number that is one more for the next day. */
export function dayOf(time: number): number {
  return Math.floor(time / DAY);
}
