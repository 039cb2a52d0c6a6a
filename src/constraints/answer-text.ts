/** An answer, taken apart once for all constraints that look at its words, sentences or paragraphs. */
import type { Json } from '../base/json.js';
import type { Found } from './constraint.js';
import { type Line, linesOf } from './lines.js';
import { paragraphsOf } from './paragraphs.js';
import { sentencesOf } from './sentences.js';
import { countWithin, wordStarts } from './words.js';

export interface Sentence extends Found {
  /** How many it has. */
  readonly words: number;
}

export class AnswerText {
  #lines: ReturnType<typeof linesOf> | undefined;
  #words: readonly number[] | undefined;
  #sentences: readonly Sentence[] | undefined;
  #paragraphs: readonly Found[] | undefined;
  #trimmed: Found | undefined;
  #json: { readonly value: Json } | undefined | null;

  constructor(
    readonly text: string,
    /** A BCP 47 tag. */
    readonly locale: string,
  ) {}

  get lines(): readonly Line[] {
    return (this.#lines ??= linesOf(this.text)).lines;
  }

  /** The fence of a block of code that is never closed. */
  get openFence(): Found | undefined {
    return (this.#lines ??= linesOf(this.text)).openFence;
  }

  /** Where each word begins. */
  get words(): readonly number[] {
    return (this.#words ??= wordStarts(this.text, this.locale));
  }

  /** Those that have words; code has none. */
  get sentences(): readonly Sentence[] {
    this.#sentences ??= sentencesOf(this.text, this.lines, this.locale)
      .map((span) => ({ ...span, words: countWithin(this.words, span.start, span.end) }))
      .filter(({ words }) => words > 0);
    return this.#sentences;
  }

  get paragraphs(): readonly Found[] {
    return (this.#paragraphs ??= paragraphsOf(this.text, this.lines));
  }

  /** Where the answer begins and ends, white space around it left out. */
  get trimmed(): Found {
    if (this.#trimmed === undefined) {
      const end = this.text.trimEnd().length;
      this.#trimmed = { start: Math.min(end, this.text.length - this.text.trimStart().length), end };
    }
    return this.#trimmed;
  }

  /** The JSON value that the answer is, if it is one. */
  get json(): { readonly value: Json } | undefined {
    if (this.#json === undefined) {
      try {
        this.#json = { value: JSON.parse(this.text) as Json };
      } catch {
        this.#json = null;
      }
    }
    return this.#json ?? undefined;
  }
}
