/** What goes on, on the last line of a terminal: each text takes the place of the one before, and whatever is printed takes it away. */

/** Shows how far it is. */
export type Step = (done: number, total: number) => void;

/** More often than this, nobody can read it. */
const MILLISECONDS = 100;

/** Back to the beginning of the line, and without what stands on it: ECMA-48, CR and EL. */
const WIPE = '\r\u{1b}[2K';

export class StatusLine {
  #isShown = false;

  constructor(
    private readonly write: (text: string) => void,
    /** Nothing is shown where nobody watches: in a CI, in a pipe, in a log. */
    private readonly isWatched: boolean,
  ) {}

  /**
   * @param label - what goes on, such as `Verifying artifacts`
   * @returns what shows how far it is; it can be called as often as one likes
   */
  show(label: string): Step {
    if (!this.isWatched) return () => undefined;
    this.#put(`${label} …`);
    let shown = performance.now();
    return (done, total) => {
      if (performance.now() - shown < MILLISECONDS) return;
      this.#put(`${label} … ${bar(done, total)} ${done} of ${total}`);
      shown = performance.now();
    };
  }

  /** Has to be called before anything else is printed. */
  clear(): void {
    if (this.#isShown) this.write(WIPE);
    this.#isShown = false;
  }

  #put(text: string): void {
    this.write(`${WIPE}${text}`);
    this.#isShown = true;
  }
}

/** In characters. */
const BAR_WIDTH = 20;

function bar(done: number, total: number): string {
  const full = total > 0 ? Math.min(BAR_WIDTH, Math.floor((done / total) * BAR_WIDTH)) : 0;
  return '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
}
