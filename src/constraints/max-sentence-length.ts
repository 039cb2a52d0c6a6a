import type { Constraint } from './constraint.js';

/** The most words that a sentence of an answer may have. */
export const maxSentenceLength: Constraint<number> = {
  name: 'MAX_SENTENCE_LENGTH',
  schema: { type: 'integer', minimum: 1, maximum: 1000, description: 'The most words that a sentence of an answer may have.' },
  merge: Math.min,
  directive: (words) => `Keep every sentence to at most ${words} ${words === 1 ? 'word' : 'words'}.`,
};
