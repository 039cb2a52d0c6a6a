import type { Found } from './constraint.js';

/** A search for all places where a regular expression with the flag `g` matches. */
export function findMatches(pattern: RegExp): (text: string) => Iterable<Found> {
  return function* find(text) {
    for (const { 0: found, index } of text.matchAll(pattern)) yield { start: index, end: index + found.length };
  };
}
