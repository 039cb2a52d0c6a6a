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

/**
 * When a key expires, from what was written: `90d` or `12h` from now, a day (its beginning, in UTC), or a time.
 *
 * @returns milliseconds since 1970; `undefined` for anything else, and for what has passed already
 */
export function parseExpiry(text: string, now: number): number | undefined {
  const [, number, unit] = /^([1-9][0-9]{0,4})([dh])$/.exec(text) ?? [];
  if (number !== undefined) return now + Number(number) * (unit === 'd' ? DAY : HOUR);
  const time = timeOf(text) ?? timeOf(`${text}T00:00:00Z`);
  return time !== undefined && time > now ? time : undefined;
}

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
