import type { Constraint } from './constraint.js';
import { quotedList, shown } from './counted.js';
import { findTokens, mergeTokens, TOKENS_SCHEMA } from './find-tokens.js';

/** Texts that must not occur in an answer. */
export const forbiddenTokens: Constraint<string[]> = {
  name: 'FORBIDDEN_TOKENS',
  schema: { ...TOKENS_SCHEMA, description: 'Texts that must not occur in an answer.', examples: [['!', 'extremely']] },
  merge: mergeTokens,
  directive: (tokens) => (tokens.length === 0 ? undefined : `Never use any of these: ${quotedList(tokens)}.`),
  check: (tokens) => {
    const find = findTokens(tokens);
    return function* breaches({ text }) {
      for (const {
        start,
        end,
        tokens: [token = ''],
      } of find(text)) {
        const found = text.slice(start, end);
        yield {
          message: `The answer holds ${shown(found)}, which is forbidden.`,
          span: { start, end },
          actual: found,
          limit: token,
          retryHint: `Do not use ${shown(token)}: word it differently.`,
        };
      }
    };
  },
  finder: findTokens,
};
