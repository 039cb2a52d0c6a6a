import type { Constraint } from './constraint.js';
import { counted } from './counted.js';
import { numberAbove } from './prompt-numbers.js';

/** The most tokens that an answer may have, by the vocabulary that promptc counts with. */
export const maxTokens: Constraint<number> = {
  name: 'MAX_TOKENS',
  schema: {
    type: 'integer',
    minimum: 1,
    maximum: 1_000_000,
    description: 'The most tokens that an answer may have, counted with the vocabulary o200k_base.',
  },
  merge: Math.min,
  directive: (limit) => `Write at most ${counted(limit, 'token')}.`,
  check: (limit, { tools }) =>
    function* breaches({ text, trimmed }) {
      // A token is at least one byte, so that most short answers need no counting.
      if (Buffer.byteLength(text) <= limit) return;
      const count = tools.countTokens(text);
      if (count <= limit) return;
      yield {
        message: `The answer has ${counted(count, 'token')}; at most ${limit} are allowed.`,
        span: trimmed,
        actual: count,
        limit,
        retryHint: `Your answer has ${counted(count, 'token')}: shorten it to at most ${limit}.`,
      };
    },
  promptFinder: numberAbove('tokens?'),
};
