/** What an audit log says of the prompts that were answered. */

export interface Render {
  /** In milliseconds since 1970. */
  readonly time: number;
  readonly bundle: string;
  readonly version: string;
}

/** The renders of some prompts, by the hash of the prompt. */
export class RenderLog {
  readonly #renders = new Map<string, Render[]>();

  /** @param hashes - of the prompts that are of interest: a log may hold far more */
  constructor(hashes: Iterable<string>) {
    for (const hash of hashes) this.#renders.set(hash, []);
  }

  /** Takes a render, in the order of the log; one that nobody asked for is not kept. */
  add(hash: string, render: Render): void {
    this.#renders.get(hash)?.push(render);
  }

  /**
   * Begins to give renders to answers. An answer that has a time is that of the last render up to then, or of the first one
   * if a clock was wrong; of answers without one, the first gets the first render of its prompt, and so on.
   */
  begin(): (hash: string, time: number | undefined) => Render | undefined {
    const given = new Map<string, number>();
    return (hash, time) => {
      const renders = this.#renders.get(hash) ?? [];
      if (time !== undefined) return renders[Math.max(0, countUntil(renders, time) - 1)];
      const next = given.get(hash) ?? 0;
      given.set(hash, next + 1);
      return renders[Math.min(next, renders.length - 1)];
    };
  }
}

/** How many renders there were up to a time. A log is in the order of time, save for a clock that was set back. */
function countUntil(renders: readonly Render[], time: number): number {
  let [low, high] = [0, renders.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (renders[middle]!.time <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
