import type { Constraint } from './constraint.js';
import { mergeTokens } from './find-tokens.js';
import { asLiteral, listedPatterns, PATTERNS_SCHEMA } from './patterns.js';

/** Patterns of which each must be found in an answer. */
export const matches: Constraint<string[]> = {
  name: 'MATCHES',
  schema: {
    ...PATTERNS_SCHEMA,
    description:
      'Regular expressions of which each must be found in an answer. To hold of the whole answer, one begins with ^ and ends with $.',
    examples: [['^Ticket [0-9]+']],
  },
  merge: mergeTokens,
  directive: (patterns) =>
    patterns.length === 0 ? undefined : `Write an answer in which each of these regular expressions is found: ${listedPatterns(patterns)}.`,
  check: (patterns, { tools }) => {
    const compiled = mergeTokens(patterns, patterns).map((source) => ({ source, pattern: tools.pattern(source) }));
    return function* breaches({ text }) {
      for (const { source, pattern } of compiled) {
        if (pattern.test(text)) continue;
        yield {
          message: `Nothing in the answer matches ${asLiteral(source)}, which is required.`,
          actual: 0,
          limit: source,
          retryHint: `Your answer must match the regular expression ${asLiteral(source)}.`,
        };
      }
    };
  },
};
