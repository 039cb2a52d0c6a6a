import { compareCodePoints } from '../base/json.js';
import type { Constraint } from './constraint.js';
import { searchMany } from './search-many.js';

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
  finder: (tokens) => {
    const distinct = [...new Set(tokens.map(withoutCase))];
    const search = searchMany(distinct);
    return function* find(text) {
      const behind = new Map<number, number>();
      for (const { index, start } of search(withoutCase(text))) {
        const end = start + distinct[index]!.length;
        // Of two occurrences of one token that overlap, the first counts.
        if (start < (behind.get(index) ?? 0) || isWithinWord(text, start, end)) continue;
        behind.set(index, end);
        yield { start, end };
      }
    };
  },
};

/** A token that begins or ends with a letter or digit is no part of a longer word. */
function isWithinWord(text: string, start: number, end: number): boolean {
  return holdsAt(BEGINS_WITHIN_WORD, text, start) || holdsAt(ENDS_WITHIN_WORD, text, end);
}

const BEGINS_WITHIN_WORD = /(?<=[\p{L}\p{M}\p{N}])(?=[\p{L}\p{N}])/uy;
const ENDS_WITHIN_WORD = /(?<=[\p{L}\p{M}\p{N}])(?=[\p{L}\p{M}\p{N}])/uy;

function holdsAt(pattern: RegExp, text: string, offset: number): boolean {
  pattern.lastIndex = offset;
  return pattern.test(text);
}

/** In small letters, each in the place that it has in the text. */
function withoutCase(text: string): string {
  const lower = text.toLowerCase();
  const aligned = lower.length === text.length ? lower : Array.from(text, lowerCharacter).join('');
  return aligned.replaceAll('ς', 'σ').replaceAll('ſ', 's');
}

function lowerCharacter(character: string): string {
  const lower = character.toLowerCase();
  return lower.length === character.length ? lower : character;
}
