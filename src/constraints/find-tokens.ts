/** Texts in an answer, whatever their case, as whole words. */
import { compareCodePoints } from '../base/json.js';
import type { Found } from './constraint.js';
import { searchMany } from './search-many.js';

export interface FoundToken extends Found {
  /** As the author wrote it; several, if they differ in case alone. */
  readonly tokens: readonly string[];
}

/** Of a list of texts. */
export const TOKENS_SCHEMA = { type: 'array', items: { type: 'string', minLength: 1 } };

/** All of both, each once, sorted by code point. */
export function mergeTokens(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].toSorted(compareCodePoints);
}

/** A search for all of them in one pass. */
export function findTokens(tokens: readonly string[]): (text: string) => Iterable<FoundToken> {
  const written = new Map<string, string[]>();
  for (const token of new Set(tokens)) {
    const lower = withoutCase(token);
    written.set(lower, [...(written.get(lower) ?? []), token]);
  }
  const distinct = [...written.keys()];
  const search = searchMany(distinct);
  return function* find(text) {
    const behind = new Map<number, number>();
    for (const { index, start } of search(withoutCase(text))) {
      const found = distinct[index]!;
      const end = start + found.length;
      // Of two occurrences of one token that overlap, the first counts.
      if (start < (behind.get(index) ?? 0) || isWithinWord(text, start, end)) continue;
      behind.set(index, end);
      yield { start, end, tokens: written.get(found)! };
    }
  };
}

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
