import type { Constraint } from './constraint.js';
import { counted } from './counted.js';
import { numberAbove } from './prompt-numbers.js';

/** The most words that an answer may have. */
export const maxWords: Constraint<number> = {
  name: 'MAX_WORDS',
  schema: { type: 'integer', minimum: 1, maximum: 1_000_000, description: 'The most words that an answer may have.' },
  merge: Math.min,
  directive: (limit) => `Write at most ${counted(limit, 'word')}.`,
  check: (limit) =>
    function* breaches({ words, trimmed }) {
      if (words.length <= limit) return;
      yield {
        message: `The answer has ${counted(words.length, 'word')}; at most ${limit} are allowed.`,
        span: { start: words[limit]!, end: trimmed.end },
        actual: words.length,
        limit,
        retryHint: `Your answer has ${counted(words.length, 'word')}: rewrite it in at most ${limit}.`,
      };
    },
  promptFinder: numberAbove('words?'),
};
