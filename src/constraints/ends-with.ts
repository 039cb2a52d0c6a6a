import type { Constraint } from './constraint.js';
import { shown } from './counted.js';
import { isWholeAt } from './grapheme.js';

/** The text that an answer must end with. */
export const endsWith: Constraint<string> = {
  name: 'ENDS_WITH',
  schema: {
    type: 'string',
    pattern: String.raw`^\S(?:[\s\S]*\S)?$`,
    maxLength: 1000,
    description: 'The text that an answer must end with, in just these letters.',
    examples: ['Kind regards'],
  },
  // Both are kept by the longer one, if it ends with the other.
  merge: (a, b) => (a.endsWith(b) ? a : b.endsWith(a) ? b : undefined),
  directive: (end) => `End the answer with ${JSON.stringify(end)}.`,
  check: (ending) =>
    function* breaches({ text, trimmed }) {
      const start = Math.max(trimmed.start, trimmed.end - ending.length);
      if (text.endsWith(ending, trimmed.end) && isWholeAt(text, trimmed.end - ending.length)) return;
      const actual = text.slice(start, trimmed.end).toWellFormed();
      yield {
        message: `The answer ends with ${shown(actual)} and must end with ${JSON.stringify(ending)}.`,
        span: { start, end: trimmed.end },
        actual,
        limit: ending,
        retryHint: `End your answer with ${JSON.stringify(ending)}, and nothing behind it.`,
      };
    },
};
