/**
 * Counts what is refused, and tells of it: whoever refuses a flood must not write one. The first one is told at once, all
 * that follow within ten seconds in one line.
 */
import { addTo, type Counts, type Refusal } from './counts.js';
import type { Log } from './log.js';

const QUIET_MILLISECONDS = 10_000;

export class Refusals {
  readonly #counts: Counts;
  readonly #log: Log;
  /** Not told yet. */
  readonly #untold = new Map<Refusal, number>();
  readonly #quietMilliseconds: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(counts: Counts, log: Log, quietMilliseconds = QUIET_MILLISECONDS) {
    this.#counts = counts;
    this.#log = log;
    this.#quietMilliseconds = quietMilliseconds;
  }

  add(reason: Refusal): void {
    addTo(this.#counts.refused, reason);
    addTo(this.#untold, reason);
    if (this.#timer === undefined) this.#tell();
  }

  /** Tells the rest. */
  close(): void {
    clearTimeout(this.#timer);
    if (this.#untold.size > 0) this.#tell();
    clearTimeout(this.#timer);
  }

  #tell(): void {
    const list = [...this.#untold].map(([reason, count]) => `${count} ${reason}`).join(', ');
    const { connections, inFlight } = this.#counts;
    this.#log.warn(
      { refused: Object.fromEntries(this.#untold), connections, in_flight: inFlight },
      `Refused requests or connections: ${list}.`,
    );
    this.#untold.clear();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#untold.size > 0) this.#tell();
    }, this.#quietMilliseconds).unref();
  }
}
