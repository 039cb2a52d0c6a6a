import type { Constraint } from './constraint.js';
import { shown } from './counted.js';
import { mergeTokens } from './find-tokens.js';
import { asLiteral, listedPatterns, PATTERNS_SCHEMA } from './patterns.js';

/** Patterns of which none may be found in an answer. */
export const notMatches: Constraint<string[]> = {
  name: 'NOT_MATCHES',
  schema: {
    ...PATTERNS_SCHEMA,
    description: 'Regular expressions of which none may be found in an answer.',
    examples: [['[0-9]{16}']],
  },
  merge: mergeTokens,
  directive: (patterns) =>
    patterns.length === 0 ? undefined : `Write an answer in which none of these regular expressions is found: ${listedPatterns(patterns)}.`,
  check: (patterns, { tools }) => {
    const compiled = mergeTokens(patterns, patterns).map((source) => ({ source, pattern: tools.pattern(source) }));
    return function* breaches({ text }) {
      for (const { source, pattern } of compiled) {
        // Finding the place takes longer than knowing whether there is one.
        const span = pattern.test(text) ? pattern.find(text) : undefined;
        if (span === undefined) continue;
        const found = text.slice(span.start, span.end);
        yield {
          message: `The answer holds ${shown(found)}, which matches ${asLiteral(source)} and is forbidden.`,
          span,
          actual: found,
          limit: source,
          retryHint: `Nothing in your answer may match the regular expression ${asLiteral(source)}, as ${shown(found)} does.`,
        };
      }
    };
  },
};
