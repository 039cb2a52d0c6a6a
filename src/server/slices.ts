import { setImmediate as turn } from 'node:timers/promises';

/** For long loops: lets other requests have their turn now and then. */
export class Slices {
  #began = performance.now();

  /** @param milliseconds - how long others may have to wait at a time */
  constructor(readonly milliseconds: number) {}

  /** Whether the time is over, and others are to have their turn. */
  get isOver(): boolean {
    return performance.now() - this.#began >= this.milliseconds;
  }

  /** Settles when they have had it. */
  async next(): Promise<void> {
    await turn();
    this.#began = performance.now();
  }
}
