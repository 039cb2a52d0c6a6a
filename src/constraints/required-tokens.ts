import type { Constraint } from './constraint.js';
import { quotedList } from './counted.js';
import { findTokens, mergeTokens, TOKENS_SCHEMA } from './find-tokens.js';

/** Texts of which each must occur in an answer. */
export const requiredTokens: Constraint<string[]> = {
  name: 'REQUIRED_TOKENS',
  schema: { ...TOKENS_SCHEMA, description: 'Texts of which each must occur in an answer.', examples: [['ticket number']] },
  merge: mergeTokens,
  directive: (tokens) => (tokens.length === 0 ? undefined : `Use each of these at least once: ${quotedList(tokens)}.`),
  check: (tokens) => {
    const find = findTokens(tokens);
    const distinct = mergeTokens(tokens, tokens);
    return function* breaches({ text }) {
      const missing = new Set(distinct);
      for (const found of missing.size === 0 ? [] : find(text)) {
        for (const token of found.tokens) missing.delete(token);
        if (missing.size === 0) return;
      }
      for (const token of missing) {
        yield {
          message: `The answer does not hold ${JSON.stringify(token)}, which is required.`,
          actual: 0,
          limit: token,
          retryHint: `Use ${JSON.stringify(token)} at least once.`,
        };
      }
    };
  },
};
