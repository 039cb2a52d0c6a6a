import type { AnswerText } from '../../constraints/answer-text.js';

/** How many words of an answer are looked at. */
const MOST_WORDS = 2000;

/** The longest word that is told from others. */
const LONGEST_WORD = 30;

const WORD = /^[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*/u;

/** The different words of an answer, in small letters; numbers are none. */
export function distinctWords({ text, words }: AnswerText): Set<string> {
  const found = new Set<string>();
  for (let i = 0; i < words.length && i < MOST_WORDS; i++) {
    const start = words[i]!;
    // Where words are not divided by spaces, one ends where the next one begins.
    const end = Math.min(words[i + 1] ?? text.length, start + LONGEST_WORD);
    const word = WORD.exec(text.slice(start, end))?.[0];
    if (word !== undefined) found.add(word.toLowerCase().replaceAll('’', "'"));
  }
  return found;
}
