/** The two stretches of time that are compared. */
import { DAY, dayOf } from '../reading/time.js';

/** What whoever asks for a report wants compared. */
export interface WindowOptions {
  /** Where the baseline ends; in milliseconds since 1970, like every time. */
  readonly baselineUntil?: number | undefined;
  /** Where the current window begins. */
  readonly since?: number | undefined;
  /** How long the current window is, up to the last answer, in milliseconds. */
  readonly window?: number | undefined;
}

/** A stretch of time, its end not included. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
}

export interface Windows {
  readonly baseline: Stretch;
  readonly current: Stretch;
}

/** From so many days on, windows begin and end with a day, and days are what is put into a random order. */
export const FEWEST_DAYS = 21;

/**
 * The windows of answers from `first` to `last`. If nobody says otherwise, they are the first half and the last quarter:
 * what lies between keeps a change that is under way out of the baseline.
 */
export function windowsOf(first: number, last: number, { baselineUntil, since, window }: WindowOptions): Windows {
  const until = last + 1;
  // What is given alone says where the other one begins or ends, too.
  const given = since ?? (window === undefined ? baselineUntil : until - window);
  const usual = usualWindows(first, until);
  const currentFrom = given ?? usual.since;
  const end = baselineUntil ?? given ?? usual.baselineUntil;
  return { baseline: { from: first, until: Math.min(end, currentFrom) }, current: { from: currentFrom, until } };
}

function usualWindows(first: number, until: number): { baselineUntil: number; since: number } {
  const days = dayOf(until - 1) - dayOf(first) + 1;
  if (days < FEWEST_DAYS) {
    const length = until - first;
    return { baselineUntil: first + Math.floor(length / 2), since: until - Math.floor(length / 4) };
  }
  return {
    baselineUntil: (dayOf(first) + Math.floor(days / 2)) * DAY,
    since: (dayOf(until - 1) + 1 - Math.floor(days / 4)) * DAY,
  };
}

export function isWithin(time: number, { from, until }: Stretch): boolean {
  return time >= from && time < until;
}
