import type { Found } from './constraint.js';

/** What a prompt says before the length that it asks for. */
const ASKED = String.raw`\b(?:in|with|write|use|give|answer in|at most|up to|no more than|about|around|roughly|exactly|at least|of|to)`;

/**
 * A search for lengths that a prompt asks for in digits and in English, such as "in about 300 words", above a limit.
 *
 * @param noun - what is counted, as a pattern
 */
export function numberAbove(noun: string): (limit: number) => (text: string) => Iterable<Found> {
  const pattern = new RegExp(String.raw`${ASKED} (?<number>\d{1,7}) (?:${noun})\b(?! (?:per|a|an|each|in (?:a|each|every)) )`, 'gi');
  return (limit) =>
    function* find(text) {
      for (const match of text.matchAll(pattern)) {
        if (Number(match.groups!['number']) > limit) yield { start: match.index, end: match.index + match[0].length };
      }
    };
}
