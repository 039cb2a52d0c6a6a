import { compareCodePoints } from '../base/json.js';
import type { Constraint, Found } from './constraint.js';

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
  find: (tokens, text) => tokens.flatMap((token) => occurrences(token, text)),
};

/** Whatever its case; a token that begins or ends with a letter or digit is no part of a longer word. */
function occurrences(token: string, text: string): Found[] {
  const literal = token.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  const before = /^[\p{L}\p{N}]/u.test(token) ? String.raw`(?<![\p{L}\p{M}\p{N}])` : '';
  const after = /[\p{L}\p{M}\p{N}]$/u.test(token) ? String.raw`(?![\p{L}\p{M}\p{N}])` : '';
  const matches = text.matchAll(new RegExp(before + literal + after, 'giu'));
  return [...matches].map(({ 0: { length }, index }) => ({ start: index, end: index + length }));
}
