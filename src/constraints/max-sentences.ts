import type { Constraint } from './constraint.js';
import { counted } from './counted.js';
import { numberAbove } from './prompt-numbers.js';

/** The most sentences that an answer may have. */
export const maxSentences: Constraint<number> = {
  name: 'MAX_SENTENCES',
  schema: { type: 'integer', minimum: 1, maximum: 1000, description: 'The most sentences that an answer may have.' },
  merge: Math.min,
  directive: (limit) => `Write at most ${counted(limit, 'sentence')}.`,
  check: (limit) =>
    function* breaches({ sentences }) {
      if (sentences.length <= limit) return;
      yield {
        message: `The answer has ${counted(sentences.length, 'sentence')}; at most ${limit} are allowed.`,
        span: { start: sentences[limit]!.start, end: sentences.at(-1)!.end },
        actual: sentences.length,
        limit,
        retryHint: `Your answer has ${counted(sentences.length, 'sentence')}: rewrite it in at most ${limit}.`,
      };
    },
  promptFinder: numberAbove('sentences?'),
};
