import type { Constraint } from './constraint.js';
import { counted, shown } from './counted.js';

/** The most words that a sentence of an answer may have. */
export const maxSentenceLength: Constraint<number> = {
  name: 'MAX_SENTENCE_LENGTH',
  schema: { type: 'integer', minimum: 1, maximum: 1000, description: 'The most words that a sentence of an answer may have.' },
  merge: Math.min,
  directive: (limit) => `Keep every sentence to at most ${counted(limit, 'word')}.`,
  check: (limit) =>
    function* breaches({ text, sentences }) {
      for (const { start, end, words } of sentences) {
        if (words <= limit) continue;
        const sentence = shown(text.slice(start, end));
        yield {
          message: `A sentence has ${counted(words, 'word')}; at most ${limit} are allowed.`,
          span: { start, end },
          actual: words,
          limit,
          retryHint: `The sentence ${sentence} has ${counted(words, 'word')}: split or shorten it to at most ${limit}.`,
        };
      }
    },
};
