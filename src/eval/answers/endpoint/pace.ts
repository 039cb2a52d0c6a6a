/** When the next request may go out: a server that asks one to wait means all of them. */
import { setTimeout as sleep } from 'node:timers/promises';

export class Pace {
  #free = 0;

  /** Nothing goes out for so long. */
  hold(milliseconds: number): void {
    this.#free = Math.max(this.#free, performance.now() + milliseconds);
  }

  /** How long it is until something may go out. */
  get wait(): number {
    return Math.max(0, this.#free - performance.now());
  }

  /** Settles when something may go out; throws the signal's reason if that comes first. */
  async turn(signal: AbortSignal): Promise<void> {
    while (this.wait > 0) await rest(this.wait, signal);
  }
}

/** Settles after so long; throws the signal's reason if that comes first. */
export async function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
}
