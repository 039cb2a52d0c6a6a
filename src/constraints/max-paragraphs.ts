import type { Constraint } from './constraint.js';
import { counted } from './counted.js';
import { numberAbove } from './prompt-numbers.js';

/** The most paragraphs that an answer may have. */
export const maxParagraphs: Constraint<number> = {
  name: 'MAX_PARAGRAPHS',
  schema: { type: 'integer', minimum: 1, maximum: 100, description: 'The most paragraphs that an answer may have.' },
  merge: Math.min,
  directive: (limit) => `Write at most ${counted(limit, 'paragraph')}.`,
  check: (limit) =>
    function* breaches({ paragraphs }) {
      if (paragraphs.length <= limit) return;
      yield {
        message: `The answer has ${counted(paragraphs.length, 'paragraph')}; at most ${limit} are allowed.`,
        span: { start: paragraphs[limit]!.start, end: paragraphs.at(-1)!.end },
        actual: paragraphs.length,
        limit,
        retryHint: `Your answer has ${counted(paragraphs.length, 'paragraph')}: rewrite it in at most ${limit}.`,
      };
    },
  promptFinder: numberAbove('paragraphs?'),
};
