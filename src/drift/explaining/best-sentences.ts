/** The few sentences of very many that show something most. */

export interface Shown {
  readonly text: string;
  readonly line: number;
  readonly time: number;
}

interface Weighed extends Shown {
  readonly weight: number;
}

/** Keeps the sentences with the greatest weights; of one text, only the first. */
export class BestSentences {
  readonly #best: Weighed[] = [];

  constructor(private readonly most: number) {}

  /** Whether a sentence with this weight would be kept: its text need not be made otherwise. */
  wants(weight: number): boolean {
    return weight > (this.#best.length < this.most ? -Infinity : this.#best.at(-1)!.weight);
  }

  add(sentence: Shown, weight: number): void {
    if (!this.wants(weight) || this.#best.some(({ text }) => text === sentence.text)) return;
    const place = this.#best.findIndex((other) => other.weight < weight);
    this.#best.splice(place === -1 ? this.#best.length : place, 0, { ...sentence, weight });
    if (this.#best.length > this.most) this.#best.pop();
  }

  /** The first one shows it most. */
  get sentences(): readonly Shown[] {
    return this.#best;
  }
}
