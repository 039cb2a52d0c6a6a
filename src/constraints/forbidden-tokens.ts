import { compareCodePoints } from '../base/json.js';
import type { Constraint } from './constraint.js';

/** Texts that must not occur in an answer. */
export const forbiddenTokens: Constraint<string[]> = {
  name: 'FORBIDDEN_TOKENS',
  schema: {
    type: 'array',
    items: { type: 'string', minLength: 1 },
    description: 'Texts that must not occur in an answer.',
    examples: [['!', 'extremely']],
  },
  merge: (a, b) => [...new Set([...a, ...b])].toSorted(compareCodePoints),
  directive: (tokens) =>
    tokens.length === 0 ? undefined : `Never use any of these: ${tokens.map((token) => JSON.stringify(token)).join(', ')}.`,
};
