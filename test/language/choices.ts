/**
 * Random decisions, one byte each. fast-check makes and shrinks the list of bytes, and with it whatever is
 * built from the decisions: when the bytes run out, every decision is the first and simplest.
 */
export class Choices {
  #at = 0;

  constructor(readonly bytes: Uint8Array) {}

  below(count: number): number {
    return (this.bytes[this.#at++] ?? 0) % count;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  chance(percent: number): boolean {
    return this.below(256) >= 256 * (1 - percent / 100);
  }
}
