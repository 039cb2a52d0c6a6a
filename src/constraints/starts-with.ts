import type { Constraint } from './constraint.js';
import { shown } from './counted.js';
import { isWholeAt } from './grapheme.js';

/** The text that an answer must begin with. */
export const startsWith: Constraint<string> = {
  name: 'STARTS_WITH',
  schema: {
    type: 'string',
    pattern: String.raw`^\S(?:[\s\S]*\S)?$`,
    maxLength: 1000,
    description: 'The text that an answer must begin with, in just these letters.',
    examples: ['Dear customer,'],
  },
  // Both are kept by the longer one, if it begins with the other.
  merge: (a, b) => (a.startsWith(b) ? a : b.startsWith(a) ? b : undefined),
  directive: (start) => `Begin the answer with ${JSON.stringify(start)}.`,
  check: (start) =>
    function* breaches({ text, trimmed }) {
      const end = trimmed.start + start.length;
      if (text.startsWith(start, trimmed.start) && isWholeAt(text, end)) return;
      const actual = text.slice(trimmed.start, Math.min(end, trimmed.end)).toWellFormed();
      yield {
        message: `The answer begins with ${shown(actual)} and must begin with ${JSON.stringify(start)}.`,
        span: { start: trimmed.start, end: Math.min(end, trimmed.end) },
        actual,
        limit: start,
        retryHint: `Begin your answer with ${JSON.stringify(start)}, and nothing before it.`,
      };
    },
};
