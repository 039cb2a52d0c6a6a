/** Messages that could come with every request: the first goes out at once, the rest are gathered. */

/** Between two messages of one kind, in milliseconds. */
const QUIET_MS = 10_000;

export class Warnings {
  readonly #log: (message: string) => void;
  #quietUntil = -Infinity;
  #uncounted = 0;
  #countText: ((sum: number) => string) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: (message: string) => void) {
    this.#log = log;
  }

  /** Says it, unless another warning was said a moment ago: what persists is warned of again. */
  warn(message: string): void {
    const now = performance.now();
    if (now < this.#quietUntil) return;
    this.#quietUntil = now + QUIET_MS;
    this.#log(message);
  }

  /** Counts, and says the sum soon, and then from time to time. Costs next to nothing. */
  count(number: number, text: (sum: number) => string): void {
    this.#uncounted += number;
    this.#countText = text;
    this.#timer ??= setTimeout(() => this.#sayCount(), 0).unref();
  }

  /** Says what has not been said. */
  close(): void {
    clearTimeout(this.#timer);
    if (this.#uncounted > 0) this.#log(this.#countText!(this.#uncounted));
    this.#uncounted = 0;
  }

  #sayCount(): void {
    this.#timer = undefined;
    if (this.#uncounted === 0) return;
    this.#log(this.#countText!(this.#uncounted));
    this.#uncounted = 0;
    this.#timer = setTimeout(() => this.#sayCount(), QUIET_MS).unref();
  }
}
