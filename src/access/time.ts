/** Points in time as a keys file has them: `2026-01-31T12:00:00Z`, in UTC, to the second. */
const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;

/** What a point in time must be, for messages. */
export const TIME_FORM = 'a time in UTC such as `2026-01-31T12:00:00Z`';

/** @param time - in milliseconds since 1970 */
export function timeText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** @returns milliseconds since 1970; `undefined` for what is no such text, or no day that there is */
export function timeOf(text: string): number | undefined {
  const time = TIME.test(text) ? Date.parse(text) : NaN;
  // Where a month has no such day, Date goes on into the next one.
  return !Number.isNaN(time) && timeText(time) === text ? time : undefined;
}
