/** Sentences that keep coming back: a phrase that a model has got used to is seen in many answers, word for word. */
import { likelihoodRatioOf } from '../statistics/evidence.js';
import type { Shown } from './best-sentences.js';

export interface Repeated extends Shown {
  /** How many answers of each window have it. */
  readonly baseline: number;
  readonly current: number;
}

/** One that fewer answers have is no habit. */
const FEWEST_ANSWERS = 3;

/** How much G must be at least: one such sentence in a thousand differs as much by chance. */
const LEAST_EVIDENCE = 10.83;

export class RepeatedSentences {
  readonly #counts = new Map<string, { shown: Shown; baseline: number; current: number }>();

  /** @param mostCounted - how many sentences are counted; what comes up for the first time behind them is not */
  constructor(private readonly mostCounted: number) {}

  /** Takes the sentences of one answer. */
  add(window: 'baseline' | 'current', sentences: readonly Shown[]): void {
    const own = new Set<string>();
    for (const shown of sentences) {
      const key = shown.text.toLowerCase();
      if (own.has(key)) continue;
      own.add(key);
      let counted = this.#counts.get(key);
      if (counted === undefined) {
        if (this.#counts.size >= this.mostCounted) continue;
        this.#counts.set(key, (counted = { shown, baseline: 0, current: 0 }));
      }
      counted[window]++;
    }
  }

  /** Those whose frequencies in the two windows differ most. */
  most(count: number, answers: { readonly baseline: number; readonly current: number }): Repeated[] {
    return [...this.#counts.values()]
      .filter(({ baseline, current }) => baseline + current >= FEWEST_ANSWERS)
      .map((counted) => ({
        counted,
        evidence: likelihoodRatioOf(counted.baseline, answers.baseline, counted.current, answers.current),
      }))
      .filter(({ evidence }) => evidence >= LEAST_EVIDENCE)
      .toSorted((a, b) => b.evidence - a.evidence || a.counted.shown.line - b.counted.shown.line)
      .slice(0, count)
      .map(({ counted: { shown, baseline, current } }) => ({ ...shown, baseline, current }));
  }
}
