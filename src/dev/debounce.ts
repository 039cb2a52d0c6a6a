import type { Bounds } from '../compile/config.js';

/**
 * How long to wait behind a change for further ones: briefly behind one that comes alone, longer and longer while changes
 * of other files follow on each other (a branch is switched, an editor saves all), and briefly again when it was quiet.
 *
 * A clock of milliseconds is passed in; there is no timer here.
 */
export class Debounce {
  /** Within these the wait grows and shrinks. */
  bounds: Bounds;
  #wait: number;
  #latest: { readonly at: number; readonly path: string } | undefined;
  /** When the first of the changes came that wait. */
  #began: number | undefined;

  constructor(bounds: Bounds) {
    this.bounds = bounds;
    this.#wait = bounds.min;
  }

  /**
   * Notes a change.
   *
   * @returns when everything that changed by now is to be taken up, unless there is another change before
   */
  add(path: string, now: number): number {
    const { min, max } = this.bounds;
    const latest = this.#latest;
    if (latest !== undefined) {
      const quiet = now - latest.at;
      if (quiet >= max) this.#wait /= 2 ** Math.floor(quiet / max);
      // One file that is written again and again, as some editors do for one save, is no burst.
      else if (latest.path !== path) this.#wait *= 2;
    }
    this.#wait = Math.min(max, Math.max(min, this.#wait));
    this.#latest = { at: now, path };
    this.#began ??= now;
    // Changes that never end are taken up now and then.
    return Math.min(now + this.#wait, this.#began + LONGEST_WAITS * max);
  }

  /** Notes that the changes were taken up. */
  taken(): void {
    this.#began = undefined;
  }
}

/** In the longest waits that there are. */
const LONGEST_WAITS = 4;
