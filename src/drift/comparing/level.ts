/** How often a report may be wrong, and what it takes to know. */

/** The rate of false alarms of a whole report. */
export const FALSE_ALARMS = 0.005;

/** What a report may be wrong in, by what is looked for. */
export interface Levels {
  /** Features and constraints of the two windows. */
  readonly persona: number;
  /** Words of the two windows. There are hundreds of them, and most of what matters is not a word. */
  readonly words: number;
  /** Changes at any time. */
  readonly changes: number;
}

/** The parts of a rate of false alarms. A report is wrong at most as often as all of them together (Boole's inequality). */
export function levelsOf(rate: number): Levels {
  return { persona: 0.4 * rate, words: 0.2 * rate, changes: 0.4 * rate };
}

/** How many random orders say what chance does. With what was seen they are 2,000, and the lowest level is two of them. */
export const ORDERS = 1999;
