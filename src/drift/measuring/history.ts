/**
 * The measured answers of one version of a bundle.
 *
 * What always holds: an answer's text is not kept, so that memory does not grow with what answers hold; and of very many
 * answers a sample is kept that depends on nothing but their lines.
 */
import { AnswerText } from '../../constraints/answer-text.js';
import type { Answer } from '../reading/answer.js';
import { type Demand, DEFAULT_LOCALE } from './broken-constraints.js';
import { distinctWords } from './distinct-words.js';
import { FEATURES } from './features.js';

/** What is known of an answer. */
export interface Measured {
  readonly line: number;
  readonly time: number;
  /** By the number of the feature. */
  readonly values: Float64Array;
  /** The numbers of the constraints that it breaks. */
  readonly broken: readonly number[];
  /** The numbers of its words. */
  readonly words: Uint32Array;
}

/** How many different words are told apart. */
const MOST_WORDS = 50_000;

export class History {
  /** How many answers there were, kept or not. */
  seen = 0;
  answers: Measured[] = [];
  /** The words by their numbers. */
  readonly words: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** Of every so many answers, one is kept: a power of two. */
  every = 1;

  constructor(
    readonly bundle: string,
    readonly version: string,
    readonly demands: readonly Demand[],
    readonly locale: string = DEFAULT_LOCALE,
  ) {}

  /** @returns whether the answer was kept */
  add({ line, time, text }: Answer): boolean {
    this.seen++;
    if (!isSampled(line, this.every)) return false;
    const answer = new AnswerText(text, this.locale);
    this.answers.push({
      line,
      time,
      values: Float64Array.from(FEATURES, ({ measure }) => measure(answer)),
      broken: this.demands.flatMap(({ breach }, i) => (breach(answer) === undefined ? [] : [i])),
      words: this.#numbersOf(distinctWords(answer)),
    });
    return true;
  }

  /** Lets half of the answers go. */
  thin(): void {
    this.every *= 2;
    this.answers = this.answers.filter(({ line }) => isSampled(line, this.every));
  }

  #numbersOf(words: ReadonlySet<string>): Uint32Array {
    const numbers: number[] = [];
    for (const word of words) {
      let number = this.#numbers.get(word);
      if (number === undefined) {
        if (this.words.length === MOST_WORDS) continue;
        number = this.words.push(word) - 1;
        this.#numbers.set(word, number);
      }
      numbers.push(number);
    }
    return Uint32Array.from(numbers);
  }
}

/** Whether a line belongs to a sample; of a smaller sample, every line belongs to the greater ones too. */
function isSampled(line: number, every: number): boolean {
  let mixed = Math.imul(line ^ (line >>> 16), 0x45d9f3b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  return ((mixed ^ (mixed >>> 16)) & (every - 1)) === 0;
}
